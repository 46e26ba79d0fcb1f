"""What the reader of loops makes of a nest: its meaning as text, or the reason of its refusal."""

from __future__ import annotations

import textwrap

import pytest

from einsum_lint.contraction import Access, Factor, Pointwise, Size, Sum, Term
from einsum_lint.dims import Polynomial
from einsum_lint.keeping import Kept
from einsum_lint.nests import Lift, LoopNest, Refusal
from einsum_lint.reading import parse
from einsum_lint.recognise.nests import NestReader
from einsum_lint.recognise.surroundings import Surroundings
from einsum_lint.recognise.walk import find_facts
from einsum_lint.source import Source


def nests(body: str, parameters: str = "A, B, C, x, y, n, m") -> list[LoopNest]:
    """The loops of a function with this body."""
    code = textwrap.indent(textwrap.dedent(body), "    ")
    text = f"import numpy as np\nfrom itertools import product\n\ndef f({parameters}):\n{code}"
    tree = parse(text)
    whole = Kept(tuple(tree.body), {}, frozenset(), frozenset())
    source = Source.of(text, whole, tree)
    return [
        fact
        for fact in find_facts(source, {}, NestReader(Surroundings(source), 88))
        if isinstance(fact, LoopNest)
    ]


def lift(body: str) -> Lift:
    """The meaning of the only loop, or of the outermost."""
    meaning = nests(body)[0].meaning
    assert isinstance(meaning, Lift), meaning
    return meaning


def written(lift: Lift) -> list[str]:
    """The updates of a nest as text, indices by the author's names where they have one."""
    names: dict[int, str] = {}

    def size(size: Size) -> str:
        if isinstance(size, int):
            return str(size)
        parts = []
        for monomial, coefficient in size.terms:
            symbols = [
                names.setdefault(s.number, s.name or f"#{len(names)}") if s.number else s.name
                for s in monomial
            ]
            factors = [str(coefficient)] * (coefficient != 1 or not symbols) + symbols
            parts.append("*".join(factors))
        return " + ".join(sorted(parts))

    def factor(part: Factor) -> str:
        match part:
            case Access():
                inside = [size(s) for s in part.subscripts] + ["..."] * part.open
                return f"{part.array}[{', '.join(inside)}]" if inside else part.array
            case Pointwise():
                return f"{part.function}({'; '.join(map(terms, part.arguments))})"
        return f"({size(part)})"

    def term(part: Term) -> str:
        product = [*([f"{part.coefficient:g}"] if part.coefficient != 1 else [])]
        product += [factor(f) for f in part.factors]
        text = " * ".join(product) or "1"
        summed = sorted(size(Polynomial((((i,), 1),))) for i in part.summed)
        return f"sum[{', '.join(summed)}] {text}" if summed else text

    def terms(part: Sum) -> str:
        return " + ".join(term(t) for t in part) or "0"

    found = []
    for update in lift.updates:
        sign = "<<" if update.in_place else "<-"
        found.append(f"{factor(update.target)} {sign} {terms(update.value.terms)}")
    return found


