"""Walks through ``ast`` trees, some three times as fast as those of ``ast`` itself."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final

_PLAIN: Final = frozenset({
    "arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "level", "module",
    "name", "op", "ops", "simple", "type_comment", "type_ignores",
})  # fmt: skip
"""Fields that hold no nodes, or only contexts and operators, which have no parts."""


class _Fields(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of each class of nodes in which there may be others."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        own = () if kind is ast.Constant else kind._fields
        fields = self[kind] = tuple(
            name for name in own if name not in _PLAIN or (kind, name) in _NODES
        )
        return fields


_NODES: Final = {(ast.TypeAlias, "name")} if hasattr(ast, "TypeAlias") else set()
_FIELDS: Final = _Fields()


def walk(node: ast.AST) -> list[ast.AST]:
    """A node and all below it, in the order of ``ast.walk``, without contexts and operators."""
    found = [node]
    append = found.append
    for current in found:
        for name in _FIELDS[current.__class__]:
            value = getattr(current, name, None)
            if value.__class__ is list:
                for item in value:
                    if isinstance(item, ast.AST):
                        append(item)
            elif isinstance(value, ast.AST):
                append(value)
    return found


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes directly in a node, in their order, without contexts and operators."""
    found: list[ast.AST] = []
    for name in _FIELDS[node.__class__]:
        value = getattr(node, name, None)
        if value.__class__ is list:
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def arguments_in_order(call: ast.Call) -> Sequence[ast.expr | ast.keyword]:
    """The arguments of a call in the order of the text."""
    arguments: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    if call.keywords and call.args and isinstance(call.args[-1], ast.Starred):
        arguments.sort(key=lambda argument: (argument.lineno, argument.col_offset))
    return arguments
