"""What ``np.einsum(..., optimize=True)`` does with two operands, and how much work that is.  Pure.

From NumPy 2.4 a pair goes to a batched ``matmul``, or to ``multiply`` when nothing is contracted
(``bmm_einsum`` in ``numpy/_core/einsumfunc.py``); before, to ``tensordot`` when it fits one plain
matrix product, and else to einsum in C (``_can_dot`` in the same file).
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from .iteration import (
    FAR,
    RAM,
    Axis,
    Tally,
    View,
    contiguous,
    count_misses,
    count_new,
    einsum_work,
    inner_loop,
    loop_nest,
    merge_axes,
)
from .path import Sizes, Term, size_of

BATCHED = (2, 4)
"""The version of NumPy from which a pair becomes a batched matrix product."""


@dataclass(frozen=True, slots=True)
class Split:
    """The labels of a pair by what becomes of them.

    ``dropped`` are those that one operand alone has and that are summed before the product.
    """

    batch: Term
    left: Term
    right: Term
    contracted: Term
    dropped: frozenset[str]

    @property
    def is_matrix_product(self) -> bool:
        """Whether a matrix meets a matrix: a sum, with a label of its own kept on either side."""
        return bool(self.left and self.right and self.contracted)


def split(left: Collection[str], right: Collection[str], result: Collection[str]) -> Split:
    """Sort the labels of a pair of operands."""
    shared = [label for label in dict.fromkeys(left) if label in right]
    own = {label for label in (*left, *right) if label not in shared}
    return Split(
        batch=tuple(label for label in shared if label in result),
        left=tuple(label for label in dict.fromkeys(left) if label in own and label in result),
        right=tuple(label for label in dict.fromkeys(right) if label in own and label in result),
        contracted=tuple(label for label in shared if label not in result),
        dropped=frozenset(own.difference(result)),
    )


def pair_work(
    a: View, b: View, result: Term, sizes: Sizes, blas: bool, target: tuple[int, int]
) -> tuple[Tally, View]:
    """The work of one contraction of two operands, and the array that it makes."""
    tally: Tally = Tally()
    if target >= BATCHED:
        return tally, _batched(a, b, result, sizes, blas, tally)
    if can_dot(a.labels, b.labels, result):
        tally["py.tensordot"] += 1
        return tally, _product(a, b, result, sizes, blas, tally)
    return einsum_work([a, b], result, sizes)


def can_dot(left: Term, right: Term, result: Collection[str]) -> bool:
    """NumPy's ``_can_dot``, before 2.4: whether a pair goes to ``tensordot``."""
    for label in {*left, *right}:
        a, b = left.count(label), right.count(label)
        if a > 1 or b > 1 or a + b - 1 == (label in result):
            return False
    removed = {label for label in left if label in right}
    if not removed:
        return False
    if left == right:
        return True
    if set(left) == set(right):
        return False
    n = len(removed)
    if {left[:n], left[-n:]} & {right[:n], right[-n:]}:
        return True
    return bool(set(left) - removed) and bool(set(right) - removed)


def _batched(a: View, b: View, result: Term, sizes: Sizes, blas: bool, tally: Tally) -> View:
    """The work of ``bmm_einsum``."""
    labels = split(_longer(a.labels, sizes), _longer(b.labels, sizes), result)
    if labels.contracted:
        return _product(a, b, result, sizes, blas, tally)
    views = [
        _prepared(view, tuple(x for x in result if x in view.labels), sizes, tally)
        for view in (a, b)
    ]
    tally["py.reshape"] += 2
    axes, made = loop_nest(views, result, sizes)
    total = size_of(result, sizes)
    count_new(tally, total)
    even = inner_loop(axes[0].strides) in ("11>1", "01>1", "10>1")
    tally["py.multiply"] += 1
    tally["multiply.element" if even else "multiply.strided"] += total
    tally["multiply.run"] += total // axes[0].extent
    count_misses(tally, axes, total)
    return made


def _product(a: View, b: View, result: Term, sizes: Sizes, blas: bool, tally: Tally) -> View:
    """The work of a pair that becomes a (batched) matrix product."""
    labels = split(_longer(a.labels, sizes), _longer(b.labels, sizes), result)
    a = _prepared(a, labels.batch + labels.left + labels.contracted, sizes, tally)
    b = _prepared(b, labels.batch + labels.contracted + labels.right, sizes, tally)
    batch = (labels.batch,) if labels.batch else ()
    rows = _grouped(a, (*batch, labels.left, labels.contracted), sizes, tally)
    columns = _grouped(b, (*batch, labels.contracted, labels.right), sizes, tally)
    _matmul(size_of(labels.batch, sizes), rows[-2:], columns[-2:], blas, tally)
    ones = tuple(label for label in result if sizes[label] == 1)
    made = ones + labels.batch + labels.left + labels.right
    if ones or any(len(group) != 1 for group in (*batch, labels.left, labels.right)):
        tally["py.reshape"] += 1
    if made != result:
        tally["py.transpose"] += 1
    return contiguous(made, sizes).relabelled(result)


