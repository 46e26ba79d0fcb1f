"""Attributes and methods of arrays, and of objects that may be arrays."""

from __future__ import annotations

from ..dims import product
from ..shapes import ArrayFact
from .arguments import Arguments
from .signatures import attribute_of, has_method, method_called
from .values import UNKNOWN, Method, Reference, Value, sized

_ANYTHING = "anything"


def attribute(array: ArrayFact, name: str) -> Value:
    """The value of ``array.name``; UNKNOWN where nothing is known of it."""
    known = attribute_of(array.library or "numpy", array, name)
    if known is not None:
        return known
    if has_method(_table(array), name):
        return Method(array, name)
    if not array.is_array:
        return UNKNOWN
    if name == "size" and not array.shape.open:
        return sized(product(array.shape.dims))
    if name == "dtype" and array.dtype is not None and array.library is None:
        return Reference(frozenset({f"numpy.{array.dtype.replace('bool', 'bool_')}"}))
    return UNKNOWN


def call_method(method: Method, arguments: Arguments) -> Value:
    """What a method of an array returns."""
    array = method.of
    library = array.library or "numpy"
    return method_called(_table(array), library, array, method.name, arguments)


def _table(array: ArrayFact) -> str:
    """The table that has the methods of an object."""
    return (array.library or "numpy") if array.is_array else _ANYTHING
