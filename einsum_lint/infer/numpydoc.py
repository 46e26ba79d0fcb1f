"""What a docstring in numpydoc's form says of the ranks of parameters.

Docstrings grow old: what they say settles which of two contradicting uses is blamed, and no more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_SECTION = re.compile(
    r"^[ \t]*(?:Parameters|Other Parameters)[ \t]*\n[ \t]*-{3,}[ \t]*$", re.MULTILINE
)
_NEXT_SECTION = re.compile(r"^[ \t]*\w[\w ]*\n[ \t]*-{3,}[ \t]*$", re.MULTILINE)
_PARAMETER = re.compile(
    r"^[ \t]*(?P<names>\w+(?:[ \t]*,[ \t]*\w+)*)[ \t]+:[ \t]*(?P<type>.+)$", re.MULTILINE
)
_SHAPE = re.compile(r"\((?P<dims>[ \t]*[\w.+* -]*(?:,[\w.+* -]*)*)\)")
_RANK = re.compile(r"\b(?P<rank>[1-6])[ -]?[dD]\b")
_ARRAY = re.compile(r"array|matrix|ndarray|tensor", re.IGNORECASE)
_SEVERAL = re.compile(r"\bor\b|\bof arrays\b|\blist\b|\|")


def documented(docstring: str) -> Mapping[str, int]:
    """The rank of each parameter of which the docstring gives exactly one."""
    found: dict[str, int] = {}
    for section in _SECTION.finditer(docstring):
        end = _NEXT_SECTION.search(docstring, section.end())
        text = docstring[section.end() : end.start() if end else len(docstring)]
        for match in _PARAMETER.finditer(text):
            rank = _rank(match["type"])
            if rank is not None:
                found.update((name.strip(), rank) for name in match["names"].split(","))
    return found


def _rank(text: str) -> int | None:
    """The rank that a type says, or None: one that says two things says nothing."""
    if not _ARRAY.search(text) or _SEVERAL.search(text):
        return None
    shapes, ranks = _SHAPE.findall(text), _RANK.findall(text)
    if len(shapes) + len(ranks) != 1:
        return None
    if ranks:
        return int(ranks[0])
    words = [word for word in shapes[0].split(",") if word.strip()]
    one_word = len(words) == 1 and "," not in shapes[0]  # "(optional)", "(ndarray)"
    return None if not words or one_word or any("." in word for word in words) else len(words)
