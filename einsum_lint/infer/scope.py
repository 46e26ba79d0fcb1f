"""Names and what they hold: the state of one scope as control flows through it."""

from __future__ import annotations

import ast
import builtins
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from ..dims import Dim, Polynomial, symbol
from ..shapes import ArrayFact, Origin, Shape
from .values import UNKNOWN, LocalFunction, Reference, Value, join, size_of, sized

Attribute = tuple[int, str]
"""A part of an object: the object's root, and ``.name`` or ``[index]``."""


@dataclass
class Flow:
    """What each name and each part of an object holds at one point.

    A name that is not there is not bound there; of a part that is not there nothing is known.
    """

    names: dict[str, Value] = field(default_factory=dict)
    parts: dict[Attribute, Value] = field(default_factory=dict)
    bound: dict[str, Value] = field(default_factory=dict)
    """What names were bound to of which more became known since."""

    def copy(self) -> Flow:
        """The same, to go another way from here."""
        return Flow(dict(self.names), dict(self.parts), dict(self.bound))

    def as_bound(self, name: str) -> Value:
        """What a name holds, without what became known of it since it was bound."""
        return self.bound.get(name, self.names.get(name, UNKNOWN))

    def learn(self, origin: Origin, change: Callable[[ArrayFact], ArrayFact]) -> None:
        """Change what is known of each name and part that comes from an object."""
        for name, value in self.names.items():
            if _comes_from(value, origin):
                self.bound.setdefault(name, value)
                self.names[name] = change(value)
        for part, value in self.parts.items():
            if _comes_from(value, origin):
                self.parts[part] = change(value)


def _comes_from(value: Value, origin: Origin) -> TypeGuard[ArrayFact]:
    root = value.origin.root if isinstance(value, ArrayFact) and value.origin is not None else None
    return root == origin.root


def _key(origin: Origin, part: str) -> Attribute:
    return origin.root, f"{origin.via}{origin.twin}{part}"


class Roots:
    """Makes the identities of unknown objects and sizes, each once.

    ``statement`` is the one that the walk has reached: what becomes known is known from it.
    """

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self.statement: ast.stmt | None = None

    def rooted(self, value: Value, name: str) -> Value:
        """The value, with an origin of its own where it is an unknown object that has none."""
        if not isinstance(value, ArrayFact):
            return value
        origin, made, shape = value.origin, value.made, value.shape
        if origin is None and (shape.open or None in shape.dims):
            origin = Origin(next(self._numbers), name)
        elif made is not None:
            return value
        return replace(value, origin=origin, made=self.statement if made is None else made)

    def symbol(self, name: str) -> Polynomial:
        """A size of its own."""
        return symbol(name, next(self._numbers))


