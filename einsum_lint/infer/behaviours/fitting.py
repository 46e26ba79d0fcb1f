"""Functions that fit, count or differentiate samples, and functions applied along an axis."""

from __future__ import annotations

from collections.abc import Sequence

from ...dims import Dim, add
from ...shapes import ArrayFact, Shape
from ..arguments import Arguments
from ..operands import as_array
from ..signature import Call, Dims, normalized
from ..values import UNKNOWN, Constant, Display, Reference, Value
from . import behaviour


@behaviour
def like_argument(call: Call, name: str) -> Value:
    """In the shape of one of the arguments."""
    return call.like(as_array(call.get(name)), None, call.array)


@behaviour
def histogram(call: Call) -> Value:
    """``histogram(a, bins=10)``: the counts, and the edges of the bins."""
    count: Dim = 10 if call.get("bins") is None else call.integer("bins")
    if isinstance(count, int) and count < 1:
        return UNKNOWN
    counts = call.made(Shape((count,)), None, call.array)
    return Display((counts, call.made(Shape((add(count, 1),)), None, call.array)), is_tuple=True)


@behaviour
def gradient(call: Call) -> Value:
    """``gradient(f, axis=None)``: one array for each axis; Dask makes a list even of one."""
    array, axis = call.array, call.axis()
    rank, listed = array.shape.rank, call.library == "dask"
    if axis is not None or (rank == 1 and call.get("axis") is None and not listed):
        return call.like(array, None)
    if call.get("axis") is not None or not rank:
        return UNKNOWN
    return Display((call.like(array, None),) * rank, is_tuple=not listed)


@behaviour
def polynomial(call: Call) -> Value:
    """``polyfit(x, y, deg)``: the coefficients, for each column of ``y``."""
    values, degree = as_array(call.get("y")), call.integer("deg")
    if values.shape.rank not in (1, 2):
        return UNKNOWN
    return call.made(Shape((add(degree, 1), *values.shape.dims[1:])), None, call.array, values)


@behaviour
def least_squares(call: Call) -> Value:
    """``linalg.lstsq(a, b)``: the solution, residuals, rank and singular values."""
    one, other = as_array(call.get("a")), as_array(call.get("b"))
    if one.shape.rank != 2 or other.shape.rank not in (1, 2):
        return UNKNOWN
    solution = call.made(Shape((one.shape.dims[1], *other.shape.dims[1:])), None, one, other)
    vector = call.made(Shape((None,)), None, one, other)
    return Display((solution, vector, UNKNOWN, vector), is_tuple=True)


@behaviour
def applied_along(call: Call) -> Value:
    """``apply_along_axis(func1d, axis, arr)``: the axes of a result in place of one axis."""
    array, axis, function = as_array(call.get("arr")), call.axis(), call.get("func1d")
    if axis is None or not isinstance(function, Reference) or call.rest() or _named(call):
        return UNKNOWN
    results = {_of_vector(name, array.dtype) for name in function.names}
    inner = results.pop() if len(results) == 1 else None
    if inner is None:
        return UNKNOWN

    def replaced(dims: Dims) -> Dims | None:
        found = normalized((axis,), len(dims))
        return found and (*dims[: found[0]], *(None,) * inner, *dims[found[0] + 1 :])

    return call.changed(array, replaced, inner - 1, None)


def _named(call: Call) -> bool:
    return call.bound[call.signature.others or ""] != Display((), is_tuple=True)


def _of_vector(function: str, dtype: str | None) -> int | None:
    """The rank of what a function makes of a vector."""
    from ..signatures import called  # which needs what this file needs

    given: Sequence[Value] = (ArrayFact(Shape((None,)), dtype, True),)
    match called(function, Arguments(tuple(given), {})):
        case ArrayFact(shape=Shape(open=False) as shape):
            return shape.rank
        case Constant():
            return 0
    return None
