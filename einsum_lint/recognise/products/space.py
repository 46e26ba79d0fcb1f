"""The indices of one nest or expression, and what had to be assumed of sizes to read it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ...contraction import (
    Access,
    Contraction,
    Extent,
    Factor,
    Index,
    Pointwise,
    Size,
    Sum,
    affine,
    index_size,
    indices_of,
    of,
    substitute,
    substitute_size,
)
from ...dims import Polynomial, Symbol, add, divide, multiply, subtract

_NATURAL = re.compile(r"len\(.*\)|.*\.(shape\[-?\d+\]|size|ndim)")
_NO_STEP = "axes with different steps are combined"

Axes = tuple[Index | None, ...]
Values = dict[Symbol, Size]


class Refused(Exception):  # noqa: N818 (no error: the answer of the reader)
    """What is read is no contraction, for this reason; ``node`` is where that is seen, if known.

    ``always``: nothing that could be known of the names in it would change that, given their ranks.
    """

    def __init__(self, reason: str, node: object = None, *, always: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.node, self.always = reason, node, always

    def again(self) -> Refused:
        """The same without its way: a frame that holds what it raises is not freed at once."""
        return type(self)(self.reason, self.node, always=self.always)


@dataclass
class Space:
    """Makes indices, each once, and knows their extents.

    ``equal`` are pairs of sizes that the code read only allows to be equal (or one of them 1, which
    is assumed not to be): ``x + y`` of two arrays.  ``ordered`` are pairs of which the first is
    assumed to be at most the second, ``notes`` what else is assumed, in words.
    """

    extents: dict[Index, Extent] = field(default_factory=dict)
    equal: list[tuple[Size, Size]] = field(default_factory=list)
    ordered: list[tuple[Size, Size]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    numpy: str = "np"
    """How the file calls NumPy."""
    naturals: set[str] = field(default_factory=set)
    """Named sizes that are known not to be negative, beside those that the name says it of."""
    wide: Callable[[str], bool] = lambda name: False
    """Whether an array is known to hold no truth values and no integers narrower than int64."""
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def fresh(self, extent: Extent, name: str = "") -> Index:
        """A new index."""
        index = Symbol(name, next(self._numbers))
        self.extents[index] = extent
        return index

    def axis(self, size: Size) -> Index | None:
        """A new axis of this size."""
        return None if size == 1 else self.fresh(Extent(size))

    def array(self, name: str, sizes: tuple[Size, ...]) -> Contraction:
        """A whole array, an index of its own for each axis."""
        axes = tuple(self.axis(size) for size in sizes)
        subscripts = tuple(0 if axis is None else index_size(axis) for axis in axes)
        return Contraction(axes, of(Access(name, subscripts)))

    def renamed(self, value: Contraction) -> Contraction:
        """The same array with new indices for its axes and sums, so that it can be multiplied."""
        new = {
            index: index_size(self.fresh(self.extents[index], index.name))
            for index in sorted(bound(value))
        }
        for old, index in new.items():  # an extent may depend on another index of the array
            extent = self.extents[old]
            self.extents[_index(index)] = Extent(substitute_size(extent.span, new), extent.step)
        axes = tuple(axis if axis is None else _index(new[axis]) for axis in value.axes)
        return Contraction(axes, substitute(value.terms, new), value.open)

    def apart(self, *values: Contraction) -> list[Contraction]:
        """The values, renamed so that no index that is bound in one is in another."""
        result = list(values)
        for place, value in enumerate(result):
            others = [_used(other) for other in result[:place]]
            others += [_used(other) - bound(other) for other in result[place + 1 :]]
            if bound(value) & frozenset().union(*others):
                result[place] = self.renamed(value)
        return result

    def length(self, axis: Index | None) -> Size | None:
        """How many values an axis has, None when that is no polynomial."""
        if axis is None:
            return 1
        extent = self.extents[axis]
        if isinstance(extent.span, int):
            return len(range(0, extent.span, extent.step))
        return divide(extent.span, extent.step)

    def unify(self, one: Index, other: Index) -> None:
        """Note that two axes go together: their sizes are equal; Refused if they can't be."""
        mine, theirs = self.extents[one], self.extents[other]
        if mine == theirs:
            return
        if isinstance(mine.span, int) and isinstance(theirs.span, int):
            if self.length(one) != self.length(other):
                raise Refused("axes of different sizes are combined")
            return
        if mine.step != theirs.step:
            raise Refused(_NO_STEP)
        self.same(mine.span, theirs.span)

    def same(self, one: Size, other: Size) -> None:
        """Note that two sizes are equal; Refused if they can't be."""
        difference = subtract(one, other)
        if difference == 0:
            return
        if isinstance(difference, int):
            raise Refused("axes of different sizes are combined")
        self.equal.append((one, other))

    def join(self, axes: Iterable[Index | None], stretch: bool) -> tuple[Index | None, Values]:
        """Axes that go together as one, and what to put for each of their indices.

        Axes of size 1 are stretched, or else the others must have that size too.
        """
        listed = list(axes)
        found = list(dict.fromkeys(axis for axis in listed if axis is not None))
        if not found:
            return None, {}
        if not stretch and None in listed:
            for axis in found:
                self.same(1, self.length(axis) or 0)
        kept = next((axis for axis in found if axis.name), found[0])
        for axis in found:
            self.unify(kept, axis)
        if len({self.extents[axis].step for axis in found}) == 1:
            return kept, {axis: index_size(kept) for axis in found if axis != kept}
        index = self.fresh(Extent(self.length(kept) or 0), kept.name)
        size = index_size(index)
        return index, {a: times_size(size, self.extents[a].step) for a in found}

    def broadcast(self, shapes: Sequence[Axes]) -> tuple[Axes, Values]:
        """The axes of a result, aligned from the right, and what to put for their indices."""
        rank = max(map(len, shapes), default=0)
        padded = [(None,) * (rank - len(axes)) + axes for axes in shapes]
        result: list[Index | None] = []
        values: Values = {}
        for column in zip(*padded, strict=True):
            axis, new = self.join(column, stretch=True)
            result.append(axis)
            values |= new
        return tuple(result), values

    def put(self, terms: Sum, values: Values) -> Sum:
        """A sum with some of its indices replaced."""
        if any(indices_of(self.extents[index].span) & values.keys() for index in _summed(terms)):
            raise Refused("how far a sum runs depends on an axis")
        return substitute(terms, values)

    def assume(self, text: str) -> None:
        """Note an assumption in words, once."""
        if text not in self.notes:
            self.notes.append(text)

    def at_most(self, least: Size, most: Size) -> None:
        """Note that a size is at most another, unless that is certain; Refused if it can't be."""
        if self.certain(least, most):
            return
        lowest = self.lowest(minus(most, least))
        if isinstance(lowest, int):
            raise Refused("a bound may lie outside of the axis")
        if lowest is not None:
            least, most = _sides(lowest)
        if (least, most) not in self.ordered:
            self.ordered.append((least, most))

    def certain(self, least: Size, most: Size) -> bool:
        """Whether a size is at most another for all values of the indices and named sizes."""
        lowest = self.lowest(minus(most, least))
        if lowest is None or isinstance(lowest, int):
            return lowest is not None and lowest >= 0
        return all(c >= 0 and all(map(self._natural, symbols)) for symbols, c in lowest.terms)

    def lowest(self, size: Size) -> Size | None:
        """The least value over the indices, where that is known: over named sizes only."""
        for _ in range(8):  # the extent of an index may hold other indices
            if not indices_of(size):
                return size
            parts = affine(size)
            if parts is None or not all(isinstance(c, int) for c in parts[1].values()):
                return None
            size = parts[0]
            for index, coefficient in parts[1].items():
                if isinstance(coefficient, int) and coefficient < 0:
                    last = minus(self.extents[index].span, 1)
                    size = plus_size(size, times_size(last, coefficient))
        return None

    def _natural(self, symbol: Symbol) -> bool:
        return symbol.name in self.naturals or _NATURAL.fullmatch(symbol.name) is not None


