"""Functions that take some of the elements of an array."""

from __future__ import annotations

from ...dims import Dim, add
from ...shapes import Shape
from ..operands import as_array
from ..signature import Call, Dims, normalized
from ..values import UNKNOWN, Display, Value
from . import behaviour, ruled
from .reducing import flat_shape


@behaviour
def taken(call: Call) -> Value:
    """``take(a, indices, axis=None)``: the axes of the indices in place of one axis."""
    array, chosen = call.array, as_array(call.get("indices"))
    axis = call.axis()
    if call.get("axis") is None:
        return call.made(chosen.shape, array.dtype, array, chosen)
    if chosen.shape.open or axis is None:
        return call.unknown(array.dtype, array, chosen)

    def replaced(dims: Dims) -> Dims | None:
        found = normalized((axis,), len(dims))
        if found is None:
            return None
        return (*dims[: found[0]], *chosen.shape.dims, *dims[found[0] + 1 :])

    return call.changed(array, replaced, len(chosen.shape.dims) - 1, array.dtype, chosen)


@behaviour
def taken_along(call: Call) -> Value:
    """``take_along_axis(a, indices, axis)``: of the rank that both have."""
    array, chosen, axis = call.array, as_array(call.get("indices")), call.axis()
    if array.shape.open or chosen.shape.open or axis is None:
        return call.unknown(array.dtype, array, chosen)
    found = normalized((axis,), len(array.shape.dims))
    if found is None or len(chosen.shape.dims) != len(array.shape.dims):
        return UNKNOWN
    sizes = list(zip(array.shape.dims, chosen.shape.dims, strict=True))
    dims = tuple(i if k in found or a == i else None for k, (a, i) in enumerate(sizes))
    return call.made(Shape(dims), array.dtype, array, chosen)


@behaviour
def diagonals(call: Call, *last_two: str) -> Value:
    """``diagonal(a, offset=0, axis1=0, axis2=1)``: its elements become the last axis."""
    axes, shift = (-2, -1) if last_two else _two_axes(call), call.axis("offset")

    def last(dims: Dims) -> Dims | None:
        rest = _without_two(dims, axes)
        if rest is None or axes is None:
            return (None,) * (len(dims) - 1) if axes is None and len(dims) > 1 else None
        return (*rest, _diagonal_size(dims[axes[0]], dims[axes[1]], shift))

    return call.changed(call.array, last, -1, call.array.dtype)


def _two_axes(call: Call) -> tuple[int, int] | None:
    names = ("dim1", "dim2") if "dim1" in call.signature.defaults else ("axis1", "axis2")
    first, second = (call.axis(name) for name in names)
    return None if first is None or second is None else (first, second)


def _without_two(dims: Dims, axes: tuple[int, int] | None) -> Dims | None:
    found = None if axes is None else normalized(axes, len(dims))
    if found is None:
        return None
    return tuple(size for k, size in enumerate(dims) if k not in found)


def _diagonal_size(rows: Dim, columns: Dim, shift: int | None) -> Dim:
    """How many elements a diagonal of a matrix has."""
    if shift == 0 and rows == columns:
        return rows
    if not isinstance(rows, int) or not isinstance(columns, int) or shift is None:
        return None
    return max(0, min(rows + min(shift, 0), columns - max(shift, 0), rows, columns))


@behaviour
def traced(call: Call, rule: str = "total", *last_two: str) -> Value:
    """``trace(a)``: two axes are gone."""
    axes, array = (-2, -1) if last_two else _two_axes(call), call.array
    if axes is None:
        return call.changed(array, lambda dims: (None,) * (len(dims) - 2), -2, None)
    return call.changed(
        array, lambda d: _without_two(d, axes), -2, call.dtype(ruled(rule, array.dtype))
    )


