"""The text of a nest, in the forms that an author would write."""

from __future__ import annotations

from typing import Any

import pytest
from lifts import Nest, Place, a, at, f, term, times

from einsum_lint.contraction import Access, Sum, Term
from einsum_lint.emit.updates import rewriting
from einsum_lint.findings import Applicability, Position, Span
from einsum_lint.nests import LoopNest, Refusal
from einsum_lint.settings import Config


def matrices(**facts: Any) -> tuple[Nest, Any, Any, Any]:
    """A and B, to be multiplied into C, and the indices of the product."""
    nest = Nest()
    i, j, k = (
        nest.index("i", "A.shape[0]"),
        nest.index("j", "B.shape[1]"),
        nest.index("k", "A.shape[1]"),
    )
    nest.array("A", "A.shape[0]", "A.shape[1]")
    nest.array("B", "A.shape[1]", "B.shape[1]")
    nest.array("C", "A.shape[0]", "B.shape[1]", **facts)
    return nest, i, j, k


def test_a_product_of_matrices() -> None:
    nest, i, j, k = matrices(local=True)
    c = a("C", i, j)
    nest.update(c, (term(c), term(a("A", i, k), a("B", k, j), over=[k])))
    found = nest.written()
    assert found.lines == ('C += np.einsum("ik,kj->ij", A, B)',)
    assert found.drop == ()
    assert found.assumptions == ("C shares no memory with A or B",)
    assert found.applicability is Applicability.UNSAFE
    assert found.has_einsum


def test_a_global_name_is_not_made_local() -> None:
    nest, i, j, k = matrices()
    c = a("C", i, j)
    nest.update(c, (term(c), term(a("A", i, k), a("B", k, j), over=[k])))
    assert nest.lines() == ('C[...] += np.einsum("ik,kj->ij", A, B)',)


def test_what_is_filled_from_zero_is_made() -> None:
    nest, i, j, k = matrices(fresh=True, local=True)
    nest.starts = {"C": 0.0}
    c = a("C", i, j)
    nest.update(c, (term(c), term(a("A", i, k), a("B", k, j), over=[k])))
    found = nest.written()
    assert found.lines == ('C = np.einsum("ik,kj->ij", A, B)',)
    assert found.drop == ("C",)
    assert found.applicability is Applicability.SAFE
    assert nest.lines(keep=True) == ('C += np.einsum("ik,kj->ij", A, B)',)


def test_an_array_of_another_dtype_is_kept() -> None:
    nest, i, j, k = matrices(fresh=True, local=True)
    nest.array("A", "A.shape[0]", "A.shape[1]", dtype=None)
    nest.starts = {"C": 0.0}
    c = a("C", i, j)
    nest.update(c, (term(c), term(a("A", i, k), a("B", k, j), over=[k])))
    found = nest.written()
    assert found.lines == ('C += np.einsum("ik,kj->ij", A, B)',)
    assert found.drop == ()
    assert found.assumptions == ("A has the dtype float64",)


def test_an_array_that_does_not_start_with_zero_is_kept() -> None:
    nest, i, j, k = matrices(fresh=True, local=True)
    nest.starts = {"C": 1.0}
    c = a("C", i, j)
    nest.update(c, (term(c), term(a("A", i, k), a("B", k, j), over=[k])))
    assert nest.written().drop == ()


def test_an_array_whose_shape_is_used_is_kept() -> None:
    nest = Nest(starts={"C": 0.0})
    i = nest.index("i", "len(C)")
    k = nest.index("k", "A.shape[1]")
    nest.array("C", "len(C)", fresh=True, local=True)
    nest.array("A", "A.shape[0]", "A.shape[1]")
    c = a("C", i)
    nest.update(c, (term(c), term(a("A", i, k), over=[k])))
    found = nest.written()
    assert found.lines == ('C += np.einsum("ik->i", A[: len(C)])',)
    assert found.drop == ()


def test_a_copy_is_a_copy() -> None:
    nest = Nest()
    i, j = nest.index("i", "m"), nest.index("j", "n")
    nest.array("M", "m", "n")
    nest.array("T", "n", "m", fresh=True)
    nest.update(a("T", j, i), (term(a("M", i, j)),))
    assert nest.lines() == ('T = np.einsum("ij->ji", M).copy()',)
    assert nest.lines(keep=True) == ('T[...] = np.einsum("ij->ji", M)',)


