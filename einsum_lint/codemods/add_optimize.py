"""add-optimize."""

from ..codemod import fixes_of

add_optimize = fixes_of(
    "add-optimize",
    "Adds `optimize=True` to the einsum calls that it makes faster.",
    "EIN101",
)
