"""Symbols against numbers: polynomials, the interpreter, and the functions that it knows."""

from __future__ import annotations

import ast
import cmath
import itertools
import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from test_verify import RIGHT
from verify_trials import shaped, trial

from einsum_lint.verify.arrays import Profile, inputs, lookup, namespace
from einsum_lint.verify.elements import pointwise, symbols
from einsum_lint.verify.execute import Execution
from einsum_lint.verify.known import CONSTANTS, FUNCTIONS
from einsum_lint.verify.polynomials import Beyond, Number, Poly, Ring, agree
from einsum_lint.verify.program import read
from einsum_lint.verify.symbolic import interpreted

VALUES = {"x": 1.25 + 0.5j, "y": -0.75 + 1.5j, "z": 2.5 - 0.25j}


def expressions() -> st.SearchStrategy[str]:
    """Arithmetic over three names, as text."""
    leaves = st.sampled_from(["x", "y", "z", "2", "0.1", "1j", "-3"])
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
            st.builds("({})**{}".format, inner, st.sampled_from(["2", "-1", "3"])),
            st.builds("{}({})".format, st.sampled_from(["conj", "exp", "real", "imag"]), inner),
        ),
        max_leaves=8,
    )


@settings(max_examples=100, deadline=None)
@given(expressions())
def test_a_polynomial_has_the_value_of_its_expression(text: str) -> None:
    """Functions are looked through by evaluating the atoms, in the order in which they came."""
    ring = Watched(VALUES)
    names = {name: ring.element(name, ()) for name in VALUES}
    try:
        ours = evaluate(ast.parse(text, mode="eval").body, names, functions_of(ring))
        poly = ring.poly(ours)
        want = evaluate(ast.parse(text, mode="eval").body, VALUES, UNARY)
    except (Beyond, ZeroDivisionError, OverflowError):
        assume(False)
    assert poly is not None
    assume(1e-6 < abs(want) < 1e6)
    assert cmath.isclose(ring.value(poly), want, rel_tol=1e-6)


class Watched(Ring):
    """A ring that knows the value of each of its atoms."""

    def __init__(self, inputs: Mapping[str, Any]) -> None:
        super().__init__(real=not any(map(np.iscomplexobj, inputs.values())))
        self._inputs = inputs
        self.values: dict[int, complex] = {0: 1j}

    def element(self, name: str, place: tuple[int, ...]) -> Poly:
        poly = super().element(name, place)
        if name == "unwritten":
            return poly
        self.values[_atom(poly)] = complex(np.asarray(self._inputs[name])[place])
        return poly

    def function(self, name: str, *arguments: Poly | Number) -> Poly:
        poly = super().function(name, *arguments)
        given = [self.value(a) if isinstance(a, Poly) else complex(a) for a in arguments]
        self.values[_atom(poly)] = COMPUTED[name](*given)
        return poly

    def conjugate(self, poly: Poly) -> Poly:
        result = super().conjugate(poly)
        for atom, other in self._conjugates.items():
            if atom in self.values:
                self.values[other] = self.values[atom].conjugate()
        return result

    def value(self, poly: Poly) -> complex:
        return sum(
            complex(coefficient) * math.prod((self.values[atom] for atom in monomial), start=1 + 0j)
            for monomial, coefficient in poly.terms.items()
        )


COMPUTED: dict[str, Callable[..., complex]] = {
    "reciprocal": lambda x: 1 / x,
    "exp": cmath.exp,
    "**": pow,
    "<": lambda difference: complex(difference.real < 0),
}
"""The functions that stay atoms."""


def _atom(poly: Poly) -> int:
    (((atom,), _),) = poly.terms.items()
    return atom


UNARY: dict[str, Callable[[Any], Any]] = {
    "conj": lambda x: complex(x).conjugate(),
    "real": lambda x: complex(x).real,
    "imag": lambda x: complex(x).imag,
    "exp": cmath.exp,
}


def functions_of(ring: Ring) -> dict[str, Callable[[Any], Any]]:
    return {name: partial(pointwise, ring, name) for name in UNARY}


