"""Which ranks make sense of a nest: the reading is tried with each, and the most usual one wins."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from ..products.space import Refused, Space
from .context import OPEN, Choice, Context
from .known import Known
from .refusal import RANKS_UNKNOWN, Final, Unsure

T = TypeVar("T")
READINGS = 48  # of one nest; the usual ranks come first
_ALL_READINGS = 50  # enough for two arrays of unknown rank
TRIES = 24  # readings without any success; what is a contraction is so with some usual ranks


@dataclass
class _Search:
    """The readings that wait, the best ones so far, and what is known of the choices."""

    waiting: list[tuple[int, int, int, dict[str, int]]]
    numbers: Iterator[int]
    matrices: bool
    """Whether there are products of matrices: only there three axes are as usual as two."""
    least: dict[str, int] = field(default_factory=dict)
    rows: set[str] = field(default_factory=set)

    def add(self, choice: Choice) -> None:
        """Let the other ranks of a choice be tried too."""
        self.least[choice.path] = choice.least
        if choice.rows:
            self.rows.add(choice.path)
        for rank in choice.candidates[1:]:
            more = {**choice.before, choice.path: rank}
            cost = choice.oddities + self._cost(more)
            if not self.matrices:
                cost += max(rank - choice.least - 1, 0)
            heapq.heappush(self.waiting, (cost, -len(more), next(self.numbers), more))

    def cost(self, context: Context) -> int:
        """How unusual a reading is."""
        cost = context.oddities + self._cost(context.ranks)
        if not self.matrices:
            ranks = context.ranks.items()
            cost += sum(max(rank - self.least[path] - 1, 0) for path, rank in ranks)
        if not context.matrices:  # for a product of matrices, a row is no more usual
            cost += context.spare
        if not context.contracting:  # any rank would do as well as one that is guessed
            cost += 2 * sum(rank > self.least[path] for path, rank in context.ranks.items())
        return cost

    def _cost(self, ranks: Mapping[str, int]) -> int:
        """Any rank is a way out: worse than a rank that fits, and for a mere letter more so.

        Of arrays whose rows are summed up, any rank is the best that can be said.
        """
        cost = 0
        for path, rank in ranks.items():
            if path in self.rows:
                cost += rank != OPEN
            elif rank == OPEN:
                cost += 1 + (len(path) == 1 and path.islower())
        return cost


def explored(attempt: Callable[[Context], T], known: Known) -> T:
    """The reading with the least unusual ranks; Refused when there is none, or two are as good."""
    numbers = itertools.count()
    search = _Search([(0, 0, next(numbers), {})], numbers, known.matrices)
    best: tuple[int, list[T]] | None = None
    refused: Refused | None = None
    unsure: list[int] = []
    for number in range(READINGS):
        if best is None and number == TRIES:
            if refused is not None:
                refused.always = False
            break
        if not search.waiting or (best and _is_settled(best[0], len(best[1]), search, unsure)):
            break
        *_, ranks = heapq.heappop(search.waiting)
        context = Context(known, dict(ranks), _space(known))
        result: T | None = None
        doubted = False
        try:
            result = attempt(context)
        except Final as reason:
            reason.always = reason.always and (refused is None or refused.always)
            if best is None:
                raise
        except Refused as reason:
            always = reason.always and (refused is None or refused.always)
            if refused is None or refused.reason == RANKS_UNKNOWN:
                refused = reason.again()
            refused.always = always
            if known.is_forecast and not always:
                raise refused.again() from None
            doubted = isinstance(reason, Unsure)
        for choice in context.choices:
            search.add(choice)
        if doubted:
            unsure.append(search.cost(context))
        if result is None:
            continue
        cost = search.cost(context)
        if cost == 0 and not context.sensitive:
            return result
        if best is None or cost < best[0]:
            best = (cost, [])
        if cost == best[0]:
            best[1].append(result)
    if best is None:
        raise refused.again() if refused else Refused(RANKS_UNKNOWN)
    others = [*unsure, *(cost for cost, *_ in search.waiting[:1])]
    if len(best[1]) > 1 or any(cost <= best[0] for cost in others):
        raise Refused(RANKS_UNKNOWN)
    return best[1][0]


def _is_settled(cost: int, results: int, search: _Search, unsure: list[int]) -> bool:
    """Whether no other reading matters, when there are some of this cost: none costs less."""
    least = search.waiting[0][0]
    several = results > 1 or any(other <= cost for other in unsure)
    return least > cost or (several and least == cost)


def _space(known: Known) -> Space:
    """The indices of a reading, and what is known of the names in it."""
    return Space(numpy=known.numpy, naturals=known.naturals, wide=known.is_wide)


def certain(attempt: Callable[[Context], T], known: Known) -> T:
    """The only reading that there is; Refused when arrays of other ranks make sense too."""
    waiting: list[dict[str, int]] = [{}]
    found: T | None = None
    refused: Refused | None = None
    for _ in range(_ALL_READINGS):
        if not waiting:
            break
        context = Context(known, dict(waiting.pop()), _space(known), certain=True)
        try:
            result = attempt(context)
        except Final:
            raise
        except Refused as reason:
            refused = refused or reason.again()
        else:
            if found is not None or OPEN in context.ranks.values():
                raise Refused(RANKS_UNKNOWN)
            found = result
        for choice in context.choices:
            waiting += [{**choice.before, choice.path: rank} for rank in choice.candidates[1:]]
    if found is None or waiting:
        raise refused.again() if refused else Refused(RANKS_UNKNOWN)
    return found
