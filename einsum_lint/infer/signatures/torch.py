"""PyTorch's functions, and the methods of its tensors: dtypes follow only where they are given."""

_OPTIONS = "dtype, layout, device, requires_grad, pin_memory, memory_format"

_MAKING = f"""
zeros ones empty(*size, out!, {_OPTIONS}) -> filled_by_sizes(unknown)
rand randn(*size, out!, generator, {_OPTIONS}) -> filled_by_sizes(unknown)
full(size, fill_value, *, out!, {_OPTIONS}) -> filled(unknown, size)
randint(low, high, size, *, out!, generator, {_OPTIONS}) -> sampled_integers
randperm(n, *, out!, generator, {_OPTIONS}) -> vector(unknown, n)
eye(n, m, *, out!, {_OPTIONS}) -> eye
arange(start, stop, step, *, out!, {_OPTIONS}) -> arange
linspace(start, stop, num=100, *, axis=0, out!, {_OPTIONS}) -> spaced
logspace(start, stop, num=100, base, *, axis=0, out!, {_OPTIONS}) -> spaced
tensor(data, *, {_OPTIONS}) -> converted
as_tensor(data, dtype, device) -> converted
asarray(obj, *, dtype, device, copy, requires_grad) -> converted
from_numpy(ndarray) -> same
zeros_like ones_like empty_like rand_like randn_like(input, *, {_OPTIONS}) -> copied_like
full_like(input, fill_value, *, {_OPTIONS}) -> copied_like
nn.Parameter nn.parameter.Parameter(data, requires_grad) -> same
meshgrid(*tensors, indexing) -> grid
"""

_SHARED = """
reshape(input, shape) -> reshaped
permute(input, dims) -> permuted(dims)
transpose swapaxes swapdims(input, dim0, dim1) -> exchanged(dim0, dim1)
movedim moveaxis(input, source, destination) -> moved
unsqueeze(input, dim) -> expanded(dim)
squeeze(input, dim) -> squeezed(dim)
t(input) -> turned
ravel(input) -> flat
flatten(input, start_dim=0, end_dim=-1) -> flattened
clone(input, *, memory_format) -> duplicate
detach(input) -> same
conj(input) -> same
abs exp exp2 expm1 log log2 log10 log1p sqrt rsqrt sin cos tan tanh sinh cosh(input) -> elementwise(inexact)
sigmoid relu erf floor ceil round trunc sign neg negative square reciprocal(input) -> elementwise(inexact)
isnan isinf isfinite logical_not(input) -> elementwise(bool)
softmax log_softmax(input, dim, *, dtype) -> elementwise(inexact)
clamp clip(input, min, max) -> elementwise(inexact)
cumsum cumprod(input, dim, *, dtype) -> elementwise(inexact)
flip(input, dims) -> same
roll(input, shifts, dims) -> same
sum prod mean nansum nanmean(input, dim, keepdim, *, axis, keepdims, dtype) -> reduced(inexact)
logsumexp amax amin(input, dim, keepdim) -> reduced(inexact)
any all(input, dim, keepdim) -> reduced(bool)
argmax argmin(input, dim, keepdim) -> reduced(unknown)
std var(input, dim, unbiased, keepdim, *, correction) -> spread
norm(input, p, dim, keepdim, out!, dtype) -> reduced(inexact)
max min(input, dim, keepdim) -> extreme
chunk(input, chunks, dim=0) -> chunked
split(input, sizes, dim=0) -> split_tensor
tensor_split(input, sections, dim=0) -> chunked
unbind(input, dim=0) -> unbound
gather(input, dim, index, *, sparse_grad, out!) -> gathered
take_along_dim(input, indices!, dim) -> unknown
index_select(input, dim, index, *, out!) -> picked
narrow(input, dim, start, length) -> narrowed
select(input, dim, index) -> dropped
scatter scatter_add scatter_reduce index_add index_copy index_fill(input, dim, index, *rest, **others) -> same
masked_fill(input, mask, /, value) -> elementwise(unknown)
masked_select(input, mask, *, out!) -> masked
repeat_interleave(input, repeats, dim, *, output_size) -> repeated(dim)
topk(input, k, dim, largest, sorted, *, out!) -> twice(other_size)
sort(input, dim, descending, stable, *, out!) -> twice
argsort(input, dim, descending, stable) -> elementwise(int64)
cummax cummin(input, dim) -> twice
diag_embed(input, offset, dim1, dim2) -> more_axes(1)
unflatten(input, dim, sizes) -> unflattened
nan_to_num(input, nan, posinf, neginf, *, out!) -> same
clamp_min clamp_max(input, value, *, out!) -> elementwise(inexact)
eq ne lt le gt ge(input, other, /, *, out!) -> elementwise(bool)
pow remainder fmod atan2 logaddexp hypot(input, other, /, *, out!) -> elementwise(inexact)
logical_and logical_or logical_xor(input, other, /, *, out!) -> elementwise(bool)
logdet det(input) -> determinant
cross(input, other, dim, *, out!) -> elementwise(unknown)
matmul(input, other) -> matmul
mm(input, other) -> matrix_product(2)
bmm(input, other) -> matrix_product(3)
mv(input, other) -> matrix_product(1)
dot inner(input, other) -> inner
outer(input, other) -> outer
tril triu(input, diagonal) -> same
diag(input, diagonal=0) -> diag(diagonal)
diagonal(input, offset=0, dim1=0, dim2=1) -> diagonals
trace(input) -> traced(unknown)
tile(input, dims) -> tiled(dims)
inverse(input) -> inverse
"""

