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
max min(input, dim, keepdim) -> extreme
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
nn.functional.dropout(input, p, training, inplace) -> same
nn.functional.normalize(input, p, dim, eps) -> same
"""

TABLES = {"torch": _MAKING + _FUNCTIONS}

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
new_zeros new_ones new_empty(input, *size, dtype, device, requires_grad) -> filled_by_sizes(unknown)
"""
