"""Which dialect a call is read in, and what the libraries differ in."""

from __future__ import annotations

import pytest
from call_facts import array, call, codes

from einsum_lint.dialects import (
    BY_LIBRARY,
    LIBRARIES,
    NUMPY,
    NUMPY_OPTIMIZED,
    SHARED,
    TORCH,
    Dialect,
    readings_of,
)
from einsum_lint.facts import NOT_CONSTANT
from einsum_lint.shapes import ArrayFact, Shape

SOME_LIST = ArrayFact(Shape((2, 3)), is_array=False)
NUMBER = ArrayFact(Shape(()), is_array=False)


@pytest.mark.parametrize(
    ("keywords", "open_keywords", "expected"),
    [
        ({}, False, (NUMPY,)),
        ({}, True, (NUMPY, NUMPY_OPTIMIZED)),
        ({"optimize": False}, False, (NUMPY,)),
        ({"optimize": False}, True, (NUMPY,)),
        ({"optimize": True}, False, (NUMPY_OPTIMIZED,)),
        ({"optimize": None}, False, (NUMPY_OPTIMIZED,)),
        ({"optimize": 0}, False, (NUMPY_OPTIMIZED,)),
        ({"optimize": "greedy"}, False, (NUMPY_OPTIMIZED,)),
        ({"optimize": ["einsum_path", (0, 1)]}, False, (NUMPY_OPTIMIZED,)),
        ({"optimize": NOT_CONSTANT}, False, (NUMPY, NUMPY_OPTIMIZED)),
        ({"order": "C"}, False, (NUMPY,)),
    ],
)
def test_optimize_decides_how_numpy_reads(
    keywords: dict[str, object], open_keywords: bool, expected: tuple[Dialect, ...]
) -> None:
    assert readings_of("numpy", keywords, open_keywords) == expected


def test_other_libraries_have_one_reading() -> None:
    assert readings_of("torch", {"optimize": NOT_CONSTANT}, True) == (TORCH,)
    assert readings_of("some_other", {}, False) == (SHARED,)


def test_every_function_has_a_dialect() -> None:
    assert set(LIBRARIES.values()) | {"shared"} == set(BY_LIBRARY)


ACCEPTED, EIN = None, "EIN00{}".format


@pytest.mark.parametrize(
    ("text", "shapes", "expected"),
    [
        ("ij,jk->ik", [(2, 3), (3, 4)], {}),
        # One row for each line of the table of the libraries' differences.
        (
            "...i->i",
            [(2, 3)],
            {"numpy": EIN(7), "tensorflow": EIN(7), "cupy": EIN(7)},
        ),
        ("i,i->i", [(1,), (3,)], {"tensorflow": EIN(6)}),
        (
            "ii->i",
            [(3, 1)],
            {n: EIN(6) for n in ("numpy", "torch", "tensorflow", "cupy", "dask", "opt_einsum")},
        ),
        ("ij- >ij", [(2, 3)], {"numpy": EIN(1), "torch": EIN(1), "cupy": EIN(1), "einops": EIN(1)}),
        (
            "i1->1i",
            [(2, 3)],
            {n: EIN(1) for n in ("numpy", "torch", "tensorflow", "cupy", "dask")},
        ),
        ("...i,...i", [(4, 2), (4, 2)], {"tensorflow": EIN(7), "einops": EIN(1)}),
        ("...ij,ji", [(4, 2, 3), (3, 2)], {"einops": EIN(1)}),
    ],
)
def test_libraries_differ(
    text: str, shapes: list[tuple[int, ...]], expected: dict[str, str]
) -> None:
    for library in BY_LIBRARY:
        if library == "einops" and "einops" not in expected:
            continue  # reads "ij" as one axis
        found = codes(call(text, *[array(*s) for s in shapes], libraries=[library]))
        assert found == ([expected[library]] if library in expected else []), library


@pytest.mark.parametrize(
    ("library", "keyword", "accepted"),
    [
        ("numpy", "order", True),
        ("numpy", "optimise", False),
        ("torch", "optimize", False),
        ("jax", "precision", True),
        ("jax", "dtype", False),
        ("tensorflow", "name", True),
        ("tensorflow", "out", False),
        ("cupy", "dtype", True),
        ("cupy", "order", False),
        ("dask", "split_every", True),
        ("opt_einsum", "memory_limit", True),
        ("einops", "optimize", False),
        ("shared", "anything", True),
    ],
)
def test_keywords(library: str, keyword: str, accepted: bool) -> None:
    fact = call("a b -> b", array(2, 3), libraries=[library], keywords={keyword: NOT_CONSTANT})
    assert codes(fact) == ([] if accepted else ["EIN008"])


def test_torch_takes_a_list_of_the_operands() -> None:
    listed = ArrayFact(Shape((2, 3)), is_array=False)
    assert codes(call("ij,jk->ik", listed, libraries=["torch"])) == []
    assert codes(call("ij,jk->ik", ArrayFact(), libraries=["torch"])) == []
    assert codes(call("ij,jk->ik", array(2, 3), libraries=["torch"])) == ["EIN002"]
    assert codes(call("ij,jk->ik", listed)) == ["EIN002"]


@pytest.mark.parametrize(
    ("library", "fact", "accepted"),
    [
        ("numpy", SOME_LIST, True),
        ("numpy", NUMBER, True),
        ("torch", SOME_LIST, False),
        ("torch", NUMBER, False),
        ("jax", SOME_LIST, False),
        ("jax", NUMBER, True),
        ("tensorflow", SOME_LIST, False),
        ("tensorflow", NUMBER, False),
        ("dask", SOME_LIST, True),
        ("opt_einsum", SOME_LIST, True),
    ],
)
def test_lists_and_numbers(library: str, fact: ArrayFact, accepted: bool) -> None:
    # An operand of the wrong kind is one mistake, whatever its rank.
    subscripts = "," if accepted and fact is NUMBER else "ij," if accepted else "ijk,"
    found = codes(call(f"{subscripts}->", fact, array(), libraries=[library]))
    assert found == ([] if accepted else ["EIN008"])


def test_several_libraries_must_all_reject() -> None:
    both = call("ij,jé->i", array(2, 3), array(3, 4), libraries=["numpy", "jax"])
    assert codes(both) == []
    both = call("ij,jk->il", array(2, 3), array(3, 4), libraries=["numpy", "jax"])
    assert codes(both) == ["EIN003"]


def test_unknown_optimize_reports_what_is_wrong_either_way() -> None:
    unknown = {"optimize": NOT_CONSTANT}
    assert codes(call("...i->i", array(2, 3), keywords=unknown)) == []
    assert codes(call("ij->i", array(2, 3, 4), keywords=unknown)) == ["EIN005"]


def test_labels_may_be_any_in_opt_einsum() -> None:
    opt_einsum = pytest.importorskip("opt_einsum")
    import numpy as np

    a = np.ones((2, 3))
    assert opt_einsum.contract(a, ["b", "a"], a, ["b", "c"]).shape == (3, 3)
    fact = call(
        ([["b", "a"], ["b", "c"]], None), array(2, 3), array(2, 3), libraries=["opt_einsum"]
    )
    assert codes(fact) == []
