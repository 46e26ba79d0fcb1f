"""A Python file as text, as statements and as one libcst tree, and the places of its parts.

The libcst tree is what is analysed.  Positions come from ``ast``, which computes them at the speed
of C: the two trees hold the same statements in the same order, and the same calls in each.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import libcst as cst

from .concrete import parts
from .findings import Position, Span
from .reading import UnreadableError
from .screen import Kept, elide, first_row, last_row, line_starts
from .trees import children

Statement = cst.BaseSmallStatement | cst.BaseCompoundStatement


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
    _calls: dict[Statement, dict[cst.Call, ast.Call]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, text: str, kept: Kept, tree: ast.Module) -> Source:
        """The source of a text of which the statements ``kept`` are looked at."""
        return cls(text, kept, re.split(r"\r\n|\r|\n", text), tree)

    @cached_property
    def newline(self) -> str:
        """The line end that the file uses."""
        found = re.search(r"\r\n|\r|\n", self.text)
        return found[0] if found else "\n"

    @cached_property
    def module(self) -> cst.Module:
        """The tree of the kept statements."""
        text, rows = elide(self.lines, self.kept)
        try:
            return cst.parse_module(text)
        except cst.ParserSyntaxError as error:
            row = rows[min(error.raw_line, len(rows)) - 1] if rows else 1
            raise UnreadableError(f"libcst can't parse this: {error.message}", row) from error
        except RecursionError as error:
            raise UnreadableError("nested too deeply to be analysed") from error

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

    @cached_property
    def statements(self) -> dict[Statement, ast.stmt]:
        """The ``ast`` statement of each libcst statement."""
        return dict(_paired(self.module.body, self.kept.body, self.kept))

    def call(self, statement: Statement, call: cst.Call) -> ast.Call | None:
        """The ``ast`` node of a call that stands in a statement itself, not in its body.

        None inside an f-string, whose parts have no position before Python 3.12.
        """
        if statement not in self._calls:
            ours = [node for node in _own_nodes(statement) if isinstance(node, cst.Call)]
            theirs = _own_calls(self.statements[statement])
            alike = len(ours) == len(theirs)
            self._calls[statement] = dict(zip(ours, theirs, strict=True)) if alike else {}
        return self._calls[statement].get(call)

    def logical_rows(self, statement: Statement) -> range:
        """The rows of a statement; of a compound one, those of its header."""
        node = self.statements[statement]
        rows = [n.end_lineno or n.lineno for n in _own(node) if isinstance(n, ast.expr)]
        simple = not isinstance(statement, cst.BaseCompoundStatement)
        last = (node.end_lineno or node.lineno) if simple else max(rows, default=node.lineno)
        return range(first_row(node), last + 1)

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


def statements(block: Sequence[cst.CSTNode]) -> Iterator[Statement]:
    """The statements of a block, each of those that share a row."""
    for node in block:
        if isinstance(node, cst.SimpleStatementLine):
            yield from node.body
        elif isinstance(node, (cst.BaseCompoundStatement, cst.BaseSmallStatement)):
            yield node


def _body(suite: cst.BaseSuite) -> Sequence[cst.CSTNode]:
    return suite.body


def _paired(
    ours: Sequence[cst.CSTNode], theirs: Sequence[ast.stmt], kept: Kept
) -> Iterator[tuple[Statement, ast.stmt]]:
    for mine, other in zip(statements(ours), theirs, strict=True):
        yield mine, other
        match mine, other:
            case cst.If(), ast.If():
                yield from _paired(_body(mine.body), other.body, kept)
                if isinstance(mine.orelse, cst.If):
                    yield from _paired((mine.orelse,), other.orelse, kept)
                elif mine.orelse is not None:
                    yield from _paired(_body(mine.orelse.body), other.orelse, kept)
            case ((cst.For() | cst.While()), (ast.For() | ast.AsyncFor() | ast.While())):
                yield from _paired(_body(mine.body), other.body, kept)
                if mine.orelse is not None:
                    yield from _paired(_body(mine.orelse.body), other.orelse, kept)
            case ((cst.Try() | cst.TryStar()), (ast.Try() | ast.TryStar())):
                yield from _paired(_body(mine.body), other.body, kept)
                bodies = [handler.body for handler in mine.handlers]
                for body, their_handler in zip(bodies, other.handlers, strict=True):
                    yield from _paired(_body(body), their_handler.body, kept)
                if mine.orelse is not None:
                    yield from _paired(_body(mine.orelse.body), other.orelse, kept)
                if mine.finalbody is not None:
                    yield from _paired(_body(mine.finalbody.body), other.finalbody, kept)
            case cst.With(), (ast.With() | ast.AsyncWith()):
                yield from _paired(_body(mine.body), other.body, kept)
            case cst.FunctionDef(), (ast.FunctionDef() | ast.AsyncFunctionDef()):
                yield from _paired(_body(mine.body), other.body, kept)
            case cst.ClassDef(), ast.ClassDef():
                yield from _paired(_body(mine.body), kept.members.get(other, other.body), kept)
            case cst.Match(), ast.Match():
                for case, their_case in zip(mine.cases, other.cases, strict=True):
                    yield from _paired(_body(case.body), their_case.body, kept)


_STRINGS = tuple(getattr(ast, name) for name in ("JoinedStr", "TemplateStr") if hasattr(ast, name))
_OTHERS = frozenset({
    cst.IndentedBlock, cst.SimpleStatementSuite, cst.Else, cst.Finally, cst.ExceptHandler,
    cst.ExceptStarHandler, cst.FormattedString,
    getattr(cst, "TemplatedString", cst.FormattedString),
})  # fmt: skip


def _own_nodes(statement: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The nodes of a statement in the order of the text, without its blocks and its f-strings."""
    todo = _own_children(statement)
    while todo:  # long sums nest too deep to recurse
        node = todo.pop()
        yield node
        todo += _own_children(node)


def _own_children(node: cst.CSTNode) -> list[cst.CSTNode]:
    """The children of a node that are its statement's own, the last first."""
    own: list[cst.CSTNode] = []
    orelse = node.orelse if type(node) is cst.If else None
    for child in parts(node):
        if type(child) is cst.MatchCase:
            own += [child.guard] if child.guard is not None else []
        elif type(child) not in _OTHERS and child is not orelse:
            own.append(child)
    return own[::-1]


def _own(statement: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a statement, without the statements inside it and its f-strings."""
    todo = [statement]
    while todo:
        for child in children(todo.pop()):
            if isinstance(child, ast.match_case) and child.guard is not None:
                todo.append(child.guard)
                yield child.guard
            elif not isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case, *_STRINGS)):
                todo.append(child)
                yield child


def _own_calls(statement: ast.stmt) -> list[ast.Call]:
    calls = [node for node in _own(statement) if isinstance(node, ast.Call)]
    return sorted(
        calls,
        key=lambda c: (c.lineno, c.col_offset, -(c.end_lineno or 0), -(c.end_col_offset or 0)),
    )
