"""Functions that sum, search or accumulate along axes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from ...dims import Dim, Polynomial, product, subtract
from ...shapes import ArrayFact, Shape
from ..signature import Call, Dims, normalized
from ..values import UNKNOWN, Constant, Display, Value
from . import behaviour, ruled


def without(dims: Dims, axes: tuple[int, ...], keep: bool | None) -> Dims | None:
    """The sizes without some axes, or with size 1 there."""
    found = normalized(axes, len(dims))
    if found is None:
        return None
    if keep:
        return tuple(1 if k in found else size for k, size in enumerate(dims))
    return tuple(size for k, size in enumerate(dims) if k not in found)


@behaviour
def reduced(call: Call, rule: str = "same") -> Value:
    """``sum(a, axis=None, keepdims=False)`` and its like."""
    array, name = call.array, "dim" if "dim" in call.bound else "axis"
    dtype = call.dtype(ruled(rule, array.dtype))
    keep = call.flag("keepdim" if "keepdim" in call.bound else "keepdims")
    if keep is None:
        return call.unknown(dtype, array)
    if call.get(name) is None:
        if keep:
            return call.changed(array, lambda dims: (1,) * len(dims), 0, dtype)
        certain = array.is_array is not None or not array.shape.open or call.library != "numpy"
        return call.made(Shape(()), dtype, array) if certain else UNKNOWN
    axes = call.axes(name)
    if axes is None or (axes == () and call.library == "torch"):  # there, () may be all of them
        return call.unknown(dtype, array)
    return call.changed(
        array, lambda dims: without(dims, axes, keep), 0 if keep else -len(axes), dtype
    )


@behaviour
def reduced_at(call: Call, rule: str = "divided") -> Value:
    """``percentile(a, q)``: the axes of ``q`` come first."""
    if not isinstance(call.get("q"), Constant):
        return UNKNOWN
    return reduced(call, rule)


@behaviour
def extreme(call: Call) -> Value:
    """``t.max()`` of PyTorch: with an axis the values and their indices."""
    if call.axis("dim") is not None and call.flag("keepdim") is not None:
        values = reduced(call)
        if not isinstance(values, ArrayFact):
            return UNKNOWN
        return Display((values, replace(values, dtype="int64")), is_tuple=True)
    if call.bound.keys() != {call.signature.positional[0]}:
        return UNKNOWN
    return call.made(Shape(()), call.array.dtype, call.array)


@behaviour
def accumulated(call: Call, rule: str = "same") -> Value:
    """``cumsum(a, axis=None)``: flat without an axis."""
    array = call.array
    dtype = call.dtype(ruled(rule, array.dtype))
    if call.get("axis") is None:
        return flat_result(call, dtype)
    axis = call.axis()
    if axis is None or array.shape.open or normalized((axis,), len(array.shape.dims)) is not None:
        return call.like(array, dtype)
    return UNKNOWN


def flat_shape(array: ArrayFact) -> Shape:
    """The shape of a vector of all the elements."""
    return Shape((None if array.shape.open else product(array.shape.dims),))


def flat_result(call: Call, dtype: str | None) -> Value:
    """A vector of all the elements."""
    return call.made(flat_shape(call.array), dtype, call.array)


@behaviour
def flat(call: Call) -> Value:
    """``ravel(a)``."""
    return flat_result(call, call.array.dtype)


@behaviour
def flat_indices(call: Call) -> Value:
    """``flatnonzero(a)``: a vector of unknown size."""
    return call.made(Shape((None,)), "int64", call.array)


@behaviour
def ordered(call: Call, rule: str = "same") -> Value:
    """``sort(a, axis=-1)``, ``argsort``: flat for an axis of None."""
    match call.bound.get("axis"):
        case Constant(value=int(axis)):
            dtype = ruled(rule, call.array.dtype)
            return call.changed(call.array, partial(_having, axis=axis), 0, dtype)
        case None:
            return flat_result(call, ruled(rule, call.array.dtype))
    return call.unknown()


def _having(dims: Dims, axis: int) -> Dims | None:
    """The sizes, if there is such an axis."""
    return dims if normalized((axis,), len(dims)) else None


@behaviour
def differences(call: Call) -> Value:
    """``diff(a, n=1, axis=-1)``."""
    array, axis, times = call.array, call.axis(), call.integer("n")
    if call.get("prepend") is not None or call.get("append") is not None:
        return call.changed(array, lambda dims: (None,) * len(dims), 0, None)

    def shorter(dims: Dims) -> Dims | None:
        found = None if axis is None else normalized((axis,), len(dims))
        if found is None:
            return None if axis is not None or not dims else (None,) * len(dims)
        return tuple(_less(d, times) if k in found else d for k, d in enumerate(dims))

    return call.changed(array, shorter, 0, array.dtype)


def _less(size: Dim, times: Dim) -> Dim:
    if isinstance(size, Polynomial):  # it may be smaller than that
        return None
    rest = subtract(size, times)
    return max(rest, 0) if isinstance(rest, int) else None
