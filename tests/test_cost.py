"""The path search is NumPy's own; the model tells which calls optimize=True makes faster."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from einsum_lint.cost import Gain, classify, estimate, work_optimized
from einsum_lint.iteration import contiguous, loop_nest
from einsum_lint.pairwise import can_dot, pair_work
from einsum_lint.path import greedy_path

CELLS = Path(__file__).parent.parent / "benchmarks" / "optimize_cells.json"
Sizes = dict[str, int]


def split(equation: str) -> tuple[list[tuple[str, ...]], tuple[str, ...]]:
    inputs, output = equation.split("->")
    return [tuple(term) for term in inputs.split(",")], tuple(output)


def random_equations(
    seed: int, count: int, operands: tuple[int, int]
) -> Iterator[tuple[str, Sizes, list[np.ndarray]]]:
    rng = random.Random(seed)
    for _ in range(count):
        letters = rng.sample("abcdefghAB", rng.randint(1, 8))
        terms = [
            "".join(rng.choice(letters) for _ in range(rng.randint(0, 4)))
            for _ in range(rng.randint(*operands))
        ]
        used = sorted(set("".join(terms)))
        output = "".join(rng.sample(used, rng.randint(0, len(used))))
        sizes = {letter: rng.choice([1, 2, 3, 4, 5]) for letter in used}
        arrays = [np.ones([sizes[x] for x in term]) for term in terms]
        yield f"{','.join(terms)}->{output}", sizes, arrays


@pytest.mark.parametrize("seed", range(8))
def test_greedy_path_is_that_of_numpy(seed: int) -> None:
    rng = random.Random(seed)
    blocked = 0
    for equation, sizes, arrays in random_equations(seed, 400, (1, 7)):
        limit = rng.choice([None, None, 5, 40])
        wanted = "greedy" if limit is None else ("greedy", limit)
        _, *path = np.einsum_path(equation, *arrays, optimize=wanted)[0]
        ours = greedy_path(*split(equation), sizes, limit)
        assert [step.positions for step in ours] == [tuple(sorted(p)) for p in path], equation
        blocked += len(ours[-1].terms) > 2
    assert blocked > 20


def test_steps_are_written_as_numpy_writes_them() -> None:
    for equation, sizes, arrays in random_equations(1, 300, (3, 6)):
        report = np.einsum_path(equation, *arrays, optimize="greedy")[1]
        ran = [line.split()[1] for line in report.splitlines() if "->" in line][1:]
        ours = greedy_path(*split(equation), sizes)
        made = [f"{','.join(map(''.join, s.terms))}->{''.join(s.result)}" for s in ours]
        assert made == ran or "" in equation.split("->")[0].split(","), equation


def strides(array: np.ndarray) -> list[int]:
    return [s // 8 for s, n in zip(array.strides, array.shape, strict=True) if n > 1]


def test_loops_are_those_of_nditer() -> None:
    """NumPy lays out the result in the order in which it walks the axes: compare the strides."""
    for equation, sizes, arrays in random_equations(2, 1500, (2, 4)):
        terms, output = split(equation)
        _, made = loop_nest([contiguous(term, sizes) for term in terms], output, sizes)
        ours = [s for s, x in zip(made.strides, output, strict=True) if sizes[x] > 1]
        assert ours == strides(np.asarray(np.einsum(equation, *arrays))), equation


def test_pairs_are_contracted_as_numpy_does() -> None:
    for equation, sizes, arrays in random_equations(3, 1500, (2, 2)):
        terms, output = split(equation)
        b, a = (contiguous(term, sizes) for term in terms)
        _, made = pair_work(a, b, output, sizes, True, (2, 4))
        ours = [s for s, x in zip(made.strides, output, strict=True) if sizes[x] > 1]
        assert ours == strides(np.asarray(np.einsum(equation, *arrays, optimize=True))), equation


def test_every_unit_of_work_has_a_price() -> None:
    for operands in ((1, 1), (2, 2), (3, 6)):
        for equation, sizes, _ in random_equations(4, 500, operands):
            large = {label: size**4 for label, size in sizes.items()}
            for dtype in ("float64", "float32", "int64"):
                for target in ((2, 4), (2, 0)):
                    found = estimate(*split(equation), large, dtype, target)
                    assert found is not None
                    assert found.without > 0
                    assert found.optimized > 0


@pytest.mark.parametrize(
    ("equation", "dot"),
    [
        ("ij,jk->ik", True),
        ("ij,kj->ik", True),
        ("ij,ij->", True),
        ("ij,ji->", False),
        ("bij,bjk->bik", False),
        ("ij,jk->k", False),
        ("ii,ij->j", False),
        ("i,j->ij", False),
        ("ijkl,jk->il", False),
        ("ijk,jlk->il", True),
    ],
)
def test_can_dot_of_old_numpy(equation: str, dot: bool) -> None:
    (left, right), output = split(equation)
    assert can_dot(left, right, output) is dot


@pytest.mark.parametrize(
    ("equation", "gain", "labels", "step"),
    [
        ("ij->ji", Gain.NEVER, 2, 2),
        ("i,i->", Gain.NEVER, 1, 1),
        ("ij,j->i", Gain.NEVER, 2, 2),
        ("i,j->ij", Gain.NEVER, 2, 2),
        ("i,j,k->ijk", Gain.NEVER, 3, 3),
        ("i,ij,j->", Gain.NEVER, 2, 2),
        ("ij,k->ik", Gain.ASYM, 3, 2),
        ("ij,jk->ik", Gain.BLAS, 3, 3),
        ("bhqk,bhkd->bhqd", Gain.BLAS, 5, 5),
        ("bi,ij,bj->b", Gain.BLAS, 3, 3),
        ("ij,jk,kl->il", Gain.ASYM, 4, 3),
        ("pi,qj,rk,sl,pqrs->ijkl", Gain.ASYM, 8, 5),
    ],
)
def test_classes(equation: str, gain: Gain, labels: int, step: int) -> None:
    growth = classify(*split(equation))
    assert (growth.gain, len(growth.labels), len(growth.step)) == (gain, labels, step)


def test_integers_have_no_matrix_product() -> None:
    assert classify(*split("ij,jk->ik"), "int64").gain is Gain.NEVER
    assert classify(*split("ij,jk,kl->il"), "int64").gain is Gain.ASYM


def test_old_numpy_has_no_batched_product() -> None:
    assert classify(*split("bij,bjk->bik"), target=(2, 3)).gain is Gain.NEVER
    assert classify(*split("ij,k->ik"), target=(2, 3)).gain is Gain.NEVER
    assert classify(*split("ij,jk->ik"), target=(2, 3)).gain is Gain.BLAS


def helps(
    equation: str, size: int, dtype: str | None = "float64", target: tuple[int, int] = (2, 4)
) -> bool:
    terms, output = split(equation)
    found = estimate(terms, output, {x: size for t in terms for x in t}, dtype, target)
    assert found is not None
    return found.helps


@pytest.mark.parametrize(
    ("equation", "small", "large"),
    [
        ("ij,jk->ik", 32, 64),
        ("bij,bjk->bik", 8, 32),
        ("ij,jk,kl->il", 8, 32),
        ("bi,ij,bj->b", 32, 64),
        ("pi,qj,rk,sl,pqrs->ijkl", 2, 6),
        ("i,ij,j->", 128, 1000),
    ],
)
def test_break_even_lies_between(equation: str, small: int, large: int) -> None:
    assert not helps(equation, small)
    assert helps(equation, large)


def test_integers_and_old_numpy_at_a_size() -> None:
    assert not helps("ij,jk->ik", 256, "int64")
    assert helps("ij,jk,kl->il", 64, "int64")
    assert not helps("bij,bjk->bik", 64, target=(2, 3))


def test_no_opinion_on_what_was_not_measured() -> None:
    terms, output = split("ij,jk->ik")
    sizes = {"i": 100, "j": 100, "k": 100}
    for dtype in ("float16", "bool", "object", None):
        assert estimate(terms, output, sizes, dtype) is None
    assert estimate(terms, output, {**sizes, "j": 0}, "float64") is None


def test_memory_limit_blocks_the_path() -> None:
    """https://github.com/numpy/numpy/issues/11825"""
    terms, output = split("abc,cfd,dbe,efa->")
    sizes = dict.fromkeys("abcdef", 16)
    found = estimate(terms, output, sizes, "float64")
    assert found is not None
    assert found.growth.blocked
    assert not found.helps
    assert len(greedy_path(terms, output, sizes, 10**9)) == 3


def test_memory_that_is_read_backwards_is_copied() -> None:
    """What must be transposed for a matrix times vector is copied, and optimize=True is slower."""
    terms, output = split("ijkl,jk->il")
    sizes = dict.fromkeys("ijkl", 64)
    assert work_optimized(terms, output, sizes, True, (2, 4))["py.copy"] == 1
    found = estimate(terms, output, sizes, "float64")
    assert found is not None
    assert found.ratio < 0.8


def test_measured_cells() -> None:
    """On measured cells that no price was fitted to: see benchmarks/optimize_model.py."""
    hits = flagged = helped = 0
    for equation, shapes, ratio, *_ in json.loads(CELLS.read_text()):
        terms, output = split(equation)
        sizes: Sizes = {}
        for term, shape in zip(terms, shapes, strict=True):
            sizes.update(zip(term, shape, strict=True))
        found = estimate(terms, output, sizes, "float64")
        assert found is not None
        assert not (found.helps and ratio < 0.8), equation
        assert not (found.hurts and ratio > 1), equation
        helped += ratio >= 1.2
        flagged += found.helps
        hits += found.helps and ratio >= 1.2
    assert hits / flagged >= 0.98
    assert hits / helped >= 0.7
