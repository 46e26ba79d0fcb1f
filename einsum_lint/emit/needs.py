"""What a rewriting takes for granted: gathered while it is written, said in its message."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..dims import Dim, Polynomial, add, multiply, subtract
from .code import size as code_of

IN_BOUNDS = "no subscript is out of bounds"


@dataclass(frozen=True, slots=True)
class Need:
    """An assumption in words, and the condition that tests it when the program runs, if any."""

    text: str
    check: str | None = None


@dataclass
class Needs:
    """The assumptions of one rewriting, each once, in the order in which they came up."""

    _said: dict[Need, None] = field(default_factory=dict)
    _bounds: dict[Polynomial, str | None] = field(default_factory=dict)

    def add(self, text: str, check: str | None = None) -> None:
        """Note an assumption."""
        self._said.setdefault(Need(text, check))

    def not_negative(self, size: Polynomial, text: str | None = None) -> None:
        """Note that a size must not be negative; ``text`` says it in other words."""
        common = math.gcd(*(coefficient for _, coefficient in size.terms))
        terms = tuple((monomial, coefficient // common) for monomial, coefficient in size.terms)
        self._bounds.setdefault(Polynomial(terms), text)

    @property
    def bounds(self) -> tuple[Polynomial, ...]:
        """The sizes that must not be negative."""
        return tuple(self._bounds)

    def __iter__(self) -> Iterator[Need]:
        yield from self._said
        for size, text in self._bounds.items():
            if not any(self._follows(size, other) for other in self._bounds):
                check = comparison(size)
                yield Need(text or check, check)

    def _follows(self, size: Polynomial, other: Polynomial) -> bool:
        """Whether a size is not negative because another is: ``ldc`` because of ``ldc - n``."""
        rest = subtract(size, other)
        return rest in self._bounds or (isinstance(rest, int) and rest > 0)


def comparison(size: Polynomial) -> str:
    """``size >= 0`` without minus signs: ``n >= 1``, ``lda >= n``."""
    left: Dim = 0
    right: Dim = 0
    for monomial, coefficient in size.terms:
        part = Polynomial(((monomial, abs(coefficient)),)) if monomial else abs(coefficient)
        if monomial and coefficient > 0:
            left = add(left, part)
        else:
            right = add(right, part if coefficient < 0 else multiply(part, -1))
    assert left is not None
    assert right is not None
    return f"{code_of(left).text} >= {code_of(right).text}"
