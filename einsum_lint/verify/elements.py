"""Arithmetic on symbols: numbers, polynomials, and arrays of both, which NumPy holds as objects."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .polynomials import Beyond, Number, Poly, Ring, number

_RING: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}
_INTEGER: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "//": operator.floordiv,
    "%": operator.mod,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "<<": operator.lshift,
    ">>": operator.rshift,
}
_ORDER: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}
_MIRRORED: Final = {">": "<", ">=": "<="}
_LARGE: Final = 1_000_000
"""No array is made that has more elements."""

_SAME: Final = {
    "absolute": "abs", "fabs": "abs", "conjugate": "conj", "acos": "arccos", "asin": "arcsin",
    "atan": "arctan", "atan2": "arctan2", "acosh": "arccosh", "asinh": "arcsinh",
    "atanh": "arctanh", "amax": "maximum", "amin": "minimum", "fmod": "%", "degrees": "rad2deg",
    "radians": "deg2rad",
}  # fmt: skip
_MATH: Final = {
    "arccos": "acos", "arcsin": "asin", "arctan": "atan", "arctan2": "atan2", "arccosh": "acosh",
    "arcsinh": "asinh", "arctanh": "atanh", "abs": "fabs", "rad2deg": "degrees",
    "deg2rad": "radians",
}  # fmt: skip


def symbols(value: Any) -> NDArray[np.object_]:
    """Numbers, or nested lists of them, as an array of objects."""
    if isinstance(value, np.ndarray):
        return value.astype(object, copy=False)
    array = np.array(value, dtype=object)
    if any(isinstance(item, (list, tuple, np.ndarray)) for item in array.flat):
        raise ValueError("the items have different shapes")
    return array


def plain(value: Any) -> Any:
    """What a NumPy function returned, without NumPy's own numbers."""
    if isinstance(value, np.ndarray):
        return symbols(value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (list, tuple)):
        return type(value)(map(plain, value))
    return value


def elementwise(function: Callable[..., Any], *arguments: Any) -> Any:
    """A function of numbers for each element of the arguments, broadcast."""
    if not any(isinstance(a, (np.ndarray, list)) for a in arguments):
        return function(*arguments)
    arrays = [symbols(a) if isinstance(a, list) else a for a in arguments]
    return np.frompyfunc(function, len(arrays), 1)(*arrays)


def arithmetic(ring: Ring, sign: str, left: Any, right: Any) -> Any:
    """The operator ``sign`` between numbers, arrays or lists."""
    if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        if sign == "@":
            return np.matmul(symbols(left), symbols(right))
        return elementwise(partial(_arithmetic, ring, sign), left, right)
    if isinstance(left, (list, tuple, str)) or isinstance(right, (list, tuple, str)):
        if sign not in _RING or max(_length(left), _length(right)) > _LARGE:
            raise Beyond(f"{sign} of lists")
        return _RING[sign](left, right)
    return _arithmetic(ring, sign, left, right)


def _length(value: Any) -> int:
    return value if isinstance(value, int) else len(value)


def _arithmetic(ring: Ring, sign: str, left: Any, right: Any) -> Any:
    if sign in _RING:
        return _RING[sign](left, right)
    symbolic = isinstance(left, Poly) or isinstance(right, Poly)
    if sign == "/":
        if not symbolic and right == 0:
            raise Beyond("a division by zero")
        return left / right if symbolic else Fraction(left) / Fraction(right)
    if sign == "**":
        return left**right if symbolic else _power(ring, left, right)
    if sign not in _INTEGER:
        raise Beyond(f"{sign} of numbers")
    if not symbolic:
        return _INTEGER[sign](left, right)
    if sign in ("//", "%"):
        return ring.function(sign, left, right)
    raise Beyond(f"{sign} of symbols")


def _power(ring: Ring, base: Number, exponent: Number) -> Any:
    if exponent != int(exponent):
        return ring.poly(base**exponent)
    if not -4096 <= exponent <= 4096:
        raise Beyond("a large power")
    return Fraction(base) ** int(exponent) if exponent < 0 else base ** int(exponent)


