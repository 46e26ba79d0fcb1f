"""GitLab's code quality report."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Final

from . import Checked, Look, severity
from .fingerprint import fingerprints

_SEVERITY: Final = {"error": "major", "warning": "minor", "note": "info"}


def report(files: Sequence[Checked], look: Look) -> Sequence[str]:
    """One list, with paths relative to the project's folder where GitLab names it."""
    issues = []
    for file, finding, word in fingerprints(files):
        start, end = finding.span.start, finding.span.end
        issues.append(
            {
                "check_name": finding.code,
                "description": f"{finding.code}: {finding.message}",
                "severity": _SEVERITY[severity(finding.code)],
                "fingerprint": word,
                "location": {
                    "path": _path(file),
                    "positions": {
                        "begin": {"line": start.row, "column": start.column},
                        "end": {"line": end.row, "column": end.column},
                    },
                },
            }
        )
    return [json.dumps(issues, indent=2), "\n"]


def _path(file: Checked) -> str:
    project = os.environ.get("CI_PROJECT_DIR")
    if project and file.absolute.startswith(project.rstrip("/") + "/"):
        return os.path.relpath(file.absolute, project)
    return file.path
