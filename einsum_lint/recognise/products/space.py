"""The indices of one nest or expression, and what had to be assumed of sizes to read it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from ...contraction import (
    Access,
    Contraction,
    Extent,
    Index,
    Size,
    Term,
    index_size,
    indices_of,
    substitute,
)
from ...dims import Symbol


class Refused(Exception):  # noqa: N818 (no error: the answer of the reader)
    """What is read is no contraction, for this reason; ``node`` is where that is seen, if known."""

    def __init__(self, reason: str, node: object = None) -> None:
        super().__init__(reason)
        self.reason, self.node = reason, node


@dataclass
class Space:
    """Makes indices, each once, and knows their extents.

    ``equal`` are pairs of sizes that the code read only allows to be equal (or one of them 1, which
    is assumed not to be): ``x + y`` of two arrays.
    """

    extents: dict[Index, Extent] = field(default_factory=dict)
    equal: list[tuple[Size, Size]] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def fresh(self, extent: Extent, name: str = "") -> Index:
        """A new index."""
        index = Symbol(name, next(self._numbers))
        self.extents[index] = extent
        return index

    def array(self, name: str, sizes: tuple[Size, ...]) -> Contraction:
        """A whole array, an index of its own for each axis."""
        axes = tuple(self.fresh(Extent(size)) for size in sizes)
        return Contraction(axes, _one(Access(name, tuple(index_size(a) for a in axes))))

    def renamed(self, value: Contraction) -> Contraction:
        """The same array with new indices for its axes and sums, so that it can be multiplied."""
        old = {axis for axis in value.axes if axis is not None}
        for term in value.terms:
            old |= term.summed
        new = {index: index_size(self.fresh(self.extents[index], index.name)) for index in old}
        axes = tuple(axis if axis is None else _index(new[axis]) for axis in value.axes)
        return Contraction(axes, substitute(value.terms, new), value.open)

    def unify(self, one: Index, other: Index) -> None:
        """Note that two axes go together: their sizes are equal; Refused if they can't be."""
        mine, theirs = self.extents[one], self.extents[other]
        if mine == theirs:
            return
        if mine.step != theirs.step and not (
            isinstance(mine.span, int) and isinstance(theirs.span, int)
        ):
            raise Refused("axes with different steps are combined")
        if isinstance(mine.span, int) and isinstance(theirs.span, int):
            if len(range(0, mine.span, mine.step)) != len(range(0, theirs.span, theirs.step)):
                raise Refused("axes of different sizes are combined")
            return
        self.equal.append((mine.span, theirs.span))


def _one(access: Access) -> tuple[Term, ...]:
    return (Term(1, (access,)),)


def _index(size: Size) -> Index:
    (index,) = indices_of(size)
    return index
