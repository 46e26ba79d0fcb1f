"""What a condition that held, or did not, says of ranks and shapes: ``assert x.ndim == 2``."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from ..shapes import ArrayFact, Shape
from .arguments import integer
from .dtypes import ARRAY_CLASSES
from .expressions import Evaluator
from .values import Display, Reference, ShapeOf, Value, size_of


def narrow(evaluator: Evaluator, test: ast.expr, truth: bool) -> bool:
    """Take note that ``test`` was true, or false; whether that says anything of an array."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return narrow(evaluator, inner, not truth)
        case ast.BoolOp(op=operator, values=tests):
            # Of "a and b" that was true both were; of "a or b" that was false neither was.
            if isinstance(operator, ast.And) is truth:
                return _all(evaluator, tests, truth)
        case ast.Compare(left=left, ops=[operator], comparators=[right]):
            if isinstance(operator, ast.Eq if truth else ast.NotEq):
                return _equal(evaluator, left, right)
        case ast.Call(func=ast.Name("isinstance"), args=[owner, kind], keywords=[]) if truth:
            return _instance(evaluator, owner, evaluator.again(kind))
    return False


def _all(evaluator: Evaluator, tests: Sequence[ast.expr], truth: bool) -> bool:
    """Take note that each of some tests was true, or false."""
    *before, last = tests
    if not before:
        return narrow(evaluator, last, truth)
    first = _all(evaluator, before, truth)
    second = narrow(evaluator, last, truth)
    # Now more is known: of "x.shape == y.shape and x.ndim == 2" the rank of y, too.
    return (second and _all(evaluator, before, truth)) or first or second


def _instance(evaluator: Evaluator, owner: ast.expr, kind: Value) -> bool:
    """Take note of ``isinstance(x, np.ndarray)``."""
    if not isinstance(kind, Reference) or not _is_path(owner):
        return False
    libraries = {ARRAY_CLASSES.get(name, "") for name in kind.names}
    array = evaluator.again(owner)
    if len(libraries) != 1 or libraries == {""} or not isinstance(array, ArrayFact):
        return False
    if array.origin is None or array.is_array is not None:
        return False
    evaluator.scope.certify(array.origin, libraries.pop())
    return True


def _equal(evaluator: Evaluator, left: ast.expr, right: ast.expr) -> bool:
    """Take note of ``x.ndim == 2``, ``len(x.shape) == 2`` or ``x.shape == (n, 3)``."""
    match left:
        case ast.Attribute(value=owner, attr="ndim"):
            return _rank(evaluator, owner, right)
        case ast.Call(
            func=ast.Name("len"), args=[ast.Attribute(value=owner, attr="shape")], keywords=[]
        ):
            return _rank(evaluator, owner, right)
        case ast.Attribute(value=owner, attr="shape") if _is_path(owner):
            array, shape = evaluator.again(owner), evaluator.again(right)
            if isinstance(shape, ShapeOf):  # the other way round, perhaps more is known
                array, shape = shape.array, evaluator.attribute_of(array, "shape")
            if isinstance(shape, Display) and isinstance(array, ArrayFact):
                return _refine(evaluator, array, Shape(tuple(size_of(d) for d in shape.items)))
    return False


def _rank(evaluator: Evaluator, owner: ast.expr, rank: ast.expr) -> bool:
    if not _is_path(owner):
        return False
    array, number = evaluator.again(owner), integer(evaluator.again(rank))
    if number is None or number < 0 or not isinstance(array, ArrayFact):
        return False
    return _refine(evaluator, array, Shape((None,) * number))


def _refine(evaluator: Evaluator, array: ArrayFact, shape: Shape) -> bool:
    if array.origin is None or not array.shape.open or len(shape.dims) < len(array.shape.dims):
        return False
    evaluator.scope.refine(array.origin, shape)
    return True


def _is_path(node: ast.expr) -> bool:
    """Whether an expression may be evaluated once more: a name or path without calls."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)
