"""EIN105."""

from collections.abc import Iterator

from ..emit.plain_call import float_operands, plain_call, plain_fix
from ..facts import EinsumCall
from ..findings import Problem
from ..rule import rule
from ..settings import Config


@rule("EIN105", on=EinsumCall)
def plain_matmul(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """## What it does
    Finds calls of `np.einsum` with two floating-point operands that are one `@`.

    ## Why is this bad?
    Without `optimize`, einsum multiplies matrices in a loop of its own; with it, it looks for the
    way first.  `@` goes to BLAS at once.

    A call is reported only where both operands certainly have the same floating-point dtype: for
    integers there is no BLAS, and `@` is no faster.

    ## Example
    ```python
    import numpy as np
    def gram(n):
        x = np.ones((n, 3))
        return np.einsum("ik,jk->ij", x, x)
    ```

    Use instead:
    ```python
    import numpy as np
    def gram(n):
        x = np.ones((n, 3))
        return x @ x.T
    ```

    ## Fix safety
    As for EIN402.
    """
    if not float_operands(call):
        return
    found = plain_call(call)
    if found is None or found.plain.kind != "matmul" or not found.plain.swaps:
        return
    if found.equation.dialect.name.startswith("NumPy"):
        message = f"`{found.text}` does this with BLAS"
        yield Problem(message, call.place.call, plain_fix(found))
