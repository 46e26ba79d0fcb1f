"""Excerpts of source text with carets under a span, aligned in the cells of a terminal."""

from __future__ import annotations

import io
import re
import tokenize
from typing import Final

from ..findings import Span

_TAB: Final = 4
_ROWS: Final = 4
"""How many rows of a span are shown."""
_CONTROL: Final = {code: 0x2400 + code for code in range(32) if chr(code) != "\t"} | {127: 0x2421}
"""Control characters as pictures of them: a source text must not be able to drive the terminal."""


def source_lines(data: bytes) -> list[str]:
    """The lines of a Python file, as well as they can be decoded."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding, "replace")
    except (SyntaxError, LookupError):
        text = data.decode("utf-8", "replace")
    return re.split(r"\r\n|\r|\n", text)


def excerpt(lines: list[str], span: Span) -> list[tuple[int, str, str]]:
    """Row number, text and carets for the first rows of a span."""
    first, last = span.start.row, max(span.end.row, span.start.row)
    shown = []
    for row in range(first, min(last, first + _ROWS - 1) + 1):
        if not 0 < row <= len(lines):
            break
        line = lines[row - 1]
        start = span.start.column - 1 if row == first else len(line) - len(line.lstrip())
        end = span.end.column - 1 if row == last else len(line.rstrip())
        before, within = _printable(line[:start], 0), _printable(line[:end], 0)
        carets = max(_cells(within) - _cells(before), 1 if row == first else 0)
        text = _printable(line, 0).rstrip()
        shown.append((row, text, (" " * _cells(before) + "^" * carets).rstrip()))
    return shown


def _printable(text: str, column: int) -> str:
    """Text with tabs as spaces and control characters as pictures."""
    pieces = []
    for piece in re.split("(\t)", text.translate(_CONTROL)):
        made = " " * (_TAB - column % _TAB) if piece == "\t" else piece
        pieces.append(made)
        column += _cells(made)
    return "".join(pieces)


def _cells(text: str) -> int:
    """How many cells of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
