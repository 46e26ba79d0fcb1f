"""Two calls of einsum as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..call_trials import call_trial
from ..dialects import NUMPY, NUMPY_OPTIMIZED
from ..equation import LETTERS, Equation, parse
from ..facts import EinsumCall, EinsumChain, Reading
from ..findings import Applicability, Fix
from ..lowering import lower
from ..optimizing import Axes, assumptions, axes_of, numpy_equation
from ..path import Term, equation_text
from .layout import lay_out

Part = tuple[tuple[Term, ...], Term]


@dataclass(frozen=True, slots=True)
class Merged:
    """The call that does the work of two; ``parts`` are the terms and outputs of those."""

    call: EinsumCall
    axes: Axes
    parts: tuple[Part, Part]


def merged(chain: EinsumChain) -> Merged | None:
    """The two calls as one with ``optimize=True``; None where that is not certain."""
    first, second = _equation(chain.first), _equation(chain.second)
    if first is None or second is None:
        return None
    inner = second.terms[chain.operand].labels
    if len(inner) != len(first.result.labels):
        return None
    renamed = _renamed(first, second, inner)
    if renamed is None:
        return None
    new = tuple(tuple(renamed[label] for label in term.labels) for term in first.terms)
    old = tuple(term.labels for term in second.terms)
    terms = (*old[: chain.operand], *new, *old[chain.operand + 1 :])
    output = second.result.labels
    text = equation_text(terms, output)
    equation = parse(text, NUMPY_OPTIMIZED)
    operands = list(chain.second.operands)
    operands[chain.operand : chain.operand + 1] = chain.first.operands
    if not isinstance(equation, Equation):
        return None
    axes = axes_of(equation, [operand.shape for operand in operands])
    if axes is None:
        return None
    call = replace(
        chain.second,
        readings=(Reading(NUMPY_OPTIMIZED, equation),),
        subscripts=text,
        interleaved=False,
        operands=tuple(operands),
        keywords={"optimize": True},
    )
    return Merged(call, axes, ((new, inner), (old, output)))


def _equation(call: EinsumCall) -> Equation | None:
    """The equation of a call that leaves the order to NumPy, and has no ellipsis."""
    if not call.keywords.keys() <= {"optimize"} or call.listed:
        return None
    value = call.keywords.get("optimize", False)
    if not isinstance(value, bool) and value not in ("greedy", "optimal"):
        return None
    found = numpy_equation(call, NUMPY) or numpy_equation(call, NUMPY_OPTIMIZED)
    return None if found is None or found.has_ellipsis else found


def _renamed(first: Equation, second: Equation, inner: tuple[str, ...]) -> Mapping[str, str] | None:
    """What the labels of the first call are called in the second; new letters for the summed."""
    renamed = dict(zip(first.result.labels, inner, strict=True))
    taken = {*second.labels}
    for label in (label for label in first.labels if label not in renamed):
        letters = (label, *LETTERS[26:], *LETTERS[:26])
        free = next((letter for letter in letters if letter not in taken), None)
        if free is None:
            return None
        renamed[label] = free
        taken.add(free)
    return renamed


def merged_fix(chain: EinsumChain, found: Merged, width: int) -> Fix | None:
    """The fix that makes the one call, in rows of this width, and removes the first of the two."""
    places = chain.first.place, chain.second.place
    texts = [
        [place.operand_source(k) for k in range(len(call.operands))]
        for place, call in zip(places, (chain.first, chain.second), strict=True)
    ]
    operands = texts[1]
    operands[chain.operand : chain.operand + 1] = texts[0]
    text = found.call.subscripts
    written = f'"{text}", {", ".join(operands)}, optimize=True'
    place = chain.second.place
    room = width - place.call.start.column + 1
    edit = place.replace(*lay_out("", f"{place.function}({written})", room))
    module = place.module or ""
    names = [f"x{number}" for number in range(len(operands))]
    lowered = lower(found.call, names)
    if edit is None or lowered is None or not module.isidentifier():
        return None
    count = len(texts[0])
    inside = names[chain.operand : chain.operand + count]
    outside = [*names[: chain.operand], "part", *names[chain.operand + count :]]
    before = (
        f"part = {module}.einsum({equation_text(*found.parts[0])!r}, {', '.join(inside)})\n"
        f"result = {module}.einsum({equation_text(*found.parts[1])!r}, {', '.join(outside)})"
    )
    after = f"result = {module}.einsum({text!r}, {', '.join(names)}, optimize=True)"
    trial = call_trial(found.call, lowered, before, [after], module, "result")
    assumed = "; ".join(assumptions(found.call, found.axes))
    message = "make it one call" + (f", assuming: {assumed}" if assumed else "")
    level = Applicability.UNSAFE if assumed else Applicability.SAFE
    return Fix(message, (chain.removal, edit), level, trial)
