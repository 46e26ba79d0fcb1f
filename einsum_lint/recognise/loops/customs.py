"""What the names of arrays say of their ranks, by the customs of the field."""

from __future__ import annotations

import re

_SHORT = re.compile(r"[A-Z][A-Za-z]?\d*(?:_\w{1,2})?")
_VECTOR = re.compile(r"(?:row|col|column|vec|vector)s?", re.IGNORECASE)
_MATRIX = re.compile(r"mats?|matrix|matrices", re.IGNORECASE)


def usual_rank(name: str) -> int | None:
    """2 for what is called a matrix (``A``, ``mat``), 1 for a vector (``row``), else None."""
    last = name.rpartition(".")[2]
    if _MATRIX.fullmatch(last):
        return 2
    if _VECTOR.fullmatch(last):
        return 1
    return 2 if _SHORT.fullmatch(last) else None
