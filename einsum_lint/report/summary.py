"""What is said after the findings, and the counts of ``--statistics``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from ..findings import Applicability, Finding
from . import Checked, Look

STATISTICS: Final = frozenset({"concise", "full", "json"})
"""The formats in which the counts can be printed; they are text in all but ``json``."""


def summary(files: Sequence[Checked], look: Look, *, fixed: int, fixing: bool) -> str:
    """The last line of a run for people."""
    findings = [finding for file in files for finding in file.findings]
    if not findings:
        if fixed:
            return f"Found {_errors(fixed)} ({fixed} fixed, 0 remaining).\n"
        return look.paint("All checks passed!", "bold green") + "\n"
    if fixed:
        told = f"Found {_errors(fixed + len(findings))} ({fixed} fixed, {len(findings)} remaining)"
    else:
        holding = sum(1 for file in files if file.findings)
        told = f"Found {_errors(len(findings))} in {holding} file{'s'[: holding != 1]}"
    return f"{told}{_fixable(findings, look, fixing=fixing)}.\n"


def _fixable(findings: Sequence[Finding], look: Look, *, fixing: bool) -> str:
    now = 0 if fixing else sum(look.applies(finding.fix) for finding in findings)
    later = sum(
        finding.fix is not None and Applicability.UNSAFE <= finding.fix.applicability < look.level
        for finding in findings
    )
    if now and later:
        return f", {now} fixable with --fix ({later} more with --unsafe-fixes)"
    if now:
        option = "--fix" if look.level > Applicability.UNSAFE else "--fix --unsafe-fixes"
        return f", {now} fixable with {option}"
    return f", {later} fixable with --fix --unsafe-fixes" if later else ""


def statistics(files: Sequence[Checked], look: Look, *, as_json: bool) -> str:
    """How many findings each rule has, the most first."""
    findings = [finding for file in files for finding in file.findings]
    names = {finding.code: finding.name for finding in findings}
    counts = Counter(finding.code for finding in findings)
    fixable = Counter(finding.code for finding in findings if look.applies(finding.fix))
    order = sorted(counts, key=lambda code: (-counts[code], code))
    if as_json:
        import json

        rows = [
            {
                "code": code,
                "name": names[code],
                "count": counts[code],
                "fixable_count": fixable[code],
            }
            for code in order
        ]
        return json.dumps(rows, indent=2) + "\n"
    width = max((len(str(count)) for count in counts.values()), default=0)
    return "".join(
        f"{counts[code]:>{width}}  {code}  [{'*' if fixable[code] else ' '}] {names[code]}\n"
        for code in order
    )


def _errors(count: int) -> str:
    return f"{count} error{'s'[: count != 1]}"
