"""Where the parts of a call stand in the text, and the edits to it.  Computed on demand."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from .evaluation import path
from .findings import Edit, Span
from .parentheses import fitting
from .rows import begins_row, has_its_rows, indentation, newline_of, without_statement
from .screen import line_starts
from .source import Source
from .statements import CallStatement, call_statement, in_loop, in_rounds
from .trees import arguments_in_order

LONGEST_OPERAND = 40  # characters of an operand's source text in a message

_BEHIND_ARGUMENT = re.compile(r"(?:\s|\\\r?\n|#[^\r\n]*+)*+\)")
_PLAIN_GAP = re.compile(r"[\s,]*")
_STRING = re.compile(r"""(?P<prefix>[A-Za-z]*)(?P<quote>'{3}|"{3}|'|")""")


@dataclass(frozen=True)
class CallPlace:
    """The places of an einsum call.

    ``subscripts_at`` are the indices of the arguments that hold the subscripts: one for a string,
    one for each sublist of the interleaved form.  ``operands_at`` are those of the operands.  In an
    f-string nothing has a place before Python 3.12: there ``node`` is None, ``quoted`` are the
    texts of the callee and of the arguments, and the places are those of the statement.
    """

    source: Source
    statement: ast.stmt
    node: ast.Call | None
    subscripts_at: tuple[int, ...]
    operands_at: tuple[int, ...]
    quoted: tuple[str, ...] = ()

    def insert_above(self, *lines: str) -> Edit | None:
        """The edit that puts a statement before the one of the call, if that begins its row."""
        start = self.source.span(self.statement).start
        if not begins_row(self.source, start):
            return None
        between = newline_of(self.source, start.row) + indentation(self.source, start.row)
        return Edit(Span(start, start), between.join(lines) + between)

    def remove_statement(self) -> Edit | None:
        """The edit that removes the statement, if it has its rows for itself; comments are kept."""
        node = self.statement
        return without_statement(self.source, node) if has_its_rows(self.source, node) else None

    @cached_property
    def _arguments(self) -> Sequence[ast.expr | ast.keyword]:
        """The arguments in the order of the text; none where they have no places."""
        return () if self.node is None else arguments_in_order(self.node)

    @cached_property
    def call(self) -> Span:
        """The whole call; the statement that holds it when it stands in an f-string."""
        return self.source.span(self.node or self.statement)

    @property
    def rows(self) -> range:
        """The rows of the logical line, on any of which a ``# noqa`` comment counts."""
        rows = self.source.logical_rows(self.statement)
        start, end = self.call.start.row, self.call.end.row
        return rows if start in rows else range(start, end + 1)  # in the type of an ``except``

    @property
    def function(self) -> str:
        """The source text of the callee, on one row."""
        return self.quoted[0] if self.node is None else ast.unparse(self.node.func)

    def _argument(self, index: int) -> Span:
        return self.source.span(self._arguments[index]) if self._arguments else self.call

    def subscripts(self, start: int, end: int) -> Span:
        """Columns ``start:end`` of the subscripts; the whole argument when they can't be mapped."""
        offsets = self._columns
        if offsets is None:
            return (
                self._argument(self.subscripts_at[0]) if len(self.subscripts_at) == 1 else self.call
            )
        first = offsets[min(start, len(offsets) - 1)]
        last = offsets[end - 1] + 1 if start < end <= len(offsets) else first
        return Span(self.source.position(first), self.source.position(last))

    def operand(self, index: int) -> Span:
        """The operand with this index, from 0."""
        return self._argument(self.operands_at[index])

    def operand_text(self, index: int) -> str:
        """The source text of an operand on one line, shortened when it is long."""
        text = " ".join(self._text(self.operands_at[index]).split())
        return text if len(text) <= LONGEST_OPERAND else text[: LONGEST_OPERAND - 1] + "…"

    def _text(self, index: int) -> str:
        """The source text of an argument, with the parentheses around it."""
        if self.node is None:
            return self.quoted[1 + index]
        start = self.source.offset(self._argument(index).start)
        for _ in self._closing(index):
            start = self.source.text.rindex("(", 0, start)
        return self.source.text[start : self._end_of(index)]

    def operand_source(self, index: int) -> str:
        """The source text of an operand, without parentheses around it."""
        return self.source.slice(self.operand(index))

    def keyword_source(self, name: str) -> str:
        """The source text of a keyword argument, name and value."""
        return self.source.slice(self.keyword(name))

    def mentions(self, name: str) -> bool:
        """Whether a name stands anywhere in the file."""
        text = self.source.text
        return name in text and re.search(rf"\b{name}\b", text) is not None

    @property
    def module(self) -> str | None:
        """How the file calls the module of the callee: ``np``; None where it has no such name."""
        return self.function.rpartition(".")[0] or None

    def replace(self, *lines: str) -> Edit | None:
        """The edit that puts an atom or a product in place of the call, if no comment is lost."""
        if self.node is None or "#" in self.source.slice(self.call):
            return None
        row = self.source.lines[self.source.span(self.statement).start.row - 1]
        margin = row[: len(row) - len(row.lstrip())]
        text = f"{self.source.newline}{margin}".join(lines)
        way = path(self.statement, self.node)
        return Edit(self.call, fitting(text, way[-2], self.node)) if len(way) > 1 else None

    @cached_property
    def repeated(self) -> bool:
        """Whether a loop or a comprehension of the same scope makes the call in each round."""
        call = self.node
        if call is None:
            return False
        node = self.statement
        return in_loop(self.source.tree, node) or in_rounds(node, call)

    def statement_text(self, statement: object) -> tuple[int, str] | None:
        """The row of another statement of the file, and its first row of text."""
        if not isinstance(statement, ast.stmt):
            return None
        return statement.lineno, self.source.lines[statement.lineno - 1].strip()

    def keyword(self, name: str) -> Span:
        """A keyword argument, name and value."""
        index = self._keyword_index(name)
        return self.call if index is None else self._argument(index)

    def _keyword_index(self, name: str) -> int | None:
        for index, argument in enumerate(self._arguments):
            if isinstance(argument, ast.keyword) and argument.arg == name:
                return index
        return None

    @cached_property
    def _columns(self) -> list[int] | None:
        """The offset in the text of each column of a subscripts literal, and of its end."""
        if len(self.subscripts_at) != 1 or not self._arguments:
            return None
        node = self._arguments[self.subscripts_at[0]]
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            return None
        span = self.source.span(node)
        offsets = _literal_columns(self.source.slice(span), self.source.offset(span.start))
        if offsets is None or "".join(self.source.text[k] for k in offsets[:-1]) != node.value:
            return None
        return offsets

    def _closing(self, index: int) -> list[int]:
        """The offsets behind the parentheses that close around an argument."""
        following = self._arguments[index + 1 : index + 2]
        end = self.source.span(following[0]).start if following else self.call.end
        limit = self.source.offset(end) - (not following)  # the last is the call's own
        offset = self.source.offset(self._argument(index).end)
        found: list[int] = []
        while closed := _BEHIND_ARGUMENT.match(self.source.text, offset, limit):
            offset = closed.end()
            found.append(offset)
        return found

    def _end_of(self, index: int) -> int:
        """The offset behind an argument and the parentheses around it."""
        return max((self.source.offset(self._argument(index).end), *self._closing(index)))

    def add_keyword(self, text: str) -> Edit | None:
        """The edit that adds ``text`` as the last argument, on its own row where the others are."""
        if not self._arguments:
            return None
        end = self._end_of(len(self._arguments) - 1)
        at = self.source.position(end)
        return Edit(Span(at, at), f",{self._gap(end)}{text}")

    def _gap(self, end: int) -> str:
        """The space before a new last argument: a new row if each of the others has one."""
        text, source = self.source.text, self.source
        spans = [source.span(argument) for argument in self._arguments]
        rows = [span.start.row for span in spans]
        line = source.lines[rows[-1] - 1]
        indent = line[: len(line) - len(line.lstrip())]
        own_rows = rows[0] > self.call.start.row and len(set(rows)) == len(rows)
        if own_rows and re.compile(r",[ \t]*(?:\r\n|\r|\n)").match(text, end):
            return source.newline + indent
        return " "

    def remove_keyword(self, name: str) -> Edit | None:
        """The edit that removes a keyword argument and its comma, if no comment would be lost."""
        index = self._keyword_index(name)
        if index is None or index == 0 or not self._arguments:
            return None
        start, end = self._end_of(index - 1), self._end_of(index)
        begin = self.source.offset(self._argument(index).start)
        gap, own = self.source.text[start:begin], self.source.text[begin:end]
        if not _PLAIN_GAP.fullmatch(gap) or "#" in own:
            return None
        return Edit(Span(self.source.position(start), self.source.position(end)), "")

    def set_keyword(self, name: str, text: str) -> Edit | None:
        """The edit that gives a keyword argument another value, if no comment would be lost."""
        span = self.keyword(name)
        if self._keyword_index(name) is None or "#" in self.source.slice(span):
            return None
        return Edit(span, f"{name}={text}")

    def insert_in_subscripts(self, column: int, text: str) -> Edit | None:
        """The edit that inserts ``text`` at a column of a subscripts literal."""
        if self._columns is None:
            return None
        # The end of the last character, not the start of the next: between them may be quotes.
        offset = self._columns[column - 1] + 1 if column else self._columns[0]
        at = self.source.position(offset)
        return Edit(Span(at, at), text)

    @cached_property
    def surroundings(self) -> CallStatement | None:
        """The statement around the call; None where no other code can do the call's work."""
        if self.node is None:
            return None
        operands = [self._arguments[index] for index in self.operands_at]
        nodes = [node for node in operands if isinstance(node, ast.expr)]
        if len(nodes) < len(operands) or any(isinstance(node, ast.Starred) for node in nodes):
            return None
        return call_statement(self.source, self.statement, self.node, nodes)


def _literal_columns(literal: str, offset: int) -> list[int] | None:
    """The offset of each character of a string literal's value, and of its end, if that is plain.

    None when escapes, line ends or prefixes make the value differ from the text.
    """
    columns: list[int] = []
    end = offset
    wrapped = f"({literal})"
    starts = line_starts(wrapped)
    for token in tokenize.generate_tokens(io.StringIO(wrapped, newline="").readline):
        if token.type != tokenize.STRING:
            continue
        found = _STRING.match(token.string)
        if found is None:
            return None
        content = token.string[found.end() : len(token.string) - len(found["quote"])]
        raw = "r" in found["prefix"].lower()
        if ("\\" in content and not raw) or "\r" in content:
            return None
        begin = offset - 1 + starts[token.start[0] - 1] + token.start[1] + found.end()
        columns.extend(range(begin, begin + len(content)))
        end = begin + len(content)
    return [*columns, end]
