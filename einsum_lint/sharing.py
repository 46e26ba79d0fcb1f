"""Products of two operands that several calls of einsum make in the same way."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from .dialects import NUMPY_OPTIMIZED
from .equation import LETTERS, Equation
from .facts import EinsumCall, EinsumSequence
from .optimizing import Axes, axes_of, numpy_equation
from .path import Sizes, Step, Term, greedy_path, size_of

_PART: Final = 5
"""A product counts that takes at least one part in so many of the operations of its call."""

Key = tuple[tuple[tuple[str, tuple[int, ...]], ...], tuple[int, ...]]
"""The texts of two operands with their labels, numbered as they occur, and what labels are kept."""


@dataclass(frozen=True, slots=True)
class Use:
    """A step of a call: the product of two of its operands, by their numbers.

    ``number`` is that of the call in its sequence; ``key`` is equal for equal products, whose
    ``operands`` are in the same order.
    """

    number: int
    call: EinsumCall
    axes: Axes
    texts: tuple[str, ...]
    operands: tuple[int, int]
    result: Term
    operations: int
    total: int
    """The operations of the whole call."""
    key: Key


@dataclass(frozen=True, slots=True)
class Shared:
    """The calls that make one product, in order.

    ``changed`` are names whose objects the statements between them may change.
    """

    uses: tuple[Use, ...]
    changed: frozenset[str]

    @property
    def texts(self) -> tuple[str, str]:
        """The operands of the product."""
        first = self.uses[0]
        return first.texts[first.operands[0]], first.texts[first.operands[1]]


def shared_products(sequence: EinsumSequence) -> Iterator[Shared]:
    """The products that calls have in common, as long as their operands stay what they are."""
    groups: dict[Key, list[Use]] = {}
    for number, call in enumerate(sequence.calls):
        for use in _uses(number, call):
            groups.setdefault(use.key, []).append(use)
    for uses in groups.values():
        certain = [use for use in uses if len(uses) > 1 and _is_certain(use)]
        group = certain[:1]
        for use in certain[1:]:
            between = slice(sequence.at[group[0].number], sequence.at[use.number])
            if _names(use) & _union(sequence.binds[between], sequence.changes[between]):
                yield from _shared(sequence, group)
                group = []
            group.append(use)
        yield from _shared(sequence, group)


def _shared(sequence: EinsumSequence, group: list[Use]) -> Iterator[Shared]:
    if len({use.number for use in group}) > 1 and len({use.number for use in group}) == len(group):
        between = slice(sequence.at[group[0].number], sequence.at[group[-1].number])
        yield Shared(tuple(group), _union(sequence.changes[between]))


def _union(*changes: Sequence[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*itertools.chain(*changes))


def _names(use: Use) -> frozenset[str]:
    """The names that the operands of a product read."""
    trees = (ast.parse(use.texts[k], mode="eval") for k in use.operands)
    return frozenset(n.id for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Name))


def _uses(number: int, call: EinsumCall) -> Iterator[Use]:
    """The steps of a call that multiply two of its operands, as far as they are worth while."""
    equation, place = _equation(call), call.place
    axes = axes_of(equation, [o.shape for o in call.operands]) if equation is not None else None
    if axes is None or len(call.operands) < 3 or 0 in axes.known.values():
        return
    sizes = axes.moderate
    total = sum(size_of(s.labels, sizes) for s in greedy_path(axes.terms, axes.output, sizes))
    for operands, step in _pairs(axes, sizes).items():
        operations = size_of(step.labels, sizes)
        if _PART * operations >= total:
            texts = tuple(place.operand_source(k) for k in range(len(call.operands)))
            key, pair = min(
                (_key(axes, texts, p, step.result), p) for p in (operands, operands[::-1])
            )
            result = _ordered(axes, pair, step.result)
            yield Use(number, call, axes, texts, pair, result, operations, total, key)


def _pairs(axes: Axes, sizes: Sizes) -> dict[tuple[int, int], Step]:
    """The steps of a path that multiply two operands of the call, by their numbers."""
    found: dict[tuple[int, int], Step] = {}
    left: list[int | None] = list(range(len(axes.terms)))
    for step in greedy_path(axes.terms, axes.output, sizes):
        taken = [left.pop(position) for position in sorted(step.positions, reverse=True)]
        left.append(None)
        operands = sorted(number for number in taken if number is not None)
        if len(taken) == 2 and len(operands) == 2:
            found[operands[0], operands[1]] = step
    return found


def _is_certain(use: Use) -> bool:
    """Whether the call begins with the product whatever the sizes are."""
    pair = min(use.operands), max(use.operands)
    axes = use.axes
    labels = dict.fromkeys(itertools.chain.from_iterable(axes.terms))
    names = dict(zip(labels, LETTERS, strict=False))
    terms = tuple(tuple(names[label] for label in term) for term in axes.terms)
    output = tuple(names[label] for label in axes.output)
    known = tuple((names[label], size) for label, size in axes.known.items())
    return pair in _certain_pairs(terms, output, known)


@lru_cache(maxsize=256)
def _certain_pairs(
    terms: tuple[Term, ...], output: Term, known: tuple[tuple[str, int], ...]
) -> frozenset[tuple[int, int]]:
    """The operands that a call multiplies whatever the sizes are."""
    labels = dict.fromkeys(itertools.chain.from_iterable(terms))
    axes = Axes(terms, output, {**dict.fromkeys(labels), **dict(known)})
    found = frozenset(itertools.combinations(range(len(terms)), 2))
    for sizes in axes.possible():
        found &= _pairs(axes, sizes).keys()
        if not found:
            break
    return found


def _ordered(axes: Axes, pair: tuple[int, int], result: Term) -> Term:
    """The labels of a product in the order in which its operands have them."""
    labels = (label for k in pair for label in axes.terms[k])
    return tuple(label for label in dict.fromkeys(labels) if label in result)


def _equation(call: EinsumCall) -> Equation | None:
    if call.keywords.keys() != {"optimize"} or call.listed or call.interleaved:
        return None
    value = call.keywords["optimize"]
    if value is not True and value != "greedy":
        return None
    found = numpy_equation(call, NUMPY_OPTIMIZED)
    return None if found is None or found.has_ellipsis else found


def _key(axes: Axes, texts: Sequence[str], pair: tuple[int, int], result: Term) -> Key:
    """What is equal for two products of the same operands along the same axes."""
    numbers: dict[str, int] = {}
    parts = tuple(
        (texts[k], tuple(numbers.setdefault(label, len(numbers)) for label in axes.terms[k]))
        for k in pair
    )
    return parts, tuple(sorted(numbers[label] for label in result))
