"""What einsum calls demand of the ranks of their operands, and which of them disagree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..equation import Malformed
from ..facts import EinsumCall, RankConflict
from ..infer.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Use:
    """An operand of an einsum call, by the number of its fact."""

    fact: int
    operand: int


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


def with_conflicts(calls: Sequence[EinsumCall], evidence: Evidence[Use]) -> tuple[EinsumCall, ...]:
    """The calls, each with the conflicts in which it is outvoted."""
    found: dict[int, list[RankConflict]] = defaultdict(list)
    for conflict in evidence.conflicts():
        mine, other = conflict.demand, conflict.other
        found[mine.use.fact].append(
            RankConflict(
                operand=mine.use.operand,
                rank=other.root_rank + mine.origin.offset,
                other=calls[other.use.fact].place,
                other_operand=other.use.operand,
            )
        )
    return tuple(
        replace(call, conflicts=tuple(found[k])) if k in found else call
        for k, call in enumerate(calls)
    )
