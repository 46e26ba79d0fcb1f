"""Array arithmetic as einsums: what is rewritten, what stays, and random programs in both forms."""

from __future__ import annotations

import argparse
import random
import warnings
from collections import Counter
from textwrap import indent
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from idiom_programs import program

from einsum_lint import Applicability, Config, check_source, rewrite_source
from einsum_lint.codemod import codemods
from einsum_lint.engine import fix_bytes
from einsum_lint.proofs import Proofs

HEAD = """\
import numpy as np
def f(n, m, Q, K):
    A, B, v, C = np.ones((n, m)), np.ones((m, 4)), np.ones(4), np.ones((n, m, 4))
    s = np.ones((3, 3), dtype=np.int8)
"""


def rewritten(text: str, codemod: str = "numpy-to-einsum") -> str:
    return rewrite_source(text, codemod, level=Applicability.UNSAFE, verify=False)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A @ B", 'np.einsum("ik,kj->ij", A, B)'),
        ("Q.transpose(0, 2, 1, 3) @ K.transpose(0, 2, 3, 1)", 'np.einsum("ikjm,iljm->ijkl", Q, K)'),
        ("(A @ B @ v).sum()", 'np.einsum("ij,jk,k->", A, B, v, optimize=True)[()]'),
        ("g(A.T @ A, h=np.trace(B @ B.T))", 'g(np.einsum("ki,kj->ij", A, A), h=np.einsum("ij,ij->", B, B))'),
        ("np.tensordot(A, B, axes=([1], [0]))", 'np.einsum("ik,kj->ij", A, B)'),
        ("(A[:, :, None] * B[None]).sum(1)", 'np.einsum("ik,kj->ij", A, B)'),
        ("np.outer(v, v) + A @ B", 'np.einsum("i,j->ij", v, v) + np.einsum("ik,kj->ij", A, B)'),
        ("(A @ B) * v", 'np.einsum("ik,kj,j->ij", A, B, v)'),
        ("np.diag(B @ B.T)", 'np.einsum("ij,ij->i", B, B)'),
        ("C.transpose(2, 0, 1)", 'np.einsum("jki->ijk", C)'),
        ("np.exp(A) @ B", 'np.einsum("ik,kj->ij", np.exp(A), B)'),
    ],
)  # fmt: skip
def test_products_become_einsums(before: str, after: str) -> None:
    assert rewritten(f"{HEAD}    return {before}\n") == f"{HEAD}    return {after}\n"


@pytest.mark.parametrize(
    "text",
    [
        "Q @ K", "Q.T", "A.T", "A * A", "A.sum(axis=0)", "(s * s).sum(1)", "np.vdot(s, s)",
        "np.outer(Q, K)", "[A @ x for x in B]", "np.dot(Q, v)", "Q.T @ K", "A + A", "g(Q) @ B",
        "np.tensordot(Q, K, axes=2)", "Q.trace()", "np.array(C).transpose(2, 0, 1)", "np.zeros(4) @ v",
        "A.astype(int).T @ A", "np.trace(s.astype(int) @ s.astype(int)) * A", "s @ s if n else m",
    ],
)  # fmt: skip
def test_what_is_not_certain_or_no_product_stays(text: str) -> None:
    source = f"{HEAD}    return {text}\n"
    assert rewritten(source) == source


