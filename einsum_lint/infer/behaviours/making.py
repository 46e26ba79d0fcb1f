"""Functions that make arrays: of a shape, of numbers, at random."""

from __future__ import annotations

from dataclasses import replace

from ...dims import Dim, Polynomial
from ...promotion import result_type
from ...shapes import ArrayFact, Shape
from ..arguments import integers
from ..operands import as_array, is_number
from ..signature import Call, Dims
from ..values import UNKNOWN, Constant, Display, Method, Partial, Reference, ShapeOf, Value, size_of
from . import behaviour, ruled


def _shaped(call: Call, sizes: Dims | None, dtype: str | None) -> Value:
    """A new array with these sizes; a negative one makes the call raise."""
    if sizes is None:
        return call.unknown(dtype)
    if any(isinstance(size, int) and size < 0 for size in sizes):
        return UNKNOWN
    return call.made(Shape(sizes), dtype)


def of_shape(call: Call, given: Value | None, dtype: str | None, *of: ArrayFact) -> Value:
    """A result with the sizes that are given, or those of another array: ``zeros(x.shape)``."""
    if isinstance(given, ShapeOf):
        made = call.made(given.array.shape, dtype, *of)
        return replace(made, origin=given.array.origin)
    return _shaped(call, integers(given), dtype)


@behaviour
def filled(call: Call, dtype: str = "float64", name: str = "shape") -> Value:
    """``zeros(shape)``, ``ones``, ``empty``."""
    return of_shape(call, call.get(name), call.dtype(ruled(dtype, None)))


@behaviour
def full(call: Call) -> Value:
    """``full(shape, fill_value)``: a number decides the dtype."""
    fill = as_array(call.get("fill_value"))
    known = fill.dtype if fill.is_numpy or fill.is_array is False else None
    return of_shape(call, call.get("shape"), call.dtype(known))


@behaviour
def filled_by_sizes(call: Call, dtype: str = "float64") -> Value:
    """``random.rand(2, 3)``, ``torch.ones(2, 3)`` or ``torch.ones((2, 3))``."""
    given = only_of(call.bound.get(call.signature.rest or ""))
    if integers(given) == () and call.library == "numpy":
        return UNKNOWN  # a Python float
    return of_shape(call, given, call.dtype(ruled(dtype, None)))


def only_of(given: Value | None) -> Value | None:
    """What ``*size`` holds: numbers, or the one that may be a display of numbers."""
    match given:
        case Display(items=(only,)) if not is_number(only):
            return only
    return given


@behaviour
def sampled(call: Call, dtype: str = "float64") -> Value:
    """A sampler: a parameter that is an array broadcasts to ``size`` and can't change it."""
    if call.get("size") is None:
        return UNKNOWN
    return of_shape(call, call.get("size"), call.dtype(ruled(dtype, None)))


@behaviour
def sampled_rows(call: Call, dtype: str = "float64") -> Value:
    """A sampler of vectors: the sizes, and then the axis of the vector ``mean`` or ``alpha``."""
    sizes = call.sizes("size") if call.get("size") is not None else ()
    vector = call.array.shape
    if sizes is None or vector.rank not in (1, None):
        return call.unknown()
    return _shaped(call, (*sizes, None if vector.open else vector.dims[0]), ruled(dtype, None))


@behaviour
def chosen(call: Call) -> Value:
    """``choice(a, size)``: of the numbers up to ``a``, or of the items of an array."""
    sizes, shape = call.sizes("size"), call.array.shape
    if sizes is None or shape.open or (len(shape.dims) > 1 and call.axis() != 0):
        return UNKNOWN
    return _shaped(call, (*sizes, *shape.dims[1:]), call.array.dtype if shape.dims else None)


@behaviour
def eye(call: Call) -> Value:
    """``eye(N, M=None)`` and ``tri``: a matrix."""
    first, second = call.signature.positional[:2]
    rows = _not_negative(call.integer(first))
    columns = _not_negative(call.integer(second)) if call.get(second) is not None else rows
    return _shaped(call, (rows, columns), call.dtype("float64"))


def _not_negative(size: Dim) -> Dim:
    return None if isinstance(size, int) and size < 0 else size


@behaviour
def identity(call: Call) -> Value:
    """``identity(n)``."""
    return _shaped(call, (_not_negative(call.integer("n")),) * 2, call.dtype("float64"))


@behaviour
def arange(call: Call) -> Value:
    """``arange(stop)``, ``arange(start, stop, step)``: a vector."""
    given = [call.bound.get(name) for name in ("start", "stop", "step")]
    if given[1] is None:
        given[:2] = [None, given[0]]
    whole = all(value is None or size_of(value) is not None for value in given)
    dtype = call.dtype("int64" if whole else None)
    bounds = [
        default if value is None else size_of(value)
        for value, default in zip(given, (0, None, 1), strict=True)
    ]
    numbers = [bound for bound in bounds if isinstance(bound, int)]
    if len(numbers) == 3 and numbers[2] != 0:
        return call.made(Shape((len(range(*numbers)),)), dtype)
    plain = given[2] in (None, Constant(1)) and given[0] in (None, Constant(0))
    return call.made(Shape((_positive(bounds[1]) if plain else None,)), dtype)


def _positive(size: Dim) -> Dim:
    """A size in symbols that can't be below zero."""
    if isinstance(size, Polynomial) and all(coefficient > 0 for _, coefficient in size.terms):
        return size
    return None


