"""The bytes of a file into text, and text into Python's own tree; what can't be, and where."""

from __future__ import annotations

import ast
import io
import tokenize

from .findings import Position


class UnreadableError(Exception):
    """A file that can't be checked: what is wrong with it, and where."""

    def __init__(self, message: str, row: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.position = Position(row, column)


def decode(data: bytes) -> tuple[str, str]:
    """The text of a file, with its own line ends, and its encoding (``utf-8-sig`` with a BOM)."""
    if b"\0" in data:
        raise _at(data, data.index(b"\0"), "source contains a NUL byte")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError as error:
        try:
            data.decode()
        except UnicodeDecodeError as undecodable:
            raise _at(data, undecodable.start, f"not valid utf-8: {undecodable.reason}") from error
        raise UnreadableError(f"{error}") from error
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError as error:
        raise _at(data, error.start, f"not valid {encoding}: {error.reason}") from error


def _at(data: bytes, offset: int, message: str) -> UnreadableError:
    """The error of a byte."""
    before = data[:offset]
    line = before[before.rfind(b"\n") + 1 :]
    return UnreadableError(message, before.count(b"\n") + 1, len(line.decode(errors="replace")) + 1)


def parse(text: str) -> ast.Module:
    """The ``ast`` tree of a text; UnreadableError when it is not Python."""
    try:
        return ast.parse(text)
    except SyntaxError as error:
        message = f"syntax error: {error.msg}"
        raise UnreadableError(
            message, max(error.lineno or 1, 1), max(error.offset or 1, 1)
        ) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise UnreadableError(f"can't be parsed: {error}") from error
