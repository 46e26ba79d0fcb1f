"""EIN402."""

from collections.abc import Iterator

from ..emit.plain_call import plain_call, plain_fix
from ..facts import EinsumCall
from ..findings import Problem
from ..rule import rule
from ..settings import Config


@rule("EIN402", on=EinsumCall, default=False)
def einsum_is_numpy(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """## What it does
    Finds calls of einsum that are one plain operation: a transpose, a sum, a trace, a product, a
    product of matrices.

    ## Why is this bad?
    `A @ B.T` is read at a glance, `"ik,jk->ij"` letter by letter.  What takes more than one
    product, and transposes or new axes beside it in number, is clearer as einsum, and stays.

    ## Example
    ```python
    import numpy as np
    def scores(queries, keys):
        return np.einsum("bqd,bkd->bqk", queries, keys)
    ```

    Use instead:
    ```python
    import numpy as np
    def scores(queries, keys):
        return queries @ keys.swapaxes(-1, -2)
    ```

    ## Fix safety
    The fix is safe when the operands are known to be arrays, and their dtypes and sizes are known
    as far as they matter.  Otherwise it is unsafe, and the message lists what is assumed: that an
    operand is an array, not a list or a dataset in a file; that no axis of size 1 is stretched,
    which `@` does not do; that what is summed is not narrower than `int64`, which `sum` would widen
    and einsum does not; that nothing writes into a diagonal, which NumPy makes read-only.  A rank
    that does not fit the subscripts is no longer an error, and `@` and `*` may warn of an overflow
    that einsum passes over in silence.

    Also for PyTorch, JAX, CuPy and TensorFlow, in the words of each.
    """
    found = plain_call(call)
    if found is not None:
        text = found.text if len(found.text) <= 80 else f"{found.text[:79]}…"
        message = f"einsum {call.subscripts!r} is `{text}`"
        yield Problem(message, call.place.call, plain_fix(found))