def _longer(labels: Term, sizes: Sizes) -> Term:
    return tuple(label for label in labels if sizes[label] > 1)


def _prepared(view: View, labels: Term, sizes: Sizes, tally: Tally) -> View:
    """One operand with these labels in this order: summed, transposed or both."""
    if view.labels == labels:
        return view
    work, view = einsum_work([view], labels, sizes)
    tally.update(work)
    return view


Extent = tuple[int, int]
"""The size and the stride of an axis."""


def _grouped(view: View, groups: Sequence[Term], sizes: Sizes, tally: Tally) -> list[Extent]:
    """The axes that ``reshape`` makes of groups of labels; it copies when no view can have them."""
    if all(len(group) == 1 for group in groups):
        return [(sizes[group[0]], view.stride(group[0])) for group in groups]
    tally["py.reshape"] += 1
    extents = [size_of(group, sizes) for group in groups]
    fits = all(
        view.stride(outer) == sizes[inner] * view.stride(inner)
        for group in groups
        for outer, inner in itertools.pairwise(group)
    )
    if fits:
        steps = [view.stride(group[-1]) if group else 0 for group in groups]
    else:
        _copy(view, sizes, tally)
        steps = [size_of(sum(groups[i + 1 :], ()), sizes) for i in range(len(groups))]
    return list(zip(extents, steps, strict=True))


def _copy(view: View, sizes: Sizes, tally: Tally) -> None:
    """Count a copy in C order."""
    new = contiguous(view.labels, sizes)
    order = reversed(view.labels)
    axes = merge_axes([Axis(x, sizes[x], (view.stride(x), new.stride(x))) for x in order], 2)
    total = size_of(view.labels, sizes)
    count_new(tally, total)
    tally["py.copy"] += 1
    tally["copy.element" if axes[0].strides[0] == 1 else "copy.strided"] += total
    tally["copy.run"] += total // axes[0].extent
    count_misses(tally, axes, total)


def _matmul(batch: int, a: Sequence[Extent], b: Sequence[Extent], blas: bool, tally: Tally) -> None:
    """Count a product of (a batch of) matrices; ``a`` and ``b`` are rows and columns."""
    (m, a_row), (k, a_column) = a
    (_, b_row), (n, b_column) = b
    count_new(tally, batch * m * n)
    if not blas:
        tally["matmul.integer"] += batch * m * n * k
    elif m == 1 and n == 1:
        even = a_column == 1 == b_row
        tally["dot.call"] += batch
        tally["dot.element" if even else "dot.strided"] += batch * k
        _count_far(tally, "dot" if even else "dot.strided", batch * k)
    elif m > 1 and n > 1:
        _gemm(batch, a, b, tally)
    elif m == 1:
        _gemv(batch, (n, b_column), (k, b_row), tally)
    else:
        _gemv(batch, (m, a_row), (k, a_column), tally)


def _gemv(batch: int, rows: Extent, columns: Extent, tally: Tally) -> None:
    """Count (a batch of) matrix times vector."""
    total = batch * rows[0] * columns[0]
    if not _is_blas_matrix(rows, columns):
        tally["matmul.plain"] += total
        return
    along = rows[0] if columns[1] == 1 else columns[0]
    tally["gemv.call"] += batch
    tally["gemv.row" if columns[1] == 1 else "gemv.column"] += batch * along
    tally["gemv.element"] += total
    tally["gemv.vector"] += batch * (rows[0] + columns[0])
    _count_far(tally, "gemv", total)


def _gemm(batch: int, a: Sequence[Extent], b: Sequence[Extent], tally: Tally) -> None:
    """Count (a batch of) matrix times matrix; BLAS works in blocks of four rows and columns."""
    m, k, n = a[0][0], a[1][0], b[1][0]
    tally["gemm.call"] += batch
    tally["gemm.product"] += batch * (-(-m // 4) * 4) * (-(-n // 4) * 4) * k
    tally["gemm.operand"] += batch * (m * k + k * n)
    tally["gemm.result"] += batch * m * n
    for rows, columns in (a, b):
        if not _is_blas_matrix(rows, columns):
            tally["gemm.copy"] += batch * rows[0] * columns[0]
    _count_far(tally, "gemm", batch * (m * k + k * n + m * n))


def _is_blas_matrix(rows: Extent, columns: Extent) -> bool:
    """Whether BLAS takes the matrix as it lies in memory, plain or transposed."""
    (m, down), (n, across) = rows, columns
    return (across == 1 and down >= n) or (down == 1 and across >= m)


def _count_far(tally: Tally, kind: str, elements: int) -> None:
    if elements > FAR:
        tally[f"{kind}.{'ram' if elements > RAM else 'far'}"] += elements
