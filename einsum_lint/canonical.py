"""Contractions of equal meaning made equal."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import factorial, prod
from typing import Final

from .contraction import (
    Access,
    Contraction,
    Extent,
    Factor,
    Index,
    Pointwise,
    Size,
    Sum,
    Term,
    constant_of,
    index_size,
    indices_of,
    number,
    of,
    scaled,
    substitute,
    substitute_factor,
    substitute_size,
    times,
)
from .dims import Polynomial, Symbol

_MOST_ORDERS: Final = 720
_MOST_TERMS: Final = 64
_MOST_FACTORS: Final = 4
_COLOURS: Final = 1_000_000
"""Symbols from this number on stand for sets of indices that are not told apart yet."""

Names = dict[Index, Index]


@dataclass(frozen=True, slots=True)
class Canonical:
    """A contraction with its indices numbered, and the extents of these in their order.

    Contractions that differ in the names of indices, in the order of factors and terms, or in what
    is multiplied out have equal canonical forms; of equal forms the values are equal.
    """

    contraction: Contraction
    extents: tuple[tuple[Index, Extent], ...]
    """The indices of its axes and sums."""


def canonical(contraction: Contraction, extents: Mapping[Index, Extent]) -> Canonical:
    """The canonical form; indices that are neither axes nor summed stay as they are."""
    expansion = _Expansion(dict(extents))
    axes, terms = expansion.counted(contraction)
    bound = {axis for axis in axes if axis is not None}
    free = {s.number for term in terms for s in indices_of(term) - bound}
    first = max(free, default=0) + 1
    names: Names = {}
    for axis in axes:
        if axis is not None:
            names[axis] = Symbol("", first + len(names))
    labels = _Labels(expansion.extents)
    labelled = labels.labelled(terms, names, first + len(names))
    spans = [_extent(expansion.extents[old], names) for old in names]
    numbered = _Numbers(first, spans, labels.known).numbered(labelled, {})
    kept = tuple(axis if axis is None else names[axis] for axis in axes)
    known = tuple((Symbol("", number), span) for number, span in enumerate(spans, first))
    return Canonical(Contraction(kept, numbered, contraction.open), known)


class _Expansion:
    """Multiplies out whatever can be, and counts every index from 0 in steps of 1 if possible."""

    def __init__(self, extents: dict[Index, Extent]) -> None:
        self.extents = extents
        self._next = max((index.number for index in extents), default=0) + 1

    def counted(self, value: Contraction) -> tuple[tuple[Index | None, ...], Sum]:
        """The axes and the terms of a contraction, written out."""
        new: dict[Symbol, Size] = {}
        ones = set()
        for index, extent in list(self.extents.items()):
            if isinstance(extent.span, int):
                count = len(range(0, extent.span, extent.step))
                self.extents[index] = Extent(count)
                if count == 1:
                    ones.add(index)
                    new[index] = 0
                elif extent.step != 1:
                    new[index] = _scaled_index(index, extent.step)
        for index, extent in self.extents.items():
            self.extents[index] = Extent(substitute_size(extent.span, new), extent.step)
        terms = tuple(t for term in value.terms for t in self._term(_put(term, new, ones)))
        return tuple(None if axis in ones else axis for axis in value.axes), terms

    def _sum(self, terms: Sum) -> Sum:
        return tuple(t for term in terms for t in self._term(term))

    def _term(self, term: Term) -> Sum:
        result = number(_plain(term.coefficient))
        for factor in term.factors:
            parts = self._factor(factor)
            many = len(result) * len(parts) > _MOST_TERMS
            result = times(result, of(factor) if many else parts)
        free = frozenset().union(*(indices_of(t) for t in result))
        unused = [i for i in term.summed - free if isinstance(self.extents[i].span, int)]
        for index in unused:
            span = self.extents[index].span
            result = scaled(result, span if isinstance(span, int) else 1)
        summed = term.summed.difference(unused)
        return tuple(replace(t, summed=t.summed | summed) for t in result)

    def _factor(self, factor: Factor) -> Sum:
        match factor:
            case Polynomial(terms=terms):
                return tuple(Term(c, tuple(map(index_size, symbols))) for symbols, c in terms)
            case Pointwise(function=function, arguments=arguments):
                parts = tuple(map(self._sum, arguments))
                if function == "":
                    return self._renamed(parts[0])
                if function == "/":
                    return self._divided(*parts)
                if function == "**" and (raised := self._raised(*parts)) is not None:
                    return raised
                return of(Pointwise(function, parts))
        return of(factor)

    def _divided(self, top: Sum, bottom: Sum) -> Sum:
        scale: complex = 1
        if len(bottom) == 1 and bottom[0].coefficient:
            scale = 1 / bottom[0].coefficient
            bottom = (replace(bottom[0], coefficient=1),)
        inverse = number(1) if constant_of(bottom) == 1 else of(Pointwise("/", (number(1), bottom)))
        return scaled(times(self._renamed(top), inverse), _plain(scale))

    def _raised(self, base: Sum, exponent: Sum) -> Sum | None:
        power = _plain(constant_of(exponent) or 0)
        if not isinstance(power, int) or power not in range(1, _MOST_FACTORS + 1):
            return None
        if len(base) ** power > _MOST_TERMS:
            return None
        result = number(1)
        for _ in range(power):
            result = times(result, self._renamed(base))
        return result

    def _renamed(self, terms: Sum) -> Sum:
        """A sum with summed indices of its own, as it leaves the function that it was in."""
        made: Names = {}
        for old in sorted(_bound(terms)):
            made[old] = Symbol(old.name, self._next)
            self._next += 1
        for old in made:
            self.extents[made[old]] = _extent(self.extents[old], made)
        return substitute(terms, {old: index_size(index) for old, index in made.items()})


class _Labels:
    """Numbers the summed indices of terms, whatever they were called, and sorts what may be."""

    def __init__(self, extents: Mapping[Index, Extent]) -> None:
        self.extents = extents
        self.known: dict[str, Extent] = {}
        """The extents by their texts, in the numbers of the term that they are in."""

    def labelled(self, terms: Sum, names: Names, first: int) -> Sum:
        """Sorted terms whose summed indices are numbered in each; an index's name is its extent."""
        found: dict[Term, complex] = {}
        for term in terms:
            alike = self._term(term, names, first)
            found[alike] = found.get(alike, 0) + term.coefficient
        kept = [replace(t, coefficient=_rounded(c)) for t, c in found.items() if c]
        return tuple(sorted(kept, key=_text))

    def _term(self, term: Term, names: Names, first: int) -> Term:
        groups = self._groups(term, names, first)
        orders: Iterable[tuple[tuple[Index, ...], ...]] = [tuple(map(tuple, groups))]
        if prod(factorial(len(group)) for group in groups) <= _MOST_ORDERS:
            orders = itertools.product(*map(itertools.permutations, groups))
        return min((self._named(term, sum(order, ()), names, first) for order in orders), key=_text)

    def _named(self, term: Term, order: Sequence[Index], names: Names, first: int) -> Term:
        """The term with its summed indices numbered in this order."""
        mine = dict(names)
        for place, index in enumerate(order):
            mine[index] = Symbol("", first + place)
        plain = {index: mine[index] for index in order}
        for index in order:
            extent = _extent(self.extents[index], mine)
            self.known[repr(extent)] = extent
            plain[index] = Symbol(repr(extent), mine[index].number)
        factors = self._factors(term, names | plain, first + len(order))
        return Term(1, factors, frozenset(plain.values()))

    def _factors(self, term: Term, names: Names, first: int) -> tuple[Factor, ...]:
        return tuple(sorted((self._factor(f, names, first) for f in term.factors), key=_text))

    def _factor(self, factor: Factor, names: Names, first: int) -> Factor:
        if isinstance(factor, Pointwise):
            arguments = tuple(self.labelled(a, names, first) for a in factor.arguments)
            return Pointwise(factor.function, arguments)
        return _renamed_factor(factor, names)

    def _groups(self, term: Term, names: Names, first: int) -> list[list[Index]]:
        """The summed indices, apart where they are used differently."""
        colours = dict.fromkeys(sorted(term.summed), 0)
        while True:
            shown = names | {i: Symbol("", _COLOURS + 1 + colour) for i, colour in colours.items()}
            signatures = {}
            for index, colour in colours.items():
                uses = self._factors(term, shown | {index: Symbol("", _COLOURS)}, first)
                extent = _extent(self.extents[index], shown)
                signatures[index] = (colour, repr(extent), _text(uses))
            ranks = sorted(set(signatures.values()))
            if len(ranks) == len(set(colours.values())) or len(ranks) < 2:
                break
            colours = {index: ranks.index(signature) for index, signature in signatures.items()}
        return [[i for i in colours if colours[i] == c] for c in sorted(set(colours.values()))]