def evaluate(node: ast.expr, names: Any, functions: Any) -> Any:
    match node:
        case ast.Constant(value=float(value)) if isinstance(names["x"], Poly):
            return Fraction(repr(value))
        case ast.Constant(value=value):
            return names["x"].ring.poly(value) if isinstance(names["x"], Poly) else value
        case ast.Name(id=name):
            return names[name]
        case ast.UnaryOp(operand=operand):
            return -evaluate(operand, names, functions)
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            return functions[name](evaluate(argument, names, functions))
        case ast.BinOp(left=left, op=op, right=right):
            one, two = (evaluate(part, names, functions) for part in (left, right))
            match op:
                case ast.Add():
                    return one + two
                case ast.Sub():
                    return one - two
                case ast.Mult():
                    return one * two
                case ast.Div():
                    return one / two
                case ast.Pow():
                    return one ** (two.constant() if isinstance(two, Poly) else two)
    raise AssertionError(ast.dump(node))


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("(x + y)**2", "x*x + 2*x*y + y*y", True),
        ("x/(y*z)", "x/y/z", True),
        ("1/(2*x - 2*y)", "-0.5/(y - x)", True),
        ("exp(x + y)", "exp(y + x)", True),
        ("exp(x)*exp(y)", "exp(x + y)", False),
        ("x/x", "2/2", False),
        ("real(x) + 1j*imag(x)", "x", True),
        ("conj(x*y)", "conj(y)*conj(x)", True),
        ("conj(conj(exp(x)))", "exp(x)", True),
        ("conj(exp(x))", "exp(x)", False),
        ("0.1*0.2*x", "0.020000000000000004*x", True),
        ("1j*1j*x", "-x", True),
    ],
)
def test_equal_polynomials(one: str, other: str, equal: bool) -> None:
    ring = Ring(real=False)
    names = {name: ring.element(name, ()) for name in VALUES}
    polys = [
        ring.poly(evaluate(ast.parse(text, mode="eval").body, names, functions_of(ring)))
        for text in (one, other)
    ]
    assert polys[0] is not None
    assert polys[1] is not None
    assert agree(polys[0], polys[1]) == equal


def test_too_much_work_is_beyond() -> None:
    ring = Ring(real=True)
    total = ring.total(ring.element("x", (k,)) for k in range(40))
    with pytest.raises(Beyond, match="too much work"):
        total**6


