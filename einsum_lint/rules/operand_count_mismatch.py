"""EIN002: as many terms as operands."""

from __future__ import annotations

from collections.abc import Iterator

from ..equation import Equation
from ..facts import EinsumCall, Reading
from ..findings import Problem
from ..matching import count_fits, counted, in_one_loop
from ..rule import rule
from ..settings import Config


@rule("EIN002", on=EinsumCall)
def operand_count_mismatch(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """
    ## What it does
    Finds calls with more or fewer operands than the subscripts have terms, or with more than the
    library can take.

    ## Why is this bad?
    Each term, the part between two commas, describes the axes of one operand. The call raises
    when they are not as many.

    ## Example
    ```python
    import numpy as np

    a, b = np.ones((2, 3)), np.ones((3, 4))
    c = np.einsum("ij,jk,kl->il", a, b)
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
        if not isinstance(equation, Equation):
            return
        if not count_fits(call, reading, equation):
            terms, given = counted(len(equation.terms), "term"), len(call.operands)
            least = "" if call.complete else "at least "
            message = f"the subscripts have {terms}, the call {least}{counted(given, 'operand')}"
            yield Problem(message, call.place.subscripts(0, len(call.subscripts)))
        elif _too_many(call, reading, equation, config):
            most = _most(reading, config)
            message = f"{len(call.operands)} operands are more than the {most} that NumPy takes"
            yield Problem(message, call.place.call)

    yield from call.agreed(check)


def _most(reading: Reading, config: Config) -> int | None:
    """The most operands that one contraction may have."""
    most = reading.dialect.max_operands
    return most if most is None or config.target_numpy >= (2, 0) else 31


def _too_many(call: EinsumCall, reading: Reading, equation: Equation, config: Config) -> bool:
    """Whether all operands go into one contraction, and are too many for it."""
    most = _most(reading, config)
    return most is not None and len(call.operands) > most and in_one_loop(call, reading, equation)
