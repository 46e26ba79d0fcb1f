"""Shares jobs out to processes and yields the results in the order of the jobs."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, Generic, TypeVar, cast

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

_LARGE: Final = 100_000

J = TypeVar("J")
R = TypeVar("R")


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_order(
    work: Callable[[J], R],
    jobs: Sequence[J],
    workers: int,
    *,
    lost: Callable[[J, int | None], R],
    size: Callable[[J], int],
    patience: float = 0.0,
) -> Iterator[R]:
    """The result of each job, in order.

    This process works alone for ``patience`` seconds, because most runs are over by then.  After
    that the rest is shared out, the largest jobs first.  A worker that dies takes one job with it:
    its result is what ``lost`` makes of the job and of the exit code of the worker.
    """
    done: dict[int, R] = {}
    following = 0
    for index, result in _results(work, jobs, min(workers, len(jobs)), lost, size, patience):
        done[index] = result
        while following in done:
            yield done.pop(following)
            following += 1


def _results(
    work: Callable[[J], R],
    jobs: Sequence[J],
    workers: int,
    lost: Callable[[J, int | None], R],
    size: Callable[[J], int],
    patience: float,
) -> Iterator[tuple[int, R]]:
    if workers <= 1:
        yield from enumerate(map(work, jobs))
        return
    left = dict.fromkeys(range(len(jobs)))
    if patience > 0:
        begun = time.monotonic()
        for index, job in enumerate(jobs):
            if time.monotonic() - begun > patience:
                break
            # A large job could keep this process alone for long.
            if size(job) < _LARGE:
                del left[index]
                yield index, work(job)
    if len(left) <= 1:
        yield from ((index, work(jobs[index])) for index in left)
        return
    pool: _Pool[J, R] = _Pool(work, min(workers, len(left)), lost)
    try:
        yield from pool.results(jobs, sorted(left, key=lambda index: -size(jobs[index])))
    finally:
        pool.close()


class _Pool(Generic[J, R]):
    """Worker processes with a pipe to each, so that it is known which job a dead one had."""

    def __init__(
        self, work: Callable[[J], R], workers: int, lost: Callable[[J, int | None], R]
    ) -> None:
        import multiprocessing

        # A fork has every module loaded already; where it is not safe (macOS) or does not exist,
        # a fresh interpreter it is.
        self._forks = sys.platform == "linux"
        self._context = multiprocessing.get_context("fork" if self._forks else "spawn")
        self._work = work
        self._lost = lost
        self._live: dict[Connection, BaseProcess] = {}
        self._running: dict[Connection, int] = {}
        for _ in range(workers):
            self._start()

    def _start(self) -> Connection:
        ours, theirs = self._context.Pipe()
        inherited = (*self._live, ours) if self._forks else ()
        process = self._context.Process(  # type: ignore[attr-defined]
            target=_serve, args=(theirs, self._work, inherited), daemon=True
        )
        process.start()
        theirs.close()
        self._live[ours] = process
        return ours

    def results(self, jobs: Sequence[J], order: Sequence[int]) -> Iterator[tuple[int, R]]:
        """Results as they come, each with the index of its job."""
        from multiprocessing.connection import wait

        waiting = iter(order)
        for pipe in list(self._live):
            self._give(pipe, jobs, waiting)
        while self._running:
            for ready in wait(list(self._running)):
                pipe = cast("Connection", ready)
                index = self._running.pop(pipe)
                try:
                    result = cast("R", pipe.recv())
                except (EOFError, OSError):
                    result = self._lost(jobs[index], self._bury(pipe))
                    pipe = self._start()
                self._give(pipe, jobs, waiting)
                yield index, result

    def _give(self, pipe: Connection, jobs: Sequence[J], waiting: Iterator[int]) -> None:
        index = next(waiting, None)
        if index is None:
            return
        self._running[pipe] = index
        try:
            pipe.send(jobs[index])
        except OSError:
            return  # A dead worker: its pipe is at its end, which ``results`` will see.

    def _bury(self, pipe: Connection) -> int | None:
        process = self._live.pop(pipe)
        pipe.close()
        process.join(timeout=5)
        return process.exitcode

    def close(self) -> None:
        """Stop the workers, whatever they are doing."""
        for pipe, process in self._live.items():
            pipe.close()
            process.terminate()
        for process in self._live.values():
            process.join(timeout=5)
        self._live.clear()


def _serve(pipe: Connection, work: Callable[[J], R], inherited: Sequence[Connection]) -> None:
    """The life of a worker: jobs in, results out, until the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Copies of the parent's ends would keep the pipes open after the parent is gone.
    for copy in inherited:
        copy.close()
    while True:
        try:
            job: J = pipe.recv()
        except (EOFError, OSError):
            return
        result = work(job)
        try:
            pipe.send(result)
        except OSError:
            return
