"""Functions that arrange the elements of one array in another shape."""

from __future__ import annotations

from dataclasses import replace

from ...dims import Dim, Polynomial, add, differ, divide, multiply, product
from ...shapes import Shape
from ..arguments import integers
from ..operands import as_array
from ..signature import Call, Dims, normalized, twin
from ..values import UNKNOWN, Constant, Display, ShapeOf, Value, size_of
from . import behaviour
from .making import of_shape, only_of
from .reducing import without


def _many(call: Call, name: str) -> Dims | None:
    """The numbers of ``*name``, or of the one display or keyword in its place."""
    return integers(_given(call, name))


def _given(call: Call, name: str) -> Value | None:
    given = call.bound.get(name)
    return only_of(given) if call.signature.rest == name else given


def _certain(size: Dim) -> Dim:
    """A size in symbols, unless it may be the -1 that stands for the rest."""
    if isinstance(size, Polynomial) and any(c < 0 for _, c in size.terms):
        return None
    return size


@behaviour
def reshaped(call: Call, name: str = "shape") -> Value:
    """``reshape(a, shape)``: one size may be -1."""
    array, given = call.array, _given(call, name if name in call.bound else "newshape")
    if isinstance(given, ShapeOf):
        return of_shape(call, given, array.dtype, array)
    wanted = integers(given)
    if wanted is None:
        return call.unknown(array.dtype, array)
    if wanted.count(-1) > 1 or any(isinstance(s, int) and s < -1 for s in wanted):
        return UNKNOWN
    sizes = tuple(_certain(size) for size in wanted)
    known = product(size for size in sizes if size != -1)
    total = None if array.shape.open else product(array.shape.dims)
    if -1 in wanted:
        rest = divide(total, known)
        if rest is None and isinstance(total, int) and isinstance(known, int):
            return UNKNOWN  # it raises
        sizes = tuple(rest if size == -1 else size for size in sizes)
    elif differ(total, known):
        return UNKNOWN
    return call.made(Shape(sizes), array.dtype, array)


@behaviour
def permuted(call: Call, name: str = "axes") -> Value:
    """``transpose(a, axes=None)``, ``permute``: of unknown axes, only their number."""
    array = call.array
    given = call.bound.get(name)
    if given in (None, Display((), True), Display((Constant(None),), True)):
        return call.changed(array, lambda dims: dims[::-1], 0, array.dtype)
    axes = _many(call, name)
    if axes is None:
        return call.changed(array, lambda dims: (None,) * len(dims), 0, array.dtype)
    if array.is_array is None and array.shape.open and len(axes) == 2 and _flat_pair(given):
        # NumPy's transpose(0, 1) wants two axes; PyTorch's exchanges two of any number.
        return call.changed(array, lambda dims: (None,) * len(dims), 0, array.dtype)
    if array.shape.open:
        return call.made(Shape((None,) * len(axes)), array.dtype, array)
    dims = array.shape.dims
    numbers = tuple(axis for axis in axes if isinstance(axis, int))
    if len(axes) != len(dims):
        return UNKNOWN
    if len(numbers) < len(axes):
        return call.made(Shape((None,) * len(dims)), array.dtype, array)
    order = normalized(numbers, len(dims))
    if order is None:
        return UNKNOWN
    return call.made(Shape(tuple(dims[axis] for axis in order)), array.dtype, array)


def _flat_pair(given: Value | None) -> bool:
    return isinstance(given, Display) and len(given.items) == 2


@behaviour
def matrix_transposed(call: Call) -> Value:
    """``matrix_transpose(x)``, ``.mT``: the last two axes exchanged."""
    return call.changed(call.array, lambda d: _exchanged(d, -1, -2), 0, call.array.dtype)


@behaviour
def exchanged(call: Call, one: str = "axis1", other: str = "axis2") -> Value:
    """``swapaxes(a, axis1, axis2)``."""
    first, second = call.axis(one), call.axis(other)
    if first is None or second is None:
        return call.changed(call.array, lambda dims: (None,) * len(dims), 0, call.array.dtype)
    return call.changed(call.array, lambda d: _exchanged(d, first, second), 0, call.array.dtype)


def _exchanged(dims: Dims, one: int, other: int) -> Dims | None:
    if not (-len(dims) <= one < len(dims) and -len(dims) <= other < len(dims)):
        return None
    order = list(dims)
    order[one], order[other] = order[other], order[one]
    return tuple(order)


