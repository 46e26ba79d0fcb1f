"""Hand-made lifts, and their meaning: each value computed by loops over the indices."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from einsum_lint.contraction import (
    Access,
    Contraction,
    Extent,
    Factor,
    Index,
    Pointwise,
    Size,
    Sum,
    Term,
    index_size,
    indices_of,
)
from einsum_lint.dims import Polynomial, Symbol, add, multiply
from einsum_lint.emit.updates import Rewriting, rewriting
from einsum_lint.findings import Edit, Position, Span
from einsum_lint.nests import Kind, Lift, LoopNest, Operand, Update
from einsum_lint.settings import DEFAULT, Config

Values = dict[str, Any]


def at(*parts: Size | str) -> Size:
    """A sum of sizes, names of sizes and indices."""
    total: Size | None = 0
    for part in parts:
        total = add(total, named(part) if isinstance(part, str) else part)
    assert total is not None
    return total


def times(one: Size | str, other: Size | str) -> Size:
    found = multiply(at(one), at(other))
    assert found is not None
    return found


def named(text: str) -> Size:
    return index_size(Symbol(text, 0))


def index(name: str, number: int) -> Polynomial:
    return index_size(Symbol(name, number))


def symbol(size: Size) -> Index:
    (found,) = indices_of(size)
    return found


HERE = Span(Position(1, 1), Position(1, 2))


@dataclass(frozen=True)
class Place:
    """A nest somewhere: only its text matters here."""

    text: str = "pass"
    width: int = 88
    header: Span = HERE
    rows: range = range(1, 2)
    steps: tuple[str, ...] = ()

    def replace(self, lines: tuple[str, ...], drop: tuple[str, ...]) -> tuple[Edit, ...] | None:
        return (Edit(self.header, "\n".join(lines)),)


@dataclass
class Nest:
    """Builds a nest."""

    extents: dict[Index, Extent] = field(default_factory=dict)
    operands: dict[str, Operand] = field(default_factory=dict)
    updates: list[Update] = field(default_factory=list)
    starts: dict[str, complex] = field(default_factory=dict)
    kind: Kind = "loop"
    integers: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()

    def index(self, name: str, span: Size | str, step: int = 1) -> Polynomial:
        made = Symbol(name, len(self.extents) + 1)
        self.extents[made] = Extent(at(span), step)
        return index_size(made)

    def array(self, name: str, *sizes: Size | str, **facts: Any) -> None:
        facts = {
            "rank": len(sizes),
            "rank_known": True,
            "is_array": True,
            "dtype": "float64",
            **facts,
        }
        self.operands[name] = Operand(name, sizes=tuple(map(at, sizes)), **facts)

    def number(self, name: str, **facts: Any) -> None:
        self.array(name, **facts)

    def update(
        self, target: Access, terms: Sum, axes: Sequence[Polynomial] = (), **facts: Any
    ) -> None:
        value = Contraction(
            tuple(map(symbol, axes)), terms, open=target.open and not target.subscripts
        )
        self.updates.append(Update(target, value, **facts))

    def made(self, place: Place | None = None) -> LoopNest:
        lift = Lift(
            tuple(self.updates), self.extents, self.operands, self.integers, "np", self.assumptions
        )
        return LoopNest(self.kind, lift, place or Place(), self.starts)

    def written(
        self, config: Config = DEFAULT, place: Place | None = None, *, keep: bool = False
    ) -> Rewriting:
        found = rewriting(self.made(place), config, keep=keep)
        assert found is not None
        return found

    def lines(self, **facts: Any) -> tuple[str, ...]:
        return self.written(**facts).lines


def a(name: str, *subscripts: Size | str, more: bool = False) -> Access:
    return Access(name, tuple(map(at, subscripts)), open=more)


def term(*factors: Factor | int, by: complex = 1, over: Sequence[Polynomial] = ()) -> Term:
    found = tuple(factor for factor in factors if not isinstance(factor, int))
    assert len(found) == len(factors)
    return Term(by, found, frozenset(map(symbol, over)))


def f(function: str, *arguments: Factor | Sum | complex) -> Pointwise:
    made: list[Sum] = []
    for argument in arguments:
        if isinstance(argument, (int, float, complex)):
            made.append((Term(argument),) if argument else ())
        elif isinstance(argument, tuple):
            made.append(argument)
        else:
            made.append((Term(1, (argument,)),))
    return Pointwise(function, tuple(made))


OPERATORS: Mapping[str, Any] = {
    "/": operator.truediv, "//": operator.floordiv, "%": operator.mod, "**": operator.pow,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "==": operator.eq, "!=": operator.ne, "": lambda x: x,
}  # fmt: skip


@dataclass
class Meaning:
    """Computes a lift by its definition."""

    lift: Lift
    values: Values

    def run(self) -> None:
        for update in self.lift.updates:
            if update.target.subscripts:
                self._store(update)
            else:
                self.values[update.target.array] = self.array(update)

    def array(self, update: Update) -> Any:
        """The value of an update of a name."""
        axes = [axis for axis in update.value.axes if axis is not None]
        if not axes:
            return self.sum(update.value.terms, {}, update.target)
        made = np.empty([len(self.range(axis)) for axis in axes], dtype=object)
        for places in itertools.product(*(enumerate(self.range(axis)) for axis in axes)):
            at = dict(zip(axes, (value for _, value in places), strict=True))
            spot = tuple(number for number, _ in places)
            own = self.values.get(update.target.array)
            own = own if own is None else own[spot]
            made[spot] = self.sum(update.value.terms, at, update.target, own)
        return np.array(made.tolist()) if made.size else np.zeros(made.shape)

    def _store(self, update: Update) -> None:
        free = sorted(indices_of(update.target), key=lambda i: i.number)
        found = []
        for at in self.rounds(free):
            spot = tuple(self.size(s, at) for s in update.target.subscripts)
            found.append((spot, self.sum(update.value.terms, at)))
        for spot, value in found:
            self.values[update.target.array][spot] = value

    def range(self, axis: Index) -> range:
        extent = self.lift.extents[axis]
        return range(0, self.size(extent.span, {}), extent.step)

    def rounds(self, indices: Sequence[Index]) -> Iterator[dict[Index, int]]:
        for values in itertools.product(*map(self.range, indices)):
            yield dict(zip(indices, values, strict=True))

    def size(self, size: Size, at: Mapping[Index, int]) -> int:
        if isinstance(size, int):
            return size
        total = 0
        for monomial, coefficient in size.terms:
            product = coefficient
            for one in monomial:
                product *= at[one] if one.number else eval(one.name, {}, dict(self.values))
            total += product
        return total

    def sum(
        self, terms: Sum, at: Mapping[Index, int], target: Access | None = None, own: Any = None
    ) -> Any:
        total: Any = 0
        for term in terms:
            for more in self.rounds(sorted(term.summed, key=lambda i: i.number)):
                product: Any = term.coefficient
                for factor in term.factors:
                    product = product * self.factor(factor, {**at, **more}, target, own)
                total = total + product
        return total

    def factor(
        self, factor: Factor, at: Mapping[Index, int], target: Access | None, own: Any
    ) -> Any:
        match factor:
            case Access():
                if factor == target and own is not None:
                    return own
                found = self.values[factor.array]
                return (
                    found[tuple(self.size(s, at) for s in factor.subscripts)]
                    if factor.subscripts
                    else found
                )
            case Pointwise(function=function, arguments=arguments):
                values = [self.sum(argument, at, target, own) for argument in arguments]
                if function.startswith("."):
                    return getattr(np.float64(values[0]), function[1:])
                known = OPERATORS.get(function)
                return known(*values) if known else eval(function, {"np": np})(*values)
        return self.size(factor, at)


def execute(lines: Sequence[str], values: Values) -> None:
    exec("\n".join(lines), {"np": np}, values)
