"""Evidence from use: what the uses of one object say of its rank, and those that contradict."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ..shapes import Origin

U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Arm:
    """One of the ways through a statement or an expression, by its number, that control may take.

    ``tests`` are the names that the choice depends on; what is ``apart`` may fail, or never run,
    without anyone minding (the body of a ``try``, an inner function).
    """

    fork: int
    number: int
    tests: frozenset[str] = frozenset()
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Demand(Generic[U]):
    """A use that only runs when the object behind ``origin`` has this rank."""

    origin: Origin
    rank: int
    arms: tuple[Arm, ...]
    use: U
    order: int

    @property
    def root_rank(self) -> int:
        """The rank that the object itself must have."""
        return self.rank - self.origin.offset


@dataclass(frozen=True, slots=True)
class Conflict(Generic[U]):
    """A use that can't run where ``other`` runs, and is outvoted by it."""

    demand: Demand[U]
    other: Demand[U]


@dataclass
class Evidence(Generic[U]):
    """The demands of a file, gathered as it is walked."""

    demands: list[Demand[U]] = field(default_factory=list)
    ended: set[tuple[Arm, ...]] = field(default_factory=set)
    """The arms that never come to their end: behind them nothing runs of which they ran first."""

    certain: dict[Arm, list[Demand[U]]] = field(default_factory=lambda: defaultdict(list))
    """The demands made in an outermost arm itself, in none of the forks inside of it."""

    heard: Counter[tuple[int, int]] = field(default_factory=Counter)
    """How often each root was said to have each rank, by what may be wrong itself."""

    def hear(self, origin: Origin, rank: int) -> None:
        """Note what a docstring says: it counts when uses contradict each other, and only then."""
        self.heard[origin.root, rank - origin.offset] += 1

    def demand(self, origin: Origin, rank: int, arms: tuple[Arm, ...], use: U) -> None:
        """Note a use."""
        self.demands.append(Demand(origin, rank, arms, use, len(self.demands)))
        if len(arms) == 1:
            self.certain[arms[0]].append(self.demands[-1])

    def agreed(self) -> dict[int, tuple[int, int]]:
        """The rank of each root of which every use demands the same, and how many uses do."""
        ranks: dict[int, set[int]] = defaultdict(set)
        uses: Counter[int] = Counter()
        for demand in self.demands:
            ranks[demand.origin.root].add(demand.root_rank)
            uses[demand.origin.root] += 1
        return {root: (rank, uses[root]) for root, (rank, *more) in ranks.items() if not more}

    def conflicts(self, fallible: Callable[[U], bool]) -> Iterator[Conflict[U]]:
        """The uses that contradict another one, the one that fewer uses agree with being named.

        A use that is not ``fallible`` outweighs every one that is.
        """
        by_root: dict[int, list[Demand[U]]] = defaultdict(list)
        named: Counter[tuple[str, int]] = Counter()
        for demand in self.demands:
            by_root[demand.origin.root].append(demand)
            named[demand.origin.name, demand.root_rank] += 1
        for demands in by_root.values():
            if len({demand.root_rank for demand in demands}) > 1:
                yield from self._among(demands, named, fallible)

    def _among(
        self,
        demands: Sequence[Demand[U]],
        named: Counter[tuple[str, int]],
        fallible: Callable[[U], bool],
    ) -> Iterator[Conflict[U]]:
        votes = Counter(demand.root_rank for demand in demands)
        for rank in votes:
            votes[rank] += self.heard[demands[0].origin.root, rank]

        def weight(demand: Demand[U]) -> tuple[bool, int, int, int]:
            rank, certain = demand.root_rank, not fallible(demand.use)
            return certain, votes[rank], named[demand.origin.name, rank], -demand.order

        for demand in demands:
            others = [
                o for o in demands if self._contradict(demand, o) and weight(o) > weight(demand)
            ]
            if others:
                yield Conflict(demand, max(others, key=weight))

    def _contradict(self, one: Demand[U], other: Demand[U]) -> bool:
        """Whether the two demand different ranks and both run if the inner one of them does."""
        if one.root_rank == other.root_rank:
            return False
        outer, inner = sorted((one, other), key=lambda d: len(d.arms))
        shared = len(outer.arms)
        if inner.arms[:shared] != outer.arms:
            return False
        for depth in range(shared, len(inner.arms)):
            arm = inner.arms[depth]
            if arm.apart or _mentions(arm.tests, inner.origin.name):
                return False
            if inner.order < outer.order and inner.arms[: depth + 1] in self.ended:
                return False
        return True


def _mentions(tests: frozenset[str], name: str) -> bool:
    """Whether a choice depends on the object with this name, or on what it is a part of."""
    return any(name == test or name.startswith((f"{test}.", f"{test}[")) for test in tests)
