"""Small questions about expressions: their parts, the names that they look at or bind."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence

from ..screen import dotted, last_name
from ..trees import children


def parse_expression(text: str) -> ast.expr | None:
    """The expression that a text is, None where it is none."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of its escapes
            return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


def unstarred(node: ast.expr) -> ast.expr:
    """``x`` of ``*x`` and of ``x``."""
    return node.value if isinstance(node, ast.Starred) else node


def indices(node: ast.Subscript) -> Sequence[ast.expr]:
    """What stands in the brackets: ``i`` and ``j`` of ``x[i, j]``."""
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else (node.slice,)


_OF_ARRAYS = frozenset({"ndim", "shape", "size", "dtype", "T"})


def tested(node: ast.AST) -> frozenset[str]:
    """The names and dotted paths that a condition looks at."""
    match node:
        case ast.Attribute(value=owner, attr=name):
            path = "" if name in _OF_ARRAYS else dotted(node)
            return frozenset({path}) if path else tested(owner)
        case ast.Name(id=name):
            return frozenset({name})
    return frozenset(name for child in children(node) for name in tested(child))


def target_names(target: ast.expr) -> Iterator[str]:
    """The names that assigning to a target binds."""
    match target:
        case ast.Name(id=name):
            yield name
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            for element in elements:
                yield from target_names(unstarred(element))


_PROPAGATES = frozenset(
    {"errstate", "catch_warnings", "no_grad", "enable_grad", "printoptions", "open", "Timer"}
)
EXPECTS_ERROR = frozenset(
    {"raises", "assertRaises", "assertRaisesRegex", "assert_raises", "assert_raises_regex"}
)


def propagates(manager: ast.expr) -> bool:
    """Whether a context manager certainly lets exceptions through."""
    return isinstance(manager, ast.Call) and last_name(manager.func) in _PROPAGATES


def expects_error(statement: ast.stmt | None) -> bool:
    """Whether a statement is ``assert_raises(Error, …)`` or its like."""
    match statement:
        case ast.Expr(value=ast.Call(func=func)):
            return last_name(func) in EXPECTS_ERROR
    return False
