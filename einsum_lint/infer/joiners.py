"""NumPy's objects that are indexed: ``np.r_``, ``np.c_``, ``np.mgrid``, ``np.s_``."""

from __future__ import annotations

from collections.abc import Sequence

from ..dims import Dim, add
from ..promotion import result_type
from ..shapes import ArrayFact, Shape
from .operands import as_array
from .values import UNKNOWN, Constant, Display, Reference, SliceValue, Value, size_of


def joined(owner: Reference, items: Sequence[Value]) -> Value:
    """What an object of NumPy's makes of an index; UNKNOWN for anything else."""
    if len(owner.names) != 1:
        return UNKNOWN
    match next(iter(owner.names)):
        case "numpy.r_":
            return _rows(items)
        case "numpy.c_":
            return _columns(items)
        case "numpy.mgrid":
            return _grid(items)
        case "numpy.ogrid" if len(items) > 1:
            axes = Shape((None,) * len(items))
            return Display((ArrayFact(axes, None, True),) * len(items), is_tuple=True)
        case "numpy.s_" | "numpy.index_exp" as name:
            several = len(items) > 1 or name == "numpy.index_exp"
            return Display(tuple(items), is_tuple=True) if several else items[0]
    return UNKNOWN


def _rows(items: Sequence[Value]) -> Value:
    """``np.r_[a, 0, 1:4]``: on the first axis; numbers and slices are vectors."""
    arrays = [_row(item) for item in items]
    if any(isinstance(item, Constant) and isinstance(item.value, str) for item in items):
        return UNKNOWN
    known = [array.shape.dims for array in arrays if array is not None and not array.shape.open]
    if not known or len({len(dims) for dims in known}) > 1:
        return UNKNOWN
    total: Dim = 0
    for array in arrays:
        whole = array is not None and not array.shape.open
        total = add(total, array.shape.dims[0]) if whole and array is not None else None
    rest = (None,) * (len(known[0]) - 1)
    dtype = None
    if all(array is not None and array.is_numpy for array in arrays):
        dtype = result_type(array.dtype for array in arrays if array is not None)
    return ArrayFact(Shape((total, *rest)), dtype, True)


def _row(item: Value) -> ArrayFact | None:
    if isinstance(item, SliceValue):
        return ArrayFact(Shape((_length(item),)))
    array = as_array(item)
    return ArrayFact(Shape((1,)), array.dtype) if array.shape.rank == 0 else array


def _length(item: SliceValue) -> Dim:
    bounds = [0 if item.lower is None else size_of(item.lower), size_of(item.upper)]
    step = 1 if item.step is None else size_of(item.step)
    numbers = [bound for bound in (*bounds, step) if isinstance(bound, int)]
    return len(range(*numbers)) if len(numbers) == 3 and step else None


def _columns(items: Sequence[Value]) -> Value:
    """``np.c_[a, b]``: vectors become columns."""
    if any(isinstance(item, Constant) and isinstance(item.value, str) for item in items):
        return UNKNOWN
    arrays = [_row(item) for item in items]
    ranks = {max(2, len(array.shape.dims)) for array in arrays if array is not None}
    if len(ranks) != 1 or any(array is None or array.shape.open for array in arrays):
        return UNKNOWN
    return ArrayFact(Shape((None,) * ranks.pop()), None, True)


def _grid(items: Sequence[Value]) -> Value:
    """``np.mgrid[0:3, 0:4]``: one array for each slice, stacked."""
    if not all(isinstance(item, SliceValue) for item in items):
        return UNKNOWN
    sizes = tuple(_length(item) for item in items if isinstance(item, SliceValue))
    return ArrayFact(Shape(sizes if len(sizes) == 1 else (len(sizes), *sizes)), None, True)
