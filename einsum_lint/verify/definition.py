"""einsum by its definition: for all values of all labels, the product of the elements, summed."""

from __future__ import annotations

import functools
import itertools
import operator
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from .polynomials import Number, Poly, Ring, TooMuch

Label: TypeAlias = str | int
"""A letter or a number of the text; an axis of an ellipsis has a number below 0, the last -1."""

_LIMIT = 50_000
"""How many products are computed at most."""


def einsum(ring: Ring, arguments: Sequence[Any]) -> Any:
    """The value of ``np.einsum(*arguments)``, in either of its two forms, as an array."""
    if isinstance(arguments[0], str):
        operands = [np.asarray(a, dtype=object) for a in arguments[1:]]
        texts, arrow, output = arguments[0].replace(" ", "").partition("->")
        terms = [_letters(text) for text in texts.split(",")]
        result = _letters(output) if arrow else None
    else:
        operands = [np.asarray(a, dtype=object) for a in arguments[: len(arguments) // 2 * 2 : 2]]
        terms = [list(labels) for labels in arguments[1::2]]
        result = list(arguments[-1]) if len(arguments) % 2 else None
    if len(terms) != len(operands):
        raise ValueError("the number of operands is another")
    labels = [_named(t, o.ndim) for t, o in zip(terms, operands, strict=True)]
    hidden = sorted({k for term in labels for k in term if isinstance(k, int) and k < 0})
    if result is None:
        out = [*hidden, *_alone(itertools.chain(*labels))]
    else:
        out = [k for part in result for k in (hidden if part is ... else [part])]
        if hidden and ... not in result:
            raise ValueError("the output has no ellipsis")
    return _summed(ring, operands, labels, out)


def _letters(text: str) -> list[Any]:
    parts: list[Any] = []
    for number, piece in enumerate(text.split("...")):
        parts += [..., *piece] if number else [*piece]
    return parts


def _named(term: list[Any], rank: int) -> list[Label]:
    """The label of each axis of an operand."""
    extra = rank - (len(term) - term.count(...))
    if extra < 0 or term.count(...) > 1 or (extra and ... not in term):
        raise ValueError("the rank of an operand is another")
    named: list[Label] = []
    for part in term:
        named += range(-extra, 0) if part is ... else [part]
    return named


def _alone(labels: Iterable[Label]) -> list[Label]:
    """The labels that occur once, sorted: the output where none is given."""
    found = [k for k in labels if isinstance(k, str) or k >= 0]
    return sorted((k for k in set(found) if found.count(k) == 1), key=lambda k: (str(type(k)), k))


def _summed(
    ring: Ring, operands: list[NDArray[Any]], labels: list[list[Label]], out: list[Label]
) -> NDArray[Any]:
    sizes = _sizes(operands, labels)
    if len(set(out)) < len(out) or not set(out) <= sizes.keys():
        raise ValueError("an output label is repeated or unknown")
    over = [label for label in sizes if label not in out]
    if np.prod([max(size, 1) for size in sizes.values()]) > _LIMIT:
        raise TooMuch("a large einsum")
    result = np.empty([sizes[label] for label in out], dtype=object)
    for place in np.ndindex(*result.shape):
        fixed = dict(zip(out, place, strict=True))
        result[place] = ring.total(_products(operands, labels, fixed, over, sizes))
    return result


def _sizes(operands: list[NDArray[Any]], labels: list[list[Label]]) -> dict[Label, int]:
    """The size of each label: those of all operands are equal, or 1, which is stretched."""
    sizes: dict[Label, int] = {}
    for operand, term in zip(operands, labels, strict=True):
        own: dict[Label, int] = {}
        for label, size in zip(term, operand.shape, strict=True):
            if own.setdefault(label, size) != size:
                raise ValueError(f"{label} has two sizes in one operand")
            known = sizes.get(label, 1)
            if known != size and 1 not in (known, size):
                raise ValueError(f"{label} has two sizes")
            sizes[label] = size if known == 1 else known
    return sizes


def _products(
    operands: list[NDArray[Any]],
    labels: list[list[Label]],
    fixed: dict[Label, int],
    over: list[Label],
    sizes: dict[Label, int],
) -> Iterator[Poly | Number]:
    for values in itertools.product(*(range(sizes[label]) for label in over)):
        where = fixed | dict(zip(over, values, strict=True))
        yield functools.reduce(operator.mul, _factors(operands, labels, where))


def _factors(
    operands: list[NDArray[Any]], labels: list[list[Label]], where: dict[Label, int]
) -> Iterator[Any]:
    """The element of each operand; an axis of size 1 is stretched."""
    for operand, term in zip(operands, labels, strict=True):
        sizes = zip(term, operand.shape, strict=True)
        yield operand[tuple(where[label] if size != 1 else 0 for label, size in sizes)]
