"""Arithmetic on sizes: a polynomial means what its symbols' values make of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from einsum_lint.dims import Dim, Polynomial, add, differ, divide, multiply, subtract, symbol

N, K = symbol("n", 0), symbol("k", 1)
dims = st.recursive(
    st.sampled_from([N, K, 0, 1, 2, 3]),
    lambda inner: st.one_of(
        st.builds(add, inner, inner),
        st.builds(multiply, inner, inner),
        st.builds(subtract, inner, inner),
    ),
    max_leaves=5,
)


def value(dim: Dim, n: int, k: int) -> int:
    """What a size is for these values of the symbols."""
    if isinstance(dim, int):
        return dim
    assert isinstance(dim, Polynomial)
    values = {"n": n, "k": k}
    total = 0
    for monomial, coefficient in dim.terms:
        for factor in monomial:
            coefficient *= values[factor.name]
        total += coefficient
    return total


sizes = st.integers(0, 9)


@given(dims, dims, sizes, sizes)
def test_arithmetic(one: Dim, other: Dim, n: int, k: int) -> None:
    a, b = value(one, n, k), value(other, n, k)
    assert value(add(one, other), n, k) == a + b
    assert value(subtract(one, other), n, k) == a - b
    assert value(multiply(one, other), n, k) == a * b


@given(dims, dims, sizes, sizes)
def test_what_differs_is_never_equal(one: Dim, other: Dim, n: int, k: int) -> None:
    if differ(one, other):
        assert value(one, n, k) != value(other, n, k)


@given(dims, dims, sizes, sizes)
def test_exact_division(one: Dim, other: Dim, n: int, k: int) -> None:
    quotient = divide(one, other)
    if quotient is not None:
        assert value(multiply(quotient, other), n, k) == value(one, n, k)
    if isinstance(other, int) and other:
        assert divide(multiply(one, other), other) == one


def test_symbols() -> None:
    assert not differ(N, K)
    assert not differ(N, symbol("n", 7)), "the same name at another place is another size"
    assert differ(add(N, 1), N)
    assert differ(2, 3)
    assert not differ(None, 3)
    assert subtract(add(N, K), K) == N
    assert subtract(N, N) == 0
    assert divide(multiply(N, K), K) == N
    assert divide(N, 2) is None
    assert str(add(multiply(2, multiply(N, K)), 1)) == "2*k*n + 1"
    assert str(subtract(N, 1)) == "n - 1"
    assert str(subtract(1, N)) == "-n + 1"
