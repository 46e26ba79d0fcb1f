"""Sizes of axes: numbers, symbols, and what arithmetic makes of them.  Pure; unknown is None."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Symbol:
    """A size that has a name at one place of the source, such as ``n`` of ``n, k = x.shape``.

    ``number`` tells apart symbols that have the same name at different places.
    """

    name: str
    number: int


Monomial = tuple[Symbol, ...]


@dataclass(frozen=True, slots=True)
class Polynomial:
    """A sum of products of symbols, such as ``n + 1`` or ``2*n*k``: never a mere number.

    ``terms`` are sorted, without zero coefficients, so that equal meaning is ``==``.
    """

    terms: tuple[tuple[Monomial, int], ...]

    def __str__(self) -> str:
        """As the source would write it."""
        parts = []
        for monomial, coefficient in sorted(self.terms, key=lambda t: (-len(t[0]), t[0])):
            factors = [s.name for s in monomial]
            if abs(coefficient) != 1 or not factors:
                factors.insert(0, str(abs(coefficient)))
            parts.append(("-" if coefficient < 0 else "+", "*".join(factors)))
        text = " ".join(f"{sign} {part}" for sign, part in parts)
        return text.removeprefix("+ ") if text.startswith("+ ") else text.replace("- ", "-", 1)


Dim = int | Polynomial | None


def symbol(name: str, number: int) -> Polynomial:
    """A new symbol as a size."""
    return Polynomial((((Symbol(name, number),), 1),))


def _terms(dim: int | Polynomial) -> dict[Monomial, int]:
    return {(): dim} if isinstance(dim, int) else dict(dim.terms)


def _dim(terms: Mapping[Monomial, int]) -> int | Polynomial:
    kept = {monomial: c for monomial, c in terms.items() if c}
    if kept.keys() <= {()}:
        return kept.get((), 0)
    return Polynomial(tuple(sorted(kept.items())))


def add(one: Dim, other: Dim) -> Dim:
    """``one + other``."""
    if one is None or other is None:
        return None
    if isinstance(one, int) and isinstance(other, int):
        return one + other
    total = _terms(one)
    for monomial, coefficient in _terms(other).items():
        total[monomial] = total.get(monomial, 0) + coefficient
    return _dim(total)


def subtract(one: Dim, other: Dim) -> Dim:
    """``one - other``."""
    return add(one, multiply(other, -1))


def multiply(one: Dim, other: Dim) -> Dim:
    """``one * other``."""
    if one is None or other is None:
        return None
    if isinstance(one, int):
        return one * other if isinstance(other, int) else multiply(other, one)
    if isinstance(other, int):
        return _dim({monomial: a * other for monomial, a in one.terms})
    total: dict[Monomial, int] = {}
    for left, a in one.terms:
        for right, b in other.terms:
            monomial = tuple(sorted(left + right))
            total[monomial] = total.get(monomial, 0) + a * b
    return _dim(total)


def product(dims: Iterable[Dim]) -> Dim:
    """The product of sizes: how many elements."""
    result: Dim = 1
    for dim in dims:
        result = multiply(result, dim)
    return result


def divide(one: Dim, other: Dim) -> Dim:
    """``one // other`` where it is exact and certain, else None."""
    if isinstance(one, int) and isinstance(other, int):
        return one // other if other and one % other == 0 else None
    if one is None or other is None or other == 0:
        return None
    divisor = _terms(other)
    if len(divisor) != 1:
        return 1 if one == other else None
    ((under, by),) = divisor.items()
    result: dict[Monomial, int] = {}
    for monomial, coefficient in _terms(one).items():
        rest = Counter(monomial)
        rest.subtract(under)
        if coefficient % by or any(count < 0 for count in rest.values()):
            return None
        result[tuple(sorted(rest.elements()))] = coefficient // by
    return _dim(result)


def differ(one: Dim, other: Dim) -> bool:
    """Whether two sizes are certainly not equal: two different symbols may always be."""
    if one is None or other is None:
        return False
    difference = subtract(one, other)
    return isinstance(difference, int) and difference != 0