def bound(value: Contraction) -> frozenset[Index]:
    """The indices that a value brings along: its axes and what is summed in it."""
    return frozenset(axis for axis in value.axes if axis is not None) | _summed(value.terms)


def _summed(terms: Sum) -> frozenset[Index]:
    found: set[Index] = set()
    for term in terms:
        found |= term.summed
        for factor in term.factors:
            if isinstance(factor, Pointwise):
                found |= frozenset().union(*map(_summed, factor.arguments))
    return frozenset(found)


def _used(value: Contraction) -> frozenset[Index]:
    return bound(value).union(*(indices_of(term) for term in value.terms))


def depends(terms: Sum) -> frozenset[Index]:
    """The indices of which a sum is a function."""
    return frozenset().union(*(indices_of(term) for term in terms))


def is_open(part: Factor | Sum) -> bool:
    """Whether a part has axes of unknown number."""
    match part:
        case Access():
            return part.open
        case Pointwise(arguments=arguments):
            return any(map(is_open, arguments))
        case tuple():
            return any(is_open(factor) for term in part for factor in term.factors)
    return False


def plus_size(one: Size, other: Size) -> Size:
    """The sum of two sizes."""
    return _known(add(one, other))


def minus(one: Size, other: Size) -> Size:
    """The difference of two sizes."""
    return _known(subtract(one, other))


def times_size(one: Size, other: Size) -> Size:
    """The product of two sizes."""
    return _known(multiply(one, other))


def _known(size: Size | None) -> Size:
    assert size is not None
    return size


def _sides(size: Polynomial) -> tuple[Size, Size]:
    """Two sizes without negative coefficients, whose difference is ``-size``."""
    left: Size = 0
    right: Size = 0
    for monomial, coefficient in size.terms:
        part: Size = Polynomial(((monomial, abs(coefficient)),)) if monomial else abs(coefficient)
        if coefficient < 0:
            left = plus_size(left, part)
        else:
            right = plus_size(right, part)
    return left, right


def _index(size: Size) -> Index:
    (index,) = indices_of(size)
    return index
