"""Where a loop nest stands in the text, and the edits that replace it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from .expression_places import TAB, fitted, in_string, span_of
from .findings import Edit, Position, Span
from .line_width import DEFAULT_LINE_LENGTH
from .liveness import blocks
from .rows import (
    begins_row,
    comment_behind,
    comments_in,
    comments_of,
    dedented,
    has_its_rows,
    indentation,
    newline_of,
    rows_inside_strings,
    whole_rows,
    without_statement,
)
from .screen import first_row, last_row
from .source import Source

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_GAP = re.compile(r"(?:[\s;]|#[^\r\n]*)*")


@dataclass(frozen=True)
class StatementPlace:
    """The place of statements of one block that follow each other, replaced together.

    ``prelude`` has for names the statement of that block before them which initialises the name.
    Those of ``always`` are dropped in any case, those of ``unused`` where that can be done.
    ``extra`` has further expressions of the file, with the text that each is replaced by.
    """

    source: Source
    statements: Sequence[ast.stmt]
    prelude: Mapping[str, ast.stmt] = field(default_factory=dict)
    extra: Mapping[ast.expr, str] = field(default_factory=dict)
    line_length: int = DEFAULT_LINE_LENGTH
    always: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()

    @cached_property
    def _main(self) -> ast.stmt:
        loops = (node for node in self.statements if isinstance(node, _LOOPS))
        return next(loops, self.statements[0])

    @property
    def header(self) -> Span:
        """The header of the outermost loop."""
        return span_of(self.source, self._main)

    @property
    def rows(self) -> range:
        """The rows of the header."""
        return range(first_row(self._main), self.header.end.row + 1)

    @cached_property
    def _span(self) -> Span:
        first, last = self.statements[0], self.statements[-1]
        return Span(self.source.span(first).start, self.source.span(last).end)

    @cached_property
    def _indent(self) -> str:
        return indentation(self.source, self._span.start.row)

    @property
    def steps(self) -> tuple[str, ...]:
        """None: the statements are all that is replaced."""
        return ()

    @property
    def text(self) -> str:
        """The statements, dedented."""
        rows = range(self._span.start.row, self._span.end.row + 1)
        inside = set(rows_inside_strings(self.statements))
        lines = [self.source.lines[row - 1] for row in rows]
        last = self._span.end.column - 1
        lines[-1] = lines[-1][:last]
        return "\n".join(
            line if row in inside else dedented(line, self._indent)
            for row, line in zip(rows, lines, strict=True)
        )

    @property
    def width(self) -> int:
        """The columns behind the indentation."""
        return max(self.line_length - len(self._indent.expandtabs(TAB)), 1)

    def replace(self, lines: tuple[str, ...], drop: tuple[str, ...]) -> tuple[Edit, ...] | None:
        """The edits that put these lines in place of the statements.

        None when the statements share a row with another, or a comment would be lost.
        """
        if not self._replaceable:
            return None
        extra = []
        for node, text in self.extra.items():
            span = self.source.span(node)
            if in_string(self.source.tree.body, node) or self._holds(node):
                return None
            if comments_in(self.source, span):
                return None
            extra.append(Edit(span, fitted(self.source, node, text, alone=False)))
        dropped = self._dropped((*drop, *self.always, *self.unused))
        if any(self.prelude.get(name) not in dropped for name in (*drop, *self.always)):
            return None
        drops = [without_statement(self.source, node) for node in dropped]
        edits = sorted([self._nest_edit(lines, dropped), *drops, *extra])
        apart = all(a.span.end <= b.span.start for a, b in pairwise(edits))
        return tuple(edits) if apart else None

    @property
    def _replaceable(self) -> bool:
        """Whether the statements have their rows to themselves, with only comments between them."""
        spans = [self.source.span(node) for node in self.statements]
        gaps = (Span(a.end, b.start) for a, b in pairwise(spans))
        return (
            begins_row(self.source, self._span.start)
            and comment_behind(self.source, self._span.end) is not None
            and all(_GAP.fullmatch(self.source.slice(gap)) for gap in gaps)
        )

    def _holds(self, node: ast.expr) -> bool:
        return any(node is inner for nest in self.statements for inner in ast.walk(nest))

    def _nest_edit(self, lines: tuple[str, ...], dropped: Sequence[ast.stmt]) -> Edit:
        source, start, last = self.source, self._span.start, self._last_row
        content = [*comments_of(source.lines[start.row - 1 : last])]
        content += [row for line in lines for row in line.split("\n")]
        gone = {*dropped, *self.statements}
        if not lines and all(node in gone for node in self._block):
            content.append("pass")
        if not content:
            return Edit(whole_rows(source, start.row, last), "")
        text = f"{newline_of(source, start.row)}{self._indent}".join(content)
        return Edit(Span(start, Position(last, len(source.lines[last - 1]) + 1)), text)

    @cached_property
    def _last_row(self) -> int:
        """The last row of the statements, with the comments below that are indented deeper."""
        last = self._span.end.row
        if not isinstance(self.statements[-1], _LOOPS):
            return last
        mine = len(self._indent.expandtabs())
        for row in range(last + 1, len(self.source.lines) + 1):
            line = self.source.lines[row - 1].lstrip()
            if line.startswith("#") and len(indentation(self.source, row).expandtabs()) > mine:
                last = row
            elif line:
                break
        return last

    @cached_property
    def _block(self) -> Sequence[ast.stmt]:
        return _block_with(self.source.tree.body, self.statements[0]) or ()

    def _dropped(self, drop: tuple[str, ...]) -> list[ast.stmt]:
        """The initialisations that can be taken out whole."""
        found = dict.fromkeys(self.prelude[name] for name in drop if name in self.prelude)
        return [node for node in found if self._can_drop(node, drop)]

    def _can_drop(self, node: ast.stmt, drop: tuple[str, ...]) -> bool:
        span = self.source.span(node)
        match node:
            case ast.Assign(targets=targets):
                pass
            case ast.AnnAssign(target=target):
                targets = [target]
            case _:
                return False
        return (
            all(isinstance(target, ast.Name) and target.id in drop for target in targets)
            and node in self._block
            and span.end <= self._span.start
            and has_its_rows(self.source, node)
        )


def _block_with(block: Iterable[ast.stmt], node: ast.stmt) -> Sequence[ast.stmt] | None:
    """The block in which a statement stands."""
    statements = [*block]
    if any(statement is node for statement in statements):
        return statements
    for statement in statements:
        if first_row(statement) <= node.lineno <= last_row(statement):
            for _, inner in blocks(statement):
                found = _block_with(inner, node)
                if found is not None:
                    return found
    return None
