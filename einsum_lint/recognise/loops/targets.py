"""Whether different rounds write different elements: the law that a target must obey."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from ...contraction import Access, Extent, Index, Size, affine
from ...dims import divide
from .refusal import Final

Bound = tuple[Size, Size]
"""Two sizes, of which the first must be at least the second."""


def bounds(target: Access, extents: Mapping[Index, Extent]) -> list[Bound]:
    """What must hold so that no element is written twice; Refused if nothing could make it so."""
    needed: list[Bound] = []
    told: set[Index] = set()
    parts = [_split(target, subscript) for subscript in target.subscripts]
    for coefficients in sorted(parts, key=len):
        free = {i: c for i, c in coefficients.items() if i not in told}
        if free:
            needed += _digits(target, free, extents)
            told |= free.keys()
    return needed


def _split(target: Access, subscript: Size) -> dict[Index, Size]:
    split = affine(subscript)
    if split is None:
        raise Final(f"a subscript of {target.array} is a product of indices")
    return split[1]


def _digits(
    target: Access, free: Mapping[Index, Size], extents: Mapping[Index, Extent]
) -> list[Bound]:
    """The bounds that make a subscript ``i*n + j`` tell both ``i`` and ``j``."""
    if len(free) == 1:
        return []
    order = _smallest_first(free.items(), extents)
    needed: list[Bound] = []
    for (index, coefficient), (_, above) in pairwise(order):
        stride = divide(above, coefficient)
        if stride is None or extents[index].step != 1:
            raise Final(f"two rounds may write the same element of {target.array}")
        span = extents[index].span
        if stride == span:
            continue
        if isinstance(stride, int):
            if not isinstance(span, int) or stride < span:
                raise Final(f"two rounds may write the same element of {target.array}")
            continue
        needed.append((stride, span))
    return needed


def _smallest_first(
    items: Iterable[tuple[Index, Size]], extents: Mapping[Index, Extent]
) -> list[tuple[Index, Size]]:
    """Indices by their strides, each a multiple of the one before."""
    rest, order = dict(items), []
    while rest:
        for index, coefficient in rest.items():
            others = [c for i, c in rest.items() if i != index]
            if all(divide(other, coefficient) is not None for other in others):
                order.append((index, coefficient))
                del rest[index]
                break
        else:
            raise Final("two rounds may write the same element of an array")
    return order
