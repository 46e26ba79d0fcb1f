"""The libcst tree of the statements that are kept of a file, without what the small ones say.

libcst takes ten times as long as ``ast`` for an expression, and its tree three hundred times the
memory of the text.  It reads the blocks, and in place of each run of statements without blocks one
``...``: what these compute is inferred from their ``ast`` trees, which have the positions, too.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

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
        lines = source.lines
        rows = {row: lines[row - 1] for row in kept_rows(source.kept.body, source.kept)}
        runs = list(self._elided(rows, source.kept.body))
        self.tree = _parsed(rows)
        self.statements = dict(zip(_statements(self.tree.body), runs, strict=True))
        """The statements that a node stands for: one, or a run of statements without blocks."""
        self.bodies = {
            run[0]: node.body
            for node, run in self.statements.items()
            if isinstance(node, cst.FunctionDef) and isinstance(run[0], Function)
        }

    def compound(self, node: cst.BaseCompoundStatement) -> ast.stmt:
        """The statement that a node with blocks is."""
        (statement,) = self.statements[node]
        return statement

    def _elided(
        self, rows: dict[int, str], body: Sequence[ast.stmt]
    ) -> Iterator[tuple[ast.stmt, ...]]:
        """The statements of a block, and those in them, in the order of the text.

        Those that follow each other, have no blocks and have their rows to themselves come
        together, and one ``...`` is put in place of these rows.
        """
        own_rows = bool(body) and begins_block(self._source, body[0])
        run: list[ast.stmt] = []
        for node in body:
            blocks = self._blocks(node)
            if own_rows and not blocks:
                run.append(node)
                continue
            if run:
                yield _elide(rows, run)
                run = []
            yield (node,)
            for block in blocks:
                yield from self._elided(rows, block)
        if run:
            yield _elide(rows, run)

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


def _elide(rows: dict[int, str], run: Sequence[ast.stmt]) -> tuple[ast.stmt, ...]:
    """Put ``...`` in place of some statements."""
    first = first_row(run[0])
    margin = len(rows[first]) - len(rows[first].lstrip())
    rows[first] = f"{rows[first][:margin]}..."
    for row in range(first + 1, last_row(run[-1]) + 1):
        rows.pop(row, None)
    return tuple(run)


def _parsed(rows: dict[int, str]) -> cst.Module:
    """The tree of some rows."""
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


def _statements(block: Sequence[cst.CSTNode]) -> Iterator[Statement]:
    """The statements of a block, and those in them, in the order of the text."""
    for node in block:
        if isinstance(node, cst.SimpleStatementLine):
            yield from node.body
        elif isinstance(node, cst.BaseSmallStatement):
            yield node
        elif isinstance(node, cst.BaseCompoundStatement):
            yield node
            for suite in _suites(node):
                yield from _statements(suite)


def _suites(node: cst.BaseCompoundStatement) -> Iterator[Sequence[cst.CSTNode]]:
    """The blocks of a statement, in the order of the text; ``elif`` is an ``if`` in one of them."""
    if isinstance(node, cst.Match):
        yield from (case.body.body for case in node.cases)
        return
    yield node.body.body
    yield from (handler.body.body for handler in getattr(node, "handlers", ()))
    orelse: cst.If | cst.Else | None = getattr(node, "orelse", None)
    if orelse is not None:
        yield (orelse,) if isinstance(orelse, cst.If) else orelse.body.body
    final: cst.Finally | None = getattr(node, "finalbody", None)
    if final is not None:
        yield final.body.body
