"""Operators, indices and attributes of arrays, against NumPy on random operands."""

from __future__ import annotations

import random
import warnings
from typing import Any

import numpy as np
import pytest
from test_inference import operand
from test_signatures import DTYPES, Blurred, array, compatible

from einsum_lint.infer.methods import attribute
from einsum_lint.infer.operands import resolved
from einsum_lint.infer.values import Constant, Reference
from einsum_lint.promotion import with_number
from einsum_lint.shapes import NOTHING_KNOWN, ArrayFact, Shape

OPERATORS = (
    "+",
    "-",
    "*",
    "/",
    "//",
    "%",
    "**",
    "&",
    "|",
    "^",
    "<<",
    ">>",
    "<",
    "<=",
    "==",
    "!=",
    "@",
)


def written(value: Any) -> str:
    """An expression that makes an array or number like this one."""
    if isinstance(value, np.ndarray):
        return f"np.ones({value.shape}, dtype='{value.dtype.name}')"
    return repr(value)


def evaluated(expression: str, **names: Any) -> Any:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return eval(expression, {"np": np, **names})
        except (ValueError, TypeError, IndexError, OverflowError):
            return None


def holds(known: ArrayFact, got: Any) -> bool:
    if known == NOTHING_KNOWN:
        return False
    return Blurred(random.Random(0), "known").admits(known, got)


@pytest.mark.parametrize("operator", OPERATORS)
def test_operator_is_numpys(operator: str) -> None:
    rng = random.Random(operator)
    ran = 0
    for _ in range(150):
        left = array(rng)
        right = compatible(rng, {"a": left})
        if operator == "@":
            right = array(
                rng,
                rng.choice(
                    (
                        left.shape[-1:],
                        (*left.shape[-1:], 2),
                        (*left.shape[:-2], *left.shape[-1:], 3),
                    )
                ),
            )
        if rng.random() < 0.2:
            left, right = right, left
        expression = f"{written(left)} {operator} {written(right)}"
        got = evaluated(expression)
        if got is None or isinstance(got, (bool, int, float, complex)):
            continue
        ran += 1
        known = operand("", expression)
        assert holds(known, got), f"{expression} is {got.shape} of {got.dtype}, not {known}"
        assert known.shape == Shape(got.shape), expression
    assert ran > 20


@pytest.mark.parametrize("dtype", DTYPES)
def test_promotion_with_python_numbers_is_numpys(dtype: str) -> None:
    for number in (True, 0, 1, -1, 200, 70000, 1 << 40, 2.5, 1j):
        try:
            with np.errstate(all="ignore"):
                expected = (np.ones(2, dtype) + number).dtype.name
        except OverflowError:
            expected = None
        except TypeError:
            continue
        assert with_number(dtype, number) == expected, (dtype, number)


def an_index(rng: random.Random, size: int) -> str:
    bounds = [rng.choice(("", str(rng.randint(-4, 4)))) for _ in range(2)]
    chosen = rng.randrange(12)
    if chosen < 3:
        return str(rng.randint(-max(size, 1), max(size - 1, 0)))
    if chosen < 6:
        return ":"
    if chosen < 8:
        return f"{bounds[0]}:{bounds[1]}:{rng.choice(('', '1', '2', '-1'))}"
    if chosen == 8:
        return "[0, 0]"
    if chosen == 9:
        return "np.zeros((2, 2), dtype=int)"
    if chosen == 10:
        return f"np.ones({size}, dtype=bool)"
    return "np.arange(2) * 0"


@pytest.mark.parametrize("seed", range(40))
def test_index_is_numpys(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(25):
        made = array(rng, tuple(rng.choice((1, 2, 3)) for _ in range(rng.randint(1, 4))))
        parts = [an_index(rng, size) for size in made.shape[: rng.randint(1, made.ndim)]]
        for extra in ("None", "...", "np.newaxis"):
            if rng.random() < 0.2:
                parts.insert(rng.randint(0, len(parts)), extra)
        expression = f"{written(made)}[{', '.join(parts)}]"
        got = evaluated(expression)
        if got is None:
            continue
        known = operand("", expression)
        assert holds(known, got), f"{expression} is {got.shape}, not {known}"
        assert all(d is not None for d in known.shape.dims) or "bool" in expression, expression


@pytest.mark.parametrize("name", ["T", "mT", "real", "imag", "size", "dtype"])
def test_attribute_is_numpys(name: str) -> None:
    rng = random.Random(name)
    for attempt in range(40):
        blurred = Blurred(rng, ("known", "sizes")[attempt % 2])
        made = array(rng)
        try:
            got = getattr(made, name)
        except ValueError:
            continue
        fact = blurred.value(made)
        assert isinstance(fact, ArrayFact)
        assert blurred.admits(attribute(fact, name), got), (fact, name)


def test_constants_of_libraries() -> None:
    assert resolved(Reference(frozenset({"numpy.newaxis"}))) == Constant(None)
    assert resolved(Reference(frozenset({"math.pi", "numpy.pi"}))) == Constant(np.pi)
    assert isinstance(resolved(Reference(frozenset({"mine.pi"}))), Reference)
    assert isinstance(resolved(Reference(frozenset({"numpy.pi", "numpy.e"}))), Reference)
