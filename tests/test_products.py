"""Array arithmetic as contractions: the forms that others rely on, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from contraction_values import Evaluation

from einsum_lint.canonical import canonical
from einsum_lint.contraction import (
    Access,
    Contraction,
    Extent,
    Pointwise,
    Size,
    Term,
    index_size,
    number,
    of,
)
from einsum_lint.dims import Polynomial, Symbol
from einsum_lint.recognise.products import functions
from einsum_lint.recognise.products.space import Refused, Space, minus, plus_size
from einsum_lint.recognise.products.tables import FUNCTIONS, METHODS, POINTWISE

SHAPES = {"A": 2, "B": 2, "x": 1, "y": 1, "s": 0, "T": 3}


def named(name: str) -> Polynomial:
    return Polynomial((((Symbol(name, 0),), 1),))


class Arrays:
    """Arrays of symbolic sizes, by name, and what functions make of them."""

    def __init__(self) -> None:
        self.space = Space()

    def __getitem__(self, name: str) -> Contraction:
        sizes = tuple(named(f"{name}.shape[{k}]") for k in range(SHAPES[name]))
        return self.space.array(name, sizes)

    def call(self, name: str, *arguments: object, **keywords: object) -> Contraction:
        values = [self[a] if isinstance(a, str) and a in SHAPES else a for a in arguments]
        return functions.call(self.space, f"numpy.{name}", values, keywords)

    def method(self, value: Contraction, name: str, *arguments: object) -> Contraction:
        return functions.method(self.space, value, name, arguments, {})

    def op(self, left: Contraction, sign: str, right: object) -> Contraction:
        return functions.binary(self.space, sign, left, functions.value_of(right))

    def index(self, value: Contraction, *subscripts: object) -> Contraction:
        return functions.index(self.space, value, subscripts)

    def loop(self, span: Size) -> Polynomial:
        return index_size(self.space.fresh(Extent(span), "i"))


@pytest.fixture
def arrays() -> Arrays:
    return Arrays()


def test_a_matrix_product_is_one_term(arrays: Arrays) -> None:
    value = arrays.op(arrays["A"], "@", arrays["B"])
    (term,) = value.terms
    first, second = term.factors
    assert isinstance(first, Access)
    assert isinstance(second, Access)
    assert (first.array, second.array, len(term.summed), len(value.axes)) == ("A", "B", 1, 2)
    assert arrays.space.equal == [(named("A.shape[1]"), named("B.shape[0]"))]


def test_the_same_array_twice_has_two_sets_of_indices(arrays: Arrays) -> None:
    a = arrays["A"]
    square = arrays.op(a, "@", a)
    assert len({*square.axes, *square.terms[0].summed}) == 3


@pytest.mark.parametrize(
    "make",
    [
        lambda a: a.call("einsum", "ij,jk->ik", "A", "B"),
        lambda a: a.call("einsum", a["A"], [0, 1], a["B"], [1, 2], [0, 2]),
        lambda a: a.call("einsum", a["A"], (0, 1), a["B"], (1, 2), optimize=True),
        lambda a: a.call("einsum", "...j,jk->...k", "A", "B"),
        lambda a: a.call("dot", "A", "B"),
        lambda a: a.call("dot", "A", b=a["B"], out=None),
        lambda a: a.method(a["A"], "dot", a["B"]),
        lambda a: a.call("tensordot", "A", "B", 1),
        lambda a: a.call("tensordot", "A", "B", axes=([1], [0])),
        lambda a: a.call("linalg.multi_dot", [a["A"], a["B"]]),
        lambda a: a.call("inner", "A", a.call("transpose", "B")),
        lambda a: functions.attribute(a.space, a.op(functions.attribute(a.space, a["B"], "T"), "@", functions.attribute(a.space, a["A"], "T")), "T"),
        lambda a: a.call("sum", a.op(a.index(a["A"], ..., None), "*", a["B"]), axis=1),
        lambda a: a.call("add.reduce", a.op(a.index(a["A"], slice(None), slice(None), None), "*", a["B"]), 1),
    ],
)  # fmt: skip
def test_many_ways_to_one_matrix_product(make: Callable[[Arrays], Contraction]) -> None:
    arrays, other = Arrays(), Arrays()
    one, two = arrays.op(arrays["A"], "@", arrays["B"]), make(other)
    assert forms(arrays, one) == forms(other, two)


def forms(arrays: Arrays, value: Contraction) -> object:
    """The canonical form, with axes that are equal taken as one."""
    sizes = {Symbol("B.shape[0]", 0): named("A.shape[1]")}
    extents = {
        index: Extent(sizes.get(extent.span.terms[0][0][0], extent.span), extent.step)
        for index, extent in arrays.space.extents.items()
        if isinstance(extent.span, Polynomial)
    }
    return canonical(value, extents)


def test_differences_are_one_factor(arrays: Arrays) -> None:
    difference = arrays.op(arrays["x"], "-", arrays["s"])
    value = arrays.op(difference, "*", arrays["y"])
    (term,) = value.terms
    assert [getattr(f, "function", None) for f in term.factors] == ["", None]


def test_differences_are_not_summed_one_by_one(arrays: Arrays) -> None:
    value = arrays.call("sum", arrays.op(arrays["x"], "-", arrays["y"]))
    assert len(value.terms) == 1


def test_products_are_multiplied_out(arrays: Arrays) -> None:
    products = arrays.op(arrays.op(arrays["A"], "@", arrays["x"]), "+", arrays["y"])
    value = arrays.op(products, "*", arrays["s"])
    assert len(value.terms) == 2


def test_a_divisor_is_kept_whole(arrays: Arrays) -> None:
    divisor = arrays.op(arrays["x"], "+", arrays["s"])
    (term,) = arrays.op(arrays.op(arrays["A"], "@", arrays["B"]), "/", divisor).terms
    assert isinstance(term.factors[-1], Pointwise)
    assert term.factors[-1].function == "/"
    assert term.factors[-1].arguments[0] == number(1)
    assert len(term.factors[-1].arguments[1]) == 2


def test_the_argument_of_a_function_is_divided_as_written(arrays: Arrays) -> None:
    value = arrays.call("floor", arrays.op(arrays["x"], "/", 49))
    (term,) = value.terms
    data = {"x": np.array([49.0, 98.0])}
    evaluation = Evaluation(data, arrays.space.extents, {"x.shape[0]": 2})
    assert evaluation.of(value).tolist() == [1, 2]
    assert isinstance(term.factors[0], Pointwise)


def test_powers_are_repeated_factors(arrays: Arrays) -> None:
    x = arrays["x"]
    (term,) = arrays.op(x, "**", 2).terms
    assert term.factors == x.terms[0].factors * 2
    (term,) = arrays.op(x, "**", 0.5).terms
    assert isinstance(term.factors[0], Pointwise)


def test_integers_stay_integers(arrays: Arrays) -> None:
    i = arrays.loop(named("n"))
    value = arrays.op(arrays.op(functions.value_of(i), "+", 1), "*", 2)
    assert value.terms == (Term(1, (Polynomial((((), 2), (next(iter(i.terms))[0], 2))),)),)


def test_a_mean_is_a_sum_and_a_quotient(arrays: Arrays) -> None:
    (term,) = arrays.call("mean", "A", axis=0).terms
    quotient = Pointwise("/", (number(1), of(named("A.shape[0]"))))
    assert term.factors[-1] == quotient


def test_narrow_integers_are_noted(arrays: Arrays) -> None:
    arrays.call("sum", "A")
    assert arrays.space.notes == ["A holds no integers narrower than int64"]
    arrays.space.wide = lambda name: name == "B"
    arrays.call("sum", "B")
    assert len(arrays.space.notes) == 1


def test_arrays_of_unknown_rank_are_scaled(arrays: Arrays) -> None:
    whole = Contraction((), of(Access("V", (), open=True)), open=True)
    row = arrays.index(whole, arrays.loop(named("n")))
    value = arrays.op(arrays.op(row, "*", arrays["s"]), "/", 2)
    assert value.open
    assert value.axes == ()
    refusals: list[Callable[[], object]] = [
        lambda: arrays.op(row, "*", arrays["x"]),
        lambda: arrays.op(row, "@", arrays["x"]),
        lambda: arrays.call("sum", row),
        lambda: arrays.index(whole, -1),
        lambda: arrays.index(whole, slice(None)),
        lambda: functions.attribute(arrays.space, row, "T"),
    ]
    for refused in refusals:
        with pytest.raises(Refused):
            refused()


def test_conjugates(arrays: Arrays) -> None:
    (term,) = arrays.call("vdot", "x", "y").terms
    assert [getattr(f, "function", None) for f in term.factors] == ["np.conj", None]
    assert arrays.call("conj", 1 + 2j).terms == number(1 - 2j)


def test_other_names_of_numpy() -> None:
    arrays = Arrays()
    arrays.space.numpy = "numpy"
    (term,) = arrays.call("absolute", "x").terms
    assert isinstance(term.factors[0], Pointwise)
    assert term.factors[0].function == "numpy.abs"


N = named("x.shape[0]")
K = named("k")


@pytest.mark.parametrize(
    ("part", "first", "extent", "ordered"),
    [
        (slice(None), 0, Extent(N), []),
        (slice(1, None), 1, Extent(minus(N, 1)), []),
        (slice(None, -1), 0, Extent(minus(N, 1)), []),
        (slice(None, minus(N, 1)), 0, Extent(minus(N, 1)), []),
        (slice(-2, None), minus(N, 2), Extent(2), [(2, N)]),
        (slice(None, K), 0, Extent(K), [(0, K), (K, N)]),
        (slice(K, None), K, Extent(minus(N, K)), [(0, K)]),
        (slice(None, None, 2), 0, Extent(N, 2), []),
        (slice(None, None, -1), minus(N, 1), Extent(N), []),
        (slice(2, 5), 2, Extent(3), [(5, N)]),
    ],
)
def test_slices(
    part: slice, first: Size, extent: Extent, ordered: list[Any], arrays: Arrays
) -> None:
    value = arrays.index(arrays["x"], part)
    (axis,) = value.axes
    assert axis is not None
    assert arrays.space.extents[axis] == extent
    assert arrays.space.ordered == ordered
    (factor,) = value.terms[0].factors
    assert isinstance(factor, Access)
    step = -1 if part.step == -1 else 1
    moved = index_size(axis) if step == 1 else minus(0, index_size(axis))
    assert factor.subscripts == (plus_size(first, moved),)


def test_windows_are_inside(arrays: Arrays) -> None:
    i = arrays.loop(plus_size(minus(N, 3), 1))
    value = arrays.index(arrays["x"], slice(i, plus_size(i, 3)))
    assert arrays.space.ordered == []
    (axis,) = value.axes
    assert axis is not None
    assert arrays.space.extents[axis] == Extent(3)


def test_named_sizes_that_are_natural(arrays: Arrays) -> None:
    arrays.space.naturals.add("k")
    arrays.index(arrays["x"], slice(K, None))
    assert arrays.space.ordered == []


REFUSED: dict[str, Callable[[Arrays], object]] = {
    "calls numpy.cumsum": lambda a: a.call("cumsum", "x"),
    "calls math.sqrt": lambda a: functions.call(a.space, "math.sqrt", [a["x"]], {}),
    "calls numpy.sum with dtype": lambda a: a.call("sum", "x", dtype="float32"),
    "calls numpy.dot with out": lambda a: a.call("dot", "A", "B", out=a["A"]),
    "calls numpy.exp with where": lambda a: a.call("exp", "x", where=a["x"]),
    "calls numpy.exp with keywords": lambda a: a.call("exp", "x", signature="d"),
    "calls numpy.sum with other arguments": lambda a: a.call("sum", "x", 0, None, a["y"]),
    "calls numpy.einsum with dtype": lambda a: a.call("einsum", "i->", "x", dtype=float),
    "calls the method sort": lambda a: a.method(a["x"], "sort"),
    "reads the attribute base": lambda a: functions.attribute(a.space, a["x"], "base"),
    "uses <<": lambda a: a.op(a["x"], "<<", 1),
    "a truth value in arithmetic": lambda a: a.op(a["x"], "*", True),
    "an array is multiplied by 0": lambda a: a.op(a["x"], "*", 0),
    "something is divided by 0": lambda a: a.op(a["x"], "/", 0),
    "terms cancel": lambda a: a.op(a["s"], "-", a["s"]),
    "truth values are added": lambda a: a.op(a.op(a["x"], ">", 0), "+", a.op(a["x"], "<", 1)),
    "products of truth values are summed": lambda a: a.op(a.op(a["x"], ">", 0), "@", a.op(a["x"], "<", 1)),
    "np.outer of arrays with several axes": lambda a: a.call("outer", "A", "x"),
    "a product of matrices with a number": lambda a: a.op(a["A"], "@", 2),
    "axis 2 of an array with 2 axes": lambda a: a.call("sum", "A", axis=2),
    "an axis is given twice": lambda a: a.call("sum", "A", axis=(0, -2)),
    "an axis is not a constant": lambda a: a.call("sum", "A", axis=K),
    "a diagonal with an offset": lambda a: a.call("trace", "A", 1),
    "a reshape that merges axes": lambda a: a.call("reshape", "A", (-1,)),
    "a subscript is no integer and no slice": lambda a: a.index(a["x"], a["y"]),
    "a bound may lie outside of the axis": lambda a: a.index(a["x"], minus(a.loop(5), 1)),
    "3 subscripts for 2 axes": lambda a: a.index(a["A"], 0, 0, 0),
    "the step of a slice is not constant": lambda a: a.index(a["x"], slice(None, None, K)),
    "an einsum with another number of operands than terms": lambda a: a.call("einsum", "i,i->", "x"),
    "an einsum term with 2 labels for 1 axes": lambda a: a.call("einsum", "ij->", "x"),
    "an einsum whose output has no ellipsis": lambda a: a.call("einsum", "...i->i", "A"),
    "an einsum with a wrong output": lambda a: a.call("einsum", "i->j", "x"),
    "an einsum whose labels are not constant": lambda a: a.call("einsum", a["x"], K),
    "np.diag makes a matrix": lambda a: a.call("diag", "x"),
    "axes of different sizes are combined": lambda a: a.op(a.space.array("u", (2,)), "+", a.space.array("v", (3,))),
}  # fmt: skip


@pytest.mark.parametrize("reason", REFUSED)
def test_refusals(reason: str, arrays: Arrays) -> None:
    with pytest.raises(Refused) as refused:
        REFUSED[reason](arrays)
    assert refused.value.reason == reason


def test_the_tables_name_what_numpy_has() -> None:
    for name in (*FUNCTIONS, *POINTWISE):
        found: Any = np
        for part in name.split("."):
            found = getattr(found, part)
        assert callable(found)
    assert all(callable(getattr(np.ndarray, name)) for name in METHODS)


def test_pointwise_functions_have_their_number_of_arguments() -> None:
    for name, count in POINTWISE.items():
        found = getattr(np, name)
        assert not isinstance(found, np.ufunc) or found.nin == count


@pytest.mark.parametrize(
    "move",
    [
        lambda arrays, rows: arrays.call("flip", rows),
        lambda arrays, rows: arrays.index(rows, slice(1, None)),
        lambda arrays, rows: arrays.op(arrays["x"], "+", rows),
    ],
)
def test_a_range_that_depends_on_an_axis_is_not_moved(
    move: Callable[[Arrays, Contraction], object], arrays: Arrays
) -> None:
    space = arrays.space
    axis = space.fresh(Extent(named("n")))
    inner = space.fresh(Extent(index_size(axis)))
    access = Access("A", (index_size(axis), index_size(inner)))
    rows = Contraction((axis,), (Term(1, (access,), frozenset({inner})),))
    with pytest.raises(Refused, match="depends on an axis"):
        move(arrays, rows)
