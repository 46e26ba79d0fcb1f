"""Einsums of one block between which little happens: what they have in common need be done once."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..evaluation import earlier, path
from ..facts import EinsumCall, EinsumSequence, EinsumSequences
from ..liveness import Liveness
from ..places import CallPlace
from ..source import Source
from .temporaries import only_computes


def sequences(calls: Sequence[EinsumCall], source: Source) -> Iterator[EinsumSequences]:
    """The calls of each run of statements that only compute, add up and bind names."""
    liveness = Liveness(source.tree)
    found: dict[int, tuple[list[ast.stmt], list[tuple[int, EinsumCall]]]] = {}
    for call in calls:
        assert isinstance(call.place, CallPlace)
        if len(call.operands) < 3 or not call.contracts_pairwise:
            continue
        node, statement = call.place.node, call.place.statement
        if node is not None and earlier(path(statement, node)) is not None:
            spot = liveness.block_of(statement)
            found.setdefault(id(spot.block), (spot.block, []))[1].append((spot.at, call))
    owners: dict[ast.AST, list[EinsumSequence]] = {}
    for block, listed in found.values():
        runs = list(_runs(block, listed)) if len(listed) > 1 else []
        if runs:
            owners.setdefault(liveness.scope(block[0]), []).extend(runs)
    for owned in owners.values():
        yield EinsumSequences(tuple(owned))


def _runs(
    block: Sequence[ast.stmt], listed: Sequence[tuple[int, EinsumCall]]
) -> Iterator[EinsumSequence]:
    effects = [_effects(node) for node in block]
    run: list[tuple[int, EinsumCall]] = []
    for at, call in sorted(listed, key=lambda pair: (pair[0], pair[1].place.call)):
        if run and None in effects[run[-1][0] : at + 1]:
            yield from _sequence(run, effects)
            run = []
        run.append((at, call))
    yield from _sequence(run, effects)


def _sequence(
    run: Sequence[tuple[int, EinsumCall]], effects: Sequence[_Effects | None]
) -> Iterator[EinsumSequence]:
    if len(run) > 1:
        first, last = run[0][0], run[-1][0]
        between = [effect or _Effects() for effect in effects[first : last + 1]]
        yield EinsumSequence(
            tuple(call for _, call in run),
            tuple(at - first for at, _ in run),
            tuple(effect.binds for effect in between),
            tuple(effect.changes for effect in between),
        )


class _Effects(NamedTuple):
    """The names that a statement binds, and those whose objects it may change."""

    binds: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()


def _effects(statement: ast.stmt) -> _Effects | None:
    """What a statement does; None for what may do more."""
    match statement:
        case ast.Assign(targets=[ast.Name(name)], value=value):
            if all(map(only_computes, _operations(value))):
                return _Effects(binds=frozenset({name}))
        case ast.Assign(targets=[target], value=value) | ast.AugAssign(target=target, value=value):
            root = target
            while isinstance(root, ast.Subscript | ast.Attribute):
                root = root.value
            if isinstance(root, ast.Name) and all(map(only_computes, _operations(value))):
                return _Effects(changes=frozenset({root.id}))
        case ast.Return(value=ast.expr() as value):
            if all(map(only_computes, _operations(value))):
                return _Effects()
        case ast.Delete(targets=targets) if all(isinstance(t, ast.Name) for t in targets):
            return _Effects(frozenset(t.id for t in targets if isinstance(t, ast.Name)))
    return None


def _operations(node: ast.expr) -> Iterator[ast.expr]:
    """The factors and summands of an expression, and what a method is called of."""
    match node:
        case ast.BinOp(left=left, right=right):
            yield from _operations(left)
            yield from _operations(right)
        case ast.UnaryOp(operand=operand):
            yield from _operations(operand)
        case ast.Call(
            func=ast.Attribute(value=ast.Call() as value, attr="reshape" | "copy" | "transpose"),
            args=args,
        ):
            yield from _operations(value)
            yield from args
        case _:
            yield node
