"""EIN204."""

from collections.abc import Iterator

from ..emit.problem import problem
from ..findings import Problem
from ..nests import ArrayExpression
from ..rule import rule
from ..settings import Config

_CHAIN = 3
"""How many operations one einsum says more clearly."""


@rule("EIN204", on=ArrayExpression, default=False)
def product_is_einsum(expression: ArrayExpression, config: Config) -> Iterator[Problem]:
    """## What it does
    Finds chains of products, transposes and sums that are one einsum.

    ## Why is this bad?
    Whoever reads `A.transpose(1, 0, 2) @ B.transpose(1, 2, 0)` has to work out which axis meets
    which: an einsum says so.  Chains of three operations and more are reported, where the number of
    axes of each array is certain; the steps may be temporaries that nothing else uses.

    ## Example
    ```python
    import numpy as np
    def scores(queries, keys):
        return queries.transpose(1, 0, 2) @ keys.transpose(1, 2, 0)
    ```

    Use instead:
    ```python
    import numpy as np
    def scores(queries, keys):
        return np.einsum("jil,kil->ijk", queries, keys)
    ```

    ## Fix safety
    As that of EIN201.  `@` is faster than einsum without `optimize=` where the arrays are large;
    EIN101 finds those.
    """
    if expression.operations >= _CHAIN:
        found = problem(expression, config, "this product is an einsum")
        if found is not None:
            yield found
