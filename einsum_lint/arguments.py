"""Which values of their keywords NumPy's einsum and others reject, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .equation import Equation, result_shape
from .shapes import ArrayFact, Shape

ORDERS = ("C", "F", "A", "K")
CASTINGS = ("no", "equiv", "safe", "same_kind", "unsafe")

_SIZED_DTYPE = re.compile(r"(u?int|float|complex)(\d+)")
_SIZES = {
    "int": {8, 16, 32, 64},
    "uint": {8, 16, 32, 64},
    "float": {16, 32, 64, 80, 96, 128},
    "complex": {64, 128, 160, 192, 256},
}


def order_fault(value: object) -> str | None:
    """What is wrong with the value of ``order``."""
    wrong = isinstance(value, (int, float)) or (
        isinstance(value, str) and value.upper() not in ORDERS
    )
    return f"`order={value!r}` is none of {', '.join(map(repr, ORDERS))}" if wrong else None


def casting_fault(value: object) -> str | None:
    """What is wrong with the value of ``casting``."""
    # NumPy 2.4 has "same_value" too, for other functions as yet.
    wrong = isinstance(value, (int, float)) or (
        isinstance(value, str) and value not in (*CASTINGS, "same_value")
    )
    return f"`casting={value!r}` is none of {', '.join(map(repr, CASTINGS))}" if wrong else None


def memory_limit_fault(value: object) -> str | None:
    """What is wrong with the value of opt_einsum's ``memory_limit``."""
    if isinstance(value, list):
        return "`memory_limit` is a number of elements, not a list"
    small = isinstance(value, (int, float)) and value < 1 and value != -1
    if small or (isinstance(value, str) and value != "max_input"):
        return f"`memory_limit={value!r}` is neither 'max_input' nor a number from 1, nor -1"
    return None


def dtype_fault(value: object) -> str | None:
    """What is wrong with the value of ``dtype``."""
    if isinstance(value, str) and (sized := _SIZED_DTYPE.fullmatch(value)):
        if int(sized[2]) not in _SIZES[sized[1]]:
            return f"`dtype={value!r}`: NumPy has no such type"
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"`dtype={value!r}` is no data type"
    return None


def out_fault(
    value: object,
    equation: Equation | None,
    operands: Sequence[ArrayFact] | None,
    exact: bool,
) -> str | None:
    """What is wrong with the value of ``out``.

    ``exact`` says that it must have the shape of the result; otherwise it may be larger.
    """
    if isinstance(value, (bool, int, float, str, list)):
        return "`out` must be an array"
    if not isinstance(value, ArrayFact):
        return None
    if value.is_array is False:
        return "`out` must be an array"
    if equation is None or operands is None or len(operands) != len(equation.terms):
        return None
    result = result_shape(equation, [operand.shape for operand in operands])
    fits = _same_rank(result, value.shape) if exact else _low_enough(result, value.shape)
    if fits and _broadcasts_into(result, value.shape):
        return None
    return f"`out` has the shape {_shown(value.shape)}, the result {_shown(result)}"


def _same_rank(one: Shape, other: Shape) -> bool:
    low, high = sorted((one, other), key=lambda shape: len(shape.dims))
    return low.open or len(low.dims) == len(high.dims)


def _low_enough(result: Shape, out: Shape) -> bool:
    """Whether the axes of the result that ``out`` lacks may all be of size 1."""
    extra = result.dims[: max(0, len(result.dims) - len(out.dims))]
    return out.open or all(size in (None, 1) for size in extra)


def _broadcasts_into(result: Shape, out: Shape) -> bool:
    pairs = zip(reversed(result.dims), reversed(out.dims), strict=False)
    return all(size in (None, 1) or given in (None, size) for size, given in pairs)


def _shown(shape: Shape) -> str:
    sizes = ["?" if size is None else str(size) for size in shape.dims]
    return f"({', '.join(['...', *sizes] if shape.open else sizes)})"
