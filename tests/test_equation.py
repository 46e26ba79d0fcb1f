"""Parsing of subscripts, and the shapes that follow from them."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_calls import random_call

from einsum_lint.dialects import BY_LIBRARY, EINOPS, JAX, NUMPY, NUMPY_OPTIMIZED, SHARED, Dialect
from einsum_lint.dims import Dim
from einsum_lint.equation import (
    Alignment,
    Equation,
    Malformed,
    Term,
    align,
    label_sizes,
    parse,
    result_shape,
)
from einsum_lint.shapes import UNKNOWN_SHAPE, Shape
from einsum_lint.sublists import from_sublists


def parsed(text: str, dialect: Dialect = NUMPY) -> Equation:
    found = parse(text, dialect)
    assert isinstance(found, Equation), found
    return found


def test_terms_know_their_columns() -> None:
    equation = parsed("ij, k...l -> i...")
    assert equation.terms == (
        Term(("i", "j"), (0, 1), 0, 2),
        Term(("k", "l"), (4, 8), 3, 10, ellipsis=1),
    )
    assert equation.output == Term(("i",), (13,), 12, 17, ellipsis=1)
    assert equation.labels == ("i", "j", "k", "l")


@pytest.mark.parametrize(
    ("text", "labels", "ellipsis"),
    [
        ("ij,jk", ("i", "k"), None),
        ("ba", ("a", "b"), None),
        ("aB", ("B", "a"), None),
        ("ii", (), None),
        ("j...i", ("i", "j"), 0),
        ("ij,jk->ki", ("k", "i"), None),
        ("i...->...i", ("i",), 0),
        ("i...->i...", ("i",), 1),
        ("", (), None),
        (",", (), None),
    ],
)
def test_result(text: str, labels: tuple[str, ...], ellipsis: int | None) -> None:
    result = parsed(text).result
    assert (result.labels, result.ellipsis) == (labels, ellipsis)


@pytest.mark.parametrize(
    ("text", "dialect", "start", "end", "word"),
    [
        ("i1,j", NUMPY, 1, 2, "'1'"),
        ("ij,jé->i", NUMPY, 4, 5, "'é'"),
        ("i\tj", NUMPY, 1, 2, r"'\t'"),
        ("ij>j", NUMPY, 2, 3, "arrow"),
        ("ij-j", NUMPY, 2, 3, "arrow"),
        ("ij- >j", NUMPY, 2, 5, "inside the arrow"),
        ("i->i->i", NUMPY, 4, 5, "second arrow"),
        ("i->i>", NUMPY, 4, 5, "'>'"),
        ("i->i,", NUMPY, 4, 5, "comma"),
        ("i..", NUMPY, 1, 3, "dot"),
        ("i..j.", NUMPY, 1, 3, "dot"),
        ("i....", NUMPY, 4, 5, "dot"),
        ("...i...", NUMPY, 4, 7, "second ellipsis"),
        ("i. ..", NUMPY, 1, 5, "inside an ellipsis"),
        ("i->i......", NUMPY, 7, 10, "second ellipsis"),
        ("b i, b j", EINOPS, 0, 8, "'->'"),
        ("b (h w) -> b", EINOPS, 2, 3, "parentheses"),
        ("b 1 -> b", EINOPS, 2, 3, "'1'"),
        ("b _a -> b", EINOPS, 2, 4, "'_a'"),
    ],
)
def test_malformed(text: str, dialect: Dialect, start: int, end: int, word: str) -> None:
    found = parse(text, dialect)
    assert isinstance(found, Malformed)
    assert (found.start, found.end) == (start, end)
    assert word in found.message


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("ij- >j", NUMPY_OPTIMIZED),
        ("i. . .", NUMPY_OPTIMIZED),
        ("i->i......", NUMPY_OPTIMIZED),
        ("i1,αβ->_", JAX),
        (" i j , j k -> i k ", NUMPY),
        ("->", NUMPY),
    ],
)
def test_well_formed(text: str, dialect: Dialect) -> None:
    parsed(text, dialect)


def test_einops_names_are_words() -> None:
    equation = parsed("batch head ... d, batch _ -> batch ... d", EINOPS)
    assert equation.terms[0] == Term(("batch", "head", "d"), (0, 6, 15), 0, 16, ellipsis=2)
    assert equation.terms[1].labels == ("batch", "_")
    assert equation.result.labels == ("batch", "d")


def test_einops_has_52_labels() -> None:
    names = [f"x{k}" for k in range(53)]
    assert isinstance(parse(" ".join(names[:52]) + " ->", EINOPS), Equation)
    assert isinstance(parse(" ".join(names) + " ->", EINOPS), Malformed)


@pytest.mark.parametrize(
    "text", ["hello", "ii", "", "...", "batch i -> i", "a (b c) -> a", "a, b = c", "10 -> 20"]
)
def test_shared_lets_pass_what_may_be_no_subscripts(text: str) -> None:
    assert parsed(text, SHARED).vague


@pytest.mark.parametrize("text", ["ij,jk->ik", "b i d, b j d -> b i j", "i_,_->i", "ij, jk -> ik"])
def test_shared_reads_subscripts(text: str) -> None:
    assert len(parsed(text, SHARED).terms) == text.count(",") + 1


def test_sublists() -> None:
    text, found = from_sublists([[0, 1], [1, ..., 26]], [26, ...], NUMPY)
    assert text == "AB,B...a->a..."
    assert isinstance(found, Equation)
    assert found.terms == parsed(text).terms
    assert found.output == parsed(text).output
    assert found.shown("a") == "label 26"


def test_sublists_of_names() -> None:
    text, found = from_sublists([["batch", "in"], ["in", ..., "head"]], None, JAX)
    assert text == "batch in,in ... head"
    assert isinstance(found, Equation)
    assert found.terms[1] == Term(("in", "head"), (9, 16), 9, 20, ellipsis=1)
    assert (found.result.labels, found.result.ellipsis) == (("batch", "head"), 0)


def test_sublists_of_numbers_beyond_the_letters() -> None:
    text, found = from_sublists([[1.0, 99], [True, ..., -3]], None, JAX)
    assert text == "1 99,1 ... -3"
    assert isinstance(found, Equation)
    assert (found.result.labels, found.result.ellipsis) == (("-3", "99"), 0)


@pytest.mark.parametrize("library", ["jax", "opt_einsum"])
def test_labels_that_can_not_be_sorted(library: str) -> None:
    _, found = from_sublists([["batch", 0]], None, BY_LIBRARY[library])
    assert isinstance(found, Malformed)
    assert found.argument
    assert "'batch' and 0" in found.message


def test_dask_orders_numbers_as_it_names_them() -> None:
    _, found = from_sublists([[1, 26, 0]], None, BY_LIBRARY["dask"])
    assert isinstance(found, Equation)
    assert [found.shown(label) for label in found.result.labels] == [
        "label 26",
        "label 0",
        "label 1",
    ]


@pytest.mark.parametrize("label", [52, -1, True, 1.0, "a", None])
def test_sublist_labels_that_numpy_rejects(label: object) -> None:
    _, found = from_sublists([[0, label]], None, NUMPY)
    assert isinstance(found, Malformed)
    assert found.argument


@pytest.mark.parametrize("library", ["tensorflow", "einops"])
def test_no_sublists(library: str) -> None:
    _, found = from_sublists([[0, 1]], None, BY_LIBRARY[library])
    assert isinstance(found, Malformed)
    assert found.argument


@pytest.mark.parametrize(
    ("text", "shape", "expected"),
    [
        ("ij", Shape((2, 3)), Alignment((2, 3), Shape(()))),
        ("ij", Shape((2,)), None),
        ("ij", Shape((2,), open=True), Alignment((None, 2), Shape(()))),
        ("i", Shape((2, 3), open=True), None),
        ("i...j", Shape((2, 3, 4, 5)), Alignment((2, 5), Shape((3, 4)))),
        ("i...j", Shape((2,)), None),
        ("i...j", Shape((2,), open=True), Alignment((None, 2), Shape((), open=True))),
        ("i...j", Shape((2, 3, 4), open=True), Alignment((None, 4), Shape((3,), open=True))),
        ("ij...", Shape((3, 4), open=True), Alignment((None, None), Shape((), open=True))),
        ("...", Shape((3, 4), open=True), Alignment((), Shape((3, 4), open=True))),
        ("...ij", Shape((3,), open=True), Alignment((None, 3), Shape((), open=True))),
    ],
)
def test_align(text: str, shape: Shape, expected: Alignment | None) -> None:
    assert align(parsed(text).terms[0], shape) == expected


@pytest.mark.parametrize(
    ("text", "shapes", "expected"),
    [
        ("ij,jk->ik", [Shape((2, 3)), Shape((3, 4))], Shape((2, 4))),
        ("ij,jk->ik", [Shape((2, 3)), UNKNOWN_SHAPE], Shape((2, None))),
        ("ij,kl->ik", [Shape((2, 3)), UNKNOWN_SHAPE], Shape((2, None))),
        ("i,i->i", [Shape((1,)), Shape((None,))], Shape((None,))),
        ("i,i->i", [Shape((1,)), Shape((5,))], Shape((5,))),
        ("i,i->i", [Shape((5,))], Shape((5,))),
        ("i,i->i", [Shape((1,))], Shape((None,))),
        ("...i,...i->...", [Shape((2, 1, 9)), Shape((4, 9))], Shape((2, 4))),
        ("...i->i...", [Shape((9,), open=True)], Shape((None,), open=True)),
        ("...i->...i", [Shape((4, 9), open=True)], Shape((4, 9), open=True)),
        ("...,...->...", [Shape((4,), open=True), Shape((1,))], Shape((4,), open=True)),
        ("...,...->...", [Shape((1,), open=True), Shape((5, 1))], Shape((5, 1), open=True)),
        ("...,...->...", [Shape((), open=True), Shape((1,))], Shape((None,), open=True)),
    ],
)
def test_result_shape(text: str, shapes: list[Shape], expected: Shape) -> None:
    assert result_shape(parsed(text), shapes) == expected


def test_tensorflow_does_not_stretch_labels() -> None:
    equation = parsed("i,i->i", BY_LIBRARY["tensorflow"])
    assert label_sizes(equation, [Shape((1,)), Shape((None,))]) == {"i": 1}


def completed(shape: Shape, rng: random.Random) -> list[int]:
    extra = [rng.choice([1, 2, 3]) for _ in range(rng.choice([0, 0, 1, 2]))] if shape.open else []
    return extra + [d if isinstance(d, int) else rng.choice([0, 1, 1, 2, 3]) for d in shape.dims]


def hidden(sizes: list[int], rng: random.Random) -> Shape:
    dims: tuple[Dim, ...] = tuple(None if rng.random() < 0.3 else size for size in sizes)
    cut = rng.randint(0, len(dims)) if rng.random() < 0.25 else None
    return Shape(dims) if cut is None else Shape(dims[cut:], open=True)


def covers(shape: Shape, actual: tuple[int, ...]) -> bool:
    """Whether an array of this shape is among those that a Shape describes."""
    if shape.open and len(actual) >= len(shape.dims):
        actual = actual[len(actual) - len(shape.dims) :]
    pairs = zip(shape.dims, actual, strict=False)
    return len(shape.dims) == len(actual) and all(d in (None, size) for d, size in pairs)


@given(st.integers(0, 2**32))
def test_result_shape_is_that_of_numpy(seed: int) -> None:
    rng = random.Random(seed)
    text, sizes = random_call(rng)
    optimize = rng.choice([True, False])
    equation = parse(text, NUMPY_OPTIMIZED if optimize else NUMPY)
    try:
        actual = np.shape(np.einsum(text, *[np.ones(s) for s in sizes], optimize=optimize))
    except (ValueError, IndexError, KeyError):
        return
    assert isinstance(equation, Equation)
    assert result_shape(equation, [Shape(tuple(s)) for s in sizes]) == Shape(actual)


@given(st.integers(0, 2**32))
def test_result_shape_covers_every_completion(seed: int) -> None:
    rng = random.Random(seed)
    text, sizes = random_call(rng, zero=rng.random() < 0.3)
    optimize = rng.choice([True, False])
    equation = parse(text, NUMPY_OPTIMIZED if optimize else NUMPY)
    shapes = [hidden(s, rng) for s in sizes]
    for concrete in (sizes, *([completed(s, rng) for s in shapes] for _ in range(4))):
        try:
            actual = np.shape(np.einsum(text, *[np.ones(s) for s in concrete], optimize=optimize))
        except (ValueError, IndexError, KeyError):
            continue
        assert isinstance(equation, Equation)
        assert covers(result_shape(equation, shapes), actual)
