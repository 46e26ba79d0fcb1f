"""What ``optimize=True`` costs and what it saves, before the call runs.  Pure.

Both ways to run a call are taken apart into units of work (``iteration.py``, ``pairwise.py``), and
the units are priced.  The prices were fitted to measured calls of float64 arrays by
``benchmarks/optimize_model.py``.
"""

from __future__ import annotations

import enum
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from .iteration import Tally, View, contiguous, einsum_work
from .pairwise import BATCHED, Split, can_dot, pair_work, split
from .path import Sizes, Step, Term, greedy_path, size_of

PRICES: Final[Mapping[str, float]] = MappingProxyType(
    {
    }
)
"""Nanoseconds for each unit of work."""

SLOW_INTERPRETER: Final = 1.7
"""Factor on the prices of Python code, which vary more than those of arithmetic.

Measured speed-ups on a busy machine are met best with 1.6 to 1.8, those on an idle one with 1.
"""

FLOATS: Final = frozenset({"float32", "float64", "complex64", "complex128"})
INTEGERS: Final = frozenset({"int32", "int64", "uint32", "uint64"})
LARGE: Final = 1000
"""The size of a label that stands for "large" where sizes are not known."""


class Gain(enum.Enum):
    """Where a faster call gets its speed from."""

    ASYM = "fewer operations: some label need not be looped over together with all others"
    BLAS = "as many operations, and those that matter are one product of matrices"
    NEVER = "none to speak of: overhead aside, both ways do the same"


_MARGIN: Final = MappingProxyType({Gain.ASYM: 1.3, Gain.BLAS: 1.3, Gain.NEVER: 2.0})
"""How much faster a call must be by the model before one may say so.

Without a gain of its own, a call differs by what the memory does, and that differs by machine.
"""


@dataclass(frozen=True, slots=True)
class Growth:
    """How the operations of a call grow with its sizes, both ways.

    ``labels`` are those of the one loop nest, ``step`` those of the largest step of the path.
    """

    gain: Gain
    labels: frozenset[str]
    step: frozenset[str]
    operations: int
    step_operations: int
    blocked: bool
    """Whether the memory limit keeps the path from contracting pair by pair to the end."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """The seconds that a call takes without and with ``optimize=True``."""

    without: float
    optimized: float
    growth: Growth

    @property
    def ratio(self) -> float:
        """How many times as fast ``optimize=True`` is."""
        return self.without / self.optimized

    @property
    def helps(self) -> bool:
        """Whether ``optimize=True`` is faster by more than the model may be wrong."""
        return self.ratio >= _MARGIN[self.growth.gain]

    @property
    def hurts(self) -> bool:
        """Whether ``optimize=True`` is slower by more than the model may be wrong."""
        return self.ratio <= 0.5


def estimate(
    terms: Sequence[Term],
    output: Term,
    sizes: Sizes,
    dtype: str | None,
    target: tuple[int, int] = BATCHED,
) -> Estimate | None:
    """Predict a call on arrays in C order, all of one dtype; None for a dtype not measured."""
    if dtype not in FLOATS | INTEGERS:
        return None
    growth = grow(terms, output, sizes, dtype, target)
    without = price(work_without(terms, output, sizes))
    optimized = price(work_optimized(terms, output, sizes, dtype in FLOATS, target))
    return Estimate(without, optimized, growth)


def price(work: Tally) -> float:
    """The seconds that some work takes."""
    slow = SLOW_INTERPRETER
    return 1e-9 * sum(
        PRICES[kind] * units * (slow if kind.startswith("py.") else 1)
        for kind, units in work.items()
    )


def work_without(terms: Sequence[Term], output: Term, sizes: Sizes) -> Tally:
    """The work of a call without ``optimize``."""
    return einsum_work([contiguous(term, sizes) for term in terms], output, sizes)[0]


def work_optimized(
    terms: Sequence[Term], output: Term, sizes: Sizes, blas: bool, target: tuple[int, int]
) -> Tally:
    """The work of a call with ``optimize=True``; ``blas`` says that BLAS knows the dtype."""
    path = greedy_path(terms, output, sizes)
    count = len(terms)
    tally: Tally = Tally({f"py.operands.{min(count, 3)}": 1})
    if count > 2:
        tally["py.operands.more"] += count - 3
        if len(path) > 1:
            tally["py.search"] += 1
            tally["py.search.pair"] += count * (count - 1) // 2
    views = [contiguous(term, sizes) for term in terms]
    for step in path:
        taken: list[View] = [views.pop(at) for at in reversed(step.positions)]
        if len(taken) == 2:
            work, made = pair_work(taken[0], taken[1], step.result, sizes, blas, target)
        else:
            work, made = einsum_work(taken, step.result, sizes)
        tally.update(work)
        views.append(made)
    return tally


def classify(
    terms: Sequence[Term],
    output: Term,
    dtype: str | None = "float64",
    target: tuple[int, int] = BATCHED,
) -> Growth:
    """How a call grows when all its sizes are equal and large."""
    sizes = dict.fromkeys(itertools.chain.from_iterable(terms), LARGE)
    return grow(terms, output, sizes, dtype, target)


def grow(
    terms: Sequence[Term], output: Term, sizes: Sizes, dtype: str | None, target: tuple[int, int]
) -> Growth:
    """How the operations of a call compare both ways."""
    labels = frozenset(itertools.chain.from_iterable(terms))
    operations = size_of(labels, sizes)
    path = greedy_path(terms, output, sizes)
    steps = [(_looped(step, sizes, target), step) for step in path]
    largest = max((looped for looped, _ in steps), key=lambda looped: size_of(looped, sizes))
    step_operations = size_of(largest, sizes)
    heavy = [step for looped, step in steps if 2 * size_of(looped, sizes) > operations]
    blocked = any(len(step.terms) > 2 for step in path) and labels != frozenset(output)
    gain = Gain.NEVER
    if len(terms) > 1 and 2 * step_operations <= operations:
        gain = Gain.ASYM
    elif heavy and dtype in FLOATS and all(_is_gemm(step, target) for step in heavy):
        gain = Gain.BLAS
    return Growth(gain, labels, largest, operations, step_operations, blocked)


def _split(step: Step) -> Split:
    return split(step.terms[0], step.terms[1], step.result)


def _looped(step: Step, sizes: Sizes, target: tuple[int, int]) -> frozenset[str]:
    """The labels of the largest loop nest that one step of a path runs."""
    if len(step.terms) != 2:
        return step.labels
    if target < BATCHED and not can_dot(step.terms[0], step.terms[1], step.result):
        return step.labels
    product = step.labels - _split(step).dropped
    return max((*map(frozenset, step.terms), product), key=lambda labels: size_of(labels, sizes))


def _is_gemm(step: Step, target: tuple[int, int]) -> bool:
    """Whether BLAS multiplies matrices in this step."""
    if len(step.terms) != 2 or not _split(step).is_matrix_product:
        return False
    return target >= BATCHED or can_dot(step.terms[0], step.terms[1], step.result)