def test_gemm() -> None:
    nest, i, j, k = matrices(local=True)
    nest.number("alpha")
    nest.number("beta")
    c = a("C", i, j)
    product = term(a("alpha"), a("A", i, k), a("B", k, j), over=[k])
    nest.update(c, (term(a("beta"), c), product))
    assert nest.lines() == ("C *= beta", 'C += alpha * np.einsum("ik,kj->ij", A, B)')


@pytest.mark.parametrize(
    ("terms", "lines"),
    [
        ([term(a("y", 0), by=-1)], ("y[...] = -y[0]",)),
        ([], ("y[...] = 0",)),
    ],
)
def test_values_without_axes(terms: list[Term], lines: tuple[str, ...]) -> None:
    nest = Nest()
    i = nest.index("i", "n")
    nest.array("y", "n")
    nest.update(a("y", i), tuple(terms))
    assert nest.lines() == lines


def vectors() -> tuple[Nest, Any, Access]:
    nest = Nest()
    i = nest.index("i", "n")
    for name in "xyzw":
        nest.array(name, "n", local=True)
    nest.number("b")
    return nest, i, a("y", i)


def test_forms_of_an_update() -> None:
    nest, i, y = vectors()
    x, z, w, b = a("x", i), a("z", i), a("w", i), a("b")
    forms: list[tuple[Sum, tuple[str, ...]]] = [
        ((term(x),), ("y[...] = x",)),
        ((term(y), term(x)), ("y += x",)),
        ((term(y), term(x, by=-1)), ("y -= x",)),
        ((term(y), term(x, by=-2), term(z, by=-1)), ("y -= 2 * x + z",)),
        ((term(y), term(x, by=-2), term(z)), ("y += z - 2 * x",)),
        ((term(y, by=2),), ("y *= 2",)),
        ((term(y, f("/", 1, b)),), ("y /= b",)),
        ((term(y, f("/", 1, x)),), ("y /= x",)),
        ((term(y, f("/", 2, x)),), ("y *= 2 / x",)),
        ((term(y, x), term(z)), ("y *= x", "y += z")),
        ((term(y, x), term(z, x)), ("y += z", "y *= x")),
        ((term(y, f("/", 1, b)), term(x, f("/", 1, b))), ("y += x", "y /= b")),
        ((term(y, y),), ('y[...] = np.einsum("i,i->i", y, y)',)),
        ((term(y, by=-1), term(x)), ("y *= -1", "y += x")),
        ((term(y, by=2), term(a("y", 0))), ("y[...] = 2 * y + y[0]",)),
        ((term(x, z),), ('y[...] = np.einsum("i,i->i", x, z)',)),
        ((term(x, z, f("/", 1, w)),), ('y[...] = np.einsum("i,i->i", x, z) / w',)),
        ((term(x, f("np.exp", z)),), ("y[...] = x * np.exp(z)",)),
        ((term(x, f("/", 1, b), by=3),), ("y[...] = 3 * x / b",)),
        ((term(x, f("**", z, 2)),), ("y[...] = x * z**2",)),
        ((term(f("np.sqrt", (term(x), term(z, by=-1)))),), ("y[...] = np.sqrt(x - z)",)),
        ((term(b, f("", (term(x), term(z, by=-1)))),), ("y[...] = b * (x - z)",)),
        ((term(f("<", x, z)),), ("y[...] = x < z",)),
        ((term(f("<", x, z)), term(f(">", x, z), by=-1)), ("y[...] = 1 * (x < z) - 1 * (x > z)",)),
        ((term(f("<", x, z), x, by=-1),), ("y[...] = -x * (x < z)",)),
        ((term(f("math.exp", x)),), ("y[...] = np.exp(x)",)),
        ((term(at(i, 1), x),), ("y[...] = np.arange(1, n + 1) * x",)),
    ]
    for terms, lines in forms:
        nest.updates.clear()
        nest.update(y, terms)
        assert nest.lines() == lines


def test_accumulators() -> None:
    nest, i, _ = vectors()
    x, s = a("x", i), a("s")
    nest.number("s", dtype=None)
    forms: list[tuple[Sum, dict[str, complex], tuple[str, ...], tuple[str, ...]]] = [
        ((term(s), term(x, x, over=[i])), {"s": 0.0}, ('s = np.einsum("i,i->", x, x)',), ("s",)),
        ((term(s), term(x, x, over=[i])), {"s": 0}, ('s = np.einsum("i,i->", x, x)',), ("s",)),
        ((term(s), term(x, x, over=[i])), {"s": 1.0}, ('s += np.einsum("i,i->", x, x)',), ()),
        ((term(s), term(x, by=-1, over=[i])), {"s": 1.0}, ('s -= np.einsum("i->", x)',), ()),
        ((term(s, by=2), term(x, over=[i])), {}, ('s = 2 * s + np.einsum("i->", x)',), ()),
        ((term(x, x, over=[i]),), {}, ('s = np.einsum("i,i->", x, x)',), ()),
        ((term(s), term(f(">", x, 0), over=[i])), {"s": 0}, ("s += np.count_nonzero(x > 0)",), ()),
        ((term(s), term(a("b"), over=[i])), {"s": 1.0}, ("s += b * n",), ()),
    ]
    for terms, starts, lines, drop in forms:
        nest.updates.clear()
        nest.starts = starts
        nest.update(s, terms)
        found = nest.written()
        assert (found.lines, found.drop) == (lines, drop)
    nest.starts = {"s": 0}
    assert "no loop is empty" in nest.written().assumptions


