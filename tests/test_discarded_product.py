"""EIN104: what is reported of products, what is written instead, and that both give the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from einsum_lint import Applicability, Config, check_source, fix_source

HEAD = """\
import numpy as np
def f(n, seed, X, Y):
    rng = np.random.default_rng(seed)
    A, B, C = rng.standard_normal((n, n)), rng.standard_normal((n, n)), np.ones((n, n, n))
    v, w = rng.standard_normal((n,)), rng.standard_normal((n,))
    c = np.ones((n, n), dtype=complex)
    b = np.ones(n, dtype=bool)
"""
CONFIG = Config(select=("EIN104",))


def value(source: str) -> Any:
    names: dict[str, Any] = {}
    exec(source, names)
    return names["f"](5, 1, None, None)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("np.trace(A @ B)", 'np.einsum("ij,ji->", A, B)'),
        ("np.trace(np.dot(A, B.T))", 'np.einsum("ij,ij->", A, B)'),
        ("A.dot(B).trace()", 'np.einsum("ij,ji->", A, B)'),
        ("np.diag(A @ B)", 'np.einsum("ij,ji->i", A, B)'),
        ("2 + (A @ B).diagonal()", '2 + np.einsum("ij,ji->i", A, B)'),
        ("(A @ B)[1]", "A[1] @ B"), ("(A @ v)[-1]", "A[-1] @ v"), ("3 * (A @ B)[2]", "3 * (A[2] @ B)"),
        ("np.dot(A, B)[1, 2]", "A[1] @ B[:, 2]"), ("(A @ B)[:, 1]", "A @ B[:, 1]"),
        ("(A.T @ B)[1, 2:4]", "A.T[1] @ B[:, 2:4]"), ("A @ B @ v", "A @ (B @ v)"),
        ("A @ B.T @ A @ v", "A @ (B.T @ (A @ v))"), ("(v * w).sum()", "v @ w"),
        ("np.sum(v * v)", "v @ v"), ("np.sum(A * B)", 'np.einsum("ij,ij->", A, B)'),
    ],
)  # fmt: skip
def test_what_is_written_instead(before: str, after: str) -> None:
    source = f"{HEAD}    return {before}\n"
    fixed = fix_source(source, config=CONFIG, level=Applicability.UNSAFE)
    assert fixed == f"{HEAD}    return {after}\n"
    np.testing.assert_allclose(value(fixed), value(source), rtol=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "np.trace(X @ Y)", "(X @ Y)[1]", "X @ Y @ v", "(X * Y).sum()", "np.trace(A @ B, 1)",
        "np.trace(C @ C)", "(C @ C)[0]", "(A @ B)[b]", "(A @ B)[[1, 2]]", "(A @ B)[1, 2, None]",
        "(A @ B)[X]", "(A @ B)[:]", "(A @ B)[1:]", "(A @ B)[:, 1:]", "(A @ B)[True]", "(v @ A)[1]", "A @ B @ A", "v @ A @ B", "(A * B).sum()", "(A * B).sum(1)",
        "np.sum(A * v)", "np.sum(c * c)", "np.sum(b * b)", "np.sum(A + B)", "(A @ B).sum()",
        "np.trace(A @ np.exp(B))",
    ],
)  # fmt: skip
def test_what_is_not_certain_or_no_faster_stays(text: str) -> None:
    assert check_source(f"{HEAD}    return {text}\n", config=CONFIG) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("np.trace(A @ B)", "only the diagonal of this product is used: n³ steps where n² will do"),
        ("(A @ B)[1]", "only a part of this product is used: n³ steps where n² will do"),
        ("(A @ B)[1, 2]", "only a part of this product is used: n³ steps where n will do"),
        ("(A @ B)[1, 2:]", "only a part of this product is used: n³ steps where n² will do"),
        ("(A @ v)[1]", "only a part of this product is used: n² steps where n will do"),
    ],
)
def test_the_message_says_what_is_saved(text: str, said: str) -> None:
    (finding,) = check_source(f"{HEAD}    return {text}\n", config=CONFIG)
    assert finding.message.startswith(said)
