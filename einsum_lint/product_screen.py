"""Where a text has array arithmetic that may be an einsum: a scan of the lines."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

_PRODUCT: Final = (
    r"[\w)\]] *@ *[\w(]|\.(?:T|mT)\b|"
    r"\b(?:dot|matmul|tensordot|inner|outer|vdot|vecdot|matvec|vecmat|multi_dot|trace|diagonal|"
    r"diag|sum|transpose|swapaxes|moveaxis|bmm|mm|mv|ger|permute|movedim|swapdims)\("
)
LIBRARIES: Final = ("numpy", "torch", "cupy")
"""What a text names that has array arithmetic; the module of JAX is called numpy as well."""


def rows_of_products(text: str) -> tuple[int, ...]:
    """The rows with products of arrays, sums of them, and axes in another order."""
    if not any(library in text for library in LIBRARIES):
        return ()
    search = re.compile(_PRODUCT).search  # here, because few runs ask for them
    return tuple(row for row, line in enumerate(text.splitlines(), 1) if search(line))


_NAME = r"[\w.]+"
_DOT = r"[\w.]*(?:dot|matmul)\("
_PRODUCTS = rf"{_NAME} ?@ ?{_NAME}"
_WASTE: Final = {
    "trace(": rf"trace\((?:{_PRODUCTS}|{_DOT})|(?:@ ?{_NAME}|{_DOT}[^\n]*)\)\.trace\(",
    "diag": rf"diag(?:onal)?\((?:{_PRODUCTS}|{_DOT})|(?:@ ?{_NAME}|{_DOT}[^\n]*)\)\.diag",
    "@": rf"{_PRODUCTS} ?@|@ ?{_NAME}\) ?\[",
    "dot(": r"dot\([^\n]*\) ?\[",
    "matmul(": r"matmul\([^\n]*\) ?\[",
    "sum(": rf"sum\({_NAME} ?\* ?{_NAME}\)|\({_NAME} ?\* ?{_NAME}\)\.sum\(\)",
}
"""What a row with a word must have; to look for the words first is many times as fast."""


_NO_CODE: Final = re.compile(r"[ \t]*(?:#|>>>)")


@cache  # when it is first needed: most runs end before
def _compiled() -> dict[str, re.Pattern[str]]:
    return {word: re.compile(pattern) for word, pattern in _WASTE.items()}


@lru_cache(maxsize=2)  # as for loops
def rows_of_waste(text: str) -> tuple[int, ...]:
    """The rows with products of which only a part is used, or that are multiplied out too soon."""
    if "numpy" not in text:
        return ()
    starts: set[int] = set()
    for word, pattern in _compiled().items():
        at = text.find(word)
        while at >= 0:
            begin, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
            end = end if end >= 0 else len(text)
            if pattern.search(text, begin, end) and not _NO_CODE.match(text, begin):
                starts.add(begin)
            at = text.find(word, end)
    if not starts:
        return ()
    return tuple(sorted(text.count("\n", 0, begin) + 1 for begin in starts))
