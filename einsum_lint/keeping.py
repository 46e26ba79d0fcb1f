"""Which statements of a file can matter: what the screen keeps of it, and their rows.

It may keep too much; it never drops what a rule would report.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from .screen import (
    Candidates,
    any_within,
    bound_names,
    declared_names,
    first_row,
    inner_statements,
    last_name,
    last_row,
    line_starts,
)
from .settings import Config
from .trees import walk

LONG = 20  # rows; a longer statement of the module costs more to parse than it can tell


class Kept(NamedTuple):
    """The statements that are parsed, as ``ast`` has them.

    ``body`` are those of the module; ``members`` those of each kept class, by the class.
    ``hidden`` are the names that dropped statements of the module bind, and ``declared`` those that
    some function declares global or nonlocal: what the kept statements tell of them is not certain.
    """

    body: tuple[ast.stmt, ...]
    members: Mapping[ast.ClassDef, tuple[ast.stmt, ...]]
    hidden: frozenset[str]
    declared: frozenset[str]


def _functions(config: Config) -> Iterable[str]:
    from .dialects import LIBRARIES

    yield from LIBRARIES
    yield from config.einsum_functions


def _words(text: str, config: Config) -> set[str]:
    """Names by which an einsum function could be called in a text, such as ``contract``."""
    words = {"einsum"}
    for function in _functions(config):
        root, _, name = function.rpartition(".")
        if name not in words and name in text and root.partition(".")[0] in text:
            words.add(name)
    return words


def _mentions(value: ast.expr, words: set[str]) -> bool:
    """Whether ``value`` holds a function named by ``words`` otherwise than to call it."""
    called: set[ast.expr] = set()
    for node in walk(value):
        if isinstance(node, ast.Call):
            called.add(node.func)
        elif last_name(node) in words and node not in called:
            return True
    return False


class _Keeper:
    """Decides about the statements of one file."""

    def __init__(self, text: str, tree: ast.Module, config: Config, candidates: Candidates) -> None:
        self.text, self.tree = text, tree
        self.candidates = candidates.rows
        self.words = _words(text, config)
        self.rows: list[int] = []
        self.members: dict[ast.ClassDef, tuple[ast.stmt, ...]] = {}
        self.hidden: set[str] = set()

    def keep(self) -> Kept:
        known, starts = 0, line_starts(self.text)
        while len(self.words) > known:  # an alias may itself be given an alias
            known = len(self.words)
            self.rows = _rows_with(self.text, starts, self.words)
            for statement in self.tree.body:
                if self.touched(statement):
                    self.words.update(self.aliases(statement))
                    self.words.update(self.walrus_aliases(statement))
        body = self.block(self.tree.body)
        declared = frozenset(declared_names(self.text))
        return Kept(body, self.members, frozenset(self.hidden), declared)

    def aliases(self, node: ast.stmt) -> Iterator[str]:
        """Names that a statement binds to something that one of the words names."""
        match node:
            case ast.ImportFrom(names=names):
                yield from (a.asname for a in names if a.name in self.words and a.asname)
            case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                if _mentions(value, self.words):
                    yield from bound_names(node)
        for child in inner_statements(node):
            if self.touched(child):
                yield from self.aliases(child)

    def walrus_aliases(self, node: ast.stmt) -> Iterator[str]:
        """The same for ``:=`` anywhere in a statement."""
        for inner in walk(node) if ":=" in self.text else ():
            if isinstance(inner, ast.NamedExpr) and _mentions(inner.value, self.words):
                yield inner.target.id

    def touched(self, node: ast.stmt) -> bool:
        return any_within(self.rows, node)

    def block(self, body: list[ast.stmt]) -> tuple[ast.stmt, ...]:
        """The statements of a body that stay; one that shares a row with another stays with it."""
        wanted = [self.wanted(node) for node in body]
        if body is self.tree.body:
            self.add_called(body, wanted)
        for order in (range(1, len(body)), range(len(body) - 1, 0, -1)):
            for k in order:
                if last_row(body[k - 1]) >= first_row(body[k]):
                    wanted[k - 1] = wanted[k] = wanted[k - 1] or wanted[k]
        for node, stays in zip(body, wanted, strict=True):
            if not stays and body is self.tree.body:
                self.hidden.update(bound_names(node))
            elif stays and isinstance(node, ast.ClassDef):
                self.members[node] = self.class_members(node)
        return tuple(node for node, stays in zip(body, wanted, strict=True) if stays)

    def add_called(self, body: list[ast.stmt], wanted: list[bool]) -> None:
        """Want the functions that wanted statements call: what they return may be an operand."""
        functions = {
            node.name: k
            for k, node in enumerate(body)
            if isinstance(node, ast.FunctionDef) and not wanted[k]
        }
        todo = [node for node, stays in zip(body, wanted, strict=True) if stays]
        while todo and functions:
            for name in _called(todo.pop()):
                k = functions.pop(name, None)
                if k is not None:
                    wanted[k] = True
                    todo.append(body[k])

    def class_members(self, node: ast.ClassDef) -> tuple[ast.stmt, ...]:
        if node.body[0].lineno == node.lineno:
            return tuple(node.body)
        return self.block(node.body) or tuple(node.body)

    def wanted(self, node: ast.stmt) -> bool:
        if self.touched(node) or any_within(self.candidates, node):
            return True
        match node:
            case ast.Import() | ast.ImportFrom() | ast.Delete():
                return True
            case ast.FunctionDef(name="__init__"):  # it tells of the attributes that others use
                return True
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                return last_row(node) - node.lineno < LONG
            case ast.If() | ast.Try() | ast.TryStar() | ast.With() | ast.For() | ast.While():
                return last_row(node) - node.lineno < LONG or _imports(node)
        return False


def _called(node: ast.AST) -> set[str]:
    """The names that are called somewhere in a statement."""
    calls = (inner.func for inner in walk(node) if isinstance(inner, ast.Call))
    return {func.id for func in calls if isinstance(func, ast.Name)}


def _imports(node: ast.stmt) -> bool:
    """Whether a statement imports something, leaving aside the functions in it."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return False
    return isinstance(node, (ast.Import, ast.ImportFrom)) or any(
        _imports(s) for s in inner_statements(node)
    )


