"""EIN107."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from ..emit.merged_call import Merged, merged, merged_fix
from ..facts import EinsumChain
from ..findings import Problem
from ..optimizing import rounded
from ..path import Sizes, greedy_path, size_of
from ..rule import rule
from ..settings import Config

_MODERATE: Final = 100
"""What an unknown size is taken for."""
_LEAST: Final = 150_000
"""Operations that two calls must make: one call with optimize=True needs tens of microseconds."""
_TIMES: Final = 4
"""How many times fewer operations one call must make."""


@rule("EIN107", on=EinsumChain)
def costly_order(chain: EinsumChain, config: Config) -> Iterator[Problem]:
    """## What it does
    Finds a call of `np.einsum` whose result only another one uses, where one call of both, with
    `optimize=True`, makes fewer operations.

    ## Why is this bad?
    Two calls fix the order of contraction.  The example multiplies two matrices, in n³ steps, only
    to apply them to a vector, for which n² would do.  `optimize=True` finds that order when it sees
    all operands.

    A pair of calls is reported when fewer labels meet in the largest step of the one call, and that
    makes at least four times fewer operations, at the sizes that are known and 100 for the others,
    and for no sizes more than the two.

    ## Example
    ```python
    import numpy as np
    def apply(a, b, v):
        ab = np.einsum("ij,jk->ik", a, b)
        return np.einsum("ik,k->i", ab, v)
    ```

    Use instead:
    ```python
    import numpy as np
    def apply(a, b, v):
        return np.einsum("ij,jk,k->i", a, b, v, optimize=True)
    ```

    ## Fix safety
    As for EIN101: the fix is safe when all operands are known to be plain arrays of one dtype and
    the result has at least one axis, and otherwise unsafe; the message says what is assumed.

    ## Options
    - `optimize-policy`: `"never"` reports nothing.
    """
    found = merged(chain) if config.optimize_policy != "never" else None
    if found is None or 0 in found.axes.known.values():
        return
    sizes = {**dict.fromkeys(found.axes.sizes, _MODERATE), **found.axes.known}
    (labels, operations), (fewest, fewer) = _both(chain, found, sizes)
    if labels <= fewest or operations < max(_LEAST, _TIMES * fewer):
        return
    both = (_both(chain, found, sizes) for sizes in found.axes.possible())
    if any(two.operations < one.operations for two, one in both):
        return
    message = (
        f"one call contracts in a better order: {labels} labels → {fewest} in the largest step"
    )
    if found.axes.complete:
        message += f", about {rounded(operations / fewer)} times fewer operations"
    yield Problem(message, chain.place.call, merged_fix(chain, found, config.line_length))


def _steps(chain: EinsumChain, found: Merged, sizes: Sizes) -> Iterator[frozenset[str]]:
    """The labels that meet in each step of the two calls."""
    for call, (terms, output) in zip((chain.first, chain.second), found.parts, strict=True):
        if call.contracts_pairwise:
            yield from (step.labels for step in greedy_path(terms, output, sizes))
        else:
            yield frozenset().union(*terms)


class _Work(NamedTuple):
    """The number of labels in the largest step, and of operations in all."""

    labels: int
    operations: int


def _both(chain: EinsumChain, found: Merged, sizes: Sizes) -> tuple[_Work, _Work]:
    """The work of the two calls, and of the one."""
    path = greedy_path(found.axes.terms, found.axes.output, sizes)
    return _work(_steps(chain, found, sizes), sizes), _work((step.labels for step in path), sizes)


def _work(steps: Iterable[frozenset[str]], sizes: Sizes) -> _Work:
    found = [*steps]
    return _Work(max(map(len, found)), sum(size_of(labels, sizes) for labels in found))
