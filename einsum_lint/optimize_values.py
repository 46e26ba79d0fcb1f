"""Which values of ``optimize`` each library rejects, and why."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from typing import Final

from .dialects import Dialect, Paths
from .equation import Equation

_NUMPY_NAMES: Final = frozenset({"greedy", "optimal"})
_CUPY_NAMES: Final = _NUMPY_NAMES | {"cutensornet"}
_OPT_EINSUM_NAMES: Final = frozenset(
    {"auto", "auto-hq", "optimal", "branch-all", "branch-2", "branch-1", "greedy", "eager"}
    | {"opportunistic", "dp", "dynamic-programming", "random-greedy", "random-greedy-128"}
)


def optimize_fault(
    value: object, equation: Equation | None, operands: int | None, dialect: Dialect
) -> str | None:
    """What is wrong with the value of ``optimize``.

    ``equation`` and ``operands`` are None when the subscripts are malformed or the number of
    operands is not certain.
    """
    match dialect.paths:
        case Paths.NUMPY:
            return _numpy_fault(value, equation, operands)
        case Paths.CUPY:
            return _cupy_fault(value, operands)
        case Paths.OPT_EINSUM | Paths.JAX:
            return _opt_einsum_fault(value, operands, dialect)
        case Paths.TENSORFLOW if operands is not None and operands > 2:
            return _tensorflow_fault(value)
    return None


def _numpy_fault(value: object, equation: Equation | None, operands: int | None) -> str | None:
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return f"`optimize={value!r}` is a TypeError: NumPy takes True, False, a name or a path"
    if isinstance(value, str):
        searched = equation is not None and operands == len(equation.terms) and _searches(equation)
        return _name_fault(value, _NUMPY_NAMES, "KeyError: NumPy") if searched else None
    if not isinstance(value, (list, tuple)):
        return None
    if not value:
        return "an empty `optimize` is a TypeError: a path starts with 'einsum_path'"
    if value[0] == "einsum_path":
        return None if operands is None else _path_fault(value[1:], operands)
    if not all(isinstance(part, (str, int, float, list, tuple)) for part in value):
        return None
    if _with_limit(value):
        if not math.isfinite(value[1]):
            return f"the memory limit {value[1]!r} of `optimize` is not an integer"
        return _numpy_fault(value[0], equation, operands)
    return "this `optimize` is a TypeError: a path starts with 'einsum_path'"


def _with_limit(value: Sequence[object]) -> bool:
    """Whether it is the name of an algorithm with a memory limit."""
    return len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], (int, float))


def _searches(equation: Equation) -> bool:
    """Whether NumPy certainly looks for a path, and so at the name of the algorithm."""
    summed = set(equation.labels) - set(equation.result.labels)
    return len(equation.terms) > 2 and bool(summed)


def _name_fault(name: str, names: frozenset[str], raises: str) -> str | None:
    if name in names:
        return None
    known = " and ".join(repr(other) for other in sorted(names))
    return f"`optimize={name!r}` is a {raises} has {known}"


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
        if not _fits(step, left):
            return f"the path does not fit {operands} operands: at {step!r} too few are left"
        left -= len(step) - 1
    if left == 1:
        return None
    return f"the path does not fit {operands} operands: it leaves {left} of them uncontracted"


def _fits(step: Sequence[int], left: int) -> bool:
    """Whether operands can be taken out by their numbers, the highest first."""
    numbers = sorted(step, reverse=True)
    return all(k - left <= number < left - k for k, number in enumerate(numbers))


def _cupy_fault(value: object, operands: int | None) -> str | None:
    if isinstance(value, bool):
        return None
    if value is None or isinstance(value, (int, float)):
        return f"`optimize={value!r}` is a TypeError: CuPy takes True, False, a name or a path"
    if isinstance(value, (list, tuple)) and value and _with_limit(value):
        value = value[0]
    if isinstance(value, str):
        return _name_fault(value, _CUPY_NAMES, "TypeError: CuPy")
    if isinstance(value, (list, tuple)) and operands is not None and value[:1] == ["einsum_path"]:
        # What has less than two operands is passed over.
        steps = [s for s in value[1:] if not isinstance(s, (list, tuple)) or len(s) > 1]
        return _path_fault(steps, operands)
    return None


def _opt_einsum_fault(value: object, operands: int | None, dialect: Dialect) -> str | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"`optimize={value!r}` is a TypeError: {dialect.name} takes True, a name or a path"
    if isinstance(value, str):
        return None if operands is None or operands < 3 else _close_name_fault(value, dialect.name)
    return _steps_fault(value, operands, dialect) if isinstance(value, list) else None


def _close_name_fault(name: str, library: str) -> str | None:
    """What is wrong with a name; others may add names, so that it must look like a slip."""
    known = sorted(_OPT_EINSUM_NAMES)
    close = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.8)
    if name.lower() in known or not close:
        return None
    return f"`optimize={name!r}` is a KeyError: {library} has no such algorithm; {close[0]!r}?"


def _steps_fault(steps: Sequence[object], operands: int | None, dialect: Dialect) -> str | None:
    """Walk through a path that has no name before its steps, and may leave operands over."""
    left = operands
    for step in steps:
        if isinstance(step, (int, float, str)):
            return f"step {step!r} of the path is not a tuple of operand numbers"
        if not isinstance(step, (list, tuple)) or not all(isinstance(k, int) for k in step):
            return None
        if len(step) > 2 and dialect.paths is Paths.JAX:
            return f"{dialect.name}'s einsum contracts two operands at a time, not {step!r}"
        if left is not None and not _fits(step, left):
            return f"the path does not fit {operands} operands: at {step!r} too few are left"
        left = None if left is None else left - len(step) + 1
    return None


def _tensorflow_fault(value: object) -> str | None:
    """What is wrong with the value for more than two operands."""
    if value is False:
        return "`optimize=False` contracts all operands at once, and TensorFlow at most two"
    if isinstance(value, str):
        return _close_name_fault(value, "TensorFlow")
    if isinstance(value, list) and value[:1] == ["einsum_path"]:
        return "a path for TensorFlow has steps only, no 'einsum_path'"
    return None
