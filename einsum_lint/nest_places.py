"""Where a loop nest or a comprehension stands in the text, and the edits that replace it."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from .findings import Edit, Position, Span
from .line_width import DEFAULT_LINE_LENGTH
from .liveness import blocks
from .screen import first_row, last_row
from .source import Source

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_FORMATTED = tuple(
    getattr(ast, name) for name in ("JoinedStr", "TemplateStr") if hasattr(ast, name)
)
_TAB = 4  # columns, as formatters count

_ROW_END = re.compile(r"[ \t\f]*;?[ \t\f]*(?P<comment>#.*)?")
_GAP = re.compile(r"(?:[\s;]|#[^\r\n]*)*")
_TO_COLON = re.compile(r"(?:[\s),]|\\\r?\n|#[^\r\n]*)*:")
_INDENT = re.compile(r"[ \t\f]*")
_FORM_FEEDS = re.compile(r"[ \t\f]*\f")
_LINE_END = re.compile(r"\r\n|\r|\n")
_WORD = re.compile(r"\w")


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
        return _indent(self.source, self._span.start.row)

    @property
    def steps(self) -> tuple[str, ...]:
        """None: the statements are all that is replaced."""
        return ()

    @property
    def text(self) -> str:
        """The statements, dedented."""
        rows = range(self._span.start.row, self._span.end.row + 1)
        inside = set(_rows_inside_strings(self.statements))
        lines = [self.source.lines[row - 1] for row in rows]
        last = self._span.end.column - 1
        lines[-1] = lines[-1][:last]
        return "\n".join(
            line if row in inside else _without(line, self._indent)
            for row, line in zip(rows, lines, strict=True)
        )

    @property
    def width(self) -> int:
        """The columns behind the indentation."""
        return max(self.line_length - len(self._indent.expandtabs(_TAB)), 1)

    def replace(self, lines: tuple[str, ...], drop: tuple[str, ...]) -> tuple[Edit, ...] | None:
        """The edits that put these lines in place of the statements.

        None when the statements share a row with another, or a comment would be lost.
        """
        if not self._replaceable:
            return None
        extra = []
        for node, text in self.extra.items():
            span = self.source.span(node)
            if _in_string(self.source.tree.body, node) or self._holds(node):
                return None
            if _comments_in(self.source, span):
                return None
            extra.append(Edit(span, _fitted(self.source, node, text, alone=False)))
        dropped = self._dropped((*drop, *self.always, *self.unused))
        if any(self.prelude.get(name) not in dropped for name in (*drop, *self.always)):
            return None
        drops = [_without_statement(self.source, node) for node in dropped]
        edits = sorted([self._nest_edit(lines, dropped), *drops, *extra])
        apart = all(a.span.end <= b.span.start for a, b in pairwise(edits))
        return tuple(edits) if apart else None

    @property
    def _replaceable(self) -> bool:
        """Whether the statements have their rows to themselves, with only comments between them."""
        spans = [self.source.span(node) for node in self.statements]
        gaps = (Span(a.end, b.start) for a, b in pairwise(spans))
        return (
            _begins_row(self.source, self._span.start)
            and _row_end(self.source, self._span.end) is not None
            and all(_GAP.fullmatch(self.source.slice(gap)) for gap in gaps)
        )

    def _holds(self, node: ast.expr) -> bool:
        return any(node is inner for nest in self.statements for inner in ast.walk(nest))

    def _nest_edit(self, lines: tuple[str, ...], dropped: Sequence[ast.stmt]) -> Edit:
        source, start, last = self.source, self._span.start, self._last_row
        content = [*_comments(source.lines[start.row - 1 : last])]
        content += [row for line in lines for row in line.split("\n")]
        gone = {*dropped, *self.statements}
        if not lines and all(node in gone for node in self._block):
            content.append("pass")
        if not content:
            return Edit(_whole_rows(source, start.row, last), "")
        text = f"{_newline(source, start.row)}{self._indent}".join(content)
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
            if line.startswith("#") and len(_indent(self.source, row).expandtabs()) > mine:
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
            and _has_its_rows(self.source, node)
        )


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
        return _in_string((self.statement,), self.node)

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
        rows = _LINE_END.split(self.source.slice(self.header))
        text = "\n".join(rows)
        return text if len(rows) == 1 or _kind(text) is not None else f"({text})"

    @property
    def steps(self) -> tuple[str, ...]:
        """The assignments of the temporaries."""
        return tuple(
            _LINE_END.sub("\n", self.source.slice(self.source.span(node)))
            for node in self.temporaries
        )

    @property
    def width(self) -> int:
        """The columns between what stands before the expression and what stands behind."""
        start, end = self.header.start, self.header.end
        before = self.source.lines[start.row - 1][: start.column - 1]
        behind = self.source.lines[end.row - 1][end.column - 1 :].partition("#")[0].rstrip()
        return max(self.line_length - len(before.expandtabs(_TAB)) - len(behind), 1)

    def replace(self, lines: tuple[str, ...], drop: tuple[str, ...]) -> tuple[Edit, ...] | None:
        """The edits that put an expression in place of this one, and drop what it is made up of.

        Its comments are put before the statement, None when that can't be done.
        """
        written = self._written(lines)
        if written is None or not all(_has_its_rows(self.source, n) for n in self.temporaries):
            return None
        return (*(_without_statement(self.source, node) for node in self.temporaries), *written)

    def _written(self, lines: tuple[str, ...]) -> tuple[Edit, ...] | None:
        source, span = self.source, self.header
        if self._in_string:
            return None
        newline = _newline(source, span.start.row)
        rows = [row for line in lines for row in line.split("\n")]
        alone = getattr(self.statement, "value", None) is self.node
        alone = alone and (len(rows) == 1 or _kind("\n".join(rows)) is not None)
        text = f"{newline}{_indent(source, span.start.row)}".join(rows)
        replacement = Edit(span, _fitted(source, self.node, text, alone=alone))
        comments = _comments_in(source, span)
        if not comments:
            return (replacement,)
        row = first_row(self.statement)
        indent = _indent(source, row)
        at = Position(row, len(_leading(source, row)) + 1)
        if not _begins_row(source, source.span(self.statement).start) or at > span.start:
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


def _in_string(statements: Iterable[ast.stmt], node: ast.expr) -> bool:
    """Whether an expression stands in an f-string, where it can't be replaced."""
    strings = (
        s for statement in statements for s in ast.walk(statement) if isinstance(s, _FORMATTED)
    )
    return any(inner is node for string in strings for inner in ast.walk(string))


