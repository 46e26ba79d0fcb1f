"""Functions of each element, and of operands that are broadcast together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ...promotion import INEXACT, floating, result_type, with_number
from ...shapes import ArrayFact, Shape, broadcast
from ..operands import as_array, is_number
from ..signature import Call, portable
from ..values import UNKNOWN, Constant, Display, Value
from . import behaviour, ruled

Rule = Callable[[str | None], str | None]


def promoted(values: Sequence[Value], each: Rule = lambda dtype: dtype) -> str | None:
    """The common dtype of operands; Python numbers only decide about its kind."""
    arrays = [value for value in values if not is_number(value)] or values
    if not arrays:
        return None
    dtype = result_type(each(as_array(value).dtype) for value in arrays)
    for value in values if arrays is not values else ():
        if is_number(value) and dtype is not None:
            dtype = with_number(dtype, value.value if isinstance(value, Constant) else 0)
    return dtype


def library_of(arrays: Sequence[ArrayFact]) -> str | None:
    """The library that arrays are all of, "numpy" for numbers; None where it is not certain."""
    found = {array.library or "numpy" for array in arrays if array.is_array}
    if any(array.is_array is None for array in arrays) or len(found) > 1:
        return None
    return found.pop() if found else "numpy"


def combined(values: Sequence[Value], dtype: str | None) -> Value:
    """Operands broadcast together, by an operator or by a function of their own library.

    Unknown objects may be lists, matrices or anything: only the rank follows, where such an object
    meets nothing but numbers and itself.
    """
    arrays = [as_array(value) for value in values]
    objects = [array for array, value in zip(arrays, values, strict=True) if not is_number(value)]
    library = library_of(arrays)
    known = library is not None
    tag = None if library == "numpy" else library
    dtype = portable(library, dtype, objects) if library is not None else None
    alike = {(array.shape, array.origin) for array in objects}
    if len(alike) == 1 and (len(objects) == 1 or objects[0].origin is not None):
        shape, origin = alike.pop()
        return ArrayFact(shape, dtype, True if known else None, origin, tag)
    joint = broadcast(*(array.shape for array in arrays))
    if joint is None:
        return UNKNOWN
    if not known and joint.open:  # at least as many axes as the operand that is known to have most
        return ArrayFact(Shape((None,) * len(joint.dims), open=True)) if joint.dims else UNKNOWN
    return ArrayFact(joint, dtype, True if known else None, library=tag)


@behaviour
def elementwise(call: Call, rule: str = "same") -> Value:
    """A function of the operands before the ``/``, or of the first argument."""
    values = call.operands() or [call.first or UNKNOWN]
    arrays = [as_array(value) for value in values]
    dtype = ruled(rule, promoted(values, floating if rule == "floating" else ruled_same))
    of_arrays = [value for value in values if not is_number(value)]
    if rule == "floating" and len(of_arrays) < len(values) and promoted(of_arrays) not in INEXACT:
        dtype = None  # a Python number chooses among the floats as an array does not
    dtype = call.dtype(dtype)
    if len(arrays) == 1:
        return call.like(arrays[0], dtype)
    result = combined(values, dtype)
    if not isinstance(result, ArrayFact):
        return result
    made = call.made(result.shape, dtype, *arrays)
    return replace(made, origin=result.origin)


def ruled_same(dtype: str | None) -> str | None:
    """The dtype as it is."""
    return dtype


@behaviour
def split_elements(call: Call, *rules: str) -> Value:
    """A function with several results of the operand's shape, such as ``modf``."""
    array = call.array
    items = tuple(call.like(array, ruled(rule, array.dtype)) for rule in rules)
    return Display(items, is_tuple=True)


@behaviour
def selected_elements(call: Call) -> Value:
    """``where(condition, x, y)``; of a condition alone, the indices where it holds."""
    if call.get("x") is None and call.get("y") is None:
        return index_rows(call) if call.library == "tensorflow" else nonzero(call)
    values = [call.get(name) or UNKNOWN for name in ("condition", "x", "y")]
    result = combined(values, promoted(values[1:]))
    if not isinstance(result, ArrayFact):
        return result
    made = call.made(result.shape, promoted(values[1:]), *map(as_array, values))
    return replace(made, origin=result.origin)


@behaviour
def nonzero(call: Call) -> Value:
    """``nonzero(a)``: a vector of indices for each axis."""
    rank = call.array.shape.rank
    if not rank:
        return UNKNOWN
    return Display((call.made(Shape((None,)), "int64", call.array),) * rank, is_tuple=True)


@behaviour
def clipped(call: Call) -> Value:
    """``clip(a, low, high)``: the bounds are broadcast too."""
    names = ("a", "a_min", "a_max", "min", "max")
    values = [call.bound[name] for name in names if name in call.bound]
    result, dtype = combined(values, None), call.dtype(promoted(values))
    if not isinstance(result, ArrayFact):
        return result
    made = call.made(result.shape, dtype, *map(as_array, values))
    return replace(made, origin=result.origin)


@behaviour
def like_first(call: Call, dtype: str) -> Value:
    """Something of each element of the first argument."""
    return call.like(call.array, dtype, *map(as_array, list(call.bound.values())[1:2]))


@behaviour
def index_rows(call: Call) -> Value:
    """``argwhere(a)``: a row of indices for each element that is not zero."""
    return call.made(Shape((None, call.array.shape.rank)), "int64", call.array)