MEANINGS = {
    "product": (
        """
        for i in range(n):
            for j in range(m):
                for k in range(3):
                    C[i, j] += A[i, k] * B[k, j]
        """,
        ["C[i, j] <- C[i, j] + sum[k] A[i, k] * B[k, j]"],
    ),
    "local accumulator": (
        """
        for i in range(n):
            s = 0.0
            for j in range(m):
                s += A[i, j] * x[j]
            y[i] = s
        """,
        ["y[i] <- sum[j] A[i, j] * x[j]"],
    ),
    "two results": (
        """
        for i in range(n):
            for j in range(n):
                x[i] += A[i, j] * B[j, 0]
                y[i] -= A[j, i] * B[j, 1]
        """,
        [
            "x[i] <- x[i] + sum[j] A[i, j] * B[j, 0]",
            "y[i] <- y[i] + sum[j] -1 * A[j, i] * B[j, 1]",
        ],
    ),
    "scaled target": (
        """
        for i in range(n):
            for j in range(n):
                C[i, j] *= 0.5
                for k in range(n):
                    C[i, j] = C[i, j] + 2 * A[i, k] * B[k, j]
        """,
        ["C[i, j] <- 0.5 * C[i, j] + sum[k] 2 * A[i, k] * B[k, j]"],
    ),
    "a result that another reads": (
        """
        for i in range(n):
            x[i] = 0.0
            for j in range(n):
                x[i] += A[i, j] * B[i, j]
            y[i] = m * x[i]
        """,
        ["x[i] <- sum[j] A[i, j] * B[i, j]", "y[i] <- m * x[i]"],
    ),
    "counters": (
        """
        p = 0
        for i in range(n):
            q = i
            for j in range(m):
                for k in range(m):
                    y[p] += x[q] * A[i, j] * B[j, k]
                p += 1
                q += n
        """,
        ["y[i*m + j] <- y[i*m + j] + sum[k] x[i + j*n] * A[i, j] * B[j, k]"],
    ),
    "while": (
        """
        i = 0
        while i < n:
            j = n - 1
            while j >= 0:
                y[i] += A[i, j] * x[j]
                j -= 1
            i += 1
        """,
        ["y[i] <- y[i] + sum[j] A[i, -1 + -1*j + n] * x[-1 + -1*j + n]"],
    ),
    "steps and offsets": (
        """
        for i in range(1, n, 2):
            for k in range(n - 1, 0, -1):
                y[i] += A[i - 1, k] * x[k]
        """,
        ["y[1 + i] <- y[1 + i] + sum[k] A[i, -1 + -1*k + n] * x[-1 + -1*k + n]"],
    ),
    "product of ranges": (
        """
        for i, j in product(range(n), range(m)):
            y[j] += A[i, j] * x[i]
        """,
        ["y[j] <- y[j] + sum[i] A[i, j] * x[i]"],
    ),
    "indices": (
        """
        for i, j in np.ndindex(n, m):
            y[j] += A[i, j] * x[i]
        """,
        ["y[j] <- y[j] + sum[i] A[i, j] * x[i]"],
    ),
    "rows": (
        """
        for i, row in enumerate(A):
            for j, v in enumerate(row):
                y[i] += v * x[j]
        """,
        ["y[i] <- y[i] + sum[j] A[i, j] * x[j]"],
    ),
    "slices": (
        """
        for i in range(n):
            for k in range(m):
                C[i, :] += A[i, k] * B[:, k]
        """,
        ["C[i, #1] <- C[i, #1] + sum[k] A[i, k] * B[#1, k]"],
    ),
    "products of rows": (
        """
        for i in range(n):
            for j in range(m):
                C[i, j] = np.dot(A[i, :], B[:, j])
        """,
        ["C[i, j] <- sum[#2] A[i, #2] * B[#2, j]"],
    ),
    "sum of a scalar": (
        """
        s = 0.0
        for i in range(n):
            for j in range(m):
                s = s + x[i] * A[i, j] * y[j]
        return s
        """,
        ["s <- s + sum[i, j] x[i] * A[i, j] * y[j]"],
    ),
    "an array that grows in place": (
        """
        C = np.zeros((n, n))
        for a in A:
            C += np.outer(a, a)
        return C
        """,
        ["C << C + sum[#0] A[#0, #1] * A[#0, #2]"],
    ),
    "a temporary array": (
        """
        for b in range(n):
            T = np.zeros((m, m))
            for i in range(m):
                for j in range(m):
                    for k in range(m):
                        T[i, j] += A[b, i, k] * B[b, k, j]
            C[b] = T
        """,
        ["C[b, #1, #2] <- sum[k] A[b, #1, k] * B[b, k, #2]"],
    ),
    "a list of sums": (
        """
        r = []
        for i in range(n):
            s = 0.0
            for j in range(m):
                s += A[i, j] * x[j]
            r.append(s)
        return np.array(r)
        """,
        ["r <- sum[j] A[i, j] * x[j]"],
    ),
    "a sum of a generator": (
        "return sum(x[i] * y[i] for i in range(n))",
        ["_result <- sum[i] x[i] * y[i]"],
    ),
    "an array of a comprehension": (
        "return np.array([[x[i] * y[j] for j in range(m)] for i in range(n)])",
        ["_result <- x[i] * y[j]"],
    ),
    "a function of elements": (
        """
        for i in range(n):
            for j in range(m):
                y[i] += A[i, j] * np.exp(x[i] - x[j])
        """,
        ["y[i] <- y[i] + sum[j] A[i, j] * np.exp(x[i] + -1 * x[j])"],
    ),
    "any number of axes": (
        """
        acc = x[0] * A[0]
        for i in range(1, len(x)):
            acc += x[i] * A[i]
        return acc
        """,
        ["acc << acc + sum[i] x[1 + i] * A[1 + i, ...]"],
    ),
    "a window": (
        """
        for i in range(n - m + 1):
            for k in range(m):
                y[i] += x[i + k] * B[k]
        """,
        ["y[i] <- y[i] + sum[k] x[i + k] * B[k]"],
    ),
}


