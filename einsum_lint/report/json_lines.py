"""One of ruff's records on each line."""

from __future__ import annotations

import json
from collections.abc import Sequence

from . import Checked, Look
from .record import record


def report(files: Sequence[Checked], look: Look) -> Sequence[str]:
    """The lines."""
    return [json.dumps(record(file, finding)) + "\n" for file in files for finding in file.findings]
