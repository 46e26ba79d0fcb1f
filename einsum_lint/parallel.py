"""Shares jobs out to a crew of workers, and puts the results in the order of the jobs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple, Protocol, TypeAlias, TypeVar

_BATCH: Final = 200_000
"""Jobs smaller than this are sent together: a message takes as long as a screen of a file."""

J = TypeVar("J")
R = TypeVar("R")
J_contra = TypeVar("J_contra", contravariant=True)
R_co = TypeVar("R_co", covariant=True)
Batch: TypeAlias = tuple[int, ...]


class Died(NamedTuple):
    """What becomes of a batch whose worker dies; ``how`` is said of the worker."""

    how: str


class Crew(Protocol[J_contra, R_co]):
    """Workers that do batches of jobs: processes of this machine, or those of others."""

    @property
    def size(self) -> int:
        """How many batches are done at the same time."""

    def room(self) -> bool:
        """Whether another batch may be given."""

    def give(self, batch: Batch, jobs: Sequence[J_contra]) -> None:
        """Have a batch done: the jobs with these indices."""

    def outcomes(self) -> Iterable[tuple[Batch, Sequence[R_co] | Died]]:
        """Wait for the batches that are under way, and say what became of those that ended."""

    def close(self) -> None:
        """Stop, whatever is under way."""


def in_order(results: Iterable[tuple[int, R]]) -> Iterator[R]:
    """Results that come with the indices of their jobs, in the order of the indices."""
    done: dict[int, R] = {}
    following = 0
    for index, result in results:
        done[index] = result
        while following in done:
            yield done.pop(following)
            following += 1


def shared_out(
    crew: Crew[J, R],
    jobs: Sequence[J],
    sizes: Sequence[int],
    left: Sequence[int],
    lost: Callable[[J, str], R],
) -> Iterator[tuple[int, R]]:
    """The results of the jobs whose indices are ``left``, as they come; then the crew is closed.

    The jobs of a batch whose worker died are done again, each with nothing else under way that
    could be to blame.  If a worker dies of one of them, the result is what ``lost`` makes of the
    job and of how the worker died.
    """
    batches = _batches(left, sizes, crew.size)
    suspects: deque[Batch] = deque()
    running = 0
    try:
        while True:
            while crew.room() and (batch := next(batches, None)) is not None:
                crew.give(batch, [jobs[index] for index in batch])
                running += 1
            if not running:
                if not suspects:
                    return
                crew.give(suspects[0], [jobs[index] for index in suspects.popleft()])
                running = 1
            for batch, outcome in crew.outcomes():
                running -= 1
                if not isinstance(outcome, Died):
                    yield from zip(batch, outcome, strict=True)
                elif len(batch) == 1:
                    yield batch[0], lost(jobs[batch[0]], outcome.how)
                else:
                    suspects.extend((index,) for index in batch)
    finally:
        crew.close()


def _batches(left: Sequence[int], sizes: Sequence[int], workers: int) -> Iterator[Batch]:
    """The jobs, the largest first; small ones together, as long as there is enough to share."""
    batch: list[int] = []
    total = 0
    full = min(_BATCH, sum(sizes[index] for index in left) // (4 * workers))
    for index in sorted(left, key=lambda index: -sizes[index]):
        batch.append(index)
        total += sizes[index]
        if total >= full:
            yield tuple(batch)
            batch, total = [], 0
    if batch:
        yield tuple(batch)
