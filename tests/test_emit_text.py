"""Pieces of text: parentheses, slices, letters and line breaks."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from lifts import at, times

from einsum_lint.contraction import Size
from einsum_lint.dims import Symbol
from einsum_lint.emit.code import Code, Level, added, colon, negative, product, size
from einsum_lint.emit.labels import letters
from einsum_lint.emit.layout import lay_out
from einsum_lint.emit.needs import Needs, comparison
from einsum_lint.emit.sizes import Unwritable


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (at("n"), "n"),
        (at("n", -1), "n - 1"),
        (at("n", 1), "n + 1"),
        (times(2, "n"), "2 * n"),
        (at(times(-1, "n"), "m"), "m - n"),
        (at(times(-1, "n"), -1), "-n - 1"),
        (times(-2, "n"), "-2 * n"),
        (times("m", "n"), "m * n"),
        (at(times("m", "n"), "k", 2), "m * n + k + 2"),
        (times("len(x)", "A.shape[0]"), "A.shape[0] * len(x)"),
        (times("n // 2", "m"), "m * (n // 2)"),
        (at("n // 2", "m"), "m + n // 2"),
    ],
)
def test_sizes(value: Size, text: str) -> None:
    assert size(value).text == text


@pytest.mark.parametrize(
    ("lower", "upper", "step", "text"),
    [
        (0, None, 1, ":"),
        (0, at("n"), 1, ":n"),
        (0, at("n", -1), 1, ": n - 1"),
        (at("lo"), at("hi"), 1, "lo:hi"),
        (at("i", 1), None, 1, "i + 1 :"),
        (1, at("n", 1), 1, "1 : n + 1"),
        (0, None, -1, "::-1"),
        (1, None, 2, "1::2"),
        (0, times(2, "n"), 2, ": 2 * n : 2"),
        (0, at("len(x)"), 1, ": len(x)"),
        (0, times("m", "n"), at("n"), ": m * n : n"),
        (0, 3, 1, ":3"),
    ],
)
def test_slices(lower: Size, upper: Size | None, step: Size, text: str) -> None:
    assert colon(lower, upper, step) == text


CODES = st.recursive(
    st.sampled_from([Code("a"), Code("b"), Code("f(x)"), Code("a < b", Level.COMPARISON)]),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(product),
        st.tuples(st.lists(inner, min_size=1, max_size=2), st.lists(inner, max_size=2)).map(
            lambda pair: product(*pair)
        ),
        st.lists(st.tuples(st.sampled_from([1, -1]), inner), min_size=1, max_size=3).map(added),
        inner.map(negative),
    ),
    max_leaves=6,
)


@given(CODES, CODES)
def test_parentheses_keep_what_belongs_together(one: Code, other: Code) -> None:
    values = {"a": -7.0, "b": 3.0, "f": lambda x: x + 0.5, "x": 2.0}

    def value(code: Code) -> float:
        try:
            return float(eval(code.text, {"__builtins__": {}}, values))
        except ZeroDivisionError:
            reject()

    assert value(product([one, other])) == pytest.approx(value(one) * value(other))
    assert value(added([(1, one), (-1, other)])) == pytest.approx(value(one) - value(other))
    assert value(negative(one)) == pytest.approx(-value(one))


def test_a_number_below_one_is_divided_by_what_stands_below() -> None:
    assert product([], [Code("x")]).text == "1 / x"
    assert product([Code("a + b", Level.SUM)], [Code("x * y", Level.PRODUCT)]).text == (
        "(a + b) / (x * y)"
    )


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["i", "j", "k"], "ijk"),
        (["row", "col", ""], "rci"),
        (["i", "i"], "ij"),
        (["I", "i"], "Ii"),
        (["I", "J"], "ij"),
        (["b", "", "", ""], "bijk"),
        (["index", "i"], "ji"),
        (["_", "__"], "ij"),
        (["μ", "nu"], "in"),
    ],
)
def test_letters(names: list[str], expected: str) -> None:
    indices = [Symbol(name, number) for number, name in enumerate(names, start=1)]
    found = letters(indices)
    assert "".join(found[index] for index in indices) == expected


def test_letters_are_distinct_and_come_to_an_end() -> None:
    indices = [Symbol("", number) for number in range(1, 54)]
    assert len(set(letters(indices[:52]).values())) == 52
    with pytest.raises(Unwritable):
        letters(indices)


CALL = 'np.einsum("ik,kj->ij", A, B)'


@pytest.mark.parametrize(
    ("head", "expression", "width", "lines"),
    [
        ("C += ", CALL, 88, [f"C += {CALL}"]),
        ("C += ", CALL, 30, ["C += np.einsum(", '    "ik,kj->ij", A, B', ")"]),
        (
            "C += ", CALL, 20,
            ["C += np.einsum(", '    "ik,kj->ij",', "    A,", "    B,", ")"],
        ),
        (
            "C += ", f"alpha * {CALL}", 36,
            ["C += alpha * np.einsum(", '    "ik,kj->ij", A, B', ")"],
        ),
        (
            "y = ", f"{CALL} + {CALL} - x", 40,
            ["y = (", f"    {CALL}", f"    + {CALL}", "    - x", ")"],
        ),
        (
            "y = ", f"{CALL}[:, None]", 30,
            ["y = np.einsum(", '    "ik,kj->ij", A, B', ")[:, None]"],
        ),
        (
            "C[:n].reshape(m, k)[...] = ", CALL, 24,
            ["C[:n].reshape(", "    m, k", ")[...] = np.einsum(", '    "ik,kj->ij", A, B', ")"],
        ),
        ("y = ", "a_name_that_is_too_long", 10, ["y = a_name_that_is_too_long"]),
        ("y = ", "some_name / another_name", 20, ["y = (", "    some_name", "    / another_name", ")"]),
        (
            "y = ", f"2 * f({CALL}, {CALL})", 30,
            [
                "y = 2 * f(", "    np.einsum(", '        "ik,kj->ij", A, B', "    ),",
                "    np.einsum(", '        "ik,kj->ij", A, B', "    ),", ")",
            ],
        ),
    ],
)  # fmt: skip
def test_line_breaks(head: str, expression: str, width: int, lines: list[str]) -> None:
    assert list(lay_out(head, expression, width)) == lines


@pytest.mark.parametrize("width", range(8, 90, 9))
def test_line_breaks_change_nothing_else(width: int) -> None:
    expression = f"a * {CALL} / (b[: n - 1, None] + 2) - {CALL}[:, None] + f(x, g(y * {CALL}), z)"
    text = "\n".join(lay_out("C[:n] = ", expression, width))
    assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(f"C[:n] = {expression}"))


def test_comparisons_have_no_minus_signs() -> None:
    for value, text in [
        (at("n"), "n >= 0"),
        (at("n", -1), "n >= 1"),
        (at("n", 2), "n >= -2"),
        (at("lda", times(-1, "n")), "lda >= n"),
        (at("x.shape[0]", times(-1, times("m", "n")), -2), "x.shape[0] >= m * n + 2"),
    ]:
        assert not isinstance(value, int)
        assert comparison(value) == text


def test_what_follows_is_not_said() -> None:
    needs = Needs()
    for value in (at("lda"), at("lda", times(-1, "n")), times(2, "n"), at("n", -1)):
        assert not isinstance(value, int)
        needs.not_negative(value)
    assert [need.text for need in needs] == ["lda >= n", "n >= 1"]