class _Numbers:
    """Gives every summed index of labelled terms a number of its own."""

    def __init__(self, first: int, spans: list[Extent], known: Mapping[str, Extent]) -> None:
        self.first, self.spans, self.known = first, spans, known

    def numbered(self, terms: Sum, names: Names) -> Sum:
        """The terms in these numbers; their extents are added to the others."""
        result = []
        for term in terms:
            mine = dict(names)
            for old in sorted(term.summed, key=lambda index: index.number):
                new = Symbol("", self.first + len(self.spans))
                mine[old] = mine[Symbol("", old.number)] = new
                self.spans.append(self.known[old.name])
            for index in term.summed:
                place = mine[index].number - self.first
                self.spans[place] = _extent(self.spans[place], mine)
            factors = tuple(self._factor(factor, mine) for factor in term.factors)
            result.append(Term(term.coefficient, factors, frozenset(mine[i] for i in term.summed)))
        return tuple(result)

    def _factor(self, factor: Factor, names: Names) -> Factor:
        if isinstance(factor, Pointwise):
            return replace(
                factor, arguments=tuple(self.numbered(a, names) for a in factor.arguments)
            )
        return _renamed_factor(factor, names)


def _scaled_index(index: Index, step: int) -> Polynomial:
    return Polynomial((((index,), step),))


