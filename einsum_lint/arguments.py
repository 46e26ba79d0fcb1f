"""Which values of its keywords NumPy's einsum rejects, and why."""

from __future__ import annotations

import math
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


def optimize_fault(
    value: object, equation: Equation | None, operands: int | None, names: frozenset[str]
) -> str | None:
    """What is wrong with the value of ``optimize``.

    ``equation`` and ``operands`` are None when the subscripts are malformed or the number of
    operands is not certain.
    """
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return f"`optimize={value!r}` is a TypeError: NumPy takes True, False, a name or a path"
    if isinstance(value, str):
        searched = equation is not None and operands == len(equation.terms) and _searches(equation)
        return _name_fault(value, names) if searched else None
    if not isinstance(value, (list, tuple)):
        return None
    if not value:
        return "an empty `optimize` is a TypeError: a path starts with 'einsum_path'"
    if value[0] == "einsum_path":
        return None if operands is None else _path_fault(value[1:], operands)
    if not all(isinstance(part, (str, int, float, list, tuple)) for part in value):
        return None
    if len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], (int, float)):
        if not math.isfinite(value[1]):
            return f"the memory limit {value[1]!r} of `optimize` is not an integer"
        return optimize_fault(value[0], equation, operands, names)
    return "this `optimize` is a TypeError: a path starts with 'einsum_path'"


def _searches(equation: Equation) -> bool:
    """Whether NumPy certainly looks for a path, and so at the name of the algorithm."""
    summed = set(equation.labels) - set(equation.result.labels)
    return len(equation.terms) > 2 and bool(summed)


def _name_fault(name: str, names: frozenset[str]) -> str | None:
    if name in names:
        return None
    known = " and ".join(repr(other) for other in sorted(names))
    return f"`optimize={name!r}` is a KeyError: NumPy has {known}"


def _path_fault(steps: Sequence[object], operands: int) -> str | None:
    """Walk through a path as NumPy does, which takes out operands and appends their product."""
    left = operands
    for step in steps:
        if isinstance(step, (int, float)):
            return f"step {step!r} of the path is not a tuple of operand numbers"
        if not isinstance(step, (list, tuple)) or not all(isinstance(k, int) for k in step):
            return None
        if not step:
            return "an empty step of the path contracts nothing"
        for number in sorted(step, reverse=True):
            if not -left <= number < left:
                return f"the path does not fit {operands} operands: at {step!r} too few are left"
            left -= 1
        left += 1
    if left == 1:
        return None
    return f"the path does not fit {operands} operands: it leaves {left} of them uncontracted"


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
