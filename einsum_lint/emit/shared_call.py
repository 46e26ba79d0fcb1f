"""A product that several calls of einsum have in common, computed once before them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from ..contraction import Size
from ..dims import Polynomial, Symbol
from ..findings import Applicability, Edit, Fix
from ..optimizing import assumptions
from ..path import Term
from ..sharing import Shared, Use
from ..trial import Input, Trial
from .assumptions import listed
from .layout import lay_out

_LONGEST = 30
"""Characters of a name that is made of those of the operands."""


def shared_fix(shared: Shared, name: str, width: int) -> Fix | None:
    """The fix that computes the product once; None where that can't be written."""
    first = shared.uses[0].call.place
    at = first.insert_above()
    if at is None:
        return None
    product = _written(
        first.function, _product(shared), shared.texts, first.keyword_source("optimize")
    )
    lines = lay_out(f"{name} = ", product, width - at.span.start.column + 1)
    edits: list[Edit | None] = [first.insert_above(*lines)]
    for use in shared.uses:
        place, optimize = use.call.place, use.call.place.keyword_source("optimize")
        rest = [use.texts[k] for k in _others(use)]
        written = _written(place.function, _rest(shared, use), [*rest, name], optimize)
        edits.append(place.replace(*lay_out("", written, width - place.call.start.column + 1)))
    made = tuple(edit for edit in edits if edit is not None)
    if len(made) < len(edits) or any(
        use.call.place.function != first.function for use in shared.uses
    ):
        return None
    assumed = "; ".join(dict.fromkeys(_assumptions(shared)))
    message = f"compute {name} once" + (f", assuming: {assumed}" if assumed else "")
    level = Applicability.UNSAFE if assumed else Applicability.SAFE
    return Fix(message, made, level, _trial(shared), repeats=True)


def name_of(shared: Shared, taken: Collection[str]) -> str:
    """A name for the product that neither is taken nor stands in the file."""
    words = (re.sub(r"\W+", "_", text).strip("_") for text in shared.texts)
    name = "_".join(words)
    if not name.isidentifier() or len(name) > _LONGEST:
        name = "product"
    names = itertools.chain((name,), (f"{name}_{number}" for number in itertools.count(2)))
    place = shared.uses[0].call.place
    return next(name for name in names if name not in taken and not place.mentions(name))


def _assumptions(shared: Shared) -> Iterator[str]:
    for use in shared.uses:
        yield from assumptions(use.call, use.axes)
    if shared.changed:
        names, texts = listed(sorted(shared.changed), "or"), listed(dict.fromkeys(shared.texts))
        yield f"no change of {names} changes {texts}"


def _others(use: Use) -> list[int]:
    return [k for k in range(len(use.texts)) if k not in use.operands]


def _product(shared: Shared) -> str:
    """The equation of the product."""
    first = shared.uses[0]
    return _equation([first.axes.terms[k] for k in first.operands], first.result)


def _rest(shared: Shared, use: Use) -> str:
    """The equation of a call with the product for the last operand."""
    first = shared.uses[0]
    called: dict[str, str] = {}
    for mine, its in zip(first.operands, use.operands, strict=True):
        called |= zip(first.axes.terms[mine], use.axes.terms[its], strict=True)
    product = tuple(called[label] for label in first.result)
    return _equation([*(use.axes.terms[k] for k in _others(use)), product], use.axes.output)


def _equation(terms: Sequence[Term], output: Term) -> str:
    return f"{','.join(map(''.join, terms))}->{''.join(output)}"


def _written(function: str, equation: str, operands: Sequence[str], optimize: str) -> str:
    return f'{function}("{equation}", {", ".join(operands)}, {optimize})'


def _trial(shared: Shared) -> Trial:
    """All calls, without and with the product, on names for the operands."""
    texts = dict.fromkeys(text for use in shared.uses for text in use.texts)
    names = {text: f"x{number}" for number, text in enumerate(texts)}
    before: list[str] = []
    after: list[str] = []
    operands = [names[text] for text in shared.texts]
    after.append(f"part = {_written('np.einsum', _product(shared), operands, 'optimize=True')}")
    for number, use in enumerate(shared.uses):
        whole = _equation(use.axes.terms, use.axes.output)
        own = [names[text] for text in use.texts]
        rest = [names[use.texts[k]] for k in _others(use)]
        for lines, equation, given in (
            (before, whole, own),
            (after, _rest(shared, use), [*rest, "part"]),
        ):
            call = _written("np.einsum", equation, given, "optimize=True")
            lines.append(f"result{number} = {call}")
    results = tuple(f"result{number}" for number in range(len(shared.uses)))
    inputs = tuple(_inputs(shared, names))
    return Trial("\n".join(before), "\n".join(after), "import numpy as np", inputs, results)


def _inputs(shared: Shared, names: Mapping[str, str]) -> Iterator[Input]:
    """The operands, with one size for all axes that meet in some call."""
    groups: dict[tuple[str, int], set[tuple[str, int]]] = {}
    known: dict[tuple[str, int], int] = {}
    dtypes: dict[str, str | None] = {}
    for use in shared.uses:
        meet: dict[str, set[tuple[str, int]]] = {}
        for text, term, fact in zip(use.texts, use.axes.terms, use.call.operands, strict=True):
            dtypes[names[text]] = fact.dtype
            for axis, label in enumerate(term):
                meet.setdefault(label, set()).add((names[text], axis))
        for label, axes in meet.items():
            whole = axes.union(*(groups.get(axis, ()) for axis in axes))
            groups.update(dict.fromkeys(whole, whole))
            if label in use.axes.known:
                known[min(axes)] = use.axes.known[label]
    ranks = {name: max(axis for n, axis in groups if n == name) + 1 for name in dtypes}
    for name, rank in ranks.items():
        sizes = tuple(_size(groups[name, axis], known) for axis in range(rank))
        yield Input(name, "array", sizes, dtype=dtypes[name])


def _size(axes: set[tuple[str, int]], known: Mapping[tuple[str, int], int]) -> Size:
    numbers = [known[axis] for axis in axes if axis in known]
    name, axis = min(axes)
    return numbers[0] if numbers else Polynomial((((Symbol(f"{name}.shape[{axis}]", 0),), 1),))
