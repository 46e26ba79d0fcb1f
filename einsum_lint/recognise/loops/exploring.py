"""Which ranks make sense of a nest: the reading is tried with each, and the most usual one wins."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Collection
from typing import TypeVar

from ..products.space import Refused, Space
from .context import OPEN, Context, Undecided
from .known import Known
from .refusal import Final

T = TypeVar("T")
_UNKNOWN = "the ranks of the arrays are not known"
READINGS = 48  # of one nest; the usual ranks come first
HIGHEST = 3  # axes more than the subscripts show


def explored(attempt: Callable[[Context], T], known: Known) -> T:
    """The reading with the least unusual ranks; Refused when there is none, or two are as good."""
    numbers = itertools.count()
    waiting: list[tuple[int, int, int, dict[str, int]]] = [(0, 0, next(numbers), {})]
    best: tuple[int, list[T]] | None = None
    refused: Refused | None = None
    least: dict[str, int] = {}
    rows: set[str] = set()
    for _ in range(READINGS):
        if not waiting or (best and waiting[0][0] > best[0]):
            break
        *_, ranks = heapq.heappop(waiting)
        context = Context(known, ranks, _space(known))
        try:
            result = attempt(context)
        except Undecided as undecided:
            least[undecided.path] = undecided.least
            if undecided.rows:
                rows.add(undecided.path)
            for rank in _candidates(undecided):
                more = {**ranks, undecided.path: rank}
                cost = context.oddities + _cost(more, rows)
                heapq.heappush(waiting, (cost, -len(more), next(numbers), more))
        except Final:
            if best is None:
                raise
        except Refused as reason:
            refused = refused or reason
        else:
            cost = context.oddities + _cost(ranks, rows)
            if not context.matrices:  # for a product of matrices, a row is no more usual
                cost += context.spare
            if not context.contracting:  # any rank would do as well as one that is guessed
                cost += 2 * sum(rank > least[path] for path, rank in ranks.items())
            if cost == 0 and not context.sensitive:
                return result
            if best is None or cost < best[0]:
                best = (cost, [])
            if cost == best[0]:
                best[1].append(result)
    if best is None:
        raise refused or Refused(_UNKNOWN)
    if len(best[1]) > 1 or (waiting and waiting[0][0] <= best[0]):
        raise Refused(_UNKNOWN)
    return best[1][0]


def _space(known: Known) -> Space:
    """The indices of a reading, and what is known of the names in it."""
    return Space(numpy=known.numpy, naturals=known.naturals, wide=known.is_wide)


def _candidates(undecided: Undecided) -> list[int]:
    least = undecided.least
    closed = list(range(least, least + HIGHEST))
    return [closed[0], *([OPEN] if undecided.open_too else []), *closed[1:]]


def _cost(ranks: dict[str, int], rows: Collection[str]) -> int:
    """Any rank is a way out: worse than a rank that fits, and for a mere letter more so.

    Of arrays whose rows are summed up, any rank is the best that can be said.
    """
    cost = 0
    for path, rank in ranks.items():
        if path in rows:
            cost += rank != OPEN
        elif rank == OPEN:
            cost += 1 + (len(path) == 1 and path.islower())
    return cost
