"""Where a text has loops that may be sums of products: a scan of the lines, then small trees.

What is passed over is what no reader of loops would take for one.  In doubt a loop is kept.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import Final

_WORDS: Final = (re.compile(r"for\b"), re.compile(r"while\b"))  # faster than one with both
_STORES: Final = re.compile(r"[-+*/]=|\]\s*=|\.append\(|=[^=\n]*[-+]")
"""What a body must have that adds up, stores elements or gathers them."""
_REFUSED: Final = re.compile(
    r"\n[ \t]*(?:return|raise|break|with|try|yield|assert|del|import|from|def|class|global|nonlocal|"
    r"async|await|match|print)\b"
)
"""Statements that no sum of products has among them."""
_GENERATOR: Final = re.compile(r"for\s+\(?[\w.*]+(?:\s*,\s*[\w.*()]+)*,?\s*\)?\s+in\b")
_HEADER: Final = re.compile(r"(?:for\b[^\n]*\bin\b|while\b)[^\n]*:|for\b[^\n]*[(\[,]\s*\n[^\n]*:")
_BRACKET: Final = re.compile(r"[][(){}]")
_WIDEST: Final = 4000
"""How far from its ``for`` the brackets of a comprehension are looked for."""

_STATEMENTS: Final = (
    ast.For, ast.While, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.If, ast.Pass,
    ast.Continue,
)  # fmt: skip
_NEVER: Final = (
    ast.Yield, ast.YieldFrom, ast.Await, ast.Lambda, ast.NamedExpr, ast.JoinedStr, ast.Dict,
    ast.Set, ast.DictComp, ast.SetComp,
)  # fmt: skip
_PRODUCTS: Final = (ast.Mult, ast.MatMult, ast.Div, ast.Pow)

_CONTRACT: Final = frozenset(
    "dot matmul outer inner einsum tensordot vdot vecdot matvec vecmat multi_dot kron multiply "
    "prod sum trace norm diagonal transpose contract".split()
)
_PURE: Final = _CONTRACT | frozenset(
    "range len enumerate zip reversed product ndindex ndenumerate arange min max abs float int "
    "complex bool round divmod list tuple sorted append array asarray ascontiguousarray stack "
    "vstack hstack zeros ones empty full eye identity zeros_like ones_like empty_like full_like "
    "copy astype reshape ravel flatten squeeze item tolist T conj conjugate real imag swapaxes "
    "moveaxis expand_dims broadcast_to diag triu tril add subtract divide true_divide "
    "floor_divide power square sqrt cbrt exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin "
    "arccos arctan arctan2 sinh cosh tanh arcsinh arccosh arctanh hypot fabs absolute sign "
    "negative positive reciprocal maximum minimum fmax fmin mod fmod remainder floor ceil rint "
    "trunc isnan isinf isfinite where clip mean cumsum any all logical_and logical_or logical_not "
    "greater less equal not_equal float16 float32 float64 complex64 complex128 int8 int16 int32 "
    "int64 uint8 uint16 uint32 uint64 size shape ndim pow fsum sumprod erf gamma sinc heaviside "
    "deg2rad rad2deg radians degrees angle take concatenate linspace".split()
)
"""The last names of functions that have no effect but their result, and of ``append``."""
_MULTIPLIES: Final = re.compile(rf"[*@/]|\b(?:{'|'.join(sorted(_CONTRACT))})\b")
_LIBRARIES: Final = frozenset({"np", "numpy", "math", "cmath", "itertools", "operator"})


def loop_rows(text: str) -> Iterator[int]:
    """Rows of the loops and comprehensions that may be sums of products, one for each nest."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    for word in _WORDS:
        row, counted, done = 1, 0, 0
        for found in word.finditer(text):
            at = found.start()
            if at and (text[at - 1].isalnum() or text[at - 1] in "_."):
                continue
            begin = text.rfind("\n", 0, at) + 1
            before = text[begin:at]
            if before.strip() or not _HEADER.match(text, at):
                kept = _comprehension(text, at)
            elif at < done:
                continue
            else:
                kept, done = _loop(text, begin, at)
            if kept:
                row += text.count("\n", counted, at)
                counted = at
                yield row


def _loop(text: str, begin: int, at: int) -> tuple[bool, int]:
    """Whether the loop whose header begins here may matter, and where what was looked at ends."""
    end = _dedent(at - begin).search(text, at)
    last = end.start() if end else len(text)
    if not _STORES.search(text, at, last):
        return False, at
    quoted = text.find('"""', at, last) >= 0 or text.find("'''", at, last) >= 0
    if not quoted and _REFUSED.search(text, at, last):
        return False, at
    piece = text[begin:last]
    try:
        tree = ast.parse(f"if 1:\n{piece}" if at > begin else piece)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True, at  # a string over several rows may look like the end of the loop
    return any(_loop_matters(loop) for loop in _loops(tree.body)), last


