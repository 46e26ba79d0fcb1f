"""What would be written, as a unified diff: ``check --diff`` and ``codemod``."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterable, Iterator, Sequence

from ..report import Checked, Look, report
from ..terminal import wants_colour
from .examine import Result

_STYLES = {b"+": "green", b"-": "red", b"@": "cyan"}


def print_diffs(results: Sequence[Result], *, quiet: bool, exit_zero: bool) -> int:
    """Print the diffs and return the exit status: 1 when there are any, as ruff does."""
    write_diffs(results)
    failures = [
        Checked(result.file.shown, result.file.path, result.data, broken)
        for result in results
        if (broken := tuple(f for f in result.remaining if f.code.startswith("EIN9")))
    ]
    for piece in report("concise")(failures, Look()):
        sys.stderr.write(piece)
    applied = sum(result.done.applied for result in results)
    if not quiet:
        would = f"Would fix {applied} error{'s'[: applied != 1]}." if applied else "Nothing to fix."
        print(would, file=sys.stderr)
    if any(finding.code == "EIN901" for file in failures for finding in file.findings):
        return 2
    changes = failures or any(result.changed for result in results)
    return 1 if changes and not exit_zero else 0


def write_diffs(results: Iterable[Result]) -> None:
    """Write the diffs to standard output, in colour on a terminal."""
    colour = wants_colour(sys.stdout)
    sys.stdout.flush()
    for result in results:
        for line in diff(result.file.shown, result.data, result.fixed):
            sys.stdout.buffer.write(_coloured(line) if colour else line)
    sys.stdout.buffer.flush()


def diff(path: str, old: bytes, new: bytes) -> Iterator[bytes]:
    """The lines of a diff that ``patch`` applies, in the encoding of the file itself."""
    name = path.encode("utf-8", "surrogateescape")
    for line in difflib.diff_bytes(difflib.unified_diff, _lines(old), _lines(new), name, name):
        yield line
        if not line.endswith(b"\n"):
            yield b"\n\\ No newline at end of file\n"


def _lines(data: bytes) -> list[bytes]:
    return re.findall(rb"[^\n]*\n|[^\n]+", data)


def _coloured(line: bytes) -> bytes:
    from ..report.paint import paint

    text = line.rstrip(b"\r\n")
    style = _STYLES.get(text[:1])
    if style is None:
        return line
    return paint(text.decode("utf-8", "replace"), style).encode() + line[len(text) :]
