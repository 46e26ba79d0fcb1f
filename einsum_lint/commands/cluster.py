"""A crew of the workers of a Dask cluster, to whom files are sent: they have no disk in common."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import pickle
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from functools import cache
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from .. import __version__
from ..parallel import Batch, Died, shared_out
from ..usage import UsageError
from .jobs import Done, Job, Worker, read, unreadable

if TYPE_CHECKING:
    from distributed import Client

_CONNECTING: Final = 10.0
"""Seconds that the scheduler may take to answer."""
_CLOSING: Final = 5.0
"""Seconds that it may take to say goodbye."""
_DESERTED: Final = 60.0
"""Seconds that a cluster may be without workers: some start them only when there is work."""
_LOOK: Final = 2.0
"""Seconds after which the workers are counted again."""
_AHEAD: Final = 2
"""Batches under way for each worker: one is done while the next is sent."""


def on_cluster(
    scheduler: str,
    jobs: Sequence[Job],
    sizes: Sequence[int],
    lost: Callable[[Job, str], Done],
) -> Iterator[tuple[int, Done]]:
    """The result of each job, with its index, from the workers of a cluster."""
    yield from shared_out(_Cluster(scheduler), jobs, sizes, range(len(jobs)), lost)


class MismatchError(Exception):
    """The worker runs another program than the one that sent it work."""


class _Cluster:
    """The workers of a scheduler; which of them has a batch is known to the scheduler only."""

    def __init__(self, scheduler: str) -> None:
        self._scheduler = scheduler
        self._client = _connected(scheduler)
        # Equal batches of two runs are not the same to us: the cluster must not answer from memory.
        self._executor = self._client.get_executor(pure=False)
        self._running: dict[Future[list[Done]], Batch] = {}
        self._seen = time.monotonic()
        self._count()

    def _count(self) -> None:
        """See how many workers there are; without any, the run would never end."""
        self._looked = time.monotonic()
        try:
            workers = len(self._client.nthreads())
        except OSError:
            raise self._disconnected() from None
        if workers:
            self._seen = self._looked
        elif self._looked - self._seen > _DESERTED:
            raise UsageError(f"no workers have come to the Dask scheduler at {self._scheduler}")
        self.size = max(workers, 1)

    def room(self) -> bool:
        return len(self._running) < _AHEAD * self.size

    def give(self, batch: Batch, jobs: Sequence[Job]) -> None:
        # What is submitted is unpickled by the scheduler too, which need not have einsum_lint.
        # So it is a pickle in a pickle; it is the worker that opens it.
        errand = pickle.dumps(_Errand([_packed(job) for job in jobs]))
        self._running[self._executor.submit(pickle.loads, errand)] = batch

    def outcomes(self) -> Iterator[tuple[Batch, list[Done] | Died]]:
        ended, _ = wait(self._running, timeout=_LOOK, return_when=FIRST_COMPLETED)
        for future in ended:
            yield self._running.pop(future), self._outcome(future)
        if time.monotonic() - self._looked > _LOOK:
            self._count()

    def _outcome(self, future: Future[list[Done]]) -> list[Done] | Died:
        from distributed import KilledWorker

        try:
            return future.result()
        except KilledWorker as killed:
            deaths = killed.allowed_failures + 1
            return Died(f"died on {deaths} worker{'s' * (deaths > 1)}")
        except CancelledError:
            raise self._disconnected() from None
        except Exception as error:  # Jobs raise nothing: it is the worker that isn't fit for them.
            why = f"a worker of {self._scheduler} can't do the work: {_line(error)}"
            raise UsageError(why) from None

    def _disconnected(self) -> UsageError:
        return UsageError(f"the connection to the Dask scheduler at {self._scheduler} is lost")

    def close(self) -> None:
        # The scheduler drops what a client wanted that is gone.
        with contextlib.suppress(TimeoutError):
            self._client.close(timeout=_CLOSING)


def _connected(scheduler: str) -> Client:
    try:
        from distributed import Client
    except ImportError:
        raise UsageError(
            "--executor dask needs distributed: pip install 'einsum-lint[dask]'"
        ) from None
    # What it tells in a traceback is told by us in a line.
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    try:
        asyncio.run(asyncio.wait_for(_greet(scheduler), _CONNECTING + 1))
        with warnings.catch_warnings():
            # Of packages that have other versions there; ``perform`` sees to what matters to us.
            warnings.simplefilter("ignore")
            return Client(scheduler, timeout=_CONNECTING, set_as_default=False)
    except Exception as error:  # Who knows what listens there, and what it answers.
        why = _line(error) or "no answer"
        raise UsageError(f"no Dask scheduler is found at {scheduler}: {why}") from None


def _line(error: Exception) -> str:
    return " ".join(str(error).split())


async def _greet(scheduler: str) -> None:
    """Connect once: a client would wait for ever where something listens that never answers."""
    from distributed.comm.core import connect
    from distributed.security import Security

    security = Security().get_connection_args("client")
    comm = await connect(scheduler, timeout=_CONNECTING, **security)
    await comm.close()


class _Errand:
    """Jobs which are done where this is unpickled: what comes out are the results."""

    def __init__(self, jobs: Sequence[Job | Done]) -> None:
        self._jobs = jobs

    def __reduce__(self) -> tuple[Callable[[str, bytes], list[Done]], tuple[str, bytes]]:
        return perform, (program(), pickle.dumps(self._jobs))


def _packed(job: Job) -> Job | Done:
    """A job with all that it needs, or the outcome where that can't be read."""
    try:
        return job if job.data is not None else job._replace(data=read(job.path))
    except OSError as error:
        return unreadable(error, job.config)


_TURN: Final = Lock()
"""A worker with several threads does one batch at a time: it collects no garbage meanwhile."""


def perform(wanted: str, packed: bytes) -> list[Done]:
    """Do jobs that were sent by a program like this one."""
    if wanted != program():
        raise MismatchError(f"it has einsum_lint {program()}, not {wanted}")
    jobs: list[Job | Done] = pickle.loads(packed)
    with _TURN, Worker() as worker:
        return [job if isinstance(job, Done) else worker(job) for job in jobs]


@cache
def program() -> str:
    """The version of this program, with a word for its very text, and of the Python it runs on."""
    folder = Path(__file__).resolve().parent.parent
    text = blake2b(digest_size=4)
    for path in sorted(folder.rglob("*.py")):
        text.update(path.relative_to(folder).as_posix().encode())
        text.update(path.read_bytes())
    python = ".".join(map(str, sys.version_info[:2]))
    return f"{__version__} ({text.hexdigest()}) on Python {python}"
