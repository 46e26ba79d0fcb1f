"""Whether JAX can merge operands in pairs when an operand has a label twice with unequal sizes.

``jnp.einsum`` lets ``ii`` stand for axes of sizes 1 and n, and goes on with the size of the last of
them.  It compares sizes only when it contracts two operands, so that the order of the pairs, which
a search decides, may decide whether a call runs.  What fails in every order certainly fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import combinations

from .equation import Equation
from .matching import Match

Label = str | int
"""A label, or how far an axis of the ellipsis is from its end."""
Operand = tuple[tuple[Label, int], ...]
"""The label and the size of each axis."""

MOST_OPERANDS = 5  # beyond, there are too many orders


def unmergeable_label(equation: Equation, found: Sequence[Match]) -> str | None:
    """The label of axes that can't be merged in any order of the operands."""
    if not 1 < len(found) <= MOST_OPERANDS or len(found) != len(equation.terms):
        return None
    operands = [_operand(match) for match in found]
    known = [operand for operand in operands if operand is not None]
    if len(known) < len(operands) or not any(_uneven(operand) for operand in known):
        return None
    output: set[Label] = set(equation.result.labels)
    if equation.result.ellipsis is not None:
        output |= {label for operand in known for label, _ in operand if isinstance(label, int)}
    label = _failing(known, output)
    return label if isinstance(label, str) else None


def _operand(match: Match) -> Operand | None:
    """The axes of an operand; None if a size is not known."""
    if match.alignment is None or match.shape.sizes is None:
        return None
    at, labels = match.term.ellipsis, match.term.labels
    middle = range(len(match.alignment.ellipsis.dims), 0, -1)
    names = (*labels[:at], *middle, *(() if at is None else labels[at:]))
    return tuple(zip(names, match.shape.sizes, strict=True))


def _uneven(operand: Operand) -> bool:
    return len(set(operand)) > len({label for label, _ in operand})


def _failing(operands: Sequence[Operand], output: AbstractSet[Label]) -> Label | None:
    """The label that fails when the operands are contracted; None when some order may succeed."""
    if len(operands) == 1:
        return None
    failed: Label | None = None
    for left, right in combinations(range(len(operands)), 2):
        others = [operand for k, operand in enumerate(operands) if k not in (left, right)]
        wanted = output | {label for operand in others for label, _ in operand}
        merged = _merged(operands[right], operands[left], wanted)
        result = merged if not isinstance(merged, tuple) else _failing([*others, merged], output)
        if result is None:
            return None
        failed = failed or result
    return failed


def _merged(one: Operand, other: Operand, wanted: AbstractSet[Label]) -> Operand | Label:
    """The product of two operands with its sums, or the label whose sizes do not fit."""
    one = _stretched(one, other)
    other = _stretched(other, one)
    one = _summed(one, {label for label, _ in other}, wanted)
    other = _summed(other, {label for label, _ in one}, wanted)
    mine, theirs = dict(one), dict(other)
    for label in mine.keys() & theirs.keys():
        if mine[label] != theirs[label]:
            return label
    return tuple((label, size) for label, size in {**mine, **theirs}.items() if label in wanted)


def _stretched(operand: Operand, other: Operand) -> Operand:
    """The operand without the axes of size 1 that the other operand stretches."""
    sizes: dict[Label, int] = {}
    for label, size in other:
        sizes.setdefault(label, size)
    return tuple(axis for axis in operand if axis[1] != 1 or sizes.get(axis[0], 1) == 1)


def _summed(operand: Operand, other: AbstractSet[Label], wanted: AbstractSet[Label]) -> Operand:
    """The operand with each label once, its last axis, and without those that nothing else has."""
    last = dict(operand)
    return tuple(axis for axis in last.items() if axis[0] in other or axis[0] in wanted)
