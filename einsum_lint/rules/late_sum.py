"""EIN106."""

from collections.abc import Iterator
from typing import Final

from ..dialects import NUMPY
from ..emit.summed_call import summed_fix
from ..equation import Equation
from ..facts import EinsumCall
from ..findings import Problem
from ..optimizing import Axes, axes_of, dtypes_of, estimates, numpy_equation
from ..path import size_of
from ..promotion import SUMS_ALIKE
from ..rule import rule
from ..settings import Config

_FEW: Final = 4_000
"""Products that einsum makes in the time that the call of a sum takes."""
_TIMES: Final = 4
"""How many times fewer products there must be."""


@rule("EIN106", on=EinsumCall)
def late_sum(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """## What it does
    Finds calls of `np.einsum` that multiply two operands before one is summed over a label that
    the other does not have.

    ## Why is this bad?
    Without `optimize`, einsum runs one loop nest over all labels: the example makes n³ products of
    two matrices, where n² will do once the first is summed over its rows.

    A call is reported when all sizes are known, and large enough to pay for the call of the sum.
    Where `optimize=True` is worth its costs as well, EIN101 says so instead.

    ## Example
    ```python
    import numpy as np
    a, b = np.ones((30, 30)), np.ones((30, 30))
    c = np.einsum("ij,jk->k", a, b)
    ```

    Use instead:
    ```python
    import numpy as np
    a, b = np.ones((30, 30)), np.ones((30, 30))
    c = np.einsum("j,jk->k", a.sum(axis=0), b)
    ```

    ## Fix safety
    The fix is safe: it is offered only for plain arrays of one dtype that `sum` does not widen.
    """
    equation = numpy_equation(call, NUMPY)
    if equation is None or call.keywords or call.interleaved or len(equation.terms) != 2:
        return
    axes = axes_of(equation, [operand.shape for operand in call.operands])
    if axes is None or not axes.complete or equation.has_ellipsis or not _is_plain(call):
        return
    alone = _alone(equation)
    before = size_of(axes.known, axes.known)
    after = _products(axes, alone)
    if not any(alone) or before < max(_FEW, _TIMES * after):
        return
    dtypes = dtypes_of(call)
    found = estimates(axes, axes.known, dtypes, config.target_numpy)
    if found and all(one.helps for one in found):
        return
    labels = ", ".join(map(equation.shown, sorted(frozenset().union(*alone))))
    message = f"{before:,} products are made before the sum over {labels}, where {after:,} will do"
    yield Problem(message, call.place.call, summed_fix(call, equation, alone))


def _is_plain(call: EinsumCall) -> bool:
    dtypes = {operand.dtype for operand in call.operands}
    return len(dtypes) == 1 and dtypes <= SUMS_ALIKE and all(o.is_numpy for o in call.operands)


def _alone(equation: Equation) -> list[frozenset[str]]:
    """The labels of each operand that nothing else has; none of one with a diagonal."""
    found = []
    for number, term in enumerate(equation.terms):
        others = {*equation.terms[1 - number].labels, *equation.result.labels}
        diagonal = len(set(term.labels)) < len(term.labels)
        found.append(frozenset() if diagonal else frozenset(term.labels) - others)
    return found


def _products(axes: Axes, alone: list[frozenset[str]]) -> int:
    """The steps of the sums and of what is left."""
    sums = sum(size_of(t, axes.known) for t, own in zip(axes.terms, alone, strict=True) if own)
    left = set(axes.known).difference(*alone)
    return sums + size_of(left, axes.known)
