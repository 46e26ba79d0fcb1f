"""``einsum-lint check``: check files, print what is found, fix what is asked for."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TextIO

from ..config import Overrides, Resolver
from ..files import SourceFile, discover
from ..findings import Applicability
from ..report import FOR_PEOPLE, Checked, Look, plain, report
from ..report.summary import STATISTICS, statistics, summary
from ..terminal import Bar, is_terminal, wants_colour
from ..usage import UsageError
from .examine import Options, Result, examine, examine_text

STDIN = "-"


def run(options: argparse.Namespace) -> int:
    """Run the command and return the exit status."""
    _refuse_contradictions(options)
    results = _results(options)
    if options.add_noqa:
        from .noqa import silence

        return silence(results, quiet=options.quiet)
    if options.diff:
        from .diff import print_diffs

        return print_diffs(results, quiet=options.quiet, exit_zero=options.exit_zero)
    failed = False
    if options.fix and not _reads_stdin(options):
        results, failed = _write(results)
    elif options.fix:
        sys.stdout.buffer.write(results[0].fixed)
        sys.stdout.buffer.flush()
    _print(results, options, sys.stderr if options.fix and _reads_stdin(options) else sys.stdout)
    return _status(results, failed=failed, exit_zero=options.exit_zero)


def _refuse_contradictions(options: argparse.Namespace) -> None:
    if options.add_noqa and (options.fix or options.diff):
        raise UsageError("--add-noqa can't be combined with --fix or --diff")
    if options.isolated and options.config is not None:
        raise UsageError("--isolated and --config contradict each other")
    if STDIN in options.paths and len(options.paths) > 1:
        raise UsageError("standard input (-) can't be combined with other paths")
    if STDIN in options.paths and options.add_noqa:
        raise UsageError("--add-noqa needs a file to write to, not standard input (-)")
    if options.statistics and options.output_format not in {None, *STATISTICS}:
        formats = ", ".join(sorted(STATISTICS))
        raise UsageError(f"--statistics can be printed as {formats}, not {options.output_format}")


def _reads_stdin(options: argparse.Namespace) -> bool:
    return bool(options.paths == [STDIN])


def _level(options: argparse.Namespace) -> Applicability:
    return Applicability.UNSAFE if options.unsafe_fixes else Applicability.SAFE


def _results(options: argparse.Namespace) -> list[Result]:
    cwd = os.getcwd()
    overrides = Overrides(
        select=_selectors(options.select),
        ignore=_selectors(options.ignore),
        extend_select=_selectors(options.extend_select),
    )
    resolver = Resolver(
        cwd, config_file=options.config, isolated=options.isolated, overrides=overrides
    )
    wanted = Options(
        fix=_level(options) if options.fix or options.diff else None,
        jobs=options.jobs,
        cache=not options.no_cache,
        cache_folder=options.cache_dir,
    )
    if _reads_stdin(options):
        return [examine_text(_stdin_file(options, resolver, cwd), sys.stdin.buffer.read(), wanted)]
    files = discover(options.paths or ["."], resolver, cwd)
    with Bar(enabled=not options.quiet) as bar:
        return examine(files, wanted, advance=bar.advance)


def _selectors(given: Sequence[str] | None) -> tuple[str, ...] | None:
    if given is None:
        return None
    words = (word.strip() for text in given for word in text.split(","))
    return tuple(word.upper() if word[:1] in "eE" else word for word in words if word)


def _stdin_file(options: argparse.Namespace, resolver: Resolver, cwd: str) -> SourceFile:
    name = options.stdin_filename
    path = os.path.join(cwd, name) if name else STDIN
    folder = os.path.dirname(path) if name else cwd
    return SourceFile(path, name or STDIN, resolver.for_folder(folder), named=True)


def _write(results: Iterable[Result]) -> tuple[list[Result], bool]:
    """Write the fixed files; what could not be written keeps its findings."""
    from ..writing import NotWrittenError, replace_file

    written, failed = [], False
    for result in results:
        if result.fixed != result.data:
            try:
                replace_file(result.file.path, result.data, result.fixed)
            except NotWrittenError as error:
                print(f"error: {result.file.shown} was not fixed: {error}", file=sys.stderr)
                result = replace(result, fixed=result.data, remaining=result.findings, applied=0)
                failed = True
        written.append(result)
    return written, failed


def _print(results: Sequence[Result], options: argparse.Namespace, out: TextIO) -> None:
    form = options.output_format or ("full" if is_terminal(out) else "concise")
    paint = plain
    if form in FOR_PEOPLE and wants_colour(out):
        from ..report.paint import paint
    look = Look(_level(options), paint)
    checked = [
        Checked(result.file.shown, result.file.path, result.fixed, result.remaining)
        for result in results
    ]
    if options.statistics:
        out.write(statistics(checked, look, as_json=form == "json"))
    else:
        for piece in report(form)(checked, look):
            out.write(piece)
    if form in FOR_PEOPLE and not options.quiet:
        fixed = sum(result.applied for result in results)
        out.write(summary(checked, look, fixed=fixed, fixing=options.fix))


def _status(results: Iterable[Result], *, failed: bool, exit_zero: bool) -> int:
    codes = {finding.code for result in results for finding in result.remaining}
    if failed or "EIN901" in codes:
        return 2
    return 1 if codes and not exit_zero else 0
