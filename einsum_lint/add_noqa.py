"""Adds ``# noqa`` comments for findings that are to stay as they are."""

from __future__ import annotations

import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from .findings import Finding

_NOQA: Final = re.compile(
    r"#\s*noqa(?P<list>:\s?(?P<codes>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*))?", re.IGNORECASE
)
_LINE: Final = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")


@dataclass(frozen=True, slots=True)
class _Layout:
    """What decides where a comment can stand: the rows that run on, and the comments there are."""

    running: frozenset[int]
    """Rows whose end is inside a string or is a backslash."""
    comments: Mapping[int, tuple[int, str]]
    """The column (from 0) and the text of the comment on a row."""


def add_noqa(data: bytes, findings: Iterable[Finding]) -> bytes:
    """The bytes of a file with a comment for each finding, where one can be added.

    Findings about files that could not be checked get none; neither does a row where the comment
    would not be read as one.
    """
    wanted: defaultdict[int, set[str]] = defaultdict(set)
    for finding in findings:
        if not finding.code.startswith("EIN9"):
            wanted[finding.noqa_row].add(finding.code)
    if not wanted:
        return data
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
        layout = _layout(text)
    except (SyntaxError, UnicodeDecodeError, tokenize.TokenError):
        return data
    rows = [(match[1], match[2]) for match in _LINE.finditer(text)]
    placed = _placed(wanted, layout, len(rows))
    while placed:
        attempt = "".join(
            (_commented(line, layout.comments.get(row), sorted(placed[row])) + end)
            if row in placed
            else line + end
            for row, (line, end) in enumerate(rows, 1)
        )
        lost = _lost(attempt, placed)
        if not lost:
            return attempt.encode(encoding)
        placed = {row: codes for row, codes in placed.items() if row not in lost}
    return data


def _placed(wanted: Mapping[int, set[str]], layout: _Layout, last: int) -> dict[int, set[str]]:
    """The codes by the row on which a comment can stand: the end of what runs over several rows."""
    placed: defaultdict[int, set[str]] = defaultdict(set)
    for row, codes in sorted(wanted.items()):
        while row in layout.running:
            row += 1
        if 1 <= row <= last:
            placed[row] |= codes
    return dict(placed)


def _commented(line: str, comment: tuple[int, str] | None, codes: list[str]) -> str:
    """A line with the codes in its comment."""
    added = ", ".join(codes)
    if comment is None:
        return f"{line.rstrip()}  # noqa: {added}"
    column, text = comment
    match = _NOQA.search(text)
    if match is None:
        return f"{line.rstrip()}  # noqa: {added}"
    if match["codes"] is None:
        return line
    present = {code.upper() for code in re.split(r"[,\s]+", match["codes"])}
    missing = [code for code in codes if not code.startswith(tuple(present))]
    if not missing:
        return line
    at = column + match.end("codes")
    return f"{line[:at]}, {', '.join(missing)}{line[at:]}"


def _lost(text: str, placed: Mapping[int, set[str]]) -> set[int]:
    """The rows whose comment is not read as one that names the codes, or all codes."""
    try:
        comments = _layout(text).comments
    except (SyntaxError, tokenize.TokenError):
        return set(placed)
    return {row for row, codes in placed.items() if not _names(comments.get(row), codes)}


def _names(comment: tuple[int, str] | None, codes: set[str]) -> bool:
    match = _NOQA.search(comment[1]) if comment else None
    if match is None:
        return False
    named = tuple(code.upper() for code in re.split(r"[,\s]+", match["codes"] or "") if code)
    return not named or all(code.startswith(named) for code in codes)


def _layout(text: str) -> _Layout:
    lines = re.split(r"\r\n|\r|\n", text)
    comments: dict[int, tuple[int, str]] = {}
    running: set[int] = set()
    last_token_ends = dict[int, int]()
    for token in _tokens("\n".join(lines)):
        (row, column), (end_row, end_column) = token.start, token.end
        if token.type == tokenize.COMMENT:
            comments[row] = (column, token.string)
        if token.type not in (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT):
            running.update(range(row, end_row))
            last_token_ends[end_row] = max(end_column, last_token_ends.get(end_row, 0))
    for row, line in enumerate(lines, 1):
        if row not in comments and line[last_token_ends.get(row, 0) :].strip() == "\\":
            running.add(row)
    return _Layout(frozenset(running), comments)


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens of a text, an f-string as one token in every version of Python."""
    begun: list[tokenize.TokenInfo] = []
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        name = tokenize.tok_name[token.type]
        if name in ("FSTRING_START", "TSTRING_START"):
            begun.append(token)
        elif name in ("FSTRING_END", "TSTRING_END"):
            token = tokenize.TokenInfo(
                tokenize.STRING, "", begun.pop().start, token.end, token.line
            )
        yield token
