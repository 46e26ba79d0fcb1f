"""Loop nests and comprehensions of a file, as facts."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from ..expression_places import ExpressionPlace
from ..infer.scope import Scope
from ..liveness import Use
from ..loop_screen import contracts
from ..nest_places import StatementPlace
from ..nests import (
    ArrayExpression,
    Kind,
    Lift,
    LoopNest,
    NestPlace,
    Update,
    WastefulProduct,
)
from ..screen import Candidates, any_within, bound_names, last_name, last_row
from ..source import Source
from ..stages import Clock, off
from ..trees import children
from .arithmetic import ArithmeticReader
from .loops.around import Around
from .loops.lists import beginnings, conversion, gathered
from .loops.read import read_expression, read_list, read_loop
from .products.space import Refused
from .surroundings import Surroundings

FEW = 4
"""Rounds of a loop over products of matrices, which BLAS computes faster than one einsum does."""
_PASSES_ON = frozenset({
    "array", "asarray", "stack", "vstack", "sum", "mean", "transpose", "moveaxis", "dot",
})  # fmt: skip
"""Functions whose call is read together with the comprehension that it is given."""


@dataclass
class NestReader:
    """Reads the loops of one file, as the walk meets them."""

    surroundings: Surroundings
    line_length: int
    candidates: Candidates | None = None
    """What may be facts, where the screen has seen to that."""
    products: tuple[type, ...] = ()
    """Which facts of array arithmetic outside of loops are asked for."""
    is_forecast: bool = False
    """Whether it is only asked which nests are refused whatever were known."""
    reading: list[range] = field(default_factory=list)
    """The rows of the loops that may be facts, or hold some."""

    @property
    def source(self) -> Source:
        """The file."""
        return self.surroundings.source

    @cached_property
    def arithmetic(self) -> ArithmeticReader:
        """Reads what is no loop."""
        return ArithmeticReader(self.source, self.line_length, self.surroundings)

    def loop(self, node: ast.stmt, scope: Scope) -> LoopNest | None:
        """The fact of a loop statement; None when nothing in it looks like a contraction."""
        if not isinstance(node, (ast.For, ast.While)):
            return None
        if not self._may_hold_loops(node) or not is_candidate(node):
            return None
        place: NestPlace = StatementPlace(self.source, (node,))
        try:
            around = self._around(node, node, scope)
            reading = read_loop(node, around)
            found = gathered(reading.lists, node, self.surroundings.liveness, around)
        except Refused as refused:
            return LoopNest("loop", self.surroundings.refusal(refused, node), place)
        targets = dict.fromkeys(u.target.array for u in reading.lift.updates)
        unused = tuple(self._unused(node, reading.lift))
        prelude = beginnings((*targets, *unused), node, self.surroundings.liveness)
        place = StatementPlace(
            self.source,
            (node,),
            prelude=prelude,
            extra=found.extra,
            line_length=self.line_length,
            always=found.dropped,
            unused=unused,
        )
        if reading.products and reading.rounds <= FEW:
            few = Refused("a few products of matrices are as fast as they are")
            return LoopNest("loop", self.surroundings.refusal(few, node), place)
        kind: Kind = "products" if reading.products else "loop"
        if reading.elementwise:
            kind = "elementwise"
        starts = _starts(prelude, reading.lift.updates)
        return LoopNest(kind, reading.lift, place, starts, reading.given)

    def expressions(self, node: ast.stmt, scope: Scope) -> Iterator[LoopNest]:
        """The facts of the array arithmetic and the comprehensions in a small statement."""
        if self._may_hold_products(node):
            if ArrayExpression in self.products:
                yield from self.arithmetic.idioms(node, node, scope)
            if WastefulProduct in self.products:
                yield from self.arithmetic.wasteful(node, node, scope)
        yield from self.comprehensions(node, scope)

    def comprehensions(self, node: ast.stmt, scope: Scope) -> Iterator[LoopNest]:
        """The facts of the comprehensions in a small statement, the outermost calls around them."""
        if not self._may_hold_loops(node):
            return
        rows = self.source.lines[node.lineno - 1 : node.end_lineno]
        if not any("for" in row for row in rows):
            return
        match node:
            case ast.Assign([ast.Name(name)], ast.ListComp() as value) if is_candidate(value):
                yield self._list(node, name, value, scope)
                return
        for expression in _candidates(node):
            place = ExpressionPlace(self.source, node, expression, self.line_length)
            try:
                reading = read_expression(expression, self._around(node, expression, scope))
            except Refused as refused:
                yield LoopNest(
                    "comprehension", self.surroundings.refusal(refused, expression), place
                )
            else:
                yield LoopNest("comprehension", reading.lift, place, given=reading.given)

    def _around(self, node: ast.stmt, nest: ast.AST, scope: Scope) -> Around:
        return self.surroundings.around(node, nest, scope, is_forecast=self.is_forecast)

    def _may_hold_loops(self, node: ast.stmt) -> bool:
        """Whether the screen has found a loop in a statement, or a loop that it stands in."""
        if self.candidates is None or self.candidates.all_loops:
            return True
        found = any_within(self.candidates.loops, node)
        if found and isinstance(node, (ast.For, ast.While)):
            self.reading.append(range(node.lineno, last_row(node) + 1))
        return found or any(node.lineno in rows for rows in self.reading)

    def _may_hold_products(self, node: ast.stmt) -> bool:
        return self.candidates is None or any_within(self.candidates.products, node)

    def _list(self, node: ast.Assign, name: str, value: ast.ListComp, scope: Scope) -> LoopNest:
        """The fact of a comprehension whose list is made an array later."""
        place = StatementPlace(self.source, (node,), line_length=self.line_length)
        try:
            around = self._around(node, value, scope)
            reading = read_list(value, name, around)
            call = conversion(name, node, around)
        except Refused as refused:
            return LoopNest("comprehension", self.surroundings.refusal(refused, value), place)
        kind: Kind = "products" if reading.products else "loop"
        if reading.elementwise:
            kind = "elementwise"
        place = replace(place, extra={call: name})
        return LoopNest(kind, reading.lift, place, given=reading.given)

    def _unused(self, node: ast.stmt, lift: Lift) -> Iterator[str]:
        """Names that only the loops used: their first values are needed no more."""
        for name in dict.fromkeys(bound_names(node)):
            used = name in lift.operands or name in lift.integers
            if not used and self.surroundings.liveness.after(node, name) is Use.DEAD:
                yield name


@dataclass
class TimedReader(NestReader):
    """A reader that says how long it reads."""

    clock: Clock = off

    def loop(self, node: ast.stmt, scope: Scope) -> LoopNest | None:
        """As above."""
        with self.clock("loops"):
            return super().loop(node, scope)

    def expressions(self, node: ast.stmt, scope: Scope) -> Iterator[LoopNest]:
        """As above."""
        with self.clock("loops"):
            return iter([*super().expressions(node, scope)])


def _starts(prelude: Mapping[str, ast.stmt], updates: Iterable[Update]) -> dict[str, complex]:
    """Targets that are a number before the nest, or zeros of which it sets elements."""
    by_element = {update.target.array: bool(update.target.subscripts) for update in updates}
    found: dict[str, complex] = {}
    for name, statement in prelude.items():
        if name not in by_element:
            continue
        value = getattr(statement, "value", None)
        if isinstance(value, ast.Constant) and isinstance(value.value, (int, float, complex)):
            found[name] = value.value
        elif by_element[name] and isinstance(value, ast.Call) and last_name(value.func) == "zeros":
            found[name] = 0
    return found


def _candidates(statement: ast.stmt) -> Iterator[ast.expr]:
    """Comprehensions in a small statement, each with the calls that take it as it is."""
    todo: list[tuple[ast.AST, ast.expr | None]] = [(statement, None)]
    while todo:
        node, outermost = todo.pop()
        if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
            if outermost is not None and is_candidate(node):
                yield outermost
            continue
        if isinstance(node, ast.Lambda):
            continue
        kept = outermost
        match node:
            case ast.Call(func=func) if last_name(func) in _PASSES_ON:
                kept = outermost or node
            case ast.Attribute(attr="T"):
                kept = outermost or node
            case _:
                kept = None
        todo += [(child, kept) for child in children(node)]


def is_candidate(node: ast.AST) -> bool:
    """Whether something in a loop multiplies, adds up or computes elements."""
    todo = [node]
    while todo:  # most have it near the top
        inner = todo.pop()
        if contracts(inner):
            return True
        todo += children(inner)
    return False
