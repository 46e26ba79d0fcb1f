"""Fourier transforms: the rank stays, and so does the size of an axis where no other is asked."""

from __future__ import annotations

from collections.abc import Callable

from ...dims import Dim
from ...shapes import Shape
from ..signature import Call, Dims, normalized
from ..values import Value
from . import behaviour

_DOUBLE = frozenset({"bool", "int8", "int16", "int32", "int64", "float64", "complex128"})


def _dtype(call: Call, double: str) -> str | None:
    """The dtype of a result: of single precision, it depends on NumPy's version."""
    return double if call.array.dtype in _DOUBLE else None


def _along(call: Call, resized: Callable[[Dim], Dim], dtype: str | None) -> Value:
    """A result of which the transformed axis has another size."""
    axis = call.axis()

    def changed(dims: Dims) -> Dims | None:
        found = None if axis is None else normalized((axis,), len(dims))
        if found is None:
            return None if axis is not None else (None,) * len(dims)
        return tuple(resized(size) if k in found else size for k, size in enumerate(dims))

    return call.changed(call.array, changed, 0, dtype)


def _length(call: Call, size: Dim) -> Dim:
    """How much of an axis is transformed."""
    return size if call.get("n") is None else call.integer("n")


@behaviour
def transformed(call: Call) -> Value:
    """``fft(a, n=None, axis=-1)``."""
    return _along(call, lambda size: _length(call, size), _dtype(call, "complex128"))


@behaviour
def half_transformed(call: Call) -> Value:
    """``rfft(a, n=None, axis=-1)``: the half of the spectrum that is not redundant."""

    def half(size: Dim) -> Dim:
        length = _length(call, size)
        return length // 2 + 1 if isinstance(length, int) else None

    return _along(call, half, _dtype(call, "complex128"))


@behaviour
def back_transformed(call: Call) -> Value:
    """``irfft(a, n=None, axis=-1)``: real numbers."""

    def whole(size: Dim) -> Dim:
        if call.get("n") is not None:
            return call.integer("n")
        return 2 * (size - 1) if isinstance(size, int) else None

    return _along(call, whole, _dtype(call, "float64"))


@behaviour
def transformed_axes(call: Call, double: str = "complex128") -> Value:
    """``fftn(a, s=None, axes=None)``: of all axes, or some."""
    plain = call.get("s") is None and double == "complex128"

    def changed(dims: Dims) -> Dims | None:
        return dims if plain else (None,) * len(dims)

    some = call.get("axes") is None and call.array.shape.rank  # without any, nothing is done
    dtype = _dtype(call, double.removeprefix("half_")) if some else None
    return call.changed(call.array, changed, 0, dtype)


@behaviour
def half_frequencies(call: Call) -> Value:
    """``rfftfreq(n)``: the frequencies of ``rfft``."""
    length = call.integer("n")
    return call.made(Shape((length // 2 + 1 if isinstance(length, int) else None,)), "float64")
