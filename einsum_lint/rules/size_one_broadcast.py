"""EIN302: an axis of size 1, stretched in silence."""

from __future__ import annotations

from collections.abc import Iterator

from ..equation import Equation
from ..facts import EinsumCall, Reading
from ..findings import Problem
from ..matching import known_axes, matches, operand_name
from ..rule import rule
from ..settings import Config


@rule("EIN302", on=EinsumCall)
def size_one_broadcast(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """
    ## What it does
    Finds labels that have size 1 in one operand and another size in another one.

    ## Why is this bad?
    The axis of size 1 is stretched, in silence: einsum broadcasts labels too, not only the
    ellipsis. A sum over the label counts its one element many times. Where it is not meant, a
    wrong axis goes unseen; where it is, leaving the label out of that term says so. TensorFlow
    rejects such a call.

    ## Example
    ```python
    import numpy as np

    weights, x = np.ones((4, 1)), np.ones((3, 5))
    y = np.einsum("ij,jk->ik", weights, x)
    ```

    Use instead:
    ```python
    import numpy as np

    weights, x = np.ones((4, 1)), np.ones((3, 5))
    y = np.einsum("i,jk->ik", weights[:, 0], x)
    ```

    ## References
    - [numpy#11548](https://github.com/numpy/numpy/issues/11548), about this
    """

    def check(reading: Reading) -> Iterator[Problem]:
        equation = reading.equation
        if not isinstance(equation, Equation) or not reading.dialect.broadcasts_labels:
            return
        for label, known in known_axes(matches(call, reading)).items():
            axes = [axis for axis in known if isinstance(axis.size, int)]
            sizes = {axis.size for axis in axes}
            if 1 not in sizes or len(sizes) != 2 or len({axis.operand for axis in axes}) < 2:
                continue
            one = next(axis for axis in axes if axis.size == 1)
            other = next(axis for axis in axes if axis.size != 1)
            what = f"{equation.shown(label)} is 1 in {operand_name(call, one.operand)}"
            size = f"{other.size}, its size in {operand_name(call, other.operand)}"
            yield Problem(
                f"{what}, and stretched to {size}{equation.at(one.column)}",
                call.place.subscripts(one.column, one.column + len(label)),
            )

    yield from call.agreed(check)
