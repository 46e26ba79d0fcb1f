"""The formats in which findings are printed: one module each, and what they share."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, Protocol, cast

from ..findings import Applicability, Finding, Fix

FORMATS: Final = ("concise", "full", "json", "json-lines", "sarif", "github", "gitlab")
FOR_PEOPLE: Final = frozenset({"concise", "full"})
SHOWS_TEXT: Final = frozenset({"full"})
"""The formats that print what is in the files."""

_MODULES: Final = {"json": "json_list"}


class Checked(NamedTuple):
    """A file as a report sees it: ``path`` for people, ``absolute`` for machines.

    ``data`` is only for the formats that show text.
    """

    path: str
    absolute: str
    data: bytes
    findings: tuple[Finding, ...]


def plain(text: str, style: str) -> str:
    """Text for a pipe: no style."""
    return text


class Look(NamedTuple):
    """How a report looks: what ``--fix`` would apply, and how a text is given a style."""

    level: Applicability = Applicability.SAFE
    paint: Callable[[str, str], str] = plain

    def applies(self, fix: Fix | None) -> bool:
        """Whether ``--fix`` with the options of this run would apply a fix."""
        return fix is not None and fix.applicability >= self.level

    def mark(self, fix: Fix | None) -> str:
        """The mark of a finding that ``--fix`` would mend, with a space after it."""
        return f"[{self.paint('*', 'cyan')}] " if self.applies(fix) else ""


class Report(Protocol):
    """A format: it turns checked files into the pieces of a text."""

    def __call__(self, files: Sequence[Checked], look: Look) -> Sequence[str]:
        """The text, in pieces that are written one after another."""


def report(name: str) -> Report:
    """The format of this name, one of FORMATS."""
    module = importlib.import_module(f".{_MODULES.get(name, name.replace('-', '_'))}", __name__)
    return cast("Report", module.report)


def severity(code: str) -> str:
    """``error`` for a call that raises or a file that was not checked, ``note`` for style."""
    return {"0": "error", "9": "error", "4": "note"}.get(code[3:4], "warning")