CALLS = """\
np.full((2, 3), x[0]) + np.ones_like(M) * np.identity(3)[:2]
np.eye(2, 3, 1).T @ M + np.eye(3)
np.full_like(M, 2.5) - np.zeros_like(M)
np.linspace(0, 1, 4)[1:] * x
np.arange(5, -1, -2) * x + np.arange(0.5, 3)
np.stack([x, 2 * x], axis=1).sum(axis=0, keepdims=True)
np.concatenate([M, N.T], axis=1)
np.hstack((x, x)).reshape(2, -1) + np.vstack([x, x]).flatten()[0]
np.moveaxis(np.tensordot(M, N, axes=0), 0, -1)
np.inner(M, M) + np.dot(M, N) + np.matmul(M, N) + M.dot(N)
np.outer(x, x) + np.multiply.outer(x, x) - np.subtract.outer(x, x) / np.add.outer(x, x)
np.kron(M, x)
np.trace(M @ N) + (N @ M).trace() + np.vdot(M, M) + np.vecdot(x, x)
np.diag(x) + np.diag(N @ M) + np.tril(N @ M) - np.triu(N @ M, 1)
np.array([np.mean(M, axis=1), [M.mean(), 0], np.prod(M, 1), np.cumsum(x)[:2]]) * x.prod()
np.linalg.norm(x) + np.linalg.norm(M, axis=0)[:2] + np.linalg.multi_dot([M, N, M, x])
np.broadcast_to(x, (2, 3)) + np.tile(x, (2, 1)) + np.repeat(x, 2).reshape(3, 2).T
np.roll(x, 1) + np.flip(x) + x[::-1] + np.take(x, [2, 0, 1]) + x[np.array([0, 0, 1])]
np.squeeze(M[:1]) + np.expand_dims(x, 0) + np.atleast_2d(x) + x[np.newaxis]
np.lib.stride_tricks.sliding_window_view(x, 2) @ M[:, 0]
np.swapaxes(M, 0, 1) + M.swapaxes(0, 1) + M.mT + np.rot90(M)[::-1] + M.transpose(1, 0)
np.cross(x, M[0]) + np.diff(x)[0]
np.reciprocal(x) + np.square(x) + np.negative(x) + np.positive(x) + x ** -2 + 2 / x
np.einsum(M, [0, 1], N, [1, 2], [2, 0]) + np.einsum("ij,jk->ki", M, N, optimize=True)
np.add(M, M, out=np.empty((2, 3))) + np.subtract(M, x) * np.divide(M, x)
np.array([[x[0], 2], [3, x[1]]], dtype=float) + np.asarray([x[:2], x[1:]])
[a * b for a, b in zip(x, M[1]) if True] + [sum(r) for r in N]
np.array([np.sum(M[i] * x) for i, _ in enumerate(range(2))] + [len(x), abs(-2), max(1, 2.5)])
np.array([float(x[0]), np.float64(2), x[1].item(), complex(x[2]).real, pow(x[0], 2), 7 // 2 % 2])
np.array([M.shape[0], M.ndim, M.size, np.ndim(M), np.shape(M)[1], np.size(M)]) + M.real.sum()
np.array([np.pi, math.pi, math.sqrt(2), np.cos(0.5), math.atan2(1, 2), np.abs(-1.5), 2**0.5])
np.array([M[i, j] for i, j in product(range(2), range(3))] + [M[k] for k in np.ndindex(2, 3)])
np.where(np.arange(3) < 1, x, -x) + (np.arange(3) != 1) * x + np.minimum(1, np.arange(3))
x.astype(float).copy() + x.ravel() + np.zeros(3, dtype=x.dtype) + np.zeros(3, np.result_type(x))
(x if len(x) > 2 and not M.ndim == 3 else -x) + (0 or 1) + (1 < len(x) < 9)
x.conj() * np.conjugate(x) + x.T + np.multiply.reduce(M) + np.add.reduce(N, axis=1)
np.array([5 / 2, -7 // 2, -7 % 3, 2**-1, 1 << 3, 6 & 3, 6 | 1, ~2, True + 1, [4, 5][-1]])
""".splitlines()
"""What the interpreter has functions of its own for, or lets NumPy do with symbols."""

ARRAYS = (shaped("x", 3), shaped("M", 2, 3), shaped("N", 3, 2))
TEXTS = {
    f"{name}, {when}": (one, getattr(one, when))
    for name, one in RIGHT.items()
    for when in ("before", "after")
} | {text: (trial(f"C = {text}", "C = 0", *ARRAYS), f"C = {text}") for text in CALLS}


@pytest.mark.parametrize("name", TEXTS)
def test_the_interpreter_agrees_with_python(name: str) -> None:
    """What it leaves behind has, with numbers for the symbols, the values that Python computes."""
    one, text = TEXTS[name]
    program = read(one)
    choice = Execution(program).choices()[-1]
    profile = Profile(choice, values="positive")
    ring = Watched(inputs(program, profile))
    left = interpreted(program, ast.parse(text), choice, ring)
    names: dict[str, Any] = {"np": np, "math": math, "product": itertools.product}
    names |= namespace(inputs(program, profile), program.paths)
    exec(text, names)
    for path in program.results:
        ours, want = symbols(left[path]), np.asarray(lookup(names, path))
        assert ours.shape == want.shape
        numbers = [ring.value(ring.imaginary(0) + item) for item in ours.flat]
        assert np.allclose(numbers, want.ravel(), rtol=1e-9)


@pytest.mark.parametrize("name", sorted(FUNCTIONS | CONSTANTS))
def test_what_is_known_is_there(name: str) -> None:
    root, *rest = name.split(".")
    value: Any = {"numpy": np, "math": math, "itertools": itertools}[root]
    for part in rest:
        value = getattr(value, part)
    assert callable(value) or name in CONSTANTS
