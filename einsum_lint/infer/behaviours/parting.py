"""PyTorch's and TensorFlow's functions that take tensors apart, or pick from them."""

from __future__ import annotations

from collections.abc import Callable

from ...dims import Dim, divide
from ...shapes import ArrayFact, Shape
from ..arguments import integers
from ..operands import as_array
from ..signature import Call, Dims, normalized
from ..values import UNKNOWN, Display, Each, Value
from . import behaviour


def _on_axis(
    call: Call, resized: Callable[[Dim], Dims], offset: int = 0, name: str = "dim"
) -> ArrayFact | None:
    """The first argument, of which one axis has become others; None when that raises."""
    array, axis = call.array, call.axis(name)

    def changed(dims: Dims) -> Dims | None:
        if axis is None:
            return (None,) * (len(dims) + offset) if dims else None
        found = normalized((axis,), len(dims))
        return found and (*dims[: found[0]], *resized(dims[found[0]]), *dims[found[0] + 1 :])

    result = call.changed(array, changed, offset, array.dtype)
    return result if isinstance(result, ArrayFact) and result != UNKNOWN else None


@behaviour
def chunked(call: Call, name: str = "dim", count: str = "chunks") -> Value:
    """``t.chunk(n, dim=0)``: at most ``n`` parts, equal where the axis can be divided."""
    number = call.integer(count if count in call.bound else "sections")
    part = _on_axis(call, lambda size: (divide(size, number),), name=name)
    return UNKNOWN if part is None else Each(part)


@behaviour
def split_tensor(call: Call, name: str = "dim") -> Value:
    """``t.split(size, dim=0)``, or ``t.split([n, k], dim=0)``."""
    given = call.get("sizes")
    sections = integers(given) if isinstance(given, Display) else None
    if sections is None:
        part = _on_axis(call, lambda size: (None,), name=name)
        return UNKNOWN if part is None else Each(part)
    parts = [_of_size(call, size, name) for size in sections]
    return Display(tuple(parts), is_tuple=True)


def _of_size(call: Call, size: Dim, name: str) -> Value:
    part = _on_axis(call, lambda whole: (size,), name=name)
    return UNKNOWN if part is None else part


@behaviour
def unbound(call: Call, name: str = "dim") -> Value:
    """``t.unbind(dim=0)``: one result for each index on an axis."""
    part = _on_axis(call, lambda size: (), -1, name)
    return UNKNOWN if part is None else Each(part)


@behaviour
def dropped(call: Call) -> Value:
    """``t.select(dim, index)``: without the axis."""
    return _on_axis(call, lambda size: (), -1) or UNKNOWN


@behaviour
def narrowed(call: Call) -> Value:
    """``t.narrow(dim, start, length)``."""
    return _on_axis(call, lambda size: (call.integer("length"),)) or UNKNOWN


@behaviour
def picked(call: Call) -> Value:
    """``torch.index_select(t, dim, index)``: as many on the axis as there are indices."""
    chosen = as_array(call.get("index")).shape
    count = chosen.dims[0] if chosen.rank == 1 else 1 if chosen.rank == 0 else None
    return _on_axis(call, lambda size: (count,)) or UNKNOWN


@behaviour
def gathered(call: Call) -> Value:
    """``torch.gather(t, dim, index)``: in the shape of the indices."""
    index, array = as_array(call.get("index")), call.array
    if index.shape.open and not array.shape.open and array.shape.dims:
        return call.made(Shape((None,) * len(array.shape.dims)), array.dtype, array)
    made = call.made(index.shape, array.dtype, array, index)
    return made if not index.shape.open else UNKNOWN


@behaviour
def masked(call: Call) -> Value:
    """``torch.masked_select(t, mask)``: a vector of unknown size."""
    return call.made(Shape((None,)), call.array.dtype, call.array)


@behaviour
def twice(call: Call, size: str = "") -> Value:
    """``torch.sort(t)``, ``topk``: the values and their indices."""
    array = call.array
    values = call.like(array, array.dtype)
    if size:
        changed = call.changed(array, lambda dims: (None,) * len(dims), 0, array.dtype)
        if not isinstance(changed, ArrayFact):
            return UNKNOWN
        values = changed
    return Display((values, ArrayFact(values.shape, "int64", values.is_array, values.origin,
                                      values.library)), is_tuple=True)  # fmt: skip


@behaviour
def more_axes(call: Call, count: str, dtype: str = "same") -> Value:
    """A result of which only the rank follows: that of the argument, or so many more."""
    more = int(count)
    known = call.array.dtype if dtype == "same" else None
    return call.changed(
        call.array, lambda d: (None,) * (len(d) + more) if len(d) + more >= 0 else None, more, known
    )


@behaviour
def unflattened(call: Call) -> Value:
    """``t.unflatten(dim, sizes)``: one axis becomes several."""
    sizes = call.sizes("sizes")
    if sizes is None:
        return call.unknown(None, call.array)
    exact = tuple(None if size == -1 else size for size in sizes)
    return _on_axis(call, lambda size: exact, len(sizes) - 1) or UNKNOWN


@behaviour
def projected(call: Call) -> Value:
    """``linear(input, weight)``: another size of the last axis."""
    weight = as_array(call.get("weight")).shape
    if weight.rank == 1:
        return call.unknown(None, call.array)
    size = weight.dims[0] if weight.rank == 2 else None
    return call.changed(
        call.array, lambda dims: (*dims[:-1], size) if dims else None, 0, call.array.dtype
    )


@behaviour
def distances(call: Call) -> Value:
    """``torch.cdist(x1, x2)``: of each row with each."""
    one, other = call.array, as_array(call.get("x2"))
    if one.shape.open or other.shape.open:
        return call.unknown(None, one, other)
    rank = max(len(one.shape.dims), len(other.shape.dims))
    return call.made(Shape((None,) * rank), None, one, other)


@behaviour
def taken_along_axis(call: Call) -> Value:
    """``tf.gather(params, indices, axis=0)``: the axes of the indices in place of one."""
    chosen = as_array(call.get("indices")).shape
    if chosen.open:
        return call.unknown(call.array.dtype, call.array)
    if call.get("axis") is None:
        return call.changed(
            call.array, lambda d: (*chosen.dims, *d[1:]) if d else None, len(chosen.dims) - 1, None
        )
    return _on_axis(call, lambda size: chosen.dims, len(chosen.dims) - 1, "axis") or UNKNOWN
