"""Refusals: those that no other assumption about ranks would mend, and those in doubt."""

from __future__ import annotations

from ..products.space import Refused

RANKS_UNKNOWN = "the ranks of the arrays are not known"


class Final(Refused):
    """What is read is no contraction, whatever the ranks of the arrays are."""


class Unsure(Refused):
    """A reading that makes sense and whose text would hang on ranks that are only assumed."""
