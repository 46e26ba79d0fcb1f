"""Which names the body of a loop binds, appends to and stores into.  Syntax alone."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from ...screen import bound_names
from ...trees import walk


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one loop: ``targets`` of its header; the others of its body."""

    targets: tuple[str, ...]
    bound: tuple[str, ...]
    appended: tuple[str, ...]
    stored: frozenset[str]
    by_statement: Mapping[ast.stmt, frozenset[str]]


def names_of(node: ast.For | ast.While) -> Names:
    """The names of a loop."""
    in_order = {statement: tuple(bound_names(statement)) for statement in node.body}
    bound = [name for names in in_order.values() for name in names]
    appended: list[str] = []
    stored: set[str] = set()
    for inner in walk(ast.Module(node.body, [])):
        match inner:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append")):
                appended.append(name)
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()):
                stored.add(name)
    targets = tuple(bound_names(node.target)) if isinstance(node, ast.For) else ()
    return Names(
        targets,
        tuple(dict.fromkeys(bound)),
        tuple(name for name in dict.fromkeys(appended) if name not in bound),
        frozenset(stored),
        {statement: frozenset(names) for statement, names in in_order.items()},
    )
