"""EIN201."""

from collections.abc import Iterator

from ..emit.problem import problem
from ..findings import Problem
from ..nests import LoopNest
from ..rule import rule
from ..settings import Config


@rule("EIN201", on=LoopNest)
def loop_is_einsum(nest: LoopNest, config: Config) -> Iterator[Problem]:
    """## What it does
    Finds loops over the elements of arrays that are sums of products, which is what `np.einsum`
    computes.

    ## Why is this bad?
    Each round of a loop in Python takes some hundred nanoseconds, for a multiplication that takes
    less than one.  And the subscripts of an einsum say in one line what the loops do.

    ## Example
    ```python
    import numpy as np


    def product(a, b):
        n, m = a.shape
        c = np.zeros((n, b.shape[1]))
        for i in range(n):
            for j in range(b.shape[1]):
                for k in range(m):
                    c[i, j] += a[i, k] * b[k, j]
        return c
    ```

    Use instead:
    ```python
    import numpy as np


    def product(a, b):
        n, m = a.shape
        c = np.zeros((n, b.shape[1]))
        c += np.einsum("ik,kj->ij", a, b[:m])
        return c
    ```

    ## Fix safety
    The fix is safe when the source shows that all operands are plain arrays of one wide dtype
    (float64, complex128, int64), how many axes they have, that no subscript is out of bounds, and
    that nothing else shares the memory of what is written.  Otherwise it is unsafe, and its message
    lists what is assumed.  Sums are rounded in another order, and a sum of no elements is a float64
    of NumPy even where the loop leaves the `float` that it starts with.

    Before a fix is applied, the loops and the new text are both run, on small arrays of symbols and
    of numbers, and compared.  With `codemod loops-to-einsum --guard` the loops are kept for
    operands of which the assumptions do not hold.

    ## Options
    - `optimize-policy`: when a call with three operands or more gets `optimize=True`; see EIN101.

    ## References
    - [numpy.einsum](https://numpy.org/doc/stable/reference/generated/numpy.einsum.html)
    """
    if nest.kind == "loop":
        found = problem(nest, config, "this loop is an einsum")
        if found is not None:
            yield found
