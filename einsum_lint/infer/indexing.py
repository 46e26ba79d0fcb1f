"""What an index does to the axes of an array."""

from __future__ import annotations

import types
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from ..dims import Dim
from ..shapes import ArrayFact, Origin, Shape, broadcast
from .operands import as_array
from .signature import unique
from .values import UNKNOWN, Constant, Display, Size, SliceValue, Value, size_of


class AxisKind(Enum):
    """An index that is no integer."""

    WHOLE = auto()
    """``:``"""
    NEW = auto()
    """``None``, a new axis of size 1."""
    ELLIPSIS = auto()
    INTEGER = auto()
    """An integer of unknown value."""
    UNKNOWN = auto()
    """An integer, an array, or anything else."""


@dataclass(frozen=True, slots=True)
class Span:
    """A slice: its bounds and step, None where they are left out."""

    lower: Value | None
    upper: Value | None
    step: Value | None

    def size(self, of: Dim) -> Dim:
        """The size of the slice of an axis, where it is certain."""
        bounds = [size_of(bound) for bound in (self.lower, self.upper, self.step)]
        given = [bound is not None for bound in (self.lower, self.upper, self.step)]
        plain = [number for number in bounds if isinstance(number, int)]
        if isinstance(of, int) and len(plain) == sum(given) and bounds[2] != 0:
            ends = (n if isinstance(n, int) else None for n in bounds)
            return len(range(*slice(*ends).indices(of)))
        if bounds[2] == -1 and not given[0] and not given[1]:
            return of
        whole = not given[0] or bounds[0] == 0
        return of if whole and of == bounds[1] and (not given[2] or bounds[2] == 1) else None


@dataclass(frozen=True, slots=True)
class Fancy:
    """An array or a list of integers or of flags."""

    array: ArrayFact


Axis = int | AxisKind | Span | Fancy

_ADDED = (AxisKind.NEW, AxisKind.ELLIPSIS)


def axis_of(value: Value) -> Axis:
    """What an index that is no slice does."""
    match value:
        case Constant(value=None):
            return AxisKind.NEW
        case Constant(value=int(number)) if not isinstance(number, bool):
            return number
        case Constant(value=types.EllipsisType()):
            return AxisKind.ELLIPSIS
        case Size():
            return AxisKind.INTEGER
        case SliceValue():
            return span_of((value.lower, value.upper, value.step))
        case ArrayFact(shape=Shape(open=False)) | Display(is_tuple=False):
            array = as_array(value)
            if array.shape.rank == 0 and array.dtype is not None and array.dtype.startswith("int"):
                return AxisKind.INTEGER
            return Fancy(array) if _consumed(array) is not None else AxisKind.UNKNOWN
    return AxisKind.UNKNOWN


def span_of(bounds: Sequence[Value | None]) -> Axis:
    """What a slice with these bounds and step does."""
    lower, upper, step = (None if b == Constant(None) else b for b in bounds)
    if lower is upper is step is None:
        return AxisKind.WHOLE
    return Span(lower, upper, step)


def _consumed(array: ArrayFact) -> int | None:
    """How many axes an array indexes: flags one for each of theirs, integers one."""
    rank, dtype = array.shape.rank, array.dtype
    if not rank or dtype is None:
        return 1 if rank == 1 else None
    if dtype == "bool":
        return rank
    return 1 if dtype.startswith(("int", "uint")) or array.shape.dims == (0,) else None


def _fancy_dims(axes: Sequence[Axis]) -> tuple[Dim, ...] | None:
    """The sizes that arrays of integers and flags give together."""
    shapes = [Shape(_own_dims(axis.array)) for axis in axes if isinstance(axis, Fancy)]
    joint = broadcast(*shapes)
    return None if joint is None else joint.dims


def _own_dims(array: ArrayFact) -> tuple[Dim, ...]:
    if array.dtype == "bool" or array.dtype is None:
        return (None,)
    return array.shape.dims


