"""A finding with the lines it is about, carets under its span, and what its fix would do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ..findings import Applicability, Finding
from . import Checked, Look
from .excerpt import excerpt, source_lines

_PROMISE: Final = {
    Applicability.SAFE: "safe, applied by --fix",
    Applicability.UNSAFE: "unsafe, applied by --fix --unsafe-fixes",
    Applicability.DISPLAY: "a suggestion, not applied by --fix",
}


def report(files: Sequence[Checked], look: Look) -> Sequence[str]:
    """One block a finding, with an empty line after it."""
    blocks = []
    for file in files:
        lines = source_lines(file.data) if file.findings else []
        blocks += [_block(file.path, lines, finding, look) for finding in file.findings]
    return blocks


def _block(path: str, lines: list[str], finding: Finding, look: Look) -> str:
    start = finding.span.start
    rows = excerpt(lines, finding.span)
    width = max((len(str(row)) for row, _, _ in rows), default=1)

    def edge(label: str = "") -> str:
        return look.paint(f"{label:>{width}} |", "blue")

    code = look.paint(finding.code, "bold red")
    text = [f"{code} {look.mark(finding.fix)}{look.paint(finding.message, 'bold')}"]
    arrow = look.paint(" " * width + "-->", "blue")
    text.append(f"{arrow} {path}:{start.row}:{start.column}")
    if any(line.strip() for _, line, _ in rows):
        text.append(edge())
        for row, line, carets in rows:
            text.append(f"{edge(str(row))} {line}".rstrip())
            if carets:
                text.append(f"{edge()} {_indented(carets, look)}")
        text.append(edge())
    if finding.fix is not None:
        promise = _PROMISE[finding.fix.applicability]
        text.append(f"{look.paint('help', 'bold cyan')}: {finding.fix.message} ({promise})")
    return "\n".join(text) + "\n\n"


def _indented(carets: str, look: Look) -> str:
    indent = len(carets) - len(carets.lstrip())
    return carets[:indent] + look.paint(carets[indent:], "bold red")
