"""Whether JAX can merge operands in pairs when an operand has a label twice with unequal sizes.

``jnp.einsum`` lets ``ii`` stand for axes of sizes 1 and n, and goes on with the size of the last of
them.  It compares sizes only when it contracts two operands, so that the order of the pairs decides
whether a call runs.  Up to four operands it takes the first of the cheapest orders, for which this
search is opt_einsum's; beyond, what fails in every order fails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import inf, prod

from .equation import Equation
from .matching import Match

Label = str | int
"""A label, or how far an axis of the ellipsis is from its end."""
Operand = tuple[tuple[Label, int], ...]
"""The label and the size of each axis."""
Labels = frozenset[Label]

MOST_OPERANDS = 5  # beyond, there are too many orders
SEARCHED = 4  # up to so many operands, the search goes through all orders


def unmergeable_label(equation: Equation, found: Sequence[Match], cheapest: bool) -> str | None:
    """The label of axes that can't be merged; ``cheapest`` says that the order is searched for."""
    if not 1 < len(found) <= MOST_OPERANDS or len(found) != len(equation.terms):
        return None
    operands = [_operand(match) for match in found]
    known = [operand for operand in operands if operand is not None]
    if len(known) < len(operands) or not any(_uneven(operand) for operand in known):
        return None
    output: Labels = frozenset(equation.result.labels)
    if equation.result.ellipsis is not None:
        output |= {label for operand in known for label, _ in operand if isinstance(label, int)}
    sizes: dict[Label, int] = {}
    for label, size in (axis for operand in known for axis in operand):
        sizes[label] = size if sizes.get(label, 1) == 1 else sizes[label]
    searched = cheapest and len(found) <= SEARCHED
    path = _path([_labels(operand) for operand in known], output, sizes) if searched else None
    failed = _failing(known, output, path)
    return failed if isinstance(failed, str) else None


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


def _failing(
    operands: Sequence[Operand], output: Labels, path: Sequence[tuple[int, int]] | None
) -> Label | None:
    """The first label that fails along the path, or in every order; None when all goes well."""
    if len(operands) == 1:
        return None
    failures = []
    for left, right in path[:1] if path is not None else combinations(range(len(operands)), 2):
        others = [operand for k, operand in enumerate(operands) if k not in (left, right)]
        wanted = output | {label for operand in others for label, _ in operand}
        merged, failed = _merged(operands[right], operands[left], wanted)
        if failed is None:
            rest = None if path is None else path[1:]
            failed = _failing([*others, merged], output, rest)
        if failed is None:
            return None
        failures.append(failed)
    return failures[0]


def _path(
    operands: Sequence[Labels], output: Labels, sizes: Mapping[Label, int]
) -> Sequence[tuple[int, int]]:
    """The first of the cheapest orders, as opt_einsum finds it: positions of the two operands.

    The costs are remembered by the labels alone, although they depend on the other operands too.
    """
    best: list[tuple[float, Sequence[tuple[int, int]]]] = [(inf, ())]
    known: dict[tuple[Labels, Labels], tuple[Labels, int]] = {}

    def walk(left: Sequence[Labels], path: Sequence[tuple[int, int]], cost: int) -> None:
        if len(left) == 1:
            best[0] = cost, path
            return
        for i, j in combinations(range(len(left)), 2):
            others = [labels for k, labels in enumerate(left) if k not in (i, j)]
            key = (left[i], left[j])
            if key not in known:
                wanted = output.union(*others)
                factor = 1 if left[i] & left[j] <= wanted else 2
                either = left[i] | left[j]
                known[key] = either & wanted, factor * prod(sizes[label] for label in either)
            labels, more = known[key]
            if cost + more < best[0][0]:
                walk([*others, labels], [*path, (i, j)], cost + more)

    walk(operands, (), 0)
    return best[0][1]


def _labels(operand: Operand) -> Labels:
    return frozenset(label for label, _ in operand)


def _merged(one: Operand, other: Operand, wanted: Labels) -> tuple[Operand, Label | None]:
    """The product of two operands with its sums, and the label whose sizes do not fit."""
    labels = _labels(one) | _labels(other)
    one = _stretched(one, other)
    other = _stretched(other, one)
    one = _summed(one, _labels(other), wanted)
    other = _summed(other, _labels(one), wanted)
    mine, theirs = dict(one), dict(other)
    failed = next((a for a in mine if a in theirs and mine[a] != theirs[a]), None)
    sizes = {**mine, **theirs}
    return tuple((label, sizes[label]) for label in sorted(labels & wanted, key=str)), failed


def _stretched(operand: Operand, other: Operand) -> Operand:
    """The operand without the axes of size 1 that the other operand stretches."""
    sizes: dict[Label, int] = {}
    for label, size in other:
        sizes.setdefault(label, size)
    return tuple(axis for axis in operand if axis[1] != 1 or sizes.get(axis[0], 1) == 1)


def _summed(operand: Operand, other: Labels, wanted: Labels) -> Operand:
    """The operand with each label once, its last axis, and without those that nothing else has."""
    last = dict(operand)
    return tuple(axis for axis in last.items() if axis[0] in other or axis[0] in wanted)
