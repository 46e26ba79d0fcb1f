"""Reads of what the nest has written: an element that was written in this round, or refusal."""

from __future__ import annotations

from collections.abc import Iterable

from ...contraction import (
    Access,
    Contraction,
    Factor,
    Index,
    Pointwise,
    Size,
    Sum,
    Term,
    accesses,
    affine,
    index_size,
    indices_of,
    of,
    plus,
    substitute,
    times,
)
from ...dims import subtract
from ..products.space import Space
from .items import Local
from .refusal import Final
from .state import Cell, State


def forwarded(value: Contraction, state: State, space: Space) -> Contraction:
    """A value in which each element that was written is what was written."""
    made = {n for n, item in state.names.items() if isinstance(item, Local) and item.zero}
    written = state.written | made
    if not written or not any(a.array in written for a in accesses(value.terms)):
        return value
    return Contraction(value.axes, _sum(value.terms, state, space), value.open)


def _sum(terms: Sum, state: State, space: Space) -> Sum:
    return plus(*(_term(term, state, space) for term in terms))


def _term(term: Term, state: State, space: Space) -> Sum:
    product: Sum = (Term(term.coefficient, (), term.summed),)
    for factor in term.factors:
        product = multiplied(product, _factor(factor, state, space), space)
    return product


def multiplied(one: Sum, other: Sum, space: Space) -> Sum:
    """The product of two sums, the summed indices of the second renamed where they are shared."""
    mine = frozenset[Index]().union(*(t.summed for t in one))
    theirs = frozenset[Index]().union(*(t.summed for t in other))
    if mine & theirs:
        other = space.renamed(Contraction((), other)).terms
    return times(one, other)


def _factor(factor: Factor, state: State, space: Space) -> Sum:
    match factor:
        case Access():
            return _access(factor, state, space)
        case Pointwise(function=function, arguments=arguments):
            return of(Pointwise(function, tuple(_sum(a, state, space) for a in arguments)))
    return of(factor)


def _access(access: Access, state: State, space: Space) -> Sum:
    for cell in state.of_array(access.array):
        values = matched(cell, access, space)
        if values is not None:
            return substitute(cell.terms, values)
        if not apart(cell.target, access):
            raise Final(f"{access.array} is read where another round may write it", always=True)
    local = state.names.get(access.array)
    if isinstance(local, Local) and local.zero:
        return ()
    return of(access)


def matched(cell: Cell, access: Access, space: Space) -> dict[Index, Size] | None:
    """What the own indices of a cell are in an access to the same elements, or to some of them."""
    if len(cell.target.subscripts) != len(access.subscripts) or access.open != cell.target.open:
        return None
    values: dict[Index, Size] = {}
    for mine, theirs in zip(cell.target.subscripts, access.subscripts, strict=True):
        own = [index for index in cell.own if index in indices_of(mine)]
        if not own:
            if mine != theirs:
                return None
            continue
        split = affine(mine)
        if len(own) > 1 or split is None or split[1].get(own[0]) != 1:
            return None
        value = subtract(theirs, subtract(mine, index_size(own[0])))
        if value is None or isinstance(value, int) or not _is_index(value):
            return None
        (index,) = indices_of(value)
        if space.extents[index] != space.extents[own[0]]:
            return None
        values[own[0]] = value
    return values


def _is_index(size: Size) -> bool:
    found = indices_of(size)
    return len(found) == 1 and size == index_size(next(iter(found)))


def apart(one: Access, other: Access) -> bool:
    """Whether two accesses never meet, in whatever rounds: a constant subscript differs."""
    if len(one.subscripts) != len(other.subscripts):
        return False
    for mine, theirs in zip(one.subscripts, other.subscripts, strict=True):
        difference = subtract(mine, theirs)
        free = not indices_of(mine) and not indices_of(theirs)
        if free and isinstance(difference, int) and difference:
            return True
    return False


def occurrences(terms: Iterable[Term], array: str) -> list[Access]:
    """Every access to an array in some terms."""
    return [a for term in terms for a in accesses(term) if a.array == array]