_FUNCTIONS = f"""
{_SHARED}
complex(real, imag, /, *, out!) -> elementwise(unknown)
polar(abs, angle, /, *, out!) -> elementwise(unknown)
lerp(input, end, weight, /) -> elementwise(unknown)
view_as_real(input) -> more_axes(1, unknown)
view_as_complex(input) -> more_axes(-1, unknown)
cdist(x1, x2, p, compute_mode) -> distances
bernoulli(input, p!, *, generator, out!) -> same
randint_like(input, low, high, *, dtype, layout, device, requires_grad, memory_format) -> copied_like
fft.fft fft.ifft(input, n, dim, norm) -> more_axes(0, unknown)
fft.rfft fft.irfft(input, n, dim, norm) -> more_axes(0, unknown)
fft.fftn fft.ifftn fft.fft2 fft.ifft2 fft.rfftn fft.irfftn fft.rfft2 fft.irfft2(input, s, dim, norm) -> more_axes(0, unknown)
fft.fftshift fft.ifftshift(input, dim) -> same
linalg.solve_triangular(A, B, *, upper, left, unitriangular, out!) -> solved
linalg.eigvalsh(A, UPLO) -> eigenvalues(real)
cat concat concatenate(tensors, dim=0, *, out!) -> concatenated(dim)
stack(tensors, dim=0, *, out!) -> stacked(dim)
vstack row_stack(tensors) -> vertical
hstack(tensors) -> horizontal
dstack(tensors) -> in_depth
add sub mul subtract multiply(input, other, /, *, alpha, out!) -> elementwise
div divide true_divide(input, other, /, *, rounding_mode, out!) -> elementwise(inexact)
maximum minimum(input, other, /) -> elementwise
where(condition, x, y, /) -> selected_elements
broadcast_to(input, shape) -> broadcasted
tensordot(a, b, dims=2) -> tensordot(dims)
kron(input, other) -> kron
linalg.inv linalg.cholesky(A) -> inverse
linalg.det(A) -> determinant
linalg.pinv(A, *, atol, rtol, hermitian) -> pseudo_inverse
linalg.eigh(A, UPLO) -> eigenvectors(real)
linalg.svd(A, full_matrices=True) -> singular
linalg.qr(A, mode) -> orthogonal
linalg.norm linalg.vector_norm(x, ord, dim, keepdim, *, dtype) -> reduced(inexact)
linalg.solve(A, B) -> solved
nn.functional.relu nn.functional.gelu nn.functional.silu nn.functional.sigmoid nn.functional.tanh(input) -> elementwise(inexact)
nn.functional.softmax nn.functional.log_softmax(input, dim, _stacklevel, dtype) -> elementwise(inexact)
nn.functional.dropout nn.functional.alpha_dropout(input, p, training, inplace) -> same
nn.functional.normalize(input, p, dim, eps) -> same
nn.functional.softplus(input, beta, threshold) -> same
nn.functional.leaky_relu nn.functional.elu nn.functional.celu(input, slope, inplace) -> same
nn.functional.mish nn.functional.selu nn.functional.relu6 nn.functional.hardswish(input, inplace) -> same
nn.functional.logsigmoid nn.functional.softsign nn.functional.tanhshrink(input) -> elementwise(inexact)
nn.functional.layer_norm(input, normalized_shape, weight, bias, eps) -> same
nn.functional.rms_norm(input, normalized_shape, weight, eps) -> same
nn.functional.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps) -> same
nn.functional.group_norm(input, num_groups, weight, bias, eps) -> same
nn.functional.pad(input, pad, mode, value) -> more_axes(0)
nn.functional.interpolate(input, size, scale_factor, mode, align_corners, recompute_scale_factor, antialias) -> more_axes(0)
nn.functional.linear(input, weight, bias) -> projected
nn.functional.one_hot(input, num_classes) -> more_axes(1, unknown)
nn.functional.glu(input, dim) -> more_axes(0)
nn.functional.conv1d nn.functional.conv2d nn.functional.conv3d(input, weight, bias, stride, padding, dilation, groups) -> more_axes(0)
nn.functional.scaled_dot_product_attention(query, key, value, attn_mask, dropout_p, is_causal, scale, enable_gqa) -> more_axes(0)
"""

