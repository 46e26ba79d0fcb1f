"""Products of arrays, and linear algebra on stacks of matrices."""

from __future__ import annotations

from collections.abc import Sequence

from ...dims import Dim, differ, multiply
from ...promotion import divided, real, result_type
from ...shapes import UNKNOWN_SHAPE, ArrayFact, Shape, broadcast
from ..operands import as_array
from ..signature import Call, Dims, normalized
from ..values import UNKNOWN, Constant, Display, Value, size_of
from . import behaviour, ruled
from .reducing import flat_shape


def _pair(call: Call) -> tuple[ArrayFact, ArrayFact]:
    one, other = call.signature.positional[:2]
    return as_array(call.get(one)), as_array(call.get(other))


def _common(one: ArrayFact, other: ArrayFact) -> str | None:
    return result_type((one.dtype, other.dtype))


def _result(call: Call, shape: Shape | None, one: ArrayFact, other: ArrayFact) -> Value:
    dtype = _common(one, other)
    if dtype == "bool" and call.library != "numpy":  # others may count
        dtype = None
    return UNKNOWN if shape is None else call.made(shape, dtype, one, other)


def matmul_shape(one: Shape, other: Shape) -> Shape | None:
    """The shape of ``a @ b``: stacks of matrices broadcast, a vector loses its axis."""
    if one.open or other.open:
        return UNKNOWN_SHAPE
    a, b = one.dims, other.dims
    if not a or not b or differ(a[-1], b[-2] if len(b) > 1 else b[-1]):
        return None
    stack = broadcast(Shape(a[:-2]), Shape(b[:-2]))
    columns = b[-1:] if len(b) > 1 else ()
    return None if stack is None else Shape((*stack.dims, *a[-2:-1], *columns))


@behaviour
def matmul(call: Call) -> Value:
    """``matmul(a, b)``."""
    one, other = _pair(call)
    return _result(call, matmul_shape(one.shape, other.shape), one, other)


@behaviour
def matrix_product(call: Call, rank: str = "2") -> Value:
    """``t.mm(s)``, ``t.bmm(s)``, ``t.mv(v)`` of PyTorch: the ranks are fixed."""
    one, other = _pair(call)
    if one.shape.open or other.shape.open:
        return call.made(Shape((None,) * int(rank)), _common(one, other), one, other)
    return _result(call, matmul_shape(one.shape, other.shape), one, other)


def _dot_shape(one: Shape, other: Shape) -> Shape | None:
    """The last axis with the last but one; of a number, the other."""
    if one.open or other.open:
        return UNKNOWN_SHAPE
    a, b = one.dims, other.dims
    if not a or not b:
        return Shape((*a, *b))
    at = max(len(b) - 2, 0)
    return None if differ(a[-1], b[at]) else Shape((*a[:-1], *b[:at], *b[at + 1 :]))


@behaviour
def dot(call: Call) -> Value:
    """``dot(a, b)``."""
    one, other = _pair(call)
    return _result(call, _dot_shape(one.shape, other.shape), one, other)


@behaviour
def inner(call: Call) -> Value:
    """``inner(a, b)``: the last axes."""
    one, other = _pair(call)
    a, b = one.shape.dims, other.shape.dims
    if one.shape.open or other.shape.open:
        return call.unknown(_common(one, other), one, other)
    if a and b and differ(a[-1], b[-1]):
        return UNKNOWN
    joined = (*a[:-1], *b[:-1]) if a and b else (*a, *b)
    return _result(call, Shape(joined), one, other)


@behaviour
def outer(call: Call) -> Value:
    """``outer(a, b)``: a matrix, whatever the operands are."""
    one, other = _pair(call)
    sizes = (*flat_shape(one).dims, *flat_shape(other).dims)
    return _result(call, Shape(sizes), one, other)


@behaviour
def tensordot(call: Call, name: str = "axes") -> Value:
    """``tensordot(a, b, axes=2)``."""
    one, other = _pair(call)
    if one.shape.open or other.shape.open:
        return _tensordot_unknown(call, one, other, call.get(name))
    axes = _summed(call.get(name), len(one.shape.dims), len(other.shape.dims))
    if axes is None:
        return call.unknown(_common(one, other), one, other)
    mine, theirs = axes
    a, b = one.shape.dims, other.shape.dims
    found, there = normalized(mine, len(a)), normalized(theirs, len(b))
    if found is None or there is None or len(found) != len(there):
        return UNKNOWN
    if any(differ(a[i], b[j]) for i, j in zip(found, there, strict=True)):
        return UNKNOWN
    left = tuple(d for k, d in enumerate(a) if k not in found)
    right = tuple(d for k, d in enumerate(b) if k not in there)
    return _result(call, Shape((*left, *right)), one, other)


