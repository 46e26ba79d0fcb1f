"""The prover: right rewritings are proved and executed, wrong ones are faults."""

from __future__ import annotations

import pytest
from verify_trials import array, integer, shaped, size, trial

from einsum_lint.dims import add, multiply
from einsum_lint.trial import Trial, Verdict
from einsum_lint.verify.arrays import dtype_of
from einsum_lint.verify.child import judged
from einsum_lint.verify.execute import Execution
from einsum_lint.verify.program import read
from einsum_lint.verify.symbolic import prove

A0, A1, B0, B1 = (size(f"{name}.shape[{axis}]") for name in "AB" for axis in (0, 1))
N, M = size("n"), size("m")

MATMUL = """\
for i in range(A.shape[0]):
    for j in range(B.shape[1]):
        for k in range(A.shape[1]):
            C[i, j] += A[i, k] * B[k, j]
"""
FACTORS = (array("A", 2), shaped("B", A1, B1))
IN_PLACE = (*FACTORS, shaped("C", A0, B1))
FRESH = "C = np.zeros((A.shape[0], B.shape[1]))\n" + MATMUL
SLICED = (array("A", 2), array("B", 2, at0=A1), array("C", 2, at0=A0, at1=B1))
DOT = "s = 0.0\nfor i in range(len(x)):\n    s += x[i] * y[i]\n"
VECTORS = (array("x", 1), shaped("y", size("len(x)")))

RIGHT = {
    "in place": trial(MATMUL, "C += np.einsum('ik,kj->ij', A, B)", *IN_PLACE),
    "fresh": trial(FRESH, "C = np.einsum('ik,kj->ij', A, B)", *FACTORS),
    "matmul": trial(FRESH, "C = A @ B", *FACTORS),
    "sliced": trial(
        MATMUL,
        "C[:A.shape[0], :B.shape[1]] += np.einsum('ik,kj->ij', A, B[:A.shape[1]])",
        *SLICED,
    ),
    "integers as bounds": trial(
        "for i in range(n):\n    for j in range(m):\n        y[i] -= W[i, j] * x[j]\n",
        "y[:n] -= np.einsum('ij,j->i', W[:n, :m], x[:m])",
        integer("n"), integer("m"), array("W", 2, at0=N, at1=M), array("x", 1, at0=M),
        array("y", 1, at0=N), results="y",
    ),
    "linearised": trial(
        "for i in range(n):\n    for j in range(m):\n        y[i] += a[i * lda + j] * x[j]\n",
        "y += np.einsum('ij,j->i', a[:n * lda].reshape(n, lda)[:, :m], x)",
        integer("n"), integer("m"), integer("lda", M), shaped("x", M), shaped("y", N),
        array("a", 1, at0=multiply(N, size("lda")) or 0), results="y",
    ),
    "accumulator": trial(DOT, "s = np.einsum('i,i->', x, y)", *VECTORS, results="s"),
    "sum of a generator": trial(
        "s = 0.0 + sum(a * b for a, b in zip(x, y))\n", "s = np.dot(x, y)", *VECTORS, results="s"
    ),
    "list of rows": trial(
        "rows = []\nfor v in A:\n    rows.append(v @ B)\nC = np.array(rows)\n",
        "C = np.einsum('ik,kj->ij', A, B)", *FACTORS, empty=False,
    ),
    "functions": trial(
        "s = 0.0\nfor i in range(len(x)):\n    s += math.exp(-x[i] ** 2) / (x[i] - y[i]) * w\n",
        "s = w * np.einsum('i,i->', np.exp(-x * x), 1 / (x - y))",
        *VECTORS, shaped("w"), results="s",
    ),
    "attributes": trial(
        "for i in range(self.w.shape[0]):\n    self.g[i] += 2 * self.w[i] * x[i]\n",
        "self.g += 2 * self.w * x",
        array("self.w", 1), shaped("self.g", size("self.w.shape[0]")),
        shaped("x", size("self.w.shape[0]")), results="self.g",
    ),
    "window": trial(
        "for i in range(len(x) - 2):\n    for k in range(3):\n        y[i] += x[i + k] * h[k]\n",
        "y += np.einsum('ik,k->i', np.lib.stride_tricks.sliding_window_view(x, 3), h)",
        array("x", 1, at0=3), shaped("h", 3), shaped("y", add(size("len(x)"), -2) or 0),
        results="y",
    ),
    "strides and reverse": trial(
        "for i in range(0, 2 * n, 2):\n    y[i] += x[2 * n - 1 - i]\n",
        "y[: 2 * n : 2] += x[: 2 * n][::-1][::2]",
        integer("n"), array("x", 1, at0=multiply(2, N) or 0),
        array("y", 1, at0=multiply(2, N) or 0), results="y",
    ),
    "product and enumerate": trial(
        "C = np.zeros(A.shape)\nfor (i, r), j in product(enumerate(u), range(A.shape[1])):\n"
        "    if j >= 0:\n        C[i, j] = r * A[i, j]\n    else:\n        break\n",
        "C = np.einsum('i,ij->ij', u, A)",
        array("A", 2), shaped("u", A0),
    ),
    "while": trial(
        "s = 0.0\ni = 0\nwhile i < len(x):\n    s += x[i] * x[i]\n    i += 1\n",
        "s = np.einsum('i,i->', x, x)", array("x", 1), results="s",
    ),
    "complex": trial(
        "s = 0.0\nfor a in x:\n    s += (a.conjugate() * a).real\n",
        "s = np.einsum('i,i->', x.conj(), x).real",
        array("x", 1, "complex128"), results="s",
    ),
    "masks": trial(
        "s = 0.0\nfor a in x:\n    s += (a > 0.5) * a\n",
        "s = np.einsum('i,i->', (x > 0.5), x)", array("x", 1), results="s",
    ),
    "guarded": trial(
        DOT,
        "if type(x) is np.ndarray and x.ndim == 1 and x.dtype == np.float64:\n"
        "    s = np.einsum('i,i->', x, y)\nelse:\n"
        "    s = 0.0\n    for i in range(len(x)):\n        s += x[i] * y[i]\n",
        *VECTORS, results="s",
    ),
    "known sizes": trial(
        "C = np.empty((3, 2))\nfor i in range(3):\n    for j in range(2):\n"
        "        C[i, j] = sum(A[i, k] * B[k, j] for k in range(4))\n",
        "C = np.einsum('ik,kj->ij', A, B)", shaped("A", 3, 4), shaped("B", 4, 2),
    ),
}  # fmt: skip
"""Rewritings that are right."""


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_proved(name: str) -> None:
    assert judged(RIGHT[name]) == Verdict(proved=True, executed=True)


