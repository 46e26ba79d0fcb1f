"""explicit-output."""

from ..codemod import fixes_of

explicit_output = fixes_of(
    "explicit-output",
    "Writes down the output of the einsum calls that leave it to the alphabet.",
    "EIN301",
)
