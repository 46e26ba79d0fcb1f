"""The letters of the subscripts: those of the author's loops where that can be."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping

from ..contraction import Index
from .sizes import Unwritable

_NEXT = "ijklmnopqrstuvwxyzabcdefgh" + string.ascii_uppercase


def letters(indices: Iterable[Index]) -> Mapping[Index, str]:
    """A letter for each index; Unwritable when there are not enough."""
    unique = list(dict.fromkeys(indices))
    if len(unique) > len(_NEXT):
        raise Unwritable
    found: dict[Index, str] = {}
    for index in sorted(unique, key=_urgency):
        free = [letter for letter in _wished(index.name) if letter not in found.values()]
        if free:
            found[index] = free[0]
    for index in unique:
        if index not in found:
            found[index] = next(letter for letter in _NEXT if letter not in found.values())
    return found


def _urgency(index: Index) -> int:
    """A letter goes first to the index that is called so."""
    name = index.name
    if len(name) == 1:
        return 0 if name.islower() else 1
    return 2


def _wished(name: str) -> list[str]:
    """The letters that suit a name, the best first."""
    first = next((c for c in name if c in string.ascii_letters), "")
    if len(name) == 1 and first:
        return [first.lower(), first]
    return [first.lower()] if first else []
