"""Facts: what the recognisers found in a file, and all that a rule ever sees of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from .dialects import NUMPY_OPTIMIZED, Dialect, backed_by
from .equation import Equation, Malformed
from .findings import Edit, Problem, Span
from .nests import ArrayExpression, LoopNest, WastefulProduct
from .shapes import ArrayFact


class NotConstant:
    """The value of an argument that is not a constant of the source."""

    def __repr__(self) -> str:
        return "NOT_CONSTANT"


NOT_CONSTANT: Final = NotConstant()
"""Stands for the value of a keyword whose argument could not be evaluated."""


class Place(Protocol):
    """Where the parts of a call stand in the text.  Computed when asked for, not before."""

    @property
    def call(self) -> Span:
        """The whole call, from the callee to the closing parenthesis."""

    @property
    def rows(self) -> range:
        """The rows of the logical line, on any of which a ``# noqa`` comment counts."""

    @property
    def function(self) -> str:
        """The source text of the callee, as in ``np.einsum``."""

    def subscripts(self, start: int, end: int) -> Span:
        """Columns ``start:end`` of the subscripts; the whole argument if they can't be mapped."""

    def operand(self, index: int) -> Span:
        """The operand with this index, from 0."""

    def operand_text(self, index: int) -> str:
        """The source text of an operand on one line, shortened when it is long."""

    def operand_source(self, index: int) -> str:
        """The source text of an operand, without parentheses around it."""

    @property
    def module(self) -> str | None:
        """How the file calls the module of the callee: ``np``; None where it has no such name."""

    def keyword_source(self, name: str) -> str:
        """The source text of a keyword argument, name and value."""

    def mentions(self, name: str) -> bool:
        """Whether a name stands anywhere in the file."""

    def insert_above(self, *lines: str) -> Edit | None:
        """The edit that puts a statement before the one of the call, if that begins its row."""

    def replace(self, *lines: str) -> Edit | None:
        """The edit that puts an atom or a product in place of the call, if no comment is lost."""

    @property
    def repeated(self) -> bool:
        """Whether a loop or a comprehension of the same scope makes the call in each round."""

    def statement_text(self, statement: object) -> tuple[int, str] | None:
        """The row of another statement of the file, and its first row of text."""

    def keyword(self, name: str) -> Span:
        """A keyword argument, name and value."""

    def add_keyword(self, text: str) -> Edit | None:
        """The edit that adds ``text`` as the last argument, if it can be made."""

    def remove_keyword(self, name: str) -> Edit | None:
        """The edit that removes a keyword argument and its comma, if no comment would be lost."""

    def set_keyword(self, name: str, text: str) -> Edit | None:
        """The edit that gives a keyword argument another value, None if it would lose a comment."""

    def insert_in_subscripts(self, column: int, text: str) -> Edit | None:
        """The edit that inserts ``text`` at a column of a subscripts literal, if it can be made."""

    @property
    def surroundings(self) -> Surroundings | None:
        """The statement around the call; None where no other code can do the call's work."""


class Surroundings(Protocol):
    """A statement that evaluates a call once, and whose other parts may as well come after it.

    Only there can statements before it do the work of the call.
    """

    @property
    def numpy(self) -> str:
        """How the file calls NumPy at this place: ``np``."""

    @property
    def names(self) -> frozenset[str]:
        """The names that new code must not bind, because they have or may get a meaning here."""

    @property
    def target(self) -> str | None:
        """The one name to which the statement assigns the call's value, when it does only that."""

    @property
    def alone(self) -> bool:
        """Whether the statement is nothing but the call."""

    @property
    def ordinal(self) -> int:
        """How many calls of the same function the statement has before this one."""

    @property
    def guarded(self) -> bool:
        """Whether an error of the call may be caught in the same scope."""

    @property
    def computes(self) -> bool:
        """Whether the statement only computes other numbers from those of the call's value."""

    @property
    def writes_into(self) -> bool:
        """Whether code of the same scope may write into the value of the call."""

    @property
    def blocks(self) -> int:
        """How many blocks of the scope the statement stands in."""

    @property
    def indent(self) -> str:
        """One level of indentation."""

    @property
    def margin(self) -> int:
        """How many columns the statement, and new code before it, is indented by."""

    @property
    def operands(self) -> tuple[str, ...]:
        """The source text of each operand."""

    @property
    def readable(self) -> tuple[bool, ...]:
        """Whether each operand may as well be read later, and more than once."""

    def keyword(self, name: str) -> str | None:
        """The source text of the value of a keyword; None when it is not there."""

    def call_with(self, operands: Sequence[str]) -> str:
        """The source text of the call with other operands."""

    def replace(self, lines: Sequence[str], value: str | None) -> tuple[Edit, ...]:
        """The edits that put lines before the statement, in which ``value`` stands for the call.

        Without a value the lines take the place of the statement.  Comments stay.
        """


