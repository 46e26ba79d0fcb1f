"""Loop nests and what they mean: what the reader of loops finds, for the rules and the emitters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from .contraction import Access, Contraction, Extent, Index, Size
from .findings import Edit, Span

Kind = Literal["loop", "products", "comprehension", "elementwise", "expression"]
"""A nest over elements, a loop around products of arrays, a comprehension, or a nest that sums
nothing: it multiplies elements, or puts them in another order.  An ``expression``
is array arithmetic outside of loops."""
EXPRESSIONS: Final = ("comprehension", "expression")
"""Kinds whose meaning is that of one expression."""


@dataclass(frozen=True, slots=True)
class Update:
    """What a nest does to one array or name, for every value of the indices of its target.

    ``target`` is an element of an array (``C[i, j]``), or a name alone, which then has the axes of
    ``value``.  ``value`` may have ``target`` itself among its factors: what it was before the nest.
    ``in_place`` says that a name keeps its object (``acc += …``); it does not matter for elements.
    """

    target: Access
    value: Contraction
    in_place: bool = False


@dataclass(frozen=True, slots=True)
class Operand:
    """What is known, or assumed, of an array, number or integer that a nest reads or writes.

    ``sizes`` has a polynomial over named sizes for each axis: where nothing else is known that is
    the symbol ``A.shape[0]``.  ``least`` has for each axis the sizes that the nest needs it to have
    at least.  ``rank`` is None for an array of any rank that is only accessed open.
    """

    name: str
    rank: int | None
    rank_known: bool
    dtype: str | None = None
    is_array: bool = False
    """Whether it is certainly a plain NumPy array, or a number when the rank is 0."""
    sizes: tuple[Size, ...] = ()
    least: tuple[tuple[Size, ...], ...] = ()
    fresh: bool = False
    """It was made by the function itself, so that no other name holds it or a view of it."""
    local: bool = False
    """Its name is bound in the scope of the nest, so that ``C += …`` may be written for it."""


@dataclass(frozen=True, slots=True)
class Lift:
    """The meaning of a nest as updates, in an order in which they may run one after the other."""

    updates: tuple[Update, ...]
    extents: Mapping[Index, Extent]
    operands: Mapping[str, Operand]
    integers: tuple[str, ...]
    """The names of integers that sizes are made of: ``n`` and ``lda``, not ``A.shape[0]``."""
    numpy: str
    """How the file calls NumPy: ``np``; or the library of the arrays."""
    assumptions: tuple[str, ...]
    """What a person must know to be true, in words; empty when everything was inferred."""
    functions: tuple[tuple[str, str], ...] = ()
    """Names by which the source calls functions of NumPy, with those: ``dot``, ``numpy.dot``."""
    library: str | None = None
    """The library of all arrays, where that is another than NumPy."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a nest is no contraction, and where that is seen.

    ``always``: whatever else were known of the names in it.
    """

    reason: str
    span: Span
    always: bool = field(default=False, compare=False)


class NestPlace(Protocol):
    """Where a nest, or a comprehension, stands in the text.  Computed when asked for."""

    @property
    def header(self) -> Span:
        """The header of the outermost loop, or the comprehension: where a finding is reported."""

    @property
    def rows(self) -> range:
        """The rows on which a ``# noqa`` comment counts."""

    @property
    def text(self) -> str:
        """The source of the statements, or of the expression, that a rewriting replaces."""

    @property
    def steps(self) -> tuple[str, ...]:
        """The statements before an expression that a rewriting takes away with it."""

    @property
    def width(self) -> int:
        """The columns that are left for the text of a rewriting, its indentation taken off."""

    def replace(self, lines: tuple[str, ...], drop: tuple[str, ...]) -> tuple[Edit, ...] | None:
        """The edits that put these lines, or this expression, in place of the nest.

        Comments of the nest are kept before them.  ``drop`` are names whose initialisation before
        the nest must go.  None when that can't be done without losing something.
        """


@dataclass(frozen=True, slots=True)
class LoopNest:
    """A loop nest or a comprehension, and its meaning or the reason why it has none."""

    kind: Kind
    meaning: Lift | Refusal
    place: NestPlace
    starts: Mapping[str, complex] = field(default_factory=dict)
    """Names that hold this number, or an array of it, by an assignment just before the nest."""
    given: Mapping[str, Size] = field(default_factory=dict)
    """Names of integers that the nest uses, for which the lift has a number or another name."""


@dataclass(frozen=True, slots=True)
class ArrayExpression(LoopNest):
    """Array arithmetic outside of loops that is a sum of products.

    ``operations`` counts its products, sums, transposes and the like; ``as_numpy`` is how it would
    be written for NumPy, where it is written for another library, in another way.
    """

    operations: int = 1
    as_numpy: str = ""


@dataclass(frozen=True, slots=True)
class WastefulProduct(LoopNest):
    """Array arithmetic of which much is thrown away.

    ``waste`` says what, and how many steps are taken and would do; ``instead`` is an expression
    that computes no more than that, None where an einsum does.
    """

    waste: str = ""
    instead: str | None = None
