"""loops-to-einsum."""

from ..codemod import fixes_of

loops_to_einsum = fixes_of(
    "loops-to-einsum",
    "Rewrites loops and comprehensions that are contractions as calls of einsum.",
    "EIN201",
    "EIN202",
    "EIN203",
    "EIN205",
)
