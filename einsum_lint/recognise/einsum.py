"""Recognises calls of einsum: which library reads them, the subscripts, the operands."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ..dialects import BY_LIBRARY, LIBRARIES, Dialect, readings_of
from ..dims import Dim
from ..equation import Malformed, parse, result_shape
from ..facts import NOT_CONSTANT, EinsumCall, Reading, read_by
from ..infer.arguments import Arguments
from ..infer.dtypes import dtype_name, python_dtype
from ..infer.operands import nested_display
from ..infer.values import UNKNOWN, Constant, Display, Partial, Reference, Value
from ..places import CallPlace
from ..shapes import NOTHING_KNOWN, UNKNOWN_SHAPE, ArrayFact, Shape
from ..sublists import from_sublists
from ..trees import arguments_in_order

PlaceOf = Callable[[ast.Call, tuple[int, ...], tuple[int, ...]], CallPlace]
"""Asked for the place of a call, with the indices of the arguments that ``CallPlace`` tells of."""

SHARED = "shared"
_CHANGES_DTYPE = {"dtype", "out", "preferred_element_type"}


@dataclass(frozen=True, slots=True)
class _Written:
    """How the operands of a call are written: the text of the subscripts, indices of arguments."""

    readings: tuple[Reading, ...]
    subscripts: str
    interleaved: bool
    subscripts_at: tuple[int, ...]
    operands_at: tuple[int, ...]
    operands: tuple[Value, ...]
    listed: bool = False


def einsum_call(
    place_of: PlaceOf,
    node: ast.Call,
    callee: Value,
    arguments: Arguments,
    einsum_functions: Mapping[str, str],
    error_expected: bool,
) -> tuple[EinsumCall | None, Value] | None:
    """The fact of a call and its result; None when it is no einsum, no fact if it can't be read."""
    given: Mapping[str, Value] = {}
    if isinstance(callee, Partial):
        if callee.args:
            return None
        given, callee = callee.keywords, callee.function
    libraries = _libraries(node.func, callee, einsum_functions)
    if not libraries:
        return None
    keywords = {k: _constant(k, v) for k, v in {**given, **arguments.keywords}.items()}
    open_keywords = any(keyword.arg is None for keyword in node.keywords)
    # A function of the user's that follows NumPy may well optimize when nothing asks it to.
    own = isinstance(callee, Reference) and not einsum_functions.keys().isdisjoint(callee.names)
    dialects = tuple(
        d for name in libraries for d in readings_of(name, keywords, open_keywords or own)
    )
    complete = not any(isinstance(argument, ast.Starred) for argument in node.args)
    written = _written(node, arguments, dialects, complete)
    if written is None:
        return None, UNKNOWN
    operands = tuple(_array_fact(value) for value in written.operands)
    fact = EinsumCall(
        readings=tuple(read_by(reading, operands, keywords) for reading in written.readings),
        subscripts=written.subscripts,
        interleaved=written.interleaved,
        operands=operands,
        complete=complete,
        keywords=keywords,
        open_keywords=open_keywords,
        place=place_of(node, written.subscripts_at, written.operands_at),
        listed=written.listed,
        error_expected=error_expected,
    )
    return fact, _result(fact)


def _libraries(
    func: ast.expr, callee: Value, einsum_functions: Mapping[str, str]
) -> tuple[str, ...]:
    """The libraries whose einsum a callee may be; "shared" for one that is merely named so."""
    names = sorted(callee.names) if isinstance(callee, Reference) else [""]
    found = [einsum_functions.get(name) or LIBRARIES.get(name) for name in names]
    known = tuple(dict.fromkeys(library for library in found if library is not None))
    if len(known) < len(set(found)) and (known or _is_named_einsum(func, callee)):
        return (*known, SHARED)
    return known


def _is_named_einsum(func: ast.expr, callee: Value) -> bool:
    if isinstance(callee, Reference):
        return all(name.rpartition(".")[2] == "einsum" for name in callee.names)
    match func:
        case ast.Name("einsum") | ast.Attribute(attr="einsum"):
            return True
    return False


def _written(
    node: ast.Call, arguments: Arguments, dialects: tuple[Dialect, ...], complete: bool
) -> _Written | None:
    """Read the positional arguments in the form in which they are given, if that is certain."""
    positions = tuple(
        position
        for position, argument in enumerate(arguments_in_order(node))
        if not isinstance(argument, (ast.keyword, ast.Starred))
    )
    values = arguments.args
    positions = positions[: len(values)]
    if not values:
        return None
    if all(dialect.equation_last for dialect in dialects):
        if not complete:
            return None
        text = _text(values[-1])
        if text is None:
            return _misplaced(dialects, positions, values)
        return _from_text(text, dialects, positions[-1], positions[:-1], values[:-1])
    text = _text(values[0])
    if text is not None:
        return _from_text(text, dialects, positions[0], positions[1:], values[1:])
    if complete and not any(d.name == BY_LIBRARY[SHARED].name for d in dialects):
        return _from_sublists(dialects, positions, values)
    return None