@pytest.mark.parametrize("name", MEANINGS)
def test_meaning(name: str) -> None:
    body, expected = MEANINGS[name]
    assert written(lift(body)) == expected


REFUSALS = {
    "a condition": ("for i in range(n):\n    if x[i]:\n        m += x[i] * y[i]", "condition"),
    "an early end": (
        "for i in range(n):\n    for j in range(n):\n        y[i] += A[i, j] * x[j]\n    break",
        "the loop may end early",
    ),
    "a call": ("for i in range(n):\n    y[i] += A[i, 0] * g(x[i])", "calls g"),
    "a dependence": (
        "for i in range(1, n):\n    for j in range(n):\n        y[i] += A[i, j] * y[i - 1]",
        "y is read where another round may write it",
    ),
    "a product in place": (
        "for i in range(n):\n    for j in range(n):\n        x[i] += A[i, j] * x[j]",
        "x is read where another round may write it",
    ),
    "a running sum": (
        "s = 0.0\nfor i in range(n):\n    s += x[i] * y[i]\n    A[i, 0] = s",
        "the partial result s is used inside the loop",
    ),
    "the last value": (
        "for i in range(n):\n    for j in range(n):\n        y[i] = A[i, j] * x[j]",
        "each round writes the same element",
    ),
    "elements that are written twice": (
        "for i in range(n):\n    for j in range(m):\n        y[i + j] = x[i] * B[j]",
        "may write the same element",
    ),
    "a triangle": (
        "for i in range(n):\n    for j in range(i):\n        y[i] += A[i, j] * x[j]",
        "depends on another loop",
    ),
    "a gather": (
        "for i in range(n):\n    for j in range(n):\n        C[i, j] += A[B[i], j] * x[j]",
        "a subscript is data",
    ),
    "a loop variable that lives on": (
        "for i in range(n):\n    for j in range(m):\n        C[i, j] = x[i] * y[j]\nreturn i",
        "i is used after the loop",
    ),
    "an accumulator that is a view": (
        "acc = A[0]\nfor i in range(1, n):\n    acc += x[i] * A[i]\nreturn acc",
        "acc may be a view",
    ),
    "truth values": (
        "hot = x > 0\nfor i in range(n):\n    m += hot[i] * y[i]",
        "hot may be boolean",
    ),
    "a list": ("v = [1, 2]\nfor i in range(2):\n    y[0] += v[i] * x[i]", "v is no array"),
    "half precision": (
        "c = np.zeros(1, dtype=np.float16)\nfor i in range(n):\n    c[0] += x[i] * y[i]",
        "rounds each step to float16",
    ),
    "whole numbers": (
        "c = np.zeros(n, dtype=int)\nfor i in range(n):\n"
        "    for j in range(n):\n        c[i] += A[i, j] * x[j]",
        "c holds integers",
    ),
    "a view of the target": (
        "row = C[0]\nfor i in range(n):\n    for j in range(m):\n        C[i, j] = x[i] * row[j]",
        "C and row may share memory",
    ),
    "an error that is caught": (
        "try:\n    for i in range(n):\n        for j in range(m):\n"
        "            C[i, j] = x[i] * y[j]\nexcept IndexError:\n    pass",
        "an error in the loop would be caught",
    ),
    "an else": (
        "for i in range(n):\n    for j in range(m):\n        C[i, j] = x[i] * y[j]\n"
        "else:\n    n = 1",
        "the loop has an else",
    ),
    "a mere copy": ("for i in range(n):\n    y[i] = x[i]", "nothing is contracted"),
    "a diagonal that is written": (
        "for i in range(n):\n    for j in range(n):\n        C[i, i] += A[i, j] * x[j]",
        "a diagonal of C is written",
    ),
    "an index array": (
        "for i in range(n):\n    C[i, 0] = (A[i, where] * B[where, 0]).sum()",
        "where may be no integer",
    ),
    "an unclear product": (
        "r = []\nfor this, that in zip(A, B):\n    r.append(np.dot(this, that))\n"
        "return np.array(r)",
        "the ranks of the arrays are not known",
    ),
    "a matrix": (
        "A = np.matrix(A)\nfor i in range(n):\n    for j in range(n):\n        y[i] += A[i, j] * x[j]",
        "A is no plain array",
    ),
    "a numbers that may be a vector": (
        "for i in range(n):\n    y[i] = (A[i, :] * B[:, i] * weights).sum()",
        "the ranks of the arrays are not known",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusal(name: str) -> None:
    body, reason = REFUSALS[name]
    found = [nest.meaning for nest in nests(body)]
    refused = [meaning for meaning in found if isinstance(meaning, Refusal)]
    assert any(reason in refusal.reason for refusal in refused), found


def test_only_the_outermost_lift_is_told() -> None:
    found = nests("for i in range(n):\n    for j in range(m):\n        C[i, j] = x[i] * y[j]")
    assert len(found) == 1


def test_what_stands_inside_of_a_refused_loop_is_read() -> None:
    found = nests(
        "while g(x):\n    for i in range(n):\n        for j in range(m):\n"
        "            y[i] += A[i, j] * B[j, 0]"
    )
    assert [type(nest.meaning) for nest in found] == [Refusal, Lift]


def test_sizes_have_one_name() -> None:
    meaning = lift(
        """
        n, m = A.shape
        for i in range(A.shape[0]):
            for j in range(m):
                y[i] += A[i, j] * x[j]
        """
    )
    assert [str(size) for size in meaning.operands["A"].sizes] == ["n", "m"]
    assert [str(size) for size in meaning.operands["x"].sizes] == ["x.shape[0]"]
    assert [[str(s) for s in least] for least in meaning.operands["x"].least] == [["m"]]
    assert {str(extent.span) for extent in meaning.extents.values()} >= {"n", "m"}


def test_numbers_and_arrays_that_the_function_makes_are_known() -> None:
    found = nests(
        """
        y = np.zeros(n)
        s = 0.0
        for i in range(n):
            for j in range(m):
                y[i] += A[i, j] * x[j]
                s += A[i, j]
        return y, s
        """
    )[0]
    assert isinstance(found.meaning, Lift)
    assert found.starts == {"s": 0.0, "y": 0}
    made = found.meaning.operands["y"]
    assert (made.rank, made.rank_known, made.dtype, made.fresh) == (1, True, "float64", True)


def test_a_list_that_is_made_an_array_later() -> None:
    found = nests("r = [np.dot(row, x) for row in A]\nreturn np.array(r)")
    assert len(found) == 1
    assert isinstance(found[0].meaning, Lift)
    assert written(found[0].meaning) == ["r <- sum[#1] A[#0, #1] * x[#1]"]
    for used in ("return np.array(r), len(r)", "return r", "r.append(x)\nreturn np.array(r)"):
        (nest,) = nests(f"r = [np.dot(row, x) for row in A]\n{used}")
        assert isinstance(nest.meaning, Refusal)