def _tensordot_unknown(call: Call, one: ArrayFact, other: ArrayFact, axes: Value | None) -> Value:
    """The result where the rank of one operand is not known: it loses axes and gets others."""
    known, unknown = (other, one) if one.shape.open else (one, other)
    count = size_of(axes)
    if isinstance(axes, Display):
        mine = _axes(axes.items[0])
        count = None if mine is None else len(mine)
    if known.shape.open or not isinstance(count, int):
        return call.unknown(_common(one, other), one, other)
    offset = len(known.shape.dims) - 2 * count
    return call.changed(unknown, lambda dims: None, offset, _common(one, other), known)


def _summed(
    axes: Value | None, rank: int, other_rank: int
) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """The axes of both operands that ``axes`` of a tensordot names."""
    match axes:
        case Constant(value=int(count)) if not isinstance(count, bool) and 0 <= count <= rank:
            return tuple(range(rank - count, rank)), tuple(range(count))
        case Display(items=(one, other)):
            mine, theirs = _axes(one), _axes(other)
            return None if mine is None or theirs is None else (mine, theirs)
    return None


def _axes(value: Value) -> tuple[int, ...] | None:
    items: Sequence[Value] = value.items if isinstance(value, Display) else (value,)
    found = tuple(size for size in map(size_of, items) if isinstance(size, int))
    return found if len(found) == len(items) else None


@behaviour
def kron(call: Call) -> Value:
    """``kron(a, b)``: the sizes multiplied."""
    one, other = _pair(call)
    if one.shape.open or other.shape.open:
        return call.unknown(_common(one, other), one, other)
    rank = max(len(one.shape.dims), len(other.shape.dims))
    a, b = ((*(1,) * (rank - len(s.dims)), *s.dims) for s in (one.shape, other.shape))
    sizes = tuple(multiply(m, n) for m, n in zip(a, b, strict=True))
    return _result(call, Shape(sizes), one, other)


@behaviour
def cross(call: Call) -> Value:
    """``cross(a, b)`` of vectors in space on the last axis."""
    one, other = _pair(call)
    given = ("axisa", "axisb", "axisc", "axis", "dim")
    last = all(call.bound.get(name, Constant(-1)) == Constant(-1) for name in given)
    if one.shape.open or other.shape.open or not last:
        return call.unknown(_common(one, other), one, other)
    if not one.shape.dims or not other.shape.dims:
        return UNKNOWN
    if one.shape.dims[-1] != 3 and other.shape.dims[-1] != 3:  # in the plane, there is no axis
        return call.unknown(_common(one, other), one, other)
    stack = broadcast(Shape(one.shape.dims[:-1]), Shape(other.shape.dims[:-1]))
    return UNKNOWN if stack is None else _result(call, Shape((*stack.dims, 3)), one, other)


@behaviour
def vdot(call: Call) -> Value:
    """``vdot(a, b)``: a number."""
    return _result(call, Shape(()), *_pair(call))


@behaviour
def vecdot(call: Call) -> Value:
    """``vecdot(a, b, axis=-1)``: the other axes are broadcast."""
    one, other = _pair(call)
    a, b = one.shape, other.shape
    if a.open or b.open or call.axis() != -1:
        return call.unknown(_common(one, other), one, other)
    if not a.dims or not b.dims or differ(a.dims[-1], b.dims[-1]):
        return UNKNOWN
    return _result(call, broadcast(Shape(a.dims[:-1]), Shape(b.dims[:-1])), one, other)


def _linear(call: Call, dtype: str | None) -> str | None:
    """The dtype of linear algebra, which computes with single or double precision."""
    return divided(dtype) if dtype != "float16" else None


def _matrix(dims: Dims) -> bool:
    return len(dims) >= 2


@behaviour
def inverse(call: Call, rule: str = "same") -> Value:
    """``linalg.inv(a)``, ``cholesky``: matrices of the same sizes."""
    dtype = ruled(rule, _linear(call, call.array.dtype))
    return call.changed(call.array, lambda d: d if _matrix(d) else None, 0, dtype)


@behaviour
def pseudo_inverse(call: Call) -> Value:
    """``linalg.pinv(a)``: the last two sizes exchanged."""
    array = call.array
    return call.changed(
        array,
        lambda d: (*d[:-2], d[-1], d[-2]) if _matrix(d) else None,
        0,
        _linear(call, array.dtype),
    )


@behaviour
def determinant(call: Call, rule: str = "same") -> Value:
    """``linalg.det(a)``: a number for each matrix."""
    dtype = ruled(rule, _linear(call, call.array.dtype))
    return call.changed(call.array, lambda d: d[:-2] if _matrix(d) else None, -2, dtype)


@behaviour
def solved(call: Call, rule: str = "same") -> Value:
    """``linalg.solve(a, b)`` of one matrix: in the shape of ``b``."""
    one, other = _pair(call)
    if one.shape.rank != 2 or other.shape.rank not in (1, 2):
        return call.unknown(None, one, other)
    if differ(one.shape.dims[0], other.shape.dims[0]):
        return UNKNOWN
    dtype = ruled(rule, result_type(_linear(call, fact.dtype) for fact in (one, other)))
    return call.made(other.shape, dtype, one, other)


