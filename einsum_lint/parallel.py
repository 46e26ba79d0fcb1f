"""Shares jobs out to processes and yields the results in the order of the jobs."""

from __future__ import annotations

import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, Generic, TypeAlias, TypeVar, cast

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

_LARGE: Final = 100_000
_BATCH: Final = 200_000
"""Jobs smaller than this are sent together: a message takes as long as a screen of a file."""

J = TypeVar("J")
R = TypeVar("R")
Batch: TypeAlias = tuple[int, ...]


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_order(
    work: Callable[[J], R],
    jobs: Sequence[J],
    sizes: Sequence[int],
    workers: int,
    *,
    lost: Callable[[J, int | None], R],
    patience: float = 0.0,
) -> Iterator[R]:
    """The result of each job, in order.

    This process works alone for ``patience`` seconds, because most runs are over by then.  After
    that the rest is shared out, the largest jobs first.  When a worker dies, the jobs that it had
    are done again, each alone; if it dies of one of them, the result is what ``lost`` makes of the
    job and of the exit code of the worker.
    """
    done: dict[int, R] = {}
    following = 0
    for index, result in _results(work, jobs, sizes, min(workers, len(jobs)), lost, patience):
        done[index] = result
        while following in done:
            yield done.pop(following)
            following += 1


def _results(
    work: Callable[[J], R],
    jobs: Sequence[J],
    sizes: Sequence[int],
    workers: int,
    lost: Callable[[J, int | None], R],
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
            if sizes[index] < _LARGE:
                del left[index]
                yield index, work(job)
    if len(left) <= 1:
        yield from ((index, work(jobs[index])) for index in left)
        return
    pool: _Pool[J, R] = _Pool(work, min(workers, len(left)), lost)
    try:
        yield from pool.results(jobs, _batches(list(left), sizes, workers))
    finally:
        pool.close()


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


class _Pool(Generic[J, R]):
    """Worker processes with a pipe to each, so that it is known which jobs a dead one had."""

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
        self._running: dict[Connection, Batch] = {}
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

    def results(self, jobs: Sequence[J], batches: Iterator[Batch]) -> Iterator[tuple[int, R]]:
        """Results as they come, each with the index of its job."""
        from multiprocessing.connection import wait

        again: deque[Batch] = deque()
        idle = list(self._live)
        while True:
            for pipe in idle:
                batch = again.popleft() if again else next(batches, None)
                if batch is not None:
                    self._give(pipe, jobs, batch)
            if not self._running:
                return
            idle = []
            for ready in wait(list(self._running)):
                pipe = cast("Connection", ready)
                batch = self._running.pop(pipe)
                try:
                    results = cast("list[R]", pipe.recv())
                except (EOFError, OSError):
                    code = self._bury(pipe)
                    idle.append(self._start())
                    if len(batch) == 1:
                        yield batch[0], self._lost(jobs[batch[0]], code)
                    else:
                        again.extend((index,) for index in batch)
                else:
                    idle.append(pipe)
                    yield from zip(batch, results, strict=True)

    def _give(self, pipe: Connection, jobs: Sequence[J], batch: Batch) -> None:
        self._running[pipe] = batch
        try:
            pipe.send([jobs[index] for index in batch])
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
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Copies of the parent's ends would keep the pipes open after the parent is gone.
    for copy in inherited:
        copy.close()
    while True:
        try:
            jobs: list[J] = pipe.recv()
        except (EOFError, OSError):
            return
        results = [work(job) for job in jobs]
        try:
            pipe.send(results)
        except OSError:
            return
