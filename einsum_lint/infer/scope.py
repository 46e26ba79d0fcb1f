"""Names and what they hold: the state of one scope as control flows through it."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from dataclasses import dataclass, field

from .values import UNKNOWN, Reference, Value, join

Flow = dict[str, Value]
"""What each name that is bound holds at one point; a name that is not there is not bound there."""


@dataclass
class Scope:
    """A module, function or class body that is being walked through.

    ``flow`` is the state at the point reached, None behind a ``return`` or ``raise``.  ``ever`` is
    what each name may hold at any time: that is what a function sees of the scopes around it, since
    it may be called at any time.  ``local`` are the names of a function that are its own, bound or
    not; ``hidden`` those of which nothing is certain at any time.
    """

    parent: Scope | None
    hidden: frozenset[str] = frozenset()
    local: frozenset[str] | None = None
    is_class: bool = False
    flow: Flow | None = field(default_factory=dict)
    ever: Flow = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    """The modules of the ``from … import *`` statements, in order."""

    def bind(self, name: str, value: Value) -> None:
        """Let ``name`` hold ``value`` from here on."""
        if name in self.hidden:
            value = UNKNOWN
        self.ever[name] = join(self.ever[name], value) if name in self.ever else value
        if self.flow is not None:
            self.flow[name] = value

    def unbind(self, name: str) -> None:
        """Let ``name`` hold nothing from here on."""
        if self.flow is not None:
            self.flow.pop(name, None)

    def forget(self, names: Iterable[str]) -> None:
        """Let each of these names hold something unknown from here on."""
        for name in names:
            self.bind(name, UNKNOWN)

    def blur(self, names: Iterable[str]) -> None:
        """Let what each of these names holds be unknown at this point, where several ways meet.

        Unlike ``forget`` this binds nothing: what the names may ever hold is bound elsewhere.
        """
        if self.flow is not None:
            self.flow.update(dict.fromkeys(names, UNKNOWN))

    def lookup(self, name: str) -> Value:
        """What ``name`` holds at the point reached."""
        if name in self.hidden:
            return UNKNOWN
        if self.flow is not None and name in self.flow:
            return self.flow[name]
        if self.local is not None and name in self.local:
            return UNKNOWN
        if self.parent is None:
            return self._not_bound_here(name)
        # A class body sees the module as it is; a function runs later and sees all it may become.
        return self.parent.lookup(name) if self.is_class else self.parent.seen_inside(name)

    def seen_inside(self, name: str) -> Value:
        """What ``name`` may hold whenever a function inside this scope runs."""
        if not self.is_class:
            if name in self.hidden:
                return UNKNOWN
            if name in self.ever:
                return self.ever[name]
            if self.local is not None and name in self.local:
                return UNKNOWN
        return self._not_bound_here(name) if self.parent is None else self.parent.seen_inside(name)

    def _not_bound_here(self, name: str) -> Value:
        """A name that the module does not bind: of a ``*`` import, or built in."""
        if name in self.ever:
            return UNKNOWN
        names = {f"{module}.{name}" for module in self.stars if not name.startswith("_")}
        if hasattr(builtins, name):
            names.add(f"builtins.{name}")
        return Reference(frozenset(names)) if names else UNKNOWN

    def fork(self) -> Flow | None:
        """A copy of the state reached, to come back to."""
        return None if self.flow is None else dict(self.flow)

    def swap(self, flow: Flow | None) -> Flow | None:
        """Go on from another state; the one reached is returned."""
        self.flow, reached = flow, self.flow
        return reached

    def merge(self, other: Flow | None) -> None:
        """Go on from where the state reached and another one meet.

        A name that only one of them binds keeps its value: on the other way, its use would raise.
        """
        if self.flow is None or other is None:
            self.flow = other if self.flow is None else self.flow
            return
        for name, value in other.items():
            self.flow[name] = join(self.flow[name], value) if name in self.flow else value
