"""Methods and attributes of arrays, and the functions of NumPy that do the same."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from ..dims import Dim
from ..shapes import UNKNOWN_SHAPE, ArrayFact, Shape
from .arguments import Arguments, integer, integers
from .dtypes import dtype_name
from .values import UNKNOWN, Constant, Display, Method, Value

Change = Callable[[ArrayFact, Arguments], Value]


def attribute(array: ArrayFact, name: str) -> Value:
    """The value of ``array.name``."""
    if array.is_array is not True:
        return UNKNOWN
    if name == "T":
        return _with_shape(array, _reversed(array.shape))
    if name == "ndim" and array.shape.rank is not None:
        return Constant(array.shape.rank)
    if name == "shape" and array.shape.rank is not None:
        return Display(tuple(UNKNOWN if d is None else Constant(d) for d in array.shape.dims), True)
    return Method(array, name) if name in METHODS else UNKNOWN


def _with_shape(array: ArrayFact, shape: Shape) -> ArrayFact:
    return ArrayFact(shape, array.dtype, array.is_array)


def _reversed(shape: Shape) -> Shape:
    if shape.open:  # the unknown axes come last now
        return Shape((None,) * len(shape.dims), open=True)
    return Shape(shape.dims[::-1])


def _size(shape: Shape) -> int | None:
    sizes = shape.sizes
    return None if sizes is None else prod(sizes)


def _reshape(array: ArrayFact, arguments: Arguments) -> Value:
    """``a.reshape(2, -1)`` or ``a.reshape((2, -1))``."""
    if not arguments.only("shape", "order", "copy") or not (arguments.args or arguments.keywords):
        return UNKNOWN
    sizes = integers(arguments.get(0, "shape"))
    if len(arguments.args) > 1:
        sizes = tuple(integer(value) for value in arguments.args)
    if sizes is None:
        return _with_shape(array, UNKNOWN_SHAPE)
    total = _size(array.shape)
    others = [size for size in sizes if size != -1]
    known: list[int] = [size for size in others if size is not None]
    rest: Dim = None
    count: int = prod(known)
    if total is not None and len(known) == len(others) and count:
        rest, remainder = divmod(total, count)
        if remainder or len(sizes) - len(others) > 1:
            return UNKNOWN  # it raises
    return _with_shape(array, Shape(tuple(rest if size == -1 else size for size in sizes)))


def _transpose(array: ArrayFact, arguments: Arguments) -> Value:
    if not arguments.only():
        return UNKNOWN
    if not arguments.args or arguments.args == (Constant(None),):
        return _with_shape(array, _reversed(array.shape))
    axes = integers(arguments.args[0])
    if len(arguments.args) > 1:
        axes = tuple(integer(value) for value in arguments.args)
    if axes is None:
        return _with_shape(array, UNKNOWN_SHAPE)
    dims = array.shape.dims
    if array.shape.open or len(axes) != len(dims):
        return _with_shape(array, Shape((None,) * len(axes)))
    if any(axis is None or not -len(dims) <= axis < len(dims) for axis in axes):
        return _with_shape(array, Shape((None,) * len(axes)))
    return _with_shape(array, Shape(tuple(dims[axis] for axis in axes if axis is not None)))


def _flat(array: ArrayFact, arguments: Arguments) -> Value:
    return _with_shape(array, Shape((_size(array.shape),)))


def _astype(array: ArrayFact, arguments: Arguments) -> Value:
    given = arguments.get(0, "dtype")
    return ArrayFact(array.shape, None if given is None else dtype_name(given), array.is_array)


def _copy(array: ArrayFact, arguments: Arguments) -> Value:
    return array


METHODS: dict[str, Change] = {
    "reshape": _reshape,
    "transpose": _transpose,
    "ravel": _flat,
    "flatten": _flat,
    "astype": _astype,
    "copy": _copy,
}


def _same_rank(array: ArrayFact, arguments: Arguments) -> Value:
    return ArrayFact(origin=array.origin)


def _known_rank(change: Change) -> Change:
    """A method whose result has a rank of its own, of an object of which the rank is not known."""

    def call(array: ArrayFact, arguments: Arguments) -> Value:
        return change(ArrayFact(dtype=array.dtype), arguments)

    return call


def _transpose_unknown(array: ArrayFact, arguments: Arguments) -> Value:
    if not arguments.args and not arguments.keywords:
        return _same_rank(array, arguments)
    return _transpose(ArrayFact(dtype=array.dtype), arguments)


RANK_METHODS: dict[str, Change] = {
    "conj": _same_rank,
    "conjugate": _same_rank,
    "copy": _same_rank,
    "astype": _same_rank,
    "reshape": _known_rank(_reshape),
    "ravel": _known_rank(_flat),
    "flatten": _known_rank(_flat),
    "transpose": _transpose_unknown,
}
"""What is known of the rank of a method's result when that of its object is not."""

_AS_FUNCTIONS = ("reshape", "transpose", "ravel", "copy")


def _function(change: Change) -> Callable[[Arguments], Value]:
    def call(arguments: Arguments) -> Value:
        match arguments.args:
            case (ArrayFact(is_array=True) as array, *rest):
                return change(array, Arguments(tuple(rest), arguments.keywords, arguments.complete))
        return UNKNOWN

    return call


FUNCTIONS: dict[str, Callable[[Arguments], Value]] = {
    f"{module}.{name}": _function(METHODS[name])
    for module in ("numpy", "cupy", "dask.array", "jax.numpy")
    for name in _AS_FUNCTIONS
}
"""What each function returns, by its qualified name."""
