"""Small questions about expressions: their text, the names that they look at or bind."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from ..concrete import parts


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
    return frozenset(name for child in parts(node) for name in tested(child))


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


_PROPAGATES = frozenset(
    {"errstate", "catch_warnings", "no_grad", "enable_grad", "printoptions", "open", "Timer"}
)
EXPECTS_ERROR = frozenset(
    {"raises", "assertRaises", "assertRaisesRegex", "assert_raises", "assert_raises_regex"}
)


def propagates(manager: cst.BaseExpression) -> bool:
    """Whether a context manager certainly lets exceptions through."""
    return isinstance(manager, cst.Call) and last_name(manager.func) in _PROPAGATES


def expects_error(statement: cst.CSTNode | None) -> bool:
    """Whether a statement is ``assert_raises(Error, …)`` or its like."""
    match statement:
        case cst.Expr(value=cst.Call(func=func)):
            return last_name(func) in EXPECTS_ERROR
    return False


def dotted(node: cst.CSTNode) -> str:
    """The dotted name that a node is, or nothing."""
    match node:
        case cst.Attribute(value=owner, attr=cst.Name(value=name)):
            return f"{dotted(owner)}.{name}"
        case cst.Name(value=name):
            return name
    return ""


def last_name(node: cst.CSTNode | None) -> str:
    """The last part of a dotted name."""
    return dotted(node).rpartition(".")[2] if node is not None else ""


def parameters(params: cst.Parameters) -> Iterator[str]:
    """The names of all parameters."""
    for group in (params.posonly_params, params.params, params.kwonly_params):
        yield from (param.name.value for param in group)
    for star in (params.star_arg, params.star_kwarg):
        if isinstance(star, cst.Param):
            yield star.name.value
