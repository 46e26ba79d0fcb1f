"""EIN003: an output label that no term has."""

from __future__ import annotations

from collections.abc import Iterator

from ..equation import Equation
from ..facts import EinsumCall, Reading
from ..findings import Problem
from ..rule import rule
from ..settings import Config


@rule("EIN003", on=EinsumCall)
def unknown_output_label(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """
    ## What it does
    Finds labels of the output that no term of the subscripts has.

    ## Why is this bad?
    An axis of the result takes its size and its values from the operands' axes of the same label.
    Where there is none, the call raises.

    ## Example
    ```python
    import numpy as np

    a, b = np.ones((2, 3)), np.ones((3, 4))
    c = np.einsum("ij,jk->il", a, b)
    ```

    Use instead:
    ```python
    import numpy as np

    a, b = np.ones((2, 3)), np.ones((3, 4))
    c = np.einsum("ij,jk->ik", a, b)
    ```

    ## References
    - [NumPy: numpy.einsum](https://numpy.org/doc/stable/reference/generated/numpy.einsum.html)
    """

    def check(reading: Reading) -> Iterator[Problem]:
        equation = reading.equation
        if not isinstance(equation, Equation) or equation.output is None:
            return
        known = set(equation.labels)
        for label, column in zip(equation.output.labels, equation.output.columns, strict=True):
            if label not in known:
                known.add(label)
                message = f"output {equation.shown(label)} is in none of the terms"
                span = call.place.subscripts(column, column + len(label))
                yield Problem(message + equation.at(column), span)

    yield from call.agreed(check)
