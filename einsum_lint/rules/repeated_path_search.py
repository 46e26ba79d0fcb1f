"""EIN103."""

from collections.abc import Iterator
from typing import Final

from ..dialects import NUMPY_OPTIMIZED
from ..facts import EinsumCall
from ..findings import Applicability, Fix, Problem
from ..optimizing import Axes, axes_of, dtypes_of, estimates, numpy_equation
from ..path import greedy_path
from ..rule import rule
from ..settings import Config

_SEARCH: Final = 0.5
"""The part that the greedy search has in the time of a call on arrays with one element: measured
with NumPy 2.4 for three to seven operands, 0.45 to 0.6."""
_MUCH: Final = 0.1
"""The part of the time of a call from which the search is worth a finding."""
_FEWEST: Final = 3
"""Operands from which there is a search."""
_EVERY_ORDER: Final = 6
"""Operands from which a search of all orders takes milliseconds, whatever the sizes are."""


@rule("EIN103", on=EinsumCall)
def repeated_path_search(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """## What it does
    Finds calls of `np.einsum` in loops that search for the same order of contraction in each round.

    ## Why is this bad?
    With `optimize=True`, NumPy first searches for the order in which three operands or more are
    contracted.  On small arrays that takes as long as the contraction, and the order only depends
    on the sizes.  `optimize="optimal"` tries every order: milliseconds for six operands, and about
    twenty times as long for each further one.

    A call is reported when all sizes are known and the search takes a tenth of the time by the
    model, and, whatever the sizes, with `"optimal"` and six operands or more.

    ## Example
    ```python
    import numpy as np
    def power(v):
        a = np.ones((4, 4))
        for _ in range(100):
            v = np.einsum("ij,jk,k->i", a, a, v, optimize=True)
        return v
    ```

    Use instead:
    ```python
    import numpy as np
    def power(v):
        a = np.ones((4, 4))
        for _ in range(100):
            v = np.einsum("ij,jk,k->i", a, a, v, optimize=["einsum_path", (1, 2), (0, 1)])
        return v
    ```

    ## Fix safety
    The fix writes out the order that NumPy finds for these sizes, and is safe: the contractions and
    their order are the same.  For `"optimal"` there is none: call `np.einsum_path` before the loop.

    ## References
    - [numpy.einsum_path](https://numpy.org/doc/stable/reference/generated/numpy.einsum_path.html)
    - [opt_einsum.contract_expression](https://dgasmith.github.io/opt_einsum/getting_started/reusing_paths/)
    """
    value = call.keywords.get("optimize")
    greedy, optimal = value is True or value == "greedy", value == "optimal"
    equation = numpy_equation(call, NUMPY_OPTIMIZED) if greedy or optimal else None
    if equation is None or not call.complete:
        return
    axes = axes_of(equation, [operand.shape for operand in call.operands])
    if axes is None or not axes.sums or len(axes.terms) < _FEWEST:
        return
    if optimal:
        yield from _of_every_order(call, axes)
    elif axes.complete and 0 not in axes.known.values():
        yield from _of_greedy(call, axes, config)


def _of_every_order(call: EinsumCall, axes: Axes) -> Iterator[Problem]:
    """A search whose time depends on the number of operands, whatever the sizes are."""
    if len(axes.terms) >= _EVERY_ORDER and call.place.repeated:
        message = f"every order of {len(axes.terms)} operands is tried again in each round"
        what = f"{message}: call np.einsum_path once, before the loop"
        yield Problem(what, call.place.keyword("optimize"), None)


def _of_greedy(call: EinsumCall, axes: Axes, config: Config) -> Iterator[Problem]:
    """A search that is worth a finding where it takes much of the time of the call."""
    path = greedy_path(axes.terms, axes.output, axes.known)
    share = _share(call, axes, config)
    if len(path) < 2 or share < _MUCH or not call.place.repeated:
        return
    text = ", ".join(str(step.positions) for step in path)
    edit = call.place.set_keyword("optimize", f'["einsum_path", {text}]')
    fix = Fix("write out the order", (edit,), Applicability.SAFE) if edit is not None else None
    message = "the same order of contraction is searched for in each round"
    part = f"about {share:.0%} of the time of the call"
    yield Problem(f"{message}: {part}", call.place.keyword("optimize"), fix)


def _share(call: EinsumCall, axes: Axes, config: Config) -> float:
    """Which part of the time of the call the search takes; 0 when that is not known."""
    dtypes = dtypes_of(call)
    found = estimates(axes, axes.known, dtypes, config.target_numpy)
    least = estimates(axes, dict.fromkeys(axes.known, 1), dtypes, config.target_numpy)
    times = zip(least, found, strict=True)
    least_share = min((one.optimized / other.optimized for one, other in times), default=0.0)
    return _SEARCH * min(least_share, 1.0)
