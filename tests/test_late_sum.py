"""EIN106: what is summed before it is multiplied."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest

from einsum_lint import Config, check_source, fix_source

CONFIG = Config(select=("EIN106",))


def program(equation: str, shapes: Sequence[tuple[int, ...]], dtype: str = "float64") -> str:
    names = ["a", "b"][: len(shapes)]
    rows = [
        f"{name} = np.ones({shape}, dtype=np.{dtype})"
        for name, shape in zip(names, shapes, strict=True)
    ]
    return "\n".join(
        ["import numpy as np", *rows, f'c = np.einsum("{equation}", {", ".join(names)})', ""]
    )


SQUARE = [(30, 30), (30, 30)]


@pytest.mark.parametrize(
    ("equation", "after"),
    [
        ("ij,jk->k", 'np.einsum("j,jk->k", a.sum(axis=0), b)'),
        ("ij, jk", None),
        ("ij,jk->", 'np.einsum("j,j->", a.sum(axis=0), b.sum(axis=1))'),
        ("ij,kj->j", 'np.einsum("j,j->j", a.sum(axis=0), b.sum(axis=0))'),
        ("ij,j...->...", None),
        ("ij,jk->ik", None),
        ("ii,jk->k", 'np.einsum("ii,k->k", a, b.sum(axis=0))'),
    ],
)
def test_the_fix(equation: str, after: str | None) -> None:
    fixed = fix_source(program(equation, SQUARE), config=CONFIG)
    expected = after or f'np.einsum("{equation}", a, b)'
    assert fixed.splitlines()[-1] == f"c = {expected}"


def test_expressions_and_other_names() -> None:
    text = program("ij,jk->k", SQUARE).replace(", a, b)", ", 2 * a, b.T)").replace("c =", "c = 1 +")
    fixed = fix_source(text, config=CONFIG)
    assert fixed.endswith('c = 1 + np.einsum("j,jk->k", (2 * a).sum(axis=0), b.T)\n')


def test_an_operand_over_several_rows() -> None:
    text = program("ij,jk->k", SQUARE).replace(", a, b)", ", a +\n  b, b)")
    fixed = fix_source(text, config=CONFIG)
    assert fixed.endswith('c = np.einsum("j,jk->k", (a +\n  b).sum(axis=0), b)\n')


def test_the_message_names_the_labels() -> None:
    (finding,) = check_source(program("ij,kj->j", SQUARE), config=CONFIG)
    assert "before the sum over label 'i', label 'k', where 1,830 will do" in finding.message


@pytest.mark.parametrize(
    "text",
    [
        program("ij,jk->k", [(4, 4), (4, 4)]),
        program("ij,j->", [(300, 300), (300,)]),
        program("ij,jk->k", SQUARE, "int32"),
        program("ij,jk->k", SQUARE, "bool_"),
        program("ij,jk->k", SQUARE).replace("a, b)", "a, b, optimize=False)"),
        program("ij,jk->k", SQUARE).replace("b = np.ones((30, 30), dtype=np.float64)", "b = np.ones((30, n))"),
        program("ij,jk->k", SQUARE).replace("a = np.ones((30, 30), dtype=np.float64)", "a = [[1.0] * 30] * 30"),
    ],
)  # fmt: skip
def test_where_it_is_not_certain_or_does_not_pay(text: str) -> None:
    assert check_source(text, config=CONFIG) == ()


@pytest.mark.parametrize("seed", range(80))
def test_both_forms_agree(seed: int) -> None:
    rng = random.Random(seed)
    sizes = {label: rng.randint(9, 14) for label in "ijkl"}
    terms = ["".join(rng.sample("ijkl", rng.randint(1, 3))) for _ in range(2)]
    used = sorted(set("".join(terms)))
    output = "".join(rng.sample(used, rng.randint(0, len(used))))
    dtype = rng.choice(["float32", "float64", "int64", "uint64", "complex64", "complex128"])
    shapes = [tuple(sizes[label] for label in term) for term in terms]
    text = program(f"{','.join(terms)}->{output}", shapes, dtype)
    fixed = fix_source(text, config=CONFIG)
    made = np.random.default_rng(seed)
    values = [made.integers(-9, 9, shape).astype(dtype) for shape in shapes]
    names = {"np": np, "a": values[0], "b": values[1]}
    before, after = (eval(form.splitlines()[-1][4:], names) for form in (text, fixed))
    assert type(before) is type(after)
    np.testing.assert_allclose(after, before, rtol=1e-4)
    assert after.dtype == before.dtype


def test_some_of_them_are_reported() -> None:
    reported = 0
    for seed in range(80):
        rng = random.Random(seed)
        a, b = ("".join(rng.sample("ijkl", 3)) for _ in range(2))
        text = program(f"{a},{b}->{a[0]}", [(12,) * 3] * 2)
        reported += bool(check_source(text, config=CONFIG))
    assert reported > 20
