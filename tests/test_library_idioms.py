"""The arithmetic of PyTorch, JAX and CuPy as einsums; both forms give the same in the library."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from einsum_lint import Applicability, Config, rewrite_source
from einsum_lint.codemod import codemods
from einsum_lint.engine import fix_bytes
from einsum_lint.proofs import Proofs

TORCH = """\
import torch
def f():
    A, B, v = torch.ones(3, 4), torch.ones(4, 5), torch.ones(5)
    C, D = torch.ones(2, 3, 4), torch.ones(2, 5, 4)
    E = torch.ones(2, 3, 3)
"""
JAX = "import jax.numpy as jnp\ndef f():\n    A, B = jnp.ones((3, 4)), jnp.ones((4, 5))\n"


def rewritten(text: str) -> str:
    return rewrite_source(text, "numpy-to-einsum", level=Applicability.UNSAFE, verify=False)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("C.bmm(D.transpose(1, 2))", 'torch.einsum("ijl,ikl->ijk", C, D)'),
        ("torch.bmm(C, D.mT)", 'torch.einsum("ijl,ikl->ijk", C, D)'),
        ("C @ D.permute(0, 2, 1)", 'torch.einsum("ijl,ikl->ijk", C, D)'),
        ("torch.mm(A, B)", 'torch.einsum("ik,kj->ij", A, B)'),
        ("A.t().mm(A)", 'torch.einsum("ki,kj->ij", A, A)'),
        ("torch.mv(B, v)", 'torch.einsum("ij,j->i", B, v)'),
        ("torch.outer(v, v)", 'torch.einsum("i,j->ij", v, v)'),
        ("v.dot(v)", 'torch.einsum("i,i->", v, v)'),
        ("A @ B @ v", 'torch.einsum("ij,jk,k->i", A, B, v)'),
        ("(A.unsqueeze(2) * B).sum(dim=1)", 'torch.einsum("ik,kj->ij", A, B)'),
        ("(A[:, :, None] * B).sum(1, keepdim=True)", 'torch.einsum("ik,kj->ij", A, B)[:, None]'),
        ("torch.tensordot(C, D, dims=([2], [2]))", 'torch.einsum("ijm,klm->ijkl", C, D)'),
        ("torch.trace(A.T @ A)", 'torch.einsum("ij,ij->", A, A)'),
        ("C.movedim(0, 2)", 'torch.einsum("kij->ijk", C)'),
        ("torch.exp(A) @ B", 'torch.einsum("ik,kj->ij", torch.exp(A), B)'),
        ("A.mH @ A", 'torch.einsum("ki,kj->ij", torch.conj(A), A)'),
        ("C.transpose(1, 2).contiguous() @ C", 'torch.einsum("ilj,ilk->ijk", C, C)'),
        ("torch.mul(A, A).sum()", 'torch.einsum("ij,ij->", A, A)'),
        ("torch.ones(2, 3, 3).diagonal(dim1=1, dim2=2)", "torch.ones(2, 3, 3).diagonal(dim1=1, dim2=2)"),
        ("E.diagonal(dim1=1, dim2=2)", 'torch.einsum("ijj->ij", E)'),
    ],
)  # fmt: skip
def test_tensors(before: str, after: str) -> None:
    assert rewritten(f"{TORCH}    return {before}\n") == f"{TORCH}    return {after}\n"


@pytest.mark.parametrize(
    "text",
    [
        "A.softmax(1) @ B", "A.mul_(2) @ B", "A.sum(0, dtype=torch.int32) @ B", "A.flip(0) @ B",
        "torch.add(A, A, alpha=2) @ B", "torch.addmm(v, A, B)", "A.to(v) @ B", "A.T",
        "g(A).mm(B)", "torch.nn.functional.relu(A) @ B",
    ],
)  # fmt: skip
def test_what_is_no_sum_of_products_stays(text: str) -> None:
    source = f"{TORCH}    return {text}\n"
    assert rewritten(source) == source


def test_ranks_that_functions_demand() -> None:
    source = "import torch\ndef f(a, b):\n    return torch.bmm(a, b.transpose(1, 2))\n"
    assert 'torch.einsum("ijl,ikl->ijk", a, b)' in rewritten(source)
    assert rewritten(source.replace("torch.bmm(a, ", "(a @ ")) == source.replace(
        "torch.bmm(a, ", "(a @ "
    )
    method = "import torch\ndef f(self, b):\n    return self.mm(b)\n"
    assert rewritten(method) == method


def test_two_libraries_in_one_file() -> None:
    head = "import numpy as np\n" + JAX + "    z = np.ones((3, 4))\n"
    for before, after in (
        ("A.T @ A", 'jnp.einsum("ki,kj->ij", A, A)'),
        ("z.T @ z", 'np.einsum("ki,kj->ij", z, z)'),
        ("z.T @ A", "z.T @ A"),
        ("np.dot(A.T, A)", "np.dot(A.T, A)"),
    ):
        assert rewritten(f"{head}    return {before}\n") == f"{head}    return {after}\n"
    unsure = "import numpy as np\nimport torch\ndef f(x):\n    a, b, c = x.shape\n    return x @ x.swapaxes(1, 2)\n"
    assert rewritten(unsure) == unsure
    assert "np.einsum" in rewritten(unsure.replace("import torch\n", ""))


@pytest.mark.parametrize("head", [JAX, JAX.replace("jax.numpy as jnp", "cupy as jnp")])
def test_the_likes_of_numpy(head: str) -> None:
    optimize = ", optimize=True" if "cupy" in head else ""
    after = f'jnp.einsum("ki,kl,lj->ij", A, A, B{optimize})'
    source = f"{head}    t = A.T @ A\n    return t @ B\n"
    if "cupy" in head:  # too small to be worth it
        after = after.replace(optimize, "")
    assert rewritten(source) == f"{head}    return {after}\n"


def test_they_are_proved_with_numpy() -> None:
    source = f"{TORCH}    t = C.transpose(1, 2)\n    return torch.bmm(D, t)\n".encode()
    rules = codemods()["numpy-to-einsum"].rules(Config())
    with Proofs() as prove:
        fixed = fix_bytes(
            source, "a.py", Config(), level=Applicability.UNSAFE, only=rules, prove=prove
        )
    assert b'torch.einsum("ijl,ikl->ijk", D, C)' in fixed.data
    assert (fixed.proofs.proved, fixed.proofs.executed) == (1, 1)


SIZES = (2, 3, 4)


class Tensors:
    """Makes random arithmetic of tensors."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.shapes: dict[str, tuple[int, ...]] = {}

    def new(self, *shape: int) -> str:
        name = "ABCDEFGH"[len(self.shapes) % 8] + str(len(self.shapes) // 8 or "")
        self.shapes[name] = shape
        return name

    def size(self) -> int:
        return self.rng.choice(SIZES)

    def expression(self, depth: int) -> tuple[str, tuple[int, ...]]:
        """A text that an operator may follow, and the shape of its value."""
        if depth == 0:
            shape = tuple(self.size() for _ in range(self.rng.choice((1, 2, 2, 3, 3))))
            return self.new(*shape), shape
        text, shape = self.expression(depth - 1)
        steps = [self.summed, self.unsqueezed]
        if len(shape) > 1:
            steps += [self.permuted, self.exchanged, self.matmul, self.matmul, self.dotted]
        if len(shape) == 3:
            steps += [self.bmm, self.bmm]
        if len(shape) == 2:
            steps += [self.mm, self.mm]
        return self.rng.choice(steps)(text, shape) if shape else (text, shape)

    def summed(self, text: str, shape: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
        axis, other = self.rng.randrange(len(shape)), self.new(*shape)
        rest = shape[:axis] + shape[axis + 1 :]
        if self.rng.random() < 0.3:
            kept = (*shape[:axis], 1, *shape[axis + 1 :])
            return f"({text} * {other}).sum({axis}, True)", kept
        return f"torch.mul({text}, {other}).sum(dim={axis - len(shape)})", rest

    def unsqueezed(self, text: str, shape: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
        axis = self.rng.randint(0, len(shape))
        return f"{text}.unsqueeze({axis})", (*shape[:axis], 1, *shape[axis:])

    def permuted(self, text: str, shape: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
        order = self.rng.sample(range(len(shape)), len(shape))
        listed = ", ".join(map(str, order))
        moved = tuple(shape[k] for k in order)
        if self.rng.random() < 0.5:
            return f"torch.permute({text}, ({listed}))", moved
        return f"{text}.permute({listed})", moved

    def exchanged(self, text: str, shape: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
        one, other = self.rng.sample(range(len(shape)), 2)
        moved = list(shape)
        moved[one], moved[other] = moved[other], moved[one]
        name = self.rng.choice(["transpose", "swapaxes", "swapdims"])
        if self.rng.random() < 0.5:
            return f"torch.{name}({text}, {one}, {other})", tuple(moved)
        return f"{text}.{name}({one}, {other - len(shape)})", tuple(moved)

    def matmul(self, text: str, shape: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
        columns = self.size()
        return f"({text} @ {self.new(shape[-1], columns)})", (*shape[:-1], columns)

    def dotted(self, text: str, shape: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
        axis, columns = self.rng.randrange(len(shape)), self.size()
        other = self.new(columns, shape[axis])
        rest = shape[:axis] + shape[axis + 1 :]
        return f"torch.tensordot({text}, {other}, dims=([{axis}], [1]))", (*rest, columns)

    def bmm(self, text: str, shape: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
        columns = self.size()
        other = self.new(shape[0], columns, shape[2])
        return f"torch.bmm({text}, {other}.mT)", (*shape[:2], columns)

    def mm(self, text: str, shape: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
        columns = self.size()
        return f"{text}.t().mm({self.new(shape[0], columns)})", (shape[1], columns)


def check(seed: int, torch: Any) -> bool:
    """Whether a random program is rewritten; both forms then give the same."""
    writer = Tensors(random.Random(seed))
    text, _ = writer.expression(writer.rng.randint(1, 4))
    rows = ["import torch", "def f():"]
    for name, shape in writer.shapes.items():
        rows.append(f"    {name} = torch.randn({', '.join(map(str, shape))})")
    source = "\n".join([*rows, f"    return {text}", ""])
    after = rewritten(source)
    if after == source:
        return False
    results = []
    for form in (source, after):
        names: dict[str, Any] = {}
        exec(form, names)
        torch.manual_seed(seed)
        results.append(names["f"]())
    assert results[0].shape == results[1].shape, after
    assert results[0].dtype == results[1].dtype, after
    assert torch.allclose(*results, rtol=1e-3, atol=1e-4), after
    return True


@settings(deadline=None)
@given(st.integers(0, 2**32))
def test_random_tensors(seed: int) -> None:
    check(seed, pytest.importorskip("torch"))


def test_most_random_tensors_are_understood() -> None:
    torch = pytest.importorskip("torch")
    assert sum(check(seed, torch) for seed in range(100)) > 60
