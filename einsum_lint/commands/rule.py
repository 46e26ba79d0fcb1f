"""``einsum-lint rule``: the documentation of the rules."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from ..rule import Rule, rules
from ..terminal import is_terminal
from ..usage import UsageError, did_you_mean


def run(options: argparse.Namespace) -> int:
    """Print the rule that is asked for, all of them, or their list."""
    if options.code is not None and options.all:
        raise UsageError("give a rule or --all, not both")
    chosen = [find(options.code)] if options.code is not None else list(rules().values())
    if options.output_format == "json":
        records = [_record(rule) for rule in chosen]
        print(json.dumps(records if options.code is None else records[0], indent=2))
    elif options.code is None and not options.all:
        _print_list(chosen)
    else:
        _print_pages(chosen)
    return 0


def find(word: str) -> Rule:
    """The rule with a code or a name; UsageError with a suggestion when there is none."""
    for rule in rules().values():
        if word.upper() == rule.code or word.lower().replace("_", "-") == rule.name:
            return rule
    known = [*rules(), *(rule.name for rule in rules().values())]
    near = word.upper() if word[:1].upper() == "E" and word[-1:].isdigit() else word.lower()
    raise UsageError(f"unknown rule {word!r}{did_you_mean(near, known)}")


def _record(rule: Rule) -> dict[str, Any]:
    return {
        "code": rule.code,
        "name": rule.name,
        "summary": rule.summary,
        "default": rule.default,
        "explanation": rule.doc,
        "url": rule.url,
    }


def _print_list(chosen: Sequence[Rule]) -> None:
    width = max(len(rule.name) for rule in chosen)
    for rule in chosen:
        off = "" if rule.default else " (off by default)"
        print(f"{rule.code}  {rule.name:{width}}  {rule.summary}{off}")


def _print_pages(chosen: Sequence[Rule]) -> None:
    pages = [f"# {rule.name} ({rule.code})\n\n{rule.doc.strip()}\n" for rule in chosen]
    if is_terminal(sys.stdout):
        from rich.console import Console
        from rich.markdown import Markdown

        console = Console()
        for page in pages:
            console.print(Markdown(page))
            console.print()
    else:
        print("\n".join(pages), end="")
