"""Remembers the findings of files between runs; nothing that goes wrong here fails a run."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any, Final

from .findings import Applicability, Edit, Finding, Fix, Position, Span
from .settings import Config

try:
    from _blake2 import blake2b  # that of hashlib, which loads OpenSSL as well
except ImportError:
    from hashlib import blake2b

FOLDER: Final = ".einsum_lint_cache"
_KEEP_DAYS: Final = 30
_KEEP: Final = 100_000
_RACY: Final = 2 * 10**9
"""Nanoseconds within which a file may be changed twice without a change of its times."""
_TAG: Final = (
    "Signature: 8a477f597d28d172789f06886806bc55\n"
    "# This file is a cache directory tag created by einsum_lint.\n"
    "# For information about cache directory tags, see https://bford.info/cachedir/\n"
)


class Cache:
    """The findings of earlier runs by content, settings, path and version of the program.

    It also knows which content a file had when it had a size and a time of change, so that a file
    is not read while it has the same.  One JSON file per version of the program: small enough to be
    read whole, and safe to read even when somebody else has written it.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._stamp = _program_stamp()
        self._file = os.path.join(folder, f"{self._stamp}.json")
        self._now = time.time_ns()
        self._today = self._now // (86400 * 10**9)
        content = _read(self._file)
        self._files = _entries(content, "files", 5)
        self._findings = _entries(content, "findings", 2)
        self._changed = False

    def content(self, path: str, status: os.stat_result) -> str | None:
        """The word for what a file held when it was last read, if it has not changed since."""
        entry = self._files.get(path)
        if entry is None or entry[1:4] != _state(status) or not isinstance(entry[4], str):
            return None
        self._touch(entry)
        return entry[4]

    def see(self, path: str, status: os.stat_result, data: bytes) -> str:
        """The word for what a file holds, which is remembered with its state before it was read."""
        word = blake2b(data, digest_size=16).hexdigest()
        if status.st_mtime_ns < self._now - _RACY:
            self._files[path] = [self._today, *_state(status), word]
            self._changed = True
        return word

    def key(
        self,
        content: str,
        path: str,
        config: Config,
        *,
        thorough: bool,
        codemod: tuple[str, ...] = (),
    ) -> str:
        """What the findings of a file depend on, in one word.

        ``content`` is the word for what it holds, ``codemod`` the name of the codemod that looks
        for them, and what it selects.
        """
        told = (
            content,
            path,
            thorough,
            codemod,
            config.select,
            config.ignore,
            config.extend_select,
            sorted(config.einsum_functions.items()),
            config.portable_to,
            config.optimize_policy,
            config.target_numpy,
            config.guard,
            config.line_length,
        )
        return blake2b(repr(told).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def get(self, key: str) -> tuple[Finding, ...] | None:
        """The findings remembered under a key, None if there are none or they are damaged."""
        entry = self._findings.get(key)
        if entry is None:
            return None
        try:
            findings = tuple(_finding(record) for record in entry[1])
        except (TypeError, ValueError, KeyError):
            return None
        self._touch(entry)
        return findings

    def put(self, key: str, findings: tuple[Finding, ...]) -> None:
        """Remember findings, to be written by ``save``."""
        self._findings[key] = [self._today, [_record(finding) for finding in findings]]
        self._changed = True

    def _touch(self, entry: list[Any]) -> None:
        if entry[0] != self._today:
            entry[0] = self._today
            self._changed = True

    def save(self) -> None:
        """Write what is new, without the entries that no run has asked for in a month."""
        if not self._changed:
            return
        fresh = {
            "files": _recent(self._files, self._today),
            "findings": _recent(self._findings, self._today),
        }
        temporary = f"{self._file}.{os.getpid()}.tmp"
        try:
            self._make_folder()
            with open(temporary, "w", encoding="utf-8") as file:
                json.dump(fresh, file, separators=(",", ":"))
            os.replace(temporary, self._file)
        except OSError:
            _remove(temporary)

    def _make_folder(self) -> None:
        os.makedirs(self._folder, exist_ok=True)
        for name, text in (
            (".gitignore", "# Created by einsum_lint.\n*\n"),
            ("CACHEDIR.TAG", _TAG),
        ):
            path = os.path.join(self._folder, name)
            if not os.path.exists(path):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
        for name in os.listdir(self._folder):
            path = os.path.join(self._folder, name)
            old = time.time() - os.path.getmtime(path) > _KEEP_DAYS * 86400
            if old and name.endswith((".json", ".tmp")):
                _remove(path)


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return


def _state(status: os.stat_result) -> list[int]:
    """What changes when a file does."""
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns]


def _recent(entries: dict[str, list[Any]], today: int) -> dict[str, list[Any]]:
    """The entries that some run of the last days asked for, the latest if there are too many."""
    fresh = {
        key: entry
        for key, entry in entries.items()
        if isinstance(entry[0], int) and today - entry[0] <= _KEEP_DAYS
    }
    if len(fresh) <= _KEEP:
        return fresh
    return dict(sorted(fresh.items(), key=lambda item: item[1][0])[-_KEEP:])


def _read(path: str) -> object:
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (OSError, ValueError, RecursionError):
        return None


def _entries(content: object, part: str, length: int) -> dict[str, list[Any]]:
    """The entries of a part of the cache; what is damaged is left out."""
    found = content.get(part) if isinstance(content, dict) else None
    if not isinstance(found, dict):
        return {}
    return {
        key: entry
        for key, entry in found.items()
        if isinstance(entry, list) and len(entry) == length
    }


def _program_stamp() -> str:
    """A word for this Python and this very program, changed sources of it included."""
    state = blake2b(f"{sys.implementation.cache_tag} {sys.version_info}".encode(), digest_size=8)
    folders = [os.path.dirname(os.path.abspath(__file__))]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in sorted(entries, key=lambda e: e.name):
                if entry.name.endswith(".py"):
                    status = entry.stat()
                    state.update(f"{entry.name} {status.st_mtime_ns} {status.st_size}\n".encode())
                elif entry.name != "__pycache__" and entry.is_dir():
                    folders.append(entry.path)
    return state.hexdigest()


def _record(finding: Finding) -> list[Any]:
    fix = finding.fix
    return [
        finding.code,
        finding.name,
        finding.message,
        _numbers(finding.span),
        finding.noqa_row,
        finding.cell,
        fix
        and [
            fix.message,
            int(fix.applicability),
            [[_numbers(edit.span), edit.content] for edit in fix.edits],
        ],
    ]


def _numbers(span: Span) -> list[int]:
    return [span.start.row, span.start.column, span.end.row, span.end.column]


def _span(numbers: list[int]) -> Span:
    row, column, end_row, end_column = numbers
    return Span(Position(row, column), Position(end_row, end_column))


def _finding(record: list[Any]) -> Finding:
    code, name, message, span, noqa_row, cell, fix = record
    if not all(isinstance(text, str) for text in (code, name, message)):
        raise TypeError("a cache entry holds something that is not text")
    made = None
    if fix is not None:
        text, level, edits = fix
        made = Fix(
            text,
            tuple(Edit(_span(place), content) for place, content in edits),
            Applicability(level),
        )
    return Finding(code, name, message, _span(span), made, noqa_row, cell)
