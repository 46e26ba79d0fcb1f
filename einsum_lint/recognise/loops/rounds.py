"""From one round of a loop to all of them: sums, families of elements, lists, counters."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable
from dataclasses import replace
from typing import NoReturn

from ...contraction import (
    Contraction,
    Index,
    Size,
    Sum,
    index_size,
    indices_of,
    plus,
    summed_over,
)
from ...dims import add, divide, multiply
from ..products import functions
from ..products.space import Refused
from .forwarding import apart, forwarded, occurrences
from .increments import increment
from .items import Accumulated, Appended, Entry, Gone, Item, Local, Outer, Sequence, Stacked
from .refusal import Final
from .spaces import Round, bindings, rounds
from .state import Cell, State
from .statements import Machine
from .whiles import counted_while


def run_loop(machine: Machine, node: ast.For | ast.While) -> None:
    """Run a loop: one round on symbols, then what all rounds do together."""
    if node.orelse:
        raise Final("the loop has an else", node, always=True)
    if isinstance(node, ast.For):
        iterable = machine.evaluator.item(node.iter)
        item = machine.evaluator.iterable(iterable)
        target = node.target
    else:
        target, item = counted_while(machine.evaluator, node)
    each = rounds(machine.evaluator, item, target)
    for index in each.indices:
        if indices_of(machine.context.space.extents[index].span):
            raise Final("how far a loop runs depends on another loop", node, always=True)
        length = machine.context.space.length(index)
        machine.context.rounds.append(length if isinstance(length, int) else math.inf)
    loop = _Loop(machine, node, target, each)
    loop.run()


class _Loop:
    """One loop: ``before`` is the state that it starts in, and changes."""

    def __init__(
        self, machine: Machine, node: ast.For | ast.While, target: ast.expr, each: Round
    ) -> None:
        self.machine, self.node, self.target, self.each = machine, node, target, each
        self.context, self.before = machine.context, machine.state
        self.names = machine.context.known.names(node)
        self.steps: dict[str, Size] = {}

    def run(self) -> None:
        inside = State(dict(self.before.names))
        for name in self.names.bound:
            if name not in self.names.targets:
                inside.names[name] = self._entry(name)
        if isinstance(self.node, ast.For):
            for name, item in bindings(self.target, self.each.item):
                inside.names[name] = item
        for name in self.names.appended:
            inside.names[name] = Entry(name)
        for name, item in list(inside.names.items()):
            if isinstance(item, Local) and name in self.names.stored:
                inside.names[name] = replace(item, zero=False)
        Machine(self.context, inside).run(self.node.body)
        self._check_dependence(inside)
        names = {
            name: self._after(name, inside) for name in inside.names if self._changed(name, inside)
        }
        cells = [self._all_rounds(cell) for cell in inside.cells.values()]
        for name, item in names.items():
            self.before.names[name] = item
        for cell in cells:
            terms = forwarded(Contraction((), cell.terms), self.before, self.context.space).terms
            self.machine.write(cell.target, cell.own, terms)

    def _changed(self, name: str, inside: State) -> bool:
        names = self.names
        return name in names.bound or name in names.targets or name in names.appended

    def _entry(self, name: str) -> Item:
        """What a name holds when a round begins: a counter's number, or what is not known yet."""
        held = self.before.names.get(name, Outer(name))
        step = increment(self.machine.evaluator, name, self.node, self.names.targets)
        if step is None or len(self.each.indices) != 1:
            return Entry(name)
        try:
            start = self.context.size(held)
        except Refused:
            return Entry(name)
        (index,) = self.each.indices
        by = divide(step, self.context.space.extents[index].step)
        if by is None:
            return Entry(name)
        self.steps[name] = by
        at = add(start, multiply(index_size(index), by))
        assert at is not None
        return at

    def _after(self, name: str, inside: State) -> Item:
        """What a name holds after all rounds."""
        item = inside.names[name]
        if name in self.steps:
            self.context.check_counter(name)
            (index,) = self.each.indices
            span = self.context.space.extents[index]
            start = self.context.size(self.before.names.get(name, Outer(name)))
            end = add(start, multiply(span.span, self.steps[name]))
            if end is None or span.step != 1:
                return Gone(f"{name} is used after the loop")
            return end
        match item:
            case Local():
                for key in [key for key in inside.cells if key[0] == name]:
                    del inside.cells[key]  # no later round sees this array
                return Gone(f"{name} is used after the loop")
            case Entry():
                return self.before.names.get(name, Outer(name))
            case Accumulated():
                return self._accumulated(name, item)
            case Appended(value=value):
                return self._stacked(name, value)
            case Stacked() if name in self.context.lists:
                raise Final(f"{name} gets its items in another order", always=True)
        return Gone(f"{name} is used after the loop")

    def _accumulated(self, name: str, item: Accumulated) -> Item:
        space, added = self.context.space, item.added
        total = Contraction(added.axes, summed_over(added.terms, self.each.indices), added.open)
        total = forwarded(total, self.before, space)
        base = self.before.names.get(name)
        match base:
            case None | Entry() | Outer():
                return Accumulated(name, total, item.in_place)
            case Accumulated(added=before):
                self.context.check_ways(base, item)
                both = functions.binary(space, "+", before, total)
                return Accumulated(name, both, item.in_place and base.in_place)
            case Stacked() | Sequence() | Gone() | Appended():
                raise Refused(f"{name} is no number")
        start = self.machine.evaluator.array(base)
        if not start.axes and len(total.axes) and start.terms:
            raise Refused(f"{name} becomes an array")
        if total.axes:  # a sum that begins with a number is one, above all with 0.0
            self.context.oddities += 1 if isinstance(base, int) else 2
        if not start.terms:
            self.context.zero_dropped = True
        return functions.binary(space, "+", start, total)

    def _stacked(self, name: str, value: Contraction) -> Item:
        if len(self.each.indices) != 1:
            raise Final(f"{name} gets its items in another order", always=True)
        base = self.before.names.get(name)
        if (isinstance(base, Sequence) and base.items) or isinstance(base, Stacked | Appended):
            raise Final(f"{name} has other items too", always=True)
        if value.open:
            raise Refused("items of unknown rank are appended")
        value = forwarded(value, self.before, self.context.space)
        stacked = Stacked(Contraction((*self.each.indices, *value.axes), value.terms))
        if isinstance(base, Sequence):
            return stacked
        self.context.lists.add(name)
        return stacked

    def _check_dependence(self, inside: State) -> None:
        """Refuse what reads an element that another round writes."""
        values: list[tuple[Cell | None, Sum]] = [
            (cell, cell.terms) for cell in inside.cells.values()
        ]
        for name, item in inside.names.items():
            if isinstance(item, Accumulated) and name not in self.steps:
                values.append((None, item.added.terms))
            elif isinstance(item, Appended):
                values.append((None, item.value.terms))
        for name, item in inside.names.items():
            if isinstance(item, Accumulated) and any(occurrences(t, name) for _, t in values):
                self._refuse_carried(name)
        for array in inside.written:
            for cell, terms in values:
                for access in occurrences(terms, array):
                    own = cell is not None and access == cell.target
                    if not own and not all(apart(c.target, access) for c in inside.of_array(array)):
                        self._refuse_carried(array)

    def _refuse_carried(self, name: str) -> NoReturn:
        reason = f"{name} is read where another round may write it"
        raise Final(reason, self.node, always=True)

    def _all_rounds(self, cell: Cell) -> Cell:
        """A cell after all rounds: a family of elements, or one that sums up the rounds."""
        there = frozenset().union(*map(indices_of, cell.target.subscripts))
        own = tuple(index for index in self.each.indices if index in there)
        rest = tuple(index for index in self.each.indices if index not in there)
        terms = cell.terms
        if rest:
            terms = _summed_up(cell, rest)
        return Cell(cell.target, terms, cell.own + own)


def _summed_up(cell: Cell, indices: Iterable[Index]) -> Sum:
    """The terms of an element to which each round adds something."""
    same = [term for term in cell.terms if term.factors == (cell.target,) and not term.summed]
    rest = tuple(term for term in cell.terms if term not in same)
    if len(same) != 1 or same[0].coefficient != 1:
        raise Final(f"each round writes the same element of {cell.target.array}", always=True)
    if occurrences(rest, cell.target.array):
        raise Final(f"{cell.target.array} is read where another round may write it", always=True)
    return plus(tuple(same), summed_over(rest, indices))
