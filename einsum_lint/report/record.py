"""Ruff's record of a finding, which the JSON formats print."""

from __future__ import annotations

from typing import Any

from ..findings import Edit, Finding, Position
from ..rule import rules
from . import Checked


def record(file: Checked, finding: Finding) -> dict[str, Any]:
    """The record; rows and columns count from 1."""
    fix = finding.fix
    return {
        "code": finding.code,
        "name": finding.name,
        "message": finding.message,
        "filename": file.absolute,
        "location": _place(finding.span.start),
        "end_location": _place(finding.span.end),
        "fix": fix
        and {
            "applicability": fix.applicability.label,
            "message": fix.message,
            "edits": [_edit(edit) for edit in fix.edits],
        },
        "noqa_row": finding.noqa_row,
        "url": url(finding.code),
        "cell": finding.cell,
    }


def url(code: str) -> str | None:
    """The page of a rule."""
    found = rules().get(code)
    return found.url if found else None


def _edit(edit: Edit) -> dict[str, Any]:
    return {
        "content": edit.content,
        "location": _place(edit.span.start),
        "end_location": _place(edit.span.end),
    }


def _place(position: Position) -> dict[str, int]:
    return {"row": position.row, "column": position.column}