@dataclass
class Scope:
    """A module, function or class body that is being walked through.

    ``flow`` is the state at the point reached, None behind a ``return`` or ``raise``.  ``ever`` is
    what each name may hold at any time: that is what a function sees of the scopes around it, since
    it may be called at any time.  ``local`` are the names of a function that are its own, bound or
    not; ``hidden`` those of which nothing is certain at any time.
    """

    parent: Scope | None
    roots: Roots
    hidden: frozenset[str] = frozenset()
    local: frozenset[str] | None = None
    is_class: bool = False
    flow: Flow | None = field(default_factory=Flow)
    ever: dict[str, Value] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    """The modules of the ``from … import *`` statements, in order."""

    def bind(self, name: str, value: Value) -> None:
        """Let ``name`` hold ``value`` from here on."""
        value = UNKNOWN if name in self.hidden else self.roots.rooted(value, name)
        self.ever[name] = join(self.ever[name], value) if name in self.ever else value
        if self.flow is not None:
            self.flow.names[name] = value
            self.flow.bound.pop(name, None)

    def unbind(self, name: str) -> None:
        """Let ``name`` hold nothing from here on."""
        if self.flow is not None:
            self.flow.names.pop(name, None)

    def forget(self, names: Iterable[str]) -> None:
        """Let each of these names hold something unknown from here on."""
        for name in names:
            self.bind(name, UNKNOWN)

    def blur(self, names: Iterable[str]) -> None:
        """Let what each of these names holds be unknown at this point, where several ways meet.

        Unlike ``forget`` this binds nothing: what the names may ever hold is bound elsewhere.
        """
        if self.flow is not None:
            for name in names:
                self.flow.names[name] = self.roots.rooted(UNKNOWN, name)
                self.flow.bound.pop(name, None)

    def part(self, origin: Origin, part: str, which: str = "") -> Value:
        """What ``.name`` or ``[index]`` of an unknown object holds; ``which`` tells apart more."""
        name = f"{origin.name}{part}"
        if self.flow is None or origin.offset:
            return UNKNOWN
        key = _key(origin, part + which)
        if key not in self.flow.parts:
            self.flow.parts[key] = self.roots.rooted(UNKNOWN, name)
        return self.flow.parts[key]

    def set_part(self, origin: Origin, part: str, value: Value) -> None:
        """Let ``.name`` of an unknown object hold ``value`` from here on."""
        if self.flow is not None:
            named = self.roots.rooted(value, f"{origin.name}{part}")
            self.flow.parts[_key(origin, part)] = named

    def forget_items(self, origin: Origin) -> None:
        """Forget what the items of an unknown object are: one of them is another now."""
        root, start = _key(origin, "[")
        if self.flow is not None:
            for key in [k for k in self.flow.parts if k[0] == root and k[1].startswith(start)]:
                del self.flow.parts[key]

    def refine(self, origin: Origin, shape: Shape) -> None:
        """Let every name and part that holds the object with this origin have this shape."""

        def refined(value: ArrayFact) -> ArrayFact:
            same = value.origin == origin
            return replace(value, shape=shape, made=self.roots.statement) if same else value

        if self.flow is not None:
            self.flow.learn(origin, refined)

    def settle(self, origin: Origin, rank: int) -> None:
        """Let every name and part that comes from this object have the rank that follows."""

        def settled(value: ArrayFact) -> ArrayFact:
            offset = value.origin.offset if value.origin is not None else 0
            count = rank - origin.offset + offset
            if not value.shape.open or count < len(value.shape.dims):
                return value
            return replace(value, shape=Shape((None,) * count), made=self.roots.statement)

        if self.flow is not None:
            self.flow.learn(origin, settled)

    def certify(self, origin: Origin, library: str | None) -> None:
        """Let every name and part that holds the object with this origin be an array."""

        def certain(value: ArrayFact) -> ArrayFact:
            same = value.origin == origin
            return replace(value, is_array=True, library=library) if same else value

        if self.flow is not None:
            self.flow.learn(origin, certain)

    def size(self, array: ArrayFact, axis: int) -> Dim:
        """The size of an axis, a symbol where nothing is known of it."""
        dims = array.shape.dims
        if not array.shape.open:
            if not -len(dims) <= axis < len(dims):
                return None
            if dims[axis] is not None or array.origin is None:
                return dims[axis]
            named = [self._size(array.origin, k) if d is None else d for k, d in enumerate(dims)]
            self.refine(array.origin, Shape(tuple(named)))
            return named[axis]
        if axis < 0 and len(dims) >= -axis and dims[axis] is not None:
            return dims[axis]
        return None if array.origin is None else self._size(array.origin, axis)

    def _size(self, origin: Origin, axis: int) -> Dim:
        key = (origin.root, f"{origin.via}.shape[{axis}]{origin.offset}")
        if self.flow is None:
            return None
        if key not in self.flow.parts:
            name = f"{origin.name}.shape[{axis}]"
            self.flow.parts[key] = sized(self.roots.symbol(name))
        return size_of(self.flow.parts[key])

    def forget_parts(self, root: int) -> None:
        """Forget what the parts of an object hold, and theirs: something may have changed them."""
        if self.flow is None:
            return
        for key in [key for key in self.flow.parts if key[0] == root]:
            if isinstance(self.flow.parts.get(key), LocalFunction):  # a method stays one
                continue
            value = self.flow.parts.pop(key, None)
            if isinstance(value, ArrayFact) and value.origin is not None:
                self.forget_parts(value.origin.root)

    def lookup(self, name: str) -> Value:
        """What ``name`` holds at the point reached."""
        if name in self.hidden:
            return UNKNOWN
        if self.flow is not None and name in self.flow.names:
            return self.flow.names[name]
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
        return None if self.flow is None else self.flow.copy()

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
        refined = self.flow.bound.keys() | other.bound.keys()
        bound = {name: join(self.flow.as_bound(name), other.as_bound(name)) for name in refined}
        names = self.flow.names
        for name, value in other.names.items():
            if name in names and names[name] != value:
                names[name] = self.roots.rooted(join(names[name], value), name)
            else:
                names[name] = value
        self.flow.bound = bound
        mine, theirs = self.flow.parts, other.parts
        self.flow.parts = {key: mine[key] for key in mine if theirs.get(key) == mine[key]}
