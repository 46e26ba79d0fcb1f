"""EIN001 to EIN008: what each reports and where, and that NumPy raises just then."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from call_facts import FakePlace, array, call, codes, problems
from random_calls import numpy_error

from einsum_lint.facts import NOT_CONSTANT
from einsum_lint.findings import Position
from einsum_lint.settings import Config
from einsum_lint.shapes import ArrayFact

OPTIMIZED: Mapping[str, object] = {"optimize": True}


@pytest.mark.parametrize(
    ("text", "shapes", "keywords", "code", "message", "columns"),
    [
        (
            "ij,j_->i",
            [(2, 3), (3, 4)],
            {},
            "EIN001",
            "'_' is no label: NumPy takes the letters a-z and A-Z (column 5 of the subscripts)",
            (5, 6),
        ),
        (
            "ij,jk,kl->il",
            [(2, 3), (3, 4)],
            {},
            "EIN002",
            "the subscripts have 3 terms, the call 2 operands",
            (1, 13),
        ),
        ("", [(), ()], {}, "EIN002", "the subscripts have 1 term, the call 2 operands", (1, 1)),
        ("i", [], {}, "EIN002", "the subscripts have 1 term, the call 0 operands", (1, 2)),
        (
            "ij,jk->il",
            [(2, 3), (3, 4)],
            {},
            "EIN003",
            "output label 'l' is in none of the terms (column 9 of the subscripts)",
            (9, 10),
        ),
        (
            "ij->ii",
            [(2, 3)],
            {},
            "EIN004",
            "label 'i' is more than once in the output (column 6 of the subscripts)",
            (6, 7),
        ),
        (
            "ij,jk->ik",
            [(2, 3), (5, 3, 4)],
            {},
            "EIN005",
            "term 'jk' has 2 labels, but operand 2 (`b`) has 3 axes (column 4 of the subscripts)",
            (4, 6),
        ),
        (
            "i...j->...",
            [(2,)],
            OPTIMIZED,
            "EIN005",
            "term 'i...j' has 2 labels besides the ellipsis, but operand 1 (`a`) has 1 axis"
            " (column 1 of the subscripts)",
            (1, 6),
        ),
        (
            "ij,jk->ik",
            [(2, 3), (4, 5)],
            {},
            "EIN006",
            "label 'j' is 3 in operand 1 (`a`), and 4 in operand 2 (`b`)"
            " (column 4 of the subscripts)",
            (4, 5),
        ),
        (
            "kii->k",
            [(2, 3, 1)],
            {},
            "EIN006",
            "label 'i' is 3 in operand 1 (`a`), and 1 in the same operand"
            " (column 3 of the subscripts)",
            (3, 4),
        ),
        (
            "...i->i",
            [(2, 3, 4)],
            {},
            "EIN007",
            "the output lacks the ellipsis, which stands for 2 axes of operand 1 (`a`)"
            " (column 7 of the subscripts)",
            (7, 8),
        ),
        (
            "...i->",
            [(2, 3)],
            {},
            "EIN007",
            "the output lacks the ellipsis, which stands for 1 axis of operand 1 (`a`)"
            " (column 7 of the subscripts)",
            (1, 7),
        ),
        (
            "i...,j...->ij...",
            [(2, 5, 3), (2, 4)],
            {},
            "EIN007",
            "axis -1 of the ellipsis is 3 in operand 1 (`a`), and 4 in operand 2 (`b`)"
            " (column 6 of the subscripts)",
            (6, 10),
        ),
        (
            "i...->i......",
            [(2, 3)],
            OPTIMIZED,
            "EIN007",
            "there are two ellipses in the output for 1 axis of operand 1 (`a`)"
            " (column 11 of the subscripts)",
            (11, 14),
        ),
    ],
)
def test_message_and_columns(
    text: str,
    shapes: list[tuple[int, ...]],
    keywords: Mapping[str, object],
    code: str,
    message: str,
    columns: tuple[int, int],
) -> None:
    assert numpy_error(text, shapes, keywords) is not None
    found = problems(call(text, *[array(*s) for s in shapes], keywords=keywords))
    assert [(c, p.message) for c, p in found] == [(code, message)]
    start, end = columns
    span = found[0][1].span
    assert (span.start, span.end) == (Position(2, start), Position(2, end))


def test_an_empty_term_is_marked_at_its_operand() -> None:
    [(code, found)] = problems(call(",i->i", array(2), array(2)))
    assert (code, found.span) == ("EIN005", FakePlace().operand(0))


@pytest.mark.parametrize(
    ("text", "shapes", "expected"),
    [
        ("i_j,k,", [(2,)], ["EIN001"]),
        ("ij,jk->il", [(2,), (9,), (4,)], ["EIN002", "EIN003"]),
        ("ij->kk", [(2, 3)], ["EIN003"]),
        ("ij->kki", [(2, 3)], ["EIN003"]),
        ("ij->iii", [(2, 3)], ["EIN004"]),
        ("ij,ij->ij", [(2, 3, 4), (3, 3)], ["EIN005"]),
        ("i,i,i->i", [(2,), (3,), (4,)], ["EIN006"]),
        ("i...,i...->i", [(2, 3), (2, 4)], ["EIN007"]),
    ],
)
def test_one_mistake_is_told_once(
    text: str, shapes: list[tuple[int, ...]], expected: list[str]
) -> None:
    assert codes(call(text, *[array(*s) for s in shapes])) == expected


@pytest.mark.parametrize(
    ("text", "facts", "complete"),
    [
        ("ij,jk", [array(2, 3)], False),
        ("ij", [ArrayFact()], True),
        ("ij", [array(2, least=True)], True),
        ("i...", [array(2, 3, 4, least=True)], True),
        ("i,i", [array(2), array(None)], True),
        ("i,i", [array(1), array(3)], True),
        ("...i->i", [array(2, least=True)], True),
        ("...i->i", [array(2)], True),
        ("i...,i...->i...", [array(5, least=True), array(2, 4)], True),
    ],
)
def test_silent_when_not_certain(text: str, facts: list[ArrayFact], complete: bool) -> None:
    assert codes(call(text, *facts, complete=complete)) == []


@pytest.mark.parametrize(
    ("text", "facts", "complete", "expected"),
    [
        ("ij", [array(2), array(3)], False, ["EIN002"]),
        ("ij,jk", [array(2)], False, ["EIN005"]),
        ("ij", [array(2, 3, 4, least=True)], True, ["EIN005"]),
        ("i,i", [array(2, least=True), array(3)], True, ["EIN006"]),
        ("...i->i", [array(4, 2, least=True)], True, ["EIN007"]),
        ("...,...->...", [array(4, least=True), array(2, 3)], True, ["EIN007"]),
    ],
)
def test_certain_though_not_all_is_known(
    text: str, facts: list[ArrayFact], complete: bool, expected: list[str]
) -> None:
    assert codes(call(text, *facts, complete=complete)) == expected


def test_partly_known_ranks_name_the_least() -> None:
    [(_, found)] = problems(call("ij", array(2, 3, 4, least=True)))
    assert "at least 3 axes" in found.message
    [(_, found)] = problems(call("ij", array(2), array(3), complete=False))
    assert "the call at least 2 operands" in found.message


@pytest.mark.parametrize("optimize", [False, True, None])
@pytest.mark.parametrize("count", [62, 63, 64, 65])
@pytest.mark.parametrize(
    ("term", "output", "shape"),
    [("", "", ()), ("i", "", (2,)), ("i", "i", (2,)), ("...", "...", (2,)), ("i...", "...", (2,))],
)
def test_many_operands(
    optimize: bool | None, count: int, term: str, output: str, shape: tuple[int, ...]
) -> None:
    text = f"{','.join([term] * count)}->{output}"
    raises = numpy_error(text, [shape] * count, {"optimize": optimize}) is not None
    found = codes(call(text, *[array(*shape)] * count, keywords={"optimize": optimize}))
    assert found == (["EIN002"] if raises else [])


def test_old_numpy_takes_31_operands() -> None:
    fact = call(",".join("i" * 32), *[array(2)] * 32)
    assert codes(fact) == []
    assert codes(fact, Config(target_numpy=(1, 26))) == ["EIN002"]


@pytest.mark.parametrize("optimize", [False, True])
@pytest.mark.parametrize(
    ("labels", "axes"), [(52, 0), (52, 1), (40, 12), (40, 13), (40, 24), (40, 25), (1, 52)]
)
def test_many_axes(optimize: bool, labels: int, axes: int) -> None:
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[:labels]
    half = len(letters) // 2
    text = f"{letters[:half]}...,{letters[half:]}"
    shapes = [(1,) * (half + axes), (1,) * (labels - half)]
    raises = numpy_error(text, shapes, {"optimize": optimize}) is not None
    found = codes(call(text, *[array(*s) for s in shapes], keywords={"optimize": optimize}))
    assert found == (["EIN007"] if raises else [])


@pytest.mark.parametrize(
    ("name", "value", "operands", "message"),
    [
        (
            "optimise",
            True,
            2,
            "NumPy's einsum takes no keyword 'optimise'; did you mean 'optimize'?",
        ),
        ("axis", 0, 2, "NumPy's einsum takes no keyword 'axis'"),
        (
            "optimize",
            1,
            2,
            "`optimize=1` is a TypeError: NumPy takes True, False, a name or a path",
        ),
        ("optimize", "dp", 3, "`optimize='dp'` is a KeyError: NumPy has 'greedy' and 'optimal'"),
        ("optimize", [], 1, "an empty `optimize` is a TypeError: a path starts with 'einsum_path'"),
        (
            "optimize",
            [(0, 1), (0, 1)],
            3,
            "this `optimize` is a TypeError: a path starts with 'einsum_path'",
        ),
        (
            "optimize",
            ["einsum_path", (0, 1)],
            3,
            "the path does not fit 3 operands: it leaves 2 of them uncontracted",
        ),
        (
            "optimize",
            ["einsum_path", (0, 1), (0, 1)],
            2,
            "the path does not fit 2 operands: at (0, 1) too few are left",
        ),
        (
            "optimize",
            ["einsum_path", 0, 1],
            2,
            "step 0 of the path is not a tuple of operand numbers",
        ),
        ("order", "X", 2, "`order='X'` is none of 'C', 'F', 'A', 'K'"),
        (
            "casting",
            "Safe",
            2,
            "`casting='Safe'` is none of 'no', 'equiv', 'safe', 'same_kind', 'unsafe'",
        ),
        ("dtype", "float65", 2, "`dtype='float65'`: NumPy has no such type"),
        ("out", [0.0], 2, "`out` must be an array"),
    ],
)
def test_invalid_argument(name: str, value: object, operands: int, message: str) -> None:
    text = ",".join("i" * operands) + "->"
    assert numpy_error(text, [(3,)] * operands, {name: value}) is not None
    found = problems(call(text, *[array(3)] * operands, keywords={name: value}))
    assert [(code, p.message, p.span) for code, p in found] == [
        ("EIN008", message, FakePlace().keyword(name))
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("optimize", NOT_CONSTANT),
        ("optimize", "dp"),
        ("optimize", ("greedy", 100)),
        ("optimize", ["einsum_path", (0, 1)]),
        ("optimize", [NOT_CONSTANT, (0, 1)]),
        ("out", NOT_CONSTANT),
        ("out", None),
        ("out", ArrayFact()),
        ("order", "f"),
        ("order", NOT_CONSTANT),
        ("dtype", "float64"),
        ("dtype", "some_alias"),
        ("casting", "unsafe"),
    ],
)
def test_valid_or_unknown_argument(name: str, value: object) -> None:
    assert codes(call("i,i->", array(3), array(3), keywords={name: value})) == []


@pytest.mark.parametrize(
    ("sublists", "output", "expected"),
    [
        ([[0, 52]], None, "label 52 is out of range: NumPy takes 0 to 51"),
        ([[0, True]], None, "True is no label: NumPy takes integers and ..."),
        ([[0, 1]], [0, 2], "output label 2 is in none of the terms"),
        ([[0, 1, 26]], None, "term [0, 1, 26] has 3 labels, but operand 1 (`a`) has 2 axes"),
    ],
)
def test_interleaved_messages(
    sublists: list[list[object]], output: list[object] | None, expected: str
) -> None:
    [(_, found)] = problems(call((sublists, output), array(2, 3)))
    assert found.message == expected


@pytest.mark.parametrize(
    ("out", "keywords", "accepted"),
    [
        ((2, 4), {}, True),
        ((2, 5), {}, False),
        ((5, 2, 4), {}, False),
        ((5, 2, 4), OPTIMIZED, True),
        ((5, 2, 3), OPTIMIZED, False),
        ((4,), OPTIMIZED, False),
    ],
)
def test_out(out: tuple[int, ...], keywords: Mapping[str, object], accepted: bool) -> None:
    real = numpy_error("ij,jk->ik", [(2, 3), (3, 4)], {**keywords, "out": np.zeros(out)})
    fact = call("ij,jk->ik", array(2, 3), array(3, 4), keywords={**keywords, "out": array(*out)})
    assert (real is None, codes(fact)) == (accepted, [] if accepted else ["EIN008"])
