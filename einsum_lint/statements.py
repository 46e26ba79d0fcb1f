"""The statement around a call: whether other statements can do the call's work, and the edits."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from .evaluation import earlier, is_atom, is_pure, own_nodes, path
from .findings import Edit, Position, Span
from .liveness import blocks
from .names import (
    FUNCTIONS,
    RESERVED,
    bound_in,
    numpy_names,
    own_statements,
    stored_names,
    used_names,
    written_into,
)
from .rows import begins_row, level
from .source import Source

_BEHIND = re.compile(r"[ \t\f]*(?P<comment>#[^\r\n]*)?(?=[\r\n]|\Z)")
_PRAGMA = re.compile(r"#\s*(noqa|type:|pragma|fmt:|pylint:|nosec|pyright:|mypy:|einsum-lint)")
_COMPUTED = frozenset({"T", "mT", "H", "real", "imag", "flat"})
"""Attributes that make an array each time."""
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
    imports: tuple[Edit, ...] = ()
    """The edits that let the file call NumPy so."""

    @cached_property
    def _scope(self) -> ast.stmt | None:
        """The innermost function; None at the level of the module."""
        return next((node for node in reversed(self.around) if isinstance(node, FUNCTIONS)), None)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names that new code must not bind, because they have or may get a meaning here."""
        scope = self._scope or self.source.tree
        loops = tuple(node for node in self.around if isinstance(node, ast.For))
        return used_names(scope, loops) | RESERVED

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

    @cached_property
    def ordinal(self) -> int:
        """How many calls of the same function the statement has before this one."""
        function = ast.unparse(self.call.func)
        return sum(
            isinstance(node, ast.Call)
            and (node.lineno, node.col_offset) < (self.call.lineno, self.call.col_offset)
            and ast.unparse(node.func) == function
            for node in own_nodes(self.node)
        )

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
    def computes(self) -> bool:
        """Whether the statement only computes other numbers from those of the call's value."""
        parent = path(self.node, self.call)[-2]
        return isinstance(parent, (ast.BinOp, ast.UnaryOp, ast.Compare, ast.AugAssign))

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
        return level(self.source)

    @property
    def _margin(self) -> str:
        """The indentation of the statement."""
        return _margin(self.source, self.node)

    @property
    def margin(self) -> int:
        """How many columns the statement, and new code before it, is indented by."""
        return len(self._margin.expandtabs(4))

    @cached_property
    def operands(self) -> tuple[str, ...]:
        """The source text of each operand, in parentheses where it goes over several rows."""
        texts = (self.source.slice(self.source.span(node)) for node in self.nodes)
        return tuple(f"({text})" if re.search(r"[\r\n]", text) else text for text in texts)

    @cached_property
    def readable(self) -> tuple[bool, ...]:
        """Whether each operand may as well be read later, and more than once."""
        return tuple(self._readable(number) for number in range(len(self.nodes)))

    def _readable(self, number: int) -> bool:
        node = self.nodes[number]
        if isinstance(node, ast.Attribute) and node.attr in _COMPUTED:
            return False
        inner = node
        while isinstance(inner, ast.Attribute):
            inner = inner.value
        if not isinstance(inner, ast.Name):
            return False
        local = inner is node and inner.id not in self.source.kept.declared
        return local or all(is_pure(other, self.numpy) for other in self.nodes[number + 1 :])

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
            return (*self.imports, Edit(Span(whole.start, end), rows))
        if not rows:
            return (*self.imports, Edit(call, value))
        # Each call of a statement has a place of its own in the indentation, so that the edits of
        # several do not touch, and their rows come in the order of the calls.
        margin = self._margin
        head = margin[: self.ordinal]
        inserted = f"{margin[len(head) :]}{rows}{self.source.newline}{head}"
        place = Position(whole.start.row, whole.start.column - len(margin) + len(head))
        if place == call.start:
            return (*self.imports, Edit(call, inserted + value))
        return (*self.imports, Edit(Span(place, place), inserted), Edit(call, value))

    @property
    def _behind(self) -> str | None:
        """The comment behind the statement."""
        found = _BEHIND.match(self.source.text, self.source.offset(self.source.span(self.node).end))
        return found["comment"] if found else None

    def _comments(self, span: Span) -> Iterator[str]:
        """The comments inside a part of the statement."""
        text = f"({self.source.slice(span)}\n)"
        for token in tokenize.generate_tokens(io.StringIO(text, newline=None).readline):
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
    root, _, rest = ast.unparse(call.func).partition(".")
    if f"{names.get(root)}.{rest}".strip(".").rpartition(".")[2] != "einsum" or root not in names:
        return None
    scope = functions[-1] if functions else source.tree
    if "range" in bound_in(scope) or not _stands_alone(source, statement):
        return None
    numpy = next((name for name, full in names.items() if full == "numpy"), None)
    imports: tuple[Edit, ...] = ()
    if numpy is None:
        numpy = "np"
        imports = tuple(_new_import(source, (source.tree, *functions), root))
        if not imports:
            return None
    if not _can_come_first(statement, call, operands, numpy):
        return None
    return CallStatement(source, statement, call, tuple(operands), around, numpy, imports)


