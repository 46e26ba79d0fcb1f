"""A rewriting that runs only where its assumptions hold, and the loop for everything else."""

from __future__ import annotations

from collections.abc import Sequence

from ..nests import LoopNest
from .layout import INDENT
from .needs import Need
from .sizes import Scene


def guarded(
    nest: LoopNest, scene: Scene, needs: Sequence[Need], lines: Sequence[str]
) -> tuple[str, ...]:
    """``if`` the assumptions that can be tested hold, the lines, ``else`` the loop."""
    joined = [check for need in needs if need.check for check in need.check.split(" and ")]
    checks = list(dict.fromkeys(joined))
    if not checks:
        return tuple(lines)
    return (
        *_condition(checks, nest.place.width),
        *_indented(lines),
        "else:",
        *_indented(nest.place.text.splitlines()),
    )


def _condition(checks: Sequence[str], width: int) -> list[str]:
    one = f"if {' and '.join(checks)}:"
    if len(one) <= width:
        return [one]
    lines = [f"{INDENT}{'and ' if number else ''}{check}" for number, check in enumerate(checks)]
    return ["if (", *lines, "):"]


def _indented(lines: Sequence[str]) -> list[str]:
    return [INDENT + line if line else line for line in lines]
