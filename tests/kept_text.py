"""The text of the statements that the screen keeps."""

from __future__ import annotations

from einsum_lint.keeping import Kept, kept_rows


def kept_text(text: str, kept: Kept) -> str:
    """The rows of the kept statements."""
    lines = text.split("\n")
    return "".join(f"{lines[row - 1]}\n" for row in kept_rows(kept.body, kept))
