"""Jobs shared out to processes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from einsum_lint.parallel import Batch, Died, in_order, shared_out
from einsum_lint.processes import in_processes


def run(
    work: Callable[[Any], Any], sizes: list[int], workers: int, patience: float = 0.0
) -> Iterator[Any]:
    return in_order(
        in_processes(work, sizes, sizes, workers, lost=lambda _, how: how, patience=patience)
    )


def double(number: int) -> int:
    if number == 3:
        os._exit(7)
    time.sleep(0.01 * (number % 3))
    return 2 * number


@pytest.mark.parametrize("workers", [2, 3, 50])
def test_results_come_in_the_order_of_the_jobs(workers: int) -> None:
    jobs = [5, 1, 3, 0, 8, 3, 2, 9, 7]
    dead = "ended with status 7"
    assert list(run(double, jobs, workers)) == [10, 2, dead, 0, 16, dead, 4, 18, 14]


def test_what_a_dead_worker_had_is_done_again() -> None:
    jobs = [4] * 200 + [3] + [5] * 200
    assert list(run(double, jobs, 2)) == [8] * 200 + ["ended with status 7"] + [10] * 200


def test_one_worker_is_this_process() -> None:
    assert set(run(lambda _: os.getpid(), [1, 2], 1)) == {os.getpid()}


def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def test_closing_early_ends_the_workers() -> None:
    begun = time.monotonic()
    results = in_processes(sleep, [0.0, 30.0], [9, 8], 2, lost=lambda job, how: -1.0)
    assert next(results) == (0, 0.0)
    results.close()  # type: ignore[attr-defined]
    assert time.monotonic() - begun < 10


def where(number: int) -> int:
    time.sleep(0.02)
    return os.getpid()


def test_this_process_works_alone_at_first() -> None:
    def pids(sizes: list[int], patience: float) -> list[bool]:
        return [pid == os.getpid() for pid in run(where, sizes, 2, patience)]

    alone = pids([1] * 30, 0.1)
    assert 3 <= sum(alone) <= 8, "about a tenth of a second's work"
    assert alone == sorted(alone, reverse=True)
    assert pids([1] * 4, 5.0) == [True] * 4
    assert pids([10**9, 1, 10**9, 1], 5.0) == [False, True, False, True]
    assert pids([1, 10**9], 5.0) == [True, True], "no process is started for one job"


class Suspicious:
    """A crew of which a worker dies of the number 3, and of which nobody knows whose batch it had."""

    size = 2

    def __init__(self) -> None:
        self.given: dict[Batch, Sequence[int]] = {}
        self.most = 0
        self.closed = False

    def room(self) -> bool:
        return len(self.given) < 4

    def give(self, batch: Batch, jobs: Sequence[int]) -> None:
        assert not self.closed
        self.given[batch] = jobs
        self.most = max(self.most, len(self.given))

    def outcomes(self) -> Iterator[tuple[Batch, list[int] | Died]]:
        given, self.given = self.given, {}
        dies = any(3 in jobs for jobs in given.values())
        for batch, jobs in given.items():
            yield batch, Died("died") if dies else [-job for job in jobs]

    def close(self) -> None:
        self.closed = True


def test_suspects_are_tried_with_nothing_else_under_way() -> None:
    crew = Suspicious()
    jobs = [*range(40), 3]
    results = shared_out(crew, jobs, jobs, range(len(jobs)), lambda job, how: 1000 + job)
    assert list(in_order(results)) == [1003 if job == 3 else -job for job in jobs]
    assert crew.most == 4
    assert crew.closed
