"""The libcst trees of a file, one block at a time: those of functions while these are walked.

A libcst tree takes some three hundred times the memory of its text.  Positions come from ``ast``,
which computes them at the speed of C: the two trees hold the same statements in the same order, and
the same calls in each.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import libcst as cst

from .concrete import parts
from .keeping import Kept, kept_rows
from .names import FUNCTIONS
from .reading import UnreadableError
from .rows import begins_block
from .screen import first_row, inner_statements, last_row
from .source import Source
from .stages import Clock, off
from .trees import children

Function = ast.FunctionDef | ast.AsyncFunctionDef
Statement = cst.BaseSmallStatement | cst.BaseCompoundStatement

_ITS_PLACE = re.compile(r"error at \d+:\d+: ")  # in the text of a block
_SMALL = frozenset({ast.Assign, ast.AugAssign, ast.Expr, ast.Return, ast.Import, ast.ImportFrom})


class Blocks:
    """The trees of the blocks of a file of which there is one at present."""

    def __init__(self, source: Source, clock: Clock = off) -> None:
        self._source = source
        self._clock = clock
        self.statements: dict[Statement, ast.stmt] = {}
        """The ``ast`` statement of each libcst statement."""
        self._calls: tuple[ast.stmt | None, Mapping[cst.Call, ast.Call]] = (None, {})

    def module(self) -> cst.Module:
        """The tree of the kept statements of the file.

        UnreadableError if libcst can't parse one; so do the other methods.
        """
        module = self._parsed(self._source.kept.body, "")
        self.statements.update(self._paired(module.body, self._source.kept.body))
        return module

    def is_apart(self, function: Function) -> bool:
        """Whether the body of a function has a tree of its own: it begins a row."""
        return begins_block(self._source, function.body[0])

    @contextmanager
    def body(self, function: Function, found: cst.BaseSuite | None) -> Iterator[cst.BaseSuite]:
        """The tree of the body of a function, as long as the context lasts.

        ``found`` is the one that is there already, where it is not apart.
        """
        if found is None:
            (block,) = self._parsed(function.body, "if 1:\n").body
            assert isinstance(block, cst.If)
            found = block.body
        own = dict(self._paired(found.body, function.body))
        self.statements.update(own)
        try:
            yield found
        finally:
            for statement in own:
                del self.statements[statement]
            self._calls = (None, {})

    def call(self, concrete: Statement, statement: ast.stmt, call: cst.Call) -> ast.Call | None:
        """The ``ast`` node of a call that stands in a statement itself, not in its body.

        None inside an f-string, whose parts have no position before Python 3.12.
        """
        whole = getattr(statement, "value", None)
        if isinstance(whole, ast.Call) and getattr(concrete, "value", None) is call:
            return whole
        if self._calls[0] is not statement:
            ours = [node for node in _own_nodes(concrete) if isinstance(node, cst.Call)]
            theirs = _own_calls(statement)
            alike = len(ours) == len(theirs)
            self._calls = statement, dict(zip(ours, theirs, strict=True)) if alike else {}
        return self._calls[1].get(call)

    def _parsed(self, body: Sequence[ast.stmt], header: str) -> cst.Module:
        lines, kept = self._source.lines, self._source.kept
        rows = {row: lines[row - 1] for row in kept_rows(body, kept)}
        for function in _functions(body, kept):
            if self.is_apart(function):
                first = first_row(function.body[0])
                line = lines[first - 1]
                rows[first] = f"{line[: len(line) - len(line.lstrip())]}..."
                for row in range(first + 1, last_row(function) + 1):
                    del rows[row]
        for row, line in rows.items():
            if line.endswith("\\") and row + 1 not in rows:  # it goes on to an empty row
                rows[row] = line.removesuffix("\\")
        text = header + "".join(f"{line}\n" for line in rows.values())
        try:
            with self._clock("libcst"):
                return cst.parse_module(text)
        except cst.ParserSyntaxError as error:
            at = min(error.raw_line - header.count("\n"), len(rows)) - 1
            row = list(rows)[max(at, 0)] if rows else 1
            why = _ITS_PLACE.sub("", error.message)
            raise UnreadableError(f"libcst can't parse this: {why}", row) from error
        except RecursionError as error:
            raise UnreadableError("nested too deeply to be analysed") from error

    def _paired(
        self, ours: Sequence[cst.CSTNode], theirs: Sequence[ast.stmt]
    ) -> Iterator[tuple[Statement, ast.stmt]]:
        for mine, other in zip(_statements(ours), theirs, strict=True):
            yield mine, other
            if type(other) in _SMALL:
                continue
            match mine, other:
                case cst.If(), ast.If():
                    yield from self._paired(_body(mine.body), other.body)
                    if isinstance(mine.orelse, cst.If):
                        yield from self._paired((mine.orelse,), other.orelse)
                    elif mine.orelse is not None:
                        yield from self._paired(_body(mine.orelse.body), other.orelse)
                case ((cst.For() | cst.While()), (ast.For() | ast.AsyncFor() | ast.While())):
                    yield from self._paired(_body(mine.body), other.body)
                    if mine.orelse is not None:
                        yield from self._paired(_body(mine.orelse.body), other.orelse)
                case ((cst.Try() | cst.TryStar()), (ast.Try() | ast.TryStar())):
                    yield from self._paired(_body(mine.body), other.body)
                    bodies = [handler.body for handler in mine.handlers]
                    for body, their_handler in zip(bodies, other.handlers, strict=True):
                        yield from self._paired(_body(body), their_handler.body)
                    if mine.orelse is not None:
                        yield from self._paired(_body(mine.orelse.body), other.orelse)
                    if mine.finalbody is not None:
                        yield from self._paired(_body(mine.finalbody.body), other.finalbody)
                case cst.With(), (ast.With() | ast.AsyncWith()):
                    yield from self._paired(_body(mine.body), other.body)
                case cst.ClassDef(), ast.ClassDef():
                    members = self._source.kept.members.get(other, other.body)
                    yield from self._paired(_body(mine.body), members)
                case cst.Match(), ast.Match():
                    for case, their_case in zip(mine.cases, other.cases, strict=True):
                        yield from self._paired(_body(case.body), their_case.body)


def _statements(block: Sequence[cst.CSTNode]) -> Iterator[Statement]:
    """The statements of a block, each of those that share a row."""
    for node in block:
        if isinstance(node, cst.SimpleStatementLine):
            yield from node.body
        elif isinstance(node, (cst.BaseCompoundStatement, cst.BaseSmallStatement)):
            yield node


def _functions(body: Iterable[ast.stmt], kept: Kept) -> Iterator[Function]:
    """The functions of a block, those of its classes and of other blocks in it, not inner ones."""
    for node in body:
        if isinstance(node, FUNCTIONS):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(kept.members.get(node, node.body), kept)
        else:
            yield from _functions(inner_statements(node), kept)


def _body(suite: cst.BaseSuite) -> Sequence[cst.CSTNode]:
    return suite.body


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
