"""EIN301 to EIN305: what they find, against what NumPy does."""

from __future__ import annotations

import random
import warnings
from typing import Any

import numpy as np
import pytest

from einsum_lint import Config, check_source, fix_source

PRELUDE = "import numpy as np\n"


def codes(text: str, **settings: Any) -> list[str]:
    config = Config(select=("EIN3",), **settings)
    return [finding.code for finding in check_source(PRELUDE + text, config=config)]


@pytest.mark.parametrize(
    ("call", "output"),
    [
        ("np.einsum('ij,jk', a, b)", "ik"),
        ("np.einsum('kij', a)", "ijk"),
        ("np.einsum('aB', a)", "Ba"),
        ("np.einsum('...ij,...jk', a, b)", "...ik"),
        ("np.einsum('b...a', a)", "...ab"),
        ("np.einsum(' ij , jk ', a, b)", "ik"),
        ("lib.einsum('ij,jk', a, b)", "ik"),
    ],
)
def test_implicit_output(call: str, output: str) -> None:
    (finding,) = check_source(PRELUDE + call, config=Config(select=("EIN301",)))
    assert repr(output) in finding.message
    assert f"->{output}" in fix_source(PRELUDE + call, config=Config(select=("EIN301",)))


@pytest.mark.parametrize(
    "call",
    [
        "np.einsum('ij,jk->ik', a, b)",
        "np.einsum('ii', a)",
        "np.einsum('ij,j', a, b)",
        "np.einsum('ij,ij', a, b)",
        "np.einsum(a, [0, 1], b, [1, 2])",
        "np.einsum('ij,jk', *ops)",
        "np.einsum('ij,jk', a)",
        "lib.einsum('something', a)",
    ],
)
def test_no_implicit_output(call: str) -> None:
    assert codes(call) == []


@pytest.mark.parametrize("seed", range(200))
def test_the_fix_of_an_implicit_output_keeps_the_value(seed: int) -> None:
    rng = random.Random(seed)
    labels = rng.sample("abAByzk", 4)
    terms = ["".join(rng.sample(labels, rng.randint(1, 3))) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.4:
        terms = [t[:1] + "..." + t[1:] for t in terms]
    sizes = dict(zip(labels, (2, 3, 4, 5), strict=True))
    arrays = {}
    for k, term in enumerate(terms):
        before, dots, after = term.partition("...")
        extra = (6, 7)[: 2 if dots else 0]
        shape = (*(sizes[c] for c in before), *extra, *(sizes[c] for c in after))
        arrays[f"x{k}"] = np.random.default_rng(seed).normal(size=shape)
    text = f"np.einsum({','.join(terms)!r}, {', '.join(arrays)})"
    fixed = fix_source(PRELUDE + text, config=Config(select=("EIN301",))).removeprefix(PRELUDE)
    before_fix, after_fix = eval(text, {"np": np, **arrays}), eval(fixed, {"np": np, **arrays})
    np.testing.assert_array_equal(before_fix, after_fix)


DTYPES = ("bool", "int8", "uint8", "int32", "float32", "float64", "complex128")


def mixed_call(rng: random.Random) -> tuple[str, list[np.ndarray[Any, Any]], str]:
    """A random einsum call, its operands, and a program that makes them."""
    labels = "ijkl"
    terms = ["".join(rng.sample(labels, rng.randint(1, 3))) for _ in range(rng.choice((2, 2, 3)))]
    used = sorted(set("".join(terms)))
    equation = ",".join(terms) + "->" + "".join(rng.sample(used, rng.randint(0, len(used) - 1)))
    size = dict(zip(labels, (3, 4, 5, 2), strict=True))
    program, arrays = [], []
    for k, term in enumerate(terms):
        dtype = rng.choice(DTYPES)
        shape = tuple(size[c] for c in term)
        # Large enough that a sum of two wraps in a byte, and that a product does.
        value: complex = True if dtype == "bool" else 100
        arrays.append(np.full(shape, value, dtype))
        program.append(f"x{k} = np.full({shape}, {value!r}, dtype={dtype!r})\n")
    names = ", ".join(f"x{k}" for k in range(len(terms)))
    return equation, arrays, "".join(program) + f"np.einsum({equation!r}, {names}, optimize=True)\n"


def differs(equation: str, arrays: list[np.ndarray[Any, Any]]) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = np.einsum(equation, *arrays)
        optimized = np.einsum(equation, *arrays, optimize=True)
    return not np.allclose(np.asarray(plain, complex), np.asarray(optimized, complex), rtol=1e-3)


def test_mixed_dtypes_are_reported_where_numpy_may_be_wrong() -> None:
    wrong = flagged = both = 0
    for seed in range(1500):
        equation, arrays, text = mixed_call(random.Random(seed))
        reported = "EIN303" in codes(text)
        bad = differs(equation, arrays)
        wrong += bad
        flagged += reported
        both += bad and reported
        dtypes = {a.dtype.name for a in arrays}
        assert not (reported and len(dtypes) == 1), text
        assert reported or not bad, f"missed: {text}"
    assert wrong > 100
    assert both > 0.5 * flagged, "most of what is reported is wrong with these values"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("np.einsum('hw,->', np.ones((2, 3), bool), 2.0, optimize=True)", ["EIN303"]),
        ("np.einsum('hw,->', np.ones((2, 3), bool), 2.0, optimize=None)", ["EIN303"]),
        ("np.einsum('hw,->', np.ones((2, 3), bool), 2.0, optimize=False)", []),
        ("np.einsum('hw,->', np.ones((2, 3), bool), 2.0)", []),
        ("np.einsum('hw,->', np.ones((2, 3), bool), x, optimize=True)", []),
        ("np.einsum('hw,->', np.ones((2, 3)), np.float32(2), optimize=True)", []),
        ("np.einsum('hw,w->h', np.ones((2, 3), bool), np.ones(3), optimize=True)", []),
        ("np.einsum('hw,->', np.ones((2, 3), bool), 2.0, optimize=x)", []),
        ("torch.einsum('hw,->', np.ones((2, 3), bool), 2.0, optimize=True)", []),
    ],
)
def test_mixed_dtypes(call: str, expected: list[str]) -> None:
    assert codes(call) == expected


