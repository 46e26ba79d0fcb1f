"""What is reported: a finding, its place in the text, and perhaps a fix.  Values only."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from .trial import Trial


class Applicability(enum.IntEnum):
    """How far a fix may be trusted; ordered, so that "at least this level" is ``>=``."""

    DISPLAY = 0
    """A suggestion that a person must finish."""
    UNSAFE = 1
    """The same meaning, provided the assumptions that the message lists."""
    SAFE = 2
    """The same meaning for every input on which the original ran."""

    @property
    def label(self) -> str:
        """The name that reports print."""
        return self.name.lower()


class Position(NamedTuple):
    """A place in a text: row and column count from 1, columns in code points."""

    row: int
    column: int


class Span(NamedTuple):
    """The text from ``start`` up to, not including, ``end``."""

    start: Position
    end: Position


class Edit(NamedTuple):
    """Replace the text of a span by ``content``; an empty span inserts."""

    span: Span
    content: str


class Fix(NamedTuple):
    """Edits that belong together, what they do in a few words, and how far to trust them.

    ``trial`` is what must be executed before the fix is applied, if anything must.  ``repeats``:
    what it assumes is never at odds with what was assumed for the text that it finds.
    """

    message: str
    edits: tuple[Edit, ...]
    applicability: Applicability
    trial: Trial | None = None
    repeats: bool = False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fix) and self[:3] == other[:3]  # whatever the trials

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self[:3])


class Problem(NamedTuple):
    """What a rule yields: the engine adds the rule's code and name, and makes a Finding of it."""

    message: str
    span: Span
    fix: Fix | None = None


class Finding(NamedTuple):
    """One line of a report.

    ``noqa_row`` is the row on which a ``# noqa`` comment would silence it.  ``cell`` is the number
    of the notebook cell, from 1, and None outside notebooks.
    """

    code: str
    name: str
    message: str
    span: Span
    fix: Fix | None
    noqa_row: int
    cell: int | None = None
