"""numpy-to-einsum."""

from __future__ import annotations

from collections.abc import Iterator

from ..codemod import codemod
from ..emit.problem import problem
from ..findings import Problem
from ..nests import ArrayExpression
from ..settings import Config


@codemod("numpy-to-einsum", on=ArrayExpression)
def numpy_to_einsum(expression: ArrayExpression, config: Config) -> Iterator[Problem]:
    """Writes products, sums and transposes of arrays as calls of `np.einsum`.

    Those of PyTorch, JAX and CuPy become calls of their own einsum.

    ## Why
    An einsum names the axes, so that it can be read, checked, and changed.

    ## Example
    ```python
    import numpy as np
    def moments(n):
        x = np.ones((n, 3))
        return np.tensordot(x, x, axes=([0], [0]))
    ```

    Result:
    ```python
    import numpy as np
    def moments(n):
        x = np.ones((n, 3))
        return np.einsum("ij,ik->jk", x, x)
    ```

    ## Fix safety
    As that of EIN201.  What has arrays of which the number of axes is not certain stays.  A
    temporary that only the product uses goes, where nothing between the two can change what it is
    made of.
    """
    found = problem(expression, config, "this is an einsum")
    if found is not None:
        yield found
