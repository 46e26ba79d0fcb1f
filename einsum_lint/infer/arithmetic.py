"""Operators: arithmetic on constants, and elementwise arithmetic and ``@`` on arrays."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from .. import dims
from ..dims import Dim
from ..promotion import result_type
from ..shapes import ArrayFact, Shape
from .behaviours import ruled
from .behaviours.elementwise import combined, library_of, promoted
from .behaviours.matrices import matmul_shape
from .operands import as_array
from .signature import portable, unique
from .values import UNKNOWN, Constant, Display, Size, Value, size_of, sized

LARGEST = 1 << 64  # a constant beyond this is no size
_LONGEST = 64  # items; a repeated display is followed so far

_FOLDED: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}

_ON_SIZES: dict[type[ast.operator], Callable[[Dim, Dim], Dim]] = {
    ast.Add: dims.add,
    ast.Sub: dims.subtract,
    ast.Mult: dims.multiply,
    ast.FloorDiv: dims.divide,
}

_RULES: dict[type[ast.operator], str] = {
    ast.Add: "same", ast.Sub: "same", ast.Mult: "same", ast.Div: "divided",
    ast.FloorDiv: "small", ast.Mod: "small", ast.Pow: "small",
    ast.BitAnd: "same", ast.BitOr: "same", ast.BitXor: "same",
    ast.LShift: "small", ast.RShift: "small",
}  # fmt: skip
"""What each operator makes of the common dtype."""

_OTHERWISE = (ast.Add, ast.Mult, ast.Pow)
"""Operators that lists and matrices have too: what they do there leaves the rank, not the sizes."""


def binary(op: ast.operator, left: Value, right: Value) -> Value:
    """The value of ``left op right``."""
    if isinstance(left, Constant) and isinstance(right, Constant):
        return _constants(op, left.value, right.value)
    if isinstance(left, Size | Constant) and isinstance(right, Size | Constant):
        change = _ON_SIZES.get(type(op))
        return UNKNOWN if change is None else sized(change(size_of(left), size_of(right)))
    match op, left, right:
        case ast.Add(), Display(is_tuple=True), Display(is_tuple=True):
            return Display((*left.items, *right.items), is_tuple=True)
        case (ast.Mult(), Display() as items, Constant(value=int(times))) | (
            ast.Mult(),
            Constant(value=int(times)),
            Display() as items,
        ) if 0 <= times * len(items.items) <= _LONGEST:
            return Display(items.items * times, items.is_tuple)
    if not _meets_array(left, right):
        return UNKNOWN
    if isinstance(op, ast.MatMult):
        return _matmul(as_array(left), as_array(right))
    rule = _RULES.get(type(op))
    if rule is None:
        return UNKNOWN
    result = combined((left, right), ruled(rule, promoted((left, right))))
    if not isinstance(result, ArrayFact) or result.is_array or not isinstance(op, _OTHERWISE):
        return result
    match op, right:
        case ast.Mult(), Constant(value=float() | complex()):  # no list can be repeated so
            return result
        case ast.Mult(), ArrayFact() if result.origin is None and result.shape.open:
            return UNKNOWN  # of sparse matrices this is another product
    return _resized(result)


def _meets_array(left: Value, right: Value) -> bool:
    """Whether an operator may be one of arrays: displays alone have their own."""
    facts = [value for value in (left, right) if isinstance(value, ArrayFact)]
    displays = [value for value in (left, right) if isinstance(value, Display)]
    return any(fact.is_array for fact in facts) or (bool(facts) and not displays)


def _resized(array: ArrayFact) -> ArrayFact:
    """The rank of an array, and nothing of its sizes."""
    shape = Shape((None,) * len(array.shape.dims), array.shape.open)
    origin = array.origin
    if origin is not None:
        origin = replace(origin, via=f"{origin.via}{unique()}")
    return ArrayFact(shape, origin=origin)


def comparison(left: Value, right: Value) -> Value:
    """The value of ``left < right`` and its like, elementwise on arrays."""
    arrays = [as_array(left), as_array(right)]
    if not any(array.is_array for array in arrays) or library_of(arrays) is None:
        return UNKNOWN
    return combined((left, right), "bool")


def unary(op: ast.unaryop, value: Value) -> Value:
    """The value of ``op value``."""
    match op, value:
        case ast.USub(), Constant(value=int() | float() | complex() as number):
            return Constant(-number)
        case ast.UAdd(), Constant(value=int() | float() | complex() as number):
            return Constant(+number)
        case ast.USub(), Size(dim=dim):
            return sized(dims.multiply(dim, -1))
        case ((ast.USub() | ast.UAdd() | ast.Invert()), ArrayFact()):
            return replace(value, dtype=value.dtype if value.is_array else None, made=None)
    return UNKNOWN


def _constants(op: ast.operator, left: object, right: object) -> Value:
    fold = _FOLDED.get(type(op))
    texts = isinstance(left, str) and isinstance(right, str) and isinstance(op, ast.Add)
    numbers = type(left) is int and type(right) is int and max(abs(left), abs(right)) < LARGEST
    if fold is not None and (texts or numbers):
        try:
            return Constant(fold(left, right))
        except ZeroDivisionError:
            return UNKNOWN
    return _number(op, left, right)


def _number(op: ast.operator, left: object, right: object) -> Value:
    """A number of which only the type matters, as that of ``2 * np.pi``."""
    real = isinstance(left, int | float) and isinstance(right, int | float)
    inexact = isinstance(op, ast.Div) or float in (type(left), type(right))
    fold = _FOLDED.get(type(op), operator.truediv if isinstance(op, ast.Div) else None)
    if not real or fold is None or not inexact:
        return UNKNOWN
    try:
        return Constant(fold(left, right))
    except (ZeroDivisionError, OverflowError):
        return UNKNOWN


def _matmul(one: ArrayFact, other: ArrayFact) -> Value:
    """The value of ``a @ b``."""
    library = library_of((one, other))
    if one.shape.open or other.shape.open:
        return _matmul_unknown(one, other, library)
    shape = matmul_shape(one.shape, other.shape)
    if shape is None:
        return UNKNOWN
    if library is None:
        return ArrayFact(shape)
    dtype = portable(library, result_type((one.dtype, other.dtype)), (one, other))
    return ArrayFact(shape, dtype, True, library=None if library == "numpy" else library)


def _matmul_unknown(one: ArrayFact, other: ArrayFact, library: str | None) -> Value:
    """The product with a matrix has the rank of the other operand, that with a vector one less."""
    unknown, known = (one, other) if one.shape.open else (other, one)
    certain = None if library is None else True
    tag = None if library == "numpy" else library
    if known.is_array and known.shape.rank in (1, 2) and unknown.origin is not None:
        origin = unknown.origin
        offset = origin.offset + (known.shape.rank or 0) - 2
        via = f"{origin.via}@{unique()}"
        return ArrayFact(
            is_array=certain, library=tag, origin=replace(origin, offset=offset, via=via)
        )
    return ArrayFact(is_array=certain, library=tag)
