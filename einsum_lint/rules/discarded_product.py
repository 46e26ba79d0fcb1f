"""EIN104."""

from collections.abc import Iterator

from ..emit.waste import saving
from ..findings import Problem
from ..nests import WastefulProduct
from ..rule import rule
from ..settings import Config


@rule("EIN104", on=WastefulProduct)
def discarded_product(product: WastefulProduct, config: Config) -> Iterator[Problem]:
    """## What it does
    Finds products of arrays of which most is thrown away, or that are computed in the wrong order.

    | instead of | write | steps |
    | --- | --- | --- |
    | `np.trace(A @ B)` | `np.einsum("ij,ji->", A, B)` | n³ → n² |
    | `np.diag(A @ B)` | `np.einsum("ij,ji->i", A, B)` | n³ → n² |
    | `(A @ B)[i]` | `A[i] @ B` | n³ → n² |
    | `(A @ B)[i, j]` | `A[i] @ B[:, j]` | n³ → n |
    | `A @ B @ v` | `A @ (B @ v)` | n³ → n² |
    | `(u * v).sum()` | `u @ v` | n, and no array of products |
    | `np.sum(A * B)` | `np.einsum("ij,ij->", A, B)` | n², and no array of products |

    ## Why is this bad?
    The other elements are computed in vain.  For matrices of 300 rows the first five become 10 to
    1,000 times as fast, the sums 1.5 times; on the smallest arrays none becomes slower:
    [what was measured](https://github.com/einsum-lint/einsum-lint/blob/main/docs/savings.md).

    It is reported only where the number of axes of each operand is certain, and for sums the dtype.

    ## Example
    ```python
    import numpy as np
    def overlap(n):
        a, b = np.ones((n, n)), np.ones((n, n))
        return np.trace(a @ b)
    ```

    Use instead:
    ```python
    import numpy as np
    def overlap(n):
        a, b = np.ones((n, n)), np.ones((n, n))
        return np.einsum("ij,ji->", a, b)
    ```

    ## Fix safety
    The fix is safe when the operands are known to be arrays of a known dtype; otherwise the message
    lists what is assumed.
    """
    found = saving(product, config)
    if found is not None:
        yield found
