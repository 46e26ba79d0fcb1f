"""EIN305: the checks that optimize= drops."""

from __future__ import annotations

from collections.abc import Iterator

from ..equation import Equation, Malformed, result_shape
from ..facts import EinsumCall
from ..findings import Problem
from ..rule import rule
from ..settings import Config
from ..shapes import ArrayFact

_BY_BMM = (2, 4)


@rule("EIN305", on=EinsumCall)
def out_with_optimize(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """## What it does
    Finds `out=` and `dtype=` in a call with `optimize=`, which drops what NumPy checks of them.

    ## Why is this bad?
    Without `optimize`, an `out` of another shape or of a dtype that can't hold the result raises.
    With it, the result is broadcast into an `out` that is larger, and truncated into one of
    integers; `dtype=` converts operands that `casting="safe"` would have kept from being converted.
    Nothing is reported where `out` is known to have the shape and dtype of the result, or where
    `casting=` says which conversions `dtype=` may make.

    ## Example
    ```python
    import numpy as np
    def product(a, b, out):
        return np.einsum("ij,jk->ik", a, b, out=out, optimize=True)
    ```

    Use instead:
    ```python
    import numpy as np
    def product(a, b, out):
        out[:] = np.einsum("ij,jk->ik", a, b, optimize=True)
        return out
    ```

    ## References
    - [numpy#11060](https://github.com/numpy/numpy/issues/11060), about `dtype` with `optimize`
    """
    equation = call.readings[0].equation
    if len(call.readings) > 1 or isinstance(equation, Malformed) or not call.complete:
        return
    if not call.contracts_pairwise:
        return
    if _given(call, "out") and not _fits(call, equation):
        yield Problem(
            "optimize= drops the checks of out=: a wrong shape is broadcast into, "
            "a wrong dtype converted to",
            call.place.keyword("out"),
        )
    if _given(call, "dtype") and not _is_own_dtype(call):
        if config.target_numpy < _BY_BMM:
            yield Problem(
                f"optimize= may ignore dtype= on NumPy {'.'.join(map(str, config.target_numpy))}",
                call.place.keyword("dtype"),
            )
        elif not _given(call, "casting"):
            yield Problem(
                "optimize= drops the default casting='safe': dtype= may narrow the operands in "
                "silence; say which conversions are meant with casting=",
                call.place.keyword("dtype"),
            )


def _given(call: EinsumCall, name: str) -> bool:
    return call.keywords.get(name) is not None


def _dtypes(call: EinsumCall) -> set[str | None]:
    return {operand.dtype for operand in call.operands}


def _fits(call: EinsumCall, equation: Equation) -> bool:
    """Whether ``out`` certainly has the shape and dtype of the result."""
    out = call.keywords["out"]
    if not isinstance(out, ArrayFact) or out.dtype is None or _dtypes(call) != {out.dtype}:
        return False
    shape = result_shape(equation, [operand.shape for operand in call.operands])
    return shape.sizes is not None and shape.sizes == out.shape.sizes


def _is_own_dtype(call: EinsumCall) -> bool:
    return _dtypes(call) == {call.keywords["dtype"]}