def test_a_summed_index_in_no_factor() -> None:
    nest, i, _ = vectors()
    k = nest.index("k", "m", 2)
    nest.number("s")
    s, x = a("s"), a("x", i)
    nest.update(s, (term(s), term(x, over=[i, k])))
    assert nest.lines() == ('s += len(range(0, m, 2)) * np.einsum("i->", x)',)


def test_accumulated_arrays() -> None:
    nest = Nest()
    i, k = nest.index("i", "n"), nest.index("k", "m")
    nest.array("A", "m", "n")
    nest.array("acc", "n", local=True)
    acc, rows = a("acc"), term(a("A", k, i), over=[k])
    forms: list[tuple[Sum, bool, tuple[str, ...]]] = [
        ((term(acc), rows), True, ('acc += np.einsum("ki->i", A)',)),
        ((term(acc), rows), False, ('acc = acc + np.einsum("ki->i", A)',)),
        ((term(acc, by=2), rows), True, ("acc *= 2", 'acc += np.einsum("ki->i", A)')),
        ((term(acc, by=0.5), rows), False, ('acc = 0.5 * acc + np.einsum("ki->i", A)',)),
        ((term(a("A", 0, i)),), False, ("acc = A[0].copy()",)),
    ]
    for terms, in_place, lines in forms:
        nest.updates.clear()
        nest.update(acc, terms, axes=[i], in_place=in_place)
        assert nest.lines() == lines


def test_rows_of_any_rank() -> None:
    nest = Nest()
    n = nest.index("n", "len(c)")
    nest.array("c", "len(c)")
    nest.array("mats", "len(c)", rank=None, rank_known=False)
    acc = a("acc", more=True)
    nest.array("acc", rank=None, rank_known=False)
    rows = term(a("c", n), a("mats", n, more=True), over=[n])
    nest.update(acc, (term(acc), rows), in_place=True)
    assert nest.lines() == ('acc += np.einsum("n,n...->...", c, mats)',)


def test_a_single_element() -> None:
    nest = Nest()
    k = nest.index("k", "n")
    nest.array("x", "n")
    nest.array("C", 3, 3)
    nest.update(a("C", 0, 1), (term(a("x", k), a("x", k), over=[k]),))
    assert nest.lines() == ('C[0, 1] = np.einsum("k,k->", x, x)',)


def test_linear_subscripts() -> None:
    nest = Nest(integers=("m", "n", "lda"))
    i, j = nest.index("i", "m"), nest.index("j", "n")
    nest.array("a", "a.shape[0]")
    nest.array("c", times("m", "n"), fresh=True)
    nest.update(a("c", at(times(i, "n"), j)), (term(a("a", at(times(i, "lda"), j)), by=2),))
    found = nest.written()
    assert found.lines == ("c.reshape(m, n)[...] = 2 * a[: m * lda].reshape(m, lda)[:, :n]",)
    assert found.assumptions == ("m >= 0", "n >= 0", "lda >= n", "a.shape[0] >= lda * m")


def test_windows() -> None:
    nest = Nest()
    i, k = nest.index("i", "len(y)"), nest.index("k", 3)
    nest.array("x", at("len(y)", 2))
    nest.array("w", 3)
    nest.array("y", "len(y)", fresh=True)
    y = a("y", i)
    nest.update(y, (term(y), term(a("x", at(i, k)), a("w", k), over=[k])))
    window = "np.lib.stride_tricks.sliding_window_view(x, 3)"
    assert nest.lines() == (f'y[...] += np.einsum("ik,k->i", {window}, w)',)
    nest.updates.clear()
    nest.update(y, (term(y), term(a("x", at(i, 2, times(k, -1))), a("w", k), over=[k])))
    assert nest.lines(place=Place(width=100)) == (
        f'y[...] += np.einsum("ik,k->i", {window}[:, ::-1], w)',
    )


