"""What the commands that check files share: which files, with which settings, and their writing."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Sequence

from ..config import Overrides, Resolver
from ..files import SourceFile, discover
from ..findings import Applicability
from ..stages import Clock, off
from ..terminal import Bar
from ..usage import UsageError
from .examine import Options, Result, examine, examine_text
from .jobs import Done, Task

STDIN = "-"


def refuse_contradictions(options: argparse.Namespace) -> None:
    """Raise UsageError where the common options contradict each other."""
    if options.isolated and options.config is not None:
        raise UsageError("--isolated and --config contradict each other")
    if STDIN in options.paths and len(options.paths) > 1:
        raise UsageError("standard input (-) can't be combined with other paths")
    if (options.executor == "dask") != (options.scheduler is not None):
        raise UsageError("--executor dask and --scheduler ADDRESS need each other")
    if options.scheduler is not None and options.jobs is not None:
        raise UsageError("--jobs counts processes of this machine: not with --executor dask")
    if options.scheduler is not None and options.timing:
        raise UsageError("--timing measures processes of this machine: not with --executor dask")
    if options.scheduler is not None and reads_stdin(options):
        raise UsageError("standard input (-) is not checked with --executor dask")


def reads_stdin(options: argparse.Namespace) -> bool:
    """Whether the text to check comes from standard input."""
    return bool(options.paths == [STDIN])


def level(options: argparse.Namespace) -> Applicability:
    """The lowest level of fixes that the options ask for."""
    return Applicability.UNSAFE if options.unsafe_fixes else Applicability.SAFE


def selectors(given: Sequence[str] | None) -> tuple[str, ...] | None:
    """The codes, or beginnings of codes, that an option lists."""
    if given is None:
        return None
    words = (word.strip() for text in given for word in text.split(","))
    return tuple(word.upper() if word[:1] in "eE" else word for word in words if word)


def results(
    options: argparse.Namespace, task: Task, overrides: Overrides, clock: Clock = off
) -> list[Result]:
    """Do the task with each file that the options name."""
    cwd = os.getcwd()
    resolver = Resolver(
        cwd, config_file=options.config, isolated=options.isolated, overrides=overrides
    )
    wanted = Options(
        task=task,
        jobs=options.jobs,
        scheduler=options.scheduler,
        cache=not options.no_cache,
        cache_folder=options.cache_dir,
    )
    if reads_stdin(options):
        return [examine_text(_stdin_file(options, resolver, cwd), sys.stdin.buffer.read(), wanted)]
    with clock("files"):
        files = discover(options.paths or ["."], resolver, cwd)
    with Bar(enabled=not options.quiet) as bar:
        return examine(files, wanted, advance=bar.advance, clock=clock)


def _stdin_file(options: argparse.Namespace, resolver: Resolver, cwd: str) -> SourceFile:
    name = options.stdin_filename
    path = os.path.join(cwd, name) if name else STDIN
    folder = os.path.dirname(path) if name else cwd
    return SourceFile(path, name or STDIN, resolver.for_folder(folder), named=True)


def write(found: Iterable[Result]) -> tuple[list[Result], bool]:
    """Write the fixed files; what could not be written keeps its findings."""
    from ..writing import NotWrittenError, replace_file

    written, failed = [], False
    for result in found:
        if result.changed:
            try:
                replace_file(result.file.path, result.data, result.fixed)
            except NotWrittenError as error:
                print(f"error: {result.file.shown} was not fixed: {error}", file=sys.stderr)
                result = Result(result.file, Done(result.done.findings, result.data))
                failed = True
        written.append(result)
    return written, failed


def print_refusals(found: Iterable[Result]) -> None:
    """Say why loops are not rewritten, on standard error: the report has a format of its own."""
    for result in found:
        for refusal in result.done.refusals:
            at = refusal.span.start
            place = f"{result.file.shown}:{at.row}:{at.column}"
            print(f"{place}: not rewritten: {refusal.reason}", file=sys.stderr)