_MODULES = """
Linear LazyLinear Bilinear(*args, **options) -> instance
Dropout Identity ReLU GELU SiLU Tanh Sigmoid Softmax LayerNorm RMSNorm BatchNorm1d BatchNorm2d(*args, **options) -> instance
GroupNorm Softplus LeakyReLU ELU(*args, **options) -> instance
Conv1d Conv2d Conv3d(*args, **options) -> instance
Embedding(*args, **options) -> instance
"""
_CALLS = {
    "Linear Conv1d Conv2d Conv3d": "__call__(input) -> more_axes(0)",
    "Dropout Identity ReLU GELU SiLU Tanh Sigmoid Softmax LayerNorm RMSNorm BatchNorm1d "
    "BatchNorm2d GroupNorm Softplus LeakyReLU ELU": "__call__(input) -> more_axes(0)",
    "Embedding": "__call__(input) -> more_axes(1, unknown)",
}

TABLES = {
    "torch": _MAKING + _FUNCTIONS,
    "torch.nn": _MODULES,
    **{f"torch.nn.{name}()": line for names, line in _CALLS.items() for name in names.split()},
}

METHODS = f"""
{_SHARED}
view(input, *shape) -> viewed
reshape(input, *shape) -> reshaped
permute(input, *axes) -> permuted
expand(input, *sizes) -> widened
repeat(input, *repeats) -> tiled(repeats)
tile(input, *dims) -> tiled(dims)
flip(input, *dims) -> same
view_as reshape_as expand_as(input, other) -> like_other
to(input, *to, device, dtype, non_blocking, copy) -> moved_to
type_as(input, other) -> elementwise(unknown)
float(input) -> cast(float32)
double(input) -> cast(float64)
half(input) -> cast(float16)
int(input) -> cast(int32)
long(input) -> cast(int64)
bool(input) -> cast(bool)
cpu cuda contiguous requires_grad_ detach_(input) -> same
add sub mul(input, other, /) -> elementwise
div(input, other, /) -> elementwise(inexact)
size(input, dim) -> size
dim ndimension(input) -> rank
numel nelement(input) -> count
numpy(input) -> to_numpy
pow_ add_ sub_ mul_ div_ clamp_ fill_ copy_ masked_fill_ zero_ relu_ sigmoid_(input, *rest, **others) -> same
unfold(input, dimension, size, step) -> more_axes(1)
new_full(input, size, fill_value, *, dtype, device, requires_grad) -> filled(unknown, size)
new_zeros new_ones new_empty(input, *size, dtype, device, requires_grad) -> filled_by_sizes(unknown)
"""
