"""The libcst tree of the statements that are kept of a file, without what the small ones say.

libcst takes ten times as long as ``ast`` for an expression, and its tree three hundred times the
memory of the text.  It reads the blocks, and in place of each run of statements without blocks one
``...``: what these compute is inferred from their ``ast`` trees, which have the positions, too.  Of
those it reads the calls of einsum (``call.py``).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from itertools import groupby

import libcst as cst

from ..bindings import Function
from ..keeping import kept_rows
from ..reading import UnreadableError
from ..rows import begins_block
from ..screen import first_row, last_row
from ..source import Source

Statement = cst.BaseSmallStatement | cst.BaseCompoundStatement

_ITS_PLACE = re.compile(r"error at (?P<row>\d+):\d+: ")  # in the text that libcst reads


class Skeleton:
    """The tree, and which statements each of its nodes stands for.

    UnreadableError if libcst can't parse it.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        body = source.kept.body
        self.tree = self._parsed(body)
        self.statements: dict[Statement, tuple[ast.stmt, ...]] = {}
        """The statements that a node stands for: one, or a run of statements without blocks."""
        self.bodies: dict[Function, cst.BaseSuite] = {}
        self._pair(self.tree.body, body)

    def compound(self, node: cst.BaseCompoundStatement) -> ast.stmt:
        """The statement that a node with blocks is."""
        (statement,) = self.statements[node]
        return statement

    def _parsed(self, body: Sequence[ast.stmt]) -> cst.Module:
        lines = self._source.lines
        rows = {row: lines[row - 1] for row in kept_rows(body, self._source.kept)}
        self._elide(rows, body)
        for row, line in rows.items():
            if line.endswith("\\") and row + 1 not in rows:  # it goes on to an empty row
                rows[row] = line.removesuffix("\\")
        try:
            return cst.parse_module("".join(f"{line}\n" for line in rows.values()))
        except cst.ParserSyntaxError as error:
            place = _ITS_PLACE.search(error.message)  # raw_line may be that of the next row
            at = min(int(place["row"]) if place else error.raw_line, len(rows)) - 1
            row = list(rows)[max(at, 0)] if rows else 1
            why = _ITS_PLACE.sub("", error.message)
            raise UnreadableError(f"libcst can't parse this: {why}", row) from error
        except RecursionError as error:
            raise UnreadableError("nested too deeply to be analysed") from error

    def _elide(self, rows: dict[int, str], body: Sequence[ast.stmt]) -> None:
        """Put ``...`` for each run of statements without blocks that has its rows for itself."""
        own_rows = begins_block(self._source, body[0]) if body else False
        for run in self._runs(body):
            for block in self._blocks(run[0]):
                self._elide(rows, block)
            if own_rows and not self._blocks(run[0]):
                first = first_row(run[0])
                margin = len(rows[first]) - len(rows[first].lstrip())
                rows[first] = f"{rows[first][:margin]}..."
                for row in range(first + 1, last_row(run[-1]) + 1):
                    rows.pop(row, None)

    def _runs(self, body: Sequence[ast.stmt]) -> Iterator[tuple[ast.stmt, ...]]:
        """The statements of a block: those together that have no blocks and follow each other.

        Each alone in a block on the row of its header.
        """
        own_rows = begins_block(self._source, body[0]) if body else False
        for is_small, found in groupby(body, lambda node: not self._blocks(node)):
            if is_small and own_rows:
                yield tuple(found)
            else:
                yield from ((node,) for node in found)

    def _blocks(self, node: ast.stmt) -> list[Sequence[ast.stmt]]:
        """The blocks of a statement, in the order of the text."""
        match node:
            case ast.ClassDef(body=body):
                return [self._source.kept.members.get(node, body)]
            case ast.Match(cases=cases):
                return [case.body for case in cases]
            case ast.Try() | ast.TryStar():
                handlers = [handler.body for handler in node.handlers]
                found = [node.body, *handlers, node.orelse, node.finalbody]
            case _:
                found = [getattr(node, "body", []), getattr(node, "orelse", [])]
        return [block for block in found if block]

    def _pair(self, ours: Sequence[cst.CSTNode], theirs: Sequence[ast.stmt]) -> None:
        for mine, run in zip(_statements(ours), self._runs(theirs), strict=True):
            self.statements[mine] = run
            suites, blocks = _suites(mine), self._blocks(run[0])
            for suite, block in zip(suites, blocks, strict=True):
                self._pair(suite.body if isinstance(suite, cst.BaseSuite) else (suite,), block)
            if isinstance(mine, cst.FunctionDef) and isinstance(run[0], Function):
                self.bodies[run[0]] = mine.body


def _statements(block: Sequence[cst.CSTNode]) -> Iterator[Statement]:
    """The statements of a block, each of those that share a row."""
    for node in block:
        if isinstance(node, cst.SimpleStatementLine):
            yield from node.body
        elif isinstance(node, (cst.BaseCompoundStatement, cst.BaseSmallStatement)):
            yield node


def _suites(node: Statement) -> Iterator[cst.BaseSuite | cst.If]:
    """The blocks of a statement, in the order of the text; ``elif`` is an ``if`` in one of them."""
    match node:
        case cst.Match(cases=parts):
            yield from (part.body for part in parts)
        case cst.BaseCompoundStatement(body=body):
            yield body
            yield from (part.body for part in getattr(node, "handlers", ()))
            orelse: cst.If | cst.Else | None = getattr(node, "orelse", None)
            if orelse is not None:
                yield orelse if isinstance(orelse, cst.If) else orelse.body
            final: cst.Finally | None = getattr(node, "finalbody", None)
            if final is not None:
                yield final.body
