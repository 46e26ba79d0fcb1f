"""The statement around a call: whether other statements can do the call's work, and the edits."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from .evaluation import earlier, is_atom, is_pure, path
from .findings import Edit, Position, Span
from .names import FUNCTIONS, RESERVED, numpy_names, stored_names, used_names, written_into
from .source import Source

LONGEST_ROW = 88  # columns; what formatters agree on

_BLANK = re.compile(r"\s*")
_BEHIND = re.compile(r"[ \t\f]*(?P<comment>#[^\r\n]*)?(?=[\r\n]|\Z)")
_PRAGMA = re.compile(r"#\s*(noqa|type:|pragma|fmt:|pylint:|nosec|pyright:|mypy:|einsum-lint)")
_SCOPES = (*FUNCTIONS, ast.ClassDef)
_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Expr, ast.Assert)


@dataclass(frozen=True)
class CallStatement:
    """A statement that evaluates a call once, and nothing before it that matters.

    ``around`` are the statements that it stands in, outermost first; ``nodes`` the operands.
    """

    source: Source
    node: ast.stmt
    call: ast.Call
    nodes: tuple[ast.expr, ...]
    around: tuple[ast.stmt, ...]
    numpy: str

    @cached_property
    def _scope(self) -> ast.stmt | None:
        """The innermost function; None at the level of the module."""
        return next((node for node in reversed(self.around) if isinstance(node, FUNCTIONS)), None)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that new code must not bind, because they have or may get a meaning here."""
        scope = self._scope or self.source.tree
        return used_names(scope, self.around) | RESERVED

    @property
    def target(self) -> str | None:
        """The one name to which the statement assigns the call's value, when it does only that."""
        match self.node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is self.call:
                return name
        return None

    @property
    def alone(self) -> bool:
        """Whether the statement is nothing but the call."""
        return isinstance(self.node, ast.Expr) and self.node.value is self.call

    @property
    def _inside(self) -> tuple[ast.stmt, ...]:
        """The statements of the scope around this one."""
        at = self.around.index(self._scope) + 1 if self._scope is not None else 0
        return self.around[at:]

    @property
    def guarded(self) -> bool:
        """Whether an error of the call may be caught in the same scope."""
        catching = (ast.Try, ast.TryStar, ast.With, ast.AsyncWith)
        return any(isinstance(node, catching) for node in self._inside)

    @property
    def writes_into(self) -> bool:
        """Whether code of the same scope may write into the value of the call."""
        if isinstance(self.node, ast.Expr) and not self.alone:
            return True  # a method of the value, or a function that gets it, and nothing else
        targets = self.node.targets if isinstance(self.node, ast.Assign) else []
        names = frozenset().union(*map(stored_names, targets))
        return not names.isdisjoint(written_into(self._scope or self.source.tree))

    @property
    def blocks(self) -> int:
        """How many blocks of the scope the statement stands in."""
        return len(self._inside)

    @property
    def indent(self) -> str:
        """One level of indentation."""
        return self.source.module.default_indent

    @property
    def _margin(self) -> str:
        """The indentation of the statement."""
        return self.source.lines[self.node.lineno - 1][: self._start.column - 1]

    @property
    def width(self) -> int:
        """The columns that are left for new code, its indentation taken off."""
        return LONGEST_ROW - len(self._margin.expandtabs(4))

    @property
    def _start(self) -> Position:
        return self.source.span(self.node).start

    @cached_property
    def operands(self) -> tuple[str, ...]:
        """The source text of each operand, in parentheses where it goes over several rows."""
        texts = (self.source.slice(self.source.span(node)) for node in self.nodes)
        return tuple(f"({text})" if re.search(r"[\r\n]", text) else text for text in texts)

    def keyword(self, name: str) -> str | None:
        """The source text of the value of a keyword; None when it is not there."""
        for given in self.call.keywords:
            if given.arg == name:
                return self.source.slice(self.source.span(given.value))
        return None

    def call_with(self, operands: Sequence[str]) -> str:
        """The source text of the call with other operands."""
        whole, at = self.source.span(self.call), self.source.span(self.call.func).end
        pieces = [f"{self.numpy}.einsum"]
        for node, text in zip(self.nodes, operands, strict=True):
            span = self.source.span(node)
            pieces += [self.source.slice(Span(at, span.start)), text]
            at = span.end
        return "".join((*pieces, self.source.slice(Span(at, whole.end))))

    def replace(self, lines: Sequence[str], value: str | None) -> tuple[Edit, ...]:
        """The edits that put lines before the statement, in which ``value`` stands for the call.

        Without a value the lines take the place of the statement.  Comments stay.
        """
        whole = self.source.span(self.node)
        call = self.source.span(self.call)
        lost = list(self._comments(whole if value is None else call))
        end, behind = whole.end, self._behind
        if value is None and behind and not _PRAGMA.match(behind):
            lost.append(behind)
            end = Position(end.row, len(self.source.lines[end.row - 1]) + 1)
        rows = f"{self.source.newline}{self._margin}".join((*lost, *lines))
        if value is None:
            return (Edit(Span(whole.start, end), rows),)
        inserted = f"{rows}{self.source.newline}{self._margin}" if rows else ""
        if call.start == whole.start:
            return (Edit(call, inserted + value),)
        return Edit(Span(whole.start, whole.start), inserted), Edit(call, value)

    @property
    def _behind(self) -> str | None:
        """The comment behind the statement."""
        found = _BEHIND.match(self.source.text, self.source.offset(self.source.span(self.node).end))
        return found["comment"] if found else None

    def _comments(self, span: Span) -> Iterator[str]:
        """The comments inside a part of the statement."""
        text = f"({self.source.slice(span)}\n)"
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.string.rstrip()


