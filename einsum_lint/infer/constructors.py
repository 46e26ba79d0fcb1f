"""Functions that make arrays, of NumPy and of the libraries that have the same."""

from __future__ import annotations

from collections.abc import Callable

from ..dims import Dim
from ..shapes import UNKNOWN_SHAPE, ArrayFact, Shape
from .arguments import Arguments, integer, integers
from .dtypes import dtype_name, python_dtype
from .values import UNKNOWN, Constant, Display, Value

Maker = Callable[[Arguments], Value]


def _shape(sizes: tuple[int | None, ...] | None) -> Shape | None:
    """The shape with these sizes; None when a negative one makes the call raise."""
    if sizes is None:
        return UNKNOWN_SHAPE
    return None if any(isinstance(size, int) and size < 0 for size in sizes) else Shape(sizes)


def _made(sizes: tuple[int | None, ...] | None, dtype: str | None) -> Value:
    shape = _shape(sizes)
    return UNKNOWN if shape is None else ArrayFact(shape, dtype, True)


def _dtype(arguments: Arguments, position: int, default: str | None) -> str | None:
    given = arguments.get(position, "dtype")
    return default if given in (None, Constant(None)) else dtype_name(given)


def _filled(arguments: Arguments) -> Value:
    """``zeros(shape, dtype=float)``, ``ones``, ``empty``."""
    if not arguments.only("shape", "dtype", "order", "chunks", "device", "like"):
        return UNKNOWN
    return _made(integers(arguments.get(0, "shape")), _dtype(arguments, 1, "float64"))


def _full(arguments: Arguments) -> Value:
    if not arguments.only("shape", "fill_value", "dtype", "order", "chunks", "device", "like"):
        return UNKNOWN
    fill = arguments.get(1, "fill_value")
    default = python_dtype(fill.value) if isinstance(fill, Constant) else None
    return _made(integers(arguments.get(0, "shape")), _dtype(arguments, 2, default))


def _like(arguments: Arguments) -> Value:
    """``zeros_like(a, dtype=None)`` and its like."""
    prototype = arguments.get(0, "a")
    if not isinstance(prototype, ArrayFact) or not arguments.only("a", "dtype", "order", "subok"):
        return UNKNOWN
    return ArrayFact(prototype.shape, _dtype(arguments, 1, prototype.dtype), prototype.is_array)


def _full_like(arguments: Arguments) -> Value:
    return _like(
        Arguments(
            (*arguments.args[:1], *arguments.args[2:]), arguments.keywords, arguments.complete
        )
    )


def _eye(arguments: Arguments) -> Value:
    if not arguments.only("N", "M", "k", "dtype", "order"):
        return UNKNOWN
    rows = integer(arguments.get(0, "N"))
    second = arguments.get(1, "M")
    columns = rows if second in (None, Constant(None)) else integer(second)
    return _made((rows, columns), _dtype(arguments, 3, "float64"))


def _identity(arguments: Arguments) -> Value:
    size = integer(arguments.get(0, "n"))
    return (
        _made((size, size), _dtype(arguments, 1, "float64"))
        if arguments.only("n", "dtype")
        else UNKNOWN
    )


def _arange(arguments: Arguments) -> Value:
    if not arguments.only("dtype") or not 1 <= len(arguments.args) <= 4:
        return UNKNOWN
    numbers = [integer(value) for value in arguments.args[:3]]
    dtype = _dtype(arguments, 3, "int64" if None not in numbers else None)
    bounds = [number for number in numbers if number is not None]
    if len(bounds) < len(numbers) or (len(bounds) == 3 and bounds[2] == 0):
        return ArrayFact(Shape((None,)), dtype, True)
    return ArrayFact(Shape((len(range(*bounds)),)), dtype, True)


def _linspace(arguments: Arguments) -> Value:
    ends = (arguments.get(0, "start"), arguments.get(1, "stop"))
    if not arguments.only("start", "stop", "num", "endpoint", "dtype"):
        return UNKNOWN
    if not all(isinstance(end, Constant) for end in ends):  # arrays at the ends add axes
        return ArrayFact(is_array=True)
    number = arguments.get(2, "num")
    size = 50 if number is None else integer(number)
    return _made((size,), None if "dtype" in arguments.keywords else "float64")


