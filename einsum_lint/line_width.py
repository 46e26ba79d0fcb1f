"""The line length that a project asks of its formatter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

DEFAULT_LINE_LENGTH: Final = 88


def line_length(pyproject: Mapping[str, object]) -> int:
    """The line length of black, else of ruff, in a ``pyproject.toml``; their default without."""
    tools = pyproject.get("tool")
    if isinstance(tools, Mapping):
        for tool in ("black", "ruff"):
            table = tools.get(tool)
            length = table.get("line-length") if isinstance(table, Mapping) else None
            if isinstance(length, int) and not isinstance(length, bool) and 1 <= length <= 320:
                return length
    return DEFAULT_LINE_LENGTH
