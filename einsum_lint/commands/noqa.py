"""``check --add-noqa``: comments for the findings that are to stay."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from ..add_noqa import add_noqa
from ..findings import Finding
from ..writing import NotWrittenError, replace_file
from .examine import Result, job_of
from .jobs import CHECK, work


def silence(results: Sequence[Result], *, quiet: bool) -> int:
    """Add a comment for every finding, say what could not be silenced, return the exit status."""
    added, status = 0, 0
    for result in results:
        changed = add_noqa(result.data, result.done.findings)
        left = result.done.findings
        if changed != result.data:
            left = _check_again(result, changed)
            try:
                replace_file(result.file.path, result.data, changed)
            except NotWrittenError as error:
                print(f"error: {result.file.shown} was not changed: {error}", file=sys.stderr)
                status = 2
                continue
            added += len(result.done.findings) - len(left)
        for finding in left:
            _complain(result.file.shown, finding)
            if finding.code == "EIN901":
                status = 2
    if not quiet:
        print(f"Added {added} noqa comment{'s'[: added != 1]}.")
    return status


def _check_again(result: Result, changed: bytes) -> tuple[Finding, ...]:
    return work(job_of(result.file, CHECK)._replace(data=changed)).findings


def _complain(path: str, finding: Finding) -> None:
    start = finding.span.start
    place = f"{path}:{start.row}:{start.column}"
    print(f"warning: {place}: {finding.code} could not be silenced", file=sys.stderr)
