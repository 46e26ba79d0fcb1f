"""Random einsum calls, valid ones and ones disturbed in one place, and what NumPy says."""

from __future__ import annotations

import random
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

JUNK = "ijkAZ.,->  1_*\\té\n"


def valid(rng: random.Random, zero: bool = False) -> tuple[str, list[list[int]]]:
    """Subscripts and operand shapes, valid most of the time."""
    labels = rng.sample("abcijkABxyz", rng.randint(1, 5))
    sizes = [0, 1, 2, 3] if zero else [1, 2, 3, 4]
    size = {
        label: rng.choice(sizes) if rng.random() < 0.3 else rng.randint(2, 5) for label in labels
    }
    terms, shapes = [], []
    broadcast = [rng.randint(0 if zero else 2, 4) for _ in range(rng.randint(0, 2))]
    dotted = rng.random() < 0.3
    for _ in range(rng.choice([1, 1, 2, 2, 2, 3, 4])):
        term = [rng.choice(labels) for _ in range(rng.randint(0, 4))]
        shape = [size[label] for label in term]
        if rng.random() < 0.08 and shape:
            shape[rng.randrange(len(shape))] = rng.choice([0, 1]) if zero else 1
        if dotted and rng.random() < 0.8:
            at = rng.randint(0, len(term))
            extra = broadcast[rng.randint(0, len(broadcast)) :]
            term.insert(at, "...")
            shape[at:at] = extra
        terms.append("".join(term))
        shapes.append(shape)
    text = rng.choice([",", ",", ",", ", "]).join(terms)
    if rng.random() < 0.7:
        used = sorted({character for character in text if character.isalpha()})
        out = rng.sample(used, rng.randint(0, len(used)))
        if "..." in text and rng.random() < 0.8:
            out.insert(rng.randint(0, len(out)), "...")
        text += rng.choice(["->", "->", "->", " -> "]) + "".join(out)
    return text, shapes


def disturbed(
    text: str, shapes: list[list[int]], rng: random.Random
) -> tuple[str, list[list[int]]]:
    """The call with one change."""
    shapes = [list(shape) for shape in shapes]
    at = rng.randint(0, len(text))
    shape = rng.choice(shapes)
    how = rng.randrange(9)
    if how == 0:
        text = text[:at] + rng.choice(JUNK) + text[at:]
    elif how == 1:
        text = text[:at] + text[at + 1 :]
    elif how == 2:
        text = text[:at] + rng.choice("abijkz" + JUNK) + text[at + 1 :]
    elif how == 3:
        shapes.remove(shape)
    elif how == 4:
        shapes.append([2] * rng.randint(0, 3))
    elif how == 5:
        shape.append(rng.randint(1, 4))
    elif how == 6 and shape:
        shape[rng.randrange(len(shape))] += 1
    elif how == 7 and shape:
        shape.pop()
    else:
        text = text[:at] + rng.choice(["...", ".", "->", "- >", ". ..", ","]) + text[at:]
    return text, shapes


def random_call(rng: random.Random, zero: bool = False) -> tuple[str, list[list[int]]]:
    """A call of either kind, sometimes disturbed twice."""
    text, shapes = valid(rng, zero)
    while rng.random() < 0.45 and shapes:
        text, shapes = disturbed(text, shapes, rng)
    return text, shapes


def numpy_error(
    text: str, shapes: Sequence[Sequence[int]], keywords: Mapping[str, Any]
) -> str | None:
    """What NumPy raises, or None."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            np.einsum(text, *[np.ones(shape) for shape in shapes], **keywords)
        except (ValueError, IndexError, KeyError, TypeError, RuntimeError, OverflowError) as error:
            return f"{type(error).__name__}: {error}"
    return None
