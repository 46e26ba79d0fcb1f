"""Rows of a text: where statements begin, the comments among them, and edits that take some out."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from .findings import Edit, Position, Span
from .screen import first_row, inner_statements
from .source import Source

FORMATTED: Final = tuple(
    getattr(ast, name) for name in ("JoinedStr", "TemplateStr") if hasattr(ast, name)
)
"""Strings with expressions in them."""
LINE_END: Final = re.compile(r"\r\n|\r|\n")

_ROW_END = re.compile(r"[ \t\f]*;?[ \t\f]*(?P<comment>#.*)?")
_INDENT = re.compile(r"[ \t\f]*")
_FORM_FEEDS = re.compile(r"[ \t\f]*\f")


def leading(source: Source, row: int) -> str:
    """The spaces that a row begins with, form feeds among them."""
    found = _INDENT.match(source.lines[row - 1])
    return found[0] if found else ""


def indentation(source: Source, row: int) -> str:
    """The indentation of a row, without the form feeds before it."""
    return leading(source, row).rpartition("\f")[2]


def level(source: Source) -> str:
    """One level of indentation, as the first block of a file has it."""
    for node in source.tree.body:
        if isinstance(node, ast.Match):
            return indentation(source, node.cases[0].pattern.lineno)
        for first in inner_statements(node):
            if begins_block(source, first):
                return indentation(source, first_row(first))
    return " " * 4


def begins_block(source: Source, first: ast.stmt) -> bool:
    """Whether the first statement of a block begins a row, or does so with its decorators."""
    return begins_row(source, Position(first_row(first), source.span(first).start.column))


def begins_row(source: Source, start: Position) -> bool:
    """Whether nothing stands before a statement in its row, nor continues into it."""
    prefix = source.lines[start.row - 1][: start.column - 1]
    above = source.lines[start.row - 2].lstrip() if start.row > 1 else ""
    continued = above.endswith("\\") and not above.startswith("#")
    marked = start.row == 1 and source.text.startswith("\ufeff")
    return _INDENT.fullmatch(prefix) is not None and not continued and not marked


def comment_behind(source: Source, end: Position) -> re.Match[str] | None:
    """What stands behind a statement in its row, when that is a comment at most."""
    return _ROW_END.fullmatch(source.lines[end.row - 1], end.column - 1)


def has_its_rows(source: Source, node: ast.stmt) -> bool:
    """Whether nothing else than a comment stands in the rows of a statement."""
    span = source.span(node)
    return begins_row(source, span.start) and comment_behind(source, span.end) is not None


def newline_of(source: Source, row: int) -> str:
    """The line end of a row."""
    at = source.starts[row - 1] + len(source.lines[row - 1])
    found = LINE_END.match(source.text, at)
    return found[0] if found else source.newline


def whole_rows(source: Source, first: int, last: int) -> Span:
    """Rows with their line ends, but for the form feeds at the beginning."""
    start = Position(first, leading(source, first).rfind("\f") + 2)
    if last < len(source.lines):
        return Span(start, Position(last + 1, 1))
    return Span(start, Position(last, len(source.lines[last - 1]) + 1))


def without_statement(source: Source, node: ast.stmt) -> Edit:
    """The edit that removes a statement which has its rows to itself, and keeps its comments."""
    span = source.span(node)
    comments = comments_of(source.lines[span.start.row - 1 : span.end.row])
    if not comments:
        return Edit(whole_rows(source, span.start.row, span.end.row), "")
    end = Position(span.end.row, len(source.lines[span.end.row - 1]) + 1)
    between = newline_of(source, span.start.row) + indentation(source, span.start.row)
    return Edit(Span(span.start, end), between.join(comments))


def comments_in(source: Source, span: Span) -> list[str]:
    """The comments inside an expression."""
    return comments_of(LINE_END.split(f"({source.slice(span)}\n)"))


def comments_of(rows: Sequence[str]) -> list[str]:
    """The comments in rows of whole statements."""
    text = "".join(f"{row}\n" for row in rows)
    if "#" not in text:
        return []
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


def rows_inside_strings(statements: Iterable[ast.stmt]) -> Iterator[int]:
    """The rows that begin inside a string, whose spaces are its own."""
    for node in (inner for statement in statements for inner in ast.walk(statement)):
        if isinstance(node, (ast.Constant, *FORMATTED)) and isinstance(node, ast.expr):
            yield from range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)


def dedented(line: str, indent: str) -> str:
    """A row without the indentation of its block, or what it has of it."""
    found = _FORM_FEEDS.match(line)
    plain = line[found.end() :] if found else line
    return plain[len(indent) :] if plain.startswith(indent) else plain.lstrip()