def _loops(body: list[ast.stmt]) -> Iterator[ast.For | ast.While]:
    """The loops among statements, and those in their blocks."""
    for node in body:
        if isinstance(node, (ast.For, ast.While)):
            yield node
        if isinstance(node, (ast.For, ast.While, ast.If)):
            yield from _loops(node.body)
            yield from _loops(node.orelse)


@cache
def _dedent(indent: int) -> re.Pattern[str]:
    """The end of what is indented more deeply than a header."""
    return re.compile(rf"\n[ \t\f]{{0,{indent}}}(?=[^\s#)\]}}])")


def _comprehension(text: str, at: int) -> bool:
    """Whether the comprehension with this ``for`` may matter."""
    if not _GENERATOR.match(text, at):
        return False
    first = _opening(text, at)
    if first is None or text[first] == "{":
        return False
    piece = text[first : _closing(text, at)]
    summed = text.endswith("sum", 0, first)
    if not (summed or _MULTIPLIES.search(piece)):
        return False
    try:
        tree = ast.parse(piece, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return '"' in piece or "'" in piece  # a string may hold a bracket
    if not isinstance(tree, (ast.GeneratorExp, ast.ListComp)):
        return False
    return (summed or _multiplies(tree.elt)) and all(map(_harmless, ast.walk(tree)))


def _opening(text: str, at: int) -> int | None:
    """The bracket in which a place stands, if it is near."""
    start, depth = max(at - _WIDEST, 0), 0
    for found in reversed(list(_BRACKET.finditer(text, start, at))):
        depth += 1 if found[0] in ")]}" else -1
        if depth < 0:
            return found.start()
    return None


def _closing(text: str, at: int) -> int:
    """The end of the brackets in which a place stands, as far as it is near."""
    depth = 0
    for found in _BRACKET.finditer(text, at, at + _WIDEST):
        depth += 1 if found[0] in "([{" else -1
        if depth < 0:
            return found.end()
    return min(at + _WIDEST, len(text))


def _loop_matters(loop: ast.For | ast.While) -> bool:
    nodes: list[ast.AST] = []
    for node in (n for part in (*loop.body, *loop.orelse) for n in ast.walk(part)):
        if not _harmless(node):
            return False
        nodes.append(node)
    bound = {n.id for n in nodes if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    if isinstance(loop, ast.For):
        bound.update(_names(loop.target))
    return any(_gathers(node, bound) for node in nodes if isinstance(node, ast.stmt))


def _harmless(node: ast.AST) -> bool:
    """Whether a node may stand in a loop that is a sum of products."""
    match node:
        case ast.stmt():
            return isinstance(node, _STATEMENTS)
        case ast.Call(func=ast.Name(id=name)):
            return name in _PURE
        case ast.Call(func=ast.Attribute(attr=name) as function):
            return name in _PURE or _root(function) in _LIBRARIES
        case ast.Call() | ast.Subscript(slice=ast.Constant(value=str())):
            return False
        case ast.BinOp(left=ast.Constant(value=str())) | ast.BinOp(right=ast.Constant(value=str())):
            return False
    return not isinstance(node, _NEVER)


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def _gathers(node: ast.stmt, bound: set[str]) -> bool:
    """Whether a statement adds up, stores or appends what differs from round to round."""
    match node:
        case ast.AugAssign(op=ast.Add() | ast.Sub(), value=value):
            told = _has_value(value) or isinstance(value, (ast.Name, ast.Attribute))
            return told and not bound.isdisjoint(_names(node))
        case ast.AugAssign(target=ast.Subscript(slice=index)):
            return not bound.isdisjoint(_names(index))
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="append"), args=[value])):
            return _has_value(value) or isinstance(value, ast.Name)
        case ast.Assign(targets=[ast.Subscript(slice=index)], value=value):
            told = _has_value(value) or (isinstance(value, ast.Name) and value.id in bound)
            return told and not bound.isdisjoint(_names(index))
        case ast.Assign(targets=[(ast.Name() | ast.Attribute()) as target], value=value):
            sums = isinstance(value, ast.BinOp) and isinstance(value.op, (ast.Add, ast.Sub))
            return sums and _has_value(value) and ast.unparse(target) in ast.unparse(value)
    return False


def _has_value(value: ast.expr) -> bool:
    """Whether an expression reads an element, or multiplies."""
    return any(isinstance(n, ast.Subscript) for n in ast.walk(value)) or _multiplies(value)


def _multiplies(value: ast.expr) -> bool:
    """Whether there is a product, a quotient, a power or a call that contracts."""
    for node in ast.walk(value):
        match node:
            case ast.BinOp(op=operator) if isinstance(operator, _PRODUCTS):
                return True
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _CONTRACT:
                return True
    return False
