"""Dask's arrays, which follow NumPy: what depends on values is of unknown size there."""

from .numpy import CREATION, ELEMENTWISE, PRODUCTS, REDUCTIONS, SELECTION, SHAPES
from .numpy import METHODS as METHODS
from .numpy import TABLES as _NUMPY

_OWN = """
zeros ones empty(shape, *, dtype, order, chunks, name, meta) -> filled
full(shape, fill_value, *, dtype, order, chunks, name, meta) -> full
zeros_like ones_like empty_like(a, *, dtype, order, chunks, name, shape) -> copied_like
full_like(a, fill_value, *, order, dtype, chunks, name, shape) -> copied_like
arange(start, stop, step, *, chunks, dtype, like!) -> arange
eye(N, chunks, M, k=0, dtype) -> unknown
array asarray(x, *, dtype, chunks, allow_unknown_chunksizes) -> converted
from_array(x, chunks, name, lock, asarray, fancy, getitem, meta, inline_array) -> converted
reshape(x, shape, merge_chunks, limit) -> reshaped
percentile quantile nanpercentile nanquantile(a, q) -> unknown
take(a, indices, axis=0) -> taken
argwhere(a) -> unknown
"""

# The linear algebra works on chunks, with dtypes and sizes of its own.
_PRODUCTS = PRODUCTS[: PRODUCTS.index("linalg.")]

TABLES = {
    "dask.array": CREATION + SHAPES + REDUCTIONS + SELECTION + ELEMENTWISE + _PRODUCTS + _OWN,
    "dask.array.random": _NUMPY["numpy.random"],
    "dask.array.random.default_rng()": _NUMPY["numpy.random.default_rng()"],
    "dask.array.random.RandomState()": _NUMPY["numpy.random.RandomState()"],
}
