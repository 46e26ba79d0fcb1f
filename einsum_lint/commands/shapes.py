"""``einsum-lint shapes``: what was inferred for the operands of every einsum call."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from ..config import Resolver
from ..engine import infer_shapes
from ..files import discover
from ..findings import Finding
from ..shown import CallShapes

STDIN = "-"


def run(options: argparse.Namespace) -> int:
    """Print what is known of each operand; the exit status is 0, or 2 if a file can't be read."""
    records: list[dict[str, Any]] = []
    failed = False
    for path, shown, calls, findings in _inferred(options):
        for finding in findings:
            failed = True
            print(f"error: {shown}:{finding.span.start.row}: {finding.message}", file=sys.stderr)
        for call in calls:
            if options.output_format == "json":
                records.append(_record(path, call))
            else:
                print(_text(shown, call))
    if options.output_format == "json":
        print(json.dumps(records, indent=2))
    return 2 if failed else 0


def _inferred(
    options: argparse.Namespace,
) -> Iterator[tuple[str, str, tuple[CallShapes, ...], tuple[Finding, ...]]]:
    cwd = os.getcwd()
    resolver = Resolver(cwd, config_file=options.config, isolated=options.isolated)
    if options.paths == [STDIN]:
        name = options.stdin_filename or STDIN
        path = os.path.join(cwd, name)
        config = resolver.for_folder(os.path.dirname(path)).config_for(path)
        yield path, name, *infer_shapes(sys.stdin.buffer.read(), name, config)
        return
    for file in discover(options.paths or ["."], resolver, cwd):
        try:
            with open(file.path, "rb") as opened:
                data = opened.read()
        except OSError as error:
            print(f"error: {file.shown}: {error.strerror}", file=sys.stderr)
            continue
        config = file.project.config_for(file.path)
        yield file.path, file.shown, *infer_shapes(data, file.shown, config)


def _text(path: str, call: CallShapes) -> str:
    at = call.span.start
    rows = [f"{path}:{at.row}:{at.column}: {call.function}({call.subscripts!r})"]
    for operand in call.operands:
        known = f"{operand.shape or '?'} {operand.dtype or '?'}"
        row = f"row {operand.row}: " if operand.row is not None else ""
        source = f"  ({row}{operand.known_from})" if operand.known_from is not None else ""
        rows.append(f"    {operand.text}: {known}{source}")
    return "\n".join(rows)


def _record(path: str, call: CallShapes) -> dict[str, Any]:
    start, end = call.span.start, call.span.end
    return {
        "filename": path,
        "location": start._asdict(),
        "end_location": end._asdict(),
        "function": call.function,
        "subscripts": call.subscripts,
        "libraries": list(call.libraries),
        "operands": [asdict(operand) for operand in call.operands],
    }
