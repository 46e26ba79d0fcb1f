"""EIN205."""

from collections.abc import Iterator

from ..emit.problem import problem
from ..findings import Problem
from ..nests import LoopNest
from ..rule import rule
from ..settings import Config


@rule("EIN205", on=LoopNest, default=False)
def elementwise_loop(nest: LoopNest, config: Config) -> Iterator[Problem]:
    """## What it does
    Finds loops that sum nothing: they multiply or add the elements of arrays, or put them in
    another order.

    ## Why is this bad?
    Each round of a loop in Python takes some hundred nanoseconds.  The rule is off by default,
    because none of this needs an einsum; `codemod loops-to-einsum` applies it, so that no loop
    stays behind.

    ## Example
    ```python
    import numpy as np


    def scaled(a, b):
        n, m = a.shape
        c = np.zeros((m, n))
        for i in range(n):
            for j in range(m):
                c[j, i] = a[i, j] * b[i]
        return c
    ```

    Use instead:
    ```python
    import numpy as np


    def scaled(a, b):
        n, m = a.shape
        c = np.zeros((m, n))
        c[...] = np.einsum("ij,i->ji", a, b[:n])
        return c
    ```

    ## Fix safety
    As for EIN201: what is assumed of the arrays is in the message.
    """
    if nest.kind == "elementwise":
        found = problem(nest, config, "this loop is array arithmetic", plain=True)
        if found is not None:
            yield found
