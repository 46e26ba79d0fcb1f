"""EIN004: a label that the output has twice."""

from __future__ import annotations

from collections.abc import Iterator

from ..equation import Equation
from ..facts import EinsumCall, Reading
from ..findings import Problem
from ..rule import rule
from ..settings import Config


@rule("EIN004", on=EinsumCall)
def repeated_output_label(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """
    ## What it does
    Finds labels that the output of the subscripts has more than once.

    ## Why is this bad?
    A repeated label in a term takes a diagonal, but no library writes one: the call raises.

    ## Example
    ```python
    import numpy as np

    v = np.ones(3)
    d = np.einsum("i->ii", v)
    ```

    Use instead:
    ```python
    import numpy as np

    v = np.ones(3)
    d = np.diag(v)
    ```

    ## References
    - [NumPy: numpy.diag](https://numpy.org/doc/stable/reference/generated/numpy.diag.html)
    """

    def check(reading: Reading) -> Iterator[Problem]:
        equation = reading.equation
        if not isinstance(equation, Equation) or equation.output is None:
            return
        known, seen, told = set(equation.labels), set(), set()
        for label, column in zip(equation.output.labels, equation.output.columns, strict=True):
            # A label that no term has is one mistake, and EIN003 tells it.
            if label in seen and label in known and label not in told:
                told.add(label)
                message = f"{equation.shown(label)} is more than once in the output"
                span = call.place.subscripts(column, column + len(label))
                yield Problem(message + equation.at(column), span)
            seen.add(label)

    yield from call.agreed(check)
