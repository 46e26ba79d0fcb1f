"""EIN101."""

from collections.abc import Iterator

from ..cost import Gain, Growth, classify
from ..dialects import NUMPY
from ..facts import EinsumCall
from ..findings import Applicability, Fix, Problem
from ..optimizing import (
    SUPPRESSES_CASTS,
    Axes,
    assumptions,
    axes_of,
    dtypes_of,
    estimates,
    is_given,
    numpy_equation,
    rounded,
)
from ..rule import rule
from ..settings import Config


@rule("EIN101", on=EinsumCall)
def missing_optimize(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """## What it does
    Finds calls of `np.einsum` that `optimize=True` makes faster, by a model of what NumPy does.

    ## Why is this bad?
    Without `optimize`, NumPy runs one loop nest over all labels.  With it, the operands are
    contracted pair by pair, in matrix products where that can be: the example takes n⁵ instead of
    n⁸ steps.  But a call with `optimize=True` also spends tens of microseconds on finding the way,
    so on small arrays, and where nothing can be saved, it is slower.

    When all sizes are known, a call is reported when the model predicts a clear gain.  When they
    are not, it is reported when it has three operands or more and fewer labels meet in any step.

    ## Example
    ```python
    import numpy as np
    def transform(c, eri):
        return np.einsum("pi,qj,rk,sl,pqrs->ijkl", c, c, c, c, eri)
    ```

    Use instead:
    ```python
    import numpy as np
    def transform(c, eri):
        return np.einsum("pi,qj,rk,sl,pqrs->ijkl", c, c, c, c, eri, optimize=True)
    ```

    ## Fix safety
    The fix is safe when all operands are known to be plain arrays of one dtype and the result has
    at least one axis.  Otherwise it is unsafe: NumPy gives wrong values in silence for some mixed
    dtypes, and a 0-d array where there was a scalar; the message says what is assumed.  The result
    may be laid out in memory in another order.  It is not offered, and the call not reported, with
    `out=`, `dtype=` or `casting=`, of which `optimize=` drops the checks.

    ## Options
    - `optimize-policy`: `"model"` reports what the model finds.  `"always"` reports, whatever the
      sizes, every call that sums with three operands or more, and every pair that saves operations
      or is a matrix product.  `"never"` reports nothing.
    - `target-numpy`: before 2.4, two operands gain only where they are one plain matrix product.

    ## References
    - [numpy.einsum](https://numpy.org/doc/stable/reference/generated/numpy.einsum.html)
    """
    equation = numpy_equation(call, NUMPY)
    if equation is None or config.optimize_policy == "never" or len(equation.terms) < 2:
        return
    if "optimize" in call.keywords or is_given(call, *SUPPRESSES_CASTS):
        return
    axes = axes_of(equation, [operand.shape for operand in call.operands])
    if axes is None:
        return
    message = _gain(call, axes, config)
    if message:
        yield Problem(message, call.place.call, _fix(call, axes))


def _gain(call: EinsumCall, axes: Axes, config: Config) -> str | None:
    """What ``optimize=True`` gains, in words; None when it is not certain to gain."""
    dtypes = dtypes_of(call)
    target = config.target_numpy
    if not dtypes or 0 in axes.known.values():
        return None
    large = [classify(axes.terms, axes.output, dtype, target) for dtype in dtypes]
    if config.optimize_policy == "always":
        pays = all(growth.gain is not Gain.NEVER for growth in large)
        many = len(axes.terms) > 2 and axes.sums
        return _words(large[0]) if pays or many else None
    if axes.complete:
        found = estimates(axes, axes.known, dtypes, target)
        if not found or not all(one.helps for one in found):
            return None
        worst = min(found, key=lambda one: one.ratio)
        return _words(worst.growth, worst.ratio)
    if len(axes.terms) < 3 or any(growth.gain is not Gain.ASYM for growth in large):
        return None
    if axes.known:
        filled = axes.moderate
        found = estimates(axes, filled, dtypes, target)
        if not found or not all(one.helps and one.growth.gain is Gain.ASYM for one in found):
            return None
    return _words(large[0])


def _words(growth: Growth, ratio: float | None = None) -> str:
    """The message; with a ratio, the sizes are known and so are the numbers of operations."""
    labels, step = len(growth.labels), len(growth.step)
    if growth.gain is Gain.ASYM:
        text = "optimize=True contracts pairwise"
        if step < labels:
            text += f": {labels} labels → {step} in the largest step"
        if ratio is not None:
            fewer = growth.operations / growth.step_operations
            text += f", about {rounded(fewer)} times fewer operations"
        return text
    if growth.gain is Gain.BLAS:
        text = "optimize=True makes this a product of matrices"
    else:
        text = "optimize=True runs this with other loops"
    return text if ratio is None else f"{text}, about {rounded(ratio)} times as fast"


def _fix(call: EinsumCall, axes: Axes) -> Fix | None:
    edit = call.place.add_keyword("optimize=True")
    if edit is None:
        return None
    assumed = "; ".join(assumptions(call, axes))
    if assumed:
        return Fix(f"add optimize=True, assuming: {assumed}", (edit,), Applicability.UNSAFE)
    return Fix("add optimize=True", (edit,), Applicability.SAFE)
