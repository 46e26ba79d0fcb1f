"""einsum-to-numpy."""

from ..codemod import fixes_of

einsum_to_numpy = fixes_of(
    "einsum-to-numpy",
    "Rewrites calls of einsum that are one plain operation as `@`, `.T`, `.sum()` and the like.",
    "EIN402",
)