def _misplaced(
    dialects: tuple[Dialect, ...], positions: tuple[int, ...], values: tuple[Value, ...]
) -> _Written | None:
    """A call whose subscripts come first where they should be last, if that is certain."""
    match values:
        case (Constant(value=str(text)), *_, ArrayFact(is_array=bool()) | Display()):
            why = f"the pattern is the last argument of {dialects[0].name}'s einsum"
            wrong = Malformed(why, 0, len(text), argument=True)
            readings = tuple(Reading(dialect, wrong) for dialect in dialects)
            return _Written(readings, text, False, positions[:1], positions[1:], values[1:])
    return None


def _text(value: Value) -> str | None:
    match value:
        case Constant(value=str(text)):
            return text
    return None


def _from_text(
    text: str,
    dialects: tuple[Dialect, ...],
    subscripts_at: int,
    operands_at: tuple[int, ...],
    operands: tuple[Value, ...],
) -> _Written:
    readings = tuple(Reading(dialect, parse(text, dialect)) for dialect in dialects)
    listed = False
    match operands:
        case (Display(items=items),) if all(
            d.operands_as_list and not d.tolerant for d in dialects
        ):
            operands, operands_at = items, operands_at * len(items)
            listed = True
    return _Written(readings, text, False, (subscripts_at,), operands_at, operands, listed)


def _from_sublists(
    dialects: tuple[Dialect, ...], positions: tuple[int, ...], values: tuple[Value, ...]
) -> _Written | None:
    """The form ``einsum(a, [0, 1], b, [1, 2], [0, 2])``."""
    pairs = len(values) // 2
    sublists = [_sublist(value) for value in values[1 : 2 * pairs : 2]]
    output = _sublist(values[-1]) if len(values) % 2 else None
    known = [sublist for sublist in sublists if sublist is not None]
    if not pairs or len(known) < pairs or (output is None and len(values) % 2):
        return None
    read = [from_sublists(known, output, dialect) for dialect in dialects]
    readings = tuple(Reading(d, equation) for d, (_, equation) in zip(dialects, read, strict=True))
    subscripts_at = (*positions[1 : 2 * pairs : 2], *(positions[-1:] if output is not None else ()))
    return _Written(
        readings,
        read[0][0],
        True,
        subscripts_at,
        positions[0 : 2 * pairs : 2],
        values[0 : 2 * pairs : 2],
    )


def _sublist(value: Value) -> tuple[object, ...] | None:
    match value:
        case Display(items=items):
            labels = tuple(item.value for item in items if isinstance(item, Constant))
            return labels if len(labels) == len(items) else None
    return None


def _constant(name: str, value: Value) -> object:
    """The value of a keyword as Python has it; an array's fact; NOT_CONSTANT for all else."""
    match value:
        case Constant(value=known):
            return known
        case Display(items=items):
            parts = [_constant("", item) for item in items]
            return NOT_CONSTANT if NOT_CONSTANT in parts else parts
        case ArrayFact(is_array=True):
            return value
    named = dtype_name(value) if name == "dtype" else None
    return NOT_CONSTANT if named is None else named


def _array_fact(value: Value) -> ArrayFact:
    """What is known of an operand as an array."""
    match value:
        case ArrayFact():
            return value
        case Constant(value=bool() | int() | float() | complex() as number):
            return ArrayFact(Shape(()), python_dtype(number), False)
        case Display():
            dims, dtype = nested_display(value)
            return ArrayFact(UNKNOWN_SHAPE if dims is None else Shape(dims), dtype, False)
    return NOTHING_KNOWN


def _result(fact: EinsumCall) -> Value:
    """What the call returns, if every library that it may be of returns that."""
    results = set(_results(fact))
    return results.pop() if len(results) == 1 else UNKNOWN


def _results(fact: EinsumCall) -> Iterator[Value]:
    for reading in fact.readings:
        equation = reading.equation
        if isinstance(equation, Malformed) or equation.vague:
            yield UNKNOWN
        elif reading.dialect.tolerant:  # as many axes as labels, whoever computes it
            term = equation.result
            dims: tuple[Dim, ...] = (None,) * len(term.labels)
            yield ArrayFact(Shape(dims)) if term.ellipsis is None else UNKNOWN
        elif not fact.complete or len(fact.operands) != len(equation.terms):
            yield UNKNOWN
        else:
            shape = result_shape(equation, [operand.shape for operand in fact.operands])
            library = _library(fact, reading.dialect)
            dtype = _dtype(fact, library)
            known = None if library is None else True
            yield ArrayFact(shape, dtype, known, library=None if library == "numpy" else library)


def _library(fact: EinsumCall, dialect: Dialect) -> str | None:
    """The library that the result is of; None where it is not certain."""
    if dialect.arrays is not None:
        return dialect.arrays
    found = {o.library or "numpy" if o.is_array else None for o in fact.operands}
    return found.pop() if len(found) == 1 and "backend" not in fact.keywords else None


def _dtype(fact: EinsumCall, library: str | None) -> str | None:
    """The dtype that all operands have, and the result."""
    dtypes = {operand.dtype for operand in fact.operands}
    if len(dtypes) > 1 or library is None or fact.keywords.keys() & _CHANGES_DTYPE:
        return None
    dtype = dtypes.pop()
    # PyTorch sums small integers in int64.
    small = dtype is not None and re.fullmatch(r"bool|u?int(8|16|32)|uint64", dtype)
    return None if library == "torch" and small else dtype
