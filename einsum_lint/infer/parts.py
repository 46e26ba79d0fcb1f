"""Items of unknown objects: which uses of ``x[i]`` are of one item, and what ``x[i, j]`` tells."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

from ..screen import dotted
from ..shapes import ArrayFact
from ..trees import children
from .indexing import Axis, AxisKind, Span
from .signature import unique
from .syntax import indices
from .values import Constant, Size, Value

Evaluate = Callable[[ast.expr], Value]


def index_identity(node: ast.Subscript, evaluate: Evaluate) -> str:
    """Words that are the same for two indices of one text only if their names hold the same."""
    return "".join(f"{_identity(value)};" for value in _held(indices(node), evaluate))


def _held(nodes: Sequence[ast.AST], evaluate: Evaluate) -> Iterator[Value | None]:
    """What the names and paths in an index hold; None for what need not be the same again."""
    for node in nodes:
        match node:
            case ast.Name() | ast.Attribute():
                yield evaluate(node) if dotted(node) else None
            case ast.Call() | ast.NamedExpr() | ast.Await() | ast.Lambda():
                yield None
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                yield None
            case _:
                yield from _held(children(node), evaluate)


def _identity(value: Value | None) -> str:
    match value:
        case Constant(value=known):
            return repr(known)
        case Size(dim=dim):
            return repr(dim)
        case ArrayFact(origin=origin) if origin is not None:
            return repr(origin)
    return unique()


def least_rank(axes: Sequence[Axis]) -> int:
    """The axes that an object must have to be indexed so."""
    certain = (AxisKind.WHOLE, AxisKind.INTEGER)
    return sum(axis in certain or isinstance(axis, int | Span) for axis in axes)
