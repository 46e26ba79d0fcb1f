"""``einsum-lint check``: check files, print what is found, fix what is asked for."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

from ..config import Overrides
from ..report import FOR_PEOPLE, SHOWS_TEXT, Checked, Look, plain, report
from ..report.summary import STATISTICS, statistics, summary
from ..terminal import is_terminal, wants_colour
from ..usage import UsageError
from .examine import Result
from .inputs import (
    STDIN,
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
    refuse_contradictions(options)
    _refuse_contradictions(options)
    timing = Timing(wanted=options.timing)
    found = results(options, _task(options), _overrides(options), timing.clock)
    with timing.clock("report"):
        status = _report(found, options)
    timing.print(found)
    return status


def _report(found: list[Result], options: argparse.Namespace) -> int:
    """Print what was found, or write what was fixed, and return the exit status."""
    print_refusals(found)
    if options.add_noqa:
        from .noqa import silence

        return silence(found, quiet=options.quiet)
    if options.diff:
        from .diff import print_diffs

        return print_diffs(found, quiet=options.quiet, exit_zero=options.exit_zero)
    failed = False
    if options.fix and not reads_stdin(options):
        found, failed = write(found)
    elif options.fix:
        sys.stdout.buffer.write(found[0].fixed)
        sys.stdout.buffer.flush()
    _print(found, options, sys.stderr if options.fix and reads_stdin(options) else sys.stdout)
    return _status(found, failed=failed, exit_zero=options.exit_zero)


def _refuse_contradictions(options: argparse.Namespace) -> None:
    if options.add_noqa and (options.fix or options.diff):
        raise UsageError("--add-noqa can't be combined with --fix or --diff")
    if STDIN in options.paths and options.add_noqa:
        raise UsageError("--add-noqa needs a file to write to, not standard input (-)")
    if options.statistics and options.output_format not in {None, *STATISTICS}:
        formats = ", ".join(sorted(STATISTICS))
        raise UsageError(f"--statistics can be printed as {formats}, not {options.output_format}")


def _task(options: argparse.Namespace) -> Task:
    return Task(
        fix=level(options) if options.fix or options.diff else None,
        verify=options.verify,
        refusals=options.show_refusals,
        writes=options.fix,
        timing=options.timing,
    )


def _overrides(options: argparse.Namespace) -> Overrides:
    return Overrides(
        select=selectors(options.select),
        ignore=selectors(options.ignore),
        extend_select=selectors(options.extend_select),
    )


def _print(results: Sequence[Result], options: argparse.Namespace, out: TextIO) -> None:
    form = options.output_format or ("full" if is_terminal(out) else "concise")
    paint = plain
    if form in FOR_PEOPLE and wants_colour(out):
        from ..report.paint import paint
    look = Look(level(options), paint)
    checked = [
        Checked(
            result.file.shown,
            result.file.path,
            result.fixed if form in SHOWS_TEXT else b"",
            result.remaining,
        )
        for result in results
    ]
    if options.statistics:
        out.write(statistics(checked, look, as_json=form == "json"))
    else:
        for piece in report(form)(checked, look):
            out.write(piece)
    if form in FOR_PEOPLE and not options.quiet:
        fixed = sum(result.done.applied for result in results)
        out.write(summary(checked, look, fixed=fixed, fixing=options.fix))


def _status(results: Iterable[Result], *, failed: bool, exit_zero: bool) -> int:
    codes = {finding.code for result in results for finding in result.remaining}
    if failed or "EIN901" in codes:
        return 2
    return 1 if codes and not exit_zero else 0
