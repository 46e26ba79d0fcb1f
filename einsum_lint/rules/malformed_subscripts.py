"""EIN001: subscripts that the library cannot read."""

from __future__ import annotations

from collections.abc import Iterator

from ..equation import Malformed
from ..facts import EinsumCall, Reading
from ..findings import Problem
from ..rule import rule
from ..settings import Config


@rule("EIN001", on=EinsumCall)
def malformed_subscripts(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """
    ## What it does
    Finds a character, an arrow or an ellipsis in the subscripts that the library rejects.

    ## Why is this bad?
    The call raises. Libraries differ: NumPy takes letters only, JAX any character, einops names
    that spaces separate; `- >` is an arrow to NumPy only when `optimize` is set.

    ## Example
    ```python
    import numpy as np

    a, b = np.ones((2, 3)), np.ones((3, 4))
    c = np.einsum("ij,jk>ik", a, b)
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
        found = reading.equation
        if isinstance(found, Malformed) and not found.argument:
            where = "" if call.interleaved else f" (column {found.start + 1} of the subscripts)"
            span = call.place.subscripts(found.start, found.end)
            yield Problem(f"{found.message}{where}", span)

    yield from call.agreed(check)