def _rows_with(text: str, starts: Sequence[int], words: set[str]) -> list[int]:
    """The rows on which one of the words stands, in order."""
    rows: set[int] = set()
    for word in words:
        at = text.find(word)  # many times the speed of a pattern with alternatives
        while at >= 0:
            end = at + len(word)
            if word == "einsum" or not (_part_of_name(text, at - 1) or _part_of_name(text, end)):
                rows.add(bisect_left(starts, at + 1))
            at = text.find(word, end)
    return sorted(rows)


def _part_of_name(text: str, at: int) -> bool:
    return 0 <= at < len(text) and (text[at].isalnum() or text[at] == "_")


def keep(text: str, tree: ast.Module, config: Config, candidates: Candidates | None = None) -> Kept:
    """The statements of a file that a rule could look at, and those that they rest on.

    Those that look at loops and at nothing else, unless there are other ``candidates``.
    """
    found = Candidates.of(text) if candidates is None else candidates
    return _Keeper(text, tree, config, found).keep()


def keep_all(text: str, tree: ast.Module) -> Kept:
    """Every statement of a file."""
    return Kept(tuple(tree.body), {}, frozenset(), frozenset(declared_names(text)))


def kept_rows(body: Iterable[ast.stmt], kept: Kept) -> Iterable[int]:
    """The rows of some statements, each once, without those of class members that are dropped."""
    rows = (row for first, last in _ranges(body, kept) for row in range(first, last + 1))
    return dict.fromkeys(rows)


def _ranges(body: Iterable[ast.stmt], kept: Kept) -> Iterator[tuple[int, int]]:
    for node in body:
        if isinstance(node, ast.ClassDef) and node.body[0].lineno > node.lineno:
            yield first_row(node), first_row(node.body[0]) - 1
            yield from _ranges(kept.members.get(node, node.body), kept)
        else:
            yield first_row(node), last_row(node)
