"""TensorFlow's functions: dtypes follow only where they are given."""

_TABLE = """
zeros ones(shape, dtype, name, layout) -> filled(unknown)
fill(dims, value, name, layout) -> filled(unknown, dims)
eye(num_rows, num_columns, batch_shape!, dtype, name) -> eye
range(start, stop, step, dtype, name) -> arange
linspace(start, stop, num=50, name, axis=0) -> spaced
constant(value, dtype, shape!, name) -> converted
convert_to_tensor(value, dtype, dtype_hint, name) -> converted
Variable(initial_value, trainable, validate_shape, caching_device, name, variable_def, dtype) -> converted
zeros_like ones_like(input, dtype, name, layout) -> copied_like
random.normal random.stateless_normal(shape, mean, stddev, dtype, seed, name) -> filled(unknown)
random.truncated_normal(shape, mean, stddev, dtype, seed, name) -> filled(unknown)
random.uniform(shape, minval, maxval, dtype, seed, name) -> filled(unknown)
reshape(tensor, shape, name) -> reshaped
transpose(a, perm, conjugate, name) -> permuted(perm)
expand_dims(input, axis, name) -> expanded
squeeze(input, axis, name) -> squeezed
stack(values, axis=0, name) -> stacked
concat(values, axis, name) -> concatenated
tile(input, multiples, name) -> tiled(multiples)
broadcast_to(input, shape, name) -> broadcasted
cast(x, dtype, name) -> cast
identity stop_gradient(input, name) -> same
reverse roll(tensor, axis, name) -> same
reduce_sum reduce_prod reduce_mean reduce_max reduce_min(input_tensor, axis, keepdims, name) -> reduced
math.reduce_sum math.reduce_mean math.reduce_max(input_tensor, axis, keepdims, name) -> reduced
reduce_any reduce_all(input_tensor, axis, keepdims, name) -> reduced(bool)
argmax argmin(input, axis=0, output_type, name) -> reduced(unknown)
reduce_logsumexp math.reduce_logsumexp math.reduce_variance math.reduce_std(input_tensor, axis, keepdims, name) -> reduced(inexact)
gather(params, indices, validate_indices, axis, batch_dims!, name) -> taken_along_axis
unstack(value, num, axis=0, name) -> unbound(axis)
repeat(input, repeats, axis, name) -> repeated
slice(input_, begin, size, name) -> more_axes(0)
pad(tensor, paddings, mode, constant_values, name) -> more_axes(0)
one_hot(indices, depth, on_value, off_value, axis, dtype, name) -> more_axes(1, unknown)
sort(values, axis, direction, name) -> same
clip_by_value(t, clip_value_min, clip_value_max, name) -> elementwise(unknown)
linalg.diag(diagonal, name) -> more_axes(1)
linalg.diag_part(input, name) -> more_axes(-1)
cumsum math.cumsum(x, axis, exclusive, reverse, name) -> elementwise
matmul linalg.matmul(a, b, transpose_a!, transpose_b!, adjoint_a!, adjoint_b!) -> matmul
tensordot linalg.tensordot(a, b, axes, name) -> tensordot
abs exp sqrt square sin cos tan tanh sigmoid negative sign floor(x, name) -> elementwise(inexact)
math.log math.exp math.sqrt math.abs math.sin math.cos math.conj(x, name) -> elementwise(inexact)
nn.relu nn.softmax nn.sigmoid nn.tanh nn.gelu(x, axis, name) -> same
add subtract multiply maximum minimum(x, y, /, name) -> elementwise
divide(x, y, /, name) -> elementwise(inexact)
where(condition, x, y, /, name) -> selected_elements
linalg.inv linalg.cholesky(input, adjoint, name) -> inverse
linalg.det(input, name) -> determinant
linalg.matrix_transpose linalg.adjoint(a, name, conjugate) -> matrix_transposed
linalg.trace(x, name) -> determinant
"""

TABLES = {"tensorflow": _TABLE, "tensorflow.compat.v2": _TABLE}
