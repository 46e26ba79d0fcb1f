"""Loops that were once rewritten wrongly: each does what it did, rewritten or left alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from loop_running import compiled, difference, outcome
from rewriting import rewritten

SHAPES = {"A": (4,), "B": (4,), "M": (4, 4), "T": (4, 5), "G": (4, 3, 5), "flat": (64,)}
"""The shapes of the arguments, by name; ``n`` is 4."""

FOUND = {
    "two updates of one element": """
def kernel(A, B, n):
    out = np.zeros(n)
    for j in range(n):
        out[j] += A[j] * B[j]
        out[j] = out[j] + A[j]
    return out
""",
    "a counter that goes on behind the loop": """
def kernel(B, M, flat, n):
    out = 0.0
    p = 0
    for m in range(n):
        for l in range(n):
            for j in range(n):
                out -= B[m] * flat[p] * M[m, j]
                p += 1
    return out, l
""",
    "a view that another statement writes": """
def kernel(A, B, n):
    out = 1.5
    res = A.view()
    for i in range(n):
        out = 2.0 * A[i] * B[i] + out
        res[i] += 0.5 * B[i]
    return out, res
""",
    "overlapping windows of the target": """
def kernel(M, T, n):
    out = np.zeros(20)
    for i in range(n):
        for j in range(T.shape[1]):
            for k in range(n):
                out[i * 2 + j] += M[i, k] * T[k, j]
    return out
""",
    "a negative subscript": """
def kernel(A, B):
    s = 0.0
    for i in range(len(A)):
        s += A[i] * B[-i]
    return s
""",
    "numbers that are Python objects": """
def kernel(A, B):
    x = np.array(A, dtype=object)
    s = 0.0
    for i in range(len(x)):
        s += x[i] * x[i]
    return s
""",
    "a transpose of what has three axes": """
def kernel(G, n):
    n = G.shape[0]
    out = np.zeros((G.shape[2], n))
    for i in range(G.shape[1]):
        out += G[:, i].T
    return out
""",
    "a number in each row, stored in an element": """
def kernel(B, M, T, n):
    out = np.zeros((n, n))
    for j, b in enumerate(B):
        for i in range(n):
            out[j, i] += M[i, j] * M[i, i] * b
    return out
""",
    "a value that is clipped after each update": """
def kernel(A, B, n):
    out = np.zeros(n)
    res = np.zeros(n)
    for i in range(n):
        out[i] += A[i] * B[i]
        out[i] = np.clip(out[i], -1, 1)
        res[i] += B[i] * 3
    return out, res
""",
    "rows of a view of the target": """
def kernel(M, n):
    out = M[:]
    for j, row in enumerate(M):
        for i in range(n):
            out[i, j] = row[i] * row[1]
    return out
""",
    "half precision, added up in double precision": """
def kernel(M, n):
    H = (M * 100).astype(np.float16)
    out = np.zeros(n)
    for i in range(n):
        for j in range(n):
            out[i] += H[i, j] * H[i, j]
    return out
""",
    "elements of two vectors, a row of a matrix and a quotient": """
def kernel(A, B, M):
    out = np.empty(len(A))
    for i in range(len(A)):
        s = 0.0
        for j in range(len(B)):
            s += M[i, j] * B[j] / (1.0 + A[i] * A[i])
        out[i] = s
    return out
""",
    "a vector that the inner loop shows to be one": """
def kernel(A, M, T, n):
    out = np.zeros((n, n))
    for j in range(n):
        row = M[j]
        for i in range(n - 1, -1, -1):
            out[j, i] += row[i] * T[i, j] + 3 * M[i, j] + 2.0 * A[j] * T[i, j]
    return out
""",
    "numbers that the inner loop shows to be numbers": """
def kernel(T, B, M, G, n):
    m, _ = M.shape
    out = np.zeros((n, m))
    for k in range(0, T.shape[1]):
        for l, b1 in enumerate(B):
            t2 = T[l, k]
            for i, y5 in enumerate(G[l]):
                for j in range(1, m):
                    out[i, j] = t2 * b1 * M[j, j] * y5[j] + out[i, j]
    return out
