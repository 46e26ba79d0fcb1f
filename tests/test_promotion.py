"""Promotion of dtypes, against NumPy."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from einsum_lint.promotion import promote, result_type

DTYPES = (
    "bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64",
    "float16", "float32", "float64", "complex64", "complex128",
)  # fmt: skip


@pytest.mark.parametrize("one", DTYPES)
def test_promotion_is_numpys(one: str) -> None:
    for other in DTYPES:
        assert promote(one, other) == np.result_type(one, other).name, (one, other)


def test_result_type_of_many_is_numpys_where_the_order_does_not_matter() -> None:
    for three in itertools.combinations_with_replacement(DTYPES, 3):
        orders = {result_type(order) for order in itertools.permutations(three)}
        if len(orders) == 1:
            assert orders == {np.result_type(*three).name}


def test_unknown() -> None:
    assert result_type(["float64", None]) is None
    assert promote("object", "float64") is None
    assert promote("object", "object") == "object"
