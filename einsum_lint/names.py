"""Which names a scope uses, and how it calls NumPy."""

from __future__ import annotations

import ast
import builtins
import functools
import keyword
from collections.abc import Container, Iterator, Mapping

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_REMEMBERED = 16  # scopes; the calls of one follow each other
_OTHERS = ("name", "asname", "arg", "rest")

RESERVED = frozenset({*dir(builtins), *keyword.kwlist, *keyword.softkwlist})
"""Names that new code does not bind, whether they are used or not."""


@functools.lru_cache(maxsize=_REMEMBERED)
def used_names(scope: ast.AST, around: tuple[ast.AST, ...] = ()) -> frozenset[str]:
    """Every name that a scope, or a function inside it, reads or binds.

    Left out are the variables of loops that are read inside their loops only: code outside may bind
    them too.  ``around`` are the statements outside of which that code does not stand.
    """
    found: set[str] = set()
    todo: list[tuple[ast.AST, frozenset[str]]] = [(scope, frozenset())]
    while todo:
        node, own = todo.pop()
        if isinstance(node, ast.Name):
            found.update({node.id} - own)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            found.update(node.names)
        elif not isinstance(node, (ast.expr, ast.keyword)):
            given = (getattr(node, attribute, None) for attribute in _OTHERS)
            found.update(name.partition(".")[0] for name in given if isinstance(name, str))
        todo += _parts(node, own, around)
    return frozenset(found)


def _parts(
    node: ast.AST, own: frozenset[str], around: Container[ast.AST]
) -> Iterator[tuple[ast.AST, frozenset[str]]]:
    """The parts of a node, each with the variables of the loops that it stands in."""
    match node:
        case ast.For(target=target, iter=values, body=body, orelse=orelse) if node not in around:
            more = own | stored_names(target)
            yield from ((part, more) for part in (target, *body))
            yield from ((part, own) for part in (values, *orelse))
        case ast.Lambda() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            # What is defined in a loop may read its variable when the loop is over.
            yield from ((part, frozenset()) for part in ast.iter_child_nodes(node))
        case _:
            yield from ((part, own) for part in ast.iter_child_nodes(node))


def stored_names(node: ast.AST) -> frozenset[str]:
    """The names that are bound or deleted somewhere in a node."""
    names = (part for part in ast.walk(node) if isinstance(part, ast.Name))
    return frozenset(name.id for name in names if not isinstance(name.ctx, ast.Load))


def written_into(scope: ast.AST) -> frozenset[str]:
    """The names whose objects a scope changes: ``x[i] = …``, ``x += …``, ``x.fill(…)``."""
    found: set[str] = set()
    for node in ast.walk(scope):
        match node:
            case (
                ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del())
                | ast.AugAssign(target=ast.Name(id=name))
                | ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name))))
                | ast.keyword(arg="out", value=ast.Name(id=name))
            ):
                found.add(name)
    return frozenset(found)


@functools.lru_cache(maxsize=_REMEMBERED)
def bound_in(scope: ast.AST) -> frozenset[str]:
    """The names that a scope binds other than by an import, parameters too."""
    parameters = (node.arg for node in ast.walk(scope) if isinstance(node, ast.arg))
    return stored_names(scope) | frozenset(parameters)


def own_statements(scope: ast.AST) -> Iterator[ast.stmt]:
    """The statements of a scope, also those in its blocks, and not those of inner scopes."""
    for node in ast.iter_child_nodes(scope):
        if isinstance(node, ast.stmt):
            yield node
        if isinstance(node, (ast.stmt, ast.ExceptHandler, ast.match_case)) and not isinstance(
            node, (*FUNCTIONS, ast.ClassDef)
        ):
            yield from own_statements(node)


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    """The names that an import binds, and what it binds them to."""
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            full = f"{'.' * node.level}{node.module or ''}.{alias.name}"
            yield alias.asname or alias.name, full
        elif alias.asname:
            yield alias.asname, alias.name
        else:
            root = alias.name.partition(".")[0]
            yield root, root


@functools.lru_cache(maxsize=_REMEMBERED)
def numpy_names(scopes: tuple[ast.AST, ...]) -> Mapping[str, str]:
    """The names in some scopes that certainly are NumPy, or a part of it: ``np``, ``einsum``.

    The first scope is the module; ``einsum = np.einsum`` binds a name there too.
    """
    found: dict[str, set[str]] = {}
    aliases: list[tuple[str, str]] = []
    for scope in scopes:
        for node in own_statements(scope):
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                for name, full in _imported(node):
                    found.setdefault(name, set()).add(full)
            elif scope is scopes[0]:
                match node:
                    case ast.Assign(targets=[ast.Name(id=name)], value=ast.Attribute() as value):
                        aliases.append((name, ast.unparse(value)))
    shadowed = frozenset().union(*map(bound_in, scopes[1:]))
    names = {
        name: full
        for name, (full, *more) in ((name, tuple(fulls)) for name, fulls in found.items())
        if not more and name not in shadowed and full.partition(".")[0] == "numpy"
    }
    assigned = [name for name, _ in aliases]
    for name, text in aliases:
        root, _, rest = text.partition(".")
        once = assigned.count(name) == 1 and name not in found and name not in shadowed
        if once and rest and names.get(root) == "numpy":
            names[name] = f"numpy.{rest}"
    return names
