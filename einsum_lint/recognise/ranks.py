"""What einsum calls demand of the ranks of their operands, and which of them disagree."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..equation import Malformed
from ..facts import EinsumCall, RankConflict
from ..infer.evidence import Evidence
from ..source import Source


@dataclass(frozen=True, slots=True)
class Use:
    """A use of an array: an operand of an einsum call, by its fact's number, or a statement."""

    fact: int | None
    operand: int
    statement: ast.stmt


def demanded_ranks(call: EinsumCall) -> Iterator[tuple[int, int]]:
    """The operands of which the call demands one rank, and that rank."""
    equations = [reading.equation for reading in call.readings]
    ranks = set()
    for equation in equations:
        if isinstance(equation, Malformed) or equation.vague:
            return
        terms = len(equation.terms)
        if len(call.operands) > terms or (call.complete and len(call.operands) != terms):
            return
        ranks.add(tuple(len(t.labels) if t.ellipsis is None else None for t in equation.terms))
    if len(ranks) != 1:
        return
    for operand, rank in zip(range(len(call.operands)), ranks.pop(), strict=False):
        if rank is not None:
            yield operand, rank


def with_conflicts(
    calls: Sequence[EinsumCall], evidence: Evidence[Use], source: Source
) -> tuple[EinsumCall, ...]:
    """The calls, each with the conflicts in which it is outvoted."""
    found: dict[int, list[RankConflict]] = defaultdict(list)
    for conflict in evidence.conflicts(lambda use: use.fact is not None):
        mine, other = conflict.demand, conflict.other.use
        if mine.use.fact is None:
            continue
        if other.fact is None:
            span = source.span(other.statement)
            row, text = span.start.row, " ".join(source.slice(span).split())
        else:
            place = calls[other.fact].place
            row, text = place.operand(other.operand).start.row, place.operand_text(other.operand)
        rank = conflict.other.root_rank + mine.origin.offset
        found[mine.use.fact].append(RankConflict(mine.use.operand, rank, row, text))
    agreed = evidence.agreed()
    known = ((call, tuple(found[k]), tuple(_used(call, agreed))) for k, call in enumerate(calls))
    return tuple(
        replace(call, conflicts=conflicts, used_ranks=ranks) if conflicts or ranks else call
        for call, conflicts, ranks in known
    )


def _used(call: EinsumCall, agreed: Mapping[int, tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The operands of unknown rank to which other uses give one, and that rank."""
    origins = [operand.origin if operand.shape.open else None for operand in call.operands]
    for index, origin in enumerate(origins):
        if origin is not None and origin.root in agreed:
            rank, uses = agreed[origin.root]
            own = sum(other is not None and other.root == origin.root for other in origins)
            if uses > own and rank + origin.offset >= 0:
                yield index, rank + origin.offset
