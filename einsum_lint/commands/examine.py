"""Has files checked: those that the cache knows at once, the others in processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

from ..files import SourceFile
from ..findings import Finding
from ..parallel import in_order
from ..settings import Config
from ..stages import Clock, off
from .jobs import CHECK, NOTHING, Done, Job, Task, Worker, crashed, fixable, read, unreadable

if TYPE_CHECKING:
    from ..cache import Cache

_MANY: Final = 64
_MUCH: Final = 1_000_000
_PATIENCE: Final = 0.4
"""Seconds that a run of fewer files than _MANY, with less text than _MUCH, may take before other
processes are started for it: each of them has the parser to load, which takes a tenth of a second.
"""
_HELD: Final = 64_000_000
"""Bytes of files that are kept from when the cache reads them until they are checked."""


class Result:
    """A file and what became of it."""

    def __init__(self, file: SourceFile, done: Done) -> None:
        self.file, self.done = file, done

    @cached_property
    def data(self) -> bytes:
        """What the file held; empty where nothing was found in it."""
        if self.done.data is not None or not self.done.findings:
            return self.done.data or b""
        try:
            return read(self.file.path)
        except OSError:
            return b""

    @property
    def fixed(self) -> bytes:
        """What it holds after the fixes."""
        return self.data if self.done.fixed is None else self.done.fixed

    @property
    def changed(self) -> bool:
        """Whether the fixes change it."""
        return self.fixed != self.data

    @property
    def remaining(self) -> tuple[Finding, ...]:
        """What is found in it after the fixes."""
        return self.done.findings if self.done.fixed is None else self.done.remaining


class Options(NamedTuple):
    """What to do, and how to go about it."""

    task: Task = CHECK
    jobs: int | None = None
    scheduler: str | None = None
    """The address of the Dask scheduler whose workers are to do it, None for this machine."""
    cache: bool = True
    cache_folder: str | None = None


class _Waiting(NamedTuple):
    """A file that has to be looked at: where it is in the list, how large, and its cache key."""

    place: int
    job: Job
    size: int
    key: str = ""

    def without_data(self) -> _Waiting:
        """The same, to be read again when its turn comes."""
        return self._replace(job=self.job._replace(data=None))


def examine(
    files: Sequence[SourceFile],
    options: Options,
    *,
    advance: Callable[[int, int], None] = lambda done, count: None,
    clock: Clock = off,
) -> list[Result]:
    """The results for some files, in their order; ``advance`` is told how many are done.

    ``clock`` measures what this process does besides the jobs.
    """
    caches = _Caches(options)
    outcomes: list[Done] = []
    waiting: list[_Waiting] = []
    held = 0
    for index, file in enumerate(files):
        with clock("cache" if options.cache else "files"):
            got = _begin(index, file, options, caches.of(file), clock)
        outcomes.append(got if isinstance(got, Done) else NOTHING)
        if isinstance(got, _Waiting):
            held += got.size
            waiting.append(got if held <= _HELD else got.without_data())
    done = len(files) - len(waiting)
    with Worker() as worker:
        for each, outcome in zip(waiting, _run(worker, waiting, options), strict=True):
            with clock("cache"):
                caches.put(files[each.place], each, outcome)
            outcomes[each.place] = outcome
            done += 1
            advance(done, len(files))
    with clock("cache"):
        caches.save()
    return list(map(Result, files, outcomes))


def examine_text(file: SourceFile, data: bytes, options: Options) -> Result:
    """The result for a text that comes from elsewhere than the file whose name it has."""
    with Worker() as worker:
        return Result(file, worker(job_of(file, options.task)._replace(data=data)))


def job_of(file: SourceFile, task: Task) -> Job:
    """The job of doing a task with a file."""
    config = _portable(file.project.config_for(file.path), task.guard)
    return Job(file.path, file.shown, config, file.named, task)


def _portable(config: Config, guard: bool) -> Config:
    """The settings as another process can be sent them."""
    functions = dict(config.einsum_functions)
    return config._replace(einsum_functions=functions, guard=guard or config.guard)


def _begin(
    index: int, file: SourceFile, options: Options, cache: Cache | None, clock: Clock
) -> Done | _Waiting:
    """The outcome where it is known at once, else what is to be done."""
    job = job_of(file, options.task)
    task = job.task
    try:
        if file.error is not None:
            raise OSError(file.error)
        status = os.stat(file.path)
        if cache is None:
            return _Waiting(index, job, status.st_size)
        content = cache.content(file.path, status)
        if content is None:
            with clock("read"):
                data = read(file.path)
            job = job._replace(data=data)
            content = cache.see(file.path, status, data)
    except OSError as error:
        return unreadable(error, job.config)
    codemod = (task.codemod, *task.select) if task.codemod else ()
    key = cache.key(content, job.shown, job.config, thorough=job.thorough, codemod=codemod)
    known = cache.get(key)
    if known is not None and not fixable(known, task.fix) and not task.refusals:
        return Done(known, job.data)
    return _Waiting(index, job._replace(known=known), status.st_size, key)


def _run(worker: Worker, waiting: Sequence[_Waiting], options: Options) -> Iterator[Done]:
    if not waiting:
        return iter(())
    jobs, sizes = [each.job for each in waiting], [each.size for each in waiting]
    if options.scheduler is not None:
        from .cluster import on_cluster

        return in_order(on_cluster(options.scheduler, jobs, sizes, _lost))
    from ..processes import in_processes, processors

    workers = processors() if options.jobs is None else options.jobs
    small = len(waiting) < _MANY and sum(sizes) < _MUCH
    patience = _PATIENCE if small and options.jobs is None else 0.0
    return in_order(in_processes(worker, jobs, sizes, workers, lost=_lost, patience=patience))


def _lost(job: Job, how: str) -> Done:
    return crashed(f"the process that checked it {how}")


class _Caches:
    """The cache of each project, opened when first asked."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._open: dict[str, Cache] = {}

    def of(self, file: SourceFile) -> Cache | None:
        """The cache of the project of a file, None where there is to be none."""
        if not self._options.cache:
            return None
        from ..cache import FOLDER, Cache

        folder = self._options.cache_folder or os.path.join(file.project.root, FOLDER)
        if folder not in self._open:
            self._open[folder] = Cache(folder)
        return self._open[folder]

    def put(self, file: SourceFile, waiting: _Waiting, outcome: Done) -> None:
        """Remember what was found, unless a bug of ours is among it."""
        cache = self.of(file) if waiting.job.known is None else None
        if cache is not None and not any(f.code == "EIN901" for f in outcome.findings):
            cache.put(waiting.key, outcome.findings)

    def save(self) -> None:
        """Write all caches."""
        for cache in self._open.values():
            cache.save()
