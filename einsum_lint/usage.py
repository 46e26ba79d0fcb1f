"""What a user can get wrong: one line on standard error, and exit status 2."""

from __future__ import annotations


class UsageError(Exception):
    """A wrong argument or an unreadable configuration; the message is a whole line for the user."""


def did_you_mean(word: str, known: list[str]) -> str:
    """A hint to append to an error message, or nothing when no known word is near."""
    from difflib import get_close_matches

    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""
