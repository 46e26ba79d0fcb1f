"""Array arithmetic in a statement that may be a sum of products."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..screen import last_name

_PRODUCTS = frozenset({
    "dot", "matmul", "tensordot", "inner", "outer", "vdot", "vecdot", "matvec", "vecmat",
    "multi_dot", "multiply", "trace", "diagonal", "diag", "bmm", "mm", "mv", "ger", "mul",
})  # fmt: skip
_VIEWS = frozenset({
    "transpose", "swapaxes", "moveaxis", "rollaxis", "matrix_transpose", "permute_dims", "squeeze",
    "diag", "diagonal", "trace", "sum", "permute", "movedim", "swapdims", "unsqueeze", "view",
})  # fmt: skip
_REARRANGES = frozenset({
    "sum", "transpose", "swapaxes", "moveaxis", "rollaxis", "matrix_transpose", "permute_dims",
    "squeeze", "reshape", "conj", "conjugate", "permute", "movedim", "swapdims", "unsqueeze",
    "view",
})  # fmt: skip
CLOSED = (
    ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.JoinedStr,
    ast.stmt, ast.NamedExpr,
)  # fmt: skip
"""What is looked into no further: names may mean something else there."""


def operations(node: ast.expr, written: ast.expr | None = None) -> int:
    """How many operations an idiom has; 0 for what is none, such as a product of two names.

    ``written`` is how the statement has it, where ``node`` has the values of temporaries in it.
    """
    if not _is_operation(written or node):
        return 0
    found = [part for part in ast.walk(node) if _is_operation(part)]
    plain = all(isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mult) for part in found)
    return 0 if plain and not any(map(_is_new_axis, ast.walk(node))) else len(found)


def is_step(node: ast.expr) -> bool:
    """Whether the value of a temporary is an operation on arrays, not a mere part of one."""
    match node:
        case ast.Call(func=func) if last_name(func) == "einsum":
            return True
    return _is_operation(node) or _is_new_axis(node)


def multiplies(node: ast.expr) -> bool:
    """Whether a product is among the operations of an idiom."""
    return any(
        isinstance(part, ast.BinOp) or last_name(getattr(part, "func", part)) in _PRODUCTS
        for part in ast.walk(node)
        if _is_operation(part)
    )


def _is_operation(node: ast.AST) -> bool:
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return not (_is_number(left) or _is_number(right))
        case ast.BinOp(op=ast.MatMult()) | ast.Attribute(attr="T" | "mT"):
            return True
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name in _PRODUCTS | _REARRANGES
    return False


def _is_number(node: ast.expr) -> bool:
    inner = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(inner, ast.Constant)


def _is_new_axis(node: ast.AST) -> bool:
    """Whether a subscript makes a new axis, along which an array is stretched."""
    if not isinstance(node, ast.Subscript):
        return False
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    return any(
        (isinstance(part, ast.Constant) and part.value is None) or last_name(part) == "newaxis"
        for part in parts
    )


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


def copies(node: ast.expr) -> bool:
    """Whether something may give a copy, where an einsum of one operand gives a view."""
    return any(
        isinstance(part, ast.Call) and last_name(part.func) not in _VIEWS for part in ast.walk(node)
    )
