"""Colours for a terminal, by way of rich; loaded only where there is one."""

from __future__ import annotations

from rich.color import ColorSystem
from rich.style import Style


def paint(text: str, style: str) -> str:
    """The text with the escape sequences of a style such as ``bold red``."""
    return Style.parse(style).render(text, color_system=ColorSystem.STANDARD)
