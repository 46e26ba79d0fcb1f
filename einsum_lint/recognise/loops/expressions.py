"""Expressions in a nest, as items: sizes, arrays as contractions, iterables, functions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from types import EllipsisType
from typing import TYPE_CHECKING

from ...contraction import Contraction, Size, accesses, constant_of, number
from ...dims import Polynomial
from ...screen import dotted
from ..products import functions
from ..products.indexing import subscripted
from ..products.space import Refused, Space
from . import calls
from .context import Context
from .forwarding import forwarded
from .items import (
    Accumulated,
    Constant,
    Entry,
    Function,
    Gone,
    Item,
    Outer,
    Pending,
    Sequence,
    ShapeOf,
    Stacked,
)
from .refusal import Final
from .state import State

if TYPE_CHECKING:
    from ...contraction import Index

_OPERATORS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%",
    ast.Pow: "**", ast.MatMult: "@",
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
_OF_ARRAYS = frozenset({"T", "mT", "real", "imag"})
_OPAQUE = frozenset({"dtype", "ndim", "size", "flat", "strides", "base", "data", "nbytes"})


class Evaluator:
    """Evaluates expressions in one state of a reading."""

    def __init__(self, context: Context, state: State) -> None:
        self.context, self.state = context, state
        self.sums: set[str] = set()
        """The names of sums that the statement has read."""

    @property
    def space(self) -> Space:
        """The indices of the reading."""
        return self.context.space

    def value(self, node: ast.expr) -> Contraction:
        """An expression that is used as an array or a number."""
        return self.array(self.item(node))

    def array(self, item: Item, least: int = 0) -> Contraction:
        """An item that is used as an array or a number, written elements replaced."""
        if isinstance(item, Entry | Accumulated):
            raise Final(f"the partial result {item.name} is used inside the loop", always=True)
        value = self.context.value(item, least)
        if isinstance(item, Contraction):
            return value  # what it reads was written, or not, when it was read
        return forwarded(value, self.state, self.space)

    def size(self, node: ast.expr) -> Size:
        """An expression that is used as an integer."""
        return self.context.size(self.item(node))

    def item(self, node: ast.expr) -> Item:
        """What an expression is; Refused tells the node if nothing inside it did."""
        handler = _HANDLERS.get(type(node))
        try:
            if handler is None:
                raise Refused(f"{_called(node)} is not understood")
            return handler(self, node)
        except Refused as refused:
            if refused.node is None:
                refused.node = node
            raise

    def _constant(self, node: ast.Constant) -> Item:
        if isinstance(node.value, bool) or not isinstance(node.value, (int, float, complex)):
            return Constant(node.value)
        return node.value if isinstance(node.value, int) else Contraction((), number(node.value))

    def _name(self, node: ast.Name) -> Item:
        if node.id in self.state.names:
            held = self.state.names[node.id]
            if isinstance(held, Gone):
                raise Final(held.reason)
            if isinstance(held, Contraction) and any(term.summed for term in held.terms):
                if node.id in self.sums:
                    raise Final(f"{node.id} would be computed twice", always=True)
                self.sums.add(node.id)
            if isinstance(held, Contraction) and self._is_stale(held):
                raise Final(f"{node.id} may be a view of what the loop writes", always=True)
            return held
        return self._outer(node.id)

    def _is_stale(self, held: Contraction) -> bool:
        """Whether a row of an array was read before the array was written."""
        if not held.axes and not held.open:
            return False
        return any(access.array in self.state.written for access in accesses(held.terms))

    def _outer(self, path: str) -> Item:
        names = self.context.known.reference(path)
        if names:
            (name, *others) = sorted(names)
            if "." in name and "." not in path and not others:
                self.context.functions[path] = name
            return Function(names)
        shaped = self.context.known.shape_of(path)
        return Outer(path) if shaped is None else ShapeOf(shaped)

    def _attribute(self, node: ast.Attribute) -> Item:
        owner, name = self.item(node.value), node.attr
        match owner:
            case Function(names=names):
                path = dotted(node)
                number = path is not None and self.context.known.rank(path) == 0
                if path is not None and number:
                    return Outer(path)  # np.pi
                return Function(frozenset(f"{mine}.{name}" for mine in names))
            case Outer(path=path) if name == "shape":
                return ShapeOf(path)
            case Outer(path=path) if name not in _OF_ARRAYS and name not in _OPAQUE:
                return self._outer(f"{path}.{name}")
            case Entry() | Accumulated():
                raise Final(f"the partial result {owner.name} is used inside the loop", always=True)
        if name in _OPAQUE:
            raise Final(f"uses .{name}", always=True)
        value = self.array(owner)
        if name == "shape":
            return Sequence(tuple(1 if axis is None else self._length(axis) for axis in value.axes))
        if name == "T" and len(value.axes) < 2 and not value.open:
            self.context.oddities += 2 if isinstance(node.value, ast.Call) else 1
        return functions.attribute(self.space, value, name)

    def _length(self, axis: Index) -> Size:
        extent = self.space.extents[axis]
        if extent.step != 1:
            raise Refused("the length of a strided slice is used")
        return extent.span

    def _subscript(self, node: ast.Subscript) -> Item:
        owner = self.item(node.value)
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if isinstance(owner, ShapeOf | Sequence):
            return self._part(owner, [self.item(part) for part in parts])
        if isinstance(owner, Stacked | Entry | Accumulated):
            raise Final("an unfinished result is used inside the loop", always=True)
        subscripts = [self.subscript(part) for part in parts]
        if isinstance(owner, Outer):
            self.context.check_ellipsis(owner.path, subscripts)
        elif isinstance(node.value, ast.Subscript) and isinstance(owner, Contraction):
            self.context.chained.update(access.array for access in accesses(owner.terms))
        whole = self.context.value(owner, used(subscripts))
        part = subscripted(self.space, whole, tuple(subscripts))
        if isinstance(owner, Outer) and not whole.open and None not in subscripts:
            self.context.saw_part(owner.path, part, subscripts)
        return forwarded(part, self.state, self.space)

    def _part(self, owner: ShapeOf | Sequence, parts: list[Item]) -> Item:
        if len(parts) != 1 or not isinstance(parts[0], int):
            raise Refused("a part of a shape or a tuple is not understood")
        if isinstance(owner, ShapeOf):
            return self.context.axis(owner.path, parts[0])
        if not -len(owner.items) <= parts[0] < len(owner.items):
            raise Refused("a tuple has too few items")
        return owner.items[parts[0]]

    def subscript(self, node: ast.expr) -> Size | slice | EllipsisType | None:
        """One subscript: an integer, a slice, None or Ellipsis."""
        item = self.item(node)
        match item:
            case Constant(value=None):
                return None
            case Constant(value=value) if value is ...:
                return ...
            case slice():
                return item
            case Outer(path=path):
                self.context.check_integer(path)
            case Contraction():
                raise Final("a subscript is data", node, always=True)
        if isinstance(item, Function) and item.names == {"numpy.newaxis"}:
            return None
        return self.context.size(item)

    def _slice(self, node: ast.Slice) -> Item:
        bounds = (node.lower, node.upper, node.step)
        sizes = [None if b is None or _is_none(b) else self.size(b) for b in bounds]
        return slice(*sizes)

    def _binary(self, node: ast.BinOp) -> Item:
        return self.binary(
            _OPERATORS.get(type(node.op), "?"), self.item(node.left), self.item(node.right)
        )

    def binary(self, operator: str, left: Item, right: Item) -> Item:
        """Arithmetic; what may be integers stays undecided until it is used."""
        if isinstance(left, Entry | Accumulated) and operator in "+-":
            return self._added(left, right, -1 if operator == "-" else 1)
        if isinstance(right, Entry | Accumulated) and operator == "+":
            return self._added(right, left, 1)
        if (
            operator in ("+", "-", "*")
            and self._may_be_integer(left)
            and self._may_be_integer(right)
        ):
            if _is_size(left) and _is_size(right):
                return self.context.size(Pending(operator, left, right))
            return Pending(operator, left, right)
        values = self.array(left), self.array(right)
        if operator == "**" and constant_of(values[1].terms) is None:
            always = isinstance(right, Polynomial)
            raise Final("Python and NumPy take powers of other numbers", always=always)
        if operator == "@":
            self.context.sensitive = self.context.contracting = self.context.matrices = True
            self.saw_operands([left, right])
            self.context.saw_contraction(*values)
        else:
            self.context.saw_elements(*values)
        return functions.binary(self.space, operator, *values)

    def saw_operands(self, items: Iterable[Item]) -> None:
        """Note the names that are operands of a product as they are."""
        for item in items:
            if isinstance(item, Outer) and item.path in self.context.ranks:
                self.context.saw_operand(item.path, self.context.ranks[item.path])

    def _added(self, to: Entry | Accumulated, item: Item, sign: int) -> Item:
        value = self.array(item)
        if sign < 0:
            value = functions.unary(self.space, "-", value)
        if isinstance(to, Accumulated):
            value = functions.binary(self.space, "+", to.added, value)
        return Accumulated(to.name, value, in_place=False)

    def _may_be_integer(self, item: Item) -> bool:
        if isinstance(item, Outer):
            return self.context.known.integer(item.path) is not None
        return _is_size(item) or isinstance(item, Pending)

    def _unary(self, node: ast.UnaryOp) -> Item:
        item = self.item(node.operand)
        if isinstance(node.op, ast.UAdd):
            return item
        if not isinstance(node.op, ast.USub):
            raise Refused("a condition is not understood")
        if self._may_be_integer(item):
            return self.binary("-", 0, item)
        return functions.unary(self.space, "-", self.array(item))

    def _compare(self, node: ast.Compare) -> Item:
        if len(node.ops) != 1 or type(node.ops[0]) not in _OPERATORS:
            raise Refused("a condition is not understood")
        left, right = self.value(node.left), self.value(node.comparators[0])
        return functions.binary(self.space, _OPERATORS[type(node.ops[0])], left, right)

    def _display(self, node: ast.Tuple | ast.List) -> Item:
        return Sequence(tuple(self.item(element) for element in node.elts))

    def _call(self, node: ast.Call) -> Item:
        return calls.call(self, node)

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> Item:
        from .comprehensions import comprehension

        return comprehension(self, node)

    def iterable(self, item: Item) -> Item:
        """What a loop over an item runs over."""
        return calls.iterable(item)


def _is_size(item: Item) -> bool:
    return isinstance(item, (int, Polynomial))


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _called(node: ast.expr) -> str:
    names = {
        ast.IfExp: "a conditional expression", ast.BoolOp: "a condition", ast.Lambda: "a lambda",
        ast.Dict: "a dict", ast.Set: "a set", ast.NamedExpr: "a walrus", ast.Await: "await",
        ast.JoinedStr: "an f-string", ast.Starred: "a starred expression", ast.Yield: "yield",
    }  # fmt: skip
    return names.get(type(node), type(node).__name__)


_HANDLERS: dict[type[ast.expr], Callable[..., Item]] = {
    ast.Constant: Evaluator._constant,
    ast.Name: Evaluator._name,
    ast.Attribute: Evaluator._attribute,
    ast.Subscript: Evaluator._subscript,
    ast.Slice: Evaluator._slice,
    ast.BinOp: Evaluator._binary,
    ast.UnaryOp: Evaluator._unary,
    ast.Compare: Evaluator._compare,
    ast.Tuple: Evaluator._display,
    ast.List: Evaluator._display,
    ast.Call: Evaluator._call,
    ast.ListComp: Evaluator._comprehension,
    ast.GeneratorExp: Evaluator._comprehension,
}


def used(subscripts: Iterable[object]) -> int:
    """How many axes subscripts take."""
    return sum(s is not None and s is not ... for s in subscripts)
