"""What a condition that held, or did not, says of ranks and shapes: ``assert x.ndim == 2``."""

from __future__ import annotations

import libcst as cst

from ..shapes import ArrayFact, Shape
from .arguments import integer
from .dtypes import ARRAY_CLASSES
from .expressions import Evaluator
from .values import Display, Reference, ShapeOf, Value, size_of


def narrow(evaluator: Evaluator, test: cst.BaseExpression, truth: bool) -> bool:
    """Take note that ``test`` was true, or false; whether that says anything of an array."""
    match test:
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            return narrow(evaluator, inner, not truth)
        case cst.BooleanOperation(left=left, operator=operator, right=right):
            # Of "a and b" that was true both were; of "a or b" that was false neither was.
            if isinstance(operator, cst.And) is truth:
                first = narrow(evaluator, left, truth)
                second = narrow(evaluator, right, truth)
                # Now more is known: of "x.shape == y.shape and x.ndim == 2" the rank of y, too.
                return (second and narrow(evaluator, left, truth)) or first or second
        case cst.Comparison(left=left, comparisons=[cst.ComparisonTarget() as target]):
            if isinstance(target.operator, cst.Equal if truth else cst.NotEqual):
                return _equal(evaluator, left, target.comparator)
        case cst.Call(
            func=cst.Name(value="isinstance"), args=[cst.Arg(value=owner), cst.Arg(value=kind)]
        ) if truth:
            return _instance(evaluator, owner, evaluator.value(kind))
    return False


def _instance(evaluator: Evaluator, owner: cst.BaseExpression, kind: Value) -> bool:
    """Take note of ``isinstance(x, np.ndarray)``."""
    if not isinstance(kind, Reference) or not _is_path(owner):
        return False
    libraries = {ARRAY_CLASSES.get(name, "") for name in kind.names}
    array = evaluator.value(owner)
    if len(libraries) != 1 or libraries == {""} or not isinstance(array, ArrayFact):
        return False
    if array.origin is None or array.is_array is not None:
        return False
    evaluator.scope.certify(array.origin, libraries.pop())
    return True


def _equal(evaluator: Evaluator, left: cst.BaseExpression, right: cst.BaseExpression) -> bool:
    """Take note of ``x.ndim == 2``, ``len(x.shape) == 2`` or ``x.shape == (n, 3)``."""
    match left:
        case cst.Attribute(value=owner, attr=cst.Name(value="ndim")):
            return _rank(evaluator, owner, right)
        case cst.Call(
            func=cst.Name(value="len"),
            args=[cst.Arg(value=cst.Attribute(value=owner, attr=cst.Name(value="shape")))],
        ):
            return _rank(evaluator, owner, right)
        case cst.Attribute(value=owner, attr=cst.Name(value="shape")) if _is_path(owner):
            array, shape = evaluator.value(owner), evaluator.value(right)
            if isinstance(shape, ShapeOf):  # the other way round, perhaps more is known
                array, shape = shape.array, evaluator.attribute_of(array, "shape")
            if isinstance(shape, Display) and isinstance(array, ArrayFact):
                return _refine(evaluator, array, Shape(tuple(size_of(d) for d in shape.items)))
    return False


def _rank(evaluator: Evaluator, owner: cst.BaseExpression, rank: cst.BaseExpression) -> bool:
    if not _is_path(owner):
        return False
    array, number = evaluator.value(owner), integer(evaluator.value(rank))
    if number is None or number < 0 or not isinstance(array, ArrayFact):
        return False
    return _refine(evaluator, array, Shape((None,) * number))


def _refine(evaluator: Evaluator, array: ArrayFact, shape: Shape) -> bool:
    if array.origin is None or not array.shape.open or len(shape.dims) < len(array.shape.dims):
        return False
    evaluator.scope.refine(array.origin, shape)
    return True


def _is_path(node: cst.BaseExpression) -> bool:
    """Whether an expression may be evaluated once more: a name or path without calls."""
    while isinstance(node, cst.Attribute):
        node = node.value
    return isinstance(node, cst.Name)
