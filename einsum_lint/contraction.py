"""Contraction: sums of products of array elements, the meaning of a nest, an idiom or a call.

Subscripts and sizes are polynomials over symbols of two kinds: an *index* has a number from 1 and
runs over 0, step, 2*step, …; a named *size* has the number 0, and its name is the source text of
an integer (``n``, ``A.shape[0]``).  Pure values: no syntax tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from .dims import Dim, Polynomial, Symbol, add, multiply

Index: TypeAlias = Symbol
"""A symbol with a number from 1; its name is what the author calls it, "" where nothing does."""

Size: TypeAlias = int | Polynomial
"""A subscript, or a number of elements: integer arithmetic over indices and named sizes."""


@dataclass(frozen=True, slots=True)
class Extent:
    """The values of an index: ``range(0, span, step)``."""

    span: Size
    step: int = 1


@dataclass(frozen=True, slots=True)
class Access:
    """An element of an array for each value of the indices: ``A[i, n*j + k]``.

    ``array`` is the source text of a name or a dotted path; ``subscripts`` has an entry for each of
    its axes, none for a number.  With ``open`` the array has any number of further axes behind
    these, all taken whole: they are the last axes of the result, as with an ellipsis.
    """

    array: str
    subscripts: tuple[Size, ...] = ()
    open: bool = False


@dataclass(frozen=True, slots=True)
class Pointwise:
    """A function of numbers, computed for each value of the indices in its arguments.

    ``function`` is the source text of a function (``np.cos``), of an attribute that every number
    has (``.real``), or an operator: ``/ // % ** < <= > >= == !=``.  It is empty where the argument
    itself is one factor, ``(x - y)``: to multiply out would cost more and round otherwise.
    """

    function: str
    arguments: tuple[Sum, ...]


Factor: TypeAlias = Access | Pointwise | Polynomial
"""What is multiplied; a Polynomial is the number that it has for each value of its indices."""


@dataclass(frozen=True, slots=True)
class Term:
    """``coefficient * factor * factor * …``, summed over the indices ``summed``."""

    coefficient: complex
    factors: tuple[Factor, ...] = ()
    summed: frozenset[Index] = frozenset()


Sum: TypeAlias = tuple[Term, ...]
"""A sum of products; without terms it is zero."""


@dataclass(frozen=True, slots=True)
class Contraction:
    """An array with the axes ``axes``, whose elements are ``terms`` for each value of the indices.

    An axis that is None has the size 1.  Equal meaning is ``==`` after ``canonical``.
    """

    axes: tuple[Index | None, ...]
    terms: Sum
    open: bool = False
    """Further axes follow: those of its open accesses, broadcast."""


def number(value: complex) -> Sum:
    """A constant."""
    return (Term(value),) if value else ()


def of(factor: Factor) -> Sum:
    """The sum that is one factor."""
    return (Term(1, (factor,)),)


def integer(size: Size) -> Sum:
    """The sum that is an integer."""
    return number(size) if isinstance(size, int) else of(size)


def symbols_of(size: Size) -> frozenset[Symbol]:
    """The indices and the named sizes in a polynomial."""
    if isinstance(size, int):
        return frozenset()
    return frozenset(symbol for monomial, _ in size.terms for symbol in monomial)


def indices_of(part: Size | Access | Pointwise | Term) -> frozenset[Symbol]:
    """The indices of which a part is a function."""
    match part:
        case Polynomial():
            return frozenset(symbol for symbol in symbols_of(part) if symbol.number)
        case Access(subscripts=subscripts):
            return frozenset().union(*map(indices_of, subscripts))
        case Pointwise(arguments=arguments):
            return frozenset().union(*(indices_of(t) for argument in arguments for t in argument))
        case Term(factors=factors, summed=summed):
            return frozenset().union(*map(indices_of, factors)) - summed
    return frozenset()


def accesses(part: Factor | Term | Sum) -> Iterator[Access]:
    """Every access in a part, also inside functions."""
    match part:
        case Access():
            yield part
        case Pointwise(arguments=arguments):
            for argument in arguments:
                yield from accesses(argument)
        case Term(factors=factors):
            for factor in factors:
                yield from accesses(factor)
        case tuple():
            for term in part:
                yield from accesses(term)


def substitute_size(size: Size, values: Mapping[Symbol, Size]) -> Size:
    """A polynomial with some of its symbols replaced."""
    if isinstance(size, int) or not symbols_of(size) & values.keys():
        return size
    total: Dim = 0
    for monomial, coefficient in size.terms:
        product: Dim = coefficient
        for symbol in monomial:
            product = multiply(product, values.get(symbol, Polynomial((((symbol,), 1),))))
        total = add(total, product)
    assert total is not None
    return total


def substitute_factor(factor: Factor, values: Mapping[Symbol, Size]) -> Factor | int:
    """A factor with some of its symbols replaced."""
    match factor:
        case Access(subscripts=subscripts):
            return replace(factor, subscripts=tuple(substitute_size(s, values) for s in subscripts))
        case Pointwise(arguments=arguments):
            return replace(factor, arguments=tuple(substitute(a, values) for a in arguments))
    return substitute_size(factor, values)


def substitute(terms: Sum, values: Mapping[Symbol, Size]) -> Sum:
    """A sum with some of its free symbols replaced; a summed index only by another index."""
    result = []
    for term in terms:
        coefficient, factors = term.coefficient, []
        for factor in term.factors:
            new = substitute_factor(factor, values)
            if isinstance(new, int):
                coefficient *= new
            else:
                factors.append(new)
        summed = frozenset(_renamed(index, values) for index in term.summed)
        result.append(Term(coefficient, tuple(factors), summed))
    return tuple(result)


def _renamed(index: Index, values: Mapping[Symbol, Size]) -> Index:
    new = values.get(index)
    if isinstance(new, Polynomial):
        ((monomial, _),) = new.terms
        return monomial[0]
    return index


def plus(*sums: Sum) -> Sum:
    """The sum of sums, equal terms put together."""
    found: dict[tuple[frozenset[Factor], tuple[Factor, ...], frozenset[Index]], Term] = {}
    for term in (t for terms in sums for t in terms):
        key = (frozenset(term.factors), tuple(sorted(term.factors, key=repr)), term.summed)
        known = found.get(key)
        coefficient = term.coefficient + (known.coefficient if known else 0)
        found[key] = replace(known or term, coefficient=coefficient)
    return tuple(term for term in found.values() if term.coefficient)


def times(one: Sum, other: Sum) -> Sum:
    """The product of two sums, whose summed indices must be different ones."""
    return plus(
        tuple(
            Term(a.coefficient * b.coefficient, a.factors + b.factors, a.summed | b.summed)
            for a in one
            for b in other
        )
    )


def scaled(terms: Sum, by: complex) -> Sum:
    """A sum times a number."""
    return tuple(replace(t, coefficient=t.coefficient * by) for t in terms) if by else ()


def summed_over(terms: Sum, indices: Iterable[Index]) -> Sum:
    """A sum, summed over indices too."""
    more = frozenset(indices)
    return tuple(replace(term, summed=term.summed | more) for term in terms)


def constant_of(terms: Sum) -> complex | None:
    """The number that a sum is, None when it is none."""
    if not terms:
        return 0
    plain = len(terms) == 1 and not terms[0].factors and not terms[0].summed
    return terms[0].coefficient if plain else None


def index_size(index: Index) -> Polynomial:
    """An index as a subscript."""
    return Polynomial((((index,), 1),))


def affine(size: Size) -> tuple[Size, dict[Index, Size]] | None:
    """A polynomial as a constant part and a coefficient for each index; None when not affine."""
    if isinstance(size, int):
        return size, {}
    constant: Dim = 0
    coefficients: dict[Index, Dim] = {}
    for monomial, coefficient in size.terms:
        mine = [symbol for symbol in monomial if symbol.number]
        rest = tuple(symbol for symbol in monomial if not symbol.number)
        part: Size = coefficient if not rest else Polynomial(((rest, coefficient),))
        if not mine:
            constant = add(constant, part)
        elif len(mine) == 1:
            coefficients[mine[0]] = add(coefficients.get(mine[0], 0), part)
        else:
            return None
    assert constant is not None
    return constant, {index: c for index, c in coefficients.items() if c is not None and c != 0}
