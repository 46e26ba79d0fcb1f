"""NumPy's functions, and the methods of its arrays."""

CREATION = """
zeros ones empty(shape, dtype, order, *, device, like!) -> filled
full(shape, fill_value, dtype, order, *, device, like!) -> full
zeros_like ones_like empty_like(a, dtype, order, subok, shape, *, device) -> copied_like
full_like(a, fill_value, dtype, order, subok, shape, *, device) -> copied_like
eye(N, M, k=0, dtype, order, *, device, like!) -> eye
tri(N, M, k=0, dtype, *, like!) -> eye
identity(n, dtype, *, like!) -> identity
arange(start, stop, step, dtype, *, device, like!) -> arange
linspace(start, stop, num=50, endpoint, retstep, dtype, axis=0, *, device) -> spaced
logspace(start, stop, num=50, endpoint, base, dtype, axis=0) -> spaced
geomspace(start, stop, num=50, endpoint, dtype, axis=0) -> spaced
array(object, dtype, *, copy, order, subok!, ndmin!, like!) -> converted
asarray(a, dtype, order, *, device, copy, like!) -> converted
asanyarray(a, dtype, order, *, device, copy, like!) -> passed
ascontiguousarray asfortranarray(a, dtype, *, like!) -> contiguous
asarray_chkfinite(a, dtype, order) -> converted
meshgrid(*xi, copy, sparse, indexing) -> grid
indices(dimensions, dtype, sparse) -> indices
ix_(*args) -> opened_grid
diag(v, k=0) -> diag
diagflat(v, k=0) -> diagonal_matrix
vander(x, N, increasing) -> vander
frombuffer(buffer, dtype, count, offset) -> vector(float64, count)
fromiter(iter, dtype, count) -> vector(unknown, count)
tril_indices triu_indices(n, k=0, m) -> triangle_indices
hanning hamming blackman bartlett(M) -> vector(float64, M)
"""

SHAPES = """
reshape(a, shape, order, *, newshape, copy) -> reshaped
ravel(a, order) -> flat
transpose(a, axes) -> permuted
permute_dims(a, axes) -> permuted
matrix_transpose(x) -> matrix_transposed
swapaxes(a, axis1, axis2) -> exchanged
moveaxis(a, source, destination) -> moved
rollaxis(a, axis, start=0) -> rolled_back
squeeze(a, axis) -> squeezed
expand_dims(a, axis) -> expanded
atleast_1d(*arys) -> at_least(1)
atleast_2d(*arys) -> at_least(2)
atleast_3d(*arys) -> at_least(3)
broadcast_to(array, shape, subok) -> broadcasted
broadcast_arrays(*args, subok) -> broadcast_together
stack(arrays, axis=0, out!, *, dtype, casting) -> stacked
concatenate concat(arrays, axis=0, out!, *, dtype, casting) -> concatenated
vstack row_stack(tup, *, dtype, casting) -> vertical
hstack(tup, *, dtype, casting) -> horizontal
dstack(tup) -> in_depth
column_stack(tup) -> columns
split(ary, indices_or_sections, axis=0) -> parts
array_split(ary, indices_or_sections, axis=0) -> uneven_parts
vsplit(ary, indices_or_sections) -> parts(0)
dsplit(ary, indices_or_sections) -> parts(2)
block(arrays) -> blocks
apply_along_axis(func1d, axis, arr, *args, **kwargs) -> applied_along
tile(A, reps) -> tiled
repeat(a, repeats, axis) -> repeated
pad(array, pad_width, mode, **kwargs) -> padded
flip(m, axis) -> same
fliplr flipud(m) -> same
roll(a, shift, axis) -> same
rot90(m, k=1, axes) -> rotated
copy(a, order, subok) -> copied
tril triu(m, k) -> at_least_matrix
"""

