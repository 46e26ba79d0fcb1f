"""What ``codemod loops-to-einsum`` gains: ``python benchmarks/lifted.py [--quick]``.

Rewrites the kernels of ``fixtures/loop_kernels.py``, checks that both forms agree, and times them
at three sizes with one BLAS thread, by turns: the median of the runs.  Prints a Markdown table,
which says how many loops are left, and the rewritten kernels with ``--source``.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy is imported; every BLAS reads it

import argparse
import ast
import copy
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from einsum_lint import Applicability
from einsum_lint.engine import rewrite_source

KERNELS = Path(__file__).parent.parent / "fixtures" / "loop_kernels.py"
LOOPS = (ast.For, ast.While, ast.comprehension)
SECONDS = 0.5
"""How long each form of a kernel runs at most at one size, once it has run three times."""

SIZES = {
    "gemm": (8, 32, 100),
    "two_mm": (8, 32, 80),
    "mvt": (16, 128, 1000),
    "atax": (16, 128, 1000),
    "bicg": (16, 128, 1000),
    "gesummv": (16, 128, 1000),
    "doitgen": (4, 10, 30),
    "gram": (8, 32, 100),
    "mp2_energy": (4, 10, 30),
    "four_index": (2, 4, 7),
    "attention_scores": (4, 16, 48),
    "batched_matmul": (4, 100, 2000),
    "weighted_gram": (8, 32, 100),
    "quadratic_forms": (10, 200, 5000),
    "outer_sum": (10, 200, 5000),
    "rotated_stress": (3,),
}
"""The sizes at which each kernel is timed."""


def functions(
    text: str,
) -> tuple[dict[str, str], dict[str, Callable[..., Any]], dict[str, Callable[..., Any]]]:
    """The source of each function of a text, the function, and what makes its arguments."""
    namespace: dict[str, Any] = {}
    exec(compile(text, str(KERNELS), "exec"), namespace)
    nodes = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    source = {node.name: ast.get_source_segment(text, node) or "" for node in nodes}
    return source, {name: namespace[name] for name in source}, namespace["ARGUMENTS"]


def loops(text: str) -> int:
    """How many loops a text has."""
    return sum(isinstance(node, LOOPS) for node in ast.walk(ast.parse(text)))


def arguments(shapes: tuple[object, ...]) -> list[Any]:
    """Numbers as they are, and a random array for each shape."""
    rng = np.random.default_rng(0)
    return [rng.random(item) + 0.5 if isinstance(item, tuple) else item for item in shapes]


def agree(one: Any, other: Any) -> bool:
    """Whether two results are equal up to rounding."""
    if isinstance(one, tuple):
        return all(map(agree, one, other))
    return np.shape(one) == np.shape(other) and bool(np.allclose(one, other, rtol=1e-9))


def seconds(kernel: Callable[..., Any], given: list[Any]) -> float:
    """The time of one run, on copies: some kernels write to their arguments."""
    given = copy.deepcopy(given)
    start = time.perf_counter()
    kernel(*given)
    return time.perf_counter() - start


def compare(
    before: Callable[..., Any], after: Callable[..., Any], given: list[Any], budget: float
) -> tuple[float, float]:
    """The median times of two forms that run by turns."""
    if not agree(before(*copy.deepcopy(given)), after(*copy.deepcopy(given))):
        raise SystemExit(f"the forms of {before.__name__} do not agree")
    times: tuple[list[float], list[float]] = ([], [])
    start = time.perf_counter()
    while len(times[0]) < 3 or (time.perf_counter() - start < budget and len(times[0]) < 1000):
        times[0].append(seconds(before, given))
        times[1].append(seconds(after, given))
    return statistics.median(times[0]), statistics.median(times[1])


def shown(duration: float) -> str:
    """A duration, with three digits."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3)):
        if duration >= scale:
            return f"{duration / scale:.3g} {unit}"
    return f"{duration / 1e-6:.3g} µs"


def main() -> None:
    """Rewrite, compare, time and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only the two smaller sizes, briefly")
    parser.add_argument("--source", action="store_true", help="print the rewritten kernels too")
    options = parser.parse_args()
    text = KERNELS.read_text(encoding="utf-8")
    new = rewrite_source(text, "loops-to-einsum", level=Applicability.UNSAFE)
    source, before, shapes = functions(text)
    rewritten, after, _ = functions(new)
    print("| kernel | size | loops | einsum | gain | loops left |\n|---|--:|--:|--:|--:|--:|")
    gains = []
    for name, sizes in SIZES.items():
        left = f"{loops(rewritten[name])} of {loops(source[name])}"
        for size in sizes[:2] if options.quick else sizes:
            given = arguments(shapes[name](size))
            old, fresh = compare(
                before[name], after[name], given, 0.05 if options.quick else SECONDS
            )
            gains.append(old / fresh)
            print(
                f"| {name} | {size} | {shown(old)} | {shown(fresh)} | {old / fresh:.3g} | {left} |"
            )
    print(f"\nGeometric mean of the gains: {statistics.geometric_mean(gains):.3g}.")
    if options.source:
        print("\n" + new)


if __name__ == "__main__":
    main()
