"""NumPy's functions, methods and attributes by name, applied to contractions."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Final

from ...contraction import Contraction, integer, number
from ...dims import Polynomial
from . import axes, contracting, elementwise
from .einsum import einsum
from .indexing import subscripted
from .space import Refused, Space
from .tables import ALIASES, FUNCTIONS, METHODS, POINTWISE, Function

_IGNORED: Final = frozenset({"out", "dtype", "where"})
"""Keywords for which None is the default everywhere."""


def value_of(argument: object) -> Contraction:
    """An argument as an array: a number or an integer where it is no array."""
    match argument:
        case Contraction():
            return argument
        case bool():
            raise Refused("a truth value in arithmetic")
        case int() | float() | complex():
            return Contraction((), number(argument))
        case Polynomial():
            return Contraction((), integer(argument))
    raise Refused("an operand is not known")


def binary(space: Space, operator: str, left: Contraction, right: Contraction) -> Contraction:
    """``left operator right``."""
    if operator == "@":
        return contracting.matmul(space, left, right)
    if operator not in elementwise.OPERATORS:
        raise Refused(f"uses {operator}")
    return elementwise.OPERATORS[operator](space, left, right)


def unary(space: Space, operator: str, value: Contraction) -> Contraction:
    """``operator value``."""
    match operator:
        case "-":
            return elementwise.negate(space, value)
        case "+":
            return elementwise.positive(value)
        case "~":
            return elementwise.inverted(space, value)
    raise Refused(f"uses {operator}")


def index(space: Space, value: Contraction, subscripts: object) -> Contraction:
    """``value[subscripts]``; a subscript is a size, a slice of sizes, None or ``...``."""
    listed = subscripts if isinstance(subscripts, tuple) else (subscripts,)
    return subscripted(space, value, listed)


def call(
    space: Space, name: str, arguments: Sequence[object], keywords: Mapping[str, object]
) -> Contraction:
    """What a function of NumPy returns, ``name`` being qualified: ``numpy.linalg.multi_dot``.

    Arguments are contractions, Python constants, sizes, and tuples of these.
    """
    short = name.removeprefix("numpy.")
    if short == name:
        raise Refused(f"calls {name}")
    if short == "einsum":
        _check_einsum(keywords)
        return einsum(space, arguments)
    if short in FUNCTIONS:
        return _apply(space, name, FUNCTIONS[short], arguments, keywords)
    if short in POINTWISE and len(arguments) == POINTWISE[short]:
        if _given(name, keywords):
            raise Refused(f"calls {name} with keywords")
        short = ALIASES.get(short, short)
        values = [value_of(argument) for argument in arguments]
        return elementwise.pointwise(space, f"{space.numpy}.{short}", *values)
    raise Refused(f"calls {name}")


def _check_einsum(keywords: Mapping[str, object]) -> None:
    if more := _given("numpy.einsum", {k: v for k, v in keywords.items() if k != "optimize"}):
        raise Refused(f"calls numpy.einsum with {', '.join(more)}")


def _given(name: str, keywords: Mapping[str, object]) -> dict[str, object]:
    """The keywords that are not at their default; a dtype or a place for the result refuses."""
    kept = {k: v for k, v in keywords.items() if not (k in _IGNORED and v is None)}
    if refused := sorted(kept.keys() & (_IGNORED | {"initial", "order", "casting", "subok"})):
        raise Refused(f"calls {name} with {refused[0]}")
    return kept


def _apply(
    space: Space,
    name: str,
    function: Function,
    arguments: Sequence[object],
    keywords: Mapping[str, object],
) -> Contraction:
    given = _given(name, keywords)
    try:
        bound = inspect.signature(function.apply).bind(space, *arguments, **given)
    except TypeError:
        raise Refused(f"calls {name} with other arguments") from None
    for key in [*bound.arguments][1 : 1 + function.arrays]:
        bound.arguments[key] = value_of(bound.arguments[key])
    return function.apply(*bound.args, **bound.kwargs)


def method(
    space: Space,
    value: Contraction,
    name: str,
    arguments: Sequence[object],
    keywords: Mapping[str, object],
) -> Contraction:
    """What a method of an array returns."""
    if name not in METHODS:
        raise Refused(f"calls the method {name}")
    return _apply(space, f"the method {name}", METHODS[name], (value, *arguments), keywords)


def attribute(space: Space, value: Contraction, name: str) -> Contraction:
    """An attribute of an array that is an array."""
    match name:
        case "T":
            return axes.transpose(value)
        case "mT":
            return axes.matrix_transpose(value)
        case "real" | "imag":
            return elementwise.pointwise(space, f".{name}", value)
    raise Refused(f"reads the attribute {name}")
