"""What ``optimize=True`` costs and what it saves, before the call runs.  Pure.

Both ways to run a call are taken apart into units of work (``iteration.py``, ``pairwise.py``), and
the units are priced.  The prices were fitted to measured calls of float64 arrays by
``benchmarks/optimize_model.py``.
"""

from __future__ import annotations

import enum
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from .iteration import Tally, View, contiguous, einsum_work
from .pairwise import BATCHED, Split, can_dot, pair_work, split
from .path import Sizes, Step, Term, greedy_path, size_of

PRICES: Final[Mapping[str, float]] = MappingProxyType(
    {
        "buffer.element": 0.0887,
        "buffer.run": 2.53,
        "copy.element": 0.168,
        "copy.run": 2.58,
        "copy.strided": 0.229,
        "dot.call": 4.83,
        "dot.element": 0.132,
        "dot.far": 0.0319,
        "dot.ram": 0.154,
        "dot.strided": 0.311,
        "dot.strided.far": 0.0885,
        "dot.strided.ram": 0.52,
        "einsum.01>0": 0.0647,
        "einsum.01>1": 0.161,
        "einsum.10>0": 0.0762,
        "einsum.10>1": 0.158,
        "einsum.11>0": 0.161,
        "einsum.11>1": 0.211,
        "einsum.1>0": 0.0731,
        "einsum.1>1": 0.155,
        "einsum.any1>0": 0.56,
        "einsum.any1>s": 0.574,
        "einsum.any2>0": 0.309,
        "einsum.any2>s": 0.468,
        "einsum.any3>0": 0.433,
        "einsum.any3>1": 0.252,
        "einsum.any3>s": 0.511,
        "einsum.call": 1000,
        "einsum.loop": 2.9,
        "einsum.many": 1.98,
        "einsum.many.operand": 0.146,
        "einsum.operand": 237,
        "einsum.zero": 0.129,
        "fill": 10.3,
        "fill.axis": 2.31,
        "fill.operand": 2.33,
        "gemm.call": 34.6,
        "gemm.copy": 0.504,
        "gemm.far": 0.0264,
        "gemm.operand": 0.224,
        "gemm.product": 0.0308,
        "gemm.ram": 0.213,
        "gemm.result": 0.115,
        "gemv.call": 33,
        "gemv.column": 0.0146,
        "gemv.element": 0.08,
        "gemv.far": 0.0178,
        "gemv.ram": 0.149,
        "gemv.row": 0.477,
        "gemv.vector": 0.0901,
        "matmul.integer": 1.2,
        "matmul.plain": 0.501,
        "miss.far": 0.0573,
        "miss.near": 0.00919,
        "miss.ram": 0.645,
        "multiply.element": 0.256,
        "multiply.run": 5.7,
        "multiply.strided": 0.49,
        "new.ram": 0.306,
        "next": 1.95,
        "next.operand": 0.388,
        "py.copy": 512,
        "py.multiply": 284,
        "py.operands.1": 4740,
        "py.operands.2": 5990,
        "py.operands.3": 7310,
        "py.reshape": 789,
        "py.step": 12800,
        "py.tensordot": 6000,
        "py.transpose": 566,
        "py.view": 703,
        "stream.far": 0.00585,
        "stream.ram": 0.0662,
    }
)
"""Nanoseconds for each unit of work."""

SLOW_INTERPRETER: Final = 1.7
"""Factor on the prices of Python code, which vary more than those of arithmetic.

Measured speed-ups on a busy machine are met best with 1.6 to 1.8, those on an idle one with 1.
"""

FLOATS: Final = frozenset({"float32", "float64", "complex64", "complex128"})
INTEGERS: Final = frozenset({"int32", "int64", "uint32", "uint64"})
HALF_AS_WIDE: Final = frozenset({"float32", "int32", "uint32"})
"""Twice as many fit into a register.  Complex numbers are priced as if they were float64."""
LARGE: Final = 1000
"""The size of a label that stands for "large" where sizes are not known."""


class Gain(enum.Enum):
    """Where a faster call gets its speed from."""

    ASYM = "fewer operations: some label need not be looped over together with all others"
    BLAS = "as many operations, and those that matter are one product of matrices"
    NEVER = "none to speak of: overhead aside, both ways do the same"


def _margin(gain: Gain, operands: int, dtype: str) -> float:
    """How much faster a call must be by the model before one may say so.

    Without a gain of its own, a pair differs by what the memory does, and that differs by machine.
    Integers were measured less than floats.
    """
    if dtype in INTEGERS:
        return 2.6 if gain is Gain.ASYM else math.inf
    if gain is Gain.NEVER:
        return 2.0 if operands < 3 else 1.6
    return 1.3


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
    """The seconds that a call takes without and with ``optimize=True``.

    ``margin`` and ``floor`` are the ratios from which the model is trusted; the prices were fitted
    to float64, and are only near for other dtypes.
    """

    without: float
    optimized: float
    growth: Growth
    margin: float
    floor: float

    @property
    def ratio(self) -> float:
        """How many times as fast ``optimize=True`` is."""
        return self.without / self.optimized

    @property
    def helps(self) -> bool:
        """Whether ``optimize=True`` is faster by more than the model may be wrong."""
        return self.ratio >= self.margin

    @property
    def hurts(self) -> bool:
        """Whether ``optimize=True`` is slower by more than the model may be wrong."""
        return self.ratio <= self.floor


def estimate(
    terms: Sequence[Term],
    output: Term,
    sizes: Sizes,
    dtype: str | None,
    target: tuple[int, int] = BATCHED,
) -> Estimate | None:
    """Predict a call on arrays in C order, all of one dtype; None for a dtype not measured."""
    if dtype is None or dtype not in FLOATS | INTEGERS or 0 in sizes.values():
        return None
    growth = grow(terms, output, sizes, dtype, target)
    without = price(work_without(terms, output, sizes), dtype)
    optimized = price(work_optimized(terms, output, sizes, dtype in FLOATS, target), dtype)
    margin = _margin(growth.gain, len(terms), dtype)
    return Estimate(without, optimized, growth, margin, 0.4 if dtype == "float64" else 0.2)


def price(work: Tally, dtype: str = "float64") -> float:
    """The seconds that some work takes."""
    arithmetic = 0.6 if dtype in HALF_AS_WIDE else 1.0
    nanoseconds = 0.0
    for kind, units in work.items():
        if kind.startswith("py."):
            nanoseconds += PRICES[kind] * units * SLOW_INTERPRETER
        elif kind in ("einsum.call", "einsum.operand"):
            nanoseconds += PRICES[kind] * units
        else:
            nanoseconds += PRICES[kind] * units * arithmetic
    return nanoseconds * 1e-9


def work_without(terms: Sequence[Term], output: Term, sizes: Sizes) -> Tally:
    """The work of a call without ``optimize``."""
    return einsum_work([contiguous(term, sizes) for term in terms], output, sizes)[0]


def work_optimized(
    terms: Sequence[Term], output: Term, sizes: Sizes, blas: bool, target: tuple[int, int]
) -> Tally:
    """The work of a call with ``optimize=True``; ``blas`` says that BLAS knows the dtype."""
    path = greedy_path(terms, output, sizes)
    count = len(terms)
    tally: Tally = Tally({f"py.operands.{min(count, 3)}": 1, "py.step": len(path) - 1})
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