def test_optimize_only_where_it_pays() -> None:
    nest = Nest()
    names = [nest.index(name, name * 2) for name in "ijkl"]
    i, j, k, m = names
    for name, sizes in {"A": ("ii", "jj"), "B": ("jj", "kk"), "D": ("kk", "ll")}.items():
        nest.array(name, *sizes)
    nest.array("C", "ii", "ll", fresh=True)
    chain = term(a("A", i, j), a("B", j, k), a("D", k, m), over=[j, k])
    nest.update(a("C", i, m), (chain,))
    assert nest.lines() == ('C = np.einsum("ij,jk,kl->il", A, B, D, optimize=True)',)
    assert nest.lines(config=Config(optimize_policy="never")) == (
        'C = np.einsum("ij,jk,kl->il", A, B, D)',
    )
    nest.updates.clear()
    nest.number("s")
    nest.update(
        a("s"), (Term(1, chain.factors, chain.summed | {i.terms[0][0][0], m.terms[0][0][0]}),)
    )
    assert nest.lines() == ('s = np.einsum("ij,jk,kl->", A, B, D, optimize=True)[()]',)


def test_comprehensions() -> None:
    nest = Nest(kind="comprehension")
    i, k = nest.index("", "n"), nest.index("k", "m")
    nest.array("A", "n", "m")
    nest.update(a("_"), (term(a("A", i, k), a("A", i, k), over=[k]),), axes=[i])
    found = nest.written(place=Place("[row @ row for row in A]"))
    assert found.lines == ('np.einsum("ik,ik->i", A, A)',)
    assert found.assumptions == ("no loop is empty",)
    assert found.trial.before == "_result = [row @ row for row in A]"
    assert found.trial.after == '_result = np.einsum("ik,ik->i", A, A)'
    assert found.trial.results == ("_result",)
    assert not found.trial.empty


def test_a_view_in_a_comprehension_is_copied() -> None:
    nest = Nest(kind="comprehension")
    i = nest.index("", "n")
    nest.array("A", "n", 2)
    nest.update(a("_"), (term(a("A", i, 0)),), axes=[i])
    assert nest.lines() == ("A[:, 0].copy()",)


def test_an_index_without_a_factor() -> None:
    nest = Nest(kind="comprehension")
    i, j, k = nest.index("i", "n"), nest.index("j", "m"), nest.index("k", "p")
    nest.array("A", "n", "p")
    nest.update(a("_"), (term(a("A", i, k), over=[k]),), axes=[i, j])
    assert nest.lines() == ('np.broadcast_to(np.einsum("ik->i", A)[:, None], (n, m)).copy()',)
    nest.kind = "loop"
    nest.array("C", "n", "m", fresh=True)
    nest.updates.clear()
    nest.update(a("C", i, j), (term(a("A", i, k), over=[k]),))
    assert nest.lines() == ('C[...] = np.einsum("ik->i", A)[:, None]',)


def test_what_has_no_text() -> None:
    refused = LoopNest("loop", Refusal("because", Span(Position(1, 1), Position(1, 2))), Place())
    assert rewriting(refused, Config()) is None
    nest = Nest()
    i, j = nest.index("i", "n"), nest.index("j", "n")
    nest.array("C", "n", "n")
    nest.array("x", "n")
    for target, value in [
        (a("C", i, i), a("x", i)),  # a diagonal is no slice
        (a("x", i), a("x", times(i, i))),  # squares
        (a("x", i), a("x", at(i, -1))),  # the first is the last
        (a("x", i), a("unknown", i)),
    ]:
        nest.updates.clear()
        nest.update(target, (term(value),))
        assert rewriting(nest.made(), Config()) is None
    nest.updates.clear()
    nest.update(a("x", i), (term(f("foo", a("x", i))),))  # it may take numbers only
    assert rewriting(nest.made(), Config()) is None
    nest.updates.clear()
    nest.update(a("x", i), (term(f("**", 2, at(i, 0))),))
    assert rewriting(nest.made(), Config()) is None  # exact in Python, not in NumPy
    assert j is not i


