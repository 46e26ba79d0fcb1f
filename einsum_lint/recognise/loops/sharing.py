"""Results that a later update computes again: it reads the array that already holds them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ...contraction import Factor, Term, indices_of, plus
from ...nests import Update


def shared(updates: Sequence[Update]) -> Iterator[Update]:
    """The updates, each sum that an earlier one stores replaced by the element that holds it."""
    stored: list[tuple[Term, Update]] = []
    for update in updates:
        terms = plus(tuple(_replaced(term, stored) for term in update.value.terms))
        yield replace(update, value=replace(update.value, terms=terms))
        if len(update.value.terms) == 1 and update.target.subscripts:
            (term,) = update.value.terms
            if term.summed and term.coefficient == 1:
                stored.append((term, update))


def _replaced(term: Term, stored: Sequence[tuple[Term, Update]]) -> Term:
    for known, update in stored:
        rest = _without(term.factors, known.factors)
        if rest is None or not known.summed <= term.summed:
            continue
        if not any(indices_of(factor) & known.summed for factor in rest):
            return Term(term.coefficient, (*rest, update.target), term.summed - known.summed)
    return term


def _without(factors: tuple[Factor, ...], less: tuple[Factor, ...]) -> tuple[Factor, ...] | None:
    rest = list(factors)
    for factor in less:
        if factor not in rest:
            return None
        rest.remove(factor)
    return tuple(rest)
