"""Values seen as arrays: numbers, and nested displays of numbers and arrays."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

from ..dims import Dim
from ..promotion import result_type
from ..shapes import NOTHING_KNOWN, UNKNOWN_SHAPE, ArrayFact, Shape
from .dtypes import python_dtype
from .values import Constant, Display, Many, Reference, Size, Value

_CONSTANTS = {
    "newaxis": None, "pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan, "tau": math.tau,
}  # fmt: skip
_MODULES = ("numpy", "math", "torch", "jax.numpy", "cupy", "dask.array", "tensorflow", "scipy")


def resolved(value: Value) -> Value:
    """What a name of a library stands for, where that is a constant such as ``np.newaxis``."""
    if not isinstance(value, Reference):
        return value
    return _constant(value.names) or value


@lru_cache(maxsize=1024)
def _constant(full_names: frozenset[str]) -> Constant | None:
    """The constant of which these are the full names, if they are of one."""
    parts = {name.rpartition(".")[::2] for name in full_names}
    names = {name for _, name in parts}
    if len(names) == 1 and all(module in _MODULES for module, _ in parts):
        name = names.pop()
        return Constant(_CONSTANTS[name]) if name in _CONSTANTS else None
    return None


def as_array(value: Value | None) -> ArrayFact:
    """What is known of a value as an array, the way ``np.asarray`` sees it."""
    match value:
        case ArrayFact():
            return value
        case Constant(value=bool() | int() | float() | complex() as number):
            return ArrayFact(Shape(()), python_dtype(number), False)
        case Size():
            return ArrayFact(Shape(()), "int64", False)
        case Display():
            dims, dtype = nested_display(value)
            if dims is not None:
                return ArrayFact(Shape(dims), dtype, False)
            return replace(stacked_unknown(value), is_array=False)
        case Many(item=item):
            return _listed(as_array(item))
    return NOTHING_KNOWN


def _listed(item: ArrayFact) -> ArrayFact:
    """A list of arrays of one rank: it has one axis more than they have."""
    if item.shape.open:
        return ArrayFact(UNKNOWN_SHAPE, is_array=False)
    sizes = (size if isinstance(size, int) else None for size in item.shape.dims)
    dtype = item.dtype if item.dtype == "float64" and item.library is None else None  # as of []
    return ArrayFact(Shape((None, *sizes)), dtype, False)


def is_number(value: Value | None) -> bool:
    """Whether a value is a Python number, which does not decide about dtypes (NEP 50)."""
    match value:
        case Constant(value=bool() | int() | float() | complex()) | Size():
            return True
    return False


def stacked_unknown(display: Display) -> ArrayFact:
    """A display of arrays of unknown rank: it has one axis more than the first of them."""
    first = display.items[0] if display.items else None
    if isinstance(first, ArrayFact) and first.origin is not None and first.shape.open:
        via = f"{first.origin.via}[{len(display.items)}]"
        return ArrayFact(origin=replace(first.origin, offset=first.origin.offset + 1, via=via))
    return ArrayFact(UNKNOWN_SHAPE)


def nested_display(value: Value) -> tuple[tuple[Dim, ...] | None, str | None]:
    """The sizes and dtype of nested displays of numbers and arrays; (None, None) if irregular."""
    match value:
        case Constant() | Size():
            fact = as_array(value)
            return (None, None) if fact.shape.open else ((), fact.dtype)
        case ArrayFact(is_array=True, library=None):
            return (None, None) if value.shape.open else (value.shape.dims, value.dtype)
        case Display(items=()):
            return (0,), "float64"
        case Display(items=items):
            parts = [nested_display(item) for item in items]
            inner = [dims for dims, _ in parts if dims is not None]
            if len(inner) < len(items) or len({len(dims) for dims in inner}) > 1:
                return None, None
            dims = tuple(_agreed(set(sizes)) for sizes in zip(*inner, strict=True))
            if -1 in dims:
                return None, None
            return (len(items), *dims), result_type(dtype for _, dtype in parts)
    return None, None


def _agreed(sizes: set[Dim]) -> Dim:
    """The size of an axis that all the items have; -1 when they certainly differ."""
    numbers = {size for size in sizes if isinstance(size, int)}
    if len(numbers) > 1:
        return -1
    if numbers:
        return numbers.pop()
    return sizes.pop() if len(sizes) == 1 else None