def test_dtypes_that_make_a_difference() -> None:
    for target, operand in [
        ("int64", "float64"), ("float64", "complex128"), ("int64", "int32"), ("float64", "bool"),
        ("float64", "int8"),
    ]:  # fmt: skip
        nest, i, j, k = matrices(dtype=target)
        nest.array("A", "A.shape[0]", "A.shape[1]", dtype=operand)
        nest.array("B", "A.shape[1]", "B.shape[1]", dtype=operand)
        c = a("C", i, j)
        nest.update(c, (term(c), term(a("A", i, k), a("B", k, j), over=[k])))
        assert rewriting(nest.made(), Config()) is None
    for target, operand, assumed in [
        ("float64", "float32", "sums in float32 are precise enough"),
        ("float64", "int64", "no integer overflows"),
        ("int32", "int32", "no integer overflows"),
        ("float32", "float32", None),
        ("complex128", "float64", None),
    ]:
        nest, i, j, k = matrices(dtype=target, fresh=True)
        nest.array("A", "A.shape[0]", "A.shape[1]", dtype=operand)
        nest.array("B", "A.shape[1]", "B.shape[1]", dtype=operand)
        c = a("C", i, j)
        nest.update(c, (term(c), term(a("A", i, k), a("B", k, j), over=[k])))
        assert nest.written().assumptions == (() if assumed is None else (assumed,))


def test_an_index_as_a_number_is_wide() -> None:
    nest, i, _ = vectors()
    nest.array("x", "n", dtype="float32")
    nest.update(a("x", i), (term(a("x", i)), term(at(i, 1))))
    assert nest.written().assumptions == ("no operand is narrower than float64",)


def test_assumptions_name_everything() -> None:
    nest = Nest(integers=("n", "m"), assumptions=("what is zipped has equal lengths",))
    i, k = nest.index("i", "n"), nest.index("k", at("m", -1))
    unsure: dict[str, Any] = {"rank_known": False, "is_array": False, "dtype": None}
    nest.array("A", "A.shape[0]", "A.shape[1]", **unsure)
    nest.array("B", "B.shape[0]", "B.shape[1]", **unsure)
    nest.array("v", "v.shape[0]", **unsure)
    nest.number("alpha", **unsure)
    c = a("v", i)
    terms = term(c), term(a("alpha"), a("A", i, k), a("B", i, k), over=[k])
    nest.update(c, terms)
    assert nest.written().assumptions == (
        "what is zipped has equal lengths",
        "A and B are NumPy arrays with 2 axes",
        "v is a NumPy array with 1 axis",
        "alpha is a real number",
        "A, B and v have one floating dtype",
        "v shares no memory with A or B",
        "no subscript is out of bounds",
        "n >= 0",
        "m >= 1",
    )


def test_a_guard() -> None:
    nest, i, j, k = matrices(local=True)
    nest.array("A", "A.shape[0]", "A.shape[1]", is_array=False)
    c = a("C", i, j)
    nest.update(c, (term(c), term(a("A", i, k), a("B", k, j), over=[k])))
    loop = "for i in range(n):\n    pass"
    found = nest.written(Config(guard=True), Place(loop, width=60))
    assert found.lines == (
        "if (",
        "    type(A) is np.ndarray",
        "    and A.ndim == 2",
        "    and not np.may_share_memory(C, A)",
        "    and not np.may_share_memory(C, B)",
        "):",
        '    C += np.einsum("ik,kj->ij", A, B)',
        "else:",
        "    for i in range(n):  # noqa: EIN201",
        "        pass",
    )
    assert found.applicability is Applicability.SAFE
    assert found.assumptions == ()
    nest.assumptions = ("something else",)
    assert nest.written(Config(guard=True)).applicability is Applicability.UNSAFE


def test_a_trial() -> None:
    nest = Nest(integers=("n",), starts={"s": 0.0})
    i = nest.index("i", "n")
    nest.array("x", "x.shape[0]", least=(("n",),))
    nest.number("s")
    nest.update(a("s"), (term(a("s")), term(a("x", i), a("x", i), over=[i])), in_place=True)
    trial = nest.written(place=Place("for i in range(n):\n    s += x[i] * x[i]")).trial
    assert trial.before == "s = 0.0\nfor i in range(n):\n    s += x[i] * x[i]"
    assert trial.after == 's = np.einsum("i,i->", x[:n], x[:n])'
    assert trial.header == "import numpy as np"
    assert [(one.name, one.kind) for one in trial.inputs] == [("n", "integer"), ("x", "array")]
    assert trial.results == ("s",)


def test_the_trial_of_a_made_array_begins_with_zeros() -> None:
    nest, i, j, k = matrices(fresh=True)
    nest.starts = {"C": 0.0}
    c = a("C", i, j)
    nest.update(c, (term(c), term(a("A", i, k), a("B", k, j), over=[k])))
    trial = nest.written().trial
    assert trial.before == "C = np.zeros((A.shape[0], B.shape[1]), dtype=np.float64)\npass"
    assert [one.name for one in trial.inputs] == ["A", "B"]
