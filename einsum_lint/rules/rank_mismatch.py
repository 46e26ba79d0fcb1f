"""EIN005: as many labels as axes."""

from __future__ import annotations

from collections.abc import Iterator

from ..equation import Equation
from ..facts import EinsumCall, Reading
from ..findings import Problem
from ..matching import counted, matches, operand_name, term_name
from ..rule import rule
from ..settings import Config


@rule("EIN005", on=EinsumCall)
def rank_mismatch(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """
    ## What it does
    Finds operands whose number of axes is not the number of labels in their term; with an
    ellipsis, operands that have fewer axes than the term has labels.

    ## Why is this bad?
    Each label names one axis. The call raises when there are too many or too few. Only operands
    whose rank is certain are judged, and uses of one object that demand different ranks, so that
    they cannot both run: of these the one is reported with which the fewest others agree.

    ## Example
    ```python
    import numpy as np

    a, b = np.ones((2, 3)), np.ones((5, 3, 4))
    c = np.einsum("ij,jk->ik", a, b)
    ```

    Use instead:
    ```python
    import numpy as np

    a, b = np.ones((2, 3)), np.ones((5, 3, 4))
    c = np.einsum("ij,...jk->...ik", a, b)
    ```

    ## References
    - [NumPy: numpy.einsum](https://numpy.org/doc/stable/reference/generated/numpy.einsum.html)
    """

    def check(reading: Reading) -> Iterator[Problem]:
        for match in matches(call, reading):
            if match.alignment is not None:
                continue
            assert isinstance(reading.equation, Equation)
            term, shape = match.term, match.shape
            labels = counted(len(term.labels), "label")
            if term.ellipsis is not None:
                labels = f"{labels} besides the ellipsis"
            axes = counted(len(shape.dims), "axis")
            message = (
                f"term {term_name(reading.equation, term)} has {labels}, but "
                f"{operand_name(call, match.index)} has {'at least ' if shape.open else ''}{axes}"
            )
            empty = term.start == term.end
            place = call.place
            span = place.operand(match.index) if empty else place.subscripts(term.start, term.end)
            yield Problem(message + reading.equation.at(term.start), span)

    certain = tuple(call.agreed(check))
    yield from certain
    if not certain:
        yield from _contradictions(call)


def _contradictions(call: EinsumCall) -> Iterator[Problem]:
    """Operands that another use, with which more uses agree, gives another rank."""
    equation = call.readings[0].equation
    if not isinstance(equation, Equation):
        return
    for conflict in call.conflicts:
        term = equation.terms[conflict.operand]
        yield Problem(
            f"term {term_name(equation, term)} has {counted(len(term.labels), 'label')}, but "
            f"{operand_name(call, conflict.operand)} has {counted(conflict.rank, 'axis')} in row "
            f"{conflict.row}, as `{conflict.text}`"
            f"{equation.at(term.start)}",
            call.place.subscripts(term.start, term.end)
            if term.labels
            else call.place.operand(conflict.operand),
        )
