"""The values that the symbolic execution of a nest works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ...contraction import Contraction, Extent, Size


@dataclass(frozen=True, slots=True)
class Outer:
    """A name, or a dotted path, that the nest does not bind: an array, a number or an integer."""

    path: str


@dataclass(frozen=True, slots=True)
class Local:
    """An array that the nest itself makes; ``zero`` while nothing else is known of its elements."""

    name: str
    sizes: tuple[Size, ...]
    zero: bool


@dataclass(frozen=True, slots=True)
class Pending:
    """Arithmetic of integers or numbers: its use says which of the two."""

    operator: str
    left: Item
    right: Item


@dataclass(frozen=True, slots=True)
class Function:
    """A function or module, by the dotted names that it may stand for."""

    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sequence:
    """A tuple or a list display, or the shape of an array."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class ShapeOf:
    """The shape of an array that the nest does not bind."""

    path: str


@dataclass(frozen=True, slots=True)
class Constant:
    """None, Ellipsis, a string or a truth value."""

    value: object


@dataclass(frozen=True, slots=True)
class Stacked:
    """A list, or a generator, with an item for each value of the first ``levels`` axes."""

    value: Contraction
    levels: int = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """What a name holds when a round of the loop begins."""

    name: str


@dataclass(frozen=True, slots=True)
class Accumulated:
    """A name and what was added to it, in place or as a new object."""

    name: str
    added: Contraction
    in_place: bool


@dataclass(frozen=True, slots=True)
class Appended:
    """A list and what was appended to it in one round."""

    name: str
    value: Contraction


@dataclass(frozen=True, slots=True)
class Gone:
    """What only the last round of a loop tells."""

    reason: str


@dataclass(frozen=True, slots=True)
class Counted:
    """``range(…)``: the numbers from ``start``, for each value of an index."""

    start: Size
    extent: Extent
    sign: int = 1


@dataclass(frozen=True, slots=True)
class Rows:
    """An array to be iterated over."""

    array: Item


@dataclass(frozen=True, slots=True)
class Zipped:
    """``zip(…)``, or ``enumerate`` as a zip with the numbers."""

    parts: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Nested:
    """``itertools.product(…)`` or ``np.ndindex(…)``."""

    parts: tuple[Item, ...]


Item: TypeAlias = (
    Contraction | Size | Outer | Local | Pending | Function | Sequence | ShapeOf | slice
    | Constant | Stacked | Entry | Accumulated | Appended | Gone | Counted | Rows | Zipped | Nested
)  # fmt: skip
