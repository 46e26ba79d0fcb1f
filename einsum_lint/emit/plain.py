"""An einsum as the plain operation that it is: a transpose, a sum, a product, one matmul."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .code import Code, Level
from .spelling import Spelling

Labels: TypeAlias = tuple[str, ...]
Kind: TypeAlias = Literal["transpose", "sum", "trace", "diagonal", "product", "matmul"]
_SWAP, _TRANSPOSE, _STRETCH, _TENSORDOT = 2, 4, 2, 3
"""How much each makes a text less plain: two axes change places, all do, one is new …"""
_MOST = 8
_LEVELS = (Level.PRODUCT, Level.SIGN)
_NEVER = 100
ELLIPSIS = "..."
"""Stands among the labels for any number of axes."""


@dataclass(frozen=True, slots=True)
class Plain:
    """An operation, its text, and how plain that is: ``cost`` counts what is beside it.

    ``swaps`` says that no axes but the last two change places.  ``contracted`` are labels whose
    sizes must be equal: what einsum would stretch raises here.  ``reordered`` says that the second
    operand is evaluated first.
    """

    kind: Kind
    code: Code
    cost: int
    swaps: bool = True
    contracted: frozenset[str] = frozenset()
    reordered: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """An array with a label for each axis, and what it took to make it of an operand."""

    labels: Labels
    code: Code
    cost: int = 0
    swaps: bool = True


def plain_form(
    terms: Sequence[Labels], result: Labels, operands: Sequence[Code], spelling: Spelling
) -> Plain | None:
    """The einsum of one or two operands as one plain operation, None when it is none.

    ``terms`` and ``result`` have a label for each axis, or ELLIPSIS for any number of them.
    """
    parts = [_Part(labels, code) for labels, code in zip(terms, operands, strict=True)]
    if len(parts) == 1:
        only = _of_one(parts[0], result, spelling)
        return only if only is not None and only.cost <= _MOST else None
    if len(parts) != 2 or any(len(set(part.labels)) < len(part.labels) for part in parts):
        return None
    one, other = (set(part.labels) for part in parts)
    if ELLIPSIS in one & other and result[0] != ELLIPSIS:
        return None  # the one with more axes there would be stretched in the wrong place
    if (one ^ other) - set(result):
        return None  # what one operand alone has is summed
    summed = one - set(result)
    found = _products(parts, result, spelling) if not summed else _matmuls(parts, result, spelling)
    plain = [form for form in found if form.cost <= _MOST]
    return min(plain, key=lambda form: (form.cost, form.reordered), default=None)


def _of_one(part: _Part, result: Labels, spelling: Spelling) -> Plain | None:
    kind: Kind = "transpose"
    labels, code = part.labels, part.code
    twice = [label for label in dict.fromkeys(labels) if labels.count(label) > 1]
    if len(twice) > 1 or (twice and labels.count(twice[0]) > 2):
        return None
    made: Code | None = None
    if twice:
        first, second = (_axis(labels, k) for k, label in enumerate(labels) if label == twice[0])
        rest = tuple(label for label in labels if label != twice[0])
        if twice[0] in result:
            kind, made = "diagonal", spelling.diagonal(code, first, second)
            labels = (*rest, twice[0])
        else:
            kind, made = "trace", spelling.trace(code, first, second, len(labels))
            labels = rest
        if made is None or not set(labels) <= set(result):
            return None
    elif not set(labels) <= set(result):
        kind = "sum"
        axes = [_axis(labels, k) for k, label in enumerate(labels) if label not in result]
        made = spelling.summed(code, axes, len(labels))
        labels = tuple(label for label in labels if label in result)
    part = _in_order(_Part(labels, code if made is None else made), result, spelling)
    if made is None and not part.cost:
        return None  # the operand itself, of which einsum makes a view
    return Plain(kind, part.code, part.cost, part.swaps, frozenset(twice))


def _axis(labels: Labels, place: int) -> int:
    """The number of an axis: from the end behind an ellipsis."""
    return place - len(labels) if ELLIPSIS in labels[:place] else place


def _in_order(part: _Part, labels: Labels, spelling: Spelling) -> _Part:
    """The part with its axes in another order."""
    if part.labels == labels:
        return part
    order = [part.labels.index(label) for label in labels]
    swaps = part.labels == (*labels[:-2], labels[-1], labels[-2])
    cost = part.cost + (_SWAP if swaps else _TRANSPOSE)
    if ELLIPSIS in labels and not (swaps and ELLIPSIS in labels[:-2]):
        cost = _NEVER
    return _Part(labels, spelling.transposed(part.code, order), cost, part.swaps and swaps)


def _products(parts: Sequence[_Part], result: Labels, spelling: Spelling) -> Iterator[Plain]:
    """The product of elements, with axes that are stretched."""
    first, second = parts
    apart = not set(first.labels) & set(second.labels) and ELLIPSIS not in result
    if first.labels and second.labels and apart:
        yield from _outer(first, second, result, spelling)
    for order in dict.fromkeys((result, result[::-1] if len(result) == 2 else result)):
        aligned = [_stretched(_in_order(p, _only(order, p.labels), spelling), order) for p in parts]
        text = " * ".join(p.code.at(level) for level, p in zip(_LEVELS, aligned, strict=True))
        cost = sum(part.cost for part in aligned)
        made = _in_order(_Part(order, Code(text, Level.PRODUCT), cost), result, spelling)
        yield Plain("product", made.code, made.cost)


def _outer(one: _Part, other: _Part, result: Labels, spelling: Spelling) -> Iterator[Plain]:
    for first, second in ((one, other), (other, one)):
        if first.labels + second.labels == result:
            code = spelling.outer(first.code, second.code, vectors=len(result) == 2)
            if code is not None:
                yield Plain("product", code, 0, reordered=first is other)


def _only(order: Labels, labels: Labels) -> Labels:
    return tuple(label for label in order if label in labels)


def _stretched(part: _Part, order: Labels) -> _Part:
    """The part with a new axis for each label that it lacks behind its first one."""
    if not part.labels:
        return part
    behind = order[order.index(part.labels[0]) :]
    wanted = [_subscript(label, part.labels) for label in behind]
    if "None" not in wanted:
        return part
    while wanted[-1] != "None" and "..." not in wanted:
        wanted.pop()
    text = f"{part.code.at(Level.ATOM)}[{', '.join(wanted)}]"
    cost = _NEVER if ELLIPSIS in behind and ELLIPSIS not in part.labels else _STRETCH
    return _Part(tuple(behind), Code(text), part.cost + cost)


def _subscript(label: str, labels: Labels) -> str:
    if label not in labels:
        return "None"
    return "..." if label == ELLIPSIS else ":"


def _matmuls(parts: Sequence[_Part], result: Labels, spelling: Spelling) -> Iterator[Plain]:
    """The sum over labels that both operands have, as a product of matrices."""
    for one, other in (parts, parts[::-1]):
        reordered = one is not parts[0]
        summed = tuple(label for label in one.labels if label not in result)
        for order in dict.fromkeys((result, result[::-1] if len(result) == 2 else result)):
            if len(summed) == 1:
                made = _matmul(one, other, order, summed[0], spelling)
                if made is not None:
                    made = _in_order(made, result, spelling)
                    same = frozenset(summed)
                    yield Plain("matmul", made.code, made.cost, made.swaps, same, reordered)
        code = _tensordot(
            one.labels, other.labels, summed, result, (one.code, other.code), spelling
        )
        if code is not None:
            yield Plain("matmul", code, _TENSORDOT, False, frozenset(summed), reordered)


def _tensordot(
    one: Labels,
    other: Labels,
    summed: Labels,
    result: Labels,
    operands: tuple[Code, Code],
    spelling: Spelling,
) -> Code | None:
    count = len(summed)
    rest = [label for label in (*one, *other) if label not in summed]
    if not result or tuple(rest) != result or ELLIPSIS in result:
        return None
    if one[-count:] == summed == other[:count]:
        return spelling.tensordot(*operands, str(count))
    if count == 1:
        return spelling.tensordot(*operands, f"({one.index(summed[0])}, {other.index(summed[0])})")
    return None


def _stack(labels: Labels, own: set[str]) -> Labels:
    """The labels from the first own one on: the axes of a stack are aligned from the last."""
    return tuple(itertools.dropwhile(lambda label: label not in own, labels))


def _matmul(
    one: _Part, other: _Part, order: Labels, summed: str, spelling: Spelling
) -> _Part | None:
    """``one @ other`` with its axes in this order, None when it has none."""
    rows, columns = set(one.labels) - {summed}, set(other.labels) - {summed}
    if (not rows or not columns) and not spelling.vectors:
        return None
    wanted: tuple[Labels, Labels]
    if not rows:
        wanted = (summed,), (*order[:-1], summed, *order[-1:])
    elif not columns:
        wanted = (*order, summed), (summed,)
    elif len(order) > 1 and order[-2] not in columns and order[-1] not in rows:
        stack = order[:-2]
        wanted = (
            (*_stack(stack, rows), order[-2], summed),
            (*_stack(stack, columns), summed, order[-1]),
        )
    else:
        return None
    if any(set(labels) != set(p.labels) for labels, p in zip(wanted, (one, other), strict=True)):
        return None
    made = [_in_order(p, labels, spelling) for labels, p in zip(wanted, (one, other), strict=True)]
    text = " @ ".join(part.code.at(level) for level, part in zip(_LEVELS, made, strict=True))
    cost, swaps = sum(part.cost for part in made), all(part.swaps for part in made)
    return _Part(order, Code(text, Level.PRODUCT), cost, swaps)
