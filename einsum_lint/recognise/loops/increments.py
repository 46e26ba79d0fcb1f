"""Counters: names to which each round of a loop adds the same integer."""

from __future__ import annotations

import ast
from collections.abc import Collection
from typing import TYPE_CHECKING

from ...contraction import Size
from ...dims import add, multiply
from ...screen import bound_names
from ..products.space import Refused
from .items import Counted, Rows

if TYPE_CHECKING:
    from .expressions import Evaluator


_PLAIN = (
    ast.Constant, ast.Name, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop, ast.expr_context,
)  # fmt: skip


def increment(
    evaluator: Evaluator, name: str, node: ast.For | ast.While, changing: Collection[str]
) -> Size | None:
    """What one round adds to a name, None when that is no integer that stays the same.

    ``changing`` are further names that what is added may not depend on.
    """
    names = evaluator.context.known.names(node)
    changing = {*names.bound, *names.targets, *changing}
    total: Size = 0
    found = False
    for statement in node.body:
        if name not in names.by_statement[statement]:
            continue
        step = _step(evaluator, name, statement, changing)
        if step is None:
            return None
        found = True
        both = add(total, step)
        assert both is not None
        total = both
    return total if found else None


def _step(
    evaluator: Evaluator, name: str, node: ast.stmt, changing: Collection[str]
) -> Size | None:
    match node:
        case ast.AugAssign(target=ast.Name(), op=(ast.Add() | ast.Sub()) as op, value=value):
            step = _invariant(evaluator, value, changing)
            return step if isinstance(op, ast.Add) else multiply(step, -1)
        case ast.Assign(
            targets=[ast.Name()],
            value=ast.BinOp(left=ast.Name(id=left), op=ast.Add(), right=value),
        ) if left == name:
            return _invariant(evaluator, value, changing)
        case ast.Assign(
            targets=[ast.Name()],
            value=ast.BinOp(left=value, op=ast.Add(), right=ast.Name(id=right)),
        ) if right == name:
            return _invariant(evaluator, value, changing)
        case ast.For(target=target, orelse=[]) if name not in bound_names(target):
            count = _rounds(evaluator, node, changing)
            return multiply(count, increment(evaluator, name, node, changing))
    return None


def _rounds(evaluator: Evaluator, node: ast.For, changing: Collection[str]) -> Size | None:
    if _names(node.iter) & set(changing):
        return None
    try:
        item = evaluator.item(node.iter)
        if isinstance(item, Counted) and item.extent.step == 1:
            return item.extent.span
        if isinstance(item, Rows):
            return None
    except Refused:
        pass
    return None


def _invariant(evaluator: Evaluator, node: ast.expr, changing: Collection[str]) -> Size | None:
    if _names(node) & set(changing) or not all(isinstance(n, _PLAIN) for n in ast.walk(node)):
        return None
    try:
        return evaluator.size(node)
    except Refused:
        return None


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
