"""Calls in a nest: iterables, conversions of lists, and the functions and methods of NumPy."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ...contraction import Contraction, Extent, Size, accesses, indices_of, summed_over
from ...dims import Polynomial, add, multiply, subtract
from ..products import functions
from ..products.elementwise import pointwise
from ..products.space import Refused
from ..products.tables import POINTWISE
from .items import (
    Constant,
    Counted,
    Function,
    Item,
    Local,
    Nested,
    Outer,
    Rows,
    Sequence,
    ShapeOf,
    Stacked,
    Zipped,
)
from .refusal import Final

if TYPE_CHECKING:
    from .expressions import Evaluator

_MAKERS = frozenset({"numpy.zeros", "numpy.empty"})
_AS_ARRAY = frozenset({"numpy.array", "numpy.asarray", "numpy.stack", "numpy.vstack"})
_OF_ARRAYS = frozenset({
    "numpy.dot", "numpy.inner", "numpy.outer", "numpy.sum", "numpy.vdot", "numpy.matmul",
})  # fmt: skip
MATRIX_PRODUCTS = frozenset({
    "numpy.dot", "numpy.inner", "numpy.matmul", "numpy.tensordot", "numpy.linalg.multi_dot",
    "numpy.matvec", "numpy.vecmat", "numpy.vecdot", "numpy.vdot",
})  # fmt: skip
_CONVERSIONS = frozenset({"numpy.array", "numpy.asarray", "numpy.asanyarray", "numpy.copy"})
_ELEMENTWISE = frozenset({
    "numpy.multiply", "numpy.add", "numpy.subtract", "numpy.divide", "numpy.true_divide",
    "numpy.power", "numpy.square", "numpy.negative", "numpy.conj", "numpy.conjugate",
})  # fmt: skip


def call(evaluator: Evaluator, node: ast.Call) -> Item:
    """What a call gives."""
    if isinstance(node.func, ast.Attribute):
        owner = evaluator.item(node.func.value)
        if not isinstance(owner, Function):
            return _method(evaluator, node, owner, node.func.attr)
    callee = evaluator.item(node.func)
    if not isinstance(callee, Function) or len(callee.names) != 1:
        raise Final(f"calls {ast.unparse(node.func)}")
    (name,) = callee.names
    handler = BUILTINS.get(name)
    if handler is not None:
        if node.keywords and name != "builtins.enumerate":
            raise Final(f"calls {ast.unparse(node.func)} with keywords", always=True)
        return handler(evaluator, node)
    if name in _MAKERS:
        return _made(evaluator, node, zero=name == "numpy.zeros")
    if not name.startswith("numpy."):
        raise Final(f"calls {ast.unparse(node.func)}")
    return _numpy(evaluator, node, name)


def _numpy(evaluator: Evaluator, node: ast.Call, name: str) -> Item:
    items = [evaluator.item(argument) for argument in node.args]
    if name in _AS_ARRAY and len(items) == 1 and isinstance(items[0], Stacked):
        if any(k.arg != "axis" for k in node.keywords):
            raise Final(f"calls {name} with keywords")
        return _stacked(evaluator, items[0], node, name)
    if name not in _ELEMENTWISE and name.removeprefix("numpy.") not in POINTWISE:
        evaluator.context.sensitive = evaluator.context.contracting = True
    arguments = [_argument(evaluator, item) for item in items]
    if "axis" not in {keyword.arg for keyword in node.keywords} and len(items) == 1:
        match items[0]:  # a list of matrices, of which one sum is made
            case Stacked(value, levels) if len(value.axes) > levels:
                evaluator.context.check_known(value)
    evaluator.context.matrices |= name in MATRIX_PRODUCTS
    if name in _CONVERSIONS:
        evaluator.context.converted.update(
            access.array
            for part, argument in zip(node.args, arguments, strict=True)
            if isinstance(part, ast.Subscript) and isinstance(argument, Contraction)
            for access in accesses(argument.terms)
        )
    elif name not in _ELEMENTWISE and name.removeprefix("numpy.") not in POINTWISE:
        evaluator.context.saw_contraction(*(a for a in arguments if isinstance(a, Contraction)))
    if name == "numpy.diag" or (name in ("numpy.trace", "numpy.diagonal") and node.keywords):
        evaluator.context.check_known(*(a for a in arguments if isinstance(a, Contraction)))
    if name in _OF_ARRAYS:
        evaluator.saw_operands(items)
        evaluator.context.oddities += 2 * sum(
            isinstance(a, Contraction) and not a.axes for a in arguments
        )
    arrays = [argument for argument in arguments if isinstance(argument, Contraction)]
    if name == "numpy.outer" and any(len(array.axes) != 1 for array in arrays):
        evaluator.context.oddities += 3
    if name == "numpy.outer":
        read = {access.array for array in arrays for access in accesses(array.terms)}
        evaluator.context.flattened |= read
    keywords = _keywords(evaluator, node)
    if arguments:
        _saw_axis(evaluator, arguments[0], keywords)
    return functions.call(evaluator.space, name, arguments, keywords)


def _made(evaluator: Evaluator, node: ast.Call, *, zero: bool) -> Local:
    """An array of its own, without a name yet."""
    if len(node.args) != 1 or any(keyword.arg != "dtype" for keyword in node.keywords):
        raise Refused("an array is made in a way that is not understood")
    shape = evaluator.item(node.args[0])
    if isinstance(shape, ShapeOf):
        rank = evaluator.context.rank(shape.path)
        return Local("", tuple(evaluator.context.axis(shape.path, k) for k in range(rank)), zero)
    items = shape.items if isinstance(shape, Sequence) else (shape,)
    if node.keywords:
        evaluator.space.assume("an array of the loop has the dtype of what is stored in it")
    return Local("", tuple(evaluator.context.size(item) for item in items), zero)


def _stacked(evaluator: Evaluator, item: Stacked, node: ast.Call, name: str) -> Contraction:
    axis = _keywords(evaluator, node).get("axis", 0)
    if item.levels > 1:
        raise Refused("a list runs over two loops")
    if name == "numpy.vstack" and len(item.value.axes) != 2:
        raise Refused("np.vstack of what are no rows")
    if axis == 0:
        return item.value
    return functions.call(evaluator.space, "numpy.moveaxis", [item.value, 0, axis], {})


def _argument(evaluator: Evaluator, item: Item) -> object:
    """An argument as the functions take it: a contraction, an integer, a string, a tuple."""
    match item:
        case Constant(value=value):
            return value
        case Sequence(items=items):
            return tuple(_argument(evaluator, inner) for inner in items)
        case int() | Polynomial():
            return item
        case Stacked(value=value, levels=1):
            return value
        case ShapeOf() | slice() | Function():
            raise Refused("an argument is not understood")
    return evaluator.array(item)


def _keywords(evaluator: Evaluator, node: ast.Call) -> dict[str, object]:
    if any(keyword.arg is None for keyword in node.keywords):
        raise Final("calls a function with ** arguments")
    return {k.arg or "": _argument(evaluator, evaluator.item(k.value)) for k in node.keywords}


def _saw_axis(evaluator: Evaluator, value: object, keywords: Mapping[str, object]) -> None:
    """Note an axis of what has only one."""
    if "axis" in keywords and isinstance(value, Contraction) and len(value.axes) == 1:
        evaluator.context.oddities += 3


def _method(evaluator: Evaluator, node: ast.Call, owner: Item, name: str) -> Item:
    if isinstance(owner, Stacked | Constant | Sequence | ShapeOf):
        raise Final(f"calls .{name}")
    value = evaluator.array(owner)
    evaluator.context.sensitive = evaluator.context.contracting = True
    arguments = [_argument(evaluator, evaluator.item(argument)) for argument in node.args]
    keywords = _keywords(evaluator, node)
    _saw_axis(evaluator, value, keywords)
    if name in ("dot", "sum"):
        evaluator.saw_operands([owner])
        evaluator.context.matrices |= name == "dot"
        evaluator.context.saw_contraction(value)
        both = [value, *(a for a in arguments if isinstance(a, Contraction))]
        evaluator.context.oddities += 2 * sum(not array.axes for array in both)
    return functions.method(evaluator.space, value, name, arguments, keywords)


def _range(evaluator: Evaluator, node: ast.Call) -> Item:
    sizes = [evaluator.size(argument) for argument in node.args]
    if not 1 <= len(sizes) <= 3:
        raise Final("calls range in a way that raises", always=True)
    start, stop = (0, sizes[0]) if len(sizes) == 1 else sizes[:2]
    step = sizes[2] if len(sizes) == 3 else 1
    if not isinstance(step, int) or step == 0:
        raise Final("the step of a range is not constant")
    return counted(start, stop, step)


def counted(start: Size, stop: Size, step: int) -> Counted:
    """The numbers of a range, as a start and what is added to or taken from it."""
    ascending = step > 0
    span = subtract(stop, start) if ascending else subtract(start, stop)
    assert span is not None
    if isinstance(span, int):
        span = max(span, 0)
    return Counted(start, Extent(span, abs(step)), 1 if ascending else -1)


def _len(evaluator: Evaluator, node: ast.Call) -> Item:
    item = evaluator.item(node.args[0])
    match item:
        case Outer(path=path):
            return evaluator.context.axis(path, 0, f"len({path})")
        case ShapeOf(path=path):
            return evaluator.context.rank(path)
        case Sequence(items=items):
            return len(items)
    value = evaluator.array(item)
    axes = value.axes
    if not axes:
        raise Refused("calls len of a number")
    if any(indices_of(term) - {axis for axis in axes if axis} for term in value.terms):
        raise Refused("rows may have different lengths")
    return 1 if axes[0] is None else evaluator.space.extents[axes[0]].span


def _zip(evaluator: Evaluator, node: ast.Call) -> Item:
    return Zipped(tuple(_iterable(evaluator, argument) for argument in node.args))


def _enumerate(evaluator: Evaluator, node: ast.Call) -> Item:
    starts = [*node.args[1:], *(k.value for k in node.keywords)]
    start = evaluator.size(starts[0]) if starts else 0
    return Zipped((Counted(start, Extent(0)), _iterable(evaluator, node.args[0])))


def _reversed(evaluator: Evaluator, node: ast.Call) -> Item:
    item = evaluator.item(node.args[0])
    if not isinstance(item, Counted) or item.extent.step != 1:
        raise Final("calls reversed")
    last = add(item.start, multiply(subtract(item.extent.span, 1), item.sign))
    assert last is not None
    return Counted(last, item.extent, -item.sign)


def _product(evaluator: Evaluator, node: ast.Call) -> Item:
    return Nested(tuple(_iterable(evaluator, argument) for argument in node.args))


def _ndindex(evaluator: Evaluator, node: ast.Call) -> Item:
    items = [evaluator.item(argument) for argument in node.args]
    if len(items) == 1 and isinstance(items[0], Sequence):
        items = list(items[0].items)
    if len(items) == 1 and isinstance(items[0], ShapeOf):
        path = items[0].path
        items = [evaluator.context.axis(path, k) for k in range(evaluator.context.rank(path))]
    return Nested(tuple(Counted(0, Extent(evaluator.context.size(item))) for item in items))


def _iterable(evaluator: Evaluator, node: ast.expr) -> Item:
    return iterable(evaluator.item(node))


def iterable(item: Item) -> Item:
    """What is iterated over."""
    if isinstance(item, Counted | Zipped | Nested):
        return item
    if isinstance(item, Outer | Contraction):
        return Rows(item)
    raise Refused("what is iterated over is not understood", always=True)


def _sum(evaluator: Evaluator, node: ast.Call) -> Item:
    if len(node.args) != 1:
        raise Final("calls sum with a start", always=True)
    context = evaluator.context
    before, context.sums_rows = context.sums_rows, not context.contracting
    item = evaluator.item(node.args[0])
    context.sums_rows = before
    if not isinstance(item, Stacked):
        raise Refused("calls sum of what is no generator", always=True)
    if item.value.open or len(item.value.axes) > item.levels:
        evaluator.space.assume("no loop is empty")
    value = item.value
    if value.open:
        summed = summed_over(value.terms, filter(None, value.axes))
        return Contraction((), summed, open=True)
    axes = tuple(range(item.levels))
    return functions.call(evaluator.space, "numpy.sum", [value], {"axis": axes})


def _abs(evaluator: Evaluator, node: ast.Call) -> Item:
    if len(node.args) != 1:
        raise Final("calls abs in a way that raises", always=True)
    return pointwise(evaluator.space, "abs", evaluator.value(node.args[0]))


def _float(evaluator: Evaluator, node: ast.Call) -> Item:
    raise Final(f"converts with {ast.unparse(node.func)}")


BUILTINS: dict[str, Callable[[Evaluator, ast.Call], Item]] = {
    "builtins.range": _range,
    "builtins.len": _len,
    "builtins.zip": _zip,
    "builtins.enumerate": _enumerate,
    "builtins.reversed": _reversed,
    "builtins.sum": _sum,
    "builtins.abs": _abs,
    "builtins.int": _float,
    "builtins.float": _float,
    "itertools.product": _product,
    "numpy.ndindex": _ndindex,
}
"""The functions of Python and of iteration that the reader knows."""
OF_LISTS = _AS_ARRAY | _MAKERS
"""The functions of NumPy that make arrays of lists, or empty ones."""
