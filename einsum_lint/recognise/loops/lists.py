"""Lists that get their items in a nest and are then made an array."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...liveness import Liveness
from ..products.space import Refused

if TYPE_CHECKING:
    from .around import Around

_MAKES_ARRAY = frozenset({"numpy.array", "numpy.asarray", "numpy.stack"})


@dataclass(frozen=True, slots=True)
class Gathered:
    """Where the lists of a nest begin, and the calls that make arrays of them."""

    prelude: Mapping[str, ast.stmt] = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    extra: Mapping[ast.expr, str] = field(default_factory=dict)


def gathered(names: Iterable[str], nest: ast.stmt, liveness: Liveness, around: Around) -> Gathered:
    """Check that each list is empty before the nest and is only made an array afterwards."""
    prelude: dict[str, ast.stmt] = {}
    extra: dict[ast.expr, str] = {}
    found = beginnings(sorted(names), nest, liveness)
    for name in sorted(names):
        match found.get(name):
            case ast.Assign(value=ast.List(elts=[])) as statement:
                prelude[name] = statement
            case _:
                raise Refused(f"{name} may have other items too", nest)
        extra[conversion(name, nest, around)] = name
    return Gathered(prelude, tuple(prelude), extra)


def beginnings(names: Iterable[str], nest: ast.stmt, liveness: Liveness) -> dict[str, ast.stmt]:
    """The statement before the nest, in its block, that gives each name its value, if there is one.

    Nothing between it and the nest mentions the name.
    """
    found: dict[str, ast.stmt] = {}
    for name in names:
        statement = liveness.previous(nest)
        while statement is not None and not _mentions(statement, name):
            statement = liveness.previous(statement)
        match statement:
            case ast.Assign(targets=[ast.Name(id=bound)], value=value):
                if bound == name and not _mentions(ast.Expr(value), name):
                    found[name] = statement
    return found


def conversion(name: str, nest: ast.stmt, around: Around) -> ast.expr:
    """The only later use of a list: the call that makes an array of it."""
    owner = around.origins.owner
    inside = {id(node) for node in ast.walk(nest)}
    loads = [
        node
        for node in ast.walk(owner)
        if isinstance(node, ast.Name)
        and node.id == name
        and isinstance(node.ctx, ast.Load)
        and id(node) not in inside
    ]
    calls = [node for node in ast.walk(owner) if isinstance(node, ast.Call)]
    for call in calls:
        only = len(loads) == 1 and call.args == loads and not call.keywords
        if only and call.lineno > nest.lineno and _names(call.func, around) & _MAKES_ARRAY:
            return call
    raise Refused(f"{name} is used as a list after the loop", nest)


def _names(function: ast.expr, around: Around) -> frozenset[str]:
    return around.known.reference(ast.unparse(function))


def _mentions(statement: ast.stmt, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(statement))
