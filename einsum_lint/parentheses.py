"""Whether an expression needs parentheses in the place of another one."""

from __future__ import annotations

import ast

_ATOMS = (
    ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.Call, ast.List, ast.Dict, ast.Set,
    ast.ListComp, ast.SetComp, ast.DictComp,
)  # fmt: skip
_PRODUCTS = (ast.Mult, ast.MatMult, ast.Div, ast.FloorDiv, ast.Mod)
_LOOSER = (ast.Add, ast.Sub, ast.LShift, ast.RShift, ast.BitAnd, ast.BitOr, ast.BitXor)
_OPEN = (
    ast.stmt, ast.keyword, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.Compare, ast.BoolOp,
    ast.IfExp, ast.comprehension, ast.NamedExpr, ast.Slice, ast.withitem,
)  # fmt: skip


def fitting(text: str, parent: ast.AST, node: ast.expr) -> str:
    """An expression as it may stand where ``node`` does, in parentheses if it needs them.

    ``text`` is an atom or a product.
    """
    new = ast.parse(text, mode="eval").body
    return text if isinstance(new, _ATOMS) or _takes_products(parent, node) else f"({text})"


def _takes_products(parent: ast.AST, node: ast.expr) -> bool:
    match parent:
        case ast.BinOp(left=left, op=op):
            return isinstance(op, _LOOSER) or (left is node and isinstance(op, _PRODUCTS))
        case ast.Call(func=function):
            return function is not node
        case ast.Subscript(slice=inner):
            return inner is node
    return isinstance(parent, _OPEN)
