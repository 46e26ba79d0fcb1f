"""NumPy's promotion of dtypes, by name.  Pure; tested against ``numpy.result_type``."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

_KINDS = {"bool": "b", "uint": "u", "int": "i", "float": "f", "complex": "c"}
_FLOAT_FOR = {0: 16, 8: 16, 16: 32, 32: 64, 64: 64}
"""The bits of the float that holds integers of so many bits."""
SUMS_ALIKE = frozenset({"float32", "float64", "complex64", "complex128", "int64", "uint64"})
"""Dtypes that both ``sum`` and einsum add up as they are."""
INEXACT = frozenset({"float16", "float32", "float64", "complex64", "complex128"})


def _parsed(dtype: str) -> tuple[str, int] | None:
    """The kind and the bits of a dtype's name; None for one that does not take part."""
    name = dtype.rstrip("0123456789")
    if name not in _KINDS:
        return None
    bits = dtype[len(name) :]
    return _KINDS[name], int(bits) if bits else 0


def promote(one: str, other: str) -> str | None:
    """The dtype of ``a + b`` for arrays of these dtypes; None when it is not known."""
    mine, theirs = _parsed(one), _parsed(other)
    if mine is None or theirs is None:
        return one if one == other else None
    (low, low_bits), (high, high_bits) = sorted((mine, theirs), key=lambda p: "buifc".index(p[0]))
    if low == high:
        return one if mine[1] >= theirs[1] else other
    if low == "b":
        return other if mine == (low, low_bits) else one
    if (low, high) == ("u", "i"):
        bits = high_bits if high_bits > low_bits else 2 * low_bits
        return f"int{bits}" if bits <= 64 else "float64"
    real = low_bits if low == "f" else _FLOAT_FOR[low_bits]
    if high == "f":
        return f"float{max(real, high_bits)}"
    return f"complex{2 * max(real, high_bits // 2)}"


def result_type(dtypes: Iterable[str | None]) -> str | None:
    """The common dtype of arrays; None when it is not known."""

    def step(one: str | None, other: str | None) -> str | None:
        return None if one is None or other is None else promote(one, other)

    return reduce(step, dtypes)


def with_number(dtype: str, number: object) -> str | None:
    """The dtype of an array combined with a Python number, which only decides the kind (NEP 50)."""
    parsed = _parsed(dtype)
    if parsed is None:
        return None
    kind, bits = parsed
    match number:
        case bool():
            return dtype
        case int() if kind == "b":
            return "int64"
        case int() if kind in "ui":
            low, high = (0, 1 << bits) if kind == "u" else (-(1 << bits - 1), 1 << bits - 1)
            return dtype if low <= number < high else None  # it raises
        case float() if kind in "bui":
            return "float64"
        case complex() if kind != "c":
            return "complex64" if kind == "f" and bits < 64 else "complex128"
    return dtype


def floating(dtype: str | None) -> str | None:
    """The dtype of ``np.sqrt`` and its like: the narrowest float that holds the argument."""
    parsed = None if dtype is None else _parsed(dtype)
    if parsed is None:
        return None
    kind, bits = parsed
    return f"float{_FLOAT_FOR[bits]}" if kind in "bui" else dtype


def divided(dtype: str | None) -> str | None:
    """The dtype of a quotient, a mean or an inverse: whole numbers become float64."""
    parsed = None if dtype is None else _parsed(dtype)
    if parsed is None:
        return None
    return "float64" if parsed[0] in "bui" else dtype


def real(dtype: str | None) -> str | None:
    """The dtype of the absolute value, of real and imaginary parts."""
    return {"complex64": "float32", "complex128": "float64"}.get(dtype or "", dtype)


def total(dtype: str | None) -> str | None:
    """The dtype of a sum or product over an axis: small integers are widened."""
    parsed = None if dtype is None else _parsed(dtype)
    if parsed is None:
        return None
    kind, bits = parsed
    if kind == "b" or (kind == "i" and bits < 64):
        return "int64"
    return "uint64" if kind == "u" else dtype