def negated(value: Any) -> Any:
    """``-value``."""
    return elementwise(operator.neg, value)


def inverted(value: Any) -> Any:
    """``~value``; of a boolean it is the other one."""
    return elementwise(_inverted, value)


def _inverted(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return ~value
    raise Beyond("~ of symbols")


def compared(ring: Ring, sign: str, left: Any, right: Any) -> Any:
    """A comparison; of symbols it is a function of their difference, 0 or 1."""
    if isinstance(left, np.ndarray) or isinstance(right, np.ndarray):
        return elementwise(partial(_compared, ring, sign), left, right)
    return _compared(ring, sign, left, right)


def _compared(ring: Ring, sign: str, left: Any, right: Any) -> Any:
    if not isinstance(left, Poly) and not isinstance(right, Poly):
        return _ORDER[sign](left, right)
    if sign in _MIRRORED:
        return _compared(ring, _MIRRORED[sign], right, left)
    difference = left - right
    constant = difference.constant()
    if constant is not None:
        return _ORDER[sign](constant, 0)
    leading = difference.terms[min(difference.terms)]
    scale = Fraction(1) / (abs(leading) if sign in ("<", "<=") else leading)
    return ring.function(sign, difference * scale)


def pointwise(ring: Ring, name: str, *arguments: Any) -> Any:
    """A function of NumPy or ``math`` by name, for each element."""
    return elementwise(partial(_pointwise, ring, _SAME.get(name, name)), *arguments)


def _pointwise(ring: Ring, name: str, *arguments: Any) -> Any:
    first = arguments[0]
    match name:
        case "sqrt":
            return _arithmetic(ring, "**", first, Fraction(1, 2))
        case "square":
            return first * first
        case "reciprocal":
            return _arithmetic(ring, "/", 1, first)
        case "negative":
            return -first
        case "positive":
            return first
        case "%":
            return _arithmetic(ring, "%", *arguments)
        case "conj" | "real" | "imag":
            return _part(ring, name, first)
        case "where":
            condition, yes, no = arguments
            if not isinstance(condition, Poly):
                return yes if condition else no
            if not ring.is_opaque(condition):
                raise Beyond("a condition on the values")
            return condition * yes + (1 - condition) * no
        case "maximum" | "minimum" if not any(isinstance(a, Poly) for a in arguments):
            return max(arguments) if name == "maximum" else min(arguments)
    if any(isinstance(a, Poly) and a.constant() is None for a in arguments):
        return ring.function(name, *arguments)
    constants = [a.constant() if isinstance(a, Poly) else a for a in arguments]
    return _computed(name, constants)


def _part(ring: Ring, name: str, value: Any) -> Any:
    """The conjugate, the real or the imaginary part."""
    if not isinstance(value, Poly):
        return 0 if name == "imag" else value
    other = ring.conjugate(value)
    if name == "conj":
        return other
    if name == "real":
        return (value + other) * Fraction(1, 2)
    return (value - other) * ring.imaginary(Fraction(-1, 2))


def _computed(name: str, arguments: list[Any]) -> Any:
    """A function of numbers alone."""
    if name == "abs":
        return abs(arguments[0])
    function = getattr(math, _MATH.get(name, name), None)
    if function is None:
        raise Beyond(f"{name} of a number")
    return number(function(*arguments))


def indices(value: Any) -> Any:
    """A subscript: an integer, or an array of integers or booleans."""
    if type(value) is int:
        return value
    if isinstance(value, list):
        value = symbols(value)
    if not isinstance(value, np.ndarray):
        if isinstance(value, (Poly, Fraction, float)):
            raise Beyond("a subscript that depends on values")
        return value
    for kind in (bool, int):
        if all(type(item) is kind for item in value.flat):
            return value.astype(kind)
    raise Beyond("a subscript that depends on values")


def limited(size: int) -> None:
    """Beyond where an array would have too many elements."""
    if size > _LARGE:
        raise Beyond("a large array")
