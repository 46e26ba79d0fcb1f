"""A JSON list of ruff's records."""

from __future__ import annotations

import json
from collections.abc import Sequence

from . import Checked, Look
from .record import record


def report(files: Sequence[Checked], look: Look) -> Sequence[str]:
    """One list, also when it is empty."""
    records = [record(file, finding) for file in files for finding in file.findings]
    return [json.dumps(records, indent=2), "\n"]
