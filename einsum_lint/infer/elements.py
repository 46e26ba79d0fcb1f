"""What iterating gives: the items of arrays, tuples, ``range``, ``enumerate`` and ``zip``."""

from __future__ import annotations

from ..shapes import ArrayFact, Shape
from .arguments import Arguments
from .scope import Scope
from .values import UNKNOWN, Display, Each, Many, SliceValue, Value, join, sized


def element_of(value: Value, scope: Scope) -> Value:
    """What is certain of each item of a value that is iterated over."""
    match value:
        case Each(item=item) | Many(item=item):
            return item
        case Display(items=(first, *rest)):
            for other in rest:
                first = join(first, other)
            return first
        case ArrayFact(shape=Shape(dims=(_, *inner), open=False)):
            if not inner and value.dtype in (None, "object"):
                return UNKNOWN  # an object array may hold arrays
            return ArrayFact(
                Shape(tuple(inner)), value.dtype, value.is_array, library=value.library
            )
        case ArrayFact(origin=origin) if origin is not None and value.shape.open:
            return scope.part(origin, "[…]")
    return UNKNOWN


def iterable_of(function: str, arguments: Arguments, scope: Scope) -> Value | None:
    """What ``range``, ``enumerate``, ``zip``, ``slice`` and ``len`` give; None for the rest."""
    if not arguments.complete or not arguments.args:
        return None
    match function:
        case "builtins.range":
            return Each(_integer(scope))
        case "builtins.enumerate":
            return Each(Display((_integer(scope), element_of(arguments.args[0], scope)), True))
        case "builtins.zip":
            return Each(Display(tuple(element_of(value, scope) for value in arguments.args), True))
        case "builtins.slice":
            first, *others = arguments.args
            lower, upper = (first, others[0]) if others else (None, first)
            return SliceValue(lower, upper, others[1] if len(others) > 1 else None)
        case "builtins.len":
            array = arguments.args[0]
            if isinstance(array, ArrayFact):
                return sized(scope.size(array, 0))
    return None


def _integer(scope: Scope) -> Value:
    return sized(scope.roots.symbol("i"))
