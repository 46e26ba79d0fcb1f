"""Operators: arithmetic on constants, and elementwise arithmetic and ``@`` on arrays."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import libcst as cst

from .. import dims
from ..dims import Dim
from ..shapes import ArrayFact, Origin, Shape, broadcast
from .values import UNKNOWN, Constant, Size, Value, size_of, sized

LARGEST = 1 << 64  # a constant beyond this is no size

_FOLDED: dict[type[cst.BaseBinaryOp], Callable[[Any, Any], Any]] = {
    cst.Add: operator.add,
    cst.Subtract: operator.sub,
    cst.Multiply: operator.mul,
    cst.FloorDivide: operator.floordiv,
    cst.Modulo: operator.mod,
}

_ON_SIZES: dict[type[cst.BaseBinaryOp], Callable[[Dim, Dim], Dim]] = {
    cst.Add: dims.add,
    cst.Subtract: dims.subtract,
    cst.Multiply: dims.multiply,
    cst.FloorDivide: dims.divide,
}

_ELEMENTWISE = (
    cst.Add, cst.Subtract, cst.Multiply, cst.Divide, cst.FloorDivide, cst.Modulo, cst.Power,
)  # fmt: skip
_INEXACT = ("float16", "float32", "float64", "complex64", "complex128")


def binary(op: cst.BaseBinaryOp, left: Value, right: Value) -> Value:
    """The value of ``left op right``."""
    if isinstance(left, Constant) and isinstance(right, Constant):
        return _constants(op, left.value, right.value)
    if isinstance(left, Size | Constant) and isinstance(right, Size | Constant):
        change = _ON_SIZES.get(type(op))
        return UNKNOWN if change is None else sized(change(size_of(left), size_of(right)))
    if isinstance(op, cst.MatrixMultiply):
        return _matmul(left, right)
    if not isinstance(op, _ELEMENTWISE):
        return UNKNOWN
    same = _scaled(left, right) or _scaled(right, left)
    if same is not None:
        return same
    shape = _broadcast(left, right)
    if shape is None:
        return UNKNOWN
    return ArrayFact(shape, _result_dtype(op, left, right), _is_array(left, right))


def comparison(left: Value, right: Value) -> Value:
    """The value of ``left < right`` and its like, elementwise on arrays."""
    shape = _broadcast(left, right)
    return UNKNOWN if shape is None else ArrayFact(shape, "bool", _is_array(left, right))


def _is_array(*values: Value) -> bool | None:
    """Whether the result of an operator on these is certainly an array."""
    return all(v.is_array for v in values if isinstance(v, ArrayFact)) or None


def unary(op: cst.BaseUnaryOp, value: Value) -> Value:
    """The value of ``op value``."""
    match op, value:
        case cst.Minus(), Constant(value=int() | float() | complex() as number):
            return Constant(-number)
        case cst.Plus(), Constant(value=int() | float() | complex() as number):
            return Constant(+number)
        case ((cst.Minus() | cst.Plus()), ArrayFact()) if not value.shape.open:
            return value if value.dtype != "bool" else UNKNOWN
        case ((cst.Minus() | cst.Plus()), ArrayFact(origin=Origin())):
            return ArrayFact(origin=value.origin)
    return UNKNOWN


def _scaled(array: Value, number: Value) -> Value | None:
    """An unknown object combined with a number: it has the rank that the object has."""
    match array, number:
        case ArrayFact(origin=Origin()), Constant(value=bool() | int() | float() | complex()):
            return ArrayFact(origin=array.origin) if array.shape.open else None
        case ArrayFact(origin=Origin()), ArrayFact():
            alike = array.origin == number.origin and array.shape.open
            return ArrayFact(origin=array.origin) if alike else None
    return None


def _constants(op: cst.BaseBinaryOp, left: object, right: object) -> Value:
    fold = _FOLDED.get(type(op))
    texts = isinstance(left, str) and isinstance(right, str) and isinstance(op, cst.Add)
    numbers = type(left) is int and type(right) is int and max(abs(left), abs(right)) < LARGEST
    if fold is None or not (texts or numbers):
        return UNKNOWN
    try:
        return Constant(fold(left, right))
    except ZeroDivisionError:
        return UNKNOWN


def _operand_shape(value: Value) -> Shape | None:
    match value:
        case ArrayFact() if value.is_array or (value.is_array is None and not value.shape.open):
            return value.shape
        case Constant(value=bool() | int() | float() | complex()) | Size():
            return Shape(())
    return None


def _broadcast(left: Value, right: Value) -> Shape | None:
    """The shape of an elementwise operation; None where one side may be no array, or it raises."""
    mine, theirs = _operand_shape(left), _operand_shape(right)
    return None if mine is None or theirs is None else broadcast(mine, theirs)


def _result_dtype(op: cst.BaseBinaryOp, left: Value, right: Value) -> str | None:
    """The dtype of an elementwise operation where it follows without promotion, else None."""
    dtypes = {v.dtype for v in (left, right) if isinstance(v, ArrayFact)}
    dtype = dtypes.pop() if len(dtypes) == 1 else None
    if dtype is None or (dtype not in _INEXACT and not isinstance(op, (cst.Add, cst.Multiply))):
        return None
    for value in (left, right):
        if isinstance(value, Constant):
            if isinstance(value.value, complex) and not dtype.startswith("complex"):
                return None
            if isinstance(value.value, float) and dtype not in _INEXACT:
                return None
            if dtype == "bool" and not isinstance(value.value, bool):
                return None
    return dtype


def _matmul(left: Value, right: Value) -> Value:
    """The value of ``left @ right``: stacks of matrices broadcast, a vector loses its axis."""
    match left, right:
        case ArrayFact(is_array=True), ArrayFact(is_array=True):
            a, b = left.shape, right.shape
        case _:
            return UNKNOWN
    if a.open or b.open or not a.dims or not b.dims:
        return ArrayFact(is_array=True)
    rows = a.dims[-2:-1]
    columns = b.dims[-1:] if len(b.dims) > 1 else ()
    inner = (a.dims[-1], b.dims[-2] if len(b.dims) > 1 else b.dims[-1])
    stack = broadcast(Shape(a.dims[:-2]), Shape(b.dims[:-2]))
    if stack is None or (None not in inner and inner[0] != inner[1]):
        return UNKNOWN
    dtype = left.dtype if left.dtype == right.dtype else None
    return ArrayFact(Shape((*stack.dims, *rows, *columns)), dtype, True)
