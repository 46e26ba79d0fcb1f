"""What binds names: assignment, unpacking, imports; ``n, k = x.shape`` gives names to sizes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import libcst as cst

from ..shapes import NOTHING_KNOWN, ArrayFact, Shape
from . import arithmetic
from .elements import element_of
from .scope import Scope
from .syntax import dotted
from .values import UNKNOWN, Constant, Display, Many, Reference, ShapeOf, Value, sized

if TYPE_CHECKING:
    from .expressions import Evaluator


def bind(evaluator: Evaluator, target: cst.CSTNode, value: Value) -> None:
    """Assign a value to a target: a name, an unpacking, an attribute or an element."""
    match target:
        case cst.Name(value=name):
            changeable = isinstance(value, Many) or (
                isinstance(value, Display) and not value.is_tuple
            )
            evaluator.scope.bind(name, UNKNOWN if changeable else value)
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            items = _unpacked(evaluator, elements, value)
            for element, item in zip(elements, items, strict=True):
                bind(evaluator, element.value, item)
        case cst.Attribute(value=owner, attr=cst.Name(value=name)):
            _set_attribute(evaluator, owner, name, evaluator.value(owner), value)
        case cst.Subscript():
            evaluator.set_item(target)
        case cst.CSTNode():
            evaluator.parts(target)


def _unpacked(
    evaluator: Evaluator, elements: Sequence[cst.BaseElement], value: Value
) -> Sequence[Value]:
    """What each target of an unpacking gets."""
    nothing: Sequence[Value] = (UNKNOWN,) * len(elements)
    stars = [k for k, e in enumerate(elements) if isinstance(e, cst.StarredElement)]
    if isinstance(value, ShapeOf):
        return _unpacked_shape(evaluator, elements, stars, value.array)
    if stars:
        return nothing
    if isinstance(value, Display):
        return value.items if len(value.items) == len(elements) else nothing
    if isinstance(value, Constant):
        return nothing
    if isinstance(value, ArrayFact) and value.shape.open:
        return nothing  # the items of a tuple may be of different kinds
    return (element_of(value, evaluator.scope),) * len(elements)


def _unpacked_shape(
    evaluator: Evaluator,
    elements: Sequence[cst.BaseElement],
    stars: Sequence[int],
    array: ArrayFact,
) -> Sequence[Value]:
    """``n, k = x.shape``: the sizes get names, and the array a rank."""
    scope = evaluator.scope
    names = [
        e.value.value if isinstance(e.value, cst.Name) else f"{k}" for k, e in enumerate(elements)
    ]
    symbols = [scope.roots.symbol(name) for name in names]
    behind = stars[0] + 1 if stars else 0
    if array.origin is not None and len(array.shape.dims) <= len(elements) - behind:
        scope.refine(array.origin, Shape(tuple(symbols[behind:]), open=bool(stars)))
        if not stars:
            evaluator.demand(array.origin, len(elements))
    return [UNKNOWN if k in stars else sized(s) for k, s in enumerate(symbols)]


def _set_attribute(
    evaluator: Evaluator, owner: cst.BaseExpression, name: str, held: Value, value: Value
) -> None:
    if isinstance(held, ArrayFact) and held.origin is not None:
        evaluator.scope.set_part(held.origin, f".{name}", value)
    if isinstance(owner, cst.Name) and name in ("shape", "dtype"):  # it is another array now
        evaluator.scope.forget((owner.value,))


_MAKE_NEW = frozenset({"jax", "tensorflow", "dask"})
"""Libraries whose arrays can't change: ``x += y`` binds another one."""

_PLAIN: dict[type[cst.BaseAugOp], type[cst.BaseBinaryOp]] = {
    cst.AddAssign: cst.Add,
    cst.SubtractAssign: cst.Subtract,
    cst.MultiplyAssign: cst.Multiply,
    cst.DivideAssign: cst.Divide,
    cst.FloorDivideAssign: cst.FloorDivide,
    cst.ModuloAssign: cst.Modulo,
    cst.PowerAssign: cst.Power,
    cst.MatrixMultiplyAssign: cst.MatrixMultiply,
    cst.BitAndAssign: cst.BitAnd,
    cst.BitOrAssign: cst.BitOr,
    cst.BitXorAssign: cst.BitXor,
}


def augment(evaluator: Evaluator, node: cst.AugAssign) -> None:
    """``x += y``: in place on an array, a new value on anything else."""
    right = evaluator.value(node.value)
    match node.target:
        case cst.Name(value=name):
            value = _augmented(node.operator, evaluator.scope.lookup(name), right)
            if value is not None:
                evaluator.scope.bind(name, value)
        case cst.Attribute(value=owner, attr=cst.Name(value=name)):
            held = evaluator.value(owner)
            value = _augmented(node.operator, evaluator.attribute_of(held, name), right)
            if value is not None:
                _set_attribute(evaluator, owner, name, held, value)
        case target:
            bind(evaluator, target, UNKNOWN)


def _augmented(operator: cst.BaseAugOp, left: Value, right: Value) -> Value | None:
    """The new value of a target; None for an array that keeps its shape and dtype."""
    array = left if isinstance(left, ArrayFact) else NOTHING_KNOWN
    if array.is_array and array.shape.dims and array.library not in _MAKE_NEW:  # no scalar
        return None
    plain = _PLAIN.get(type(operator))
    return arithmetic.binary(plain(), left, right) if plain else UNKNOWN


def import_names(scope: Scope, node: cst.Import | cst.ImportFrom) -> None:
    """Bind what an import binds."""
    if isinstance(node, cst.Import):
        for alias in node.names:
            name = dotted(alias.name)
            bound = (
                dotted(alias.asname.name) if alias.asname is not None else name.partition(".")[0]
            )
            scope.bind(bound, Reference(frozenset({name if alias.asname is not None else bound})))
        return
    module = "." * len(node.relative) + (dotted(node.module) if node.module else "")
    if isinstance(node.names, cst.ImportStar):
        scope.stars.append(module)
        known = scope.flow.names if scope.flow is not None else {}
        scope.forget([n for n, v in known.items() if isinstance(v, (ArrayFact, Constant))])
        return
    prefix = module if not module or module.endswith(".") else f"{module}."
    for alias in node.names:
        name = dotted(alias.name)
        bound = dotted(alias.asname.name) if alias.asname is not None else name
        scope.bind(bound, Reference(frozenset({prefix + name})))
