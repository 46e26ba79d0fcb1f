"""Chooses numbers for the sizes of a trial, different from each other wherever it can be.

A size that the inputs leave free is an unknown: an integer input, or an axis whose size is nothing
but its own name (``A.shape[0]``).  An unknown that must be at least another follows it: it has
just that size in one choice and some slack in the next, so that a forgotten slice shows.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ..contraction import Size, symbols_of
from ..dims import Polynomial, Symbol
from ..trial import Input

_DISTINCT: Final = ((2, 3, 5, 4), (4, 2, 3, 5), (3, 5, 2, 4))
"""Sizes of up to four unknowns: three different assignments."""
_ROUNDS: Final = 12
"""How often the unknowns that follow others are gone through."""
_MERGED: Final = 24
"""How many ways to make some of the unknowns equal are tried."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The shape of each array and the value of each integer."""

    shapes: Mapping[str, tuple[int, ...]]
    integers: Mapping[str, int]

    def __str__(self) -> str:
        """As a report says it: ``A: 2 x 3, n: 2``."""
        arrays = [f"{n}: {' x '.join(map(str, s)) or 'a number'}" for n, s in self.shapes.items()]
        return ", ".join([*arrays, *(f"{name} = {value}" for name, value in self.integers.items())])


class Sizes:
    """The unknown sizes of some inputs, and what must hold of them."""

    def __init__(self, inputs: Sequence[Input]) -> None:
        self._inputs = inputs
        self._arrays = {i.name: i for i in inputs if i.kind == "array"}
        self._least: dict[str, list[Size]] = {}
        self._fixed: list[tuple[Size, tuple[Size, ...]]] = []
        for one in inputs:
            self._read(one)
        self._leaders = [key for key in self._least if not self._follows(key)]
        self._followers = [key for key in self._least if self._follows(key)]

    def _read(self, one: Input) -> None:
        """Note the unknowns of an input, and the sizes that are at least others."""
        for axis, size in enumerate(one.sizes if one.kind == "array" else (None,)):
            own = one.name if size is None else f"{one.name}.shape[{axis}]"
            least = one.least[axis] if axis < len(one.least) else ()
            if size is None or self._key(size) == own:
                self._least.setdefault(own, []).extend(p for p in least if self._key(p) != own)
            else:
                self._fixed.append((size, least))
            for symbol in itertools.chain(*map(symbols_of, () if size is None else (size,))):
                self._note(symbol)
            for symbol in itertools.chain(*map(symbols_of, least)):
                self._note(symbol)

    def _note(self, symbol: Symbol) -> None:
        if self._axis(symbol.name) is None:
            self._least.setdefault(symbol.name, [])

    def _axis(self, name: str) -> tuple[Input, int] | None:
        """The axis of an input of which a size is the name: ``len(A)`` or ``A.shape[-1]``."""
        match = re.fullmatch(r"len\(([\w.]+)\)|([\w.]+)\.shape\[(-?\d+)\]", name)
        owner = self._arrays.get((match[1] or match[2]) if match else "")
        if match is None or owner is None:
            return None
        axis, rank = int(match[3] or 0), len(owner.sizes)
        return (owner, axis % rank) if -rank <= axis < rank else None

    def _key(self, size: Size) -> str | None:
        """The name of an unknown that a size is, and nothing else."""
        match size:
            case Polynomial(terms=(((Symbol(name=name),), 1),)):
                place = self._axis(name)
                return name if place is None else f"{place[0].name}.shape[{place[1]}]"
        return None

    def _follows(self, key: str) -> bool:
        return any(symbols_of(size) for size in self._least[key])

    def value(
        self, size: Size, values: Mapping[str, int], within: tuple[str, ...] = ()
    ) -> int | None:
        """The number that a size is; None where a part of it has no value yet, or needs itself.

        ``within`` are the axes whose sizes are being computed from it.
        """
        if isinstance(size, int):
            return size
        total = 0
        for monomial, coefficient in size.terms:
            for symbol in monomial:
                factor = self._value_of(symbol, values, within)
                if factor is None:
                    return None
                coefficient *= factor
            total += coefficient
        return total

    def _value_of(
        self, symbol: Symbol, values: Mapping[str, int], within: tuple[str, ...] = ()
    ) -> int | None:
        place = self._axis(symbol.name)
        if place is None:
            return values.get(symbol.name)
        owner, axis = place
        own = f"{owner.name}.shape[{axis}]"
        size = owner.sizes[axis]
        if own in within:
            return None
        return (
            values.get(own) if self._key(size) == own else self.value(size, values, (*within, own))
        )

    def choice(self, leaders: Sequence[int], slack: bool = False) -> Choice | None:
        """The choice with these numbers for the unknowns that follow no other, if it is possible.

        A number is raised to what must be there at least (``A[0, 2]`` needs three columns).
        """
        values = {}
        for key, number in zip(self._leaders, leaders, strict=True):
            least = (self.value(size, {}) or 0 for size in self._least[key])
            values[key] = max((number, *least))
        self._follow(values, slack)
        return self._checked(values)

    def _follow(self, values: dict[str, int], slack: bool) -> None:
        for count in range(_ROUNDS):
            waiting = [key for key in self._followers if key not in values]
            if not waiting:
                return
            known = {k: [self.value(s, values) for s in self._least[k]] for k in waiting}
            ready = [key for key, numbers in known.items() if None not in numbers]
            for key in ready:
                number = max(0, *(n for n in known[key] if n is not None))
                values[key] = _loose(number, values) if slack else number
            if not ready:
                # They follow each other in a circle.
                values[waiting[0]] = 3 + count

    def _checked(self, values: Mapping[str, int]) -> Choice | None:
        bounds = [(values.get(key), tuple(least)) for key, least in self._least.items()]
        bounds += [(self.value(size, values), least) for size, least in self._fixed]
        for number, least in bounds:
            if number is None or number < 0:
                return None
            if any((self.value(size, values) or 0) > number for size in least):
                return None
        shapes = {}
        for name, one in self._arrays.items():
            shape = [self._axis_size(one, axis, values) for axis in range(len(one.sizes))]
            if not all(size is not None and size >= 0 for size in shape):
                return None
            shapes[name] = tuple(size for size in shape if size is not None)
        integers = {i.name: values[i.name] for i in self._inputs if i.kind == "integer"}
        return Choice(shapes, integers)

    def _axis_size(self, one: Input, axis: int, values: Mapping[str, int]) -> int | None:
        return self._value_of(Symbol(f"{one.name}.shape[{axis}]", 0), values)

    @property
    def telling(self) -> int:
        """How many of the first choices tell any two unknowns apart."""
        return len(list(_bases(len(self._leaders))))

    def choices(self) -> Iterator[Choice]:
        """Choices, the most telling first: all sizes different, some equal, all equal."""
        count = len(self._leaders)
        bases = list(_bases(count))
        for number, base in enumerate(bases):
            yield from self._possible(base, slack=number > 0)
        for base in itertools.islice(itertools.permutations(bases[0]), 1, _MERGED):
            yield from self._possible(base)
        for groups in itertools.islice(_merged(count), _MERGED):
            for number, base in enumerate(bases[:2]):
                yield from self._possible([base[g] for g in groups], slack=bool(number))
        for number in (3, 2):
            yield from self._possible([number] * count, slack=number == 2)

    def _possible(self, leaders: Sequence[int], slack: bool = False) -> Iterator[Choice]:
        found = self.choice(leaders, slack)
        if found is not None:
            yield found

    def equal(self) -> Iterator[Choice]:
        """The choice in which all unknowns are equal, if it is possible."""
        yield from self._possible([3] * len(self._leaders))

    def edges(self, *, empty: bool) -> Iterator[Choice]:
        """Choices in which an axis has the size 1, or 0 where ``empty``."""
        count = len(self._leaders)
        base = list(next(_bases(count)))
        numbers = (1, 0) if empty else (1,)
        for number, slack in itertools.product(
            numbers, (False, True) if self._followers else (False,)
        ):
            for place in range(count):
                yield from self._possible([*base[:place], number, *base[place + 1 :]], slack)
            yield from self._possible([number] * count, slack)