def _leading(source: Source, row: int) -> str:
    found = _INDENT.match(source.lines[row - 1])
    return found[0] if found else ""


def _indent(source: Source, row: int) -> str:
    """The indentation of a row, without the form feeds before it."""
    return _leading(source, row).rpartition("\f")[2]


def _begins_row(source: Source, start: Position) -> bool:
    """Whether nothing stands before a statement in its row, nor continues into it."""
    prefix = source.lines[start.row - 1][: start.column - 1]
    above = source.lines[start.row - 2].lstrip() if start.row > 1 else ""
    continued = above.endswith("\\") and not above.startswith("#")
    marked = start.row == 1 and source.text.startswith("\ufeff")
    return _INDENT.fullmatch(prefix) is not None and not continued and not marked


def _row_end(source: Source, end: Position) -> re.Match[str] | None:
    """What stands behind a statement in its row, when that is a comment at most."""
    return _ROW_END.fullmatch(source.lines[end.row - 1], end.column - 1)


def _has_its_rows(source: Source, node: ast.stmt) -> bool:
    """Whether nothing else than a comment stands in the rows of a statement."""
    span = source.span(node)
    return _begins_row(source, span.start) and _row_end(source, span.end) is not None


def _newline(source: Source, row: int) -> str:
    """The line end of a row."""
    at = source.starts[row - 1] + len(source.lines[row - 1])
    found = _LINE_END.match(source.text, at)
    return found[0] if found else source.newline


def _whole_rows(source: Source, first: int, last: int) -> Span:
    """Rows with their line ends, but for the form feeds at the beginning."""
    start = Position(first, _leading(source, first).rfind("\f") + 2)
    if last < len(source.lines):
        return Span(start, Position(last + 1, 1))
    return Span(start, Position(last, len(source.lines[last - 1]) + 1))


def _without_statement(source: Source, node: ast.stmt) -> Edit:
    """The edit that removes a statement which has its rows to itself, and keeps its comments."""
    span = source.span(node)
    comments = _comments(source.lines[span.start.row - 1 : span.end.row])
    if not comments:
        return Edit(_whole_rows(source, span.start.row, span.end.row), "")
    end = Position(span.end.row, len(source.lines[span.end.row - 1]) + 1)
    between = _newline(source, span.start.row) + _indent(source, span.start.row)
    return Edit(Span(span.start, end), between.join(comments))


def _comments_in(source: Source, span: Span) -> list[str]:
    """The comments inside an expression."""
    return _comments(_LINE_END.split(f"({source.slice(span)}\n)"))


def _comments(rows: Sequence[str]) -> list[str]:
    """The comments in rows of whole statements."""
    text = "".join(f"{row}\n" for row in rows)
    if "#" not in text:
        return []
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


def _rows_inside_strings(statements: Iterable[ast.stmt]) -> Iterator[int]:
    """The rows that begin inside a string, whose spaces are its own."""
    for node in (inner for statement in statements for inner in ast.walk(statement)):
        if isinstance(node, (ast.Constant, *_FORMATTED)) and isinstance(node, ast.expr):
            yield from range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)


def _without(line: str, indent: str) -> str:
    """A row without the indentation of its block, or what it has of it."""
    found = _FORM_FEEDS.match(line)
    plain = line[found.end() :] if found else line
    return plain[len(indent) :] if plain.startswith(indent) else plain.lstrip()


def _kind(text: str) -> type[ast.expr] | None:
    """What an expression is, None when it can't stand on its own."""
    try:
        return type(ast.parse(text, mode="eval").body)
    except SyntaxError:
        return None


_CLOSED = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.List, ast.ListComp, ast.Dict)


def _fitted(source: Source, node: ast.expr, text: str, *, alone: bool) -> str:
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