""",
    "an array, zipped, to which each round adds 1": """
def kernel(A, B, n):
    out = np.zeros(n)
    for i, b in zip(range(n), B):
        out[i] += A[i] * b
        B += 1
    return out
""",
    "an array, enumerated, to which each round adds 1": """
def kernel(A, M, n):
    out = np.zeros(n)
    for j, row in enumerate(M):
        for i in range(n):
            out[j] = out[j] + A[i] * row[i]
            M += 1
    return out
""",
    "a copy, zipped, to which each round adds 1": """
def kernel(M, T, n):
    B = np.array(T, dtype=float)
    out = np.zeros((n, n))
    for i, a, b in zip(range(n), M, B):
        for j in range(n):
            out[j, i] = 0.0
            B += 1
            out[j, i] += a[j] * b[j]
    return out
""",
    "rows of Python objects": """
def kernel(M, T):
    x = np.array(M, dtype=object)
    out = []
    for b, a in zip(T, x):
        out.append(sum(a[l] * b[l] for l in range(M.shape[1])))
    return out
""",
    "rows of a masked array": """
def kernel(M):
    x = np.ma.masked_less(M, 1.0)
    s = 0.0
    for row in x:
        for i in range(0, len(M), 2):
            s -= row[i]
    return s
""",
    "rows of truth values": """
def kernel(M, n):
    x = M > 0
    s = 0.0
    for row in x:
        for i in range(n):
            s += row[i]
    return s
""",
    "a row of a masked array": """
def kernel(M, n):
    x = np.ma.masked_less(M, 1.0)
    s = 0.0
    for i in range(n):
        row = x[i]
        for k in range(n):
            s += M[i, k] * row[k]
    return s
""",
    "an element that is read before it changes": """
def kernel(A, M, T, n):
    out = np.zeros((n, n))
    for i in range(n):
        w = A[i]
        A[i] = 1.0
        for j in range(n):
            for k in range(n):
                out[i, j] += w * M[i, k] * T[k, j]
    return out, A
""",
    "an array, enumerated, that grows in an inner loop": """
def kernel(B, M, T, n):
    out = np.zeros((n, n))
    for k, b in enumerate(B):
        for i in range(n):
            for j in range(n):
                out[i, k] += b * M[i, j] * T[j, k]
                B += 1
    return out
""",
    "integers from what is given": """
def kernel(A, B, n):
    out = np.zeros_like(A, dtype=int)
    for i in range(n):
        for j in range(n):
            out[i] += A[i] * B[j] * 10
    return out
""",
    "a subscript that is negative in the first rounds": """
def kernel(A, B, n):
    out = np.zeros(n)
    for i in range(n):
        for j in range(2):
            out[i] += A[i - j] * B[j]
    return out
""",
    "matrices of different shapes": """
def kernel(M, T):
    pair = (M, T)
    return [sum(x @ x.T for x in pair), sum(np.trace(x[:4, :4]) for x in pair)]
""",
    "an array that is changed in place, and then given anew": """
def kernel(M, G, n):
    out = M
    for i in range(G.shape[1]):
        out += M * G[:, i, :4]
        out = out + M * G[:, i, 1:]
    return out
""",
    "a parameter that is changed in place, and then given anew": """
def kernel(M, G, T, n):
    for i in range(G.shape[1]):
        T += M[0, 0] * G[:, i, :]
        T = T + M[0, 1] * G[:, i, :]
    return T
""",
    "two loops that change a parameter, the second gives it anew": """
def kernel(M, G, T, n):
    for k in range(n):
        for i in range(G.shape[1]):
            T += M[0, 0] * G[:, i, :]
        for i in range(G.shape[1]):
            T = T + M[k, 1] * G[:, i, :]
    return T
