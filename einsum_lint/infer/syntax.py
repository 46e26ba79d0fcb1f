"""Small questions about expressions: their text, the names that they look at or bind."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst


def text_of(node: cst.CSTNode) -> str:
    """The source text of a node."""
    return cst.Module(()).code_for_node(node)


_OF_ARRAYS = frozenset({"ndim", "shape", "size", "dtype", "T"})


def tested(node: cst.CSTNode) -> frozenset[str]:
    """The names and dotted paths that a condition looks at."""
    match node:
        case cst.Attribute(value=owner, attr=cst.Name(value=name)):
            if name in _OF_ARRAYS:
                return tested(owner)
            path = text_of(node)
            return frozenset({path}) if path.replace(".", "").isidentifier() else tested(owner)
        case cst.Name(value=name):
            return frozenset({name})
    return frozenset(name for child in node.children for name in tested(child))


def clauses(first: cst.CompFor | None) -> Iterator[cst.CompFor]:
    """The ``for`` clauses of a comprehension, outermost first."""
    while first is not None:
        yield first
        first = first.inner_for_in


def target_names(target: cst.BaseExpression) -> Iterator[str]:
    """The names that assigning to a target binds."""
    match target:
        case cst.Name(value=name):
            yield name
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            for element in elements:
                yield from target_names(element.value)
