"""Polynomials with exact coefficients over atoms: elements of inputs, and functions of others.

Two polynomials of one ring are equal just when they are equal as functions of their atoms.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from fractions import Fraction
from typing import Final, TypeAlias

Number: TypeAlias = int | Fraction
Monomial: TypeAlias = tuple[int, ...]

_IMAGINARY: Final = 0
"""The atom whose square is -1."""
_TOLERANCE: Final = Fraction(1, 10**9)
"""Relative: a coefficient may be the product of two literals of the text, rounded."""


_BUDGET: Final = 2_000_000
"""How many terms are added in one ring; a product counts as many times as it has factors."""


class Beyond(Exception):  # noqa: N818 (no error: the answer of the interpreter)
    """What can't be computed with symbols."""


def number(value: object) -> Number | None:
    """A real number as an exact one, None when it is something else."""
    if isinstance(value, (int, Fraction)):
        return value
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise Beyond("an infinite number")
        return Fraction(repr(float(value)))
    return None


class TooMuch(Beyond):
    """What takes more work than a proof is worth."""


class Ring:
    """The atoms of some polynomials, each with a number.  ``real``: all inputs are real."""

    def __init__(self, *, real: bool) -> None:
        self._real = real
        self._numbers: dict[Hashable, int] = {"i": _IMAGINARY}
        self._opaque: set[int] = set()
        self._complex = {_IMAGINARY}
        self._conjugates: dict[int, int] = {}
        self._budget = _BUDGET

    def element(self, name: str, place: tuple[int, ...]) -> Poly:
        """The polynomial that is one element of an input."""
        atom = self._atom((name, place))
        if not self._real:
            self._complex.add(atom)
        return Poly(self, {(atom,): 1})

    def function(self, name: str, *arguments: Poly | Number) -> Poly:
        """A function of which nothing is known but that equal arguments give equal values."""
        atom = self._atom((name, *map(_frozen, arguments)))
        self._opaque.add(atom)
        if any(isinstance(a, Poly) and self.is_complex(a) for a in arguments):
            self._complex.add(atom)
        return Poly(self, {(atom,): 1})

    def spend(self, work: int) -> None:
        """Count work; TooMuch when it is more than a proof is worth."""
        self._budget -= work
        if self._budget < 0:
            raise TooMuch("too much work")

    def _atom(self, key: Hashable) -> int:
        return self._numbers.setdefault(key, len(self._numbers))

    def imaginary(self, value: Number) -> Poly:
        """An imaginary number."""
        return Poly(self, {(_IMAGINARY,): value} if value else {})

    def poly(self, value: object) -> Poly | None:
        """A number as a polynomial, None when it is no number."""
        if isinstance(value, Poly):
            return value
        if isinstance(value, complex):
            real, imaginary = number(value.real), number(value.imag)
            return self.imaginary(imaginary or 0) + (real or 0)
        exact = number(value)
        return None if exact is None else Poly(self, {(): exact} if exact else {})

    def is_opaque(self, poly: Poly) -> bool:
        """Whether a polynomial has functions among its atoms."""
        return any(atom in self._opaque for monomial in poly.terms for atom in monomial)

    def is_complex(self, poly: Poly) -> bool:
        """Whether a polynomial may have an imaginary part."""
        return any(atom in self._complex for monomial in poly.terms for atom in monomial)

    def conjugate(self, poly: Poly) -> Poly:
        """The complex conjugate."""
        if not self.is_complex(poly):
            return poly
        terms: dict[Monomial, Number] = {}
        for monomial, coefficient in poly.terms.items():
            sign = -1 if _IMAGINARY in monomial else 1
            terms[tuple(sorted(map(self._conjugate_atom, monomial)))] = sign * coefficient
        return Poly(self, terms)

    def _conjugate_atom(self, atom: int) -> int:
        if atom == _IMAGINARY or atom not in self._complex:
            return atom
        if atom not in self._conjugates:
            other = self._atom(("conjugate", atom))
            self._conjugates |= {atom: other, other: atom}
            self._complex.add(other)
            if atom in self._opaque:
                self._opaque.add(other)
        return self._conjugates[atom]

    def reciprocal(self, poly: Poly) -> Poly:
        """1 divided by a polynomial; a product is divided by factor after factor."""
        if not poly.terms:
            raise Beyond("a division by zero")
        first = min(poly.terms)
        scale = Fraction(1) / poly.terms[first]
        if len(poly.terms) > 1:
            return self.function("reciprocal", poly * scale) * scale
        result = Poly(self, {(): scale})
        for atom in first:
            if atom == _IMAGINARY:
                result = result * self.imaginary(-1)
            else:
                result = result * self.function("reciprocal", Poly(self, {(atom,): 1}))
        return result

    def total(self, values: Iterable[Poly | Number]) -> Poly | Number:
        """The sum of many values."""
        terms: dict[Monomial, Number] = {}
        for value in values:
            poly = self.poly(value)
            if poly is None:
                raise Beyond("a sum of something else than numbers")
            for monomial, coefficient in poly.terms.items():
                terms[monomial] = terms.get(monomial, 0) + coefficient
        return Poly(self, {m: c for m, c in terms.items() if c})


