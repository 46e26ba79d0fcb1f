"""The arguments of a call, evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..dims import Dim
from .values import Constant, Display, Value, size_of


@dataclass(frozen=True, slots=True)
class Arguments:
    """Positional and keyword arguments; not ``complete`` when ``*a`` or ``**k`` may add some."""

    args: tuple[Value, ...]
    keywords: Mapping[str, Value]
    complete: bool = True

    def get(self, position: int, name: str) -> Value | None:
        """The argument with this position or name; None when it is not given."""
        if position < len(self.args):
            return self.args[position]
        return self.keywords.get(name)

    def only(self, *names: str) -> bool:
        """Whether no keyword but these is given."""
        return self.complete and self.keywords.keys() <= set(names)


def integer(value: Value | None) -> int | None:
    """The value of an integer constant."""
    match value:
        case Constant(value=int(number)) if not isinstance(number, bool):
            return number
    return None


def integers(value: Value | None) -> tuple[Dim, ...] | None:
    """A size or a display of sizes, each None where unknown; None when the rank is unknown."""
    match value:
        case Display(items=items):
            return tuple(size_of(item) for item in items)
    size = size_of(value)
    return None if size is None else (size,)
