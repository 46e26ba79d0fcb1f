"""Where a text has loops that may be sums of products: a scan of the lines, then small trees.

What is passed over is what no reader of loops would take for one.  In doubt a loop is kept.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from .trees import walk

_WORDS: Final = (re.compile(r"for\b"), re.compile(r"while\b"))  # faster than one with both
_HEADER: Final = re.compile(r"(?:for\b[^\n]*\bin\b|while\b)[^\n]*:|for\b[^\n]*[(\[,]\s*\n[^\n]*:")
_GATHERS: Final = re.compile(r"[-+*/]=|\]\s*=|\.append\(|=[^=\n]*[-+]")
"""What a body must have that adds up, stores elements or gathers them."""
_LEAVES: Final = re.compile(
    r"\n[ \t]*(?:return|raise|break|continue|if|with|try|yield|assert|del|import|from|def|class|"
    r"global|nonlocal|async|await|match|print)\b"
)
"""Statements that no sum of products has among them."""
_GENERATOR: Final = re.compile(r"for\s+\(?[\w.*]+(?:\s*,\s*[\w.*()]+)*,?\s*\)?\s+in\b")
_BRACKET: Final = re.compile(r"[][(){}]")
_CALLEE: Final = re.compile(r"(\w+)\s*$")
_WIDEST: Final = 2000
"""How far from its ``for`` the brackets of a comprehension are looked for."""

_STATEMENTS: Final = (
    ast.For, ast.While, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Pass,
)  # fmt: skip
_PLAIN: Final = frozenset({
    ast.Constant, ast.Name, ast.Attribute, ast.Slice, ast.Tuple, ast.List, ast.ListComp,
    ast.GeneratorExp,
})  # fmt: skip
_OPERATORS: Final = (
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult,
)  # fmt: skip
_PRODUCTS: Final = (ast.Mult, ast.MatMult, ast.Div, ast.Pow)

_TAKES_LISTS: Final = frozenset({
    "array", "asarray", "stack", "vstack", "sum", "mean", "transpose", "moveaxis", "dot",
})  # fmt: skip
"""Functions that make something of a comprehension."""
_CONTRACTS: Final = frozenset({
    "dot", "matmul", "outer", "inner", "einsum", "tensordot", "vdot", "vecdot", "matvec", "vecmat",
    "multi_dot", "multiply", "sum", "mean", "trace", "reduce",
})  # fmt: skip
_PURE: Final = _CONTRACTS | frozenset({
    "abs", "absolute", "add", "angle", "append", "arccos", "arccosh", "arcsin", "arcsinh", "arctan",
    "arctan2", "arctanh", "array", "asanyarray", "asarray", "ascontiguousarray", "atleast_1d",
    "atleast_2d", "atleast_3d", "broadcast_to", "cbrt", "ceil", "clip", "conj", "conjugate", "copy",
    "copysign", "cos", "cosh", "deg2rad", "degrees", "diag", "diagonal", "divide", "empty",
    "enumerate", "equal", "exp", "exp2", "expand_dims", "expm1", "fabs", "flatten", "flip",
    "fliplr", "flipud", "float_power", "floor", "floor_divide", "fmax", "fmin", "fmod", "greater",
    "greater_equal", "heaviside", "hypot", "imag", "isfinite", "isinf", "isnan", "len", "less",
    "less_equal", "log", "log10", "log1p", "log2", "logaddexp", "logaddexp2", "logical_and",
    "logical_not", "logical_or", "logical_xor", "matrix_transpose", "maximum", "minimum", "mod",
    "moveaxis", "ndindex", "negative", "not_equal", "permute_dims", "positive", "power", "product",
    "rad2deg", "radians", "range", "ravel", "real", "reciprocal", "remainder", "reshape",
    "reversed", "rint", "rollaxis", "sign", "signbit", "sin", "sinc", "sinh", "sqrt", "square",
    "squeeze", "stack", "subtract", "swapaxes", "tan", "tanh", "transpose", "true_divide", "trunc",
    "vstack", "where", "zeros", "zip",
})  # fmt: skip
"""The last names of the functions and methods that the reader of loops knows."""
_NAMED_LIST: Final = re.compile(r"(?m)^[ \t]*(\w+)[ \t]*=[ \t]*\Z")


@lru_cache(maxsize=2)  # asked of a file before it is read, and again when it is
def rows_of_loops(text: str) -> tuple[int, ...]:
    """The rows of ``loop_rows`` in order."""
    return tuple(sorted(loop_rows(text)))


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
    quoted = text.find('"""', at, last) >= 0 or text.find("'''", at, last) >= 0
    if not quoted and (not _GATHERS.search(text, at, last) or _LEAVES.search(text, at, last)):
        return False, at
    piece = text[begin:last]
    try:
        tree = ast.parse(f"if 1:\n{piece}" if at > begin else piece)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True, at  # a string over several rows may look like the end of the loop
    return any(_loop_matters(loop) for loop in _loops(tree)), last


def _loops(block: ast.AST) -> Iterator[ast.For | ast.While]:
    """The loops in the blocks of a statement, and in theirs."""
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        for node in getattr(block, name, ()):
            if isinstance(node, (ast.For, ast.While)):
                yield node
            yield from _loops(node)


