"""einsums as plain operations: the texts, and each against the einsum of its library."""

from __future__ import annotations

import importlib
import random
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from einsum_lint.emit.code import Code, source
from einsum_lint.emit.plain import ELLIPSIS, Labels, Plain, plain_form
from einsum_lint.emit.spelling import Spelling, TensorflowSpelling, TorchSpelling

NAMES = ("A", "B")
LIBRARIES = {
    "numpy": ("np", Spelling, True), "torch": ("torch", TorchSpelling, True),
    "jax.numpy": ("jnp", Spelling, True), "tensorflow": ("tf", TensorflowSpelling, False),
}  # fmt: skip


def labels(text: str) -> Labels:
    before, dots, behind = text.partition(ELLIPSIS)
    return (*before, *([dots] if dots else []), *behind)


def form(equation: str, library: str = "numpy", *, module: bool = True) -> Plain | None:
    given, _, result = equation.partition("->")
    name, spelling, vectors = LIBRARIES[library]
    terms = [labels(term) for term in given.split(",")]
    spelled = spelling(name if module else None, vectors)
    return plain_form(terms, labels(result), [Code(n) for n in NAMES[: len(terms)]], spelled)


@pytest.mark.parametrize(
    ("equation", "text"),
    [
        ("ij->ji", "A.T"), ("bij->bji", "A.swapaxes(-1, -2)"), ("ijk->kij", "A.transpose(2, 0, 1)"),
        ("ij->ij", None), ("ijk->ki", "A.sum(axis=1).T"), ("ij->", "A.sum()"), ("->", None),
        ("ijkl->jl", "A.sum(axis=(0, 2))"), ("ii->", "A.trace()"), ("ii->i", "A.diagonal()"),
        ("bii->b", "A.trace(axis1=1, axis2=2)"), ("iib->ib", "A.diagonal().T"), ("iii->", None),
        ("iij->", None), ("...ij->...ji", "A.swapaxes(-1, -2)"), ("i...->...i", None),
        ("...i->...", "A.sum(axis=-1)"), ("i...->...", "A.sum(axis=0)"),
        ("...ii->...", "A.trace(axis1=-2, axis2=-1)"),
        ("i,i->", "A @ B"), ("ij,j->i", "A @ B"), ("ij,i->j", "B @ A"), ("ij,kj->ik", "A @ B.T"),
        ("ij,jk->ki", "(A @ B).T"), ("bij,bkj->bik", "A @ B.swapaxes(-1, -2)"),
        ("bqhd,bkhd->bhqk", "A.transpose(0, 2, 1, 3) @ B.transpose(0, 2, 3, 1)"),
        ("ij,bjk->bik", "A @ B"), ("bi,bi->b", None), ("bi,bij->bj", None), ("ij,ij->", None),
        ("ij,jkl->ikl", "np.tensordot(A, B, axes=1)"), ("ijk,jkl->il", "np.tensordot(A, B, axes=2)"),
        ("ki,kjl->ijl", "np.tensordot(A, B, axes=(0, 0))"), ("...ij,...jk->...ik", "A @ B"),
        ("...ij,j->...i", "A @ B"), ("i,i->i", "A * B"), (",i->i", "A * B"), ("ij,i->ij", "A * B[:, None]"),
        ("ij,ji->ij", "A * B.T"), ("i,j->ij", "np.outer(A, B)"), ("i,j->ji", "np.outer(B, A)"),
        ("ij,k->ijk", "np.multiply.outer(A, B)"), ("i...,...->...i", None),
        ("...i,...->...i", "A * B[..., None]"), ("ij,jk->k", None), ("ii,ij->j", None),
        ("b...mk,...kn->b...mn", None), ("b...mk,kn->b...mn", "A @ B"),
    ],
)  # fmt: skip
def test_texts(equation: str, text: str | None) -> None:
    found = form(equation)
    assert (found and found.code.text) == text


def test_without_a_name_for_the_module_there_are_operators_only() -> None:
    for equation, text in [("i,j->ij", "A[:, None] * B"), ("ij,jkl->ikl", None), ("ij->ji", "A.T")]:
        found = form(equation, module=False)
        assert (found and found.code.text) == text


def test_operands_keep_their_parentheses() -> None:
    found = plain_form(
        [("i", "j"), ("k", "j")], ("i", "k"), [source("a + b"), source("-c")], Spelling(None)
    )
    assert found is not None
    assert found.code.text == "(a + b) @ (-c).T"


def random_equation(rng: random.Random) -> str:
    letters = "ijkl"[: rng.randint(1, 4)]
    terms = []
    for _ in range(rng.randint(1, 2)):
        twice = rng.random() < 0.1
        terms.append(
            "".join(
                rng.choices(letters, k=rng.randint(0, 4))
                if twice
                else rng.sample(letters, rng.randint(0, len(letters)))
            )
        )
    if rng.random() < 0.2:
        terms = [term[: (at := rng.randint(0, len(term)))] + ELLIPSIS + term[at:] for term in terms]
    used = sorted(set("".join(terms)) - {"."})
    kept = rng.sample(used, rng.randint(0, len(used)))
    dots = ELLIPSIS in "".join(terms)
    at = rng.choice([0, 0, 0, len(kept)])
    result = "".join([*kept[:at], *([ELLIPSIS] if dots else []), *kept[at:]])
    return f"{','.join(terms)}->{result}"


def arrays_of(equation: str, rng: random.Random, library: str) -> list[Any]:
    sizes = {label: 2 + k for k, label in enumerate("ijkl")}
    made = []
    for term in equation.partition("->")[0].split(","):
        before, dots, behind = term.partition(ELLIPSIS)
        middle = [6, 7][2 - rng.randint(0, 2) :] if dots else []
        shape = [*(sizes[x] for x in before), *middle, *(sizes[x] for x in behind)]
        values = np.random.default_rng(rng.randint(0, 99)).integers(-4, 5, shape)
        made.append(values.astype("float32" if library != "numpy" else rng.choice(DTYPES)))
    return made


DTYPES = ("float64", "complex128", "int64")


def check(equation: str, library: str, module: ModuleType, rng: random.Random) -> bool:
    found = form(equation, library)
    if found is None:
        return False
    arrays = arrays_of(equation, rng, library)
    convert = {"torch": "as_tensor", "tensorflow": "constant"}.get(library, "asarray")
    operands = [getattr(module, convert)(array) for array in arrays]
    want = module.einsum(equation, *operands)
    names = {LIBRARIES[library][0]: module, "A": operands[0], "B": operands[-1]}
    got = eval(found.code.text, names)
    assert got.shape == want.shape, (equation, found.code.text)
    assert got.dtype == want.dtype, (equation, found.code.text)
    np.testing.assert_allclose(np.asarray(got), np.asarray(want), rtol=1e-5, atol=1e-5)
    if library == "numpy":
        assert type(got) is type(want), (equation, found.code.text)
    return True


@given(st.integers(0, 2**32))
def test_numpy_gives_the_same(seed: int) -> None:
    rng = random.Random(seed)
    check(random_equation(rng), "numpy", np, rng)


@pytest.mark.parametrize("library", ["torch", "jax.numpy", "tensorflow"])
def test_other_libraries_give_the_same(library: str) -> None:
    pytest.importorskip(library.partition(".")[0])
    module = importlib.import_module(library)
    rng = random.Random(7)
    assert sum(check(random_equation(rng), library, module, rng) for _ in range(1500)) > 200


def test_enough_is_plain() -> None:
    rng = random.Random(3)
    assert sum(form(random_equation(rng)) is not None for _ in range(1000)) > 200
