"""What is certain of the sizes of a nest, and what must be assumed of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..contraction import Extent, Index, Size
from ..dims import Polynomial, Symbol, add, subtract
from ..nests import Lift, Operand
from ..settings import Config
from .needs import IN_BOUNDS, Needs


class Unwritable(Exception):  # noqa: N818 (no error: there is no rewriting)
    """A meaning that the emitter has no text for, and why."""

    def __init__(
        self, reason: str = "it is understood, but NumPy has no short text for it"
    ) -> None:
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Scene:
    """A nest that is written down, and the assumptions that this makes."""

    lift: Lift
    config: Config
    needs: Needs = field(default_factory=Needs)

    def extent(self, index: Index) -> Extent:
        """The values of an index."""
        return self.lift.extents[index]

    def operand(self, name: str) -> Operand:
        """What is known of an array or a number."""
        known = self.lift.operands.get(name)
        if known is None:
            raise Unwritable
        return known

    def size(self, name: str, axis: int) -> Size | None:
        """The size of an axis of an array, None when it has no name."""
        sizes = self.operand(name).sizes
        return sizes[axis] if axis < len(sizes) else None

    def is_natural(self, size: Size) -> bool:
        """Whether a size is certainly not negative."""
        if isinstance(size, int):
            return size >= 0
        return all(c >= 0 and all(map(self._is_count, monomial)) for monomial, c in size.terms)

    def _is_count(self, symbol: Symbol) -> bool:
        if _COUNT.search(symbol.name):
            return True
        alone = Polynomial((((symbol,), 1),))
        return any(alone in operand.sizes for operand in self.lift.operands.values())

    def natural(self, size: Size) -> None:
        """Assume that a size is not negative, where that is not certain."""
        if self.is_natural(size):
            return
        if isinstance(size, int) or all(coefficient < 0 for _, coefficient in size.terms):
            raise Unwritable  # nobody writes a loop for sizes below zero
        self.needs.not_negative(size)

    def at_least(self, size: Size, least: Size) -> bool:
        """Whether a size is certainly not less than another."""
        return self.is_natural(difference(size, least))

    def fits(self, size: Size | None, least: Size) -> None:
        """Assume that an axis has so many elements, where that is not certain."""
        if size is None:
            self.needs.add(IN_BOUNDS)
            return
        gap = difference(size, least)
        if self.is_natural(gap):
            return
        if isinstance(gap, int):
            raise Unwritable
        self.needs.not_negative(gap, IN_BOUNDS)

    def count(self, index: Index) -> Size:
        """How many values an index has."""
        extent = self.extent(index)
        if isinstance(extent.span, int):
            return len(range(0, extent.span, extent.step))
        if extent.step != 1:
            raise Unwritable
        self.natural(extent.span)
        return extent.span

    def is_never_empty(self, index: Index) -> bool:
        """Whether an index certainly has a value."""
        return self.at_least(self.extent(index).span, 1)


_COUNT = re.compile(r"\.shape\[-?\d+\]$|^len\([^()]*\)$|\.size$")


def difference(one: Size, other: Size) -> Size:
    """``one - other``."""
    result = subtract(one, other)
    assert result is not None
    return result


def total(one: Size, other: Size) -> Size:
    """``one + other``."""
    result = add(one, other)
    assert result is not None
    return result