REDUCTIONS = """
sum prod(a, axis, dtype, out!, keepdims, initial, where) -> reduced(total)
max min amax amin(a, axis, out!, keepdims, initial, where) -> reduced
any all(a, axis, out!, keepdims, *, where) -> reduced(bool)
mean(a, axis, dtype, out!, keepdims, *, where) -> reduced(divided)
std var(a, axis, dtype, out!, ddof, keepdims, *, where, mean, correction) -> reduced(real_divided)
ptp(a, axis, out!, keepdims) -> reduced
argmax argmin(a, axis, out!, *, keepdims) -> reduced(int64)
nanargmax nanargmin(a, axis, out!, *, keepdims) -> reduced(int64)
count_nonzero(a, axis, *, keepdims) -> reduced(int64)
median nanmedian(a, axis, out!, overwrite_input, keepdims) -> reduced(divided)
average(a, axis, weights, returned!, *, keepdims) -> reduced(unknown)
nansum nanprod(a, axis, dtype, out!, keepdims, initial, where) -> reduced(total)
nanmax nanmin(a, axis, out!, keepdims, initial, where) -> reduced
nanmean(a, axis, dtype, out!, keepdims, *, where) -> reduced(divided)
nanstd nanvar(a, axis, dtype, out!, ddof, keepdims, *, where, mean, correction) -> reduced(real_divided)
percentile quantile nanpercentile nanquantile(a, q, axis, out!, overwrite_input, method, keepdims, *, weights, interpolation) -> reduced_at
cumsum cumprod(a, axis, dtype, out!) -> accumulated(total)
nancumsum nancumprod(a, axis, dtype, out!) -> accumulated(total)
diff(a, n=1, axis=-1, prepend, append) -> differences
sort(a, axis=-1, kind, order, *, stable) -> ordered
argsort(a, axis=-1, kind, order, *, stable) -> ordered(int64)
partition(a, kth, axis=-1, kind, order) -> ordered
argpartition(a, kth, axis=-1, kind, order) -> ordered(int64)
bincount(x, weights, minlength) -> flat_indices
histogram(a, bins, range, density, weights) -> histogram
digitize(x, bins, right) -> like_first(int64)
gradient(f, *varargs, axis, edge_order) -> gradient
unwrap(p, discont, axis, *, period) -> elementwise(unknown)
trapezoid trapz(y, x!, dx, axis=-1) -> reduced(unknown)
"""

SELECTION = """
take(a, indices, axis, out!, mode) -> taken
take_along_axis(arr, indices, axis=-1) -> taken_along
diagonal(a, offset=0, axis1=0, axis2=1) -> diagonals
trace(a, offset=0, axis1=0, axis2=1, dtype, out!) -> traced
where(condition, x, y, /) -> selected_elements
nonzero(a) -> nonzero
flatnonzero(a) -> flat_indices
argwhere(a) -> index_rows
extract(condition, arr) -> vector_of(arr)
compress(condition, a, axis, out!) -> compressed
setdiff1d union1d(ar1, ar2) -> vector_of(ar1)
intersect1d(ar1, ar2, assume_unique, return_indices!) -> vector_of(ar1)
diag_indices(n, ndim=2) -> diagonal_indices
unique(ar, return_index, return_inverse, return_counts, axis, *, equal_nan, sorted) -> unique
searchsorted(a, v, side, sorter) -> placed
delete(arr, obj, axis) -> inserted
insert(arr, obj, values, axis) -> inserted
append(arr, values, axis) -> inserted
interp(x, xp, fp, left, right, period) -> interpolated
clip(a, a_min, a_max, out!, *, min, max, dtype) -> clipped
isin(element, test_elements, assume_unique, invert, *, kind) -> like_first(bool)
"""

_UFUNC = "out!, *, where!, casting, order, dtype, subok"

