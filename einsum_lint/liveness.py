"""Whether a name may still be read after a statement has run; on ``ast`` trees."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from .bindings import Bindings, Scope
from .frames import FrameUse, evaluates_text, frame_use
from .trees import walk

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)


class Use(enum.IntEnum):
    """What becomes of the value of a name; ordered, so that the worst is the largest."""

    DEAD = 0
    """Nothing reads it before it is bound again."""
    EXPORTED = 1
    """It stays in a module or a class, where nothing in this file reads it."""
    READ = 2
    """Something may read it."""


class Spot(NamedTuple):
    """Where a statement stands: the block, its place there, and whose block it is."""

    block: list[ast.stmt]
    at: int
    owner: ast.AST
    part: str


@dataclass(frozen=True, slots=True)
class _Flow:
    """What the name is for what may follow: the next statement, or each way to leave a block."""

    after: Use
    broken: Use = Use.DEAD
    continued: Use = Use.DEAD
    returned: Use = Use.DEAD
    raised: Use = Use.DEAD


class Liveness:
    """What becomes of the names of one file.  The tables are made when first asked for."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._bindings = Bindings(tree)

    def after(self, nest: ast.stmt, name: str) -> Use:
        """Whether ``name`` may be read after ``nest`` has run, or failed, and before it is bound.

        Whatever is not certain is READ: names of an enclosing function, closures, ``locals()``.
        """
        scope = self.scope(nest)
        names = self._bindings.inside(scope)
        bound = names.stores - names.nonlocals
        if name not in bound or name in names.lazy or self._frame(scope).has(name):
            return Use.READ
        if name in names.globals:
            return self._global(nest, name)
        if isinstance(scope, ast.Module) and name in names.module:
            return Use.READ
        local = isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef))
        walk = _Walk(self._bindings, name)
        try:
            flow = self._flow(walk, nest, Use.DEAD if local else Use.EXPORTED)
            return max(walk.block(self._following(nest), flow), flow.raised)
        except RecursionError:
            return Use.READ

    def block_of(self, statement: ast.stmt) -> Spot:
        """The block that a statement stands in."""
        return self._spots[statement]

    def previous(self, statement: ast.stmt) -> ast.stmt | None:
        """The statement just before another in its block."""
        spot = self._spots[statement]
        return spot.block[spot.at - 1] if spot.at else None

    def scope(self, statement: ast.stmt) -> Scope:
        """The function, class or module whose names a statement binds."""
        owner = self._spots[statement].owner
        while not isinstance(owner, _SCOPES):
            assert isinstance(owner, ast.stmt)
            owner = self._spots[owner].owner
        return owner

    @cached_property
    def _spots(self) -> dict[ast.stmt, Spot]:
        spots: dict[ast.stmt, Spot] = {}
        todo: list[ast.AST] = [self._tree]
        while todo:
            owner = todo.pop()
            for part, block in blocks(owner):
                todo += block
                for at, statement in enumerate(block):
                    spots[statement] = Spot(block, at, owner, part)
        return spots

    def _following(self, statement: ast.stmt) -> list[ast.stmt]:
        spot = self._spots[statement]
        return spot.block[spot.at + 1 :]

    def _flow(self, walk: _Walk, statement: ast.stmt, at_end: Use) -> _Flow:
        """What follows the block that a statement stands in."""
        spot = self._spots[statement]
        if isinstance(spot.owner, _SCOPES):
            return _Flow(at_end)
        assert isinstance(spot.owner, ast.stmt)
        outer = self._flow(walk, spot.owner, at_end)
        rest = walk.block(self._following(spot.owner), outer)
        return walk.inside(spot.owner, spot.part, replace(outer, after=rest))

    def _global(self, nest: ast.stmt, name: str) -> Use:
        """A name that a function declares global: whether anything else in the file reads it."""
        own = set(walk(nest))
        frame = self._frame(self._tree)
        for node in walk(self._tree):
            if node not in own and name in _read_here(node):
                return Use.READ
        return Use.READ if frame.has(name) else Use.EXPORTED

    def _frame(self, scope: ast.AST) -> FrameUse:
        if scope not in self._frames:
            self._frames[scope] = frame_use(scope, by_text=self._by_text)
        return self._frames[scope]

    @cached_property
    def _by_text(self) -> bool:
        return evaluates_text(self._tree)

    @cached_property
    def _frames(self) -> dict[ast.AST, FrameUse]:
        return {}


