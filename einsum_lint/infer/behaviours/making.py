"""Functions that make arrays: of a shape, of numbers, at random."""

from __future__ import annotations

from ... import dims
from ...dims import Dim, Polynomial
from ...promotion import result_type
from ...shapes import UNKNOWN_SHAPE, ArrayFact, Shape
from ..dtypes import python_dtype
from ..operands import as_array, is_number
from ..signature import Call, Dims
from ..values import UNKNOWN, Constant, Display, Reference, Value, size_of
from . import behaviour, ruled


def _shaped(call: Call, sizes: Dims | None, dtype: str | None) -> Value:
    """A new array with these sizes; a negative one makes the call raise."""
    if sizes is None:
        return call.unknown(dtype)
    if any(isinstance(size, int) and size < 0 for size in sizes):
        return UNKNOWN
    return call.made(Shape(sizes), dtype)


@behaviour
def filled(call: Call, dtype: str = "float64") -> Value:
    """``zeros(shape)``, ``ones``, ``empty``."""
    return _shaped(call, call.sizes("shape"), call.dtype(ruled(dtype, None)))


@behaviour
def full(call: Call) -> Value:
    """``full(shape, fill_value)``: a number decides the dtype."""
    fill = as_array(call.get("fill_value"))
    known = fill.dtype if fill.is_numpy or fill.is_array is False else None
    return _shaped(call, call.sizes("shape"), call.dtype(known))


@behaviour
def filled_by_sizes(call: Call, dtype: str = "float64") -> Value:
    """``random.rand(2, 3)``, ``torch.ones(2, 3)`` or ``torch.ones((2, 3))``."""
    given = call.bound.get(call.signature.rest or "")
    sizes = sizes_of(given)
    if sizes == () and call.library == "numpy":
        return UNKNOWN  # a Python float
    return _shaped(call, sizes, call.dtype(ruled(dtype, None)))


def sizes_of(given: Value | None) -> Dims | None:
    """The sizes of ``*size``, or of the one display in its place."""
    match given:
        case Display(items=(Display(items=inner),)):
            return tuple(size_of(item) for item in inner)
        case Display(items=(ArrayFact(),)):  # a size, or a tuple of them
            return None
        case Display(items=items):
            return tuple(size_of(item) for item in items)
    return None


@behaviour
def sampled(call: Call, dtype: str = "float64") -> Value:
    """A sampler: a parameter that is an array broadcasts to ``size`` and can't change it."""
    if call.get("size") is None:
        return UNKNOWN
    return _shaped(call, call.sizes("size"), call.dtype(ruled(dtype, None)))


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
    """``choice(a, size)`` of numbers up to ``a``, or of the items of a vector."""
    array = call.array
    if call.get("size") is None or array.shape.open or call.flag("axis"):
        return UNKNOWN if call.get("size") is None else _shaped(call, call.sizes("size"), None)
    sizes = call.sizes("size")
    tail = array.shape.dims[1:]
    return _shaped(call, None if sizes is None else (*sizes, *tail), None if tail else array.dtype)


@behaviour
def eye(call: Call) -> Value:
    """``eye(N, M=None)`` and ``tri``: a matrix."""
    rows = call.integer("N")
    columns = call.integer("M") if call.get("M") is not None else rows
    if any(isinstance(size, int) and size < 0 for size in (rows, columns)):
        rows, columns = (_not_negative(rows), _not_negative(columns))
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
        given[:2] = None, given[0]
    numbers = [size_of(value) for value in given]
    whole = all(value is None or isinstance(size_of(value), int) for value in given)
    kinds = {python_dtype(v.value) for v in given if isinstance(v, Constant)}
    symbols = all(v is None or is_number(v) for v in given)
    dtype = call.dtype(max(kinds, key=str, default=None) if symbols and kinds == {"int64"} else None)
    if whole and numbers[1] is not None and numbers[2] != 0:
        start, stop, step = (n if isinstance(n, int) else k for n, k in zip(numbers, (0, 0, 1)))
        return call.made(Shape((len(range(start, stop, step)),)), dtype)
    plain = given[2] in (None, Constant(1)) and given[0] in (None, Constant(0))
    return call.made(Shape((_positive(numbers[1]) if plain else None,)), dtype)


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
    if call.first is None or isinstance(call.first, Reference):
        return UNKNOWN
    known = given.dtype if given.is_numpy or given.is_array is False else None
    certain = call.library == "numpy"
    result = call.made(given.shape, known if "dtype" not in call.bound else call.dtype(None))
    if call.name in ("asanyarray", "require") and not (given.is_array is False or given.is_numpy):
        result = ArrayFact(given.shape)
    if not certain and given.is_array is not False:
        result = call.made(given.shape, None)
    return ArrayFact(result.shape, result.dtype, result.is_array, given.origin, result.library)


@behaviour
def copied_like(call: Call) -> Value:
    """``zeros_like(a)`` and its like."""
    array = call.array
    if call.get("shape") is not None:
        return _shaped(call, call.sizes("shape"), None)
    result = call.like(array, call.dtype(array.dtype))
    return result if call.get("subok") != Constant(False) else call.like(array, call.dtype(None))


@behaviour
def cast(call: Call, dtype: str = "") -> Value:
    """``a.astype(dtype)``, ``np.float32(a)``, ``t.float()``."""
    result = call.like(call.array, None)
    name = dtype or call.dtype(None)
    if call.library == "jax" and name in ("int64", "uint64", "float64", "complex128"):
        name = None
    known = result.is_array is True
    return ArrayFact(
        result.shape, name if known else None, result.is_array, result.origin, result.library
    )


@behaviour
def instance(call: Call) -> Value:
    """An object that methods are called on, such as ``default_rng()``."""
    return Reference(frozenset({f"{call.name}()"}))


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


@behaviour
def diagonal_matrix(call: Call) -> Value:
    """``diagflat(v, k)``: a matrix with the elements on a diagonal."""
    shift = call.get("k")
    side: Dim = None
    if not call.array.shape.open and isinstance(shift, Constant) and isinstance(shift.value, int):
        side = dims.add(dims.product(call.array.shape.dims), abs(shift.value))
    return call.made(Shape((side, side)), call.array.dtype, call.array)


@behaviour
def diag(call: Call) -> Value:
    """``diag(v, k)``: the matrix of a vector, or the diagonal of a matrix."""
    shape = call.array.shape
    if shape.rank == 1:
        return diagonal_matrix(call)
    if shape.rank != 2:
        return UNKNOWN
    rows, columns = shape.dims
    square = rows is not None and rows == columns and call.get("k") == Constant(0)
    numbers = isinstance(rows, int) and isinstance(columns, int) and call.axis("k") is not None
    size = rows if square else None
    if numbers:
        size = _diagonal_size(rows, columns, call.axis("k") or 0)  # type: ignore[arg-type]
    return call.made(Shape((size,)), call.array.dtype, call.array)


def _diagonal_size(rows: int, columns: int, shift: int) -> int:
    """How many elements a diagonal of a matrix has."""
    return max(0, min(rows + min(shift, 0), columns - max(shift, 0), rows, columns))