WRONG = {
    "transposed": trial(FRESH, "C = np.einsum('ik,kj->ji', A, B)", *FACTORS),
    "transposed, square": trial(
        FRESH, "C = np.einsum('ik,kj->ji', A, B)", shaped("A", 3, 3), shaped("B", 3, 3)
    ),
    "no slice of an operand": trial(MATMUL, "C[:A.shape[0], :B.shape[1]] += A @ B", *SLICED),
    "no slice of the target": trial(MATMUL, "C[...] += A @ B[:A.shape[1]]", *SLICED),
    "assigned, not added": trial(MATMUL, "C[...] = A @ B", *IN_PLACE),
    "a term is missing": trial(
        "for i in range(len(x)):\n    z[i] = x[i] * y[i] + 2 * x[i]\n", "z[:] = x * y",
        *VECTORS, shaped("z", size("len(x)")), results="z",
    ),
    "another coefficient": trial(
        DOT.replace("x[i] *", "0.1 * x[i] *"), "s = 0.1000001 * np.dot(x, y)", *VECTORS,
        results="s",
    ),
    "an index of another operand": trial(
        "s = 0.0\nfor i in range(n):\n    for j in range(n):\n        s += P[i, j] * Q[j, i]\n",
        "s = np.einsum('ij,ij->', P, Q)", integer("n"), shaped("P", N, N), shaped("Q", N, N),
        results="s",
    ),
    "carried along": trial(
        "for i in range(1, len(x)):\n    x[i] += x[i - 1]\n", "x[1:] += x[:-1]",
        array("x", 1, at0=4), results="x",
    ),
}  # fmt: skip
"""Rewritings that are wrong whatever the numbers are: both ways must see it."""


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_seen_in_both_ways(name: str) -> None:
    program = read(WRONG[name])
    execution = Execution(program)
    choices = execution.choices()
    assert execution.fault(choices)
    assert not prove(program, choices).proved
    verdict = judged(WRONG[name])
    assert verdict.fault
    assert not verdict.proved
    assert not verdict.executed