def call_statement(
    source: Source, statement: ast.stmt, call: ast.Call, operands: Sequence[ast.expr]
) -> CallStatement | None:
    """The statement around a call of NumPy's einsum; None where no other can do its work."""
    around = _around(source.tree, statement)
    scopes = [node for node in around if isinstance(node, _SCOPES)]
    if scopes and isinstance(scopes[-1], ast.ClassDef):
        return None
    functions = [node for node in scopes if isinstance(node, FUNCTIONS)]
    names = numpy_names((source.tree, *functions))
    numpy = next((name for name, full in names.items() if full == "numpy"), None)
    function = ast.unparse(call.func)
    root, _, rest = function.partition(".")
    known = root in names and f"{names[root]}.{rest}".rstrip(".").endswith("einsum")
    if numpy is None or not known or not _stands_alone(source, statement):
        return None
    if not _can_come_first(statement, call, operands, numpy):
        return None
    return CallStatement(source, statement, call, tuple(operands), around, numpy)


def _around(tree: ast.Module, statement: ast.stmt) -> tuple[ast.stmt, ...]:
    """The statements that a statement stands in, outermost first."""
    way: list[ast.stmt] = []
    todo: list[tuple[ast.AST, int]] = [(node, 0) for node in tree.body]
    while todo:
        node, depth = todo.pop()
        if node is statement:
            return tuple(way[:depth])
        if isinstance(node, ast.stmt):
            last = node.end_lineno or node.lineno
            if not node.lineno <= statement.lineno <= last:
                continue
            way[depth:] = [node]
            depth += 1
        blocks = (ast.stmt, ast.ExceptHandler, ast.match_case)
        todo += [(n, depth) for n in ast.iter_child_nodes(node) if isinstance(n, blocks)]
    return ()


def _stands_alone(source: Source, statement: ast.stmt) -> bool:
    """Whether rows can be put before a statement, and perhaps in its place."""
    span = source.span(statement)
    line = source.lines[span.start.row - 1]
    above = source.lines[span.start.row - 2] if span.start.row > 1 else ""
    if not _BLANK.fullmatch(line[: span.start.column - 1]) or above.endswith("\\"):
        return False
    if isinstance(statement, (ast.If, ast.For, ast.AsyncFor)):
        return not line.lstrip().startswith("elif")
    if not isinstance(statement, _SIMPLE):
        return False
    return _BEHIND.match(source.text, source.offset(span.end)) is not None


def _can_come_first(
    statement: ast.stmt, call: ast.Call, operands: Sequence[ast.expr], numpy: str
) -> bool:
    """Whether the call gives the same, and changes no more, when it is evaluated first."""
    before = earlier(path(statement, call))
    arguments = (*call.args, *(keyword.value for keyword in call.keywords))
    dropped = [node for node in arguments if node not in operands]
    if before is None or not all(is_pure(node, numpy) for node in (*before, *dropped)):
        return False
    return all(map(is_atom, before)) or all(is_pure(node, numpy) for node in operands)
