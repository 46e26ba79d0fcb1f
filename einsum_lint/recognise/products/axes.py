"""Rearranging axes: transposes, new axes, reshapes and diagonals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeGuard

from ...contraction import Contraction, Extent, Index, Size, index_size
from ...dims import Polynomial, divide, product
from .space import Refused, Space, Values, minus, plus_size, times_size

NOT_CONSTANT = "an axis is not a constant"


def closed(value: Contraction) -> Contraction:
    """The value, whose axes must be known."""
    if value.open:
        raise Refused("the number of axes is not known")
    return value


def axis_number(axis: object, rank: int) -> int:
    """An axis counted from the front."""
    if type(axis) is not int:
        raise Refused(NOT_CONSTANT)
    if not -rank <= axis < rank:
        raise Refused(f"axis {axis} of an array with {rank} axes")
    return axis % rank


def axis_numbers(axes: object, rank: int) -> tuple[int, ...]:
    """One axis or several, counted from the front, which must be different ones."""
    listed = axes if isinstance(axes, tuple | list) else (axes,)
    found = tuple(axis_number(axis, rank) for axis in listed)
    if len(set(found)) < len(found):
        raise Refused("an axis is given twice")
    return found


def transpose(value: Contraction, axes: object = None) -> Contraction:
    """The axes in another order, reversed when none is given."""
    rank = len(closed(value).axes)
    order = tuple(range(rank))[::-1] if axes is None else axis_numbers(axes, rank)
    if len(order) != rank:
        raise Refused("a transpose names too few axes")
    return replace(value, axes=tuple(value.axes[k] for k in order))


def swapaxes(value: Contraction, one: object, other: object) -> Contraction:
    """Two axes exchanged."""
    rank = len(closed(value).axes)
    a, b = axis_number(one, rank), axis_number(other, rank)
    axes = list(value.axes)
    axes[a], axes[b] = axes[b], axes[a]
    return replace(value, axes=tuple(axes))


def matrix_transpose(value: Contraction) -> Contraction:
    """The last two axes exchanged."""
    if len(closed(value).axes) < 2:
        raise Refused("a transpose of matrices without two axes")
    return swapaxes(value, -1, -2)


def moveaxis(value: Contraction, source: object, destination: object) -> Contraction:
    """Axes moved to other places, the rest in order."""
    rank = len(closed(value).axes)
    old, new = axis_numbers(source, rank), axis_numbers(destination, rank)
    if len(old) != len(new):
        raise Refused("axes are moved to another number of places")
    order = [axis for axis in range(rank) if axis not in old]
    for place, axis in sorted(zip(new, old, strict=True)):
        order.insert(place, axis)
    return replace(value, axes=tuple(value.axes[k] for k in order))


def rollaxis(value: Contraction, axis: object, start: object = 0) -> Contraction:
    """One axis moved before another."""
    rank = len(closed(value).axes)
    moved = axis_number(axis, rank)
    if type(start) is not int or not -rank <= start <= rank:
        raise Refused(NOT_CONSTANT)
    place = start + rank if start < 0 else start
    return moveaxis(value, moved, place - (moved < place))


def expand_dims(value: Contraction, axis: object) -> Contraction:
    """New axes of size 1, at places in the result."""
    listed = axis if isinstance(axis, tuple | list) else (axis,)
    rank = len(closed(value).axes) + len(listed)
    places = axis_numbers(axis, rank)
    rest = iter(value.axes)
    axes = tuple(None if place in places else next(rest) for place in range(rank))
    return replace(value, axes=axes)


def squeeze(space: Space, value: Contraction, axis: object = None) -> Contraction:
    """The axes of size 1 left out."""
    rank = len(closed(value).axes)
    given = range(rank) if axis is None else axis_numbers(axis, rank)
    places = [k for k in given if value.axes[k] is None]
    if axis is None:
        if not all(isinstance(space.length(a), int) for a in value.axes):
            raise Refused("a squeeze of axes that may have the size 1")
    elif len(places) < len(given):
        raise Refused("a squeeze of an axis that may not have the size 1")
    return replace(value, axes=tuple(a for k, a in enumerate(value.axes) if k not in places))


def _known(size: Size | None) -> Size:
    if size is None:
        raise Refused("the size of an axis is not known")
    return size


def diagonal(
    space: Space, value: Contraction, offset: object = 0, axis1: object = 0, axis2: object = 1
) -> Contraction:
    """Two axes as one, which becomes the last."""
    rank = len(closed(value).axes)
    if offset != 0 or type(offset) is not int:
        raise Refused("a diagonal with an offset")
    if rank < 2:
        raise Refused("a diagonal of less than two axes")
    places = axis_numbers((axis1, axis2), rank)
    one, other = (value.axes[k] for k in places)
    axis, new = _diagonal(space, one, other)
    rest = tuple(a for k, a in enumerate(value.axes) if k not in places)
    return Contraction((*rest, axis), space.put(value.terms, new))


def _diagonal(space: Space, one: Index | None, other: Index | None) -> tuple[Index | None, Values]:
    sizes = space.length(one), space.length(other)
    if isinstance(sizes[0], int) and isinstance(sizes[1], int):
        shorter = min(sizes[0], sizes[1])
        axis = space.axis(shorter)
        size: Size = 0 if axis is None else index_size(axis)
        return axis, {a: times_size(size, space.extents[a].step) for a in (one, other) if a}
    if one is None or other is None:
        raise Refused("a diagonal of axes whose sizes are not known to be equal")
    if space.extents[one] != space.extents[other]:
        space.assume("diagonals are of square matrices")
    return space.join((one, other), stretch=False)


def broadcast_to(space: Space, value: Contraction, shape: object) -> Contraction:
    """An array stretched to a shape."""
    sizes = shape_of(shape)
    if len(sizes) < len(closed(value).axes):
        raise Refused("an array is broadcast to fewer axes")
    axes, new = space.broadcast([(None,) * (len(sizes) - len(value.axes)) + value.axes])
    result: list[Index | None] = []
    for axis, size in zip(axes, sizes, strict=True):
        if axis is None:
            result.append(space.axis(size))
            continue
        space.same(_known(space.length(axis)), size)
        result.append(axis)
    return Contraction(tuple(result), space.put(value.terms, new))


def at_least(value: Contraction, rank: int) -> Contraction:
    """``np.atleast_1d``, ``_2d`` and ``_3d``."""
    axes = closed(value).axes
    if rank == 3 and len(axes) < 3:
        axes = {0: (None, None), 1: (None, *axes), 2: axes}[len(axes)] + (None,)
    return replace(value, axes=(None,) * (rank - len(axes)) + axes)


def flip(space: Space, value: Contraction, axis: object = None) -> Contraction:
    """Axes read backwards."""
    rank = len(closed(value).axes)
    places = range(rank) if axis is None else axis_numbers(axis, rank)
    new: Values = {}
    for k in places:
        turned = value.axes[k]
        if turned is not None:
            length = _known(space.length(turned))
            step = space.extents[turned].step
            new[turned] = minus(times_size(minus(length, 1), step), index_size(turned))
    return replace(value, terms=space.put(value.terms, new))


def shape_of(shape: object) -> tuple[Size, ...]:
    """A shape given as a size or a tuple of them."""
    listed = shape if isinstance(shape, tuple | list) else (shape,)
    sizes = tuple(size for size in listed if size_like(size))
    if len(sizes) < len(listed):
        raise Refused("a shape is not known")
    return sizes


def size_like(value: object) -> TypeGuard[Size]:
    """Whether an argument is a size, and no truth value."""
    return type(value) is int or isinstance(value, Polynomial)


def ravel(space: Space, value: Contraction) -> Contraction:
    """All axes as one."""
    return reshape(space, value, (-1,)) if closed(value).axes else expand_dims(value, 0)


def reshape(space: Space, value: Contraction, shape: object) -> Contraction:
    """Another shape, where each axis is kept, split, or put together of axes split before."""
    lengths = [space.length(axis) for axis in closed(value).axes]
    sizes = _complete(lengths, list(shape_of(shape)))
    real = [axis for axis in value.axes if axis is not None]
    wanted = [size for size in sizes if size != 1]
    result = value
    found: list[Index] = []
    while real and wanted:
        count, parts = _group(space, real, wanted)
        if count > 1 and parts > 1:
            raise Refused("a reshape that merges and splits axes")
        if count > 1:
            merged, result = _merged(space, result, real[:count])
            found.append(merged)
        elif parts > 1:
            split, result = _split(space, result, real[0], wanted[:parts])
            found += split
        else:
            found.append(real[0])
        real, wanted = real[count:], wanted[parts:]
    if real or wanted:
        raise Refused("a reshape to another number of elements")
    rest = iter(found)
    return replace(result, axes=tuple(None if size == 1 else next(rest) for size in sizes))


def _complete(lengths: Sequence[Size | None], sizes: list[Size]) -> list[Size]:
    """The sizes of a shape, -1 replaced."""
    if sizes.count(-1) > 1 or any(isinstance(s, int) and s < -1 for s in sizes):
        raise Refused("a shape with negative sizes")
    if -1 in sizes:
        missing = divide(product(lengths), product(s for s in sizes if s != -1))
        if missing is None:
            raise Refused("a reshape whose last size is not known")
        sizes[sizes.index(-1)] = missing
    return sizes


def _group(space: Space, real: Sequence[Index], wanted: Sequence[Size]) -> tuple[int, int]:
    """How many of the axes become how many of the new ones."""
    lengths = [space.length(axis) for axis in real]
    for total in range(2, len(real) + len(wanted) + 1):
        for count in range(1, total):
            parts = total - count
            if count <= len(real) and parts <= len(wanted):
                size = product(lengths[:count])
                if size is not None and size == product(wanted[:parts]):
                    return count, parts
    if len(real) == 1 or len(wanted) == 1:
        before, after = product(lengths), product(wanted)
        if before is not None and after is not None:
            space.same(before, after)
            return len(real), len(wanted)
    raise Refused("a reshape whose sizes are not seen to fit")


def _split(
    space: Space, value: Contraction, axis: Index, sizes: Sequence[Size]
) -> tuple[list[Index], Contraction]:
    parts = [space.fresh(Extent(size)) for size in sizes]
    total: Size = 0
    for part, size in zip(parts, sizes, strict=True):
        total = plus_size(times_size(total, size), index_size(part))
    total = times_size(total, space.extents[axis].step)
    return parts, replace(value, terms=space.put(value.terms, {axis: total}))


def _merged(space: Space, value: Contraction, axes: Sequence[Index]) -> tuple[Index, Contraction]:
    """Axes as one, which is possible where they are only used as the one that they make up."""
    lengths = [space.length(axis) for axis in axes]
    whole = space.fresh(Extent(product(lengths) or 0))
    # i*n + j is the one subscript that the merged axis can stand for.
    first: Values = {axes[-1]: index_size(whole), **dict.fromkeys(axes[:-1], 0)}
    terms = space.put(value.terms, first)
    total: Size = 0
    for axis, length in zip(axes, lengths, strict=True):
        total = plus_size(times_size(total, length or 0), index_size(axis))
    if (
        any(space.extents[a].step != 1 for a in axes)
        or space.put(terms, {whole: total}) != value.terms
    ):
        raise Refused("a reshape that merges axes")
    return whole, replace(value, terms=terms)