def _renamed_factor(factor: Access | Polynomial, names: Names) -> Factor:
    new = substitute_factor(factor, {old: index_size(name) for old, name in names.items()})
    assert not isinstance(new, int)
    return new


def _extent(extent: Extent, names: Names) -> Extent:
    sizes = {old: index_size(name) for old, name in names.items()}
    return replace(extent, span=substitute_size(extent.span, sizes))


def _bound(terms: Sum) -> frozenset[Index]:
    """What is summed in a sum, also inside of functions."""
    found = frozenset().union(*(term.summed for term in terms))
    inside = (a for t in terms for f in t.factors if isinstance(f, Pointwise) for a in f.arguments)
    return found.union(*map(_bound, inside))


def _put(term: Term, values: Mapping[Symbol, Size], ones: set[Index]) -> Term:
    """A term with the indices of one value replaced, which are then no longer summed."""
    kept = replace(term, summed=term.summed - ones)
    (new,) = substitute((_without(kept, ones),), values)
    return new


def _without(term: Term, ones: set[Index]) -> Term:
    factors = tuple(
        replace(f, arguments=tuple(tuple(_without(t, ones) for t in a) for a in f.arguments))
        if isinstance(f, Pointwise)
        else f
        for f in term.factors
    )
    return replace(term, factors=factors, summed=term.summed - ones)


def _text(part: object) -> str:
    """What is equal for equal parts, and sorts them."""
    match part:
        case Term():
            summed = sorted((index.name, index.number) for index in part.summed)
            return f"{_text(part.factors)} {summed} {part.coefficient}"
        case Pointwise():
            return f"{part.function} {_text(part.arguments)}"
        case tuple():
            return "(" + "; ".join(map(_text, part)) + ")"
    return repr(part)


def _plain(value: complex) -> complex:
    """The number in the simplest type that holds it."""
    if isinstance(value, complex):
        if value.imag:
            return value
        value = value.real
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _rounded(value: complex) -> complex:
    """The number without the last digits, which tell in which order it was computed."""
    if isinstance(value, complex):
        return _plain(complex(_rounded(value.real).real, _rounded(value.imag).real))
    return _plain(float(f"{value:.12g}")) if isinstance(value, float) else value