ONLY_EXECUTED = {
    "another dtype": trial(
        FRESH, "C = np.einsum('ik,kj->ij', A, B)",
        array("A", 2, "float32"), shaped("B", A1, B1, dtype="float32"),
    ),
    "narrow products": trial(
        "s = np.int64(0)\nfor i in range(len(x)):\n    s += np.int64(x[i]) * y[i]\n",
        "s = np.int64(0)\ns += np.einsum('i,i->', x, y)",
        array("x", 1, "uint8"), shaped("y", size("len(x)"), dtype="uint8"), results="s",
    ),
    "booleans are counted": trial(
        "s = 0\nfor i in range(len(x)):\n    s += x[i] * 1\n", "s = int(np.einsum('i->', x))",
        array("x", 1, "bool"), results="s",
    ),
    "a view": trial(
        "C = np.zeros(A.shape[0])\nfor i in range(A.shape[0]):\n    C[i] = A[i, 0]\n",
        "C = A[:, 0]", array("A", 2, at1=1),
    ),
    "a view of the input is changed": trial(
        "acc = A[0]\nfor k in range(1, A.shape[0]):\n    acc += A[k]\nC = acc.copy()\n",
        "C = np.einsum('ki->i', A)", array("A", 2, at0=1),
    ),
    "another object": trial("C += A", "C = C + A", array("A", 1), shaped("C", A0)),
    "a number instead of an array": trial(
        "C = np.zeros(1)\nfor a in A:\n    C[0] += a\n", "C = np.einsum('i->', A)", array("A", 1)
    ),
    "an array instead of a list": trial(
        "C = []\nfor i in range(len(x)):\n    C.append(x[i] * y[i])\n", "C = x * y", *VECTORS
    ),
    "the integer 0 when empty": trial(
        "s = 0\nfor i in range(len(x)):\n    s += x[i] * y[i]\n", "s = np.dot(x, y)", *VECTORS,
        results="s",
    ),
    "a bound below 0": trial(
        "for i in range(n - 1):\n    x[i] *= w\n", "x[:n - 1] *= w",
        integer("n"), array("x", 1, at0=N), shaped("w"), results="x",
    ),
    "an error on what ran": trial(
        "for i in range(len(x)):\n    C[i, 0] = x[i]\n", "C[:, 0] = x",
        array("x", 1), array("C", 2, at0=size("len(x)"), at1=1),
    ),
    "zeros are passed over": trial(
        "s = 0.0\nfor i in range(len(x)):\n    if x[i] == 0:\n        continue\n"
        "    s += x[i] * y[i]\n",
        "s = np.dot(x, y)", *VECTORS, results="s",
    ),
    "a break at a value": trial(
        "s = 0.0\nfor a in x:\n    if a == stop:\n        break\n    s += a\n",
        "s = np.sum(x)", array("x", 1), shaped("stop"), results="s",
    ),
    "aliased": trial(
        "y = np.zeros(len(x))\nu = x * 1\nfor i in range(len(x)):\n    y[i] = (x is z) + u[i]\n",
        "y = x * 1", array("x", 1), shaped("z", size("len(x)")), results="y",
    ),
    "the order in memory": trial(
        "y = x.ravel() + 0.0", "y = x.ravel(order='K') + 0.0", array("x", 2), results="y"
    ),
}  # fmt: skip
"""Rewritings that only numbers show to be wrong: dtypes, sharing, empty axes, conditions."""


@pytest.mark.parametrize("name", ONLY_EXECUTED)
def test_what_numbers_show_is_a_fault(name: str) -> None:
    verdict = judged(ONLY_EXECUTED[name])
    assert verdict.fault
    assert not verdict.executed


def test_what_is_too_small_to_be_seen_in_numbers_is_a_fault_of_the_terms() -> None:
    one = trial(DOT, "s = np.dot(x, y) * (1 + 1e-8) - 1e-8 * x[0] * y[0] * (len(x) > 0)",
                *VECTORS, results="s")  # fmt: skip
    two = trial("C = x + y", "C = x + y + 1e-14 * x * y", *VECTORS)
    assert not judged(one).proved
    assert judged(two) == Verdict(
        executed=True, fault="C[0]: the terms of the sum differ (x: 2, y: 2)"
    )


