"""EIN008: an argument that the library rejects."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from ..arguments import casting_fault, dtype_fault, optimize_fault, order_fault, out_fault
from ..equation import Equation, Malformed
from ..facts import NOT_CONSTANT, EinsumCall, Reading
from ..findings import Problem
from ..matching import in_one_loop, may_be_list, operand_name, wrong_kind
from ..rule import rule
from ..settings import Config


@rule("EIN008", on=EinsumCall)
def invalid_argument(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """
    ## What it does
    Finds keywords, and values of them, that the library rejects; labels of the interleaved form
    that it does not have; lists and numbers where it wants tensors.

    ## Why is this bad?
    The call raises. `optimize=1` is a TypeError in NumPy, `optimize="auto"` a KeyError with three
    operands or more, a path that does not fit the operands an IndexError or a RuntimeError.
    PyTorch's einsum takes no keyword at all.

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
    accepted = reading.dialect.keywords
    for name, value in call.keywords.items():
        if accepted is not None and name not in accepted:
            close = difflib.get_close_matches(name, accepted, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            message = f"{reading.dialect.name}'s einsum takes no keyword {name!r}{hint}"
        elif value is NOT_CONSTANT or (fault := _value_fault(call, reading, name, value)) is None:
            continue
        else:
            message = fault
        yield Problem(message, call.place.keyword(name))


def _value_fault(call: EinsumCall, reading: Reading, name: str, value: object) -> str | None:
    dialect, found = reading.dialect, reading.equation
    if name == "out" and dialect.name == "JAX":
        return None if value is None else "JAX's einsum does not implement `out`"
    if dialect.path_names is None:
        return None
    equation = found if isinstance(found, Equation) and not found.vague else None
    operands = call.operands if call.complete else None
    match name:
        case "optimize":
            fits = equation is None or len(equation.terms) == len(call.operands)
            count = len(call.operands) if call.complete and fits else None
            return optimize_fault(value, equation, count, dialect.path_names)
        case "order":
            return order_fault(value)
        case "casting":
            return casting_fault(value)
        case "dtype":
            return dtype_fault(value)
        case "out":
            exact = equation is not None and in_one_loop(call, reading, equation)
            return out_fault(value, equation, operands, exact)
    return None


def _operands(call: EinsumCall, reading: Reading) -> Iterator[Problem]:
    """The operands that are lists or numbers where the library takes tensors only."""
    if may_be_list(call, reading):
        return
    for index, fact in enumerate(call.operands):
        if kind := wrong_kind(fact, reading.dialect):
            library = reading.dialect.name
            message = f"{operand_name(call, index)} is {kind}; {library}'s einsum takes arrays"
            yield Problem(message, call.place.operand(index))
