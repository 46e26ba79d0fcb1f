"""EIN301: the output is implicit."""

from __future__ import annotations

from collections.abc import Iterator

from ..equation import Malformed, Term
from ..facts import EinsumCall
from ..findings import Applicability, Fix, Problem
from ..rule import rule
from ..settings import Config


@rule("EIN301", on=EinsumCall)
def implicit_output(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """## What it does
    Finds subscripts without `->` whose output has several axes.

    ## Why is this bad?
    The implicit output has the labels that occur once, in alphabetical order, upper case before
    lower case: not in the order in which they are written.  `"kij"` transposes its operand, and
    renaming a label may transpose the result.  Libraries differ in what they do with an ellipsis.

    A sum over every label, and a result of one axis, have no order to get wrong: they are let pass.

    ## Example
    ```python
    import numpy as np
    c = np.einsum("bj,ja", x, y)
    ```

    Use instead:
    ```python
    import numpy as np
    c = np.einsum("bj,ja->ab", x, y)
    ```

    ## Fix safety
    Safe: the fix writes down the output that the call has.  There is no fix when the subscripts are
    not a plain string literal in the call.

    ## References
    - [`numpy.einsum`](https://numpy.org/doc/stable/reference/generated/numpy.einsum.html)
    """
    equation = call.readings[0].equation
    if isinstance(equation, Malformed) or equation.vague or call.interleaved:
        return
    if (
        equation.output is not None
        or len(equation.terms) != len(call.operands)
        or not call.complete
    ):
        return
    read = [r.equation for r in call.readings if not isinstance(r.equation, Malformed)]
    if len({_text(e.result) for e in read}) != 1:
        return
    if len(equation.result.labels) < 2 and equation.result.ellipsis is None:
        return
    output, end = _text(equation.result), len(call.subscripts.rstrip())
    written = [label for label in equation.labels if label in equation.result.labels]
    order = "" if written == list(equation.result.labels) else ", not in the order of the terms"
    message = f"the output is implicit: {output!r}, in alphabetical order{order}"
    edit = call.place.insert_in_subscripts(end, f"->{output}")
    fix = Fix(f"write the output: `->{output}`", (edit,), Applicability.SAFE) if edit else None
    yield Problem(message, call.place.subscripts(0, end), fix)


def _text(term: Term) -> str:
    at = term.ellipsis
    dots = () if at is None else ("...",)
    return "".join((*term.labels[:at], *dots, *(() if at is None else term.labels[at:])))
