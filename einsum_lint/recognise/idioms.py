"""Array arithmetic in a statement that may be a sum of products."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_PRODUCTS = frozenset({
    "dot", "matmul", "tensordot", "inner", "outer", "vdot", "vecdot", "matvec", "vecmat",
    "multi_dot", "multiply", "trace", "diagonal", "diag",
})  # fmt: skip
_REARRANGES = frozenset({
    "sum", "transpose", "swapaxes", "moveaxis", "rollaxis", "matrix_transpose", "permute_dims",
    "squeeze", "reshape", "conj", "conjugate",
})  # fmt: skip
CLOSED = (
    ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.JoinedStr,
    ast.stmt, ast.NamedExpr,
)  # fmt: skip
"""What is looked into no further: names may mean something else there."""


def operations(node: ast.expr) -> int:
    """How many operations an idiom has; 0 when the outermost node belongs to none."""
    return sum(map(_is_operation, ast.walk(node))) if _is_idiom(node) else 0


def _is_idiom(node: ast.expr) -> bool:
    match node:
        case ast.BinOp(op=ast.MatMult() | ast.Mult()):
            return True
        case ast.Attribute(attr="T" | "mT"):
            return True
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in _PRODUCTS | _REARRANGES
    return False


def _is_operation(node: ast.AST) -> bool:
    return isinstance(node, ast.expr) and _is_idiom(node)


def whole_operands(node: ast.expr) -> Iterator[ast.expr]:
    """What operators, methods and attributes take: a list, or a sparse matrix, has its own ones."""
    for part in ast.walk(node):
        match part:
            case ast.BinOp(left=left, right=right):
                yield from (left, right)
            case ast.UnaryOp(operand=operand):
                yield operand
            case ast.Call(func=ast.Attribute(value=value)) | ast.Attribute(value=value):
                yield value
