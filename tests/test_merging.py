"""Diagonals over sizes 1 and n in JAX: what was seen to run, and what was seen to raise."""

from __future__ import annotations

import pytest
from call_facts import array, call, problems
from library_errors import imported, library_error


@pytest.mark.parametrize(
    ("text", "shapes", "label"),
    [
        ("ii->i", [(3, 1)], None),
        ("ii->i", [(1, 3)], None),
        ("i,ii->i", [(3,), (1, 3)], None),
        ("i,ii->i", [(3,), (3, 1)], None),
        ("i,ii->i", [(1,), (3, 1)], None),
        ("i,ii->i", [(1,), (1, 3)], "i"),
        ("bAAi,ABbi", [(4, 1, 2, 2), (1, 4, 4, 2)], "A"),
        ("j,jjjj->j", [(1,), (1, 1, 1, 2)], "j"),
        ("A...,A...A", [(1,), (1, 2)], "A"),
        ("i,...yii->...yi", [(1,), (5, 1, 3)], "i"),
        ("...AA,Az...z,AA...Az,A...A", [(2, 1, 1), (1, 4, 4), (1, 1, 1, 4), (1, 2, 2)], "A"),
        # The order of the pairs decides.
        (",i,ii,", [(), (1,), (1, 3), ()], "i"),
        ("d,dddd,dddd", [(1,), (1, 4, 4, 4), (4, 1, 1, 4)], "d"),
        ("a,aa,a", [(1,), (1, 2), (2,)], "a"),
        ("a,aa,a->a", [(2,), (1, 2), (2,)], None),
    ],
)
def test_uneven_diagonals(text: str, shapes: list[tuple[int, ...]], label: str | None) -> None:
    found = problems(call(text, *[array(*s) for s in shapes], libraries=["jax"]))
    assert [code for code, _ in found] == ([] if label is None else ["EIN006"])
    assert all(problem.message.startswith(f"label {label!r}") for _, problem in found)


@pytest.mark.parametrize(
    "fact",
    [
        call("i,ii->i", array(1), array(1, None), libraries=["jax"]),
        call("i,ii->i", array(1), array(1, 3), libraries=["jax"], keywords={"optimize": "dp"}),
        call("i,ii->i", array(1), array(1, 3), libraries=["jax"], open_keywords=True),
        call("i,ii->i", array(1), libraries=["jax"], complete=False),
        call("i,i,ii,ii,ii,i->i", *[array(3)] * 2, *[array(1, 3)] * 3, array(1), libraries=["jax"]),
    ],
)
def test_silent_where_sizes_or_the_order_are_not_certain(fact: object) -> None:
    assert problems(fact) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("optimize", [True, False, None, "greedy", "optimal"])
@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        (",i,ii,", [(), (1,), (1, 3), ()]),
        ("d,dddd,dddd", [(1,), (1, 4, 4, 4), (4, 1, 1, 4)]),
        ("i,ii->i", [(1,), (3, 1)]),
        ("j,ij,iij->j", [(1,), (3, 1), (1, 3, 2)]),
    ],
)
def test_what_is_reported_raises(
    text: str, shapes: list[tuple[int, ...]], optimize: bool | str | None
) -> None:
    imported("jax")
    keywords = {"optimize": optimize}
    fact = call(text, *[array(*s) for s in shapes], libraries=["jax"], keywords=keywords)
    if problems(fact):
        assert library_error("jax", text, shapes, keywords)
