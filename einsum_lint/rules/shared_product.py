"""EIN108."""

from collections.abc import Iterator
from typing import Final

from ..emit.shared_call import name_of, shared_fix
from ..facts import EinsumSequences
from ..findings import Problem
from ..rule import rule
from ..settings import Config
from ..sharing import Shared, shared_products

_LEAST: Final = 100_000
"""Operations that must be saved: a call takes tens of microseconds by itself."""


@rule("EIN108", on=EinsumSequences)
def shared_product(found: EinsumSequences, config: Config) -> Iterator[Problem]:
    """## What it does
    Finds calls of `np.einsum` with `optimize=True` that begin with the same product of two
    operands.

    ## Why is this bad?
    Each call computes the product anew, which is often most of its work.  The example multiplies
    the two matrices twice, in n³ steps, and the rest takes n².

    Calls of one block are compared, when the statements between them only compute and add up, and
    bind none of the names of the operands.  The order in which NumPy contracts is found as NumPy
    finds it.  Where sizes are not known, each call must begin with the product for many different
    ones; and the product must take a fifth of the operations of each call, at the sizes that are
    known and 100 for the others.

    ## Example
    ```python
    import numpy as np
    def weighted(a, b, u, v):
        x = np.einsum("ij,jk,ik->ik", a, b, u, optimize=True)
        y = np.einsum("ij,jk,ik->ki", a, b, v, optimize=True)
        return x, y
    ```

    Use instead:
    ```python
    import numpy as np
    def weighted(a, b, u, v):
        a_b = np.einsum("ij,jk->ik", a, b, optimize=True)
        x = np.einsum("ik,ik->ik", u, a_b, optimize=True)
        y = np.einsum("ik,ik->ki", v, a_b, optimize=True)
        return x, y
    ```

    ## Fix safety
    The fix is safe when all operands are known to be plain arrays of one dtype, and nothing between
    the calls changes an array in place; otherwise it is unsafe, and the message says what is
    assumed.  The product stays in memory as long as its name.

    ## Options
    - `optimize-policy`: `"never"` reports nothing.
    """
    if config.optimize_policy == "never":
        return
    taken: set[str] = set()
    for sequence in found.sequences:
        for shared in shared_products(sequence):
            if sum(use.operations for use in shared.uses[1:]) >= _LEAST:
                name = name_of(shared, taken)
                taken.add(name)
                fix = shared_fix(shared, name, config.line_length)
                yield Problem(_message(shared), shared.uses[0].call.place.call, fix)


def _message(shared: Shared) -> str:
    first, *others = shared.uses
    one, other = shared.texts
    rows = [str(use.call.place.call.start.row) for use in others]
    where = f"row {rows[0]}" if len(rows) == 1 else f"rows {', '.join(rows)}"
    labels = len({label for k in first.operands for label in first.axes.terms[k]})
    saved = f"{labels} labels meet in it"
    if all(use.axes.complete for use in shared.uses):
        part = sum(use.operations for use in others) / sum(use.total for use in shared.uses)
        saved += f", and {part:.0%} of the operations are saved"
    return f"`{one}` and `{other}` are multiplied as in {where}: once is enough; {saved}"
