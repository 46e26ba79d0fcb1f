"""einsum calls as plain operations: where they stand, what is assumed, and what stays."""

from __future__ import annotations

import pytest

from einsum_lint import Applicability, Config, check_source, rewrite_source

HEAD = "import numpy as np\nimport torch\nimport jax.numpy as jnp\nimport tensorflow as tf\n"
KNOWN = "a = np.ones((3, 4))\nb = np.ones((4, 5))\n"


def rewritten(text: str, head: str = HEAD) -> str:
    result = rewrite_source(
        head + text, "einsum-to-numpy", level=Applicability.UNSAFE, verify=False
    )
    return result.removeprefix(head)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = np.einsum('ij,jk->ik', a, b)\n", "x = a @ b\n"),
        ("x = y - np.einsum('ij,jk->ik', a, b)\n", "x = y - a @ b\n"),
        ("x = y * np.einsum('ij,jk->ik', a, b)\n", "x = y * (a @ b)\n"),
        ("x = np.einsum('ij,jk->ik', a, b) / 2\n", "x = a @ b / 2\n"),
        ("x = -np.einsum('ij,jk->ik', a, b)\n", "x = -(a @ b)\n"),
        ("x = np.einsum('ij,jk->ik', a, b)**2\n", "x = (a @ b)**2\n"),
        ("x = np.einsum('ij,jk->ik', a, b)[0]\n", "x = (a @ b)[0]\n"),
        ("x = np.einsum('ij->ji', a).sum(0)\n", "x = a.T.sum(0)\n"),
        (
            "x = f(np.einsum('ij,jk->ik', a, b), c=np.einsum('i,i', a, b))\n",
            "x = f(a @ b, c=a @ b)\n",
        ),
        ("if np.einsum('i,i', a, b) > 0: pass\n", "if a @ b > 0: pass\n"),
        ("x = np.einsum('ij,jk', a + 1, b if c else d)\n", "x = (a + 1) @ (b if c else d)\n"),
        ("x = np.einsum('ij,jk', a +\n  1, b)\n", "x = (a +\n  1) @ b\n"),
        ("x = np.einsum('ij,jk', a, not b)\n", "x = a @ (not b)\n"),
        ("x = np.einsum(a, [0, 1], b, [1, 2])\n", "x = a @ b\n"),
        ("x = np.einsum('ij,ki->kj', a, b)\n", "x = b @ a\n"),
        ("x = torch.einsum('ijk->kij', a)\n", "x = a.permute(2, 0, 1)\n"),
        ("x = torch.einsum('bij,bkj->bik', a, b)\n", "x = a @ b.mT\n"),
        ("x = jnp.einsum('ij->i', a)\n", "x = a.sum(axis=1)\n"),
        ("x = tf.einsum('ijk->j', a)\n", "x = tf.reduce_sum(a, axis=(0, 2))\n"),
    ],
)
def test_what_is_plain_is_written_so(before: str, after: str) -> None:
    assert rewritten(before) == after


@pytest.mark.parametrize(
    "text",
    [
        "x = np.einsum('ij,ki->kj', f(a), f(b))\n", "x = np.einsum('ij,jk', a, b, out=c)\n",
        "x = np.einsum('ij,jk', a, b, dtype=float)\n", "x = np.einsum('ij->ji', a, order='C')\n",
        "x = np.einsum('ij,jk->ik', [[1]], b)\n", "x = np.einsum('ij,jk', *a)\n",
        "x = np.einsum('ij,jk',  # one\n  a, b)\n", "x = f'{np.einsum(\"ij->ji\", a)}'\n",
        "x = np.einsum('i->', np.ones(3, dtype=np.int8))\n", "x = np.einsum('ij->ij', a)\n",
        "x = np.einsum('i,i->', np.ones(3, np.float16), np.ones(3, np.float16))\n",
        "x = tf.einsum('i,i->', a, b)\n", "x = np.einsum('ij,jk', a, b, **c)\n",
        "x = np.einsum('ij,jk->ik', np.ones((3, 1)), np.ones((4, 5)))\n",
    ],
)  # fmt: skip
def test_what_is_not_certain_stays(text: str) -> None:
    assert rewritten(text) == text


def test_in_its_own_module_einsum_leaves_operators() -> None:
    head = "from numpy import einsum\n"
    assert rewritten("x = einsum('i,j->ij', a, b)\n", head) == "x = a[:, None] * b\n"


@pytest.mark.parametrize(
    ("text", "assumed"),
    [
        ("np.einsum('ij,jk->ik', a, b)\n", None),
        ("np.einsum('ij,jk->ik', a, x)\n", "`x` is an array; the operands are no float16; no axis"),
        ("np.einsum('ij,kj->ik', a, np.ones((5, n)))\n", "no axis of size 1 is stretched"),
        ("np.einsum('ii->i', np.ones((3, 3)))\n", "nothing writes into the diagonal"),
        ("np.einsum('ij,ij->', a, a, optimize=True)\n", None),
        ("np.einsum('i->', np.ones(n, dtype=t))\n", "what is summed is not narrower"),
        ("np.einsum('i,i->', a[0], a[1], optimize=True)\n", "a number will do for the 0-d array"),
    ],
)
def test_what_a_fix_assumes(text: str, assumed: str | None) -> None:
    for finding in check_source(HEAD + KNOWN + text, config=Config(select=("EIN402",))):
        assert finding.fix is not None
        if assumed is None:
            assert finding.fix.applicability is Applicability.SAFE
        else:
            assert finding.fix.applicability is Applicability.UNSAFE
            assert assumed in finding.fix.message


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("np.einsum('ij,jk->ik', a, b)\n", True), ("np.einsum('ij,jk->ik', a, x)\n", False),
        ("np.einsum('ij,jk->ik', a.astype(int), b.astype(int))\n", False),
        ("np.einsum('ij,ij->ij', a, a)\n", False), ("np.einsum('ij->ji', a)\n", False),
        ("np.einsum('ij,jk->ik', a, b.astype(np.float32))\n", False),
    ],
)  # fmt: skip
def test_matrix_products_of_floats_are_reported(text: str, found: bool) -> None:
    findings = check_source(HEAD + KNOWN + text, config=Config(select=("EIN105",)))
    assert [f.code for f in findings] == ["EIN105"] * found
