"""What no assumption about ranks can mend: statements and calls that the reader never takes."""

from __future__ import annotations

import ast

from ...trees import children, walk
from ..products.space import Refused
from ..products.tables import FUNCTIONS, METHODS, POINTWISE
from .calls import BUILTINS, MATRIX_PRODUCTS, OF_LISTS
from .known import Known

_ENDS = (ast.Break, ast.Continue, ast.Return, ast.Raise)
_NEVER: dict[type[ast.AST], str] = {
    ast.If: "what happens depends on a condition",
    ast.IfExp: "what happens depends on a condition",
    ast.BoolOp: "what happens depends on a condition",
    ast.Match: "what happens depends on a condition",
    ast.Delete: "the loop deletes something",
    ast.With: "the loop enters a context",
    ast.Try: "the loop catches errors",
    ast.Assert: "the loop asserts something",
    ast.Global: "the loop declares a name",
    ast.Nonlocal: "the loop declares a name",
    ast.Import: "the loop imports something",
    ast.ImportFrom: "the loop imports something",
    ast.FunctionDef: "the loop defines a function",
    ast.ClassDef: "the loop defines a class",
    ast.Lambda: "the loop defines a function",
    ast.NamedExpr: "a name is bound inside of an expression",
    ast.JoinedStr: "the loop makes text",
    ast.Dict: "the loop makes a dict",
    ast.DictComp: "the loop makes a dict",
    ast.Set: "the loop makes a set",
    ast.SetComp: "the loop makes a set",
    ast.Yield: "the loop yields",
    ast.YieldFrom: "the loop yields",
    ast.Await: "the loop awaits something",
    ast.AsyncFor: "the loop is asynchronous",
    ast.Starred: "a starred expression is not understood",
}


def check_structure(nest: ast.AST, known: Known) -> None:
    """Refuse a nest for what stands in it, in the order of the text."""
    todo: list[ast.AST] = [nest]
    while todo:
        node = todo.pop()
        if isinstance(node, _ENDS):
            raise Refused("the loop may end early", node, always=True)
        if isinstance(node, (ast.For, ast.While)) and node.orelse:
            raise Refused("the loop has an else", node, always=True)
        if type(node) in _NEVER:
            raise Refused(_NEVER[type(node)], node, always=True)
        if isinstance(node, ast.Call):
            _check_call(node, known)
        if isinstance(node, (ast.For, ast.comprehension)):
            _check_items(node, nest)
        todo += children(node)[::-1]


def _check_items(loop: ast.For | ast.comprehension, nest: ast.AST) -> None:
    """Refuse a loop over what may be tuples: of its items only ``item[0]`` and so on are used."""
    if not isinstance(loop.target, ast.Name) or not isinstance(loop.iter, ast.Name):
        return
    name = loop.target.id
    whole = [n for n in walk(nest) if isinstance(n, ast.Name) and n.id == name]
    parts = [
        n
        for n in walk(nest)
        if isinstance(n, ast.Subscript)
        and isinstance(n.value, ast.Name)
        and n.value.id == name
        and isinstance(n.slice, ast.Constant)
    ]
    if parts and len(parts) == len(whole) - 1:  # the target itself is the other one
        raise Refused(f"{loop.iter.id} may hold tuples", loop.iter, always=True)


def _check_call(node: ast.Call, known: Known) -> None:
    """Refuse a call of what is no known function, and no method of an array or a list."""
    text = ast.unparse(node.func)
    names = known.reference(text) if text.replace(".", "").isidentifier() else frozenset()
    if names:
        if not all(map(_is_known, names)):
            raise Refused(f"calls {text}", node, always=True)
        return
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if method != "append" and method not in METHODS:
        raise Refused(f"calls {text}", node, always=method != "" and method not in _LAST_NAMES)


def multiplies_matrices(nest: ast.AST) -> bool:
    """Whether something in a nest is a product of matrices, if its operands are matrices."""
    for node in ast.walk(nest):
        match node:
            case ast.MatMult():
                return True
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in _PRODUCTS:
                return True
    return False


_PRODUCTS = frozenset(name.rpartition(".")[2] for name in MATRIX_PRODUCTS)


_LAST_NAMES = {
    name.rpartition(".")[2] for name in (*BUILTINS, *OF_LISTS, *FUNCTIONS, *POINTWISE, "einsum")
}


def _is_known(name: str) -> bool:
    """Whether a function is one that the reader knows."""
    if name in BUILTINS or name in OF_LISTS:
        return True
    root, _, short = name.partition(".")
    return root == "numpy" and (short in FUNCTIONS or short in POINTWISE or short == "einsum")
