"""Which names a piece of an ``ast`` tree reads, binds, and leaves to closures to read later."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias

from .trees import children, walk

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Scope: TypeAlias = ast.Module | ast.ClassDef | Function
Comprehension: TypeAlias = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

_CONSUMERS = frozenset(
    {"sum", "any", "all", "list", "tuple", "set", "frozenset", "sorted", "min", "max", "dict"}
)
"""Built-in functions that are done with a generator when they return."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a piece of a scope, as names of that scope.

    ``lazy`` are those that a function, a class or a generator inside it uses, perhaps later;
    ``module`` those of the module that something inside declares global.
    """

    loads: set[str] = field(default_factory=set)
    stores: set[str] = field(default_factory=set)
    lazy: set[str] = field(default_factory=set)
    module: set[str] = field(default_factory=set)
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)


class Bindings:
    """The names of the parts of one file, computed when asked for."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._names: dict[ast.AST, Names] = {}
        self._inside: dict[Scope, Names] = {}
        self._free: dict[ast.AST, tuple[set[str], set[str]]] = {}

    def of(self, node: ast.AST) -> Names:
        """The names of a statement or an expression; of a scope, those of its body."""
        if node not in self._names:
            inside = isinstance(node, ast.Module)
            self._names[node] = self._collect(children(node) if inside else (node,))
        return self._names[node]

    def inside(self, scope: Scope) -> Names:
        """The names of the body of a scope; the parameters of a function are bound in it."""
        if isinstance(scope, ast.Module):
            return self.of(scope)
        if scope not in self._inside:
            names = self._inside[scope] = self._collect(scope.body)
            if not isinstance(scope, ast.ClassDef):
                names.stores.update(parameters(scope.args))
        return self._inside[scope]

    def free(self, node: Function | ast.Lambda | ast.ClassDef) -> tuple[set[str], set[str]]:
        """The names that a function or a class takes from the scope around it, and globals."""
        if node not in self._free:
            self._free[node] = self._free_of(node)
        return self._free[node]

    def targets(self, node: Comprehension) -> set[str]:
        """The names that belong to a comprehension itself."""
        return self._collect(generator.target for generator in node.generators).stores

    def _free_of(self, node: Function | ast.Lambda | ast.ClassDef) -> tuple[set[str], set[str]]:
        body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else [*node.body]
        body += getattr(node, "type_params", ())
        if isinstance(node, ast.ClassDef):
            names, own = self._collect(body), set()
        else:
            names = self._collect([*body, *_annotations(node)])
            own = names.stores.union(parameters(node.args)) - names.nonlocals
        used = names.loads | names.lazy | names.nonlocals
        return used - own - names.globals, names.module | names.globals

    @cached_property
    def _consumers(self) -> set[str]:
        """The consumers that nothing in the file gives another meaning."""
        bound: set[str] = set()
        for node in walk(self._tree):
            match node:
                case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                    bound.add(name)
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    bound.add(name)
                case ast.alias(name="*"):
                    bound.update(dir(builtins))
                case ast.alias(name=name, asname=asname):
                    bound.add(asname or name)
        return set(_CONSUMERS - bound)

    def _collect(self, nodes: Iterable[ast.AST]) -> Names:
        names, todo = Names(), [*nodes]
        while todo:  # long sums nest too deep to recurse
            node = todo.pop()
            match node:
                case ast.Name(id=name, ctx=ctx):
                    if not isinstance(ctx, ast.Store):
                        names.loads.add(name)
                    if not isinstance(ctx, ast.Load):
                        names.stores.add(name)
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda() | ast.ClassDef():
                    free, module = self.free(node)
                    names.lazy.update(free)
                    names.module.update(module)
                    names.stores.update(_own_names(node))
                    todo += _evaluated_parts(node)
                case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                    lazy = isinstance(node, ast.GeneratorExp)
                    todo.append(self._comprehension(node, names, lazy=lazy))
                case ast.Call(func=ast.Name(id=name), args=[ast.GeneratorExp() as first, *rest]):
                    lazy = name not in self._consumers
                    todo.append(self._comprehension(first, names, lazy=lazy))
                    todo += (node.func, *rest, *node.keywords)
                case ast.AnnAssign(target=target, annotation=annotation, value=value):
                    names.lazy.update(self._used(annotation))
                    todo += [target] if value is None else [target, value]
                case ast.stmt() if type(node).__name__ == "TypeAlias":  # since Python 3.12
                    names.lazy.update(self._used(node))
                    names.stores.update(self._collect(children(node)).stores)
                case _:
                    _declare(node, names)
                    names.stores.update(_own_names(node))
                    todo += children(node)
        return names

    def _used(self, late: ast.AST) -> set[str]:
        """The names that are read inside something that may be evaluated late."""
        names = self._collect([late] if isinstance(late, ast.expr) else children(late))
        return names.loads | names.lazy

    def _comprehension(self, node: Comprehension, names: Names, *, lazy: bool) -> ast.expr:
        """Add the names of a comprehension; its first iterable belongs to the scope around it."""
        first, *others = node.generators
        results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        conditions = [test for generator in node.generators for test in generator.ifs]
        inner = self._collect([*results, *conditions, *(other.iter for other in others)])
        targets = self._collect(generator.target for generator in node.generators)
        loads = (inner.loads | targets.loads) - targets.stores
        (names.lazy if lazy else names.loads).update(loads)
        if lazy:
            names.lazy.update(inner.stores)
        names.stores.update(inner.stores)
        names.lazy.update((inner.lazy | targets.lazy) - targets.stores)
        names.module.update(inner.module)
        return first.iter


def _declare(node: ast.AST, names: Names) -> None:
    """Add what a node says of names beside their being there."""
    match node:
        case ast.AugAssign(target=ast.Name(id=name)):
            names.loads.add(name)
        case ast.Global(names=declared):
            names.globals.update(declared)
        case ast.Nonlocal(names=declared):
            names.nonlocals.update(declared)


def _own_names(node: ast.AST) -> Iterator[str]:
    """The names that a node binds, other than by a Name in it."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.alias(name=name, asname=asname):
            yield asname or name.partition(".")[0]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
            yield name
        case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
            yield name


def _evaluated_parts(node: Function | ast.Lambda | ast.ClassDef) -> Iterator[ast.expr]:
    """The expressions of a definition that are evaluated by the scope around it."""
    if isinstance(node, ast.ClassDef):
        yield from (*node.decorator_list, *node.bases, *(word.value for word in node.keywords))
        return
    if not isinstance(node, ast.Lambda):
        yield from node.decorator_list
    yield from node.args.defaults
    yield from (default for default in node.args.kw_defaults if default is not None)


def _arguments(args: ast.arguments) -> Iterator[ast.arg]:
    yield from (*args.posonlyargs, *args.args, *args.kwonlyargs)
    yield from (arg for arg in (args.vararg, args.kwarg) if arg is not None)


def parameters(args: ast.arguments) -> Iterator[str]:
    """The names of all parameters."""
    return (arg.arg for arg in _arguments(args))


def _annotations(node: Function | ast.Lambda) -> Iterator[ast.expr]:
    """The annotations of a function, which may be evaluated late."""
    yield from (arg.annotation for arg in _arguments(node.args) if arg.annotation is not None)
    if not isinstance(node, ast.Lambda) and node.returns is not None:
        yield node.returns
