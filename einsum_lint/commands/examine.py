"""Reads files and has them checked: screen and cache first, then the engine in processes."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ..cache import FOLDER, Cache
from ..codemod import codemods
from ..engine import SMALL, check_bytes, find_refusals, fix_bytes, matters_to
from ..files import SourceFile
from ..findings import Applicability, Finding, Position, Span
from ..nests import Refusal
from ..parallel import in_order, processors
from ..proofs import Proofs, Prove, Tally
from ..rule import Rule, chosen, selected
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
    make it ``fixed``; ``applied`` counts those fixes, and ``proofs`` tells how they were proved.
    """

    file: SourceFile
    data: bytes
    findings: tuple[Finding, ...]
    fixed: bytes
    remaining: tuple[Finding, ...]
    applied: int = 0
    proofs: Tally = field(default_factory=Tally)
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done with each file.

    ``fix`` is the lowest level of fixes to apply, None for none; ``verify`` has them proved first.
    ``codemod`` names the codemod whose rules are to run, instead of those that are configured, and
    ``select`` narrows them.  ``guard`` is the setting of this name.  ``refusals`` asks why loops
    are not rewritten, of the fixed text where it ``writes``.
    """

    fix: Applicability | None = None
    verify: bool = True
    codemod: str | None = None
    select: tuple[str, ...] = ()
    guard: bool = False
    refusals: bool = False
    writes: bool = False

    def rules(self, config: Config) -> tuple[Rule, ...]:
        """The rules to run on a file."""
        if self.codemod is None:
            return chosen(config)
        return codemods()[self.codemod].rules(config, self.select)


CHECK: Final = Task()


@dataclass(frozen=True, slots=True)
class Options:
    """What to do, and how to go about it."""

    task: Task = CHECK
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
    task: Task
    known: tuple[Finding, ...] | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """The outcome of a job; ``fixed`` is None when nothing was to be fixed."""

    findings: tuple[Finding, ...]
    fixed: bytes | None = None
    remaining: tuple[Finding, ...] = ()
    applied: int = 0
    proofs: Tally = field(default_factory=Tally)
    refusals: tuple[Refusal, ...] = ()


class Worker:
    """Does one job after another, with one prover for all of them."""

    def __init__(self) -> None:
        self._proofs = Proofs()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *error: object) -> None:
        self._proofs.close()

    def __call__(self, job: Job) -> Done:
        """Do a job.

        Trees have no cycles, and collecting while they grow takes as long as parsing them.
        """
        collecting = gc.isenabled()
        gc.disable()
        try:
            return work(job, self._proofs)
        finally:
            if collecting:
                gc.enable()


def work(job: Job, prove: Prove | None = None) -> Done:
    """Check one file, and fix it if that is asked for and there is something to fix."""
    task = job.task
    try:
        only = task.rules(job.config)
        found = job.known
        if found is None:
            found = check_bytes(job.data, job.path, job.config, thorough=job.thorough, only=only)
        if task.fix is None or not fixable(found, task.fix):
            return Done(found, refusals=_refusals(job, job.data))
        fixed = fix_bytes(
            job.data,
            job.path,
            job.config,
            level=task.fix,
            only=only,
            prove=prove if task.verify else None,
        )
        refusals = _refusals(job, fixed.data if task.writes else job.data)
        return Done(found, fixed.data, fixed.findings, fixed.applied, fixed.proofs, refusals)
    except Exception as error:  # The engine does not raise; if it does, the other files go on.
        return Done((crashed(f"{type(error).__name__}: {error}"),))


def _refusals(job: Job, data: bytes) -> tuple[Refusal, ...]:
    return find_refusals(data, job.config) if job.task.refusals else ()


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
    with Worker() as worker:
        outcomes = _run(worker, jobs, options)
        for (index, job, key), outcome in zip(waiting, outcomes, strict=True):
            if job.known is None:
                caches.put(files[index], key, outcome.findings)
            results[index] = _result(files[index], job.data, outcome)
            done += 1
            advance(done, len(files))
    caches.save()
    return [result for result in results if result is not None]


def examine_text(file: SourceFile, data: bytes, options: Options) -> Result:
    """The result for a text that comes from elsewhere than the file whose name it has."""
    config = _config(file, options.task)
    with Worker() as worker:
        return _result(file, data, worker(Job(data, file.shown, config, file.named, options.task)))


def _begin(file: SourceFile, options: Options, caches: _Caches) -> Result | tuple[Job, str]:
    """The result where it is known at once, else the job and the key of its findings."""
    config = _config(file, options.task)
    try:
        if file.error is not None:
            raise OSError(file.error)
        with open(file.path, "rb") as opened:
            data = opened.read()
    except OSError as error:
        told = (unreadable(error.strerror or str(error)),)
        return _result(file, b"", Done(told if selected(config, "EIN900") else ()))
    if not (file.named or len(data) <= SMALL or b"\0" in data):
        asked = options.task.refusals and b"numpy" in data
        if not (asked or matters_to(data, config, options.task.rules(config))):
            return _result(file, data, Done(()))
    job = Job(data, file.shown, config, file.named, options.task)
    key, known = caches.get(file, job)
    if known is not None and not fixable(known, job.task.fix) and not job.task.refusals:
        return _result(file, data, Done(known))
    return replace(job, known=known), key


def _config(file: SourceFile, task: Task) -> Config:
    config = file.project.config_for(file.path)
    return replace(config, guard=True) if task.guard else config


def _result(file: SourceFile, data: bytes, done: Done) -> Result:
    refusals = done.refusals
    if done.fixed is None:
        return Result(file, data, done.findings, data, done.findings, refusals=refusals)
    found, remaining = done.findings, done.remaining
    return Result(file, data, found, done.fixed, remaining, done.applied, done.proofs, refusals)


def _run(worker: Worker, jobs: Sequence[Job], options: Options) -> Iterator[Done]:
    if not jobs:
        return iter(())
    workers = processors() if options.jobs is None else options.jobs
    portable = [_portable(job) for job in jobs] if workers > 1 else jobs
    small = len(jobs) < _MANY and sum(len(job.data) for job in jobs) < _MUCH
    patience = _PATIENCE if small and options.jobs is None else 0.0
    return in_order(
        worker, portable, workers, lost=_lost, size=lambda job: len(job.data), patience=patience
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
        task = job.task
        codemod = (task.codemod, *task.select) if task.codemod else ()
        key = cache.key(job.data, job.path, job.config, thorough=job.thorough, codemod=codemod)
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
