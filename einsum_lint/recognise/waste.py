"""Products of arrays of which much is computed in vain, and what would do instead.

Which of them are faster at every size was measured: `benchmarks/savings.py`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..nests import Lift
from ..screen import dotted, last_name
from .products.space import Refused

_REAL = frozenset({"float32", "float64", "int64"})
_NUMBERS = _REAL | {"complex64", "complex128"}


@dataclass(frozen=True, slots=True)
class Waste:
    """What is computed in vain, and what to write instead, which the operands decide.

    ``instead`` gives None where an einsum does it, and refuses operands for which nothing does;
    ``arrays`` are the operands; ``vector`` is what to say instead of ``what`` when the last of them
    is one.
    """

    arrays: tuple[str, ...]
    what: str
    instead: Callable[[Lift], str | None]
    vector: str = ""

    def said(self, lift: Lift) -> str:
        """What is computed in vain of these operands."""
        operand = lift.operands.get(self.arrays[-1]) if self.vector else None
        return self.vector if operand is not None and operand.rank == 1 else self.what


def waste_of(node: ast.AST) -> Waste | None:
    """The waste in an expression, if its operands are names, and fit."""
    match node:
        case ast.Call(func, [argument, *_] as args, []) if len(args) == 1:
            if last_name(func) in ("trace", "diag", "diagonal"):
                return _of_diagonal(_factors(argument))
            if last_name(func) == "sum" and isinstance(func, ast.Attribute):
                return _of_sum(argument, method=False)
        case ast.Call(ast.Attribute(value, "trace" | "diagonal"), [], []):
            return _of_diagonal(_factors(value))
        case ast.Call(ast.Attribute(value, "sum"), [], []):
            return _of_sum(value, method=True)
        case ast.Subscript(value, index):
            return _of_part(_factors(value), index)
        case ast.BinOp(op=ast.MatMult()):
            return _of_order(node)
    return None


def _factors(node: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """The operands of a product of two matrices."""
    found: tuple[ast.expr, ast.expr] | None = None
    match node:
        case ast.BinOp(left, ast.MatMult(), right):
            found = left, right
        case ast.Call(ast.Attribute(attr="dot" | "matmul"), [left, right], []):
            found = left, right
        case ast.Call(ast.Attribute(left, "dot"), [right], []):
            found = left, right
    return found if found is not None and all(map(_path, found)) else None


def _path(node: ast.expr) -> str | None:
    """The name of an array, transposed or not."""
    inner = node.value if isinstance(node, ast.Attribute) and node.attr == "T" else node
    return dotted(inner)


def _names(*factors: ast.expr) -> tuple[str, ...]:
    return tuple(path for path in map(_path, factors) if path is not None)


def _of_ranks(
    text: str | None, *wanted: tuple[ast.expr, Sequence[int]]
) -> Callable[[Lift], str | None]:
    """The text, for operands of these ranks."""

    def instead(lift: Lift) -> str | None:
        for node, ranks in wanted:
            operand = lift.operands.get(_path(node) or "")
            if operand is None or operand.rank not in ranks:
                raise Refused("the ranks are others")
        return text

    return instead


def _of_diagonal(factors: tuple[ast.expr, ast.expr] | None) -> Waste | None:
    if factors is None:
        return None
    what = "only the diagonal of this product is used: n³ steps where n² will do"
    return Waste(_names(*factors), what, _of_ranks(None, *((factor, (2,)) for factor in factors)))


def _of_part(factors: tuple[ast.expr, ast.expr] | None, index: ast.expr) -> Waste | None:
    if factors is None:
        return None
    left, right = map(ast.unparse, factors)
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    rows, *columns = map(ast.unparse, parts)
    if len(parts) > 2 or not all(map(_is_part, parts)):
        return None
    one = left if rows == ":" else f"{left}[{rows}]"
    other = right if columns in ([], [":"]) else f"{right}[:, {columns[0]}]"
    ranks = (2,) if columns else (1, 2)
    if all(isinstance(part, ast.Slice) for part in parts):
        return None  # it may be nearly all of the product
    number = not any(isinstance(part, ast.Slice) for part in parts[1:]) and len(parts) > 1
    told = "only a part of this product is used"
    return Waste(
        _names(*factors),
        f"{told}: n³ steps where {'n' if number else 'n²'} will do",
        _of_ranks(f"{one} @ {other}", (factors[0], (2,)), (factors[1], ranks)),
        f"{told}: n² steps where n will do",
    )


def _is_part(node: ast.expr) -> bool:
    """Whether a subscript takes one row, or a slice of them."""
    match node:
        case ast.Constant(value=bool()):
            return False
        case ast.Slice() | ast.Constant(value=int()) | ast.Name():
            return True
        case ast.UnaryOp(ast.USub(), ast.Constant(value=int())):
            return True
    return False


def _of_order(node: ast.BinOp) -> Waste | None:
    """``A @ B @ v``, which multiplies matrices first."""
    factors: list[ast.expr] = []
    inner: ast.expr = node
    while isinstance(inner, ast.BinOp) and isinstance(inner.op, ast.MatMult):
        factors.insert(0, inner.right)
        inner = inner.left
    factors.insert(0, inner)
    if len(factors) < 3 or not all(map(_path, factors)):
        return None
    *matrices, vector = factors
    text = ast.unparse(vector)
    for factor in matrices[:0:-1]:
        text = f"({ast.unparse(factor)} @ {text})"
    what = "matrices are multiplied before the vector: n³ steps where n² will do"
    ranks = [*((matrix, (2,)) for matrix in matrices), (vector, (1,))]
    instead = _of_ranks(f"{ast.unparse(matrices[0])} @ {text}", *ranks)
    return Waste(_names(*factors), what, instead)


def _of_sum(node: ast.expr, *, method: bool) -> Waste | None:
    """The sum of all products, of which einsum makes no array; in ``@`` only vectors may be."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            paths = [path for path in (dotted(left), dotted(right)) if path is not None]
        case _:
            return None
    if len(paths) < 2:
        return None

    def instead(lift: Lift) -> str | None:
        operands = [lift.operands[path] for path in paths if path in lift.operands]
        ranks = {operand.rank for operand in operands}
        dtypes = {operand.dtype for operand in operands}
        vectors = ranks == {1}
        if len(operands) < 2 or len(ranks) > 1 or len(dtypes) > 1:
            raise Refused("the operands are not alike")
        if not dtypes <= (_NUMBERS if vectors else _REAL) or (method and not vectors):
            raise Refused("a sum of these products may be as fast")
        return f"{ast.unparse(left)} @ {ast.unparse(right)}" if vectors else None

    return Waste(
        tuple(paths),
        "all products are stored before they are summed, for which there is no need",
        instead,
    )