@dataclass(frozen=True, slots=True)
class Reading:
    """How one library reads the subscripts of a call."""

    dialect: Dialect
    equation: Equation | Malformed


def read_by(reading: Reading, operands: Sequence[ArrayFact], keywords: Iterable[str]) -> Reading:
    """The reading of a call with these operands, whose library may be left to do the work."""
    first = operands[0] if operands else None
    if first is None or not first.is_array or "backend" in keywords:
        return reading
    dialect, equation = backed_by(reading.dialect, first.library or "numpy"), reading.equation
    if isinstance(equation, Equation):
        equation = replace(equation, dialect=dialect)
    return Reading(dialect, equation)


@dataclass(frozen=True, slots=True)
class EinsumCall:
    """A call of einsum, or of a function that follows an einsum.

    ``readings`` has one entry for each library that the callee may stand for (more than one after a
    ``try``/``except`` import), and is never empty.  ``operands`` are those that are certain to be
    there, in order; ``complete`` is False when starred arguments may add others after them.
    ``keywords`` holds the constant values of the keywords, NOT_CONSTANT for the others;
    ``open_keywords`` says that ``**something`` may add more.  ``subscripts`` is the text that the
    columns of ``readings`` refer to; for the interleaved form it is put together from the sublists.
    """

    readings: tuple[Reading, ...]
    subscripts: str
    interleaved: bool
    operands: tuple[ArrayFact, ...]
    complete: bool
    keywords: Mapping[str, object]
    open_keywords: bool
    place: Place
    conflicts: tuple[RankConflict, ...] = ()
    used_ranks: tuple[tuple[int, int], ...] = ()
    """Operands of unknown rank to which all their other uses give the same one, and that rank."""
    listed: bool = False
    """The operands are given as one list."""
    error_expected: bool = False
    """The call stands where a test expects an error (``with pytest.raises(…):``)."""

    def agreed(self, check: Callable[[Reading], Iterable[Problem]]) -> Iterable[Problem]:
        """What ``check`` finds in the first reading, if it finds something in every one.

        Nothing where an error is expected.
        """
        if self.error_expected:
            return ()
        found = [tuple(check(reading)) for reading in self.readings]
        return found[0] if all(found) else ()

    @property
    def contracts_pairwise(self) -> bool:
        """Whether ``optimize=`` makes NumPy contract pair by pair, not all in one loop."""
        equation = self.readings[0].equation
        if self.readings[0].dialect is not NUMPY_OPTIMIZED or isinstance(equation, Malformed):
            return False
        given, terms = self.keywords.get("optimize"), len(equation.terms)
        if isinstance(given, list):
            return terms > 1
        if given is True or given in ("greedy", "optimal"):
            summed = set(equation.labels) != set(equation.result.labels)
            return terms == 2 or (terms > 2 and summed)
        return given is None and terms == 2  # no path is searched for, and two operands need none


@dataclass(frozen=True, slots=True)
class RankConflict:
    """Another use of an operand's array, which only runs when the operand has another rank.

    ``rank`` is the rank that the other use gives the operand; ``row`` and ``text`` say what it is.
    """

    operand: int
    rank: int
    row: int
    text: str


@dataclass(frozen=True, slots=True)
class EinsumChain:
    """Two calls, of which the first only computes one ``operand`` of the second.

    Nothing between them changes what the first one reads, so that it could as well be made where
    the second is; ``removal`` takes the statement of the first away.
    """

    first: EinsumCall
    second: EinsumCall
    operand: int
    removal: Edit

    @property
    def place(self) -> Place:
        """Where the second call stands."""
        return self.second.place


@dataclass(frozen=True, slots=True)
class EinsumSequence:
    """Calls of one block, each contracted pair by pair, between which nothing else is called.

    The statements from the first call to the last are counted from 0: ``at`` has that of each call,
    ``binds`` for each the name that it gives another value, ``changes`` those whose objects it may
    change.
    """

    calls: tuple[EinsumCall, ...]
    at: tuple[int, ...]
    binds: tuple[frozenset[str], ...]
    changes: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class EinsumSequences:
    """All sequences of calls of one function, or outside of functions."""

    sequences: tuple[EinsumSequence, ...]

    @property
    def place(self) -> Place:
        """Where the first call stands."""
        return self.sequences[0].calls[0].place


Fact = EinsumCall | EinsumChain | EinsumSequences | LoopNest | ArrayExpression | WastefulProduct