def _array(arguments: Arguments) -> Value:
    """``array(object, dtype=None)``, ``asarray``: of nested displays of numbers, or of an array."""
    given = arguments.get(0, "object")
    if given is None or not arguments.only("object", "dtype", "order", "copy"):
        return UNKNOWN
    match given:
        case ArrayFact(is_array=True):
            return ArrayFact(given.shape, _dtype(arguments, 1, given.dtype), True)
        case Display() | Constant(value=bool() | int() | float() | complex()):
            dims, dtype = nested_display(given)
            shape = UNKNOWN_SHAPE if dims is None else Shape(dims)
            return ArrayFact(shape, _dtype(arguments, 1, dtype), True)
    return UNKNOWN


_RANKED = ("bool", "int64", "float64", "complex128")


def nested_display(value: Value) -> tuple[tuple[Dim, ...] | None, str | None]:
    """The sizes and dtype of nested displays of numbers; (None, None) where irregular."""
    match value:
        case Constant(value=number):
            dtype = python_dtype(number)
            return (None, None) if dtype is None else ((), dtype)
        case Display(items=()):
            return (0,), "float64"
        case Display(items=items):
            parts = [nested_display(item) for item in items]
            dtypes = {dtype for _, dtype in parts}
            inner = {dims for dims, _ in parts}
            if len(inner) > 1 or None in inner:
                return None, None
            known = [d for d in dtypes if d is not None]
            widest = max(known, key=_RANKED.index) if len(known) == len(dtypes) else None
            dims = inner.pop()
            return None if dims is None else (len(items), *dims), widest
    return None, None


def _rand(arguments: Arguments) -> Value:
    """``random.rand(d0, d1, …)``: no argument gives a float."""
    sizes = tuple(integer(value) for value in arguments.args)
    return _made(sizes, "float64") if arguments.only() and sizes else UNKNOWN


def _sampler(position: int, dtype: str | None) -> Maker:
    """A sampler of ``numpy.random`` whose ``size`` stands at this position."""

    def sample(arguments: Arguments) -> Value:
        size = arguments.get(position, "size")
        if size in (None, Constant(None)) or not arguments.complete:
            return UNKNOWN
        # A parameter that is an array must broadcast to the size given, and can't change it.
        return _made(integers(size), None if "dtype" in arguments.keywords else dtype)

    return sample


_NUMPY: dict[str, Maker] = {
    "zeros": _filled, "ones": _filled, "empty": _filled, "full": _full,
    "zeros_like": _like, "ones_like": _like, "empty_like": _like, "full_like": _full_like,
    "eye": _eye, "identity": _identity, "arange": _arange, "linspace": _linspace,
    "array": _array, "asarray": _array, "asanyarray": _array, "ascontiguousarray": _array,
}  # fmt: skip
_RANDOM: dict[str, Maker] = {
    "rand": _rand, "randn": _rand, "random": _sampler(0, "float64"),
    "random_sample": _sampler(0, "float64"), "standard_normal": _sampler(0, "float64"),
    "normal": _sampler(2, "float64"),
    "uniform": _sampler(2, "float64"), "randint": _sampler(2, None),
}  # fmt: skip


def _without_dtype(maker: Maker) -> Maker:
    """A maker of a library whose default dtype is a setting."""

    def make(arguments: Arguments) -> Value:
        made = maker(arguments)
        if isinstance(made, ArrayFact) and "dtype" not in arguments.keywords:
            return ArrayFact(made.shape, None, made.is_array)
        return made

    return make


def _torch(arguments: Arguments) -> Value:
    """``torch.ones(2, 3)`` or ``torch.ones((2, 3))``."""
    if not arguments.only("size", "dtype", "device", "requires_grad", "generator"):
        return UNKNOWN
    sizes = integers(arguments.get(0, "size"))
    if len(arguments.args) > 1:
        sizes = tuple(integer(value) for value in arguments.args)
    given = arguments.keywords.get("dtype")
    return _made(sizes, None if given is None else dtype_name(given))


CONSTRUCTORS: dict[str, Maker] = {
    **{
        f"{module}.{name}": maker
        for module in ("numpy", "cupy", "dask.array")
        for name, maker in _NUMPY.items()
    },
    **{f"numpy.random.{name}": maker for name, maker in _RANDOM.items()},
    **{f"jax.numpy.{name}": _without_dtype(maker) for name, maker in _NUMPY.items()},
    **{f"torch.{name}": _torch for name in ("zeros", "ones", "empty", "rand", "randn")},
}
"""What each function makes, by its qualified name."""
