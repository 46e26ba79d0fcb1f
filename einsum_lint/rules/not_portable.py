"""EIN401: what another library would read differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..dialects import BY_LIBRARY, Dialect, readings_of
from ..equation import Equation, Malformed, parse
from ..facts import EinsumCall, Reading
from ..findings import Problem
from ..matching import counted, matches, term_name
from ..rule import Rule, rule
from ..settings import Config
from ..shapes import Shape
from ..sublists import reread
from .ellipsis_mismatch import ellipsis_mismatch
from .invalid_argument import invalid_argument
from .malformed_subscripts import malformed_subscripts
from .operand_count_mismatch import operand_count_mismatch
from .rank_mismatch import rank_mismatch
from .repeated_output_label import repeated_output_label
from .size_mismatch import size_mismatch
from .unknown_output_label import unknown_output_label

_READING = (malformed_subscripts, invalid_argument)
_MATCHING = (
    operand_count_mismatch,
    unknown_output_label,
    repeated_output_label,
    rank_mismatch,
    size_mismatch,
    ellipsis_mismatch,
)


@rule("EIN401", on=EinsumCall, default=False)
def not_portable(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """
    ## What it does
    Finds what a library named in `portable-to` rejects, or reads otherwise than the library that
    the call is of.

    ## Why is this bad?
    The call raises or gives another result when the code is moved to that library, or runs on
    arrays of both. The einsums differ in the characters that they take for labels, in spaces
    inside the arrow, in the implicit output, in an ellipsis that the output lacks, in axes of size
    1, in the form with lists of labels, and in their keywords.

    Nothing is found without the option, nor in calls that are wrong as they are.

    ## Example
    With `portable-to = ["torch", "jax"]`:

    ```python
    import jax.numpy as jnp

    c = jnp.einsum("b1,b2->12", x, y)
    ```

    Use instead:
    ```python
    import jax.numpy as jnp

    c = jnp.einsum("bi,bj->ij", x, y)
    ```

    ## Options
    - `portable-to`: the libraries, such as `["torch", "jax"]`.

    ## References
    - [PyTorch: torch.einsum](https://pytorch.org/docs/stable/generated/torch.einsum.html)
    - [JAX: jax.numpy.einsum](https://docs.jax.dev/en/latest/_autosummary/jax.numpy.einsum.html)
    """
    if call.error_expected or any(_unread(reading) for reading in call.readings):
        return
    wanted = [library for library in config.portable_to if not _is_of(call, library)]
    if not wanted or any(_reported((*_READING, *_MATCHING), call, config)):
        return
    for library in wanted:
        problem = next(_differences(call, library, config), None)
        if problem is not None:
            name = BY_LIBRARY[library].name
            yield Problem(f"not portable to {name}: {problem.message}", problem.span)


def _unread(reading: Reading) -> bool:
    """Whether it is not certain how the call is meant."""
    equation = reading.equation
    return isinstance(equation, Malformed) or equation.vague or reading.dialect.tolerant


def _is_of(call: EinsumCall, library: str) -> bool:
    """Whether the call may be one of this library."""
    theirs = {dialect.name for dialect in readings_of(library, {}, open_keywords=True)}
    return any(reading.dialect.name in theirs for reading in call.readings)


def _reported(rules: Iterable[Rule], call: EinsumCall, config: Config) -> Iterator[Problem]:
    for each in rules:
        if each.check is not None:
            yield from each.check(call, config)


def _differences(call: EinsumCall, library: str, config: Config) -> Iterator[Problem]:
    """What the library rejects, and what it reads otherwise."""
    theirs = _in_library(call, library)
    if call.listed and not all(reading.dialect.operands_as_list for reading in theirs.readings):
        name = theirs.readings[0].dialect.name
        yield Problem(f"{name}'s einsum takes no list of operands", call.place.call)
    yield from _reported(_READING, theirs, config)
    if not any(_unread(reading) for reading in theirs.readings):
        mine, read = _equation(call), _equation(theirs)
        yield from _other_meaning(call, mine, read)
        yield from _reported(_MATCHING, theirs, config)
        yield from _dropped_ellipsis(call, mine, read)


def _equation(call: EinsumCall) -> Equation:
    equation = call.readings[0].equation
    assert isinstance(equation, Equation)
    return equation


def _in_library(call: EinsumCall, library: str) -> EinsumCall:
    """The same call of another library, with arrays of that library."""
    dialects = readings_of(library, call.keywords, call.open_keywords)
    mine = _equation(call)

    def read(dialect: Dialect) -> Reading:
        again = reread(mine, dialect) if call.interleaved else parse(call.subscripts, dialect)
        return Reading(dialect, again)

    own = dialects[0].arrays
    operands = tuple(
        replace(operand, library=None if own == "numpy" else own)
        if operand.is_array and own is not None
        else operand
        for operand in call.operands
    )
    return replace(call, readings=tuple(map(read, dialects)), operands=operands, conflicts=())


def _other_meaning(call: EinsumCall, mine: Equation, theirs: Equation) -> Iterator[Problem]:
    """The first term, or else the output, that the library reads otherwise."""
    name, own = theirs.dialect.name, mine.dialect.name
    if len(mine.terms) == len(theirs.terms):
        for one, other in zip(mine.terms, theirs.terms, strict=True):
            if len(one.labels) != len(other.labels):
                yield Problem(
                    f"{term_name(mine, one)} is {counted(len(one.labels), 'axis')} to {own}, and "
                    f"{counted(len(other.labels), 'axis')} to {name}{mine.at(one.start)}",
                    call.place.subscripts(one.start, one.end),
                )
                return
    if _meaning(mine) != _meaning(theirs):
        what = "the output" if mine.output else "the implicit output"
        yield Problem(
            f"{what} is {_shown(mine)} to {own}, and {_shown(theirs)} to {name}",
            call.place.subscripts(0, len(call.subscripts)),
        )


def _meaning(equation: Equation) -> tuple[object, ...]:
    """What an equation says, whatever its labels are called."""
    numbers = {label: number for number, label in enumerate(equation.labels)}
    terms = (*equation.terms, equation.result)
    return tuple((tuple(numbers.get(a, a) for a in t.labels), t.ellipsis) for t in terms)


def _shown(equation: Equation) -> str:
    result = equation.result
    labels = [equation.shown(label).removeprefix("label ") for label in result.labels]
    if result.ellipsis is not None:
        labels.insert(result.ellipsis, "...")
    return f"[{', '.join(labels)}]"


def _dropped_ellipsis(call: EinsumCall, mine: Equation, theirs: Equation) -> Iterator[Problem]:
    """An ellipsis that one library sums, and the other does not, unless it stands for nothing."""
    if theirs.result.ellipsis is not None or not mine.has_ellipsis:
        return
    found = matches(call, call.readings[0])
    none = [m.alignment is not None and m.alignment.ellipsis == Shape(()) for m in found]
    if mine.dialect.sums_ellipsis and not theirs.dialect.sums_ellipsis and not (none and all(none)):
        message = f"the output lacks the ellipsis, whose axes {theirs.dialect.name} does not sum"
        yield Problem(message, call.place.subscripts(0, len(call.subscripts)))
