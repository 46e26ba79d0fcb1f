"""Subscripts: elements, slices, new axes and the ellipsis."""

from __future__ import annotations

from dataclasses import replace

from ...contraction import Access, Contraction, Extent, Index, Size, index_size, indices_of, of
from ...dims import divide
from .axes import size_like
from .space import Refused, Space, Values, bound, minus, plus_size, times_size

UNKNOWN = "a subscript is not known"


def subscripted(space: Space, value: Contraction, subscripts: tuple[object, ...]) -> Contraction:
    """``value[subscripts]``; a subscript is a size, a slice of sizes, None or ``...``."""
    if value.open:
        return _open(space, value, subscripts)
    if bound(value) & _indices(subscripts):
        value = space.renamed(value)
    rest = list(value.axes)
    axes: list[Index | None] = []
    values: Values = {}
    for subscript in _complete(subscripts, len(rest)):
        if subscript is None:
            axes.append(None)
            continue
        axis = rest.pop(0)
        if isinstance(subscript, slice):
            new, size = _slice(space, axis, subscript)
            axes.append(new)
        else:
            size = _element(space, axis, subscript)
        if axis is not None:
            values[axis] = size
    return Contraction((*axes, *rest), space.put(value.terms, values))


def _indices(subscripts: tuple[object, ...]) -> frozenset[Index]:
    parts = [part for s in subscripts if isinstance(s, slice) for part in (s.start, s.stop)]
    sizes = [part for part in (*subscripts, *parts) if size_like(part)]
    return frozenset().union(*map(indices_of, sizes))


def _complete(subscripts: tuple[object, ...], rank: int) -> list[object]:
    """The subscripts, with whole slices in place of an ellipsis."""
    if any(not (s is None or s is ... or isinstance(s, slice) or size_like(s)) for s in subscripts):
        raise Refused("a subscript is no integer and no slice")
    used = sum(s is not None and s is not ... for s in subscripts)
    places = [k for k, s in enumerate(subscripts) if s is ...]
    if used > rank or len(places) > 1:
        raise Refused(f"{used} subscripts for {rank} axes", always=True)
    result = list(subscripts)
    if places:
        result[places[0] : places[0] + 1] = [slice(None)] * (rank - used)
    return result


def _open(space: Space, value: Contraction, subscripts: tuple[object, ...]) -> Contraction:
    """Elements along the first axes of an array with any number of axes."""
    (term, *more) = value.terms
    (factor, *others) = term.factors or (None,)
    plain = isinstance(factor, Access) and term.coefficient == 1 and not term.summed
    if value.axes or more or others or not plain or not isinstance(factor, Access):
        raise Refused("subscripts of an expression with an unknown number of axes")
    added = []
    for subscript in subscripts:
        if not size_like(subscript) or not space.certain(0, subscript):
            raise Refused("a subscript of an array with an unknown number of axes", always=True)
        added.append(subscript)
    access = replace(factor, subscripts=(*factor.subscripts, *added))
    return replace(value, terms=of(access))


def _element(space: Space, axis: Index | None, subscript: object) -> Size:
    """The value of an axis's index at a subscript."""
    if not size_like(subscript):
        raise Refused(UNKNOWN)
    length = space.length(axis)
    if isinstance(length, int) and isinstance(subscript, int):
        if not -length <= subscript < length:
            raise Refused(f"subscript {subscript} of an axis of size {length}")
        return _at(space, axis, subscript % length)
    if axis is None:
        raise Refused("a subscript of an axis of size 1 that may not be 0")
    return _at(space, axis, _from_front(space, subscript, length, slack=1))


def _at(space: Space, axis: Index | None, place: Size) -> Size:
    return place if axis is None else times_size(place, space.extents[axis].step)


def _from_front(space: Space, place: object, length: Size | None, slack: int = 0) -> Size:
    """A place that may count from the end, counted from the front.

    With ``slack``, the last places of an axis need not be there: to read them is an error, or to
    stop at them reads nothing.
    """
    if not size_like(place):
        raise Refused(UNKNOWN)
    size: Size = place
    if space.certain(0, size):
        return size
    if length is None:
        raise Refused("a subscript that may count from an end that is not known")
    if minus(length, size) in range(1, slack + 1):
        return size
    if space.certain(size, -1):
        return plus_size(length, size)
    lowest = space.lowest(size)
    if lowest is not None and not isinstance(lowest, int) and all(c < 0 for _, c in lowest.terms):
        space.at_most(1, minus(0, size))
        return plus_size(length, size)
    space.at_most(0, size)
    return size


def _slice(space: Space, axis: Index | None, part: slice) -> tuple[Index | None, Size]:
    """The axis that a slice makes of an axis, and the old index in terms of the new one."""
    step = 1 if part.step is None else part.step
    if type(step) is not int or step == 0:
        raise Refused("the step of a slice is not constant")
    length = space.length(axis)
    whole = part.start in (None, 0) and (part.stop is None or part.stop == length)
    if whole and step == 1:
        return axis, 0 if axis is None else index_size(axis)
    given = [part.start, part.stop]
    if isinstance(length, int) and all(bound is None or type(bound) is int for bound in given):
        return _constant_slice(space, axis, range(length)[part])
    if axis is None:
        raise Refused("a slice of an axis of size 1")
    if space.extents[axis].step != 1 or length is None:
        raise Refused("a slice of an axis with a step")
    return (_forward if step > 0 else _backward)(space, part, length, abs(step))


def _constant_slice(space: Space, axis: Index | None, places: range) -> tuple[Index | None, Size]:
    new = space.axis(len(places))
    offset: Size = 0 if new is None else times_size(index_size(new), places.step)
    return new, _at(space, axis, plus_size(places.start, offset))


def _forward(space: Space, part: slice, length: Size, step: int) -> tuple[Index | None, Size]:
    start: Size = 0
    if part.start is not None:
        start = _from_front(space, part.start, length)
        space.at_most(0, start)  # from a place before the first, a slice would begin at 0
    stop = length
    if part.stop is not None:
        stop = _from_front(space, part.stop, length, slack=2)
        if not (type(part.stop) is int and part.stop < 0):
            space.at_most(stop, length)
    new, offset = _steps(space, minus(stop, start), step)
    return new, plus_size(start, offset)


def _backward(space: Space, part: slice, length: Size, step: int) -> tuple[Index | None, Size]:
    start: Size = minus(length, 1)
    if part.start is not None:
        start = _from_front(space, part.start, length)
        space.at_most(plus_size(start, 1), length)
    stop: Size = -1
    if part.stop is not None:
        stop = _from_front(space, part.stop, length)
        space.at_most(0, stop)
    new, offset = _steps(space, minus(start, stop), step)
    return new, minus(start, offset)


def _steps(space: Space, span: Size, step: int) -> tuple[Index | None, Size]:
    """A new axis over some elements, and how far each is from the first."""
    count = divide(span, step)
    if isinstance(span, int):
        count = len(range(0, span, step))
    if count is None:
        new = space.fresh(Extent(span, step))
        return new, index_size(new)
    axis = space.axis(count)
    return axis, 0 if axis is None else times_size(index_size(axis), step)