def _expanded(axes: Sequence[Axis], rank: int) -> list[Axis] | None:
    """The indices with whole axes for the ellipsis and those left out; None when it raises."""
    used = sum(
        (_consumed(axis.array) or 1) if isinstance(axis, Fancy) else axis not in _ADDED
        for axis in axes
    )
    if used > rank or axes.count(AxisKind.ELLIPSIS) > 1:
        return None
    at = axes.index(AxisKind.ELLIPSIS) if AxisKind.ELLIPSIS in axes else len(axes)
    whole: list[Axis] = [AxisKind.WHOLE] * (rank - used)
    return [*axes[:at], *whole, *axes[at + 1 :]]


def indexed(array: ArrayFact, axes: Sequence[Axis]) -> Value:
    """``array[axes]`` for an array of known rank."""
    rank = array.shape.rank
    expanded = None if rank is None or AxisKind.UNKNOWN in axes else _expanded(axes, rank)
    if expanded is None:
        return UNKNOWN
    fancy = _fancy_dims(axes) if any(isinstance(axis, Fancy) for axis in axes) else ()
    if fancy is None or (fancy and array.library == "tensorflow"):
        return UNKNOWN
    dims: list[Dim] = []
    at: list[int] = []  # where the axes of arrays of integers would stand
    source = iter(array.shape.dims)
    for axis in expanded:
        if axis is AxisKind.NEW:
            dims.append(1)
            continue
        size = next(source)
        if axis is AxisKind.WHOLE:
            dims.append(size)
        elif isinstance(axis, Span):
            dims.append(axis.size(size))
        elif isinstance(axis, Fancy):
            at.append(len(dims))
            for _ in range((_consumed(axis.array) or 1) - 1):
                next(source)
        elif isinstance(axis, int) and isinstance(size, int) and not -size <= axis < size:
            return UNKNOWN  # it raises
        elif fancy:
            at.append(len(dims))
    start = _place(axes, at) if at else 0
    dims[start:start] = fancy
    if not dims and array.dtype in (None, "object"):
        return UNKNOWN  # an object array may hold arrays
    return ArrayFact(Shape(tuple(dims)), array.dtype, array.is_array, library=array.library)


def _place(axes: Sequence[Axis], at: Sequence[int]) -> int:
    """Where the axes of arrays of integers stand: first, if others stand between the arrays."""
    picked = [k for k, a in enumerate(axes) if isinstance(a, int | Fancy) or a is AxisKind.INTEGER]
    adjacent = picked[-1] - picked[0] == len(picked) - 1
    return at[0] if adjacent else 0


def item_of(display: Display, axis: Axis) -> Value:
    """An item or a slice of a tuple or list."""
    count = len(display.items)
    if isinstance(axis, int):
        return display.items[axis] if -count <= axis < count else UNKNOWN
    if not isinstance(axis, Span):
        return display if axis is AxisKind.WHOLE else UNKNOWN
    bounds = [size_of(bound) for bound in (axis.lower, axis.upper, axis.step)]
    given = [bound is not None for bound in (axis.lower, axis.upper, axis.step)]
    numbers = [number if isinstance(number, int) else None for number in bounds]
    if [number is not None for number in numbers] != given or numbers[2] == 0:
        return UNKNOWN
    return Display(display.items[slice(*numbers)], display.is_tuple)


def indexed_unknown(array: ArrayFact, origin: Origin, axes: Sequence[Axis]) -> ArrayFact | None:
    """``array[axes]`` for an array of unknown rank; None for an element, or what may be one."""
    integers = sum(isinstance(axis, int) or axis is AxisKind.INTEGER for axis in axes)
    if any(isinstance(axis, Fancy) or axis is AxisKind.UNKNOWN for axis in axes):
        return None
    if integers == len(axes) == 1:
        return None
    offset = origin.offset + axes.count(AxisKind.NEW) - integers
    how = unique() if any(isinstance(axis, Span) for axis in axes) else str(axes)
    return ArrayFact(
        dtype=array.dtype,
        is_array=array.is_array,
        origin=replace(origin, offset=offset, via=f"{origin.via}{how}"),
        library=array.library,
    )
