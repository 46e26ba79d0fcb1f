"""EIN008: an argument that the library rejects."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from ..arguments import casting_fault, dtype_fault, memory_limit_fault, order_fault, out_fault
from ..dialects import JAX, NUMPY, NUMPY_OPTIMIZED, Dialect, Paths
from ..equation import Equation, Malformed
from ..facts import NOT_CONSTANT, EinsumCall, Reading
from ..findings import Problem
from ..kernels import unfit_operand
from ..matching import in_one_loop, may_be_list, operand_name, wrong_kind
from ..optimize_values import optimize_fault
from ..rule import rule
from ..settings import Config


@rule("EIN008", on=EinsumCall)
def invalid_argument(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """
    ## What it does
    Finds keywords, and values of them, that the library rejects; labels of the interleaved form
    that it does not have; lists and numbers where it wants tensors, and tensors of dtypes that it
    does not contract.

    ## Why is this bad?
    The call raises. `optimize=1` is a TypeError in NumPy, `optimize="auto"` a KeyError with three
    operands or more, a path that does not fit the operands an IndexError or a RuntimeError.
    PyTorch's einsum takes no keyword at all, and contracts neither `bool` nor tensors of two
    dtypes; TensorFlow has no einsum for `bool` and small integers.

    ## Example
    ```python
    import numpy as np

    a, b = np.ones((2, 3)), np.ones((3, 4))
    c = np.einsum("ij,jk->ik", a, b, optimize=1)
    ```

    Use instead:
    ```python
    import numpy as np

    a, b = np.ones((2, 3)), np.ones((3, 4))
    c = np.einsum("ij,jk->ik", a, b)
    ```

    ## References
    - [NumPy: numpy.einsum](https://numpy.org/doc/stable/reference/generated/numpy.einsum.html)
    - [NumPy: numpy.einsum_path](https://numpy.org/doc/stable/reference/generated/numpy.einsum_path.html)
    """

    def check(reading: Reading) -> Iterator[Problem]:
        found = reading.equation
        if isinstance(found, Malformed) and found.argument:
            yield Problem(found.message, call.place.subscripts(found.start, found.end))
        yield from _keywords(call, reading)
        yield from _operands(call, reading)

    yield from call.agreed(check)


def _keywords(call: EinsumCall, reading: Reading) -> Iterator[Problem]:
    for name, value in call.keywords.items():
        fault = _unknown_keyword(name, reading.dialect)
        if fault is None and value is not NOT_CONSTANT:
            fault = _value_fault(call, reading, name, value)
        if fault is not None:
            yield Problem(fault, call.place.keyword(name))


def _unknown_keyword(name: str, dialect: Dialect) -> str | None:
    accepted = dialect.keywords
    if accepted is None or name in accepted:
        return None
    # What is passed on may be known to another library, unless it looks like a slip.
    cutoff = 0.8 if dialect.passes_keywords else 0.6
    close = difflib.get_close_matches(name, accepted, n=1, cutoff=cutoff)
    if dialect.passes_keywords and not close:
        return None
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return f"{dialect.name}'s einsum takes no keyword {name!r}{hint}"


def _value_fault(call: EinsumCall, reading: Reading, name: str, value: object) -> str | None:
    dialect, found = reading.dialect, reading.equation
    equation = found if isinstance(found, Equation) and not found.vague else None
    as_numpy = dialect.paths is Paths.NUMPY
    match name:
        case "optimize":
            fits = equation is None or len(equation.terms) == len(call.operands)
            certain = call.complete and fits and not may_be_list(call, reading)
            count = len(call.operands) if certain else None
            return optimize_fault(value, equation, count, dialect)
        case "memory_limit" if dialect.paths is Paths.OPT_EINSUM:
            ignored = call.open_keywords or call.keywords.get("optimize", True) in _UNSETTLED
            return None if ignored else memory_limit_fault(value)
        case "out" if dialect is JAX:
            return None if value is None else "JAX's einsum does not implement `out`"
        case "out" if dialect in (NUMPY, NUMPY_OPTIMIZED):
            exact = equation is not None and in_one_loop(call, reading, equation)
            return out_fault(value, equation, call.operands if call.complete else None, exact)
        case "order" if as_numpy:
            return order_fault(value)
        case "casting" if as_numpy:
            return casting_fault(value)
        case "dtype" if as_numpy:
            return dtype_fault(value)
    return None


_UNSETTLED = (False, NOT_CONSTANT)
"""Values of ``optimize`` with which opt_einsum does not look at ``memory_limit``, or may not."""


def _operands(call: EinsumCall, reading: Reading) -> Iterator[Problem]:
    """The operands that are nothing that the library computes with."""
    if may_be_list(call, reading):
        return
    wrong = False
    for index, fact in enumerate(call.operands):
        if kind := wrong_kind(fact, reading.dialect, index):
            wrong = True
            message = f"{operand_name(call, index)} is {kind}; {_wanted(reading.dialect)}"
            yield Problem(message, call.place.operand(index))
    if not wrong and (unfit := unfit_operand(call, reading)):
        yield Problem(unfit.message, call.place.operand(unfit.operand))


def _wanted(dialect: Dialect) -> str:
    what = "arrays" if dialect.takes_foreign_arrays else "tensors of its own"
    return f"{dialect.name}'s einsum takes {what}"
