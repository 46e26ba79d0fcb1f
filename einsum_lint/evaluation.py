"""In which order a statement evaluates its parts, and which of them may change their order."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

_PURE_FUNCTIONS = frozenset({"abs", "complex", "float", "int", "len", "max", "min", "range", "sum"})
_PURE_METHODS = frozenset(
    {
        "astype", "conj", "conjugate", "copy", "diagonal", "dot", "flatten", "max", "mean", "min",
        "ravel", "reshape", "squeeze", "sum", "swapaxes", "trace", "transpose",
        "bmm", "clone", "contiguous", "mm", "movedim", "mul", "mv", "permute", "swapdims", "t",
        "unsqueeze", "view",
    }
)  # fmt: skip
_PURE_IN_NUMPY = frozenset(  # and in PyTorch
    {
        "abs", "absolute", "add", "all", "allclose", "any", "arange", "arctan", "arctan2",
        "argmax", "argmin", "argsort", "array", "array_equal", "asarray", "broadcast_to", "ceil",
        "clip", "column_stack", "concatenate", "conj", "conjugate", "cos", "cosh", "cross",
        "cumsum", "diag", "diagonal", "divide", "dot", "einsum", "einsum_path", "empty",
        "empty_like", "exp", "expand_dims", "expm1", "eye", "flip", "floor", "full", "full_like",
        "hstack", "identity", "imag", "inner", "isclose", "isfinite", "isnan", "kron", "linspace",
        "log", "log10", "log1p", "log2", "matmul", "max", "maximum", "mean", "median", "min",
        "minimum", "moveaxis", "multiply", "negative", "nonzero", "ones", "ones_like", "outer",
        "power", "prod", "ravel", "real", "repeat", "reshape", "roll", "sign", "sin", "sinh",
        "sqrt", "square", "squeeze", "stack", "std", "subtract", "sum", "swapaxes", "take", "tan",
        "tanh", "tensordot", "tile", "trace", "transpose", "tril", "triu", "var", "vdot", "vstack",
        "where", "zeros", "zeros_like", "bmm", "mm", "movedim", "mul", "mv", "permute", "swapdims",
        "unsqueeze",
    }
)  # fmt: skip
_PURE_PARTS = (
    ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Attribute, ast.Subscript,
    ast.Slice, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Constant, ast.Name, ast.JoinedStr,
    ast.FormattedValue, ast.Lambda, ast.Starred,
)  # fmt: skip


def is_pure(node: ast.expr, numpy: str) -> bool:
    """Whether evaluating an expression changes nothing, as far as operators do not."""
    if isinstance(node, ast.Call):
        arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
        writes = any(keyword.arg in (None, "out") for keyword in node.keywords)
        return (
            not writes
            and _is_pure_function(node.func, numpy)
            and all(is_pure(argument, numpy) for argument in arguments)
        )
    if isinstance(node, (ast.Name, ast.Constant, ast.Lambda)):
        return True
    children = (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))
    return isinstance(node, _PURE_PARTS) and all(is_pure(child, numpy) for child in children)


def _is_pure_function(func: ast.expr, numpy: str) -> bool:
    match func:
        case ast.Name(id=name):
            return name in _PURE_FUNCTIONS
        case ast.Attribute(value=owner, attr=name) if ast.unparse(owner) == numpy:
            return name in _PURE_IN_NUMPY
        case ast.Attribute(value=owner, attr=name):
            return name in _PURE_METHODS and is_pure(owner, numpy)
    return False


def is_atom(node: ast.expr) -> bool:
    """Whether an expression is a name or a constant, whose value nothing later can change."""
    return isinstance(node, (ast.Name, ast.Constant))


def own_nodes(statement: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a statement, without the statements inside it."""
    for child in ast.iter_child_nodes(statement):
        if not isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case)):
            yield child
            yield from own_nodes(child)


def path(statement: ast.stmt, node: ast.expr) -> tuple[ast.AST, ...]:
    """The nodes from a statement to a node of its own expressions, both included."""
    todo: list[tuple[ast.AST, ...]] = [(statement,)]
    while todo:
        way = todo.pop()
        if way[-1] is node:
            return way
        todo.extend(
            (*way, child)
            for child in ast.iter_child_nodes(way[-1])
            if not isinstance(child, (ast.stmt, ast.ExceptHandler, ast.match_case))
        )
    return ()


def earlier(way: tuple[ast.AST, ...]) -> tuple[ast.expr, ...] | None:
    """What is evaluated before the end of a way; None when that is not evaluated just once."""
    found: list[ast.expr] = []
    for parent, child in pairwise(way):
        before = _before(parent, child)
        if before is None:
            return None
        found += before
    return tuple(found)


def _before(parent: ast.AST, child: ast.AST) -> list[ast.expr] | None:
    """What a node evaluates before one of its parts; None when the part may be left out."""
    certain: object = child
    match parent:
        case ast.Assign() | ast.AnnAssign() | ast.NamedExpr() | ast.Return() | ast.Expr():
            return [] if child is parent.value else None
        case ast.If() | ast.IfExp() | ast.Assert():
            return [] if child is parent.test else None
        case ast.For() | ast.AsyncFor():
            return [] if child is parent.iter else None
        case ast.AugAssign():
            certain = parent.value
        case ast.BoolOp():
            certain = parent.values[0]
        case ast.Compare():
            certain = child if child in (parent.left, parent.comparators[0]) else None
        case (
            ast.BinOp() | ast.UnaryOp() | ast.Attribute() | ast.Subscript() | ast.Slice()
            | ast.Tuple() | ast.List() | ast.Set() | ast.Dict() | ast.Call() | ast.keyword()
            | ast.Starred() | ast.Await() | ast.Yield() | ast.YieldFrom()
        ):  # fmt: skip
            pass
        case _:
            return None
    return list(_left_of(parent, child)) if child is certain else None


def _left_of(parent: ast.AST, child: ast.AST) -> Iterator[ast.expr]:
    """The expressions in a node that stand before one of its parts in the text."""
    for other in ast.iter_child_nodes(parent):
        value = other.value if isinstance(other, ast.keyword) else other
        if other is not child and isinstance(value, ast.expr) and _start(other) < _start(child):
            yield value


def _start(node: ast.AST) -> tuple[int, int]:
    assert isinstance(node, (ast.expr, ast.keyword))
    return node.lineno, node.col_offset
