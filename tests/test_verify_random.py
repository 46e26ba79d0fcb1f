"""The prover against NumPy, on random equations, expressions and sizes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verify_trials import array, integer, shaped, size, trial

from einsum_lint.dims import add, multiply
from einsum_lint.trial import Verdict
from einsum_lint.verify.child import judged
from einsum_lint.verify.definition import einsum
from einsum_lint.verify.polynomials import Ring
from einsum_lint.verify.sizes import Choice, Sizes

LETTERS = "abcd"


@st.composite
def equations(draw: st.DrawFn) -> tuple[list[str], str]:
    """The terms and the output of an equation."""
    terms = draw(st.lists(st.text(LETTERS, min_size=1, max_size=3), min_size=1, max_size=3))
    found = sorted(set("".join(terms)))
    output = draw(st.lists(st.sampled_from(found), unique=True, max_size=3))
    return terms, "".join(output)


def loops(terms: list[str], output: str, shapes: dict[str, tuple[int, int]]) -> str:
    """The equation as a nest: each label runs over the axis where it is first."""
    rows = [f"C = np.zeros(({''.join(f'{_extent(k, shapes)}, ' for k in output)}))"]
    for depth, label in enumerate(shapes):
        rows.append("    " * depth + f"for {label} in range({_extent(label, shapes)}):")
    factors = (f"x{number}[{', '.join(term)}]" for number, term in enumerate(terms))
    target = f"C[{', '.join(output)}]" if output else "C[()]"
    rows.append("    " * len(shapes) + f"{target} += {' * '.join(factors)}")
    return "\n".join(rows)


def _extent(label: str, places: dict[str, tuple[int, int]]) -> str:
    operand, axis = places[label]
    return f"x{operand}.shape[{axis}]"


def _places(terms: list[str]) -> dict[str, tuple[int, int]]:
    places: dict[str, tuple[int, int]] = {}
    for number, term in enumerate(terms):
        for axis, label in enumerate(term):
            places.setdefault(label, (number, axis))
    return places


@settings(max_examples=40, deadline=None)
@given(equations())
def test_loops_and_einsum_are_proved(equation: tuple[list[str], str]) -> None:
    terms, output = equation
    places = _places(terms)
    inputs = [
        shaped(f"x{number}", *(size(_extent(label, places)) for label in term))
        for number, term in enumerate(terms)
    ]
    names = ", ".join(f"x{number}" for number in range(len(terms)))
    call = f"np.einsum('{','.join(terms)}->{output}', {names})"
    after = f"C = np.array({call})"
    assert judged(trial(loops(terms, output, places), after, *inputs)) == Verdict(True, True)


@settings(max_examples=60, deadline=None)
@given(equations(), st.data())
def test_a_changed_einsum_is_a_fault_unless_it_is_equal(
    equation: tuple[list[str], str], data: st.DataObject
) -> None:
    terms, output = equation
    text = ",".join(terms) + "->" + output
    place = data.draw(st.sampled_from([k for k, c in enumerate(text) if c in LETTERS]))
    other = text[:place] + data.draw(st.sampled_from(LETTERS)) + text[place + 1 :]
    sizes = dict(zip(LETTERS, (3, 3, 3, 3), strict=True))
    random = np.random.default_rng(0)
    arrays = [random.integers(-(10**5), 10**5, [sizes[k] for k in term]) for term in terms]
    names = ", ".join(f"x{number}" for number in range(len(terms)))
    inputs = [shaped(f"x{n}", *(sizes[k] for k in term)) for n, term in enumerate(terms)]
    verdict = judged(
        trial(
            f"C = np.einsum('{text}', {names}) + 0.0",
            f"C = np.einsum('{other}', {names}) + 0.0",
            *inputs,
        )
    )
    try:
        equal = np.array_equal(np.einsum(text, *arrays), np.einsum(other, *arrays))
    except ValueError:
        equal = False
    assert verdict.proved == verdict.executed == (verdict.fault is None) == equal


@st.composite
def calls(draw: st.DrawFn) -> list[Any]:
    """The arguments of an einsum call, often a wrong one."""
    dots = draw(st.sampled_from(["", "..."]))
    part = st.text(LETTERS, max_size=3)
    terms = draw(st.lists(part.map(lambda t: t[:1] + dots + t[1:]), min_size=1, max_size=3))
    found = sorted(set("".join(terms)) - {"."})
    text = ",".join(terms)
    if draw(st.booleans()) and found:
        chosen = draw(st.lists(st.sampled_from(found), unique=True))
        text += "->" + draw(st.sampled_from([dots, ""])) + "".join(chosen)
    operands = [_operand(draw, term) for term in terms]
    return [text, *operands]


def _operand(draw: st.DrawFn, term: str) -> Any:
    extra = draw(st.integers(0, 2)) if "." in term else draw(st.sampled_from([0, 0, 0, 1]))
    sizes = [draw(st.sampled_from([2, 2, 2, 1, 3])) for _ in range(len(term.strip(".")) + extra)]
    rank = len(term.replace(".", "")) + extra
    return np.arange(1, math.prod(sizes[:rank]) + 1).reshape(sizes[:rank])


@settings(max_examples=100, deadline=None)
@given(calls())
def test_the_definition_of_einsum_is_that_of_numpy(arguments: list[Any]) -> None:
    ours = np.array(einsum_or_none(arguments), dtype=object)
    try:
        want: Any = np.einsum(*arguments)
    except ValueError:
        want = None
    assert (want is None) == (ours.shape == () and ours[()] is None)
    if want is not None:
        assert ours.shape == np.shape(want)
        assert np.array_equal(ours.astype(int), want)


def einsum_or_none(arguments: list[Any]) -> Any:
    ring = Ring(real=True)
    try:
        result = einsum(ring, [arguments[0], *(a.astype(object) for a in arguments[1:])])
    except ValueError:
        return None
    constants = [value.constant() for value in result.flat]
    return np.array(constants, dtype=object).reshape(result.shape)


def test_the_form_with_lists_of_labels() -> None:
    a, b = np.arange(6).reshape(2, 3), np.arange(12).reshape(3, 4)
    for tail in ([], [[0, 2]], [[2, 0]]):
        arguments: list[Any] = [a, [0, 1], b, [1, 2], *tail]
        ours = einsum(Ring(real=True), [x.astype(object) if x is a or x is b else x
                                        for x in arguments])  # fmt: skip
        want = np.einsum(*arguments)
        assert [v.constant() for v in ours.flat] == list(want.flat)


NAMES = ["n", "m", "A.shape[0]", "A.shape[1]", "B.shape[0]", "len(C)", "k"]
polynomials = st.one_of(
    st.sampled_from([size(name) for name in NAMES]),
    st.builds(
        lambda a, b, c: add(multiply(size(a), size(b)), c) or 0,
        st.sampled_from(NAMES), st.sampled_from(NAMES), st.integers(-2, 2),
    ),
    st.integers(0, 3),
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_choices_keep_what_is_known_of_sizes(data: st.DataObject) -> None:
    least = st.lists(polynomials, max_size=2).map(tuple)
    pick = st.sampled_from
    own = {name: tuple(size(f"{name}.shape[{k}]") for k in range(2)) for name in "ABC"}
    arrays = [
        array(name, 2).__class__(
            name,
            "array",
            tuple(data.draw(st.one_of(pick([own[name][k]]), polynomials)) for k in range(2)),
            (data.draw(least), data.draw(least)),
        )
        for name in "ABC"
    ]
    integers = [integer("n", *data.draw(least)), integer("m")]
    sizes = Sizes([*integers, *arrays])
    for choice in [*sizes.choices(), *sizes.edges(empty=True), *sizes.equal()][:40]:
        check(choice, sizes, [*integers, *arrays])


def check(choice: Choice, sizes: Sizes, inputs: list[Any]) -> None:
    """Every size and every bound, evaluated with the numbers of the choice, holds."""
    names: dict[str, int] = dict(choice.integers)
    for name, shape in choice.shapes.items():
        names |= {f"{name}.shape[{axis}]": number for axis, number in enumerate(shape)}
        names[f"len({name})"] = shape[0]
    for one in inputs:
        for axis, number in enumerate(choice.shapes.get(one.name, ())):
            holds(one.sizes[axis], names, number, exactly=True)
        actual = choice.shapes.get(one.name) or (choice.integers.get(one.name, 0),)
        for number, bounds in zip(actual, one.least, strict=False):
            for bound in bounds:
                holds(bound, names, number, exactly=False)


def holds(bound: Any, names: dict[str, int], number: int, *, exactly: bool) -> None:
    terms = {(): bound} if isinstance(bound, int) else dict(bound.terms)
    total = 0
    for monomial, coefficient in terms.items():
        if not all(symbol.name in names for symbol in monomial):
            return
        total += coefficient * math.prod(names[symbol.name] for symbol in monomial)
    assert total == number if exactly else total <= number


@pytest.mark.parametrize("count", range(1, 13))
def test_sizes_differ_in_some_choice(count: int) -> None:
    inputs = [integer(f"n{k}") for k in range(count)]
    sizes = Sizes(inputs)
    found = [choice.integers for choice, _ in zip(sizes.choices(), range(4), strict=False)]
    for one in range(count):
        for other in range(one):
            assert any(c[f"n{one}"] != c[f"n{other}"] for c in found), (one, other)
    assert all(math.prod(choice.values()) <= 10_000 for choice in found)
