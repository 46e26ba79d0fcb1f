"""JAX: ``jax.numpy`` follows NumPy, with dtypes of its own."""

from .numpy import CREATION, ELEMENTWISE, PRODUCTS, REDUCTIONS, SELECTION, SHAPES
from .numpy import METHODS as METHODS

_OWN = """
array asarray(object, dtype, copy, order, ndmin!, *, device, out_sharding) -> converted
concatenate concat(arrays, axis=0, dtype) -> concatenated
stack(arrays, axis=0, out!, dtype) -> stacked
take(a, indices, axis, out!, mode, unique_indices, indices_are_sorted, fill_value) -> taken
unique nonzero flatnonzero argwhere where(a, *, size!) -> unknown
where(condition, x, y, /, *, size!, fill_value) -> selected_elements
percentile quantile nanpercentile nanquantile(a, q) -> reduced_at
std var nanstd nanvar(a, axis, dtype!, out!, ddof, keepdims, *, where) -> reduced(real_divided)
reciprocal(x, /) -> elementwise(inexact)
repeat(a, repeats, axis, *, total_repeat_length!, out_sharding) -> repeated
"""

_RANDOM = """
normal(key, shape, dtype, *, out_sharding) -> keyed
uniform(key, shape, dtype, minval, maxval, *, out_sharding) -> keyed
truncated_normal(key, lower, upper, shape, dtype, *, out_sharding) -> keyed_like
randint(key, shape, minval, maxval, dtype, *, out_sharding) -> keyed
bernoulli(key, p, shape) -> keyed_like
exponential gumbel laplace logistic cauchy rademacher bits(key, shape, dtype) -> keyed
orthogonal(key, n, shape, dtype) -> unknown
"""

_LAX = """
exp log sin cos tan tanh sqrt rsqrt neg sign logistic(x, /) -> elementwise
abs conj(x, /) -> elementwise(unknown)
add sub mul div max min(x, y, /) -> elementwise
transpose(operand, permutation) -> permuted(permutation)
reshape(operand, new_sizes, dimensions!) -> reshaped(new_sizes)
stop_gradient(x) -> same
batch_matmul(lhs, rhs, precision) -> matmul
"""

_NN = """
relu sigmoid softplus silu swish gelu elu tanh leaky_relu log_sigmoid(x, /) -> elementwise(inexact)
softmax log_softmax(x, axis, where, initial) -> elementwise(inexact)
"""

TABLES = {
    "jax.numpy": CREATION + SHAPES + REDUCTIONS + SELECTION + ELEMENTWISE + PRODUCTS + _OWN,
    "jax.random": _RANDOM,
    "jax.lax": _LAX,
    "jax.nn": _NN,
}