def _frozen(value: Poly | Number) -> Hashable:
    """What is equal for equal values: a polynomial without atoms is its number."""
    if isinstance(value, Poly):
        constant = value.constant()
        return frozenset(value.terms.items()) if constant is None else constant
    return value


class Poly:
    """A polynomial: for each monomial, which is the sorted numbers of its atoms, a coefficient."""

    __slots__ = ("ring", "terms")

    def __init__(self, ring: Ring, terms: dict[Monomial, Number]) -> None:
        self.ring = ring
        self.terms = terms

    def constant(self) -> Number | None:
        """The number that it is, None when it has atoms."""
        if not self.terms:
            return 0
        return self.terms.get(()) if len(self.terms) == 1 else None

    def __bool__(self) -> bool:
        constant = self.constant()
        if constant is None:
            raise Beyond("a condition on the values")
        return bool(constant)

    def __add__(self, other: object) -> Poly:
        right = self.ring.poly(other)
        if right is None:
            return NotImplemented
        self.ring.spend(len(self.terms) + len(right.terms))
        terms = dict(self.terms)
        for monomial, coefficient in right.terms.items():
            total = terms.get(monomial, 0) + coefficient
            if total:
                terms[monomial] = total
            else:
                del terms[monomial]
        return Poly(self.ring, terms)

    __radd__ = __add__

    def __neg__(self) -> Poly:
        return Poly(self.ring, {m: -c for m, c in self.terms.items()})

    def __pos__(self) -> Poly:
        return self

    def __sub__(self, other: object) -> Poly:
        right = self.ring.poly(other)
        return NotImplemented if right is None else self + (-right)

    def __rsub__(self, other: object) -> Poly:
        return -self + other

    def __mul__(self, other: object) -> Poly:
        right = self.ring.poly(other)
        if right is None:
            return NotImplemented
        terms: dict[Monomial, Number] = {}
        for one, a in self.terms.items():
            self.ring.spend((2 + len(one)) * len(right.terms))
            for two, b in right.terms.items():
                product, coefficient = _product(one, two), a * b
                if product[:2] == (_IMAGINARY, _IMAGINARY):
                    product, coefficient = product[2:], -coefficient
                terms[product] = terms.get(product, 0) + coefficient
        return Poly(self.ring, {m: c for m, c in terms.items() if c})

    __rmul__ = __mul__

    def __truediv__(self, other: object) -> Poly:
        right = self.ring.poly(other)
        return NotImplemented if right is None else self * self.ring.reciprocal(right)

    def __rtruediv__(self, other: object) -> Poly:
        return self.ring.reciprocal(self) * other

    def __pow__(self, other: object) -> Poly:
        right = self.ring.poly(other)
        if right is None:
            return NotImplemented
        exponent = right.constant()
        if exponent is None or exponent != int(exponent):
            return self.ring.function("**", self, right)
        if not -64 <= exponent <= 64:
            raise Beyond("a large power")
        base = self if exponent >= 0 else self.ring.reciprocal(self)
        result = Poly(self.ring, {(): 1})
        for _ in range(abs(int(exponent))):
            result = result * base
        return result

    def __rpow__(self, other: object) -> Poly:
        left = self.ring.poly(other)
        return NotImplemented if left is None else left**self


def _product(one: Monomial, two: Monomial) -> Monomial:
    if not one:
        return two
    return tuple(sorted(one + two)) if two else one


def agree(one: Poly, two: Poly) -> bool:
    """Whether two polynomials are equal, up to the rounding of their coefficients."""
    for monomial in one.terms.keys() | two.terms.keys():
        a, b = one.terms.get(monomial, 0), two.terms.get(monomial, 0)
        limit = 0 if a == b else _TOLERANCE * max(a, -a, b, -b)
        if not -limit <= a - b <= limit:
            return False
    return True
