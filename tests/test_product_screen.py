"""Which rows are looked at for array arithmetic: all that a rule could report, and few others."""

from __future__ import annotations

import pytest

from einsum_lint.product_screen import rows_of_products, rows_of_waste


@pytest.mark.parametrize(
    "row",
    [
        "t = np.trace(a @ b)", "t = np.trace(np.dot(a, b))", "t = trace(a.dot(b))", "(a @ b).trace()",
        "np.dot(a, b).trace()", "np.diag(a @ b.T)", "np.diagonal(x.dot(y))", "(self.a @ b).diagonal()",
        "(a @ b)[i, j]", "np.dot(a, b)[0]", "np.matmul(a, b)[1:]", "a.dot(b)[k]", "y = a @ b @ x",
        "np.sum(a * b)", "(a*b).sum()", "s = np.sum(self.u * self.v)",
    ],
)  # fmt: skip
def test_rows_with_waste_are_kept(row: str) -> None:
    assert rows_of_waste(f"import numpy\n\n  {row}\n") == (3,)
    assert 3 in rows_of_products(f"import torch\n\n  {row}\n")


@pytest.mark.parametrize(
    "row",
    [
        "# np.trace(a @ b)", ">>> np.sum(a * b)", "@decorator", "a @ b", "np.sum(a)", "x.sum()",
        "np.trace(a)", "np.diag(a)[0]", "email = 'a@b.c'", "np.dot(a, b)", "sum(a * b for a in b)",
    ],
)  # fmt: skip
def test_other_rows_are_passed_over(row: str) -> None:
    assert rows_of_waste(f"import numpy\n  {row}\n") == ()


def test_without_a_library_of_arrays_nothing_is_looked_for() -> None:
    assert rows_of_waste("import torch\nt = np.trace(a @ b)\n") == ()
    assert rows_of_products("import scipy\nt = np.trace(a @ b)\n") == ()


def test_rows_are_in_order_and_named_once() -> None:
    assert rows_of_waste("numpy; np.sum(a * b) + np.trace(a @ b)\n\nnp.trace(a @ b)") == (1, 3)
