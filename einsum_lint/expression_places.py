"""Where an expression stands in the text, and the edits that replace it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from .findings import Edit, Position, Span
from .line_width import DEFAULT_LINE_LENGTH
from .rows import (
    FORMATTED,
    LINE_END,
    begins_row,
    comments_in,
    has_its_rows,
    indentation,
    leading,
    newline_of,
    without_statement,
)
from .screen import first_row
from .source import Source

TAB = 4
"""Columns of a tab, as formatters count."""
_TO_COLON = re.compile(r"(?:[\s),]|\\\r?\n|#[^\r\n]*)*:")
_WORD = re.compile(r"\w")


@dataclass(frozen=True)
class ExpressionPlace:
    """The place of an expression in a statement."""

    source: Source
    statement: ast.stmt
    node: ast.expr
    line_length: int = DEFAULT_LINE_LENGTH
    temporaries: tuple[ast.Assign, ...] = ()
    """Assignments before the statement, of whose values the expression is made up as well."""

    @cached_property
    def _in_string(self) -> bool:
        return in_string((self.statement,), self.node)

    @cached_property
    def header(self) -> Span:
        """The expression; the statement when it stands in an f-string."""
        return span_of(self.source, self.statement if self._in_string else self.node)

    @property
    def rows(self) -> range:
        """The rows of the statement; of a compound one, those of its header."""
        end = span_of(self.source, self.statement).end.row
        return range(first_row(self.statement), max(end, self.header.end.row) + 1)

    @property
    def text(self) -> str:
        """The expression, in parentheses where it needs them to stand on several rows."""
        rows = LINE_END.split(self.source.slice(self.header))
        text = "\n".join(rows)
        return text if len(rows) == 1 or _kind(text) is not None else f"({text})"

    @property
    def steps(self) -> tuple[str, ...]:
        """The assignments of the temporaries."""
        return tuple(
            LINE_END.sub("\n", self.source.slice(self.source.span(node)))
            for node in self.temporaries
        )

    @property
    def width(self) -> int:
        """The columns between what stands before the expression and what stands behind."""
        start, end = self.header.start, self.header.end
        before = self.source.lines[start.row - 1][: start.column - 1]
        behind = self.source.lines[end.row - 1][end.column - 1 :].partition("#")[0].rstrip()
        return max(self.line_length - len(before.expandtabs(TAB)) - len(behind), 1)

    def replace(self, lines: tuple[str, ...], drop: tuple[str, ...]) -> tuple[Edit, ...] | None:
        """The edits that put an expression in place of this one, and drop what it is made up of.

        Its comments are put before the statement, None when that can't be done.
        """
        written = self._written(lines)
        if written is None or not all(has_its_rows(self.source, n) for n in self.temporaries):
            return None
        return (*(without_statement(self.source, node) for node in self.temporaries), *written)

    def _written(self, lines: tuple[str, ...]) -> tuple[Edit, ...] | None:
        source, span = self.source, self.header
        if self._in_string:
            return None
        newline = newline_of(source, span.start.row)
        rows = [row for line in lines for row in line.split("\n")]
        alone = getattr(self.statement, "value", None) is self.node
        alone = alone and (len(rows) == 1 or _kind("\n".join(rows)) is not None)
        text = f"{newline}{indentation(source, span.start.row)}".join(rows)
        replacement = Edit(span, fitted(source, self.node, text, alone=alone))
        comments = comments_in(source, span)
        if not comments:
            return (replacement,)
        row = first_row(self.statement)
        indent = indentation(source, row)
        at = Position(row, len(leading(source, row)) + 1)
        if not begins_row(source, source.span(self.statement).start) or at > span.start:
            return None
        above = "".join(f"{comment}{newline}{indent}" for comment in comments)
        if at == span.start:
            return (Edit(span, above + replacement.content),)
        return Edit(Span(at, at), above), replacement


def span_of(source: Source, node: ast.expr | ast.stmt) -> Span:
    """The place of an expression or a statement; of a compound statement, that of its header."""
    span = source.span(node)
    last = _last_of_header(node)
    if last is None:
        return span
    end = source.span(last).end
    found = _TO_COLON.match(source.text, source.offset(end))
    return Span(span.start, end if found is None else source.position(found.end()))


def _last_of_header(node: ast.AST) -> ast.expr | None:
    """The last expression in the header of a compound statement."""
    match node:
        case ast.For(iter=last) | ast.AsyncFor(iter=last) | ast.Match(subject=last):
            return last
        case ast.If(test=last) | ast.While(test=last):
            return last
        case ast.With(items=[*_, item]) | ast.AsyncWith(items=[*_, item]):
            return item.optional_vars or item.context_expr
    return None


def in_string(statements: Iterable[ast.stmt], node: ast.expr) -> bool:
    """Whether an expression stands in an f-string, where it can't be replaced."""
    strings = (
        s for statement in statements for s in ast.walk(statement) if isinstance(s, FORMATTED)
    )
    return any(inner is node for string in strings for inner in ast.walk(string))


def _kind(text: str) -> type[ast.expr] | None:
    """What an expression is, None when it can't stand on its own."""
    try:
        return type(ast.parse(text, mode="eval").body)
    except SyntaxError:
        return None


_CLOSED = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.List, ast.ListComp, ast.Dict)


def fitted(source: Source, node: ast.expr, text: str, *, alone: bool) -> str:
    """A text for the place of an expression: in parentheses where it could fall apart."""
    span = source.span(node)
    kind = _kind(text)
    if isinstance(node, ast.GeneratorExp) or not (alone or (kind and issubclass(kind, _CLOSED))):
        text = f"({text})"
    before = source.lines[span.start.row - 1][: span.start.column - 1]
    behind = source.lines[span.end.row - 1][span.end.column - 1 :]
    left = " " if _WORD.match(before[-1:]) and _WORD.match(text) else ""
    right = " " if _WORD.match(text[-1:]) and _WORD.match(behind) else ""
    return f"{left}{text}{right}"
