"""``while`` loops that count: the range that their counter runs over."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ...dims import add
from .calls import counted
from .increments import increment
from .items import Counted, Outer
from .refusal import Final

if TYPE_CHECKING:
    from .expressions import Evaluator

_BEYOND = {ast.Lt: 0, ast.LtE: 1, ast.Gt: 0, ast.GtE: -1}


def counted_while(evaluator: Evaluator, node: ast.While) -> tuple[ast.Name, Counted]:
    """The counter of a loop, and the numbers that it has when a round begins."""
    match node.test:
        case ast.Compare(left=ast.Name(id=name) as counter, ops=[op], comparators=[limit]):
            pass
        case _:
            raise Final("the loop has no counter", node)
    bound = set(evaluator.context.known.names(node).bound)
    used = {inner.id for inner in ast.walk(limit) if isinstance(inner, ast.Name)}
    step = increment(evaluator, name, node, ())
    if type(op) not in _BEYOND or used & bound or not isinstance(step, int) or not step:
        raise Final("the loop has no counter", node)
    if (step > 0) != isinstance(op, (ast.Lt, ast.LtE)):
        raise Final("the loop may never end", node)
    start = evaluator.context.size(evaluator.state.names.get(name, Outer(name)))
    stop = add(evaluator.size(limit), _BEYOND[type(op)])
    assert stop is not None
    return counter, counted(start, stop, step)
