"""What only PyTorch and JAX have: methods and functions with rules of their own."""

from __future__ import annotations

from ...dims import product
from ...shapes import ArrayFact, Shape
from ..arguments import integers
from ..dtypes import dtype_name
from ..operands import as_array
from ..signature import Call, Dims, normalized
from ..values import UNKNOWN, Constant, Display, Value, sized
from . import behaviour
from .making import only_of
from .reducing import reduced


@behaviour
def keyed_like(call: Call) -> Value:
    """A sampler of ``jax.random`` whose parameters broadcast when no shape is given."""
    sizes = call.sizes("shape")
    return UNKNOWN if sizes is None else call.made(Shape(sizes), None)


@behaviour
def turned(call: Call) -> Value:
    """``t.t()``: of two axes at most."""
    return call.changed(call.array, lambda d: d[::-1] if len(d) < 3 else None, 0, call.array.dtype)


@behaviour
def flattened(call: Call) -> Value:
    """``torch.flatten(t, start_dim=0, end_dim=-1)``: some axes in one."""
    array, first, last = call.array, call.axis("start_dim"), call.axis("end_dim")
    if array.shape.open or first is None or last is None:
        whole = call.bound["start_dim"] == Constant(0) and call.bound["end_dim"] == Constant(-1)
        return call.made(Shape((None,)), None, array) if whole else call.unknown(None, array)
    dims = array.shape.dims or (1,)
    found = normalized((first,), len(dims)), normalized((last,), len(dims))
    if found[0] is None or found[1] is None or found[0][0] > found[1][0]:
        return UNKNOWN
    (start,), (end,) = found[0], found[1]
    joined = (*dims[:start], product(dims[start : end + 1]), *dims[end + 1 :])
    return call.made(Shape(joined), array.dtype, array)


@behaviour
def spread(call: Call) -> Value:
    """``torch.var(t, dim)``; a flag in the place of ``dim`` is something else."""
    given = call.get("dim")
    if isinstance(given, Constant) and isinstance(given.value, bool):
        return UNKNOWN
    return reduced(call, "inexact")


@behaviour
def widened(call: Call) -> Value:
    """``t.expand(*sizes)``: -1 keeps a size."""
    array, sizes = call.array, integers(only_of(call.bound.get("sizes")))
    if sizes is None:
        return call.unknown(array.dtype, array)
    dims: Dims = (None,) * len(sizes)
    if not array.shape.open:
        if len(array.shape.dims) > len(sizes):
            return UNKNOWN
        dims = (*(None,) * (len(sizes) - len(array.shape.dims)), *array.shape.dims)
    kept = tuple(d if size in (-1, None) else size for d, size in zip(dims, sizes, strict=True))
    certain = tuple(None if size is None else k for k, size in zip(kept, sizes, strict=True))
    return call.made(Shape(certain), array.dtype, array)


@behaviour
def like_other(call: Call) -> Value:
    """``t.view_as(other)``: with the sizes of the other."""
    other = as_array(call.get("other"))
    return call.made(other.shape, None, call.array, other)


@behaviour
def moved_to(call: Call) -> Value:
    """``t.to(device)``, ``t.to(dtype)``, ``t.to(other)``."""
    given = call.bound["to"]
    items = given.items if isinstance(given, Display) else ()
    wanted = call.get("dtype") or next((i for i in items if dtype_name(i) is not None), None)
    named = wanted is None and all(isinstance(i, Constant) for i in items)  # "cuda"
    dtype = call.array.dtype if named else None if wanted is None else dtype_name(wanted)
    result = call.like(call.array, None)
    return ArrayFact(result.shape, dtype, result.is_array, result.origin, result.library)


@behaviour
def size(call: Call) -> Value:
    """``t.size(k)``, or all the sizes."""
    shape, axis = call.array.shape, call.axis("dim")
    if shape.open:
        return UNKNOWN
    if call.get("dim") is None:
        return Display(tuple(sized(d) for d in shape.dims), is_tuple=True)
    found = None if axis is None else normalized((axis,), len(shape.dims))
    return UNKNOWN if found is None else sized(shape.dims[found[0]])


@behaviour
def rank(call: Call) -> Value:
    """``t.dim()``."""
    known = call.array.shape.rank
    return UNKNOWN if known is None else Constant(known)


@behaviour
def count(call: Call) -> Value:
    """``t.numel()``."""
    shape = call.array.shape
    return UNKNOWN if shape.open else sized(product(shape.dims))


@behaviour
def to_numpy(call: Call) -> Value:
    """``t.numpy()``: an array of NumPy's."""
    return ArrayFact(call.array.shape, call.array.dtype, True, call.array.origin)
