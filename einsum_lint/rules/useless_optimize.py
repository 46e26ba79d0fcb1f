"""EIN102."""

from collections.abc import Iterator

from ..cost import LARGE
from ..dialects import NUMPY, NUMPY_OPTIMIZED
from ..equation import Equation, parse
from ..facts import EinsumCall
from ..findings import Applicability, Fix, Problem
from ..optimizing import (
    ELLIPSIS,
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
from ..path import default_memory_limit, greedy_path, size_of
from ..rule import rule
from ..settings import Config

_LONE_SCALAR = (2, 4)
"""The version of NumPy from which a sum of one operand is a scalar with ``optimize=`` too."""


@rule("EIN102", on=EinsumCall)
def useless_optimize(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """## What it does
    Finds `optimize=` in calls of `np.einsum` where it only costs time.

    ## Why is this bad?
    `optimize=` takes a call through Python: tens of microseconds, where a call on small arrays
    takes two.  That buys nothing when there is one operand, or when three or more are multiplied
    and nothing is summed.  It buys nothing either when the default memory limit, which is the size
    of the largest operand or result, forbids every intermediate result.  Two operands of known
    sizes are reported when the model predicts that the call takes at least twice as long.

    ## Example
    ```python
    import numpy as np
    def swap(a):
        return np.einsum("ijk->kji", a, optimize=True)
    ```

    Use instead:
    ```python
    import numpy as np
    def swap(a):
        return np.einsum("ijk->kji", a)
    ```

    ## Fix safety
    The fix is safe where NumPy does the same thing with and without `optimize=`: for one operand,
    and for a product of plain arrays of one dtype that has at least one axis.  Otherwise it is
    unsafe, and the message says what is assumed.  There is none where only `optimize=` accepts the
    call, as for `"i...->i"`, or drops the checks of `out=`, `dtype=` or `casting=`.

    ## Options
    - `optimize-policy`: with `"always"`, two operands are not reported.
    - `target-numpy`: what two operands cost depends on it.

    ## References
    - [numpy.einsum](https://numpy.org/doc/stable/reference/generated/numpy.einsum.html)
    """
    equation = numpy_equation(call, NUMPY_OPTIMIZED)
    value = call.keywords.get("optimize")
    if equation is None or not _is_path(value) or _needs_optimize(call, equation):
        return
    axes = axes_of(equation, [operand.shape for operand in call.operands])
    if axes is None:
        return
    message, blocked = None, False
    match len(axes.terms), value:
        case 1, _:
            message = "optimize= only costs time here: one operand has no order of contraction"
        case 2, _:
            message = _slower_pair(call, axes, config)
        case _, ["einsum_path", *_]:
            pass
        case _ if not axes.sums:
            message = "optimize= only costs time here: nothing is summed"
        case _, True | "greedy":
            message, blocked = _blocked(axes), True
    if message:
        fix = None if blocked else _fix(call, axes, config)
        yield Problem(message, call.place.keyword("optimize"), fix)


def _is_path(value: object) -> bool:
    """Whether this is a value of ``optimize=`` that turns it on, and that NumPy accepts."""
    match value:
        case True | "greedy" | "optimal" | ["einsum_path", *_]:
            return True
        case ("greedy" | "optimal", int() | float()):
            return True
    return False


def _needs_optimize(call: EinsumCall, equation: Equation) -> bool:
    """Whether NumPy may read the subscripts otherwise, or not at all, without ``optimize=``."""
    if equation.has_ellipsis and equation.result.ellipsis is None:
        return True
    if call.interleaved:
        return False
    plain = parse(call.subscripts, NUMPY)
    return not isinstance(plain, Equation) or (
        [term.labels for term in plain.terms] != [term.labels for term in equation.terms]
    )


def _slower_pair(call: EinsumCall, axes: Axes, config: Config) -> str | None:
    if not axes.complete or config.optimize_policy == "always":
        return None
    if is_given(call, *SUPPRESSES_CASTS):
        return None
    found = estimates(axes, axes.known, dtypes_of(call), config.target_numpy)
    if not found or not all(one.hurts for one in found):
        return None
    factor = min(1 / one.ratio for one in found)
    return f"optimize= makes this call about {rounded(factor)} times as slow at these sizes"


def _blocked(axes: Axes) -> str | None:
    """The message for a path that is no path: all operands are left to one loop nest."""
    if not axes.complete or 0 in axes.known.values():
        return None
    sizes = axes.known
    if len(greedy_path(axes.terms, axes.output, sizes)) > 1:
        return None
    limit = default_memory_limit(axes.terms, axes.output, sizes)
    everything = size_of(sizes, sizes)
    path = greedy_path(axes.terms, axes.output, sizes, everything)
    needed = max(size_of(step.result, sizes) for step in path)
    work = max(size_of(step.labels, sizes) for step in path)
    if len(path) == 1 or 2 * work > everything or everything < LARGE:
        return None
    return (
        f"optimize= has no effect: its memory limit of {limit:,} elements forbids every "
        f"intermediate result; optimize=('greedy', {needed}) contracts pairwise"
    )


def _fix(call: EinsumCall, axes: Axes, config: Config) -> Fix | None:
    if is_given(call, *SUPPRESSES_CASTS) and len(axes.terms) > 1:
        return None
    edit = None if call.interleaved else call.place.remove_keyword("optimize")
    if edit is None:
        return None
    if len(axes.terms) > 1:
        assumed = list(assumptions(call, axes))
    elif config.target_numpy < _LONE_SCALAR and axes.output in ((), (ELLIPSIS,)):
        assumed = ["nothing needs the 0-d array that optimize= gives instead of a scalar"]
    else:
        assumed = []
    if assumed:
        message = f"remove optimize=, assuming: {'; '.join(assumed)}"
        return Fix(message, (edit,), Applicability.UNSAFE)
    return Fix("remove optimize=", (edit,), Applicability.SAFE)
