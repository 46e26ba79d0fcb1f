"""Random lifts: what is written is executed, and compared with the meaning of the lift."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lifts import Meaning, Nest, Place, Values, a, at, execute, f, times

from einsum_lint.contraction import Access, Factor, Size, Sum, Term
from einsum_lint.dims import Polynomial
from einsum_lint.emit.updates import rewriting
from einsum_lint.findings import Applicability
from einsum_lint.settings import DEFAULT, Config

SIZES = {"n": 3, "m": 2, "p": 4, "q": 5}
FUNCTIONS = ["np.cos", "np.abs", "np.sqrt"]
NAMES = ["i", "j", "K", "row", "", "i"]


class Drawn:
    """A nest with the values of its operands, drawn one after the other."""

    def __init__(self, data: st.DataObject, *, fitting: bool, loose: bool = False) -> None:
        self.draw, self.fitting, self.loose = data.draw, fitting, loose
        self.nest = Nest(integers=tuple(SIZES))
        self.values: Values = dict(SIZES)
        self.rng = np.random.default_rng(self.draw(st.integers(0, 2**16)))
        self.numbers = itertools.count()
        for name, size in SIZES.items():
            if loose:
                self.values[name] = self.draw(st.integers(-1, 4))
            if not loose or (self.values[name] >= 0 and self.draw(st.booleans())):
                self.nest.array(f"has_{name}", name)
                self.values[f"has_{name}"] = np.ones(size if not loose else self.values[name])
        self.indices = [self.index() for _ in range(self.draw(st.integers(1, 4)))]

    def index(self) -> Polynomial:
        span: Size | str = self.draw(st.sampled_from([*SIZES, 3, at("n", -1), at("n", 1)]))
        step = self.draw(st.sampled_from([1, 1, 1, 1, 2]))
        return self.nest.index(self.draw(st.sampled_from(NAMES)), span, step)

    def range(self, index: Polynomial) -> range:
        (((symbol,), _),) = index.terms
        return Meaning(self.nest.made().meaning, self.values).range(symbol)  # type: ignore[arg-type]

    def span(self, index: Polynomial) -> Size:
        (((symbol,), _),) = index.terms
        return self.nest.extents[symbol].span

    def subscript(
        self, pool: list[Polynomial], *, store: bool
    ) -> tuple[Size, Size, list[Polynomial]]:
        """A subscript, the size that it needs, and the indices in it."""
        kinds = ["plain"] * 4 + ["fixed", "moved", "reversed", "strided", "linear", "window"]
        kind = self.draw(st.sampled_from(kinds))
        if not pool or kind == "fixed":
            return 1, 2, []
        one = self.draw(st.sampled_from(pool))
        span = self.span(one)
        if kind in ("linear", "window") and len(pool) > 1 and not (store and kind == "window"):
            other = self.draw(st.sampled_from([index for index in pool if index is not one]))
            if kind == "linear":
                row = self.draw(st.sampled_from([self.span(other), at(self.span(other), 2)]))
                return at(times(one, row), other), times(span, row), [one, other]
            by = self.draw(st.sampled_from([1, -1, 2]))
            shift = times(at(self.span(other), -1), 1) if by < 0 else 0
            needed = at(span, times(self.span(other), abs(by)))
            return at(one, times(other, by), shift), needed, [one, other]
        if kind == "moved":
            return at(one, 2), at(span, 2), [one]
        if kind == "reversed":
            return at(span, -1, times(one, -1)), span, [one]
        if kind == "strided":
            return at(times(one, 2), 1), times(span, 2), [one]
        return one, span, [one]

    def access(
        self, pool: list[Polynomial], *, store: bool = False
    ) -> tuple[Access, list[Polynomial]]:
        """A new array, and an access to it."""
        name = f"x{next(self.numbers)}"
        left, subscripts, needed, used = list(pool), [], [], []
        for _ in range(self.draw(st.integers(1, 3))):
            subscript, size, indices = self.subscript(left, store=store)
            subscripts.append(subscript)
            needed.append(size)
            used += indices
            if store:
                left = [index for index in left if index not in indices]
        slack = 0 if self.fitting else self.draw(st.sampled_from([0, 0, 1]))
        meaning = Meaning(self.nest.made().meaning, self.values)  # type: ignore[arg-type]
        shape = [meaning.size(size, {}) + slack for size in needed]
        known = not slack and self.draw(st.booleans())
        if self.loose and not known:
            shape = [max(0, size + self.draw(st.integers(-1, 2))) for size in shape]
        assume(min(shape) >= 0)
        sizes: list[Size | str] = [
            size if known else f"{name}.shape[{k}]" for k, size in enumerate(needed)
        ]
        self.nest.array(name, *sizes)
        self.values[name] = self.rng.normal(size=shape)
        return a(name, *subscripts), used

    def factor(self, pool: list[Polynomial]) -> tuple[Factor, list[Polynomial]]:
        kind = self.draw(
            st.sampled_from(["access"] * 6 + ["number", "call", "over", "mask", "index"])
        )
        if kind == "number":
            name = f"x{next(self.numbers)}"
            self.nest.number(name)
            self.values[name] = float(self.rng.normal())
            number = a(name)
            return (f("/", 1, number) if self.draw(st.booleans()) else number), []
        if kind == "index":
            one = self.draw(st.sampled_from(pool))
            return at(one, 1), [one]  # type: ignore[return-value]
        if kind == "access":
            return self.access(pool)
        first, used = self.access(pool)
        if kind == "call":
            return f(self.draw(st.sampled_from(FUNCTIONS)), f("np.abs", first)), used
        second, more = self.access(pool)
        if kind == "mask":
            return f("<", first, second), used + more
        under: Sum = (Term(2.0), Term(1, (f("np.abs", first),)), Term(1, (f("np.abs", second),)))
        return f("/", self.draw(st.sampled_from([1, 0.5])), under), used + more

    def sum(self, free: list[Polynomial]) -> Sum:
        terms = []
        for _ in range(self.draw(st.integers(1, 3))):
            pool = [
                index for index in self.indices if self.draw(st.integers(0, 3))
            ] or self.indices[:1]
            found = [self.factor(pool) for _ in range(self.draw(st.integers(1, 3)))]
            summed = {index for index in self.indices if index not in free}
            over = [index for index in summed if any(index in used for _, used in found)]
            factors = tuple(factor for factor, _ in found)
            by = self.draw(st.sampled_from([1, 1, -1, 2, 0.5]))
            terms.append(Term(by, factors, frozenset(index.terms[0][0][0] for index in over)))
        return tuple(terms)


def compare(drawn: Drawn, config: Config = DEFAULT) -> bool:
    """Whether there is a rewriting; it must do what the lift means."""
    nest = drawn.nest.made(Place(width=60))
    found = rewriting(nest, config)
    if found is None:
        return False
    copies: list[Values] = [
        {k: v.copy() if isinstance(v, np.ndarray) else v for k, v in drawn.values.items()}
        for _ in range(2)
    ]
    with np.errstate(all="ignore"):
        Meaning(nest.meaning, copies[0]).run()  # type: ignore[arg-type]
        execute(found.lines, copies[1])
    for name, expected in copies[0].items():
        given_ = copies[1][name]
        assert np.shape(given_) == np.shape(expected), (name, found.lines)
        dtypes = np.asarray(given_).dtype, np.asarray(expected).dtype
        # What is compared and not summed is true or false, which the meaning adds to a zero.
        alike = [*map(str, dtypes)] == ["bool", "int64"] or dtypes[0] == dtypes[1]
        assert alike, (name, found.lines)
        np.testing.assert_allclose(given_, expected, rtol=1e-9, atol=1e-9, err_msg=str(found.lines))
    return True


def element(drawn: Drawn) -> None:
    target, free = drawn.access(drawn.indices, store=True)
    terms = drawn.sum(free)
    kind = drawn.draw(st.sampled_from(["set", "add", "scale", "divide", "weigh"]))
    own: Sum = ()
    if kind == "add":
        own = (Term(1, (target,)),)
    elif kind == "scale":
        own = (Term(drawn.draw(st.sampled_from([-1, 2, 0.5])), (target,)),)
    elif kind == "divide":
        own = (Term(1, (target, f("/", 1, 3.0))),)
    elif kind == "weigh" and free:
        own = (Term(1, (target, drawn.access(free)[0])),)
    drawn.nest.update(target, own + terms)


@settings(max_examples=100, deadline=None)
@given(st.data(), st.booleans())
def test_stores_into_elements(data: st.DataObject, fitting: bool) -> None:
    drawn = Drawn(data, fitting=fitting)
    element(drawn)
    compare(drawn)


@settings(max_examples=100, deadline=None)
@given(st.data(), st.booleans())
def test_a_guard_keeps_out_all_that_differs(data: st.DataObject, fitting: bool) -> None:
    """Sizes of -1, 0 and 1, and arrays that are too short: where the loop runs, the guard is right."""
    drawn = Drawn(data, fitting=fitting, loose=True)
    element(drawn)
    guarded(drawn)


@settings(max_examples=50, deadline=None)
@given(st.data(), st.booleans())
def test_a_guard_of_a_name(data: st.DataObject, fitting: bool) -> None:
    drawn = Drawn(data, fitting=fitting, loose=True)
    accumulator(drawn)
    guarded(drawn)


def guarded(drawn: Drawn) -> bool:
    """Whether there is a rewriting with a complete guard; it must always do what the lift means."""
    nest = drawn.nest.made(Place("run()"))
    found = rewriting(nest, Config(guard=True))
    if found is None or found.applicability is not Applicability.SAFE:
        return False
    copies: list[Values] = [
        {k: v.copy() if isinstance(v, np.ndarray) else v for k, v in drawn.values.items()}
        for _ in range(2)
    ]
    with np.errstate(all="ignore"):
        try:
            Meaning(nest.meaning, copies[0]).run()  # type: ignore[arg-type]
        except IndexError:
            return False
        meaning = Meaning(nest.meaning, copies[1])  # type: ignore[arg-type]
        copies[1]["run"] = meaning.run
        execute(found.lines, copies[1])
    for name, expected in copies[0].items():
        np.testing.assert_allclose(
            copies[1][name], expected, rtol=1e-9, atol=1e-9, err_msg=str(found.lines)
        )
    return True


def accumulator(drawn: Drawn) -> None:
    """An update of a name: a number, or an array that is as large as the indices say."""
    axes = [index for index in drawn.indices if drawn.draw(st.booleans())]
    terms = drawn.sum(axes)
    shape = [len(drawn.range(index)) for index in axes]
    known = drawn.rng.normal(size=shape) if axes else float(drawn.rng.normal())
    drawn.values["acc"] = known
    drawn.nest.array("acc", *(f"acc.shape[{k}]" for k in range(len(axes))))
    own: Sum = (Term(drawn.draw(st.sampled_from([1, 1, -1, 2])), (a("acc"),)),)
    if drawn.draw(st.integers(0, 3)) == 0:
        own = ()
    if not axes and drawn.draw(st.booleans()):
        drawn.values["acc"] = drawn.nest.starts["acc"] = drawn.draw(st.sampled_from([0.0, 1.5]))
    drawn.nest.update(a("acc"), own + terms, axes=axes, in_place=drawn.draw(st.booleans()))


@settings(max_examples=100, deadline=None)
@given(st.data(), st.booleans())
def test_updates_of_names(data: st.DataObject, fitting: bool) -> None:
    drawn = Drawn(data, fitting=fitting)
    accumulator(drawn)
    compare(drawn)