ELEMENTWISE = f"""
sin cos tan arcsin arccos arctan asin acos atan(x, /, {_UFUNC}) -> elementwise(floating)
sinh cosh tanh arcsinh arccosh arctanh asinh acosh atanh(x, /, {_UFUNC}) -> elementwise(floating)
exp exp2 expm1 log log2 log10 log1p sqrt cbrt(x, /, {_UFUNC}) -> elementwise(floating)
deg2rad rad2deg degrees radians spacing(x, /, {_UFUNC}) -> elementwise(floating)
rint(x, /, {_UFUNC}) -> elementwise(floating)
negative positive sign(x, /, {_UFUNC}) -> elementwise
conj conjugate square reciprocal(x, /, {_UFUNC}) -> elementwise(small)
floor ceil trunc(x, /, {_UFUNC}) -> elementwise(inexact)
invert bitwise_not bitwise_invert(x, /, {_UFUNC}) -> elementwise
absolute abs(x, /, {_UFUNC}) -> elementwise(real)
fabs(x, /, {_UFUNC}) -> elementwise(floating)
isnan isinf isfinite signbit logical_not(x, /, {_UFUNC}) -> elementwise(bool)
isposinf isneginf(x, /, out!) -> elementwise(bool)
iscomplex isreal(x) -> elementwise(bool)
add subtract multiply(x1, x2, /, {_UFUNC}) -> elementwise
maximum minimum fmax fmin(x1, x2, /, {_UFUNC}) -> elementwise
divide true_divide(x1, x2, /, {_UFUNC}) -> elementwise(divided)
float_power(x1, x2, /, {_UFUNC}) -> elementwise(unknown)
power floor_divide mod remainder fmod(x1, x2, /, {_UFUNC}) -> elementwise(small)
arctan2 atan2 hypot logaddexp logaddexp2 copysign nextafter(x1, x2, /, {_UFUNC}) -> elementwise(floating)
bitwise_and bitwise_or bitwise_xor(x1, x2, /, {_UFUNC}) -> elementwise
left_shift right_shift(x1, x2, /, {_UFUNC}) -> elementwise(small)
equal not_equal less less_equal greater greater_equal(x1, x2, /, {_UFUNC}) -> elementwise(bool)
logical_and logical_or logical_xor(x1, x2, /, {_UFUNC}) -> elementwise(bool)
isclose(a, b, /, rtol, atol, equal_nan) -> elementwise(bool)
heaviside(x1, x2, /, {_UFUNC}) -> elementwise(floating)
real imag(val) -> elementwise(real)
angle(z, deg) -> elementwise(unknown)
round around(a, decimals, out!) -> elementwise(inexact)
nan_to_num(x, copy, nan, posinf, neginf) -> elementwise(unknown)
sinc(x) -> elementwise(unknown)
modf(x, /) -> split_elements(floating, floating)
float16 half(x) -> cast(float16)
float32 single(x) -> cast(float32)
float64 double(x) -> cast(float64)
complex64(x) -> cast(complex64)
complex128(x) -> cast(complex128)
bool_(x) -> cast(bool)
int8(x) -> cast(int8)
int16(x) -> cast(int16)
int32(x) -> cast(int32)
int64(x) -> cast(int64)
uint8(x) -> cast(uint8)
"""

PRODUCTS = """
matmul(x1, x2, /, out!, *, casting, order, dtype!, subok) -> matmul
dot(a, b, out!) -> dot
vdot(a, b) -> vdot
vecdot(x1, x2, /, out!, *, axis=-1) -> vecdot
inner(a, b) -> inner
outer(a, b, out!) -> outer
tensordot(a, b, axes=2) -> tensordot
kron(a, b) -> kron
cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis) -> cross
cov(m, y, rowvar, bias, ddof, fweights, aweights) -> covariance
corrcoef(x, y, rowvar) -> covariance
linalg.inv(a) -> inverse
linalg.cholesky(a, *, upper) -> inverse
linalg.pinv(a, rcond, hermitian, *, rtol) -> pseudo_inverse
linalg.matrix_power(a, n) -> inverse(unknown)
linalg.det(a) -> determinant
linalg.matrix_rank(A, tol, hermitian, *, rtol) -> determinant(unknown)
linalg.cond(x, p) -> determinant(unknown)
linalg.slogdet(a) -> log_determinant
linalg.solve(a, b) -> solved
linalg.eig(a) -> eigenvectors
linalg.eigh(a, UPLO) -> eigenvectors(real)
linalg.eigvals(a) -> eigenvalues
linalg.eigvalsh(a, UPLO) -> eigenvalues(real)
linalg.svd(a, full_matrices=True, compute_uv=True, hermitian) -> singular
linalg.svdvals(x) -> singular_values
linalg.qr(a, mode) -> orthogonal
linalg.norm(x, ord, axis, keepdims) -> reduced(real_divided)
linalg.lstsq(a, b, rcond) -> least_squares
convolve(a, v, mode) -> vector_of(a)
polyfit(x, y, deg, rcond, full!, w, cov!) -> polynomial
polyval(p, x) -> like_argument(x)
linalg.multi_dot(arrays, *, out!) -> chain
linalg.matmul(x1, x2, /) -> matmul
linalg.outer(x1, x2, /) -> outer
linalg.tensordot(x1, x2, /, *, axes=2) -> tensordot
linalg.matrix_transpose(x) -> matrix_transposed
linalg.diagonal(x, /, *, offset=0) -> diagonals(-2, -1)
linalg.trace(x, /, *, offset=0, dtype) -> traced(total, -2, -1)
linalg.vecdot(x1, x2, /, *, axis=-1) -> vecdot
"""

