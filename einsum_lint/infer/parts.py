"""Indices: what they do to the axes, and which uses of ``x[i]`` are of one item."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ..screen import dotted
from ..shapes import ArrayFact
from ..trees import children
from .indexing import Axis, AxisKind, Span, axis_of
from .signature import unique
from .syntax import indices
from .values import Constant, Display, Size, SliceValue, Value

Evaluate = Callable[[ast.expr], Value]


def axes_of(node: ast.Subscript, evaluate: Evaluate) -> list[Axis]:
    """What each index does to the axes, its expression evaluated."""
    if isinstance(node.slice, ast.Tuple):
        return [axis for index in node.slice.elts for axis in _axes_of(index, evaluate)]
    match index_value(node.slice, evaluate):
        case Display(items=items, is_tuple=True):
            return [axis_of(value) for value in items]
        case value:
            return [axis_of(value)]


def _axes_of(index: ast.expr, evaluate: Evaluate) -> list[Axis]:
    """What one of several indices does; with a star, what those do that it stands for."""
    if isinstance(index, ast.Starred):
        held = evaluate(index.value)
        if not isinstance(held, Display):
            return [AxisKind.UNKNOWN]
        return [axis_of(value) for value in held.items]
    value = index_value(index, evaluate)
    return [axis_of(replace(value, is_tuple=False) if isinstance(value, Display) else value)]


def index_value(index: ast.expr, evaluate: Evaluate) -> Value:
    """The value of one index."""
    if not isinstance(index, ast.Slice):
        return evaluate(index)
    bounds = (index.lower, index.upper, index.step)
    lower, upper, step = (None if bound is None else evaluate(bound) for bound in bounds)
    return SliceValue(lower, upper, step)


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
