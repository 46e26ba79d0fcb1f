"""EIN006: one label, one size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import prod

from ..dialects import Dialect
from ..dims import Dim, differ
from ..equation import Equation
from ..facts import EinsumCall, Reading
from ..findings import Problem
from ..matching import KnownAxis, Match, known_axes, matches, operand_name
from ..merging import unmergeable_label
from ..rule import rule
from ..settings import Config


@rule("EIN006", on=EinsumCall)
def size_mismatch(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """
    ## What it does
    Finds labels that stand for axes of different sizes.

    ## Why is this bad?
    The axes of one label are walked together, so the call raises unless their sizes are equal.
    Most libraries stretch an axis of size 1 to the size that the label has in another operand;
    that runs, and is not reported here. Only sizes that are certain are judged.

    ## Example
    ```python
    import numpy as np

    a, b = np.ones((2, 3)), np.ones((4, 5))
    c = np.einsum("ij,jk->ik", a, b)
    ```

    Use instead:
    ```python
    import numpy as np

    a, b = np.ones((2, 3)), np.ones((3, 5))
    c = np.einsum("ij,jk->ik", a, b)
    ```

    ## References
    - [NumPy: broadcasting](https://numpy.org/doc/stable/user/basics.broadcasting.html)
    """

    def check(reading: Reading) -> Iterator[Problem]:
        found = matches(call, reading)
        equation = reading.equation
        if not found or not isinstance(equation, Equation):
            return
        conflicts = False
        for label, axes in known_axes(found).items():
            conflict = _conflict(label, axes, equation, found)
            if conflict is None:
                continue
            one, other = conflict
            what = f"{equation.shown(label)} is {one.size} in {operand_name(call, one.operand)}"
            again = "the same operand" if one.operand == other.operand else None
            message = f"{what}, and {other.size} in {again or operand_name(call, other.operand)}"
            span = call.place.subscripts(other.column, other.column + len(label))
            conflicts = True
            yield Problem(message + equation.at(other.column), span)
        if not conflicts and equation.dialect.merges_pairwise:
            yield from _unmergeable(call, equation, found)

    yield from call.agreed(check)


_TOLERANCE = 1.25
"""How many times larger than the largest operand the result may be, by Dask's default."""
_PAIRING = (None, True, False, "auto", "greedy", "optimal")
"""The values of ``optimize`` with which JAX contracts two operands at a time."""
_UNSEARCHED = (False, "greedy")


def _conflict(
    label: str, axes: Sequence[KnownAxis], equation: Equation, found: Sequence[Match]
) -> tuple[KnownAxis, KnownAxis] | None:
    """The first two of the known axes of a label that cannot both have it."""
    viewed = equation.dialect.views_diagonal and _nothing_summed(equation, found)
    cut = equation.dialect.computes_in_chunks and not _whole(equation, found)
    stretches = equation.stretches_diagonal(label) and (cut or equation.dialect.broadcasts_diagonal)
    pairs = combinations(axes, 2)
    vague = cut or (equation.dialect.fits_empty and len(equation.terms) > 2)
    found_pairs = (p for p in pairs if _unequal(*p, equation.dialect, stretches, viewed, vague))
    return next(found_pairs, None)


def _whole(equation: Equation, found: Sequence[Match]) -> bool:
    """Whether the result is too small for Dask to cut the operands because of it."""
    inputs = [match.shape.sizes for match in found]
    kept: dict[str | int, int] = {}
    for match in found:
        if match.alignment is None:
            return False
        axes: list[tuple[str | int, Dim]] = [*enumerate(match.alignment.ellipsis.dims[::-1])]
        axes += zip(match.term.labels, match.alignment.sizes, strict=True)
        for name, size in axes:
            if isinstance(size, int):
                kept[name] = max(kept.get(name, 1), size)
    if len(found) < len(equation.terms) or None in inputs:
        return False
    result = prod(size for name, size in kept.items() if name in equation.result.labels)
    if equation.result.ellipsis is not None:
        result *= prod(size for name, size in kept.items() if isinstance(name, int))
    return result <= _TOLERANCE * max(prod(sizes or ()) for sizes in inputs)


def _unequal(
    one: KnownAxis, other: KnownAxis, dialect: Dialect, stretches: bool, viewed: bool, vague: bool
) -> bool:
    """Whether two axes cannot share a label; ``vague`` says that a size 0 may fit any other."""
    if not differ(one.size, other.size):
        return False
    if 0 in (one.size, other.size):
        if dialect.fits_empty:
            return not vague and one.size != 0
        if vague and one.operand != other.operand:
            return False
    if one.operand == other.operand:
        tolerated = viewed and one.size == 0
        if not tolerated and not stretches:
            return True
        if tolerated and not dialect.compares_every_axis:
            return False
    return not (dialect.broadcasts_labels and 1 in (one.size, other.size))


def _unmergeable(call: EinsumCall, equation: Equation, found: Sequence[Match]) -> Iterator[Problem]:
    """The axes of one operand that share a label, and that fit no other operand together."""
    if call.open_keywords or call.keywords.get("optimize") not in _PAIRING:
        return
    searched = call.keywords.get("optimize") not in _UNSEARCHED
    label = unmergeable_label(equation, found, searched)
    if label is None:
        return
    axes = known_axes(found)[label]
    one, other = next(
        pair
        for pair in combinations(axes, 2)
        if pair[0].operand == pair[1].operand and pair[0].size != pair[1].size
    )
    message = (
        f"{equation.shown(label)} is {one.size} and {other.size} in "
        f"{operand_name(call, one.operand)}, which do not fit the other operands"
    )
    span = call.place.subscripts(other.column, other.column + len(label))
    yield Problem(message + equation.at(other.column), span)


def _nothing_summed(equation: Equation, found: Sequence[Match]) -> bool:
    """Whether an operand may be viewed, its axes merged without a look at sizes 0."""
    if len(equation.terms) > 1:
        # Pair by pair NumPy first prepares each operand, and summed labels may be kept till then.
        return equation.dialect.compares_every_axis
    kept = set(equation.labels) <= set(equation.result.labels)
    axes = any(match.alignment and match.alignment.ellipsis.dims for match in found)
    dropped = axes and equation.result.ellipsis is None
    return kept and not dropped
