"""Items of unknown objects: which uses of ``x[i]`` are of one item, and what ``x[i, j]`` tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import libcst as cst

from ..concrete import parts
from ..shapes import ArrayFact
from .indexing import Axis, AxisKind, Span
from .signature import unique
from .syntax import dotted, text_of
from .values import Constant, Size, Value

Evaluate = Callable[[cst.BaseExpression], Value]


def index_text(node: cst.Subscript) -> str:
    """The index as the source writes it."""
    return ",".join(text_of(element.slice) for element in node.slice)


def index_identity(node: cst.Subscript, evaluate: Evaluate) -> str:
    """Words that are the same for two indices of one text only if their names hold the same."""
    return "".join(f"{_identity(value)};" for value in _held(node.slice, evaluate))


def _held(nodes: Sequence[cst.CSTNode], evaluate: Evaluate) -> Iterator[Value | None]:
    """What the names and paths in an index hold; None for what need not be the same again."""
    for node in nodes:
        match node:
            case cst.Name() | cst.Attribute():
                yield evaluate(node) if dotted(node).partition(".")[0] else None
            case cst.Call() | cst.NamedExpr() | cst.Await() | cst.Lambda() | cst.BaseComp():
                yield None
            case _:
                yield from _held(parts(node), evaluate)


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
