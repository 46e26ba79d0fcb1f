"""Trials for the tests of the prover."""

from __future__ import annotations

from einsum_lint.contraction import Size
from einsum_lint.dims import symbol
from einsum_lint.trial import Input, Trial

HEADER = "import math\nfrom itertools import product\n\nimport numpy as np\n"


def size(name: str) -> Size:
    """A named size: ``n`` or ``A.shape[0]``."""
    return symbol(name, 0)


def array(name: str, rank: int, dtype: str | None = None, **least: Size) -> Input:
    """An array whose sizes are its own; ``at0`` is what the first axis must have at least."""
    axes = range(rank)
    sizes = tuple(size(f"{name}.shape[{k}]") for k in axes)
    bounds = tuple((least[f"at{k}"],) if f"at{k}" in least else () for k in axes)
    return Input(name, "array", sizes, bounds, dtype)


def shaped(name: str, *sizes: Size, dtype: str | None = None) -> Input:
    """An array whose sizes are given."""
    return Input(name, "array", sizes, ((),) * len(sizes), dtype)


def integer(name: str, *least: Size) -> Input:
    """An integer, at least as large as others."""
    return Input(name, "integer", (), (least,) if least else ())


def trial(
    before: str,
    after: str,
    *inputs: Input,
    results: str = "C",
    header: str = HEADER,
    empty: bool = True,
) -> Trial:
    """A trial; ``results`` are names with spaces between them."""
    return Trial(before, after, header, inputs, tuple(results.split()), empty)