_SAMPLERS = """
normal laplace gumbel logistic(loc, scale, size) -> sampled
lognormal(mean, sigma, size) -> sampled
uniform(low, high, size) -> sampled
beta(a, b, size) -> sampled
gamma(shape, scale, size) -> sampled
f(dfnum, dfden, size) -> sampled
wald(mean, scale, size) -> sampled
vonmises(mu, kappa, size) -> sampled
exponential rayleigh(scale, size) -> sampled
pareto weibull power(a, size) -> sampled
chisquare standard_t(df, size) -> sampled
triangular(left, mode, right, size) -> sampled
binomial negative_binomial(n, p, size) -> sampled(unknown)
poisson(lam, size) -> sampled(unknown)
geometric logseries(p, size) -> sampled(unknown)
zipf(a, size) -> sampled(unknown)
permutation(x, axis=0) -> shuffled
dirichlet(alpha, size) -> sampled_rows
multivariate_normal(mean, cov, size, check_valid, tol, *, method) -> sampled_rows
"""

_LEGACY_SAMPLERS = """
rand randn(*size) -> filled_by_sizes
random random_sample standard_normal standard_cauchy standard_exponential(size) -> sampled
standard_gamma(shape, size) -> sampled
randint(low, high, size, dtype) -> sampled(unknown)
random_integers(low, high, size) -> sampled(unknown)
choice(a, size, replace, p) -> sampled(unknown)
"""

_GENERATOR = """
random standard_normal(size, dtype, out!) -> sampled
standard_exponential(size, dtype, method, out!) -> sampled
standard_gamma(shape, size, dtype, out!) -> sampled
standard_cauchy(size) -> sampled
integers(low, high, size, dtype, endpoint) -> sampled(int64)
permuted(x, *, axis, out!) -> shuffled
choice(a, size, replace, p, axis=0, shuffle) -> chosen
"""

_OBJECTS = """
ranf sample(size) -> sampled
default_rng(seed) -> instance
RandomState(seed) -> instance
"""

FFT = """
fft ifft(a, n, axis=-1, norm, out!) -> transformed
rfft ihfft(a, n, axis=-1, norm, out!) -> half_transformed
irfft hfft(a, n, axis=-1, norm, out!) -> back_transformed
fft2 ifft2(a, s, axes, norm, out!) -> transformed_axes
fftn ifftn(a, s, axes, norm, out!) -> transformed_axes
rfft2 rfftn(a, s, axes, norm, out!) -> transformed_axes(half_complex128)
irfft2 irfftn(a, s, axes, norm, out!) -> transformed_axes(float64)
fftshift ifftshift(x, axes) -> same
fftfreq(n, d) -> vector(float64, n)
rfftfreq(n, d) -> half_frequencies
"""

TABLES = {
    "numpy": CREATION + SHAPES + REDUCTIONS + SELECTION + ELEMENTWISE + PRODUCTS,
    "numpy.fft": FFT,
    "numpy.random": _SAMPLERS + _LEGACY_SAMPLERS + _OBJECTS,
    "numpy.random.RandomState()": _SAMPLERS + _LEGACY_SAMPLERS,
    "numpy.random.default_rng()": _SAMPLERS + _GENERATOR,
}

METHODS = """
reshape(a, *shape, order, copy) -> reshaped
transpose(a, *axes) -> permuted
swapaxes(a, axis1, axis2) -> exchanged
squeeze(a, axis) -> squeezed
ravel flatten(a, order) -> flat
astype(a, dtype, order, casting, subok, copy) -> cast
copy(a, order) -> duplicate
conj conjugate(a) -> same
sum prod(a, axis, dtype, out!, keepdims, initial, where) -> reduced(total)
max min(a, axis, out!, keepdims, initial, where) -> reduced
any all(a, axis, out!, keepdims, *, where) -> reduced(bool)
mean(a, axis, dtype, out!, keepdims, *, where) -> reduced(divided)
std var(a, axis, dtype, out!, ddof, keepdims, *, where, mean, correction) -> reduced(real_divided)
argmax argmin(a, axis, out!, *, keepdims) -> reduced(int64)
cumsum cumprod(a, axis, dtype, out!) -> accumulated(total)
argsort(a, axis=-1, kind, order, *, stable) -> ordered(int64)
argpartition(a, kth, axis=-1, kind, order) -> ordered(int64)
dot(a, b, out!) -> dot
trace(a, offset=0, axis1=0, axis2=1, dtype, out!) -> traced
diagonal(a, offset=0, axis1=0, axis2=1) -> diagonals
take(a, indices, axis, out!, mode) -> taken
repeat(a, repeats, axis) -> repeated
round(a, decimals, out!) -> elementwise(inexact)
clip(a, min, max, out!, *, dtype) -> clipped
nonzero(a) -> nonzero
searchsorted(a, v, side, sorter) -> placed
"""
