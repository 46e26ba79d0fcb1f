"""EIN202."""

from collections.abc import Iterator

from ..emit.problem import problem
from ..findings import Problem
from ..nests import LoopNest
from ..rule import rule
from ..settings import Config


@rule("EIN202", on=LoopNest)
def loop_over_products(nest: LoopNest, config: Config) -> Iterator[Problem]:
    """## What it does
    Finds loops around products of arrays (`@`, `dot`, `outer`, `einsum` and others) that are one
    einsum with a label more.

    ## Why is this bad?
    Each product is a call that takes microseconds before it computes anything.  One call for all
    of them takes that once, and its subscripts say what the loop runs over.

    ## Example
    ```python
    import numpy as np


    def scores(queries, keys):
        heads, rows, _ = queries.shape
        result = np.empty((heads, rows, keys.shape[1]))
        for h in range(heads):
            result[h] = queries[h] @ keys[h].T
        return result
    ```

    Use instead:
    ```python
    import numpy as np


    def scores(queries, keys):
        heads, rows, _ = queries.shape
        result = np.empty((heads, rows, keys.shape[1]))
        result[...] = np.einsum("hik,hjk->hij", queries, keys[:heads])
        return result
    ```

    ## Fix safety
    As that of EIN201.  Large matrices may be multiplied faster one by one: BLAS is called for each
    of them, and by einsum only where it sees a product of matrices.

    ## Options
    - `optimize-policy`: when a call with three operands or more gets `optimize=True`; see EIN101.

    ## References
    - [numpy.einsum](https://numpy.org/doc/stable/reference/generated/numpy.einsum.html)
    """
    if nest.kind == "products":
        found = problem(nest, config, "this loop over products is one einsum")
        if found is not None:
            yield found
