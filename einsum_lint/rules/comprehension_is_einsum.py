"""EIN203."""

from collections.abc import Iterator

from ..emit.problem import problem
from ..findings import Problem
from ..nests import LoopNest
from ..rule import rule
from ..settings import Config


@rule("EIN203", on=LoopNest)
def comprehension_is_einsum(nest: LoopNest, config: Config) -> Iterator[Problem]:
    """## What it does
    Finds sums over generators, and arrays made from comprehensions, that are sums of products of
    array elements.

    ## Why is this bad?
    Each element becomes a Python object before it is multiplied, which takes a hundred times as
    long as the multiplication.

    ## Example
    ```python
    import numpy as np


    def energy(charges, potential):
        return sum(charges[i] * potential[i] for i in range(len(charges)))
    ```

    Use instead:
    ```python
    import numpy as np


    def energy(charges, potential):
        return np.einsum("i,i->", charges, potential[: len(charges)])
    ```

    ## Fix safety
    As that of EIN201.  A sum of nothing is the integer 0 in Python, and 0.0 in an einsum of floats;
    an array that is made from no rows has one axis.

    ## Options
    - `optimize-policy`: when a call with three operands or more gets `optimize=True`; see EIN101.

    ## References
    - [numpy.einsum](https://numpy.org/doc/stable/reference/generated/numpy.einsum.html)
    """
    if nest.kind == "comprehension":
        found = problem(nest, config, "this comprehension is an einsum")
        if found is not None:
            yield found