@behaviour
def diag(call: Call, name: str = "k") -> Value:
    """``diag(v, k=0)``: the matrix of a vector, or the diagonal of a matrix."""
    array, shift = call.array, call.axis(name)
    if array.shape.rank == 1:
        return diagonal_matrix(call, name)
    if array.shape.rank != 2:
        return UNKNOWN
    rows, columns = array.shape.dims
    return call.made(Shape((_diagonal_size(rows, columns, shift),)), array.dtype, array)


@behaviour
def diagonal_matrix(call: Call, name: str = "k") -> Value:
    """``diagflat(v, k=0)``: a matrix with the elements on a diagonal."""
    shift, (size,) = call.axis(name), flat_shape(call.array).dims
    side = None if shift is None else add(size, abs(shift))
    return call.made(Shape((side, side)), call.array.dtype, call.array)


@behaviour
def inserted(call: Call) -> Value:
    """``append``, ``delete``, ``insert``: of the same rank, or flat without an axis."""
    array = call.array
    if call.get("axis") is None:
        return call.made(Shape((None,)), None, array)
    return call.changed(array, lambda dims: (None,) * len(dims), 0, None)


@behaviour
def unique(call: Call) -> Value:
    """``unique(a)``: a vector of unknown size; with more that is asked for, a tuple."""
    array = call.array
    if call.get("axis") is not None:
        values = call.changed(array, lambda dims: (None,) * len(dims), 0, array.dtype)
    else:
        values = call.made(Shape((None,)), array.dtype, array)
    flags = [call.flag(f"return_{what}") for what in ("index", "inverse", "counts")]
    if flags == [False] * 3:
        return values
    if None in flags:
        return UNKNOWN
    index, inverse, counts = (call.made(Shape((None,)), "int64", array),) * 3
    several = (index, call.unknown("int64", inverse), counts)  # the shape of the inverse varies
    return Display((values, *(v for v, flag in zip(several, flags, strict=True) if flag)), True)


@behaviour
def vector_of(call: Call, name: str) -> Value:
    """A vector of unknown size, whatever is given."""
    return call.made(Shape((None,)), None, as_array(call.get(name)))


@behaviour
def compressed(call: Call) -> Value:
    """``compress(condition, a, axis=None)``: of the rank of ``a``, or flat without an axis."""
    array = as_array(call.get("a"))
    if call.get("axis") is None:
        return call.made(Shape((None,)), array.dtype, array)
    axis = call.axis()

    def shorter(dims: Dims) -> Dims | None:
        found = None if axis is None else normalized((axis,), len(dims))
        if found is None:
            return None if axis is not None else (None,) * len(dims)
        return tuple(None if k in found else size for k, size in enumerate(dims))

    return call.changed(array, shorter, 0, array.dtype)


@behaviour
def diagonal_indices(call: Call) -> Value:
    """``diag_indices(n, ndim=2)``: as many equal vectors as axes."""
    count, size = call.integer("ndim"), call.integer("n")
    if not isinstance(count, int) or not 0 <= count < 32:
        return UNKNOWN
    vector = call.made(Shape((size if not isinstance(size, int) or size >= 0 else None,)), "int64")
    return Display((vector,) * count, is_tuple=True)


@behaviour
def placed(call: Call) -> Value:
    """``searchsorted(a, v)``, ``digitize``: whole numbers in the shape of the second argument."""
    second = call.signature.positional[1]
    found = as_array(call.get(second))
    return call.like(found, "int64", call.array)


@behaviour
def interpolated(call: Call) -> Value:
    """``interp(x, xp, fp)``: in the shape of ``x``."""
    return call.like(call.array, None, as_array(call.get("xp")), as_array(call.get("fp")))


@behaviour
def triangle_indices(call: Call) -> Value:
    """``tril_indices(n)``: two vectors."""
    whole = call.get("k") is not None and call.axis("k") == 0 and call.get("m") is None
    side = call.integer("n") if whole else None
    size: Dim = side * (side + 1) // 2 if isinstance(side, int) and side >= 0 else None
    vector = call.made(Shape((size,)), "int64")
    return Display((vector, vector), is_tuple=True)
