"""The flake8 plugin: flake8 reads, parses, selects and silences; the engine finds."""

from __future__ import annotations

import argparse
import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from .config import POLICIES, parse_table
from .engine import check_source
from .garbage import uncollected
from .rule import rules
from .settings import DEFAULT, Config
from .usage import UsageError


class OptionManager(Protocol):
    """What is used of flake8's own class of this name."""

    def add_option(self, *args: Any, **kwargs: Any) -> None:
        """Add a command-line option, which the configuration may hold too."""

    def extend_default_ignore(self, error_codes: Sequence[str]) -> None:
        """Add codes to those that are off unless they are asked for."""


class Plugin:
    """The check of one file; flake8 makes one for each, in one process or another."""

    def __init__(
        self, tree: ast.Module, lines: Sequence[str], filename: str, options: argparse.Namespace
    ) -> None:
        self._tree = tree
        self._lines = lines
        self._filename = filename
        self._options = options

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        """Row, column from 0, text and plugin of each finding."""
        config: Config = self._options.einsum_settings
        text = "".join(self._lines)
        with uncollected():
            found = check_source(text, self._filename, config, tree=self._tree, noqa=False)
        for finding in found:
            start = finding.span.start
            message = " ".join(finding.message.splitlines())
            yield start.row, start.column - 1, f"{finding.code} {message}", type(self)

    @staticmethod
    def add_options(manager: OptionManager) -> None:
        """Register the options, and the rules that are off by default."""
        manager.add_option(
            "--einsum-functions",
            default="",
            parse_from_config=True,
            metavar="FUNCTION=LIBRARY,...",
            help="functions that follow the einsum of a library, as in pyscf.lib.einsum=numpy",
        )
        manager.add_option(
            "--einsum-portable-to",
            default="",
            parse_from_config=True,
            metavar="LIBRARY,...",
            help="the libraries that EIN401 holds calls against, as in torch,jax",
        )
        manager.add_option(
            "--einsum-optimize-policy",
            default=DEFAULT.optimize_policy,
            parse_from_config=True,
            metavar="POLICY",
            help=f"when EIN101 reports: {', '.join(POLICIES)} (default: %(default)s)",
        )
        manager.add_option(
            "--einsum-target-numpy",
            default=".".join(map(str, DEFAULT.target_numpy)),
            parse_from_config=True,
            metavar="VERSION",
            help="the NumPy version that the checked code runs on (default: %(default)s)",
        )
        manager.extend_default_ignore([r.code for r in rules().values() if not r.default])

    @staticmethod
    def parse_options(options: argparse.Namespace) -> None:
        """Make the settings of all files; refuse wrong values before any file is read."""
        from flake8.exceptions import ExecutionError  # type: ignore[import-untyped]

        try:
            options.einsum_settings = settings(options)
        except UsageError as error:
            raise ExecutionError(str(error)) from None


def settings(options: argparse.Namespace) -> Config:
    """The settings that flake8's options hold: the rules run of which it would report something.

    EIN900 is among them.  A syntax error is flake8's E999, and keeps the plugin from running;
    what is left for EIN900 is the rare file that Python parses and libcst does not, and nobody
    else would say that it was not checked.
    """
    table = {
        "einsum-functions": dict(_functions(options.einsum_functions)),
        "portable-to": re.findall(r"[^\s,]+", options.einsum_portable_to),
        "optimize-policy": options.einsum_optimize_policy,
        "target-numpy": options.einsum_target_numpy,
    }
    from flake8.style_guide import Decision, DecisionEngine  # type: ignore[import-untyped]

    engine = DecisionEngine(options)  # which selects among what we report, too
    off = tuple(code for code in rules() if engine.decision_for(code) is not Decision.Selected)
    return parse_table(table, "flake8")._replace(select=("EIN",), ignore=off)


def _functions(text: str) -> Iterator[tuple[str, str]]:
    for item in re.split(r"[,\n]", text):
        name, equals, library = (part.strip() for part in item.partition("="))
        if name or equals:
            yield name, library
