"""A call of einsum whose operands are summed first, over what no other operand has."""

from __future__ import annotations

from collections.abc import Sequence

from ..call_trials import call_trial
from ..equation import Equation
from ..facts import EinsumCall
from ..findings import Applicability, Fix
from ..lowering import lower
from .code import Code, operand
from .spelling import Spelling


def summed_fix(call: EinsumCall, equation: Equation, alone: Sequence[frozenset[str]]) -> Fix | None:
    """The fix that sums each operand over its own labels first; None where it can't be written."""
    found = [operand(call.place.operand_source(number)) for number in range(len(call.operands))]
    operands = [code for code in found if code is not None]
    if len(operands) < len(found):
        return None
    edit = call.place.replace(_call(call, equation, alone, operands))
    names = [f"x{number}" for number in range(len(call.operands))]
    lowered = lower(call, names)
    module = call.place.module or ""
    if edit is None or lowered is None or not module.isidentifier():
        return None
    plain = f"{module}.einsum({equation.text!r}, {', '.join(names)})"
    after = _call(call, equation, alone, [Code(name) for name in names])
    summed = f"result = {module}.einsum{after[after.index('(') :]}"
    trial = call_trial(call, lowered, f"result = {plain}", [summed], module, "result")
    return Fix("sum first", (edit,), Applicability.SAFE, trial)


def _call(
    call: EinsumCall, equation: Equation, alone: Sequence[frozenset[str]], operands: Sequence[Code]
) -> str:
    """The text of the call with these operands, each summed over its own labels."""
    spelling = Spelling(call.place.module)
    terms, arguments = [], []
    for term, own, code in zip(equation.terms, alone, operands, strict=True):
        axes = [axis for axis, label in enumerate(term.labels) if label in own]
        summed = spelling.summed(code, axes, len(term.labels)) if axes else code
        assert summed is not None
        terms.append("".join(label for label in term.labels if label not in own))
        arguments.append(summed.text)
    subscripts = f"{','.join(terms)}->{''.join(equation.result.labels)}"
    return f'{call.place.function}("{subscripts}", {", ".join(arguments)})'
