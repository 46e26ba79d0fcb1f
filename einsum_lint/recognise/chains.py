"""Einsums of which one only computes an operand of the next."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from ..facts import EinsumCall, EinsumChain
from ..liveness import Liveness
from ..places import CallPlace
from ..source import Source
from ..trees import arguments_in_order
from .temporaries import Temporaries


def chains(calls: Sequence[EinsumCall], source: Source) -> Iterator[EinsumChain]:
    """Pairs of calls of which only the second uses the first, which could as well be made there."""
    assigned: dict[str, list[EinsumCall]] = {}
    for call in calls:
        place = _place(call)
        match place.statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is place.node:
                assigned.setdefault(name, []).append(call)
    temporaries = Temporaries(Liveness(source.tree))
    for second in calls if assigned else ():
        place = _place(second)
        operands = arguments_in_order(place.node) if place.node is not None else ()
        for number, index in enumerate(place.operands_at if operands else ()):
            operand = operands[index]
            if isinstance(operand, ast.Name):
                for first in assigned.get(operand.id, ()):
                    removal = _place(first).remove_statement()
                    if removal is not None and _joins(temporaries, operand.id, first, second):
                        yield EinsumChain(first, second, number, removal)


def _place(call: EinsumCall) -> CallPlace:
    assert isinstance(call.place, CallPlace)
    return call.place


def _joins(temporaries: Temporaries, name: str, first: EinsumCall, second: EinsumCall) -> bool:
    """Whether the second call alone uses the first, which could as well be made there."""
    one, other = _place(first), _place(second)
    statement = temporaries.assignment(name, other.statement)
    return (
        isinstance(statement, ast.Assign)
        and statement is one.statement
        and temporaries.may_move((statement,), other.statement, other.node)
    )
