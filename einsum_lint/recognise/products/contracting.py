"""Products that sum: matmul, dot, tensordot and their kin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...contraction import Contraction, Index, Sum, summed_over
from .axes import axis_number, axis_numbers, closed
from .elementwise import conjugate, is_truth, multiply, product
from .space import Axes, Refused, Space, Values


def summed_product(
    space: Space, one: Sum, other: Sum, pairs: Sequence[tuple[Index | None, Index | None]]
) -> Sum:
    """The product of two sums, with axes of both put together in pairs and summed."""
    values: Values = {}
    indices: list[Index] = []
    for pair in pairs:
        axis, new = space.join(pair, stretch=False)
        values |= new
        if axis is not None:
            indices.append(axis)
    if is_truth(one) and is_truth(other):
        raise Refused("products of truth values are summed")
    return summed_over(product(space.put(one, values), space.put(other, values)), indices)


def matmul(space: Space, left: Contraction, right: Contraction) -> Contraction:
    """``left @ right``: matrices or vectors, with broadcast axes before."""
    left, right = _arrays(space, left, right)
    rows = left.axes[-2:-1]
    columns = right.axes[-1:] if len(right.axes) > 1 else ()
    inner = right.axes[-2] if len(right.axes) > 1 else right.axes[0]
    batch, new = space.broadcast([left.axes[:-2], right.axes[:-2]])
    one, other = space.put(left.terms, new), space.put(right.terms, new)
    terms = summed_product(space, one, other, [(left.axes[-1], inner)])
    return Contraction((*batch, *rows, *columns), terms)


def _arrays(space: Space, left: Contraction, right: Contraction) -> list[Contraction]:
    if not closed(left).axes or not closed(right).axes:
        raise Refused("a product of matrices with a number")
    return space.apart(left, right)


def dot(space: Space, left: Contraction, right: Contraction) -> Contraction:
    """``np.dot``: the last axis with the last but one."""
    if not closed(left).axes or not closed(right).axes:
        return multiply(space, left, right)
    return tensordot(space, left, right, ((-1,), (-2 if len(right.axes) > 1 else -1,)))


def inner(space: Space, left: Contraction, right: Contraction) -> Contraction:
    """``np.inner``: the last axis with the last."""
    if not closed(left).axes or not closed(right).axes:
        return multiply(space, left, right)
    return tensordot(space, left, right, ((-1,), (-1,)))


def tensordot(space: Space, left: Contraction, right: Contraction, axes: object = 2) -> Contraction:
    """``np.tensordot``: listed axes are summed, those that remain follow one another."""
    left, right = space.apart(closed(left), closed(right))
    mine, theirs = _summed_axes(axes, len(left.axes), len(right.axes))
    pairs = [(left.axes[a], right.axes[b]) for a, b in zip(mine, theirs, strict=True)]
    kept = [axis for k, axis in enumerate(left.axes) if k not in mine]
    kept += [axis for k, axis in enumerate(right.axes) if k not in theirs]
    return Contraction(tuple(kept), summed_product(space, left.terms, right.terms, pairs))


def _summed_axes(axes: object, left: int, right: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    if type(axes) is int:
        if not 0 <= axes <= min(left, right):
            raise Refused(f"a tensordot over {axes} axes")
        return tuple(range(left - axes, left)), tuple(range(axes))
    if not isinstance(axes, tuple | list) or len(axes) != 2:
        raise Refused("the axes of a tensordot are not constant")
    mine, theirs = axis_numbers(axes[0], left), axis_numbers(axes[1], right)
    if len(mine) != len(theirs):
        raise Refused("a tensordot over different numbers of axes")
    return mine, theirs


def outer(space: Space, left: Contraction, right: Contraction) -> Contraction:
    """``np.outer`` of vectors; other arrays would be flattened."""
    for value in (left, right):
        if len(closed(value).axes) > 1:
            raise Refused("np.outer of arrays with several axes")
    return outer_product(space, *(v if v.axes else replace(v, axes=(None,)) for v in (left, right)))


def outer_product(space: Space, left: Contraction, right: Contraction) -> Contraction:
    """``np.multiply.outer``: every element with every element."""
    return tensordot(space, left, right, 0)


def vdot(space: Space, left: Contraction, right: Contraction) -> Contraction:
    """``np.vdot``: the sum of all products, the first conjugated."""
    if len(closed(left).axes) != len(closed(right).axes):
        raise Refused("np.vdot of arrays of different shapes")
    if len(left.axes) > 1:
        space.assume("operands of np.vdot have one shape")
    return tensordot(space, conjugate(space, left), right, len(left.axes))


def vecdot(space: Space, left: Contraction, right: Contraction, axis: object = -1) -> Contraction:
    """``np.vecdot``: vectors along one axis, the first conjugated, the other axes broadcast."""
    left, right = _arrays(space, conjugate(space, left), right)
    vectors = [value.axes[axis_number(axis, len(value.axes))] for value in (left, right)]
    rests = [_without(value.axes, axis) for value in (left, right)]
    batch, new = space.broadcast(rests)
    one, other = space.put(left.terms, new), space.put(right.terms, new)
    return Contraction(batch, summed_product(space, one, other, [(vectors[0], vectors[1])]))


def _without(axes: Axes, axis: object) -> Axes:
    place = axis_number(axis, len(axes))
    return axes[:place] + axes[place + 1 :]


def matvec(space: Space, left: Contraction, right: Contraction) -> Contraction:
    """``np.matvec``: a stack of matrices with a stack of vectors."""
    if len(closed(left).axes) < 2 or not closed(right).axes:
        raise Refused("np.matvec of too few axes")
    product_ = matmul(space, left, replace(right, axes=(*right.axes, None)))
    return replace(product_, axes=product_.axes[:-1])


def vecmat(space: Space, left: Contraction, right: Contraction) -> Contraction:
    """``np.vecmat``: a stack of vectors, conjugated, with a stack of matrices."""
    if len(closed(right).axes) < 2 or not closed(left).axes:
        raise Refused("np.vecmat of too few axes")
    first = conjugate(space, left)
    product_ = matmul(space, replace(first, axes=(*first.axes[:-1], None, *first.axes[-1:])), right)
    return replace(product_, axes=(*product_.axes[:-2], *product_.axes[-1:]))


def multi_dot(space: Space, values: Sequence[Contraction]) -> Contraction:
    """``np.linalg.multi_dot``: a chain of matrices, perhaps a vector at either end."""
    ranks = [len(closed(value).axes) for value in values]
    if len(ranks) < 2 or any(rank not in (1, 2) for rank in ranks) or 1 in ranks[1:-1]:
        raise Refused("np.linalg.multi_dot of something else than matrices")
    result, *rest = values
    for value in rest:
        result = matmul(space, result, value)
    return result
