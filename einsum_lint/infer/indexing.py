"""What an index does to the axes of an array."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

from ..dims import Dim
from ..shapes import ArrayFact, Shape
from .values import UNKNOWN, Value


class AxisKind(Enum):
    """An index that is no integer."""

    WHOLE = auto()
    """``:``"""
    SLICE = auto()
    """Some of an axis."""
    NEW = auto()
    """``None``, a new axis of size 1."""
    ELLIPSIS = auto()
    INTEGER = auto()
    """An integer of unknown value."""
    UNKNOWN = auto()
    """An integer, an array, or anything else."""


Axis = int | AxisKind


def indexed(array: ArrayFact, axes: Sequence[Axis]) -> Value:
    """``array[axes]`` for an array of known rank."""
    rank = array.shape.rank
    if rank is None or AxisKind.UNKNOWN in axes:
        return UNKNOWN
    used = sum(axis not in (AxisKind.NEW, AxisKind.ELLIPSIS) for axis in axes)
    if used > rank or axes.count(AxisKind.ELLIPSIS) > 1:
        return UNKNOWN  # it raises
    at = axes.index(AxisKind.ELLIPSIS) if AxisKind.ELLIPSIS in axes else len(axes)
    whole: list[Axis] = [AxisKind.WHOLE] * (rank - used)
    dims: list[Dim] = []
    source = iter(array.shape.dims)
    for axis in (*axes[:at], *whole, *axes[at + 1 :]):
        if axis is AxisKind.NEW:
            dims.append(1)
            continue
        size = next(source)
        if axis is AxisKind.WHOLE:
            dims.append(size)
        elif axis is AxisKind.SLICE:
            dims.append(None)
        elif isinstance(axis, int) and isinstance(size, int) and not -size <= axis < size:
            return UNKNOWN  # it raises
    if not dims and array.dtype in (None, "object"):
        return UNKNOWN  # an object array may hold arrays
    return ArrayFact(Shape(tuple(dims)), array.dtype, array.is_array)
