"""Reads files and has them checked: screen and cache first, then the engine in processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ..cache import FOLDER, Cache
from ..engine import SMALL, check_bytes, fix_bytes
from ..files import SourceFile
from ..findings import Applicability, Finding, Position, Span
from ..parallel import in_order, processors
from ..rule import selected
from ..screen import matters
from ..settings import Config

REPORT_BUGS: Final = "https://github.com/einsum-lint/einsum-lint/issues"
_START: Final = Span(Position(1, 1), Position(1, 1))
_MANY: Final = 64
_MUCH: Final = 1_000_000
_PATIENCE: Final = 0.4
"""Seconds that a run of fewer files than _MANY, with less text than _MUCH, may take before other
processes are started for it: each of them has the parser to load, which takes a tenth of a second.
"""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a file.

    ``findings`` are those of the file as it is now, ``remaining`` those left after the fixes that
    make it ``fixed``; ``applied`` counts those fixes.
    """

    file: SourceFile
    data: bytes
    findings: tuple[Finding, ...]
    fixed: bytes
    remaining: tuple[Finding, ...]
    applied: int = 0


@dataclass(frozen=True, slots=True)
class Options:
    """How to go about it.  ``fix`` is the lowest level of fixes to apply, None for none."""

    fix: Applicability | None = None
    jobs: int | None = None
    cache: bool = True
    cache_folder: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """The work on one file; ``known`` are its findings where the cache has them."""

    data: bytes
    path: str
    config: Config
    thorough: bool
    fix: Applicability | None
    known: tuple[Finding, ...] | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """The outcome of a job; ``fixed`` is None when nothing was to be fixed."""

    findings: tuple[Finding, ...]
    fixed: bytes | None = None
    remaining: tuple[Finding, ...] = ()
    applied: int = 0


def work(job: Job) -> Done:
    """Check one file, and fix it if that is asked for and there is something to fix."""
    try:
        found = job.known
        if found is None:
            found = check_bytes(job.data, job.path, job.config, thorough=job.thorough)
        if not fixable(found, job.fix):
            return Done(found)
        assert job.fix is not None
        fixed = fix_bytes(job.data, job.path, job.config, level=job.fix)
        return Done(found, fixed.data, fixed.findings, fixed.applied)
    except Exception as error:  # The engine does not raise; if it does, the other files go on.
        return Done((crashed(f"{type(error).__name__}: {error}"),))


def fixable(findings: Sequence[Finding], level: Applicability | None) -> bool:
    """Whether a fix of at least this level is among the findings."""
    if level is None:
        return False
    return any(f.fix is not None and f.fix.applicability >= level for f in findings)


def crashed(what: str) -> Finding:
    """The finding for a file in which the program itself failed."""
    message = f"internal error: {what}; please report it with this file: {REPORT_BUGS}"
    return Finding("EIN901", "internal-error", message, _START, None, 1)


def unreadable(what: str) -> Finding:
    """The finding for a file that can't be read."""
    return Finding("EIN900", "unreadable-file", f"cannot be read: {what}", _START, None, 1)


def examine(
    files: Sequence[SourceFile],
    options: Options,
    *,
    advance: Callable[[int, int], None] = lambda done, count: None,
) -> list[Result]:
    """The results for some files, in their order; ``advance`` is told how many are done."""
    caches = _Caches(options)
    results: list[Result | None] = [None] * len(files)
    waiting: list[tuple[int, Job, str]] = []
    for index, file in enumerate(files):
        got = _begin(file, options, caches)
        if isinstance(got, Result):
            results[index] = got
        else:
            waiting.append((index, *got))
    done = len(files) - len(waiting)
    jobs = [job for _, job, _ in waiting]
    for (index, job, key), outcome in zip(waiting, _run(jobs, options), strict=True):
        if job.known is None:
            caches.put(files[index], key, outcome.findings)
        results[index] = _result(files[index], job.data, outcome)
        done += 1
        advance(done, len(files))
    caches.save()
    return [result for result in results if result is not None]


def examine_text(file: SourceFile, data: bytes, options: Options) -> Result:
    """The result for a text that comes from elsewhere than the file whose name it has."""
    config = file.project.config_for(file.path)
    return _result(file, data, work(Job(data, file.shown, config, file.named, options.fix)))


def _begin(file: SourceFile, options: Options, caches: _Caches) -> Result | tuple[Job, str]:
    """The result where it is known at once, else the job and the key of its findings."""
    config = file.project.config_for(file.path)
    try:
        if file.error is not None:
            raise OSError(file.error)
        with open(file.path, "rb") as opened:
            data = opened.read()
    except OSError as error:
        told = (unreadable(error.strerror or str(error)),)
        return _result(file, b"", Done(told if selected(config, "EIN900") else ()))
    if not (file.named or matters(data, config) or len(data) <= SMALL or b"\0" in data):
        return _result(file, data, Done(()))
    job = Job(data, file.shown, config, file.named, options.fix)
    key, known = caches.get(file, job)
    if known is not None and not fixable(known, options.fix):
        return _result(file, data, Done(known))
    return replace(job, known=known), key


def _result(file: SourceFile, data: bytes, done: Done) -> Result:
    if done.fixed is None:
        return Result(file, data, done.findings, data, done.findings)
    return Result(file, data, done.findings, done.fixed, done.remaining, done.applied)


def _run(jobs: Sequence[Job], options: Options) -> Iterator[Done]:
    if not jobs:
        return iter(())
    workers = processors() if options.jobs is None else options.jobs
    portable = [_portable(job) for job in jobs] if workers > 1 else jobs
    small = len(jobs) < _MANY and sum(len(job.data) for job in jobs) < _MUCH
    patience = _PATIENCE if small and options.jobs is None else 0.0
    return in_order(
        work, portable, workers, lost=_lost, size=lambda job: len(job.data), patience=patience
    )


def _portable(job: Job) -> Job:
    """The job with settings that can be sent to another process."""
    functions = dict(job.config.einsum_functions)
    return replace(job, config=replace(job.config, einsum_functions=functions))


def _lost(job: Job, code: int | None) -> Done:
    return Done((crashed(f"the process that checked it ended with status {code}"),))


class _Caches:
    """The cache of each project, opened when first asked."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._open: dict[str, Cache] = {}

    def _of(self, file: SourceFile) -> Cache | None:
        if not self._options.cache:
            return None
        folder = self._options.cache_folder or os.path.join(file.project.root, FOLDER)
        if folder not in self._open:
            self._open[folder] = Cache(folder)
        return self._open[folder]

    def get(self, file: SourceFile, job: Job) -> tuple[str, tuple[Finding, ...] | None]:
        """The key of a job and the findings remembered under it."""
        cache = self._of(file)
        if cache is None:
            return "", None
        key = cache.key(job.data, job.path, job.config, thorough=job.thorough)
        return key, cache.get(key)

    def put(self, file: SourceFile, key: str, findings: tuple[Finding, ...]) -> None:
        """Remember findings, unless a bug of ours is among them."""
        cache = self._of(file)
        if cache is not None and not any(f.code == "EIN901" for f in findings):
            cache.put(key, findings)

    def save(self) -> None:
        """Write all caches."""
        for cache in self._open.values():
            cache.save()