""",
    "two names of one array": """
def kernel(M, T, n):
    x = y = np.zeros(n)
    for i in range(n):
        for j in range(n):
            x[i] += M[i, j] * T[j, i]
    for i in range(n):
        for j in range(n):
            y[i] += M[i, j] * x[j]
    return x, y
""",
    "a list that has no shape": """
def kernel(M, n):
    x = M.tolist()
    out = np.zeros((n, n))
    for k in range(x.shape[1]):
        for i in range(n):
            out[:, i] -= x[i, :, k]
    return out
""",
    "an iterator over numbers": """
def kernel(M, n):
    x = np.nditer(M)
    out = np.zeros(n)
    for k, row in enumerate(x):
        s = 0.0
        for number in row:
            s += 0.5 * number
        out[k] = s
    return out
""",
}

RAISES = ("a list that has no shape", "an iterator over numbers")
"""Those that always raise, and still must."""

VIEWS = (
    "out = np.array(A, copy=None)",
    "(out := A)",
    "out = np.split(A, 1)[0]",
    "out = [A, M][0]",
    'out = {"a": A}["a"]',
    "[out] = (A,)",
    "out = np.flip(A)",
    "out = np.require(A)",
    "out = np.asfortranarray(A)",
    "out = np.nan_to_num(A, copy=False)",
    "out = A.astype(float, copy=False)",
    "out = np.add(A, 1.0, out=A)",
    'out = np.einsum("i->i", A)',
    "views = [A, M]; out = views[0]",
    "out = A if n else M",
    "out = A.view().reshape(4)",
)
"""Ways to hold, as ``out``, the memory of ``A``."""


def arguments(text: str) -> list[Any]:
    """Random arguments for the parameters that a text names."""
    rng = np.random.default_rng(3)
    start = text.index("kernel(") + len("kernel(")
    names = text[start : text.index(")", start)].split(", ")
    return [4 if name == "n" else rng.random(SHAPES[name]) + 0.5 for name in names]


@pytest.mark.parametrize("name", FOUND)
def test_it_does_what_it_did(name: str) -> None:
    text = FOUND[name]
    source = f"import numpy as np\n\n{text}"
    before = outcome(compiled(source), arguments(text))
    assert (before.error is None) is (name not in RAISES)
    new = rewritten(source)
    assert difference(before, outcome(compiled(new), arguments(text))) is None, new


@pytest.mark.parametrize("way", VIEWS)
def test_a_target_that_shares_memory_with_an_operand(way: str) -> None:
    text = f"""import numpy as np

def kernel(A, M, n):
    {way}
    for i in range(n):
        for j in range(n):
            out[i] += M[i, j] * A[j]
    return out
"""
    before = outcome(compiled(text), arguments(text))
    assert before.error is None
    new = rewritten(text)
    assert difference(before, outcome(compiled(new), arguments(text))) is None, new


FRAMES = (
    "out[t * step : t * step + width] += h[t, 0] * x[:width]",
    "h[t, 0] = np.dot(x[t * step : t * step + width], x[:width])",
)


@pytest.mark.parametrize("change", FRAMES)
def test_frames_that_may_overlap_stay(change: str) -> None:
    head = "import numpy as np\n\ndef frames(x, h, n, step, width):\n"
    head += "    out = np.zeros(n * step)\n    h = h * 2.0\n"
    text = f"{head}    for t in range(n):\n        {change}\n"
    assert rewritten(text) == text
    apart = f"{head}    for t in range(n):\n        {change.replace('width', 'step')}\n"
    assert rewritten(apart) != apart


def test_what_is_added_has_the_axes_of_the_sum() -> None:
    text = """import numpy as np

def forecast(residuals, coefficients, n, features):
    out = np.zeros((n, features))
    for k in range(coefficients.shape[0]):
        out += np.dot(residuals[:, k], coefficients[k])
    return out
"""
    assert '"ikl,klj->ij"' in rewritten(text)