def _stack(call: Call, array: ArrayFact, *, last: tuple[Dim, ...], dtype: str | None) -> ArrayFact:
    """One of several results: the stack of the array, with other last axes."""
    offset = len(last) - 2
    made = call.changed(array, lambda d: (*d[:-2], *last) if _matrix(d) else None, offset, dtype)
    return made if isinstance(made, ArrayFact) else ArrayFact()


@behaviour
def eigenvalues(call: Call, kind: str = "") -> Value:
    """``linalg.eigvals(a)``: a vector for each matrix, real for ``eigvalsh``."""
    dtype = real(_linear(call, call.array.dtype)) if kind == "real" else None
    return _stack(call, call.array, last=call.array.shape.dims[-1:] or (None,), dtype=dtype)


@behaviour
def eigenvectors(call: Call, kind: str = "") -> Value:
    """``linalg.eig(a)``, ``eigh``: eigenvalues and a matrix of vectors."""
    if call.array.shape.rank is not None and call.array.shape.rank < 2:
        return UNKNOWN
    dtype = _linear(call, call.array.dtype) if kind == "real" else None
    size = call.array.shape.dims[-1:] or (None,)
    values = _stack(call, call.array, last=size, dtype=real(dtype))
    vectors = _stack(call, call.array, last=(*size, *size), dtype=dtype)
    return Display((values, vectors), is_tuple=True)


def _least(one: Dim, other: Dim) -> Dim:
    if isinstance(one, int) and isinstance(other, int):
        return min(one, other)
    return one if one == other else None


@behaviour
def singular(call: Call, rule: str = "same") -> Value:
    """``linalg.svd(a)``: three results, or the singular values alone."""
    array, dims = call.array, call.array.shape.dims
    if array.shape.rank is not None and array.shape.rank < 2:
        return UNKNOWN
    rows, columns = (None, None) if array.shape.open else dims[-2:]
    small, dtype = _least(rows, columns), ruled(rule, _linear(call, array.dtype))
    values = _stack(call, array, last=(small,), dtype=real(dtype))
    wanted = call.bound.get("compute_uv", Constant(True))
    if not isinstance(wanted, Constant) or not wanted.value:
        return UNKNOWN if not isinstance(wanted, Constant) else values
    whole = call.flag("full_matrices")
    inner_rows, inner_columns = (rows, columns) if whole else (small, small)
    if whole is None:
        inner_rows = inner_columns = None
    left = _stack(call, array, last=(rows, inner_rows), dtype=dtype)
    right = _stack(call, array, last=(inner_columns, columns), dtype=dtype)
    return Display((left, values, right), is_tuple=True)


@behaviour
def orthogonal(call: Call) -> Value:
    """``linalg.qr(a)``, ``mode="reduced"``."""
    array, dims = call.array, call.array.shape.dims
    if call.get("mode") is not None or (array.shape.rank is not None and array.shape.rank < 2):
        return UNKNOWN
    rows, columns = (None, None) if array.shape.open else dims[-2:]
    small, dtype = _least(rows, columns), _linear(call, array.dtype)
    left = _stack(call, array, last=(rows, small), dtype=dtype)
    right = _stack(call, array, last=(small, columns), dtype=dtype)
    return Display((left, right), is_tuple=True)


@behaviour
def chain(call: Call) -> Value:
    """``linalg.multi_dot(arrays)``."""
    arrays = (
        [as_array(item) for item in call.first.items] if isinstance(call.first, Display) else []
    )
    if len(arrays) < 2:
        return UNKNOWN
    shape: Shape | None = arrays[0].shape
    for array in arrays[1:]:
        shape = None if shape is None else _dot_shape(shape, array.shape)
    dtype = result_type(array.dtype for array in arrays)
    return UNKNOWN if shape is None else call.made(shape, dtype, *arrays)


@behaviour
def covariance(call: Call) -> Value:
    """``cov(m)``, ``corrcoef``: of the rows of a matrix, each a variable."""
    flags = ("y", "rowvar", "bias", "ddof", "fweights", "aweights")
    if call.array.shape.rank != 2 or call.bound.keys() & set(flags):
        return UNKNOWN
    size = call.array.shape.dims[0]
    if not isinstance(size, int) or size < 2:  # of one variable it is a number
        return UNKNOWN
    return call.made(Shape((size, size)), None, call.array)


@behaviour
def log_determinant(call: Call) -> Value:
    """``linalg.slogdet(a)``: the sign and the logarithm."""
    array, dtype = call.array, _linear(call, call.array.dtype)
    if array.shape.rank is not None and array.shape.rank < 2:
        return UNKNOWN
    each = [_stack(call, array, last=(), dtype=d) for d in (dtype, real(dtype))]
    return Display(tuple(each), is_tuple=True)


@behaviour
def singular_values(call: Call) -> Value:
    """``linalg.svdvals(x)``."""
    rank = call.array.shape.rank
    small = _least(*call.array.shape.dims[-2:]) if rank is not None and rank > 1 else None
    return _stack(call, call.array, last=(small,), dtype=real(_linear(call, call.array.dtype)))
