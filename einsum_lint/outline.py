"""A text without the functions and classes that have nothing to do with what is looked for.

Python's parser takes longer than all scans together, and most of a large file is not asked for.
What can't be left out with certainty, by the look of the lines alone, stays.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from .screen import declared_names

_TOP: Final = re.compile(r"\n(?=[^\s#)\]}])")  # many times as fast as ^
_DEFINITION: Final = re.compile(r"(?:async[ \t]+)?def[ \t]+(\w+)|class[ \t]+(\w+)")
_DEFINITIONS: Final = re.compile(r"^(?:(?:async[ \t]+)?def|class)[ \t]+(\w+)", re.MULTILINE)
_CALLED: Final = re.compile(r"\b([A-Za-z_]\w*)[ \t]*\(")
_READERS: Final = ("import numexpr", "from numexpr", "import pandas", "from pandas")
"""What lets a function read names by their text wherever it is imported: see ``frames.py``."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A text with as many rows, in which what is left out is blank; and the names of that."""

    text: str
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Piece:
    """The lines from one that is not indented to the next; ``name`` of a function or class."""

    begin: int
    end: int
    name: str
    is_function: bool
    asked: bool


def outline(text: str, rows: Sequence[int]) -> Outline:
    """The text without the functions and classes of the module that hold none of some rows.

    Functions that the rest calls stay as well.  ``rows`` are in order, and count from 1.
    """
    whole = Outline(text)
    if "\r" in text or "\f" in text:
        return whole
    if declared_names(text) or any(_is_indented(text, word) for word in _READERS):
        return whole
    pieces = list(_pieces(text, rows))
    if any(piece.asked and not piece.name for piece in pieces):
        return whole  # functions may read what the module binds there
    kept = [piece for piece in pieces if piece.asked or not piece.name]
    left = {piece.name: piece for piece in pieces if piece.is_function and not piece.asked}
    todo = list(kept)
    while todo and left:
        piece = todo.pop()
        called = {found[1] for found in _CALLED.finditer(text, piece.begin, piece.end)}
        again = [left.pop(name) for name in called & left.keys()]
        kept += again
        todo += again
    staying = set(kept)
    parts = [
        text[piece.begin : piece.end]
        if piece in staying
        else "\n" * text.count("\n", piece.begin, piece.end)
        for piece in pieces
    ]
    # A string may have hidden where a piece ends, so that it holds several definitions.
    gone = [text[piece.begin : piece.end] for piece in pieces if piece not in staying]
    names = (name for part in gone for name in _DEFINITIONS.findall(part))
    return Outline("".join(parts), frozenset(names))


def _is_indented(text: str, word: str) -> bool:
    """Whether a line that is indented begins with a word."""
    at = text.find(word)
    while at >= 0:
        if text[text.rfind("\n", 0, at) + 1 : at].isspace():
            return True
        at = text.find(word, at + 1)
    return False


def _pieces(text: str, rows: Sequence[int]) -> Iterator[_Piece]:
    """The pieces of a text in order; decorators belong to what they decorate."""
    begins = [0, *(found.end() for found in _TOP.finditer(text))]
    row = 1
    first: int | None = None
    name, is_function = "", False
    for begin, end in zip(begins, [*begins[1:], len(text)], strict=True):
        if first is None or (text.startswith("@", first) and not name):
            found = _DEFINITION.match(text, begin)
            name = (found[1] or found[2]) if found else ""
            is_function = bool(found and found[1])
        first = begin if first is None else first
        decorates = text.startswith("@", first) and not name
        if end < len(text) and (decorates or _in_string(text, first, end)):
            continue
        after = row + text.count("\n", first, end)
        at = bisect_left(rows, row)
        yield _Piece(first, end, name, is_function, at < len(rows) and rows[at] < after)
        first, row = None, after


def _in_string(text: str, begin: int, end: int) -> bool:
    """Whether a piece that ends here would end within a string of several rows."""
    return any(text.count(quotes, begin, end) % 2 for quotes in ('"""', "'''"))
