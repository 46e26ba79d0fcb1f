"""Functions that put several arrays together, or take one apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...dims import Dim, add, divide, product
from ...promotion import result_type
from ...shapes import ArrayFact, Shape, broadcast
from ..operands import as_array
from ..signature import Call, Dims, normalized
from ..values import UNKNOWN, Constant, Display, Many, Value
from . import behaviour


def _items(call: Call) -> list[ArrayFact] | None:
    """The arrays of the first argument; None when it is no display."""
    first = call.first
    return [as_array(item) for item in first.items] if isinstance(first, Display) else None


def _dtype(call: Call, arrays: Sequence[ArrayFact]) -> str | None:
    return call.dtype(result_type(a.dtype for a in arrays) if arrays else None)


def agreed(shapes: Sequence[Dims], but: int | None = None) -> Dims | None:
    """The sizes that arrays of one rank must share, leaving out one axis; None if they differ."""
    if len({len(dims) for dims in shapes}) != 1:
        return None
    sizes: list[Dim] = []
    for axis, column in enumerate(zip(*shapes, strict=True)):
        known = {size for size in column if isinstance(size, int)}
        if axis != but and len(known) > 1:
            return None
        rest = set(column) - {None}
        sizes.append(known.pop() if known else rest.pop() if len(rest) == 1 else None)
    return tuple(sizes)


def _stacked_unknown(call: Call, array: ArrayFact, offset: int, *of: ArrayFact) -> Value:
    return call.changed(array, lambda dims: None, offset, None, *of)


@behaviour
def stacked(call: Call, name: str = "axis") -> Value:
    """``stack(arrays, axis=0)``: a new axis."""
    arrays, axis = _items(call), call.axis(name)
    if isinstance(call.first, Many):
        return _stacked_many(call, call.array, axis)
    if arrays is None:  # a list: its items are as many axes as it has but one, and one is added
        return _stacked_unknown(call, call.array, 0) if call.array.shape.open else UNKNOWN
    dtype = _dtype(call, arrays)
    known = [array.shape.dims for array in arrays if not array.shape.open]
    if not known:
        first = arrays[0] if arrays else ArrayFact()
        return _stacked_unknown(call, first, 1, *arrays)
    dims = agreed(known)
    at = None if dims is None or axis is None else normalized((axis,), len(dims) + 1)
    if dims is None or at is None:
        return UNKNOWN if axis is not None else call.unknown(dtype, *arrays)
    return call.made(Shape((*dims[: at[0]], len(arrays), *dims[at[0] :])), dtype, *arrays)


def _stacked_many(call: Call, listed: ArrayFact, axis: int | None) -> Value:
    """``stack([… for …])``: the axis of the list is put where it is asked for."""
    if listed.shape.open:
        return call.unknown()
    item = listed.shape.dims[1:]
    at = None if axis is None else normalized((axis,), len(item) + 1)
    dims = (
        (None,) * len(listed.shape.dims) if at is None else (*item[: at[0]], None, *item[at[0] :])
    )
    return call.made(Shape(dims), listed.dtype, listed)


def _joined_many(call: Call, listed: ArrayFact, axis: int | None) -> Value:
    """``concatenate([… for …])``: of the rank of the items."""
    item = listed.shape.dims[1:]
    if listed.shape.open or not item:
        return UNKNOWN
    at = None if axis is None else normalized((axis,), len(item))
    if axis is not None and at is None:
        return UNKNOWN
    dims = tuple(None if at is None or k in at else size for k, size in enumerate(item))
    return call.made(Shape(dims), listed.dtype, listed)


@behaviour
def concatenated(call: Call, name: str = "axis") -> Value:
    """``concatenate(arrays, axis=0)``: flat for an axis of None."""
    arrays = _items(call)
    if call.get(name) is None:
        total: Dim = None
        if arrays is not None and not any(a.shape.open for a in arrays):
            total = _sum(product(a.shape.dims) for a in arrays)
        return call.made(Shape((total,)), _dtype(call, arrays or ()), *(arrays or [ArrayFact()]))
    if isinstance(call.first, Many):
        return _joined_many(call, call.array, call.axis(name))
    if arrays is None:
        return _stacked_unknown(call, call.array, -1) if call.array.shape.open else UNKNOWN
    return _joined(call, arrays, call.axis(name))


def _joined(call: Call, arrays: Sequence[ArrayFact], axis: int | None) -> Value:
    known = [array.shape.dims for array in arrays if not array.shape.open]
    if not known:
        return _stacked_unknown(call, arrays[0], 0, *arrays) if arrays else UNKNOWN
    if call.library == "dask" and any(0 in dims for dims in known):  # it leaves out what is empty
        return UNKNOWN
    if (
        call.library == "torch"
        and any(len(dims) == 1 for dims in known)
        and len(known) < len(arrays)
    ):
        return UNKNOWN  # and so does PyTorch, with vectors
    rank = len(known[0])
    at = None if axis is None else normalized((axis,), rank)
    if axis is not None and (at is None or agreed(known, at[0]) is None):
        return UNKNOWN
    if at is None:
        return call.made(Shape((None,) * rank), _dtype(call, arrays), *arrays)
    dims = list(agreed(known, at[0]) or ())
    complete = len(known) == len(arrays)
    dims[at[0]] = _sum(d[at[0]] for d in known) if complete else None
    return call.made(Shape(tuple(dims)), _dtype(call, arrays), *arrays)


def _sum(sizes: Iterable[Dim]) -> Dim:
    total: Dim = 0
    for size in sizes:
        total = add(total, size)
    return total


def _of_rank(call: Call, least: int, axis: int, *, columns: bool = False) -> Value:
    """Join arrays of which those of a low rank get axes first."""
    arrays = _items(call)
    if isinstance(call.first, Many) and not call.array.shape.open:
        rank = max(least, len(call.array.shape.dims) - 1)
        return call.made(Shape((None,) * rank), call.array.dtype, call.array)
    if not arrays:
        return UNKNOWN
    if any(array.shape.open for array in arrays):
        return call.made(Shape((None,) * least, open=True), None, *arrays)
    raised = [_raised(array.shape.dims, least, columns) for array in arrays]
    facts = [ArrayFact(Shape(d), a.dtype, a.is_array, library=a.library) for a, d in
             zip(arrays, raised, strict=True)]  # fmt: skip
    return _joined(call, facts, axis)


def _raised(dims: Dims, least: int, columns: bool) -> Dims:
    if (least == 3 and 0 < len(dims) < 3) or (columns and len(dims) == 1):
        dims = (*dims, 1)
    return (*(1,) * (least - len(dims)), *dims)


@behaviour
def vertical(call: Call) -> Value:
    """``vstack(arrays)``."""
    return _of_rank(call, 2, 0)


@behaviour
def horizontal(call: Call) -> Value:
    """``hstack(arrays)``: vectors along their only axis."""
    arrays = _items(call) or []
    vectors = arrays and not arrays[0].shape.open and len(arrays[0].shape.dims) < 2
    return _of_rank(call, 1, 0 if vectors else 1)


@behaviour
def in_depth(call: Call) -> Value:
    """``dstack(arrays)``."""
    return _of_rank(call, 3, 2)


@behaviour
def columns(call: Call) -> Value:
    """``column_stack(arrays)``: vectors become columns."""
    arrays = _items(call)
    if not arrays or any(a.shape.open for a in arrays):
        return UNKNOWN
    if any(len(a.shape.dims) == 0 for a in arrays):
        return UNKNOWN
    return _of_rank(call, 2, 1, columns=True)


@behaviour
def broadcast_together(call: Call) -> Value:
    """``broadcast_arrays(a, b)``: each with the common shape."""
    arrays = [as_array(value) for value in call.bound[call.signature.rest or ""].items]  # type: ignore[union-attr]
    shape = broadcast(*(array.shape for array in arrays))
    if shape is None:
        return UNKNOWN
    return Display(tuple(call.made(shape, a.dtype, a) for a in arrays), is_tuple=True)


@behaviour
def parts(call: Call, axis: str = "") -> Value:
    """``split(a, sections, axis=0)``: equal parts of an axis; ``hsplit`` has it fixed."""
    array, sections = call.array, call.get("indices_or_sections")
    at = int(axis) if axis else call.axis()
    count = sections.value if isinstance(sections, Constant) else None
    if array.shape.open or at is None or not isinstance(count, int) or not 0 < count < 100:
        return UNKNOWN
    dims = array.shape.dims
    found = normalized((at,), len(dims))
    if found is None or len(dims) <= at:
        return UNKNOWN
    size = divide(dims[found[0]], count)
    if size is None and isinstance(dims[found[0]], int):
        return UNKNOWN  # it raises
    part = call.made(Shape((*dims[: found[0]], size, *dims[found[0] + 1 :])), array.dtype, array)
    return Display((part,) * count, is_tuple=True)


@behaviour
def uneven_parts(call: Call) -> Value:
    """``array_split(a, sections, axis=0)``: parts of sizes that may differ by one."""
    array, axis, count = call.array, call.axis(), call.integer("indices_or_sections")
    if axis is None or not isinstance(count, int) or not 0 < count < 100:
        return UNKNOWN

    def part(dims: Dims) -> Dims | None:
        found = normalized((axis,), len(dims))
        return found and tuple(None if k in found else size for k, size in enumerate(dims))

    each = call.changed(array, part, 0, array.dtype)
    return Display((each,) * count, is_tuple=True) if each != UNKNOWN else UNKNOWN


@behaviour
def blocks(call: Call) -> Value:
    """``block([[a, b], [c, d]])``: as many axes as the lists are deep, or the arrays have."""
    depth, leaves = _leaves(call.first)
    if depth is None or not leaves or any(leaf.shape.open for leaf in leaves):
        return UNKNOWN
    rank = max(depth, *(len(leaf.shape.dims) for leaf in leaves))
    dtype = result_type(leaf.dtype for leaf in leaves)
    return call.made(Shape((None,) * rank), dtype, *leaves)


def _leaves(value: Value | None) -> tuple[int | None, list[ArrayFact]]:
    """How deep lists are nested, and the arrays in them; no depth where it is not certain."""
    match value:
        case Display(items=items, is_tuple=False):
            inner = [_leaves(item) for item in items]
            depths = {depth for depth, _ in inner}
            leaves = [leaf for _, found in inner for leaf in found]
            (depth,) = depths if len(depths) == 1 else (None,)
            return None if depth is None else depth + 1, leaves
        case None | Display():
            return None, []
    return 0, [as_array(value)]
