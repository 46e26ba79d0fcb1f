"""What NumPy computes for random expressions is what their contractions are."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import numpy as np
import pytest
from array_expressions import World, make_array, next_step, take
from contraction_values import Evaluation
from hypothesis import given, settings
from hypothesis import strategies as st

from einsum_lint.canonical import canonical
from einsum_lint.contraction import Contraction, Index


def held(world: World, evaluation: Evaluation) -> bool:
    """Whether what was assumed of sizes is so."""
    pairs = world.space.equal, world.space.ordered
    equal, ordered = (
        [[evaluation.size(s, world.loops) for s in pair] for pair in p] for p in pairs
    )
    return all(a == b for a, b in equal) and all(a <= b for a, b in ordered)


def cost(contraction: Contraction, evaluation: Evaluation, loops: dict[Index, int]) -> int:
    """About how many products an evaluation takes."""
    axes = [len(evaluation.range(a, loops)) for a in contraction.axes if a is not None]
    sums = [
        np.prod([len(evaluation.range(i, loops)) for i in term.summed]) * (1 + len(str(term)) / 500)
        for term in contraction.terms
    ]
    return int(np.prod(axes) * sum(sums))


def check(rng: random.Random, depth: int, counts: Counter[str]) -> None:
    world = World(rng)
    symbolic = rng.choice((0.0, 0.5, 1.0))
    for _ in range(2):
        world.loop(rng.randint(1, 3))
    for _ in range(rng.randint(1, 3)):
        make_array(world, symbolic, rng.choice(("float", "float", "complex")))
    with np.errstate(all="ignore"):
        for _ in range(depth):
            take(world, next_step(world))
            evaluation = Evaluation(world.arrays, world.space.extents, world.names)
            if not held(world, evaluation):
                counts["assumption"] += 1
                return
            compare(world, evaluation, counts)
    counts += world.refused


def compare(world: World, evaluation: Evaluation, counts: Counter[str]) -> None:
    real, read = world.real[-1], world.read[-1]
    if cost(read, evaluation, world.loops) > 4000:
        world.real.pop()
        world.read.pop()
        return
    counts["compared"] += 1
    story = "\n".join(world.steps) + f"\n{read}"
    agree(real, evaluation.of(read, world.loops), story)
    form = canonical(read, world.space.extents)
    evaluation = Evaluation(world.arrays, dict(form.extents), world.names)
    agree(real, evaluation.of(form.contraction, world.loops), story)


def agree(real: Any, value: Any, story: str) -> None:
    assert np.shape(value) == np.shape(real), story
    finite = np.isfinite(real) & np.isfinite(value)
    # Products in another order may overflow at another place.
    scale = 1e-9 * (1 + np.max(np.abs(np.where(finite, real, 0)), initial=0))
    assert np.allclose(
        np.where(finite, real, 0), np.where(finite, value, 0), rtol=1e-7, atol=scale
    ), story


def test_little_is_refused() -> None:
    counts: Counter[str] = Counter()
    for seed in range(100):
        check(random.Random(seed), 3, counts)
    refused = sum(number for reason, number in counts.items() if ": " in reason)
    assert refused < 0.15 * counts["compared"], counts


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy, of the mean of nothing
@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**40))
def test_expressions_are_their_contractions(seed: int) -> None:
    check(random.Random(seed), 3, Counter())
