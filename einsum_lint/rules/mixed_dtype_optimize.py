"""EIN303: optimize= on operands of different dtypes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ..equation import Equation, Malformed
from ..facts import EinsumCall
from ..findings import Problem
from ..promotion import result_type
from ..rule import rule
from ..settings import Config

_NARROW = {"bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "float16"}
_BY_BMM = (2, 4)  # the NumPy from which pairs are contracted by summing each operand alone first


@rule("EIN303", on=EinsumCall)
def mixed_dtype_optimize(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """## What it does
    Finds `optimize=` on operands of different dtypes where a sum or product is then computed in the
    narrow one.

    ## Why is this bad?
    Without `optimize`, NumPy converts every operand to the common dtype first.  With it, a label
    that only one operand has is summed in that operand's own dtype (NumPy 2.4 and newer), and of
    three or more operands two are multiplied before the others are seen.  The sum of booleans is
    then their "or", and the sum of small integers wraps: the result is wrong, and nothing is said.
    `dtype=` does not prevent it.

    ## Example
    ```python
    import numpy as np
    image = np.full((4, 4, 3), 200, dtype=np.uint8)
    weights = np.array([0.3, 0.6, 0.1])
    grey = np.einsum("hwc,c->", image, weights, optimize=True)
    ```

    Use instead:
    ```python
    import numpy as np
    image = np.full((4, 4, 3), 200, dtype=np.uint8)
    weights = np.array([0.3, 0.6, 0.1])
    grey = np.einsum("hwc,c->", image.astype(np.float64), weights, optimize=True)
    ```

    ## References
    - [numpy#11059](https://github.com/numpy/numpy/issues/11059), about dtypes with `optimize`
    """
    equation = call.readings[0].equation
    if len(call.readings) > 1 or isinstance(equation, Malformed) or not call.complete:
        return
    if not call.contracts_pairwise:
        return
    known = {operand.dtype for operand in call.operands if operand.dtype is not None}
    common = result_type(sorted(known)) if known else None
    if common is None:
        return
    narrow = [
        k
        for k, operand in enumerate(call.operands)
        if operand.dtype in _NARROW and operand.dtype != common
    ]
    if config.target_numpy >= _BY_BMM:
        for k in narrow:
            for label in _summed_alone(equation, k):
                why = f"{equation.shown(label)} is summed in {call.operands[k].dtype}"
                yield _problem(call, k, common, why)
                return
    if len(call.operands) > 2 and len(narrow) > 1:
        other = call.place.operand_text(narrow[1])
        yield _problem(call, narrow[0], common, f"it may be multiplied with {other} first")


def _summed_alone(equation: Equation, operand: int) -> list[str]:
    """The labels that only this operand has, and not the output."""
    users = Counter(label for term in equation.terms for label in set(term.labels))
    return [
        label
        for label in dict.fromkeys(equation.terms[operand].labels)
        if users[label] == 1 and label not in equation.result.labels
    ]


def _problem(call: EinsumCall, operand: int, common: str, why: str) -> Problem:
    text, fact = call.place.operand_text(operand), call.operands[operand]
    return Problem(
        f"optimize= computes in the dtype of {text}, {fact.dtype}, not in {common}: {why}; "
        f"convert it first, `{text}.astype(…)`",
        call.place.operand(operand),
    )
