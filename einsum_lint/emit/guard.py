"""A rewriting that runs only where its assumptions hold, and the loop for everything else."""

from __future__ import annotations

from collections.abc import Sequence

from ..nests import LoopNest
from .layout import INDENT
from .needs import Need


def guarded(
    nest: LoopNest, needs: Sequence[Need], lines: Sequence[str], code: str
) -> tuple[str, ...] | None:
    """``if`` the assumptions that can be tested hold, the lines, ``else`` the loop.

    A comment keeps the rule with this code from the loop that is left.  None when there is nothing
    to test, or no room for the comment.
    """
    joined = [check for need in needs if need.check for check in need.check.split(" and ")]
    checks = list(dict.fromkeys(joined))
    header, *body = nest.place.text.splitlines()
    if not checks or header.endswith("\\"):
        return None
    return (
        *_condition(checks, nest.place.width),
        *_indented(lines),
        "else:",
        *_indented([f"{header}  # noqa: {code}", *body]),
    )


def _condition(checks: Sequence[str], width: int) -> list[str]:
    one = f"if {' and '.join(checks)}:"
    if len(one) <= width:
        return [one]
    lines = [f"{INDENT}{'and ' if number else ''}{check}" for number, check in enumerate(checks)]
    return ["if (", *lines, "):"]


def _indented(lines: Sequence[str]) -> list[str]:
    return [INDENT + line if line else line for line in lines]
