"""Contractions of equal meaning are equal, and of equal ones the values are."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from contraction_values import Evaluation
from hypothesis import given, settings
from hypothesis import strategies as st

from einsum_lint.canonical import Canonical, canonical
from einsum_lint.contraction import (
    Access,
    Contraction,
    Extent,
    Factor,
    Index,
    Pointwise,
    Size,
    Sum,
    Term,
    index_size,
    number,
    of,
    substitute,
)
from einsum_lint.dims import Polynomial, Symbol, add, multiply

N = Polynomial((((Symbol("n", 0),), 1),))
RANKS = {"A": 2, "B": 2, "x": 1, "y": 1, "s": 0}
SIZE = 12
RNG = np.random.default_rng(1)
ARRAYS = {name: RNG.uniform(0.5, 1.5, (SIZE,) * rank) for name, rank in RANKS.items()}
EXTENTS = (Extent(2), Extent(3), Extent(N), Extent(N), Extent(1), Extent(5, 2))


def indices(count: int, first: int = 1) -> list[Index]:
    return [Symbol("", first + k) for k in range(count)]


def make(rng: random.Random) -> tuple[Contraction, dict[Index, Extent]]:
    made = indices(5)
    extents = {index: rng.choice(EXTENTS[: rng.choice((1, 4, 6))]) for index in made}
    axes = made[: rng.randint(0, 2)]
    terms = tuple(make_term(rng, axes, made[len(axes) :], 1) for _ in range(rng.randint(1, 3)))
    return Contraction(tuple(axes), terms), extents


def make_term(rng: random.Random, free: list[Index], others: list[Index], depth: int) -> Term:
    summed = rng.sample(others, rng.randint(0, min(2 + depth, len(others))))
    usable = [*free, *summed]
    left = [index for index in others if index not in summed]
    factors = tuple(make_factor(rng, usable, left, depth) for _ in range(rng.randint(0, 3)))
    return Term(rng.choice((1, 2, -1, 0.5)), factors, frozenset(summed))


def make_factor(rng: random.Random, usable: list[Index], left: list[Index], depth: int) -> Factor:
    kind = rng.random()
    if kind < 0.15 and depth:
        function = rng.choice(("np.cos", "/", "**", ""))
        argument = tuple(make_term(rng, usable, left, depth - 1) for _ in range(rng.randint(1, 2)))
        arguments = {"/": (number(1), argument), "**": (argument, number(2))}.get(
            function, (argument,)
        )
        return Pointwise(function, arguments)
    if kind < 0.25 and usable:
        size = add(index_size(rng.choice(usable)), rng.choice((0, 1)))
        assert isinstance(size, Polynomial)
        return size
    name = rng.choice([*RANKS])
    return Access(name, tuple(make_subscript(rng, usable) for _ in range(RANKS[name])))


def make_subscript(rng: random.Random, usable: list[Index]) -> Size:
    total: Size = rng.choice((0, 0, 1))
    for index in rng.sample(usable, min(len(usable), rng.choice((0, 1, 1, 1, 1, 2)))):
        total = add(total, index_size(index)) or 0
    return total


def scrambled(
    rng: random.Random, value: Contraction, extents: dict[Index, Extent]
) -> tuple[Contraction, dict[Index, Extent]]:
    """The same meaning with other indices, in another order, with coefficients taken apart."""
    order = rng.sample(range(len(extents)), len(extents))
    new = {old: Symbol("", 11 + order[k]) for k, old in enumerate(extents)}
    terms = substitute(value.terms, {old: index_size(index) for old, index in new.items()})
    axes = tuple(axis and new[axis] for axis in value.axes)
    return Contraction(axes, shuffled(rng, terms)), {new[old]: e for old, e in extents.items()}


def shuffled(rng: random.Random, terms: Sum) -> Sum:
    result = []
    for term in terms:
        factors = [shuffled_factor(rng, factor) for factor in term.factors]
        rng.shuffle(factors)
        mixed = replace(term, factors=tuple(factors))
        part = rng.choice((1, 2, 4))
        result += [
            replace(mixed, coefficient=term.coefficient - part),
            replace(mixed, coefficient=part),
        ]
    rng.shuffle(result)
    return tuple(result)


def shuffled_factor(rng: random.Random, factor: Factor) -> Factor:
    if isinstance(factor, Pointwise):
        arguments = tuple(shuffled(rng, argument) for argument in factor.arguments)
        return factor if factor.function in ("/", "**") else replace(factor, arguments=arguments)
    return factor


def evaluated(value: Contraction, extents: dict[Index, Extent]) -> Any:
    with np.errstate(all="ignore"):
        return Evaluation(ARRAYS, extents, {"n": 4}).of(value)


def agree(one: Any, other: Any) -> bool:
    """Whether two arrays are equal; what is divided by 0 or too large is passed over."""
    good = (np.abs(one) < 1e100) & (np.abs(other) < 1e100)
    return bool(np.allclose(np.where(good, one, 0), np.where(good, other, 0), rtol=1e-7))


def formed(form: Canonical) -> Any:
    return evaluated(form.contraction, dict(form.extents))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**40))
def test_the_canonical_form_forgets_names_and_order(seed: int) -> None:
    rng = random.Random(seed)
    value, extents = make(rng)
    other, others = scrambled(rng, value, extents)
    form = canonical(value, extents)
    assert form == canonical(other, others)
    assert agree(formed(form), evaluated(value, extents).reshape(formed(form).shape))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**40))
def test_equal_forms_have_equal_values(seed: int) -> None:
    rng = random.Random(seed)
    value, extents = make(rng)
    other = mutated(rng, value)
    if canonical(value, extents) == canonical(other, extents):
        assert agree(evaluated(value, extents), evaluated(other, extents))
    elif all(isinstance(f, Access) for term in value.terms for f in term.factors):
        assert not agree(evaluated(value, extents), evaluated(other, extents))


def mutated(rng: random.Random, value: Contraction) -> Contraction:
    """Two indices exchanged in one place, which may or may not matter."""
    if not value.terms:
        return value
    place = rng.randrange(len(value.terms))
    term = value.terms[place]
    if len(term.summed) < 2 or not term.factors:
        return value
    one, other = rng.sample(sorted(term.summed), 2)
    k = rng.randrange(len(term.factors))
    swap = {one: index_size(other), other: index_size(one)}
    (changed,) = substitute((replace(term, factors=(term.factors[k],), coefficient=1),), swap)
    factors = (*term.factors[:k], *changed.factors, *term.factors[k + 1 :])
    terms = (*value.terms[:place], replace(term, factors=factors), *value.terms[place + 1 :])
    return replace(value, terms=terms)


def access(name: str, *subscripts: Index | Size) -> Access:
    return Access(name, tuple(index_size(s) if isinstance(s, Symbol) else s for s in subscripts))


H, J, K, L = indices(4)
SQUARE = dict.fromkeys((H, J, K, L), Extent(N))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((Term(1, (access("A", H, J), access("x", J)), frozenset({J})),), (Term(1, (access("x", K), access("A", H, K)), frozenset({K})),)),
        (of(Pointwise("**", (of(access("x", H)), number(2)))), of(access("x", H)) and (Term(1, (access("x", H),) * 2),)),
        (of(Pointwise("/", (of(access("x", H)), number(2)))), (Term(0.5, (access("x", H),)),)),
        (of(Pointwise("/", (of(access("x", H)), of(access("y", H))))), (Term(1, (access("x", H), Pointwise("/", (number(1), of(access("y", H)))))),)),
        ((Term(1, (Pointwise("", ((Term(1, (access("x", H),)), Term(-1, (access("y", H),))),)), access("s"))),), (Term(1, (access("x", H), access("s"))), Term(-1, (access("y", H), access("s"))))),
        ((Term(1, (access("A", J, K), access("A", K, L), access("A", L, J)), frozenset({J, K, L})),), (Term(1, (access("A", L, K), access("A", K, J), access("A", J, L)), frozenset({J, K, L})),)),
    ],
)  # fmt: skip
def test_equal_meanings(one: Sum, other: Sum) -> None:
    forms = [canonical(Contraction((H,), terms), SQUARE) for terms in (one, other)]
    assert forms[0] == forms[1]


def test_sums_over_different_ranges_differ() -> None:
    terms = (Term(1, (access("x", J),), frozenset({J})),)
    other = Polynomial((((Symbol("m", 0),), 1),))
    forms = [canonical(Contraction((), terms), {J: Extent(span)}) for span in (N, other, 3, 4)]
    assert len(set(forms)) == 4


def test_a_range_may_depend_on_an_index() -> None:
    triangle = {H: Extent(N), J: Extent(index_size(H))}
    turned = {J: Extent(N), H: Extent(index_size(J))}
    one = (Term(1, (access("A", H, J),), frozenset({H, J})),)
    other = (Term(1, (access("A", J, H),), frozenset({H, J})),)
    forms = [canonical(Contraction((), one), triangle), canonical(Contraction((), other), turned)]
    assert forms[0] == forms[1]
    assert forms[0] != canonical(Contraction((), other), triangle)
    assert np.allclose(formed(forms[0]), evaluated(Contraction((), one), triangle))


def test_other_indices_stay() -> None:
    free = access("A", L, H)
    form = canonical(Contraction((H,), of(free)), SQUARE)
    assert L in form.contraction.terms[0].factors[0].subscripts[0].terms[0][0]  # type: ignore
    other = canonical(Contraction((H,), of(access("A", K, H))), SQUARE)
    assert form != other


def test_many_alike_sums_stay_quick() -> None:
    made = indices(9)
    factors = tuple(access("x", index) for index in made)
    value = Contraction((), (Term(1, factors, frozenset(made)),))
    form = canonical(value, dict.fromkeys(made, Extent(N)))
    assert len(form.extents) == 9


def test_a_range_with_a_step_is_counted() -> None:
    stepped = canonical(Contraction((H,), of(access("x", H))), {H: Extent(5, 2)})
    twice = multiply(index_size(H), 2)
    assert twice is not None
    plain = canonical(Contraction((H,), of(access("x", twice))), {H: Extent(3)})
    assert stepped == plain
