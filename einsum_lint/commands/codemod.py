"""``einsum-lint codemod``: rewrite files, or print what would be rewritten."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence

from ..codemod import Codemod, codemods
from ..config import Overrides
from ..findings import Applicability
from ..nests import ArrayExpression, LoopNest
from ..proofs import Tally
from ..report import Checked, Look, report
from ..settings import DEFAULT
from ..usage import UsageError
from .diff import write_diffs
from .examine import Result
from .inputs import (
    level,
    print_refusals,
    reads_stdin,
    refuse_contradictions,
    results,
    selectors,
    write,
)
from .jobs import Task
from .timing import Timing


def run(options: argparse.Namespace) -> int:
    """Run the command and return the exit status."""
    codemod = _codemod(options.name)
    refuse_contradictions(options)
    _refuse_contradictions(options, codemod)
    timing = Timing(wanted=options.timing)
    overrides = Overrides(ignore=selectors(options.ignore))
    found = results(options, _task(options, codemod), overrides, timing.clock)
    with timing.clock("report"):
        status = _report(found, options)
    timing.print(found)
    return status


def _report(found: list[Result], options: argparse.Namespace) -> int:
    """Print or write what is rewritten, and return the exit status."""
    failed = False
    if not options.write:
        write_diffs(found)
    elif reads_stdin(options):
        sys.stdout.buffer.write(found[0].fixed)
        sys.stdout.buffer.flush()
    else:
        found, failed = write(found)
    print_refusals(found)
    failures = _print_failures(found)
    if not options.quiet:
        _print_summary(found, options)
    if failed or "EIN901" in failures:
        return 2
    changed = any(result.changed for result in found)
    return 1 if options.check and (changed or failures) else 0


def _codemod(name: str | None) -> Codemod:
    known = codemods()
    if name is None or name not in known:
        what = "a codemod must be named" if name is None else f"unknown codemod {name!r}"
        raise UsageError(f"{what}; there are {', '.join(known)}")
    return known[name]


def _refuse_contradictions(options: argparse.Namespace, codemod: Codemod) -> None:
    if options.write and options.check:
        raise UsageError("--write and --check contradict each other")
    rules = codemod.rules(DEFAULT)
    kinds = {rule.on for rule in rules}
    if options.guard and LoopNest not in kinds:
        raise UsageError(f"--guard is for codemods that read loops, not {codemod.name}")
    if options.show_refusals and kinds.isdisjoint({LoopNest, ArrayExpression}):
        what = "loops or array arithmetic"
        raise UsageError(f"--show-refusals is for codemods that read {what}, not {codemod.name}")
    select = selectors(options.select) or ()
    if select and not codemod.rules(DEFAULT, select):
        codes = ", ".join(codemod.codes) or "no rule"
        raise UsageError(f"--select leaves nothing of {codemod.name}, which follows {codes}")


def _task(options: argparse.Namespace, codemod: Codemod) -> Task:
    return Task(
        fix=level(options),
        verify=options.verify,
        codemod=codemod.name,
        select=selectors(options.select) or (),
        guard=options.guard,
        refusals=options.show_refusals,
        writes=options.write,
        timing=options.timing,
    )


def _print_failures(found: Iterable[Result]) -> set[str]:
    """Say which files, or which rewritings, failed; return the codes."""
    failures = [
        Checked(result.file.shown, result.file.path, result.data, broken)
        for result in found
        if (broken := tuple(f for f in result.remaining if f.code.startswith("EIN9")))
    ]
    for piece in report("concise")(failures, Look()):
        sys.stderr.write(piece)
    return {finding.code for file in failures for finding in file.findings}


def _print_summary(found: Sequence[Result], options: argparse.Namespace) -> None:
    applied = sum(result.done.applied for result in found)
    tally = sum((result.done.proofs for result in found), Tally())
    more = sum(
        finding.fix is not None
        and Applicability.UNSAFE <= finding.fix.applicability < level(options)
        for result in found
        for finding in result.remaining
    )
    print(summary(applied, tally, more, options), file=sys.stderr)


def summary(applied: int, tally: Tally, more: int, options: argparse.Namespace) -> str:
    """What was rewritten, how it was proved, and what ``--unsafe-fixes`` would add."""
    text = "Nothing to rewrite"
    if applied:
        text = f"{'Rewrote' if options.write else 'Would rewrite'} {applied}"
        if not options.verify:
            text += " (not verified)"
        elif tally.executed or tally.skipped:
            skipped = len(tally.skipped)
            text += f" ({tally.proved} proved, {tally.executed} executed, {skipped} skipped)"
    if more:
        text += f"; {more} more with --unsafe-fixes"
    lines = [f"{text}."]
    for reasons, what in ((tally.skipped, "not executed"), (tally.withheld, "withheld")):
        counts = sorted(Counter(reasons).items(), key=lambda item: (-item[1], item[0]))
        lines += [f"  {number} {what}: {reason}" for reason, number in counts]
    return "\n".join(lines)
