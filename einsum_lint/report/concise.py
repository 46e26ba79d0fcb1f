"""One line a finding: ``path:row:column: CODE message``."""

from __future__ import annotations

from collections.abc import Sequence

from . import Checked, Look


def report(files: Sequence[Checked], look: Look) -> Sequence[str]:
    """The lines, with ``[*]`` before the message of what ``--fix`` would mend."""
    lines = []
    for file in files:
        for finding in file.findings:
            start = finding.span.start
            code = look.paint(finding.code, "bold red")
            message = " ".join(finding.message.splitlines())
            place = f"{look.paint(file.path, 'bold')}:{start.row}:{start.column}"
            lines.append(f"{place}: {code} {look.mark(finding.fix)}{message}\n")
    return lines