@cache
def _multiplication() -> re.Pattern[str]:
    """The operators and functions of products; made when a file has a comprehension."""
    return re.compile(rf"[*@/]|\b(?:{'|'.join(sorted(_CONTRACTS))})\b")


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
    if not (summed or _multiplication().search(piece)) or not _is_taken(text, first):
        return False
    try:
        tree = ast.parse(piece, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return '"' in piece or "'" in piece  # a string may hold a bracket
    if not isinstance(tree, (ast.GeneratorExp, ast.ListComp)):
        return False
    return (summed or _multiplies(tree.elt)) and all(map(_harmless, walk(tree)))


def _is_taken(text: str, first: int | None) -> bool:
    """Whether the comprehension in this bracket is given to a function that makes an array of it.

    There may be other brackets between, also those of comprehensions, or a name.
    """
    while first is not None and text[first] != "{":
        callee = _CALLEE.search(text, max(first - 40, 0), first)
        if callee and text[first] == "(":
            return callee[1] in _TAKES_LISTS
        named = _NAMED_LIST.search(text, text.rfind("\n", 0, first) + 1, first)
        if named:
            return re.search(rf"\b(?:array|stack)\(\s*{named[1]}\s*\)", text) is not None
        first = _opening(text, first)
    return False


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
    head = loop.iter if isinstance(loop, ast.For) else loop.test
    nodes: list[ast.AST] = []
    for node in (n for part in (head, *loop.body) for n in walk(part)):
        if not _harmless(node):
            return False
        nodes.append(node)
    bound = {n.id for n in nodes if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    if isinstance(loop, ast.For):
        bound.update(_names(loop.target))
    gathers = any(_gathers(node, bound) for node in nodes if isinstance(node, ast.stmt))
    return gathers and any(map(contracts, nodes))


def contracts(node: ast.AST) -> bool:
    """Whether a node is what a loop that can be rewritten has at least one of."""
    match node:
        case ast.BinOp(op=ast.Mult() | ast.MatMult() | ast.Pow()) | ast.AugAssign():
            return True
        case ast.Assign(targets=[ast.Subscript()], value=ast.Subscript() | ast.BinOp()):
            return True
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in _CONTRACTS
    return False


def _harmless(node: ast.AST) -> bool:
    """Whether a node may stand in a loop that is a sum of products."""
    if type(node) in _PLAIN:
        return True
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in _PURE
        case ast.Call() | ast.Subscript(slice=ast.Constant(value=str())):
            return False
        case ast.Subscript(slice=ast.Subscript(value=value)):
            return isinstance(value, ast.Attribute) and value.attr == "shape"
        case ast.BinOp(left=ast.Constant(value=str())) | ast.BinOp(right=ast.Constant(value=str())):
            return False
        case ast.BinOp(op=operator):
            return isinstance(operator, _OPERATORS)
        case ast.UnaryOp(op=sign):
            return not isinstance(sign, ast.Not)
        case ast.Assign(targets=[ast.Name() | ast.Subscript() | ast.Tuple() | ast.List()]):
            return True
        case ast.AugAssign(target=ast.Name() | ast.Subscript()):
            return isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.Div))
        case ast.Assign() | ast.AugAssign():
            return False
        case ast.Expr(value=value):
            return isinstance(value, (ast.Call, ast.Constant))
        case ast.Compare(ops=ops):
            return len(ops) == 1 and not isinstance(ops[0], (ast.Is, ast.IsNot, ast.In, ast.NotIn))
        case ast.comprehension(ifs=ifs):
            return not ifs
        case ast.stmt():
            return isinstance(node, _STATEMENTS)
        case ast.expr():
            return isinstance(node, ast.Subscript)
    return True


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in walk(node) if isinstance(inner, ast.Name)}


def _gathers(node: ast.stmt, bound: set[str]) -> bool:
    """Whether a statement adds up, stores or appends what differs from round to round."""
    match node:
        case ast.AugAssign(op=ast.Add() | ast.Sub(), value=value):
            return not isinstance(value, ast.Constant)
        case ast.AugAssign(target=ast.Subscript()):
            return True
        case ast.Assign(targets=[ast.Subscript(slice=index)], value=value):
            told = _has_value(value) or (isinstance(value, ast.Name) and value.id in bound)
            return told and (
                not bound.isdisjoint(_names(index)) or _adds_to(node.targets[0], value)
            )
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.BinOp(op=ast.Add() | ast.Sub())):
            return name in _names(node.value)
        case ast.Expr(value=ast.Call(args=[value])):
            return _has_value(value) or isinstance(value, ast.Name)
    return False


def _adds_to(target: ast.expr, value: ast.expr) -> bool:
    """Whether a sum has the target itself as a term."""
    if not isinstance(value, ast.BinOp) or not isinstance(value.op, (ast.Add, ast.Sub)):
        return False
    text = ast.unparse(target)
    return any(ast.unparse(n) == text for n in walk(value) if isinstance(n, ast.Subscript))


def _has_value(value: ast.expr) -> bool:
    """Whether an expression reads an element, calls something, or multiplies."""
    told = any(isinstance(n, (ast.Subscript, ast.Call)) for n in walk(value))
    return told or _multiplies(value)


def _multiplies(value: ast.expr) -> bool:
    """Whether there is a product, a quotient, a power or a call that contracts."""
    for node in walk(value):
        match node:
            case ast.BinOp(op=operator) if isinstance(operator, _PRODUCTS):
                return True
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _CONTRACTS:
                return True
    return False
