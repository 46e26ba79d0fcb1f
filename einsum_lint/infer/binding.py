"""What binds names: assignment, unpacking, imports; ``n, k = x.shape`` gives names to sizes."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..shapes import NOTHING_KNOWN, ArrayFact, Shape
from . import arithmetic
from .elements import element_of
from .scope import Scope
from .syntax import unstarred
from .values import UNKNOWN, Constant, Display, Many, Reference, ShapeOf, Value, sized

if TYPE_CHECKING:
    from .expressions import Evaluator


def bind(evaluator: Evaluator, target: ast.expr, value: Value) -> None:
    """Assign a value to a target: a name, an unpacking, an attribute or an element."""
    match target:
        case ast.Name(id=name):
            changeable = isinstance(value, Many) or (
                isinstance(value, Display) and not value.is_tuple
            )
            evaluator.scope.bind(name, UNKNOWN if changeable else value)
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            items = _unpacked(evaluator, elements, value)
            for element, item in zip(elements, items, strict=True):
                bind(evaluator, unstarred(element), item)
        case ast.Attribute(value=owner, attr=name):
            _set_attribute(evaluator, owner, name, evaluator.value(owner), value)
        case ast.Subscript():
            evaluator.set_item(target)
        case _:
            evaluator.parts(target)


def _unpacked(evaluator: Evaluator, elements: Sequence[ast.expr], value: Value) -> Sequence[Value]:
    """What each target of an unpacking gets."""
    nothing: Sequence[Value] = (UNKNOWN,) * len(elements)
    stars = [k for k, e in enumerate(elements) if isinstance(e, ast.Starred)]
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
    elements: Sequence[ast.expr],
    stars: Sequence[int],
    array: ArrayFact,
) -> Sequence[Value]:
    """``n, k = x.shape``: the sizes get names, and the array a rank."""
    scope = evaluator.scope
    targets = [unstarred(element) for element in elements]
    names = [t.id if isinstance(t, ast.Name) else f"{k}" for k, t in enumerate(targets)]
    symbols = [scope.roots.symbol(name) for name in names]
    behind = stars[0] + 1 if stars else 0
    if array.origin is not None and len(array.shape.dims) <= len(elements) - behind:
        scope.refine(array.origin, Shape(tuple(symbols[behind:]), open=bool(stars)))
        if not stars:
            evaluator.demand(array.origin, len(elements))
    return [UNKNOWN if k in stars else sized(s) for k, s in enumerate(symbols)]


def _set_attribute(
    evaluator: Evaluator, owner: ast.expr, name: str, held: Value, value: Value
) -> None:
    if isinstance(held, ArrayFact) and held.origin is not None:
        evaluator.scope.set_part(held.origin, f".{name}", value)
    if isinstance(owner, ast.Name) and name in ("shape", "dtype"):  # it is another array now
        evaluator.scope.forget((owner.id,))


_MAKE_NEW = frozenset({"jax", "tensorflow", "dask"})
"""Libraries whose arrays can't change: ``x += y`` binds another one."""


def augment(evaluator: Evaluator, node: ast.AugAssign) -> None:
    """``x += y``: in place on an array, a new value on anything else."""
    right = evaluator.value(node.value)
    match node.target:
        case ast.Name(id=name):
            value = _augmented(node.op, evaluator.scope.lookup(name), right)
            if value is not None:
                evaluator.scope.bind(name, value)
        case ast.Attribute(value=owner, attr=name):
            held = evaluator.value(owner)
            value = _augmented(node.op, evaluator.attribute_of(held, name), right)
            if value is not None:
                _set_attribute(evaluator, owner, name, held, value)
        case target:
            bind(evaluator, target, UNKNOWN)


def _augmented(operator: ast.operator, left: Value, right: Value) -> Value | None:
    """The new value of a target; None for an array that keeps its shape and dtype."""
    array = left if isinstance(left, ArrayFact) else NOTHING_KNOWN
    if array.is_array and array.shape.dims and array.library not in _MAKE_NEW:  # no scalar
        return None
    return arithmetic.binary(operator, left, right)


def import_names(scope: Scope, node: ast.Import | ast.ImportFrom) -> None:
    """Bind what an import binds."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            bound = alias.asname or alias.name.partition(".")[0]
            full = alias.name if alias.asname is not None else bound
            scope.bind(bound, Reference(frozenset({full})))
        return
    module = "." * node.level + (node.module or "")
    if node.names[0].name == "*":
        scope.stars.append(module)
        known = scope.flow.names if scope.flow is not None else {}
        scope.forget([n for n, v in known.items() if isinstance(v, (ArrayFact, Constant))])
        return
    prefix = module if not module or module.endswith(".") else f"{module}."
    for alias in node.names:
        scope.bind(alias.asname or alias.name, Reference(frozenset({prefix + alias.name})))
