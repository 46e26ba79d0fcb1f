"""The command line.  Nothing that costs time is imported before it is known to be needed."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from .usage import UsageError, did_you_mean

TYPE_CHECKING = False  # The real one is in typing, which takes longer to import than all of this.
if TYPE_CHECKING:
    from typing import Any, NoReturn

_COMMANDS = ("check", "codemod", "rule", "shapes")
FORMATS = ("concise", "full", "json", "json-lines", "sarif", "github", "gitlab")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit status."""
    try:
        status = _run(sys.argv[1:] if argv is None else list(argv))
        sys.stdout.flush()
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read our output has seen enough (``| head``); the interpreter would flush again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return status


def _run(argv: list[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    parser = _parser()
    try:
        options = parser.parse_args(argv)
    except SystemExit as end:  # --help and --version end the program by it.
        return int(end.code or 0)
    if options.command is None:
        parser.print_help()
        return 2
    if options.command == "rule":
        from .commands.rule import run as run_rule

        return run_rule(options)
    if options.command == "shapes":
        from .commands.shapes import run as run_shapes

        return run_shapes(options)
    if options.command == "codemod":
        from .commands.codemod import run as run_codemod

        return run_codemod(options)
    from .commands.check import run as run_check

    return run_check(options)


class _Parser(argparse.ArgumentParser):
    """A parser that reports an error as one line.

    The width of the terminal, for which argparse loads much, is asked for when help is printed:
    nobody sees what is formatted before.
    """

    def __init__(self, **settings: Any) -> None:
        def narrow(prog: str) -> argparse.HelpFormatter:
            return argparse.HelpFormatter(prog, width=80)

        super().__init__(allow_abbrev=False, formatter_class=narrow, **settings)

    def format_help(self) -> str:
        """The text of ``--help``."""
        self.formatter_class = argparse.HelpFormatter
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        """Raise UsageError, with a hint where an argument is nearly right."""
        raise UsageError(message + _hint(message))


class _Command(_Parser):
    """A parser of one command, whose options and paths may stand in any order.

    It gets them when it is known to be the command that is run: argparse takes its time.
    """

    _intermixing = False

    def __init__(self, *, options: Callable[[_Parser], None], **settings: Any) -> None:
        super().__init__(**settings)
        self._add_options: Callable[[_Parser], None] | None = options

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse the options first, and then what is left."""
        if self._add_options is not None:
            self._add_options(self)
            self._add_options = None
        if self._intermixing:  # which it does by calling this
            return super().parse_known_args(args, namespace)
        if not {"-h", "--help"}.isdisjoint(args or ()):
            self.formatter_class = argparse.HelpFormatter  # the usage is formatted before the rest
        self._intermixing = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._intermixing = False


def _hint(message: str) -> str:
    unknown = message.partition("unrecognized arguments: ")[2].split()
    if unknown and unknown[0].startswith("-"):
        return did_you_mean(unknown[0].partition("=")[0], list(_every_option()))
    if message.startswith("argument command: invalid choice: "):
        word = message.split("'")[1]
        if os.path.exists(word):
            return f"; did you mean 'einsum-lint check {word}'?"
        return did_you_mean(word, list(_COMMANDS))
    return ""


def _parser() -> _Parser:
    from . import __version__

    parser = _Parser(
        prog="einsum-lint",
        description="Checks einsum calls, and tensor code around them, without running it.",
    )
    parser.add_argument("--version", action="version", version=f"einsum-lint {__version__}")
    # Without its name argparse would format the usage, and look for the width of the terminal.
    commands = parser.add_subparsers(
        dest="command", metavar="command", parser_class=_Command, prog=parser.prog
    )
    commands.add_parser(
        "check",
        help="check files and folders",
        description="Check Python files, and those in folders, and print what is found.",
        epilog="Exit status: 0 nothing found, 1 something found, 2 wrong usage, unreadable "
        "configuration, a file that could not be written, or an internal error.",
        options=_add_check_options,
    )
    commands.add_parser(
        "codemod",
        help="rewrite files and folders",
        description="Rewrite Python files, and those in folders: print the changes as a diff, or "
        "write them.  Each rewriting of loops is executed in both forms first.",
        epilog="Exit status: 0 nothing to change, or changed; 1 with --check, something to change; "
        "2 wrong usage, a file that could not be written, or an internal error.",
        options=_add_codemod_options,
    )
    commands.add_parser(
        "rule",
        help="print the documentation of a rule",
        description="Print the documentation of a rule; without one, the list of the rules.",
        options=_add_rule_options,
    )
    commands.add_parser(
        "shapes",
        help="print what is known of the operands of every einsum call",
        description="Print the shape and dtype inferred for each operand of every einsum call, and "
        "the statement from which they are known.",
        options=_add_shapes_options,
    )
    return parser


def _every_option() -> dict[str, argparse.Action]:
    check, codemod = _Parser(), _Parser()
    _add_check_options(check)
    _add_codemod_options(codemod)
    return {**check._option_string_actions, **codemod._option_string_actions}


def _add_check_options(parser: argparse.ArgumentParser) -> None:
    _add_paths(parser)
    _add_common_options(parser)
    fixes = parser.add_argument_group("fixes")
    fixes.add_argument("--fix", action="store_true", help="apply the safe fixes")
    fixes.add_argument(
        "--unsafe-fixes", action="store_true", help="let --fix and --diff apply unsafe fixes too"
    )
    _add_verify(fixes)
    fixes.add_argument(
        "--diff", action="store_true", help="print what --fix would change, and change nothing"
    )
    fixes.add_argument(
        "--add-noqa", action="store_true", help="add '# noqa: CODE' comments for all findings"
    )
    output = parser.add_argument_group("output")
    output.add_argument(
        "--output-format",
        choices=FORMATS,
        help="default: full on a terminal, concise otherwise",
    )
    output.add_argument("--statistics", action="store_true", help="print counts by rule instead")
    output.add_argument("--exit-zero", action="store_true", help="exit with 0 whatever is found")
    _add_show_refusals(output)
    _add_timing(output)
    output.add_argument("-q", "--quiet", action="store_true", help="print the findings and no more")


def _add_codemod_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="such as loops-to-einsum")
    _add_paths(parser)
    _add_common_options(parser)
    rewriting = parser.add_argument_group("rewriting")
    rewriting.add_argument("--write", action="store_true", help="change the files")
    rewriting.add_argument(
        "--check", action="store_true", help="exit with 1 if anything would be changed"
    )
    rewriting.add_argument(
        "--unsafe-fixes", action="store_true", help="rewrite where that rests on assumptions too"
    )
    _add_verify(rewriting)
    rewriting.add_argument(
        "--guard",
        action="store_true",
        help="keep the loop for inputs of which the assumptions do not hold",
    )
    output = parser.add_argument_group("output")
    _add_show_refusals(output)
    _add_timing(output)
    output.add_argument("-q", "--quiet", action="store_true", help="print the diff and no more")


def _add_rule_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", nargs="?", metavar="CODE", help="such as EIN005 or rank-mismatch")
    parser.add_argument("--all", action="store_true", help="the documentation of every rule")
    parser.add_argument("--output-format", choices=("text", "json"), default="text")


def _add_shapes_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="file or folder (default: .)")
    parser.add_argument("--output-format", choices=("text", "json"), default="text")
    parser.add_argument("--config", metavar="FILE", help="read the settings from this TOML file")
    parser.add_argument("--isolated", action="store_true", help="read no configuration file")
    _add_stdin_filename(parser)


def _add_paths(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="file or folder (default: .), - for standard input"
    )


def _add_verify(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--verify",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="execute both forms before a loop is rewritten (the default)",
    )


def _add_show_refusals(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--show-refusals", action="store_true", help="say why loops and products are not rewritten"
    )


def _add_timing(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--timing", action="store_true", help="say on standard error where the time goes"
    )


def _add_common_options(parser: argparse.ArgumentParser) -> None:
    rules = parser.add_argument_group("rules (codes or their beginnings, separated by commas)")
    for option, text in (
        ("--select", "run these instead of the configured ones"),
        ("--ignore", "leave these out"),
        ("--extend-select", "run these as well"),
    ):
        rules.add_argument(option, action="append", metavar="RULES", help=text)
    setup = parser.add_argument_group("configuration")
    setup.add_argument("--config", metavar="FILE", help="read the settings from this TOML file")
    setup.add_argument("--isolated", action="store_true", help="read no configuration file")
    setup.add_argument("--no-cache", action="store_true", help="neither read nor write a cache")
    setup.add_argument("--cache-dir", metavar="DIR", help="where the cache is kept")
    setup.add_argument("--jobs", type=_positive, metavar="N", help="number of processes")
    setup.add_argument(
        "--executor",
        choices=("processes", "dask"),
        default="processes",
        help="who does the work: processes of this machine (the default), or a Dask cluster",
    )
    setup.add_argument(
        "--scheduler",
        type=_address,
        metavar="ADDRESS",
        help="of the Dask cluster, such as tcp://host:8786",
    )
    _add_stdin_filename(setup)


def _add_stdin_filename(group: argparse._ActionsContainer) -> None:
    group.add_argument(
        "--stdin-filename", metavar="NAME", help="the name of the file that standard input holds"
    )


def _positive(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes")
    return number


def _address(text: str) -> str:
    import re

    if not re.fullmatch(r"(tcp|tls|wss?)://[^/]+:\d+", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no address such as tcp://host:8786")
    return text
