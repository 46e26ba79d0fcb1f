"""Jobs shared out to processes."""

from __future__ import annotations

import os
import time

import pytest

from einsum_lint.parallel import in_order


def double(number: int) -> int:
    if number == 3:
        os._exit(7)
    time.sleep(0.01 * (number % 3))
    return 2 * number


@pytest.mark.parametrize("workers", [2, 3, 50])
def test_results_come_in_the_order_of_the_jobs(workers: int) -> None:
    jobs = [5, 1, 3, 0, 8, 3, 2, 9, 7]
    lost = in_order(double, jobs, workers, lost=lambda job, code: -(code or 0), size=lambda j: j)
    assert list(lost) == [10, 2, -7, 0, 16, -7, 4, 18, 14]


def test_one_worker_is_this_process() -> None:
    pids = in_order(lambda _: os.getpid(), [1, 2], 1, lost=lambda job, code: 0, size=lambda j: j)
    assert set(pids) == {os.getpid()}


def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def test_closing_early_ends_the_workers() -> None:
    begun = time.monotonic()
    results = in_order(sleep, [0.0, 30.0], 2, lost=lambda job, code: -1.0, size=lambda j: 1)
    assert next(results) == 0.0
    results.close()  # type: ignore[attr-defined]
    assert time.monotonic() - begun < 10


def where(number: int) -> int:
    time.sleep(0.02)
    return os.getpid()


def test_this_process_works_alone_at_first() -> None:
    def pids(sizes: list[int], patience: float) -> list[bool]:
        lost = in_order(
            where, sizes, 2, lost=lambda job, code: -1, size=lambda j: j, patience=patience
        )
        return [pid == os.getpid() for pid in lost]

    alone = pids([1] * 30, 0.1)
    assert 3 <= sum(alone) <= 8, "about a tenth of a second's work"
    assert alone == sorted(alone, reverse=True)
    assert pids([1] * 4, 5.0) == [True] * 4
    assert pids([10**9, 1, 10**9, 1], 5.0) == [False, True, False, True]
    assert pids([1, 10**9], 5.0) == [True, True], "no process is started for one job"
