"""Laws of shapes: join, broadcasting."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from einsum_lint.shapes import ArrayFact, Shape, broadcast, join, join_facts

dims = st.lists(st.sampled_from([None, 1, 2, 3]), max_size=4).map(tuple)
shapes = st.builds(Shape, dims, st.booleans())
facts = st.builds(
    ArrayFact,
    shapes,
    st.sampled_from([None, "float64", "bool"]),
    st.sampled_from([None, True, False]),
)


def completions(shape: Shape) -> set[tuple[int, ...]]:
    """Some of the concrete shapes that a shape may stand for."""
    found: set[tuple[int, ...]] = set()
    for extra in ((), (1,), (2,), (3, 1)) if shape.open else ((),):
        choices = [(1, 2, 3) if d is None else (d,) for d in (*extra, *shape.dims)]
        found.update(itertools.islice(itertools.product(*choices), 12))
    return found


def admits(shape: Shape, sizes: tuple[int, ...]) -> bool:
    """Whether a shape may stand for these sizes."""
    known = shape.dims
    if len(sizes) < len(known) or (not shape.open and len(sizes) != len(known)):
        return False
    return all(d in (None, s) for d, s in zip(known[::-1], sizes[::-1], strict=False))


@given(facts, facts)
def test_join_commutes(one: ArrayFact, other: ArrayFact) -> None:
    assert join_facts(one, other) == join_facts(other, one)


@given(shapes, shapes, shapes)
def test_join_associates(a: Shape, b: Shape, c: Shape) -> None:
    assert join(join(a, b), c) == join(a, join(b, c))


@given(facts)
def test_join_is_idempotent(fact: ArrayFact) -> None:
    assert join_facts(fact, fact) == fact


@given(shapes, shapes)
def test_join_admits_what_either_admits(one: Shape, other: Shape) -> None:
    both = join(one, other)
    assert all(admits(both, sizes) for sizes in completions(one) | completions(other))


@given(shapes, shapes)
def test_broadcast_agrees_with_numpy(one: Shape, other: Shape) -> None:
    result = broadcast(one, other)
    for mine, theirs in itertools.product(completions(one), completions(other)):
        try:
            expected = np.broadcast_shapes(mine, theirs)
        except ValueError:
            continue
        assert result is not None, "broadcast says that it certainly raises"
        assert admits(result, expected)


@given(st.lists(st.lists(st.integers(1, 3), max_size=3).map(tuple), min_size=1, max_size=3))
def test_broadcast_of_known_shapes_is_numpys(sizes: list[tuple[int, ...]]) -> None:
    try:
        expected = np.broadcast_shapes(*sizes)
    except ValueError:
        assert broadcast(*map(Shape, sizes)) is None
    else:
        assert broadcast(*map(Shape, sizes)) == Shape(expected)
