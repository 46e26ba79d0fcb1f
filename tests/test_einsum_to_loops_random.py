"""Random calls of einsum as loops: NumPy executes both, and both must give the same."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pytest
from einsum_loops import loops
from hypothesis import given, settings
from hypothesis import strategies as st

DTYPES = ("float64", "float32", "complex128", "complex64", "int64", "int16", "uint8", "bool")
FORMS = (
    "return {call}",
    "x = {call}\n    return x",
    "a0 = {call}\n    return a0",
    "x: object = {call}\n    return x",
    "x = y = {call}\n    return x, y is x",
    "x = 3 * {call}\n    return x",
    "x = [len(a0.shape), {call}, {call}]\n    return x[0], x[1], x[2]",
    "x = a0.sum() + {call} * {call}\n    return x",
    "x = 2.0\n    x += {call}\n    return x",
    "x = {{}}\n    x['k'] = {call}\n    return x['k']",
    "for i in range(2):\n        x = np.sum({call})\n    return x, i",
    "x = 1 if {call} is None else {call}\n    return x",
    "if ({call}).size > 2:\n        return {call}\n    return None",
    "j, k = 5, 7\n    def i():\n        return j\n    return {call}, i(), k",
    "with np.errstate(all='ignore'):\n        x = ({call})  # comment\n    return x",
    "x = ({call}\n         + {call})\n    return x",
)


@dataclass(frozen=True)
class Case:
    """A call, the arrays it is given, and the function that it stands in."""

    source: str
    arrays: tuple[np.ndarray, ...]


def call_text(equation: str, names: list[str], interleaved: bool, tail: str) -> str:
    if not interleaved or "." in equation:
        return f"np.einsum({', '.join([repr(equation), *names])}{tail})"
    terms, _, output = equation.partition("->")
    lists = [str(["ijkl".index(x) for x in term]) for term in terms.split(",")]
    given = [part for pair in zip(names, lists, strict=True) for part in pair]
    if "->" in equation:
        given.append(str(["ijkl".index(x) for x in output]))
    return f"np.einsum({', '.join(given)}{tail})"


@st.composite
def cases(draw: st.DrawFn) -> Case:
    count = draw(st.integers(1, 3))
    terms = [draw(st.text("ijkl", max_size=3)) for _ in range(count)]
    dots = [draw(st.sampled_from([None, None, None, 0, 1, 2])) for _ in terms]
    labels = sorted(set("".join(terms)))
    sizes = {label: draw(st.integers(0, 4)) for label in labels}
    more = [draw(st.integers(0, 3)) for _ in range(2)]
    known = draw(st.booleans())
    kinds = draw(st.lists(st.sampled_from(DTYPES), min_size=1, max_size=2 if count < 3 else 1))
    arrays, shapes, written = [], [], []
    seed = np.random.default_rng(draw(st.integers(0, 9)))
    for number, (term, dot) in enumerate(zip(terms, dots, strict=True)):
        one = {x: known and count > 1 and sizes[x] and not draw(st.integers(0, 4)) for x in labels}
        middle = () if dot is None else tuple(more[2 - dot :])
        shape = tuple(1 if one[x] else sizes[x] for x in term)
        at = draw(st.integers(0, len(term)))
        full = shape if dot is None else (*shape[:at], *middle, *shape[at:])
        written.append(term if dot is None else f"{term[:at]}...{term[at:]}")
        values = seed.integers(-5, 6, full) * (1 + 0.25j)
        dtype = kinds[number % len(kinds)]
        plain = values.real if "complex" not in dtype else values
        arrays.append(np.asarray(plain if dtype != "uint8" else abs(plain)).astype(dtype))
        shapes.append(full)
    result = draw(st.permutations(draw(st.lists(st.sampled_from(labels or ["i"]), unique=True))))
    output = "".join(result) if labels else ""
    dotted = "..." if any(dot is not None for dot in dots) else ""
    place = draw(st.integers(0, len(output)))
    explicit = f"->{output[:place]}{dotted}{output[place:]}" if draw(st.integers(0, 3)) else ""
    equation = ",".join(written) + explicit
    names = [f"a{k}" for k in range(count)]
    if count > 1 and shapes[0] == shapes[1] and draw(st.booleans()):
        names[1] = "a0"
    used = [draw(st.sampled_from(["{}", "{}", "{}.copy()", "(+{})", "np.conj({})"])) for _ in names]
    used = [text.replace("+", "") if "bool" in kinds else text for text in used]
    tail = draw(st.sampled_from(["", "", "", ", optimize=False", ", order='C'"]))
    call = call_text(
        equation, [u.format(n) for u, n in zip(used, names, strict=True)], draw(st.booleans()), tail
    )
    form = draw(st.sampled_from(FORMS)).format(call=call)
    given = [f"a{k}" for k in range(count)]
    known_rows = [f"    {n} = {n}.reshape({s})\n" for n, s in zip(given, shapes, strict=True)]
    ranks = [f"    assert {n}.ndim == {len(s)}\n" for n, s in zip(given, shapes, strict=True)]
    head = "".join(known_rows if known else ranks)
    source = f"import numpy as np\n\n\ndef f({', '.join(given)}):\n{head}    {form}\n"
    return Case(source, tuple(arrays))


def run(source: str, arrays: tuple[np.ndarray, ...]) -> object:
    namespace: dict[str, object] = {}
    exec(compile(source, "<case>", "exec"), namespace)
    function = namespace["f"]
    assert callable(function)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return function(*[array.copy() for array in arrays])


def same(one: object, other: object) -> bool:
    if isinstance(one, tuple):
        return isinstance(other, tuple) and all(map(same, one, other))
    a, b = np.asarray(one), np.asarray(other)
    alike = (type(one), a.dtype, a.shape) == (type(other), b.dtype, b.shape)
    if a.dtype == object or not alike:
        return alike and one == other
    return np.allclose(a, b, rtol=1e-4, atol=1e-4, equal_nan=True)


@settings(max_examples=100, deadline=None)
@given(cases())
def test_loops_give_what_einsum_gives(case: Case) -> None:
    try:
        expected = run(case.source, case.arrays)
    except (ValueError, TypeError):
        return  # NumPy rejects the call, or what the form does with its result
    new = loops(case.source)
    got = run(new, case.arrays)
    assert same(expected, got), f"{new}\n{expected!r}\n{got!r}"


def test_the_oracle_sees_differences() -> None:
    assert same(np.float64(1), np.float64(1))
    assert not same(np.float64(1), np.array(1.0))
    assert not same(np.float32(1), np.float64(1))
    assert not same(np.zeros((2, 1)), np.zeros((1, 2)))
    with pytest.raises(ZeroDivisionError):
        run("def f():\n    1 / 0\n", ())
