"""A crew of processes of this machine; this one works alone as long as that may be enough."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, Generic, cast

from .parallel import Batch, Died, J, R, shared_out

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

_LARGE: Final = 100_000


def processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_processes(
    work: Callable[[J], R],
    jobs: Sequence[J],
    sizes: Sequence[int],
    workers: int,
    *,
    lost: Callable[[J, str], R],
    patience: float = 0.0,
) -> Iterator[tuple[int, R]]:
    """The result of each job, with its index.

    This process works alone for ``patience`` seconds, because most runs are over by then.  After
    that the rest is shared out to processes.
    """
    workers = min(workers, len(jobs))
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
    crew: _Processes[J, R] = _Processes(work, min(workers, len(left)))
    yield from shared_out(crew, jobs, sizes, list(left), lost)


class _Processes(Generic[J, R]):
    """Worker processes with a pipe to each, so that it is known which batch a dead one had."""

    def __init__(self, work: Callable[[J], R], size: int) -> None:
        import multiprocessing

        # A fork has every module loaded already; where it is not safe (macOS) or does not exist,
        # a fresh interpreter it is.
        self._forks = sys.platform == "linux"
        self._context = multiprocessing.get_context("fork" if self._forks else "spawn")
        self._work = work
        self._live: dict[Connection, BaseProcess] = {}
        self._idle: list[Connection] = []
        self._running: dict[Connection, Batch] = {}
        self.size = size
        for _ in range(size):
            self._start()

    def _start(self) -> None:
        ours, theirs = self._context.Pipe()
        inherited = (*self._live, ours) if self._forks else ()
        process = self._context.Process(  # type: ignore[attr-defined]
            target=_serve, args=(theirs, self._work, inherited), daemon=True
        )
        process.start()
        theirs.close()
        self._live[ours] = process
        self._idle.append(ours)

    def room(self) -> bool:
        return bool(self._idle)

    def give(self, batch: Batch, jobs: Sequence[J]) -> None:
        pipe = self._idle.pop()
        self._running[pipe] = batch
        try:
            pipe.send(jobs)
        except OSError:
            return  # A dead worker: its pipe is at its end, which ``outcomes`` will see.

    def outcomes(self) -> Iterator[tuple[Batch, list[R] | Died]]:
        from multiprocessing.connection import wait

        for ready in wait(list(self._running)):
            pipe = cast("Connection", ready)
            batch = self._running.pop(pipe)
            try:
                results = cast("list[R]", pipe.recv())
            except (EOFError, OSError):
                code = self._bury(pipe)
                self._start()
                yield batch, Died(f"ended with status {code}")
            else:
                self._idle.append(pipe)
                yield batch, results

    def _bury(self, pipe: Connection) -> int | None:
        process = self._live.pop(pipe)
        pipe.close()
        process.join(timeout=5)
        return process.exitcode

    def close(self) -> None:
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
