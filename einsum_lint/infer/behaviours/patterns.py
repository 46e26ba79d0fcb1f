"""The patterns of einops: ``rearrange(x, "b (h w) c -> b h w c", h=2)``."""

from __future__ import annotations

import re

from ...dims import Dim, differ, divide, product
from ...shapes import ArrayFact, Shape
from ..signature import Call
from ..values import UNKNOWN, Constant, Display, Value, size_of
from . import behaviour, ruled

Group = tuple[str, ...]
_GROUPS = re.compile(r"\(([^()]*)\)|(\.\.\.|…|[\w]+)")


def groups(side: str) -> list[Group] | None:
    """The axes of one side of a pattern, each with the names it is composed of."""
    if _GROUPS.sub("", side).strip():
        return None
    return [(name,) if name else tuple(inside.split()) for inside, name in _GROUPS.findall(side)]


def _given(call: Call) -> dict[str, Dim]:
    rest = call.bound.get("axes_lengths")
    assert isinstance(rest, Display)
    return {
        str(pair.items[0].value): size_of(pair.items[1])
        for pair in rest.items
        if isinstance(pair, Display) and isinstance(pair.items[0], Constant)
    }


def _bound(left: list[Group], dims: tuple[Dim, ...], sizes: dict[str, Dim]) -> bool:
    """Find the size of each name on the left; False when they certainly do not fit."""
    for group, size in zip(left, dims, strict=True):
        named = [name for name in group if not name.isdigit()]
        fixed = product(int(name) for name in group if name.isdigit())
        unknown = [name for name in named if sizes.get(name) is None]
        known = product([fixed, *(sizes[name] for name in named if name not in unknown)])
        if not unknown and differ(known, size):
            return False
        if len(unknown) == 1:
            sizes[unknown[0]] = divide(size, known)
    return True


def _pattern(call: Call) -> tuple[list[Group], list[Group]] | None:
    match call.get("pattern"):
        case Constant(value=str(text)) if text.count("->") == 1:
            left, right = (groups(side) for side in text.split("->"))
            return None if left is None or right is None else (left, right)
    return None


def left_rank(pattern: Value | None) -> int | None:
    """The axes that an array must have for a pattern; None where there may be more."""
    match pattern:
        case Constant(value=str(text)) if text.count("->") == 1:
            left = groups(text.partition("->")[0])
            if left is not None and not any("..." in group or "…" in group for group in left):
                return len(left)
    return None


@behaviour
def rearranged(call: Call, rule: str = "same") -> Value:
    """``rearrange``, ``reduce`` and ``repeat``: the right side of the pattern is the shape."""
    sides, array = _pattern(call), call.array
    if sides is None or ("...",) in sides[0] or ("…",) in sides[0]:
        return UNKNOWN
    if any("..." in group or "…" in group for side in sides for group in side):
        return UNKNOWN
    left, right = sides
    listed = isinstance(call.first, Display) or array.is_array is not True  # it may be a list
    sizes = _given(call)
    known = array.shape.dims if not listed and not array.shape.open else None
    if known is not None and (len(known) != len(left) or not _bound(left, known, sizes)):
        return UNKNOWN
    dims = tuple(
        product(int(name) if name.isdigit() else sizes.get(name) for name in group)
        for group in right
    )
    dtype = ruled(rule, array.dtype) if not listed else None
    kind = None if listed else array.is_array
    return ArrayFact(Shape(dims), dtype, kind, library=None if listed else array.library)