@behaviour
def moved(call: Call, source: str = "source", destination: str = "destination") -> Value:
    """``moveaxis(a, source, destination)``."""
    origin, target = call.axes(source), call.axes(destination)

    def move(dims: Dims) -> Dims | None:
        if origin is None or target is None:
            return (None,) * len(dims)
        taken, put = normalized(origin, len(dims)), normalized(target, len(dims))
        if taken is None or put is None or len(taken) != len(put):
            return None
        order = [axis for axis in range(len(dims)) if axis not in taken]
        for at, axis in sorted(zip(put, taken, strict=True)):
            order.insert(at, axis)
        return tuple(dims[axis] for axis in order)

    return call.changed(call.array, move, 0, call.array.dtype)


@behaviour
def rolled_back(call: Call) -> Value:
    """``rollaxis(a, axis, start=0)``."""
    axis, start = call.axis(), call.axis("start")

    def move(dims: Dims) -> Dims | None:
        found = None if axis is None or start is None else normalized((axis,), len(dims))
        if found is None or start is None:
            return (None,) * len(dims) if axis is None or start is None else None
        at = start + len(dims) if start < 0 else start
        order = [k for k in range(len(dims)) if k not in found]
        order.insert(at - (at > found[0]), found[0])
        return tuple(dims[k] for k in order) if 0 <= at <= len(dims) else None

    return call.changed(call.array, move, 0, call.array.dtype)


@behaviour
def squeezed(call: Call, name: str = "axis") -> Value:
    """``squeeze(a, axis)``; PyTorch keeps an axis that is not of size 1."""
    array, axes = call.array, call.axes(name)
    if axes == () and call.library == "tensorflow":  # all of them, there
        axes = None
    elif axes is not None and call.library != "torch":
        return call.changed(array, lambda d: _squeezed(d, axes), -len(axes), array.dtype)
    if array.shape.open or None in array.shape.dims or (call.get(name) is not None and not axes):
        return call.unknown(array.dtype, array)
    if any(isinstance(size, Polynomial) for size in array.shape.dims):  # it may be 1
        return call.unknown(array.dtype, array)
    dims = array.shape.dims
    chosen = range(len(dims)) if axes is None else normalized(axes, len(dims))
    if chosen is None:
        return UNKNOWN
    kept = tuple(d for k, d in enumerate(dims) if k not in chosen or d != 1)
    return call.made(Shape(kept), array.dtype, array)


def _squeezed(dims: Dims, axes: tuple[int, ...]) -> Dims | None:
    found = normalized(axes, len(dims))
    if found is None or any(isinstance(dims[k], int) and dims[k] != 1 for k in found):
        return None
    return without(dims, found, keep=False)


@behaviour
def expanded(call: Call, name: str = "axis") -> Value:
    """``expand_dims(a, axis)``, ``unsqueeze``: new axes of size 1."""
    array, axes = call.array, call.axes(name)
    if axes is None:
        return call.unknown(array.dtype, array)

    def widen(dims: Dims) -> Dims | None:
        found = normalized(axes, len(dims) + len(axes))
        if found is None:
            return None
        old = iter(dims)
        return tuple(1 if k in found else next(old) for k in range(len(dims) + len(axes)))

    return call.changed(array, widen, len(axes), array.dtype)


@behaviour
def at_least(call: Call, rank: str) -> Value:
    """``atleast_2d(a)``: one result for each argument."""
    results = tuple(_at_least(call, value, int(rank)) for value in call.rest())
    if len(results) == 1 and len(call.bound[call.signature.rest or ""].items) == 1:  # type: ignore[union-attr]
        return results[0]
    return UNKNOWN


def _at_least(call: Call, value: Value, rank: int) -> Value:
    array = as_array(value)
    if array.shape.open:
        return call.made(Shape((None,) * rank, open=True), array.dtype, array)
    dims = array.shape.dims
    before = {0: (1,) * rank, 1: (1,) * (rank - 1)}.get(len(dims), ())
    behind = (1,) if rank == 3 and 0 < len(dims) < 3 else ()
    missing = max(0, rank - len(dims) - len(behind))
    return call.made(Shape((*before[:missing], *dims, *behind)), array.dtype, array)


@behaviour
def broadcasted(call: Call) -> Value:
    """``broadcast_to(a, shape)``."""
    if isinstance(call.get("shape"), ShapeOf):
        return of_shape(call, call.get("shape"), call.array.dtype, call.array)
    sizes = call.sizes("shape")
    if sizes is None:
        return call.unknown(call.array.dtype, call.array)
    known = tuple(None if size == -1 else size for size in sizes)  # PyTorch's: as it is
    return call.made(Shape(known), call.array.dtype, call.array)