def _new_import(source: Source, scopes: Sequence[ast.AST], name: str) -> Iterator[Edit]:
    """The edit that puts ``import numpy as np`` before the import of a name, if it can be made."""
    if "np" in used_names(source.tree):
        return
    for node in (statement for scope in scopes for statement in own_statements(scope)):
        if isinstance(node, ast.ImportFrom) and any(
            name == (alias.asname or alias.name) for alias in node.names
        ):
            at = source.span(node).start
            if begins_row(source, at):
                text = f"import numpy as np{source.newline}{_margin(source, node)}"
                yield Edit(Span(at, at), text)
            return


def _margin(source: Source, node: ast.stmt) -> str:
    """The indentation of a statement that begins a row."""
    return source.lines[node.lineno - 1][: source.span(node).start.column - 1].lstrip("\f")


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


def in_loop(tree: ast.Module, statement: ast.stmt) -> bool:
    """Whether a statement is run in each round of a loop of its scope, not only in the last one."""
    if isinstance(statement, ast.While):
        return True
    inner, broken = statement, False
    for node in reversed(_around(tree, statement)):
        if isinstance(node, _SCOPES):
            return False
        following = _from(node, inner)
        if any(isinstance(after, (ast.Return, ast.Raise)) for after in following):
            return False
        broken = broken or any(isinstance(after, ast.Break) for after in following)
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            if inner not in node.orelse and not broken:
                return True
            broken = False
        inner = node
    return False


def _from(owner: ast.stmt, statement: ast.stmt) -> list[ast.stmt]:
    """A statement of a block in another one, and those that follow it there."""
    for _, block in blocks(owner):
        if statement in block:
            return block[block.index(statement) :]
    return []


def in_rounds(statement: ast.stmt, call: ast.expr) -> bool:
    """Whether an expression of a statement is evaluated in each round of a comprehension."""
    way = path(statement, call)[::-1]
    for inner, outer in pairwise(way):
        match outer:
            case ast.Lambda():
                return False
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                if inner is not outer.generators[0]:
                    return True
            case ast.comprehension(ifs=ifs) if inner in ifs:
                return True
    return False


def _stands_alone(source: Source, statement: ast.stmt) -> bool:
    """Whether rows can be put before a statement, and perhaps in its place."""
    span = source.span(statement)
    if not begins_row(source, span.start):
        return False
    if isinstance(statement, (ast.If, ast.For, ast.AsyncFor)):
        return not source.slice(span).startswith("elif")
    if not isinstance(statement, _SIMPLE):
        return False
    return _BEHIND.match(source.text, source.offset(span.end)) is not None


def _can_come_first(
    statement: ast.stmt, call: ast.Call, operands: Sequence[ast.expr], numpy: str
) -> bool:
    """Whether the call gives the same, and changes no more, when it is evaluated first."""
    if any(isinstance(node, ast.NamedExpr) for node in ast.walk(call)):
        return False
    before = earlier(path(statement, call))
    arguments = (*call.args, *(keyword.value for keyword in call.keywords))
    dropped = [node for node in arguments if node not in operands]
    if before is None or not all(is_pure(node, numpy) for node in (*before, *dropped)):
        return False
    return all(map(is_atom, before)) or all(is_pure(node, numpy) for node in operands)
