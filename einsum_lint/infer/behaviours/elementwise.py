"""Functions of each element, and of operands that are broadcast together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ...promotion import divided, floating, promote, with_number
from ...shapes import UNKNOWN_SHAPE, ArrayFact, Shape, broadcast
from ..operands import as_array, is_number
from ..signature import Call
from ..values import UNKNOWN, Constant, Size, Value
from . import behaviour, ruled

Rule = Callable[[str | None], str | None]


def promoted(values: Sequence[Value], each: Rule = lambda dtype: dtype) -> str | None:
    """The common dtype of operands; Python numbers only decide about the kind."""
    dtype: str | None = None
    arrays = [as_array(value) for value in values if not is_number(value)]
    for k, array in enumerate(arrays):
        own = each(array.dtype)
        dtype = own if k == 0 else _both(dtype, own)
    for value in values:
        if not is_number(value):
            continue
        number = value.value if isinstance(value, Constant) else 0
        if not arrays:
            dtype = _both(dtype, own) if dtype else each(as_array(value).dtype)
            arrays.append(as_array(value))
        dtype = None if dtype is None else with_number(dtype, number)
    return dtype


def _both(one: str | None, other: str | None) -> str | None:
    return None if one is None or other is None else promote(one, other)


def library_of(arrays: Sequence[ArrayFact]) -> str | None:
    """The library that arrays are all of, "numpy" for numbers; None where it is not certain."""
    found = {a.library or "numpy" for a in arrays if a.is_array is True}
    if not all(a.is_array is not None for a in arrays) or len(found) > 1:
        return None
    return found.pop() if found else "numpy"


def combined(values: Sequence[Value], dtype: str | None) -> Value:
    """Operands broadcast together, by an operator or by a function of the library that they are of.

    Unknown objects may be lists, matrices or anything: only their rank follows, where one such
    object meets nothing but numbers and itself.
    """
    arrays = [as_array(value) for value in values]
    library = library_of(arrays)
    if library is not None:
        shape = broadcast(*(array.shape for array in arrays))
        if shape is None:
            return UNKNOWN
        tag = None if library == "numpy" else library
        alike = {a.origin for a, v in zip(arrays, values, strict=True) if not is_number(v)}
        origin = alike.pop() if len(alike) == 1 else None
        return ArrayFact(shape, dtype, True, origin, tag)
    objects = [array for array, value in zip(arrays, values, strict=True) if not is_number(value)]
    first = objects[0]
    if all(o.origin == first.origin and o.shape == first.shape for o in objects):
        if len(objects) == 1 or first.origin is not None:
            return ArrayFact(first.shape, origin=first.origin)
    if any(array.shape.open for array in arrays):
        return UNKNOWN
    shape = broadcast(*(array.shape for array in arrays))
    return UNKNOWN if shape is None else ArrayFact(shape)


@behaviour
def elementwise(call: Call, rule: str = "same") -> Value:
    """A function of the operands before the ``/``, or of the first argument."""
    values = call.operands() or [call.first or UNKNOWN]
    arrays = [as_array(value) for value in values]
    rules = {"floating": floating, "divided": divided}
    each: Rule = floating if rule == "floating" else lambda dtype: dtype
    dtype = call.dtype(ruled(rule, promoted(values, each)) if rule not in rules or rule == "divided" else promoted(values, each))
    if len(arrays) == 1:
        return call.like(arrays[0], dtype)
    result = combined(values, dtype)
    if not isinstance(result, ArrayFact):
        return result
    return replace(call.made(result.shape, dtype, *arrays), origin=result.origin)


@behaviour
def pairwise(call: Call, *rules: str) -> Value:
    """A function of one array with several results of its shape: ``modf``, ``frexp``."""
    from ..values import Display

    array = call.array
    items = tuple(call.like(array, ruled(rule, array.dtype)) for rule in rules)
    return Display(items, is_tuple=True)


__all__ = ["UNKNOWN_SHAPE", "Shape", "Size"]
