"""Proves fixes before they are applied, no trial twice."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from .findings import Applicability, Finding, Fix

if TYPE_CHECKING:
    from .trial import Trial, Verdict
    from .verify import Prover

Prove: TypeAlias = "Callable[[Sequence[Trial]], Sequence[Verdict]]"
"""Executes trials and returns their verdicts in the same order."""

ISSUES = "https://github.com/einsum-lint/einsum-lint/issues"


class Tally(NamedTuple):
    """The verdicts on fixes: how many were proved and executed, and why others were not.

    ``skipped`` has a reason for each fix that was applied although it could not be executed,
    ``withheld`` for each that was not applied for that.
    """

    proved: int = 0
    executed: int = 0
    skipped: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()

    def __add__(self, other: Tally) -> Tally:  # type: ignore[override]
        return Tally(
            self.proved + other.proved,
            self.executed + other.executed,
            self.skipped + other.skipped,
            self.withheld + other.withheld,
        )


class Proofs:
    """Executes trials in a prover, which is started for the first, and remembers the verdicts.

    A copy in another process starts a prover of its own.
    """

    def __init__(self) -> None:
        self._prover: Prover | None = None
        self._process = 0
        self._known: dict[Trial, Verdict] = {}

    def __reduce__(self) -> tuple[type[Proofs], tuple[()]]:
        return Proofs, ()

    def __enter__(self) -> Proofs:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the prover."""
        if self._prover is not None and self._process == os.getpid():
            self._prover.__exit__(None, None, None)
        self._prover = None

    def __call__(self, trials: Sequence[Trial]) -> list[Verdict]:
        """The verdicts on trials, in their order."""
        new = [trial for trial in dict.fromkeys(trials) if trial not in self._known]
        if new:
            self._known.update(zip(new, self._started().prove(new), strict=True))
        return [self._known[trial] for trial in trials]

    def _started(self) -> Prover:
        if self._prover is None or self._process != os.getpid():
            from .verify import Prover

            self._prover, self._process = Prover().__enter__(), os.getpid()
        return self._prover


def verdicts(
    findings: Iterable[Finding], level: Applicability, prove: Prove
) -> Mapping[Trial, Verdict]:
    """The verdicts on the fixes of at least this level."""
    trials = [
        finding.fix.trial
        for finding in findings
        if finding.fix and finding.fix.trial and finding.fix.applicability >= level
    ]
    return dict(zip(trials, prove(trials), strict=True)) if trials else {}


def judged(finding: Finding, known: Mapping[Trial, Verdict]) -> Finding:
    """A finding as its verdict leaves it: a fix that is wrong is a bug of ours to report.

    A fix that could not be executed is no longer safe, and not applied at all when the original
    does not even run on what was assumed of its inputs.
    """
    fix = finding.fix
    verdict = known.get(fix.trial) if fix and fix.trial else None
    if fix is None or verdict is None:
        return finding
    if verdict.fault is not None:
        from .rule import rules

        rule = rules()["EIN901"]
        message = (
            f"{finding.code} is not fixed, because its fix would change the program: "
            f"{verdict.fault}; this is a bug of einsum-lint: please report it with the file at "
            f"{ISSUES}"
        )
        return Finding(rule.code, rule.name, message, finding.span, None, finding.noqa_row)
    reason = _skipped(verdict)
    if reason is None:
        return finding
    highest = Applicability.DISPLAY if verdict.doubtful else Applicability.UNSAFE
    lowered = min(fix.applicability, highest)
    message = f"{fix.message} (not executed: {reason})"
    return finding._replace(fix=fix._replace(applicability=lowered, message=message))


def tally(applied: Iterable[Fix], others: Iterable[Fix], known: Mapping[Trial, Verdict]) -> Tally:
    """The verdicts on fixes that were applied, and the reasons why others were withheld."""
    mine = [known[fix.trial] for fix in applied if fix.trial and fix.trial in known]
    rest = [known[fix.trial] for fix in others if fix.trial and fix.trial in known]
    return Tally(
        sum(verdict.proved for verdict in mine),
        sum(verdict.executed for verdict in mine),
        tuple(reason for verdict in mine if (reason := _skipped(verdict))),
        tuple(reason for verdict in rest if (reason := _skipped(verdict))),
    )


def _skipped(verdict: Verdict) -> str | None:
    """Why a trial was not executed, None when it was."""
    if verdict.skipped is None and not verdict.executed:
        return "the trial was not run"
    return verdict.skipped
