"""Workflow commands, which GitHub shows as annotations of the changed lines."""

from __future__ import annotations

from collections.abc import Sequence

from . import Checked, Look, severity


def report(files: Sequence[Checked], look: Look) -> Sequence[str]:
    """One command a finding."""
    lines = []
    for file in files:
        for finding in file.findings:
            start, end = finding.span.start, finding.span.end
            level = {"note": "notice"}.get(severity(finding.code), severity(finding.code))
            place = f"{file.path}:{start.row}:{start.column}"
            told = _data(f"{place}: {finding.code} {finding.message}")
            lines.append(
                f"::{level} title={_property(f'einsum-lint ({finding.code})')},"
                f"file={_property(file.path)},line={start.row},col={start.column},"
                f"endLine={end.row},endColumn={end.column}::{told}\n"
            )
    return lines


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