def test_mixed_dtypes_before_numpy_2_4() -> None:
    two = "np.einsum('hw,->', np.ones((2, 3), bool), 2.0, optimize=True)"
    three = "np.einsum('ij,jk,k->', np.ones((2, 3), bool), np.ones((3, 4), bool), np.ones(4), optimize=True)"
    assert codes(two, target_numpy=(2, 3)) == []
    assert codes(three, target_numpy=(2, 3)) == ["EIN303"]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("np.einsum('ij,jk->ik', a, b, out=c, optimize=True)", ["EIN305"]),
        ("np.einsum('ij,jk->ik', a, b, out=c, optimize='greedy')", ["EIN305"]),
        ("np.einsum('ij,jk->ik', a, b, out=c)", []),
        ("np.einsum('ij,jk->ik', a, b, out=c, optimize=False)", []),
        ("np.einsum('ij,jk->ik', a, b, out=None, optimize=True)", []),
        ("np.einsum('ij->ji', a, out=c, optimize=True)", []),
        ("np.einsum('i,j,k->ijk', a, b, c, out=d, optimize=True)", []),
        ("np.einsum('ij,jk->ik', np.ones((2, 3)), np.ones((3, 4)), out=np.ones((2, 4)), optimize=True)", []),
        ("np.einsum('ij,jk->ik', np.ones((2, 3)), np.ones((3, 4)), out=np.ones((2, 4), int), optimize=True)",
         ["EIN305"]),
        ("np.einsum('ij,jk->ik', a, b, dtype=np.float32, optimize=True)", ["EIN305"]),
        ("np.einsum('ij,jk->ik', a, b, dtype=np.float32, casting='same_kind', optimize=True)", []),
        ("np.einsum('ij,jk->ik', np.ones((2, 3)), np.ones((3, 4)), dtype=float, optimize=True)", []),
        ("torch.einsum('ij,jk->ik', a, b, out=c, optimize=True)", []),
    ],
)  # fmt: skip
def test_out_with_optimize(call: str, expected: list[str]) -> None:
    assert codes(call) == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("np.einsum('ij,jk->ik', np.ones((2, 1)), np.ones((3, 4)))", ["EIN302"]),
        ("np.einsum('ij,jk->ik', np.ones((2, 3)), np.ones((1, 4)), optimize=True)", ["EIN302"]),
        ("np.einsum('ij,ij->ij', np.ones((1, 1)), np.ones((3, 4)))", ["EIN302", "EIN302"]),
        ("np.einsum('ij,jk->ik', np.ones((2, 1)), np.ones((1, 4)))", []),
        ("np.einsum('ij,jk->ik', np.ones((2, 3)), np.ones((3, 4)))", []),
        ("np.einsum('ij,jk->ik', np.ones((2, 1)), b)", []),
        ("np.einsum('...j,...j->...', np.ones((1, 3)), np.ones((4, 3)))", []),
        ("np.einsum('ij,jk,jl->ikl', np.ones((2, 1)), np.ones((3, 4)), np.ones((5, 4)))", []),
        ("np.einsum('ii->i', np.ones((3, 1)))", []),
    ],
)
def test_size_one_broadcast(call: str, expected: list[str]) -> None:
    assert codes(call) == expected


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "int16", "int64", "float32", "float64"])
@pytest.mark.parametrize("equation", ["i->", "i,i->", "i,i->i", "i,j->ij", "i->i"])
def test_narrow_accumulators_are_those_that_lose_a_sum(dtype: str, equation: str) -> None:
    array = np.full(400, 1 if dtype == "bool" else 100, dtype)
    operands = ", ".join(["x"] * (equation.count(",") + 1))
    text = f"x = np.full(400, 1, dtype={dtype!r})\nnp.einsum({equation!r}, {operands})"
    exact = np.einsum(equation, *[array.astype(object)] * (equation.count(",") + 1))
    product = np.einsum("i,i->i", array, array).astype(object) if "," in equation else array
    # What a product loses is not the sum's fault.
    summed = int(product.sum()) if equation.endswith("->") else exact
    computed = np.einsum(equation, *[array] * (equation.count(",") + 1))
    loses = equation.endswith("->") and int(computed) != summed
    if dtype.startswith("float"):
        loses = False
    assert ("EIN304" in codes(text)) == (loses or (dtype == "int16" and equation == "i,i->"))


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("np.einsum('ij->i', np.ones((2, 3)) > 0)", ["EIN304"]),
        ("np.einsum('ij->i', np.ones((2, 3)) > 0, dtype=int)", []),
        ("np.einsum('ij,j->i', np.ones((2, 3)) > 0, np.ones(3))", []),
        ("np.einsum('ij,j->i', np.ones((2, 3)) > 0, x)", []),
        ("np.einsum('ij->ji', np.ones((2, 3)) > 0)", []),
        ("np.einsum('ij->i', np.ones((2, 3)) > 0, **k)", []),
    ],
)
def test_narrow_accumulator(call: str, expected: list[str]) -> None:
    assert codes(call) == expected