def test_empty_axes_count_only_where_the_trial_says_so() -> None:
    kept = ONLY_EXECUTED["the integer 0 when empty"]
    relaxed = Trial(kept.before, kept.after, kept.header, kept.inputs, kept.results, empty=False)
    assert "0 (int) before, 0.0 (float64) after (x: 0, y: 0)" in (judged(kept).fault or "")
    assert judged(relaxed) == Verdict(proved=True, executed=True)


def test_inputs_on_which_the_original_raises_do_not_count() -> None:
    text = "s = x[0] * 1.0\nfor i in range(1, len(x)):\n    s += x[i]\n"
    assert judged(trial(text, "s = np.sum(x)", array("x", 1), results="s")).executed


def test_values_that_the_original_takes_are_found_by_trying() -> None:
    text = "s = 0.0\nfor a in x:\n    s += math.sqrt(a)\n"
    right = trial(text, "s = np.sum(np.sqrt(x))", array("x", 1), results="s")
    wrong = trial(text, "s = np.sum(np.sqrt(x)) * 1.01", array("x", 1), results="s")
    assert judged(right) == Verdict(proved=True, executed=True)
    assert judged(wrong).fault
    subscripts = "for i in range(len(x)):\n    h[b[i]] += x[i]\n"
    scattered = trial(
        subscripts, "h[b] += x",
        array("x", 1), shaped("b", size("len(x)"), dtype="int64"), shaped("h", 7), results="h",
    )  # fmt: skip
    assert judged(scattered).fault


def test_a_hidden_relation_of_sizes_is_found_by_trying() -> None:
    inputs = (array("A", 2), array("B", 2))
    verdict = judged(trial(FRESH, "C = np.einsum('ik,kj->ij', A, B)", *inputs))
    # B may be longer, which einsum refuses.
    assert "raises ValueError" in (verdict.fault or "")
    sums = judged(trial("C = 2 * A + B", "C = A + B + A", *inputs))
    assert sums == Verdict(proved=True, executed=True)


@pytest.mark.parametrize(
    ("text", "inputs", "reason"),
    [
        ("C = A[0, 0, 0]", FACTORS, "the original raises IndexError"),
        ("C = A", (array("A", 1, "datetime64[s]"),), "A has the dtype datetime64[s]"),
        ("C = A", (array("A", 1, "wide"),), "A has the dtype wide"),
        ("C = A", (shaped("A", add(N, -9) or 0),), "no sizes satisfy what is known of them"),
        ("C = np.zeros((4096, 4096, 4096, 64))", (), "needs too much memory"),
    ],
)
def test_what_cannot_be_run_is_skipped(text: str, inputs: tuple[object, ...], reason: str) -> None:
    verdict = judged(Trial(text, "C = 1", "import numpy as np", inputs, ("C",)))  # type: ignore[arg-type]
    assert (verdict.skipped or "").startswith(reason)
    assert not verdict.executed


def test_the_dtype_of_an_unknown_input_is_float64() -> None:
    assert dtype_of(array("A", 1)).name == "float64"


def test_a_proof_does_without_the_choices_that_take_too_much_work() -> None:
    rows = [
        f"{'    ' * k}for {name} in range({'mn'[k // 4]}):" for k, name in enumerate("abcdpqrs")
    ]
    rows.append(" " * 32 + "C[a, b, c, d] += U[p, a] * U[q, b] * U[r, c] * U[s, d] * V[p, q, r, s]")
    right = trial(
        "\n".join(rows), "C += np.einsum('pa,qb,rc,sd,pqrs->abcd', U, U, U, U, V, optimize=True)",
        integer("m"), integer("n"), shaped("U", N, M), shaped("V", N, N, N, N),
        shaped("C", M, M, M, M),
    )  # fmt: skip
    assert judged(right) == Verdict(proved=True, executed=True)
    powers = trial("C = x\nfor i in range(400):\n    C = (C + 1) * x / 2",
                   "C = x\nfor i in range(400):\n    C = x * (1 + C) * 0.5", shaped("x"))  # fmt: skip
    assert judged(powers) == Verdict(executed=True)


def test_an_original_that_never_runs_is_doubtful() -> None:
    verdict = judged(trial("c = a[0, 0]", "c = a[0, 0]", array("a", 1), results="c"))
    assert verdict.doubtful
    assert verdict.skipped is not None
    assert not verdict.executed
