"""EIN304: a sum in the narrow dtype of its operands."""

from __future__ import annotations

from collections.abc import Iterator

from ..dialects import CUPY, JAX, NUMPY, NUMPY_OPTIMIZED
from ..equation import Malformed
from ..facts import EinsumCall
from ..findings import Problem
from ..promotion import result_type
from ..rule import rule
from ..settings import Config

_NARROW = {"bool", "int8", "uint8", "int16", "uint16"}
_KEEPS_DTYPE = (NUMPY, NUMPY_OPTIMIZED, JAX, CUPY)


@rule("EIN304", on=EinsumCall)
def narrow_accumulator(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """
    ## What it does
    Finds sums of booleans and of integers of 8 or 16 bits.

    ## Why is this bad?
    `np.sum` and the like add such numbers up as 64-bit integers. einsum does not: the sum has
    the dtype of the operands, so integers wrap in silence, and the sum of booleans is their
    "or", not their number.

    ## Example
    ```python
    import numpy as np

    hits = np.ones((5, 7)) > 0.5
    count = np.einsum("ij->i", hits)
    ```

    Use instead:
    ```python
    import numpy as np

    hits = np.ones((5, 7)) > 0.5
    count = np.einsum("ij->i", hits, dtype=np.int64)
    ```

    ## References
    - [numpy#12344](https://github.com/numpy/numpy/issues/12344), about sums in einsum
    """
    equation = call.readings[0].equation
    if isinstance(equation, Malformed) or equation.vague or not call.complete:
        return
    if call.open_keywords or {"dtype", "out", "preferred_element_type"} & call.keywords.keys():
        return
    if not all(reading.dialect in _KEEPS_DTYPE for reading in call.readings):
        return
    summed = [label for label in equation.labels if label not in equation.result.labels]
    dtypes = [operand.dtype for operand in call.operands]
    dtype = result_type(dtypes) if dtypes and summed else None
    if dtype not in _NARROW or len(equation.terms) != len(call.operands):
        return
    outcome = 'gives their "or", not their number' if dtype == "bool" else "may wrap"
    yield Problem(
        f"{equation.shown(summed[0])} is summed in {dtype}, which {outcome}; "
        "say dtype= to sum in a wider one",
        call.place.subscripts(0, len(call.subscripts)),
    )