@dataclass(frozen=True, slots=True)
class _Walk:
    """One name, followed backwards through the statements of its scope."""

    bindings: Bindings
    name: str

    def block(self, block: Sequence[ast.stmt], flow: _Flow) -> Use:
        """What the name is at the start of a block."""
        live = flow.after
        for statement in reversed(block):
            live = self.before(statement, replace(flow, after=live))
        return live

    def before(self, node: ast.stmt, flow: _Flow) -> Use:
        """What the name is before a statement."""
        if self._reads(*_headers(node)):
            return Use.READ
        match node:
            case ast.Return():
                return max(flow.returned, flow.raised)
            case ast.Raise():
                return flow.raised
            case ast.Break():
                return flow.broken
            case ast.Continue():
                return flow.continued
            case ast.For() | ast.AsyncFor() | ast.While():
                return self._round(node, flow)
            case ast.With() | ast.AsyncWith():
                if self._kills(node):
                    return flow.raised
                return max(flow.raised, flow.after, self._body(node, flow))
            case ast.If():
                orelse = self.block(node.orelse, flow)
                return max(flow.raised, self._body(node, flow), orelse)
            case ast.Try() | ast.TryStar():
                return self._body(node, flow)
            case ast.Match(cases=cases):
                return max(flow.raised, flow.after, *(self.block(c.body, flow) for c in cases))
        return flow.raised if self._kills(node) else max(flow.raised, flow.after)

    def inside(self, node: ast.stmt, part: str, flow: _Flow) -> _Flow:
        """What follows a block of a compound statement, given what follows the statement."""
        match node:
            case ast.For() | ast.AsyncFor() | ast.While() if part == "body":
                again = self._round(node, flow)
                return replace(flow, after=again, continued=again, broken=flow.after)
            case ast.With() | ast.AsyncWith():  # it may swallow an exception
                return replace(flow, raised=max(flow.raised, flow.after))
            case ast.Try() | ast.TryStar():
                return self._inside_try(node, part, flow)
        return flow

    def _body(
        self, node: ast.If | ast.With | ast.AsyncWith | ast.Try | ast.TryStar, flow: _Flow
    ) -> Use:
        return self.block(node.body, self.inside(node, "body", flow))

    def _round(self, node: ast.For | ast.AsyncFor | ast.While, flow: _Flow) -> Use:
        """What the name is before a round of a loop begins, or turns out to be over."""
        over = max(flow.raised, self.block(node.orelse, flow))
        if isinstance(node, ast.While):
            if self._reads(node.test):
                return Use.READ
        elif self._reads(node.target):
            return Use.READ
        elif self.name in _assigned(node.target):
            return over
        # A block is a constant or a maximum with what follows, so that one round is enough.
        round_ = replace(flow, after=over, continued=over, broken=flow.after)
        return max(over, self.block(node.body, round_))

    def _inside_try(self, node: ast.Try | ast.TryStar, part: str, flow: _Flow) -> _Flow:
        if part == "finalbody":
            every = max(flow.after, flow.broken, flow.continued, flow.returned, flow.raised)
            return replace(flow, after=every)
        leave = _Flow(*(
            self.block(node.finalbody, replace(flow, after=follows))
            for follows in (flow.after, flow.broken, flow.continued, flow.returned, flow.raised)
        ))  # fmt: skip
        if part != "body":
            return leave
        caught = [leave.raised]
        for handler in node.handlers:
            if handler.type is not None and self._reads(handler.type):
                caught.append(Use.READ)
            elif handler.name != self.name:
                caught.append(self.block(handler.body, leave))
        return replace(leave, after=self.block(node.orelse, leave), raised=max(caught))

    def _reads(self, *nodes: ast.AST) -> bool:
        return any(self.name in self.bindings.of(node).loads for node in nodes)

    def _kills(self, node: ast.stmt) -> bool:
        """Whether the name is certainly bound anew when the statement does not fail."""
        match node:
            case ast.Assign(targets=targets):
                return any(self.name in _assigned(target) for target in targets)
            case ast.AnnAssign(target=target, value=ast.expr()):
                return self.name in _assigned(target)
            case (
                ast.With(items=[ast.withitem(optional_vars=ast.Name(id=name))])
                | ast.AsyncWith(items=[ast.withitem(optional_vars=ast.Name(id=name))])
                | ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                return name == self.name
            case ast.Import() | ast.ImportFrom():
                return self.name in self.bindings.of(node).stores
        return False


def _assigned(target: ast.expr) -> Iterator[str]:
    """The names that an assignment to a target certainly binds."""
    match target:
        case ast.Name(id=name):
            yield name
        case ast.Starred(value=value):
            yield from _assigned(value)
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _assigned(part)


def blocks(node: ast.AST) -> Iterator[tuple[str, list[ast.stmt]]]:
    """The blocks of statements directly in a node."""
    for part in ("body", "orelse", "finalbody"):
        block = getattr(node, part, None)
        if isinstance(block, list):
            yield part, block
    for part in ("handlers", "cases"):
        for inner in getattr(node, part, ()):
            yield part, inner.body


def _headers(node: ast.stmt) -> list[ast.AST]:
    """The parts of a statement that are evaluated when it begins, all of a simple one."""
    match node:
        case ast.If(test=test):
            return [test]
        case ast.While():
            return []
        case ast.For(iter=values) | ast.AsyncFor(iter=values):
            return [values]
        case ast.With(items=items) | ast.AsyncWith(items=items):
            return [*items]
        case ast.Try() | ast.TryStar():
            return []
        case ast.Match(subject=subject, cases=cases):
            guards = [case.guard for case in cases if case.guard is not None]
            return [subject, *(case.pattern for case in cases), *guards]
    return [node]


def _read_here(node: ast.AST) -> tuple[str, ...]:
    """The name that a node itself reads."""
    match node:
        case ast.Name(id=name, ctx=ast.Load() | ast.Del()):
            return (name,)
        case ast.AugAssign(target=ast.Name(id=name)):
            return (name,)
    return ()
