"""EIN001 to EIN008 against NumPy, on random calls: it raises just when a rule reports."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from call_facts import array, call, codes
from hypothesis import given
from hypothesis import strategies as st
from random_calls import numpy_error, random_call, valid

from einsum_lint.shapes import ArrayFact, Shape


@pytest.mark.parametrize("seed", range(8))
def test_reports_just_what_numpy_rejects(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(500):
        text, shapes = random_call(rng)
        optimize = rng.choice([None, True, False, False, "greedy", "optimal"])
        error = numpy_error(text, shapes, {"optimize": optimize})
        found = codes(call(text, *[array(*s) for s in shapes], keywords={"optimize": optimize}))
        assert bool(found) == (error is not None), (text, shapes, optimize, error, found)


@pytest.mark.parametrize("seed", range(4))
def test_sizes_0(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(500):
        text, shapes = random_call(rng, zero=True)
        optimize = rng.choice([False, False, True])
        error = numpy_error(text, shapes, {"optimize": optimize})
        found = codes(call(text, *[array(*s) for s in shapes], keywords={"optimize": optimize}))
        # Pair by pair, what becomes of a diagonal over sizes 0 and 1 depends on the path.
        exact = not optimize or len(shapes) < 2
        assert bool(found) == (error is not None) or (error and not exact), (text, shapes, error)


@pytest.mark.parametrize(
    ("text", "shape", "optimize", "accepted"),
    [
        ("ii->i", (0, 3), False, True),
        ("ii->i", (3, 0), False, False),
        ("ii->", (0, 3), False, False),
        ("ii->i", (0, 3), True, False),
        ("ii->i", (0, 1), True, True),
        ("ii->i", (1, 0), True, False),
        ("ii...->i", (0, 3), False, True),
    ],
)
def test_a_view_of_a_diagonal_over_size_0(
    text: str, shape: tuple[int, ...], optimize: bool, accepted: bool
) -> None:
    keywords = {"optimize": optimize}
    assert (numpy_error(text, [shape], keywords) is None) == accepted
    assert codes(call(text, array(*shape), keywords=keywords)) == ([] if accepted else ["EIN006"])


@pytest.mark.parametrize("seed", range(3))
def test_reports_just_what_numpy_rejects_of_sublists(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(400):
        labels = rng.sample([0, 1, 2, 25, 26, 51, 52, -1], rng.randint(1, 3))
        size = {label: rng.randint(1, 3) for label in labels}
        odd: list[object] = [..., True, "a", 1.0, 60, -53]
        sublists, shapes = [], []
        for _ in range(rng.randint(1, 3)):
            sublist: list[object] = [rng.choice(labels) for _ in range(rng.randint(0, 3))]
            shapes.append([size[label] for label in sublist if isinstance(label, int)])
            if rng.random() < 0.15:
                sublist.insert(0, rng.choice(odd))
                shapes[-1].insert(0, 2)
            sublists.append(sublist)
        outputs: list[list[object] | None] = [None, [], [...], [labels[0]], [labels[0], 3]]
        output = rng.choice(outputs)
        arguments: list[Any] = []
        for shape, sublist in zip(shapes, sublists, strict=True):
            arguments += [np.ones(shape), sublist]
        if output is not None:
            arguments.append(output)
        optimize = rng.choice([True, False])
        try:
            np.einsum(*arguments, optimize=optimize)
            error = None
        except (ValueError, TypeError, IndexError) as raised:
            error = raised
        fact = call(
            (sublists, output), *[array(*s) for s in shapes], keywords={"optimize": optimize}
        )
        assert bool(codes(fact)) == (error is not None), (sublists, output, shapes, error)


@pytest.mark.parametrize("seed", range(3))
def test_no_false_alarm_about_keywords(seed: int) -> None:
    rng = random.Random(seed)
    paths = [
        ["einsum_path", *rng.sample([(0,), (0, 1), (1, 2), (0, 2), (-1, 0), ()], k)]
        for k in (1, 2, 3)
    ]
    values: dict[str, list[object]] = {
        "optimize": [0, 1, "dp", "optimal", [], ("greedy", 9), ("dp", 9), ("greedy", "x"), *paths],
        "order": ["C", "k", "X", "", 1],
        "casting": ["safe", "unsafe", "x", None],
        "dtype": ["float64", "float65", "complex128", 1],
        "where": [True],
    }
    for _ in range(300):
        text, shapes = valid(rng)
        name = rng.choice(list(values))
        keywords = {name: rng.choice(values[name])}
        found = codes(call(text, *[array(*s) for s in shapes], keywords=keywords))
        assert not found or numpy_error(text, shapes, keywords), (text, shapes, keywords, found)


@given(st.integers(0, 2**32))
def test_reports_only_what_no_completion_survives(seed: int) -> None:
    rng = random.Random(seed)
    text, sizes = random_call(rng, zero=rng.random() < 0.4)
    keywords = {"optimize": rng.choice([None, True, False, "greedy"])}
    shapes = []
    for known in sizes:
        dims = tuple(None if rng.random() < 0.3 else size for size in known)
        cut = rng.randint(0, len(dims)) if rng.random() < 0.25 else None
        shapes.append(Shape(dims) if cut is None else Shape(dims[cut:], open=True))
    given_count = rng.choice([len(shapes), rng.randint(0, len(shapes))])
    complete = given_count == len(shapes)
    facts = [ArrayFact(shape, is_array=True) for shape in shapes[:given_count]]
    found = codes(call(text, *facts, keywords=keywords, complete=complete))
    completions = [sizes] + [[_completed(shape, rng) for shape in shapes] for _ in range(5)]
    for completion in completions if found else ():
        assert numpy_error(text, completion, keywords), (text, facts, completion, found)


def _completed(shape: Shape, rng: random.Random) -> list[int]:
    extra = [rng.choice([1, 2, 3]) for _ in range(rng.choice([0, 0, 1, 2]))] if shape.open else []
    return extra + [d if isinstance(d, int) else rng.choice([0, 1, 1, 2, 3, 4]) for d in shape.dims]
