"""EIN007: axes of an ellipsis that get lost or do not broadcast."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..dims import Dim
from ..equation import Equation
from ..facts import EinsumCall, Reading
from ..findings import Problem
from ..matching import Match, counted, matches, operand_name
from ..rule import rule
from ..settings import Config


@rule("EIN007", on=EinsumCall)
def ellipsis_mismatch(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """
    ## What it does
    Finds ellipses whose axes do not broadcast together, and ellipses that stand for at least one
    axis and are missing in the output of a library that does not sum them.

    ## Why is this bad?
    The call raises. NumPy sums the axes of a missing ellipsis when `optimize` is set, and raises
    otherwise; PyTorch and JAX sum them, TensorFlow and CuPy raise.

    ## Example
    ```python
    import numpy as np

    a = np.ones((2, 3, 4))
    s = np.einsum("...i->i", a)
    ```

    Use instead:
    ```python
    import numpy as np

    a = np.ones((2, 3, 4))
    s = np.einsum("jki->i", a)
    ```

    ## References
    - [NumPy issue 30349](https://github.com/numpy/numpy/issues/30349)
    """

    def check(reading: Reading) -> Iterator[Problem]:
        equation = reading.equation
        if not isinstance(equation, Equation):
            return
        yield from _only_in_output(call, equation)
        if equation.has_ellipsis:
            found = [match for match in matches(call, reading) if match.alignment is not None]
            yield from list(_problems(call, equation, found))[:1]

    yield from call.agreed(check)


def _problems(call: EinsumCall, equation: Equation, found: Sequence[Match]) -> Iterator[Problem]:
    axes = [_sizes(match) for match in found]
    longest = max(range(len(found)), key=lambda k: len(axes[k]), default=None)
    output = equation.output
    if longest is not None and axes[longest]:
        count = counted(len(axes[longest]), "axis")
        where = f"{count} of {operand_name(call, found[longest].index)}"
        if equation.result.ellipsis is None and not equation.dialect.sums_ellipsis:
            yield _lacking(call, equation, where)
        if output is not None and output.second_ellipsis is not None:
            at = output.second_ellipsis
            message = f"there are two ellipses in the output for {where}"
            yield _in_output(call, equation, at, at + 3, message)
        yield from _too_many(call, equation, len(axes[longest]))
    yield from _unbroadcastable(call, equation, found)


def _only_in_output(call: EinsumCall, equation: Equation) -> Iterator[Problem]:
    most, output = equation.dialect.most_beside_output_ellipsis, equation.output
    if most is None or output is None or output.ellipsis is None or equation.has_ellipsis:
        return
    if len(equation.terms) > most:
        message = f"the output has an ellipsis, and none of the terms; {equation.dialect.name}"
        more = f" takes that with at most {counted(most, 'term')}"
        yield _in_output(call, equation, output.start, output.end, message + more)


def _lacking(call: EinsumCall, equation: Equation, where: str) -> Problem:
    output, library = equation.output, equation.dialect.name
    if output is None:
        why = f"the output of {library} lacks an ellipsis that several terms have: it is {where}"
        return Problem(why, call.place.subscripts(0, len(call.subscripts)))
    message = f"the output lacks the ellipsis, which stands for {where}"
    return _in_output(call, equation, output.start, output.end, message)


def _sizes(match: Match) -> tuple[Dim, ...]:
    return match.alignment.ellipsis.dims if match.alignment is not None else ()


def _in_output(call: EinsumCall, equation: Equation, start: int, end: int, why: str) -> Problem:
    # An empty output has no text to mark.
    whole = (0, len(call.subscripts))
    return Problem(
        why + equation.at(start), call.place.subscripts(*(whole if start == end else (start, end)))
    )


def _too_many(call: EinsumCall, equation: Equation, axes: int) -> Iterator[Problem]:
    most, labels = equation.dialect.max_axes, len(equation.labels)
    if most is not None and labels + axes > most:
        message = f"{labels} labels and {axes} axes of the ellipsis are more than {most}"
        yield Problem(message, call.place.subscripts(0, len(call.subscripts)))


def _unbroadcastable(
    call: EinsumCall, equation: Equation, found: Sequence[Match]
) -> Iterator[Problem]:
    """The first operand whose ellipsis does not broadcast with an earlier one."""
    known: dict[int, tuple[int, Match]] = {}
    for match in found:
        for back, size in enumerate(reversed(_sizes(match)), start=1):
            if not isinstance(size, int) or size == 1:
                continue
            if size == 0 and equation.dialect.computes_in_chunks:
                continue
            before, other = known.setdefault(back, (size, match))
            if before != size:
                first = f"{before} in {operand_name(call, other.index)}"
                second = f"{size} in {operand_name(call, match.index)}"
                message = f"axis -{back} of the ellipsis is {first}, and {second}"
                term = match.term
                span = call.place.subscripts(term.start, term.end)
                yield Problem(message + equation.at(term.start), span)
                return
