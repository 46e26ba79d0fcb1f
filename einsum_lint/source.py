"""A Python file as text and as statements, and the places of its parts."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from .findings import Position, Span
from .keeping import Kept
from .screen import first_row, last_row, line_starts, lines_of
from .trees import children

_NOQA = re.compile(
    r"#\s*noqa(?::\s?(?P<codes>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*))?", re.IGNORECASE
)
_FILE_NOQA = re.compile(
    r"^[ \t]*#[ \t]*einsum-lint:[ \t]*noqa(?P<colon>:[ \t]*(?P<codes>[\w, \t]+))?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code.upper() for code in re.split(r"[,\s]+", text) if code)


@dataclass(frozen=True)
class Source:
    """One file.  ``text`` has its own line ends; rows count from 1."""

    text: str
    kept: Kept
    lines: Sequence[str] = field(repr=False)
    tree: ast.Module = field(repr=False)
    """The whole file, what is not kept too."""

    @classmethod
    def of(cls, text: str, kept: Kept, tree: ast.Module) -> Source:
        """The source of a text of which the statements ``kept`` are looked at."""
        return cls(text, kept, lines_of(text), tree)

    @cached_property
    def newline(self) -> str:
        """The line end that the file uses."""
        found = re.search(r"\r\n|\r|\n", self.text)
        return found[0] if found else "\n"

    @cached_property
    def starts(self) -> list[int]:
        """The offset at which each row begins."""
        return line_starts(self.text)

    def offset(self, position: Position) -> int:
        """The index into the text of a position."""
        return self.starts[position.row - 1] + position.column - 1

    def position(self, offset: int) -> Position:
        """The position of an index into the text."""
        row = bisect_right(self.starts, offset)
        return Position(row, offset - self.starts[row - 1] + 1)

    def slice(self, span: Span) -> str:
        """The text of a span."""
        return self.text[self.offset(span.start) : self.offset(span.end)]

    def span(self, node: ast.expr | ast.stmt | ast.keyword) -> Span:
        """The place of a node of the ``ast`` tree."""
        end_row = node.end_lineno or node.lineno
        end = node.col_offset if node.end_col_offset is None else node.end_col_offset
        return Span(self._position(node.lineno, node.col_offset), self._position(end_row, end))

    def mentions(self, node: ast.stmt, word: str) -> bool:
        """Whether a word stands anywhere on the rows of a statement."""
        end = self.starts[last_row(node)] if last_row(node) < len(self.starts) else len(self.text)
        return self.text.find(word, self.starts[node.lineno - 1], end) >= 0

    def _position(self, row: int, column: int) -> Position:
        line = self.lines[row - 1]
        if not line.isascii():
            column = len(line.encode()[:column].decode(errors="replace"))
        return Position(row, column + 1)

    def text_of(self, node: ast.expr) -> str:
        """The source text of an expression that stands in no f-string."""
        line = self.lines[node.lineno - 1]
        if node.end_lineno == node.lineno and line.isascii():
            return line[node.col_offset : node.end_col_offset]
        return self.slice(self.span(node))

    def logical_rows(self, statement: ast.stmt) -> range:
        """The rows of a statement; of a compound one, those of its header."""
        compound = isinstance(statement, ast.Match) or hasattr(statement, "body")
        last = _last_of_header(statement) if compound else last_row(statement)
        return range(first_row(statement), last + 1)

    def silenced(self, code: str, rows: range) -> bool:
        """Whether a ``# noqa`` comment on one of these rows, or for the file, names the code."""
        if any(not codes or code.startswith(codes) for codes in self._file_noqa):
            return True
        if not self._has_noqa:
            return False
        for row in rows:
            found = _NOQA.search(self.lines[row - 1])
            if found and (not found["codes"] or code.startswith(_codes(found["codes"]))):
                return True
        return False

    @cached_property
    def _has_noqa(self) -> bool:
        return "noqa" in self.text.lower()

    @cached_property
    def _file_noqa(self) -> tuple[tuple[str, ...], ...]:
        if not self._has_noqa:
            return ()
        return tuple(_codes(found["codes"] or "") for found in _FILE_NOQA.finditer(self.text))


def _last_of_header(statement: ast.stmt) -> int:
    """The last row of the expressions that a compound statement has itself."""
    last = statement.lineno
    todo: list[ast.AST] = [statement]
    while todo:
        for child in children(todo.pop()):
            own = child.guard if isinstance(child, ast.match_case) else child
            if isinstance(own, ast.expr):
                last = max(last, own.end_lineno or own.lineno)
            elif own is not None and not isinstance(own, (ast.stmt, ast.ExceptHandler)):
                todo.append(own)
    return last