@behaviour
def spaced(call: Call, dtype: str = "float64") -> Value:
    """``linspace(start, stop, num=50)``: a new axis before those of the ends."""
    ends = [call.get("start"), call.get("stop")]
    if call.get("axis") != Constant(0) or call.get("retstep") is not None:
        return UNKNOWN
    if not all(is_number(end) for end in ends):
        return call.unknown()
    kinds = [as_array(end).dtype for end in ends]
    known = None if call.get("base") not in (None, Constant(10)) else result_type((dtype, *kinds))
    return _shaped(call, (call.integer("num"),), call.dtype(known))


@behaviour
def converted(call: Call) -> Value:
    """``array(object)``, ``asarray``: an array, whatever it is made of."""
    given = call.array
    if call.first is None or isinstance(call.first, Reference | Partial | Method):
        return UNKNOWN
    plain = given.is_numpy or given.is_array is False
    dtype = call.dtype(given.dtype if plain and call.library in ("numpy", "cupy") else None)
    result = replace(call.made(given.shape, dtype), origin=given.origin)
    return ArrayFact(given.shape, origin=given.origin) if call.first is UNKNOWN else result


@behaviour
def passed(call: Call) -> Value:
    """``asanyarray(a)``: what is some kind of array stays that."""
    return call.like(call.array, call.dtype(call.array.dtype))


@behaviour
def contiguous(call: Call) -> Value:
    """``ascontiguousarray(a)``: a number becomes a vector."""
    if call.array.shape.rank == 0:
        return call.made(Shape((1,)), call.dtype(call.array.dtype))
    return converted(call)


@behaviour
def vector(call: Call, dtype: str, name: str) -> Value:
    """A vector: of the size that is given, or an unknown one."""
    return call.made(Shape((_not_negative(call.integer(name)),)), call.dtype(ruled(dtype, None)))


@behaviour
def shuffled(call: Call) -> Value:
    """``permutation(x)``: the items of an array, or the numbers up to one, in another order."""
    if is_number(call.first):
        return call.made(Shape((_not_negative(call.integer("x")),)), None)
    array = call.array
    return call.like(array, array.dtype) if array.is_array is not None else UNKNOWN


@behaviour
def keyed(call: Call) -> Value:
    """A sampler of ``jax.random``: of no axes, if no shape is given."""
    return of_shape(call, call.bound.get("shape", Display((), True)), call.dtype(None))


@behaviour
def sampled_integers(call: Call) -> Value:
    """``torch.randint(high, size)`` or ``torch.randint(low, high, size)``."""
    size = call.get("size") or call.get("high")
    return _shaped(call, integers(size), None) if isinstance(size, Display) else UNKNOWN


@behaviour
def copied_like(call: Call) -> Value:
    """``zeros_like(a)`` and its like."""
    if call.get("shape") is not None:
        return of_shape(call, call.get("shape"), call.dtype(None))
    return call.like(call.array, call.dtype(call.array.dtype))


@behaviour
def cast(call: Call, dtype: str = "") -> Value:
    """``a.astype(dtype)``, ``np.float32(a)``, ``t.float()``."""
    return call.like(call.array, dtype or call.dtype(None))


@behaviour
def instance(call: Call) -> Value:
    """An object that methods are called on, such as ``default_rng()``."""
    return Reference(frozenset({f"{call.name}()"}))


@behaviour
def matrix(call: Call) -> Value:
    """``s.toarray()`` of a sparse matrix: two axes."""
    return call.made(Shape((None, None)), None)


@behaviour
def unknown(call: Call) -> Value:
    """Something of which nothing is known."""
    return UNKNOWN


@behaviour
def grid(call: Call) -> Value:
    """``meshgrid(x, y, …)``: as many arrays as vectors, the first two axes exchanged."""
    vectors = [as_array(v) for v in call.bound[call.signature.rest or ""].items]  # type: ignore[union-attr]
    indexing = call.get("indexing")
    if call.get("sparse") is not None or not isinstance(indexing, Constant | None):
        return UNKNOWN
    if any(v.shape.rank not in (0, 1) for v in vectors):
        sizes: list[Dim] = [None] * len(vectors)
    else:
        sizes = [v.shape.dims[0] if v.shape.dims else 1 for v in vectors]
    if (indexing is None or indexing.value == "xy") and call.library != "torch":
        sizes[:2] = sizes[:2][::-1]
    return Display(
        tuple(call.made(Shape(tuple(sizes)), v.dtype, v) for v in vectors), is_tuple=True
    )


@behaviour
def indices(call: Call) -> Value:
    """``indices((2, 3))``: one array for each axis, stacked."""
    sizes = call.sizes("dimensions")
    if sizes is None or call.get("sparse") is not None:
        return UNKNOWN
    return _shaped(call, (len(sizes), *sizes), call.dtype("int64"))


@behaviour
def opened_grid(call: Call) -> Value:
    """``ix_(rows, columns)``: one array for each vector, of as many axes as there are vectors."""
    count = len(call.bound["args"].items)  # type: ignore[union-attr]
    return Display((call.made(Shape((None,) * count), None),) * count, is_tuple=True)


@behaviour
def vander(call: Call) -> Value:
    """``vander(x, N)``: a matrix of powers."""
    size = call.array.shape.dims[0] if call.array.shape.rank == 1 else None
    count = call.integer("N") if call.get("N") is not None else size
    return call.made(Shape((size, count)), None, call.array)