def _bases(count: int) -> Iterator[tuple[int, ...]]:
    """Numbers for unknowns; any two of them differ in at least one of the assignments.

    More than four would make too many elements if all had different sizes.
    """
    if count <= len(_DISTINCT[0]):
        yield from (numbers[:count] for numbers in _DISTINCT)
        return
    pool = (2, 3) if count <= 8 else (1, 2, 3)
    digits, reach = 1, len(pool)
    while reach < count:
        digits, reach = digits + 1, reach * len(pool)
    for digit in range(digits):
        yield tuple(pool[k // len(pool) ** digit % len(pool)] for k in range(count))
    yield tuple(pool[-1 - k % len(pool)] for k in range(count))


def _loose(number: int, values: Mapping[str, int]) -> int:
    """A larger number, and none that something else has: a mistake may not fit by chance."""
    return next(n for n in itertools.count(number + 2) if n not in values.values())


def _merged(count: int) -> Iterator[tuple[int, ...]]:
    """Which unknowns are equal: for each the number of the first that it is equal to."""
    pairs = list(itertools.combinations(range(count), 2))
    for one, other in pairs:
        yield tuple(one if k == other else k for k in range(count))
    for (a, b), (c, d) in itertools.combinations(pairs, 2):
        if len({a, b, c, d}) == 4:
            yield tuple({b: a, d: c}.get(k, k) for k in range(count))
