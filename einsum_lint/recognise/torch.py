"""PyTorch's arithmetic as NumPy's: functions and methods that are called, or work, otherwise."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Final

from .products.tables import FUNCTIONS, METHODS, POINTWISE

_EQUATIONS: Final = {
    "bmm": "abc,acd->abd",
    "mm": "ab,bc->ac",
    "mv": "ab,b->a",
    "dot": "a,a->",
    "outer": "a,b->ab",
    "ger": "a,b->ab",
}
"""What takes tensors of just these ranks."""
_RENAMED: Final = {
    "mul": "multiply",
    "div": "divide",
    "sub": "subtract",
    "neg": "negative",
    "swapdims": "swapaxes",
    "transpose": "swapaxes",
    "movedim": "moveaxis",
    "permute": "transpose",
    "unsqueeze": "expand_dims",
    "view": "reshape",
    "clone": "copy",
}
_PARAMETERS: Final[Mapping[str, Sequence[str]]] = {
    "sum": ("axis", "keepdims", "dtype"),
    "mean": ("axis", "keepdims", "dtype"),
    "diagonal": ("offset", "axis1", "axis2"),
}
"""The parameters behind the tensor, by NumPy's names."""
_KEYWORDS: Final = {
    "dim": "axis",
    "keepdim": "keepdims",
    "dim1": "axis1",
    "dim2": "axis2",
    "dims": "axes",
}
_FUNCTIONS_ONLY: Final = (FUNCTIONS.keys() | POINTWISE.keys()) - METHODS.keys()


def as_numpy(node: ast.expr, torch: str) -> ast.expr:
    """An expression of tensors with NumPy's operations, ``torch`` standing for NumPy."""
    written: ast.expr = _Writer(torch).visit(node)
    return written


class _Writer(ast.NodeTransformer):
    """Writes calls anew, and leaves the tree of the file as it is."""

    def __init__(self, torch: str) -> None:
        self._torch = torch

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if not isinstance(node.func, ast.Attribute):
            return node
        name, owner = node.func.attr, node.func.value
        function = isinstance(owner, ast.Name) and owner.id == self._torch
        arguments = [self.visit(argument) for argument in node.args]
        if not function:
            arguments.insert(0, self.visit(owner))
        keywords = [ast.keyword(_KEYWORDS.get(k.arg or "", k.arg), k.value) for k in node.keywords]
        if len(arguments) == 1 and name in ("contiguous", "t"):
            return arguments[0] if name == "contiguous" else _attribute(arguments[0], "T", node)
        if name in _EQUATIONS and arguments:
            name, function = "einsum", True
            arguments.insert(0, ast.Constant(_EQUATIONS[node.func.attr]))
        elif name in _PARAMETERS:
            given = zip(_PARAMETERS[name], arguments[1:], strict=False)
            keywords += [ast.keyword(parameter, value) for parameter, value in given]
            arguments = arguments[:1]
        name = _RENAMED.get(name, name)
        if function or name in _FUNCTIONS_ONLY:
            callee = _attribute(ast.Name(self._torch, ast.Load()), name, node)
        else:
            callee = _attribute(arguments.pop(0), name, node)
        return ast.copy_location(ast.Call(callee, arguments, keywords), node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        value = self.visit(node.value)
        name = node.attr
        if name in ("H", "mH"):
            conj = _attribute(ast.Name(self._torch, ast.Load()), "conj", node)
            value = ast.copy_location(ast.Call(conj, [value], []), node)
            name = name.replace("H", "T")
        return _attribute(value, name, node)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        fields = {name: self._visited(value) for name, value in ast.iter_fields(node)}
        return ast.copy_location(type(node)(**fields), node)

    def _visited(self, value: object) -> object:
        if isinstance(value, list):
            return [self._visited(item) for item in value]
        return self.visit(value) if isinstance(value, ast.AST) else value


def _attribute(value: ast.expr, name: str, node: ast.expr) -> ast.Attribute:
    return ast.copy_location(ast.Attribute(value, name, ast.Load()), node)