SUM = 'np.einsum("ki,kj->ij", A, A)'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("t = A.T\nreturn t @ A", f"return {SUM}"),
        ("t = A.T\nu = t @ A\nw = u @ B\nreturn w", 'w = np.einsum("ki,kl,lj->ij", A, A, B, optimize=True)\nreturn w'),
        ("x = A[:, :, None]\ny = B[None]\np = x * y\nreturn p.sum(1)", 'return np.einsum("ik,kj->ij", A, B)'),
        ("t = A.T  # why\n# what\nreturn t @ A", f"# why\n# what\nreturn {SUM}"),
        ("t = A.T\nw = np.sqrt(v)\nreturn w * 2, t @ A", f"w = np.sqrt(v)\nreturn w * 2, {SUM}"),
        ("if n:\n    t = A.T\n    m = t @ A\nreturn m", f"if n:\n    m = {SUM}\nreturn m"),
        ("t = (\n    A.T\n)\nreturn t @ A", f"return {SUM}"),
        ('t = np.einsum("ij->ji", A)\nreturn t @ A', f"return {SUM}"),
    ],
)  # fmt: skip
def test_temporaries_that_are_used_once_go(before: str, after: str) -> None:
    source, wanted = (HEAD + indent(f"{text}\n", "    ") for text in (before, after))
    assert rewritten(source) == wanted
    rules = codemods()["numpy-to-einsum"].rules(Config())
    level = Applicability.UNSAFE
    with Proofs() as prove:
        fixed = fix_bytes(source.encode(), "a.py", Config(), level=level, only=rules, prove=prove)
    assert fixed.data.decode() == wanted
    assert (fixed.proofs.proved, fixed.proofs.executed) == (1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "t = A.T\nA[0] = 1\nreturn t @ A", "t = A.T\nA = g(t)\nreturn t @ A",
        "t = A.T\nreturn t @ A, t", "t = A.T\ng()\nreturn t @ A", "t = A.T\nA += 1\nreturn t @ A",
        "t = A.T\nreturn g(), t @ A", "t = A.T\nfor x in n:\n    g(t @ A)",
        "t = A.T\nreturn t @ A + eval('t')", "t = A.T\nreturn lambda: t @ A",
        "t = A.T; g()\nreturn t @ A", "t = A[0]\nreturn t @ A.T", "global t\nt = A.T\nreturn t @ A",
        "t = A.T\nt = B.T\nreturn A @ B, t @ B", "t: object = A.T\nreturn t @ A",
        "t = A.T\nreturn (A := B) and t @ A", "t = A.T\nreturn n and t @ A",
    ],
)  # fmt: skip
def test_temporaries_that_are_needed_stay(text: str) -> None:
    first, *_ = text.split("\n")
    assert first in rewritten(HEAD + indent(f"{text}\n", "    "))


def test_what_may_be_sparse_stays() -> None:
    source = "import numpy as np\ndef f(M, x):\n    n, m = M.shape\n    k, = x.shape\n    return M.T @ M @ x\n"
    assert rewritten(source) == source


@pytest.mark.parametrize(("text", "found"), [("A @ B", False), ("(A.T @ A).sum()", True)])
def test_only_chains_are_reported(text: str, found: bool) -> None:
    findings = check_source(f"{HEAD}    return {text}\n", config=Config(select=("EIN204",)))
    assert [finding.code for finding in findings] == ["EIN204"] * found


def test_functions_under_their_own_names_are_executed_too() -> None:
    source = "from numpy import dot, ones\nimport numpy as np\ndef f(n):\n    A = ones((n, n))\n    return dot(A, A.T)\n"
    rules = codemods()["numpy-to-einsum"].rules(Config())
    with Proofs() as prove:
        fixed = fix_bytes(
            source.encode(), "a.py", Config(), level=Applicability.UNSAFE, only=rules, prove=prove
        )
    assert b"np.einsum" in fixed.data
    assert (fixed.proofs.proved, fixed.proofs.executed) == (1, 1)


def value(source: str, seed: int) -> Any:
    names: dict[str, Any] = {}
    exec(source, names)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return names["f"](seed)


def check(rng: random.Random, counts: Counter[str]) -> None:
    """A random program, as einsums, and those as plain operations: each gives the same."""
    source = program(rng)
    lifted = rewritten(source)
    plain = rewritten(lifted, "einsum-to-numpy")
    counts["programs"] += 1
    counts["to einsum"] += lifted != source
    counts["whole"] += lifted.rpartition("return ")[2].startswith("np.einsum(")
    counts["to NumPy"] += plain != lifted
    want = value(source, 1)
    for form in {lifted, plain} - {source}:
        got = value(form, 1)
        story = f"{source}\n{form}"
        assert np.shape(got) == np.shape(want), story
        assert np.asarray(got).dtype == np.asarray(want).dtype, story
        close = 1e-4 if np.asarray(want).dtype == np.float32 else 1e-9
        scale = np.max(np.abs(want), initial=1.0)
        np.testing.assert_allclose(got, want, rtol=close, atol=close * scale, err_msg=story)


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_random_programs_give_the_same(seed: int) -> None:
    check(random.Random(seed), Counter())


def test_most_programs_are_understood() -> None:
    counts: Counter[str] = Counter()
    for seed in range(150):
        check(random.Random(seed), counts)
    assert counts["to einsum"] > 60
    assert counts["to NumPy"] > 20


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Random idioms as einsums, and back.")
    parser.add_argument("--examples", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    found: Counter[str] = Counter()
    for number in range(options.examples):
        check(random.Random(f"{options.seed} {number}"), found)
    print(dict(found))