@behaviour
def padded(call: Call) -> Value:
    """``pad(a, widths)``: one number, or a pair, or a pair for each axis."""
    array, widths = call.array, call.get("pad_width")

    def widen(dims: Dims) -> Dims | None:
        pairs = _pairs(widths, len(dims))
        if pairs is None:
            return (None,) * len(dims)
        return tuple(add(d, add(low, high)) for d, (low, high) in zip(dims, pairs, strict=True))

    return call.changed(array, widen, 0, array.dtype)


def _pairs(widths: Value | None, rank: int) -> list[tuple[Dim, Dim]] | None:
    match widths:
        case Constant(value=int(width)):
            return [(width, width)] * rank
        case Display(items=(Display(), *_) as items) if len(items) in (1, rank):
            pairs = [i.items for i in items if isinstance(i, Display) and len(i.items) == 2]
            found = [(size_of(low), size_of(high)) for low, high in pairs]
            return (found * rank)[:rank] if len(found) == len(items) else None
        case Display(items=(Constant() as low, Constant() as high)):
            return [(size_of(low), size_of(high))] * rank
    return None


@behaviour
def repeated(call: Call, name: str = "axis") -> Value:
    """``repeat(a, repeats, axis=None)``."""
    array, times, axis = call.array, call.integer("repeats"), call.axis(name)
    if call.get(name) is None:
        total = None if array.shape.open else product(array.shape.dims)
        return call.made(Shape((multiply(total, times),)), array.dtype, array)

    def longer(dims: Dims) -> Dims | None:
        found = None if axis is None else normalized((axis,), len(dims))
        if found is None:
            return (None,) * len(dims) if axis is None else None
        return tuple(multiply(d, times) if k in found else d for k, d in enumerate(dims))

    return call.changed(array, longer, 0, array.dtype)


@behaviour
def tiled(call: Call, name: str = "reps") -> Value:
    """``tile(a, reps)``; ``t.repeat(*sizes)`` of PyTorch."""
    array, times = call.array, _many(call, name)
    if times is None:
        return call.unknown(array.dtype, array)
    if array.shape.open:
        least = max(len(times), len(array.shape.dims))
        return call.made(Shape((None,) * least, open=True), array.dtype, array)
    dims = array.shape.dims
    rank = max(len(dims), len(times))
    sizes = (*(1,) * (rank - len(dims)), *dims)
    counts = (*(1,) * (rank - len(times)), *times)
    together = tuple(multiply(d, n) for d, n in zip(sizes, counts, strict=True))
    return call.made(Shape(together), array.dtype, array)


@behaviour
def rotated(call: Call) -> Value:
    """``rot90(m, k=1, axes=(0, 1))``: two axes are exchanged for odd ``k``."""
    times = call.axis("k")
    if call.get("axes") is not None or times is None:
        return call.changed(call.array, lambda dims: (None,) * len(dims), 0, call.array.dtype)

    def turn(dims: Dims) -> Dims | None:
        return _exchanged(dims, 0, 1) if len(dims) > 1 and times % 2 else dims

    return call.changed(call.array, turn, 0, call.array.dtype)


@behaviour
def same(call: Call) -> Value:
    """The very shape and dtype of the first argument: ``conj``, ``flip``, ``roll``."""
    return call.like(call.array, call.array.dtype)


@behaviour
def duplicate(call: Call) -> Value:
    """``a.copy()``, ``copy.deepcopy(a)``: the same in another object."""
    return replace(call.array, origin=twin(call.array.origin), made=None)


@behaviour
def viewed(call: Call) -> Value:
    """``t.view(2, -1)`` of PyTorch; ``t.view(dtype)`` is something else."""
    given = call.bound.get(call.signature.rest or "")
    if not isinstance(given, Display) or not given.items:
        return UNKNOWN
    only = given.items[0] if len(given.items) == 1 else Constant(1)
    if size_of(only) is None and not isinstance(only, Display):  # it may be a dtype
        return UNKNOWN
    return reshaped(call)


@behaviour
def copied(call: Call) -> Value:
    """``np.copy(a)``: a plain array, unless ``subok``."""
    array = call.array
    if call.get("subok") is not None:
        return call.like(array, array.dtype)
    return replace(call.made(array.shape, array.dtype if array.is_numpy else None),
                   origin=twin(array.origin))  # fmt: skip


@behaviour
def at_least_matrix(call: Call) -> Value:
    """``tril(m)``: a vector becomes the rows of a matrix."""
    shape = call.array.shape
    if shape.open:
        return call.made(Shape((None, None), open=True), None, call.array)
    dims = shape.dims * 2 if len(shape.dims) == 1 else shape.dims
    return call.made(Shape(dims), call.array.dtype, call.array) if dims else UNKNOWN
