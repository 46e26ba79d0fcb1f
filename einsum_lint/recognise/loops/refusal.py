"""A refusal that no other assumption about ranks would mend."""

from __future__ import annotations

from ..products.space import Refused


class Final(Refused):
    """What is read is no contraction, whatever the ranks of the arrays are."""
