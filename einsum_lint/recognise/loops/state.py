"""What names and elements of arrays hold at one point of a round of a loop."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...contraction import Access, Index, Size, Sum
from .items import Item


@dataclass(frozen=True, slots=True)
class Cell:
    """What an element of an array holds, for each value of the indices of its subscripts.

    ``own`` are the indices that tell its elements apart: of axes that are written whole and of
    loops that have ended.  ``target`` among the factors of ``terms`` is what they held before.
    """

    target: Access
    terms: Sum
    own: tuple[Index, ...] = ()


@dataclass
class State:
    """The names that the nest has bound, and the elements that it has written, in order."""

    names: dict[str, Item] = field(default_factory=dict)
    cells: dict[tuple[str, tuple[Size, ...]], Cell] = field(default_factory=dict)

    def copy(self) -> State:
        """The same, to go on differently."""
        return State(dict(self.names), dict(self.cells))

    def of_array(self, array: str) -> list[Cell]:
        """The cells of one array."""
        return [cell for (name, _), cell in self.cells.items() if name == array]

    @property
    def written(self) -> set[str]:
        """The arrays of which an element was written."""
        return {name for name, _ in self.cells}
