"""Reads the two texts of a trial, and refuses what is not array arithmetic, loops and conditions.

This is decided on the syntax tree, before anything is run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ..trial import Input, Trial
from .known import ATTRIBUTES, BUILTINS, CONSTANTS, FUNCTIONS, METHODS, MODULES

_STATEMENTS: Final = (
    ast.Assign, ast.AugAssign, ast.For, ast.While, ast.If, ast.Expr, ast.Pass, ast.Break,
    ast.Continue,
)  # fmt: skip
_EXPRESSIONS: Final = (
    ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.Attribute,
    ast.Subscript, ast.Name, ast.Constant, ast.Tuple, ast.List, ast.Slice, ast.Starred,
    ast.GeneratorExp, ast.ListComp, ast.comprehension, ast.keyword, ast.operator, ast.unaryop,
    ast.boolop, ast.cmpop, ast.expr_context,
)  # fmt: skip
_TITLES: Final = {
    ast.Import: "an import", ast.ImportFrom: "an import", ast.Try: "try", ast.With: "with",
    ast.FunctionDef: "a function", ast.ClassDef: "a class", ast.Lambda: "a lambda",
    ast.Return: "return", ast.Raise: "raise", ast.Assert: "assert", ast.Delete: "del",
    ast.Global: "global", ast.Nonlocal: "nonlocal", ast.Yield: "yield", ast.Await: "await",
    ast.JoinedStr: "an f-string", ast.NamedExpr: "an assignment in an expression",
    ast.Dict: "a dict", ast.Set: "a set", ast.DictComp: "a dict", ast.SetComp: "a set",
}  # fmt: skip


class Skipped(Exception):  # noqa: N818 (no error: the answer of the prover)
    """The trial is not run, for this reason."""


class NoInput(Skipped):
    """The original runs on no input that was tried."""


@dataclass(frozen=True, slots=True)
class Program:
    """A trial whose texts may be run.

    ``modules`` says what the imported names stand for: ``np`` for ``numpy``, ``product`` for
    ``itertools.product``.  ``paths`` are the dotted names among the inputs and results.
    """

    before: ast.Module
    after: ast.Module
    modules: Mapping[str, str]
    inputs: tuple[Input, ...]
    results: tuple[str, ...]
    paths: frozenset[str]
    empty: bool


def read(trial: Trial) -> Program:
    """The program of a trial; Skipped when it holds anything that is not known to be harmless."""
    before, after = _parsed(trial.before, "the original"), _parsed(trial.after, "the rewriting")
    modules = _modules(trial.header)
    names = [*(i.name for i in trial.inputs), *trial.results]
    paths = frozenset(name for name in names if "." in name)
    bound = {name.partition(".")[0] for name in names} | _stored(before) | _stored(after)
    for name in sorted(bound & modules.keys()):
        raise Skipped(f"binds {name} again")
    check = _Check(modules, bound, paths)
    for tree in (before, after):
        for statement in tree.body:
            check.visit(statement)
    return Program(before, after, modules, trial.inputs, trial.results, paths, trial.empty)


def dotted(node: ast.AST) -> str | None:
    """The text of a name or a dotted path."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            base = dotted(value)
            return None if base is None else f"{base}.{attr}"
    return None


def canonical(node: ast.AST, modules: Mapping[str, str]) -> str | None:
    """What a name or path stands for: ``numpy.dot`` for ``np.dot``; None for a variable's."""
    root, dot, rest = (dotted(node) or "").partition(".")
    return f"{modules[root]}{dot}{rest}" if root in modules else None


def _parsed(text: str, title: str) -> ast.Module:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Skipped(f"{title} cannot be parsed") from error
    bare = _WithoutAnnotations().visit(tree)
    assert isinstance(bare, ast.Module)
    return ast.fix_missing_locations(bare)


