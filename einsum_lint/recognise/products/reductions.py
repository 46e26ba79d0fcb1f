"""Sums and means over axes."""

from __future__ import annotations

from dataclasses import replace

from ...contraction import Contraction, Size, Sum, accesses, indices_of, integer, summed_over
from ...dims import product as size_product
from .axes import axis_numbers, closed, diagonal
from .elementwise import gathered, product, reciprocal
from .space import Refused, Space


def total(
    space: Space, value: Contraction, axis: object = None, keepdims: object = False
) -> Contraction:
    """``np.sum``."""
    if type(keepdims) is not bool:
        raise Refused("keepdims is not constant")
    axes = closed(value).axes
    places = _places(axis, len(axes))
    indices = [found for k in places if (found := axes[k]) is not None]
    for name in dict.fromkeys(access.array for access in accesses(value.terms)):
        if not space.wide(name):
            space.assume(f"{name} holds no integers narrower than int64")
    terms = summed_over(_together(value.terms, frozenset(indices)), indices)
    if keepdims:
        return Contraction(tuple(None if k in places else a for k, a in enumerate(axes)), terms)
    return Contraction(tuple(a for k, a in enumerate(axes) if k not in places), terms)


def _places(axis: object, rank: int) -> tuple[int, ...]:
    return tuple(range(rank)) if axis is None else axis_numbers(axis, rank)


def _together(terms: Sum, indices: frozenset[object]) -> Sum:
    """Terms as one factor where several of them vary along what is summed: sums may cancel."""
    varying = [term for term in terms if indices_of(term) & indices]
    return gathered(terms) if len(varying) > 1 else terms


def mean(
    space: Space, value: Contraction, axis: object = None, keepdims: object = False
) -> Contraction:
    """``np.mean``: the sum, divided by the number of elements."""
    result = total(space, value, axis, keepdims)
    lengths = [space.length(value.axes[k]) for k in _places(axis, len(value.axes))]
    count: Size | None = size_product(lengths)
    if count is None or count == 0:
        raise Refused("a mean over a number of elements that is not known")
    if count == 1:
        return result
    return replace(result, terms=product(result.terms, reciprocal(integer(count))))


def trace(
    space: Space, value: Contraction, offset: object = 0, axis1: object = 0, axis2: object = 1
) -> Contraction:
    """``np.trace``: the sum of a diagonal."""
    return total(space, diagonal(space, value, offset, axis1, axis2), axis=-1)
