"""What is done with one file, in whichever process it is done."""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping, Sequence
from time import process_time
from typing import TYPE_CHECKING, Final, NamedTuple

from ..engine import check_bytes, find_refusals, fix_bytes
from ..findings import Applicability, Finding, Position, Span
from ..garbage import uncollected
from ..proofs import Proofs, Prove, Tally
from ..rule import Rule, selected
from ..settings import Config
from ..stages import Clock, Stages, off

if TYPE_CHECKING:
    from ..nests import Refusal

REPORT_BUGS: Final = "https://github.com/einsum-lint/einsum-lint/issues"
_LEFT_BEHIND: Final = 100_000
"""Objects that are collected after a job."""
_START: Final = Span(Position(1, 1), Position(1, 1))


class Task(NamedTuple):
    """What is to be done with each file.

    ``fix`` is the lowest level of fixes to apply, None for none; ``verify`` has them proved first.
    ``codemod`` names the codemod whose rules are to run, instead of those that are configured, and
    ``select`` narrows them.  ``guard`` is the setting of this name.  ``refusals`` asks why loops
    are not rewritten, of the fixed text where it ``writes``.  ``timing`` asks how long it takes.
    """

    fix: Applicability | None = None
    verify: bool = True
    codemod: str | None = None
    select: tuple[str, ...] = ()
    guard: bool = False
    refusals: bool = False
    writes: bool = False
    timing: bool = False

    def rules(self, config: Config) -> tuple[Rule, ...] | None:
        """The rules to run on a file, None for those that are configured."""
        if self.codemod is None:
            return None
        from ..codemod import codemods

        return codemods()[self.codemod].rules(config, self.select)


CHECK: Final = Task()


class Job(NamedTuple):
    """The work on one file: ``shown`` is its path for people, ``thorough`` as the engine has it.

    ``data`` is what the file holds, where somebody has read it; ``known`` are its findings, where
    the cache has them.
    """

    path: str
    shown: str
    config: Config
    thorough: bool
    task: Task
    data: bytes | None = None
    known: tuple[Finding, ...] | None = None


class Spent(NamedTuple):
    """The seconds of a job by stage, and those of its process, by its number, until the end of it.

    It is processor time.
    """

    process: int
    so_far: float
    stages: Mapping[str, float]


class Done(NamedTuple):
    """The outcome of a job.

    ``data`` is what the file held, None when nothing is to be said of it; ``fixed`` is None when
    nothing was to be fixed; ``spent`` is None when nobody asked for it.
    """

    findings: tuple[Finding, ...] = ()
    data: bytes | None = None
    fixed: bytes | None = None
    remaining: tuple[Finding, ...] = ()
    applied: int = 0
    proofs: Tally = Tally()
    refusals: tuple[Refusal, ...] = ()
    spent: Spent | None = None


NOTHING: Final = Done()


class Worker:
    """Does one job after another, with one prover for all of them.

    What is left behind is collected between jobs, when it is much.
    """

    def __init__(self) -> None:
        self._proofs = Proofs()
        self._collecting = gc.isenabled()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *error: object) -> None:
        self._proofs.close()
        if self._collecting:
            gc.enable()

    def __call__(self, job: Job) -> Done:
        """Do a job."""
        if not job.task.timing:
            return self._work(job, off)
        stages = Stages()
        done = self._work(job, stages)
        return done._replace(spent=Spent(os.getpid(), process_time(), stages.seconds))

    def _work(self, job: Job, clock: Clock) -> Done:
        gc.disable()
        with uncollected():
            done = work(job, self._proofs, clock)
        if gc.get_count()[0] > _LEFT_BEHIND:
            with clock("garbage"):
                gc.collect()
        return done


def work(job: Job, prove: Prove | None = None, clock: Clock = off) -> Done:
    """Check one file, and fix it if that is asked for and there is something to fix."""
    try:
        with clock("read"):
            data = job.data if job.data is not None else read(job.path)
    except OSError as error:
        return unreadable(error, job.config)
    try:
        return _work(job, data, prove, clock)
    except Exception as error:  # The engine does not raise; if it does, the other files go on.
        return crashed(f"{type(error).__name__}: {error}", data)


def read(path: str) -> bytes:
    """What a file holds."""
    with open(path, "rb") as opened:
        return opened.read()


def _work(job: Job, data: bytes, prove: Prove | None, clock: Clock) -> Done:
    task = job.task
    with clock("start-up"):
        only = task.rules(job.config)
    found = job.known
    if found is None:
        found = check_bytes(
            data, job.shown, job.config, thorough=job.thorough, only=only, clock=clock
        )
    if not fixable(found, task.fix):
        refusals = _refusals(job, data, clock)
        return Done(found, data, refusals=refusals) if found or refusals else NOTHING
    assert task.fix is not None
    with clock("fixes"):
        fixed = fix_bytes(
            data,
            job.shown,
            job.config,
            level=task.fix,
            only=only,
            prove=prove if task.verify else None,
            clock=clock,
        )
    refusals = _refusals(job, fixed.data if task.writes else data, clock)
    return Done(found, data, fixed.data, fixed.findings, fixed.applied, fixed.proofs, refusals)


def _refusals(job: Job, data: bytes, clock: Clock) -> tuple[Refusal, ...]:
    if not job.task.refusals:
        return ()
    with clock("refusals"):
        return find_refusals(data, job.config, job.task.rules(job.config))


def fixable(findings: Sequence[Finding], level: Applicability | None) -> bool:
    """Whether a fix of at least this level is among the findings."""
    if level is None:
        return False
    return any(f.fix is not None and f.fix.applicability >= level for f in findings)


def crashed(what: str, data: bytes | None = None) -> Done:
    """The outcome for a file in which the program itself failed."""
    message = f"internal error: {what}; please report it with this file: {REPORT_BUGS}"
    return Done((Finding("EIN901", "internal-error", message, _START, None, 1),), data)


def unreadable(error: OSError, config: Config) -> Done:
    """The outcome for a file that can't be read."""
    if not selected(config, "EIN900"):
        return NOTHING
    message = f"cannot be read: {error.strerror or error}"
    return Done((Finding("EIN900", "unreadable-file", message, _START, None, 1),))