class _WithoutAnnotations(ast.NodeTransformer):
    """An annotation may be any expression, and none of them changes what is computed."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        assign = ast.Assign(targets=[node.target], value=node.value)
        return ast.copy_location(assign, node)


def _modules(header: str) -> dict[str, str]:
    """What the import statements bind, of the modules that are known."""
    found: dict[str, str] = {}
    for node in _parsed(header, "the header").body:
        match node:
            case ast.Import(names=names):
                for alias in names:
                    root = alias.name if alias.asname else alias.name.partition(".")[0]
                    found[alias.asname or root] = root
            case ast.ImportFrom(module=str(module), names=names, level=0):
                found |= {a.asname or a.name: f"{module}.{a.name}" for a in names}
    known = FUNCTIONS | CONSTANTS | MODULES
    return {name: target for name, target in found.items() if target in known}


def _stored(tree: ast.AST) -> set[str]:
    nodes = (n for n in ast.walk(tree) if isinstance(n, ast.Name))
    return {node.id for node in nodes if isinstance(node.ctx, ast.Store)}


@dataclass(frozen=True, slots=True)
class _Check:
    """Visits a statement; Skipped at the first part that is not known."""

    modules: Mapping[str, str]
    bound: set[str]
    paths: frozenset[str]

    def visit(self, node: ast.AST) -> None:
        if not isinstance(node, _STATEMENTS + _EXPRESSIONS):
            raise Skipped(f"has {_TITLES.get(type(node), type(node).__name__)}")
        match node:
            case ast.Name():
                self._name(node)
            case ast.Attribute():
                self._attribute(node)
            case ast.Call():
                self._call(node)
            case ast.comprehension(is_async=1):
                raise Skipped("has an asynchronous comprehension")
            case _:
                for child in ast.iter_child_nodes(node):
                    self.visit(child)

    def _name(self, node: ast.Name) -> None:
        name = node.id
        if isinstance(node.ctx, ast.Store):
            return
        if any(path.startswith(f"{name}.") for path in self.paths):
            raise Skipped(f"uses {name} as a whole")
        if name in self.bound or self.modules.get(name) in CONSTANTS:
            return
        if name not in {"float", "int", "complex", "bool", "list", "tuple"}:
            raise Skipped(f"uses {name}")

    def _attribute(self, node: ast.Attribute) -> None:
        text = dotted(node)
        if text in self.paths:
            return
        if not isinstance(node.ctx, ast.Load):
            raise Skipped(f"writes {text or node.attr}")
        if self._module_of(node) in CONSTANTS:
            return
        if node.attr not in ATTRIBUTES or self._module_of(node):
            raise Skipped(f"reads {text or node.attr}")
        self.visit(node.value)

    def _call(self, node: ast.Call) -> None:
        for part in self._unknown_parts(node.func):
            raise Skipped(f"calls {part}")
        for argument in node.args:
            self.visit(argument)
        for keyword in node.keywords:
            if keyword.arg is None:
                raise Skipped("passes a dict of keywords")
            self.visit(keyword.value)

    def _unknown_parts(self, function: ast.expr) -> Iterator[str]:
        """The name of a callee that is not known, and nothing when it is."""
        name = self._module_of(function)
        if name is not None:
            if name not in FUNCTIONS:
                yield dotted(function) or name
        elif isinstance(function, ast.Name):
            if function.id in self.bound or function.id not in BUILTINS:
                yield function.id
        elif isinstance(function, ast.Attribute):
            text = dotted(function)
            if function.attr not in METHODS or self._is_object(function.value):
                yield text or function.attr
            self.visit(function.value)
        else:
            yield "the result of an expression"

    def _module_of(self, node: ast.expr) -> str | None:
        root = (dotted(node) or "").partition(".")[0]
        return None if root in self.bound else canonical(node, self.modules)

    def _is_object(self, node: ast.expr) -> bool:
        """Whether a path stands for an object that only holds inputs: ``self`` of ``self.w``."""
        text = dotted(node)
        return text is not None and any(path.startswith(f"{text}.") for path in self.paths)
