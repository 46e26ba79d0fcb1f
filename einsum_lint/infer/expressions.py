"""The value of an expression, evaluated forward and without running it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import libcst as cst

from ..concrete import parts
from ..shapes import ArrayFact, Origin, Shape
from . import arithmetic
from .arguments import Arguments
from .binding import bind
from .calls import is_pure, result_of
from .elements import element_of, iterable_of
from .evidence import Arm
from .indexing import Axis, axis_of, indexed, indexed_unknown, item_of
from .joiners import joined
from .methods import attribute
from .operands import resolved
from .parts import index_identity, index_text, least_rank
from .requirements import required
from .scope import Scope
from .syntax import clauses, target_names, tested
from .values import (
    UNKNOWN,
    Constant,
    Display,
    Each,
    LocalFunction,
    Many,
    Reference,
    ShapeOf,
    SliceValue,
    Value,
    join,
    sized,
)

Recognise = Callable[[cst.Call, Value, Arguments], Value | None]
"""Asked of every call, with its callee and arguments: the result, if it knows the call."""

Demand = Callable[[Origin, int], None]
"""Told that what runs only runs when the object with this origin has this rank."""

_NAMED = {"True": Constant(True), "False": Constant(False), "None": Constant(None)}
_ELEMENTWISE = (
    cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual,
    cst.Equal, cst.NotEqual,
)  # fmt: skip


class Evaluator:
    """Evaluates the expressions of one file, each once, and shows each call to ``recognise``.

    ``scope`` is where names are looked up; the walker sets it.  What runs later than it stands
    there (a lambda, a generator) is put in ``deferred`` with its scope.
    """

    def __init__(self, scope: Scope, recognise: Recognise, demand: Demand) -> None:
        self.scope = scope
        self.recognise = recognise
        self.demand = demand
        self.arms: tuple[Arm, ...] = ()
        self.forks = itertools.count()
        """A number for each statement or expression that has arms."""
        self.deferred: list[tuple[cst.Lambda | cst.GeneratorExp, Scope]] = []

    def value(self, node: cst.BaseExpression) -> Value:
        """The value of an expression at the point that the walk has reached."""
        handler = _HANDLERS.get(type(node))
        if handler is not None:
            return handler(self, node)
        self.parts(node)
        return UNKNOWN

    def parts(self, node: cst.CSTNode) -> None:
        """Evaluate what stands inside a node of no interest itself, for the calls in it."""
        for child in parts(node):
            if isinstance(child, cst.BaseExpression):
                self.value(child)
            else:
                self.parts(child)

    def bind(self, target: cst.CSTNode, value: Value) -> None:
        """Assign a value to a target: a name, an unpacking, an attribute or an element."""
        bind(self, target, value)

    def _name(self, node: cst.Name) -> Value:
        return _NAMED.get(node.value) or resolved(self.scope.lookup(node.value))

    def _ellipsis(self, node: cst.Ellipsis) -> Value:
        return Constant(...)

    def _number(self, node: cst.Integer | cst.Float | cst.Imaginary) -> Value:
        if isinstance(node, cst.Float):
            return Constant(float(node.value))
        return Constant(int(node.value) if node.value.isdecimal() else node.evaluated_value)

    def _string(self, node: cst.SimpleString) -> Value:
        if (
            node.value[0] in "'\"" and "\\" not in node.value
        ):  # the usual case, at a tenth of the cost
            quotes = len(node.quote)
            return Constant(node.value[quotes:-quotes])
        return Constant(node.evaluated_value)

    def _concatenated(self, node: cst.ConcatenatedString) -> Value:
        match self.value(node.left), self.value(node.right):
            case Constant(value=str(one)), Constant(value=str(other)):
                return Constant(one + other)
        return UNKNOWN

    def _formatted(self, node: cst.FormattedString) -> Value:
        """An f-string is constant when each of its parts is, without formats or conversions."""
        text = ""
        constant = True
        for part in node.parts:
            if isinstance(part, cst.FormattedStringText):
                plain = "\\" not in part.value or "r" in node.prefix.lower()
                constant = constant and plain
                text += part.value.replace("{{", "{").replace("}}", "}")
                continue
            if not isinstance(part, cst.FormattedStringExpression):
                return UNKNOWN
            value = self.value(part.expression)
            if part.format_spec or part.conversion or part.equal:
                constant = False
                if part.format_spec:
                    for inner in part.format_spec:
                        self.parts(inner)
            match value:
                case Constant(value=str() | int() as known):
                    text += str(known)
                case _:
                    constant = False
        return Constant(text) if constant else UNKNOWN

    def _display(self, node: cst.Tuple | cst.List) -> Value:
        items = [self.value(element.value) for element in node.elements]
        if any(isinstance(element, cst.StarredElement) for element in node.elements):
            return UNKNOWN
        return Display(tuple(items), isinstance(node, cst.Tuple))

    def _attribute(self, node: cst.Attribute) -> Value:
        return self.attribute_of(self.value(node.value), node.attr.value)

    def attribute_of(self, owner: Value, name: str) -> Value:
        """What an attribute of a value is."""
        match owner:
            case Reference():
                return resolved(owner.attribute(name))
            case ArrayFact() if name == "shape":
                if owner.shape.open:
                    return ShapeOf(owner)
                sizes = [self.scope.size(owner, k) for k in range(len(owner.shape.dims))]
                return Display(tuple(sized(size) for size in sizes), is_tuple=True)
            case ArrayFact() if name == "ndim" and owner.shape.rank is not None:
                return Constant(owner.shape.rank)
            case ArrayFact():
                known = attribute(owner, name)
                if known is UNKNOWN and owner.origin is not None and owner.shape.open:
                    return self.scope.part(owner.origin, f".{name}")
                return known
        return UNKNOWN

    def _subscript(self, node: cst.Subscript) -> Value:
        owner = self.value(node.value)
        if isinstance(owner, Reference):
            return joined(owner, [self._index(element.slice) for element in node.slice])
        axes = self._axes(node)
        if isinstance(owner, Each) and len(axes) == 1 and isinstance(axes[0], int):
            return owner.item
        if isinstance(owner, ShapeOf) and len(axes) == 1 and isinstance(axes[0], int):
            return sized(self.scope.size(owner.array, axes[0]))
        if isinstance(owner, Display) and len(axes) == 1:
            return item_of(owner, axes[0])
        if not isinstance(owner, ArrayFact):
            return UNKNOWN
        if owner.shape.open and owner.origin is not None:
            return self._part(owner, owner.origin, axes, node)
        return indexed(owner, axes)

    def set_item(self, node: cst.Subscript) -> None:
        """``x[i] = value``: an array keeps its shape, another object has other items now."""
        owner = self.value(node.value)
        axes = self._axes(node)
        if isinstance(owner, ArrayFact) and owner.origin is not None and owner.shape.open:
            self._learn_least(owner, owner.origin, axes)
            self.scope.forget_items(owner.origin)

    def _learn_least(self, owner: ArrayFact, origin: Origin, axes: Sequence[Axis]) -> None:
        """Let ``x[i, j]`` say that ``x`` has two axes or more."""
        least = least_rank(axes)
        if least > max(1, len(owner.shape.dims)):
            self.scope.refine(origin, Shape((None,) * least, open=True))

    def _axes(self, node: cst.Subscript) -> list[Axis]:
        """What each index does to the axes, its expression evaluated."""
        values = [self._index(element.slice) for element in node.slice]
        match values:
            case [Display(items=items, is_tuple=True)]:
                return [axis_of(value) for value in items]
        return [axis_of(value) for value in values]

    def _index(self, index: cst.BaseSlice) -> Value:
        """The value of one index."""
        if isinstance(index, cst.Slice):
            bounds = (index.lower, index.upper, index.step)
            given = [None if bound is None else self.value(bound) for bound in bounds]
            return SliceValue(given[0], given[1], given[2])
        assert isinstance(index, cst.Index)
        return self.value(index.value)

    def _part(
        self, owner: ArrayFact, origin: Origin, axes: Sequence[Axis], node: cst.Subscript
    ) -> Value:
        """An element or a slice of an unknown object: a sequence, or an array of unknown rank."""
        self._learn_least(owner, origin, axes)
        known = indexed_unknown(owner, origin, axes)
        if known is not None:
            return known
        which = index_identity(node, self.value)
        return self.scope.part(origin, f"[{index_text(node)}]", which)

    def _binary(self, node: cst.BinaryOperation) -> Value:
        chain: list[cst.BinaryOperation] = []  # long sums nest to the left, too deep to recurse
        leftmost: cst.BaseExpression = node
        while isinstance(leftmost, cst.BinaryOperation):
            chain.append(leftmost)
            leftmost = leftmost.left
        value = self.value(leftmost)
        for operation in reversed(chain):
            value = arithmetic.binary(operation.operator, value, self.value(operation.right))
        return value

    def _unary(self, node: cst.UnaryOperation) -> Value:
        return arithmetic.unary(node.operator, self.value(node.expression))

    def _comparison(self, node: cst.Comparison) -> Value:
        left = self.value(node.left)
        rights = [self.value(target.comparator) for target in node.comparisons]
        if len(rights) == 1 and isinstance(node.comparisons[0].operator, _ELEMENTWISE):
            return arithmetic.comparison(left, rights[0])
        return UNKNOWN

    def _conditional(self, node: cst.IfExp) -> Value:
        self.value(node.test)
        tests, before = tested(node.test), self.scope.fork()
        fork = next(self.forks)
        body = self._perhaps(node.body, Arm(fork, 0, tests))
        after = self.scope.swap(before)
        orelse = self._perhaps(node.orelse, Arm(fork, 1, tests))
        self.scope.merge(after)
        return join(body, orelse)

    def _boolean(self, node: cst.BooleanOperation) -> Value:
        self.value(node.left)
        before = self.scope.fork()
        self._perhaps(node.right, Arm(next(self.forks), 0, tested(node.left)))
        self.scope.merge(before)
        return UNKNOWN

    def _perhaps(self, node: cst.BaseExpression, arm: Arm) -> Value:
        """The value of what is evaluated on one of the ways through an expression."""
        outside = self.arms
        self.arms = (*outside, arm)
        value = self.value(node)
        self.arms = outside
        return value

    def _walrus(self, node: cst.NamedExpr) -> Value:
        value = self.value(node.value)
        self.bind(node.target, value)
        return value

    def _later(self, node: cst.Lambda | cst.GeneratorExp) -> Value:
        if isinstance(node, cst.Lambda):
            self.parts(node.params)
        self.deferred.append((node, self.scope))
        return UNKNOWN

    def _comprehension(self, node: cst.ListComp | cst.SetComp | cst.DictComp) -> Value:
        item = self.comprehension(node)
        return Many(item) if isinstance(node, cst.ListComp) else UNKNOWN

    def comprehension(self, node: cst.BaseComp) -> Value:
        """Evaluate what is in a comprehension, in a scope of its own: what each item is."""
        item: Value = UNKNOWN
        targets = {name for clause in clauses(node.for_in) for name in target_names(clause.target)}
        outer = self.scope
        inner = replace(outer, flow=outer.fork(), ever=dict(outer.ever))
        self.scope = inner
        for clause in clauses(node.for_in):
            self.bind(clause.target, element_of(self.value(clause.iter), self.scope))
            for condition in clause.ifs:
                self.value(condition.test)
        if isinstance(node, cst.DictComp):
            self.value(node.key)
            self.value(node.value)
        elif isinstance(node, (cst.ListComp, cst.SetComp, cst.GeneratorExp)):
            item = self.value(node.elt)
        self.scope = outer
        if inner.flow is not None and outer.flow is not None:  # a walrus binds outside of it
            bound = inner.ever.items()
            outer.blur({n for n, v in bound if outer.ever.get(n) != v} - targets)
        return item

    def arguments(self, node: cst.Call) -> Arguments:
        """The arguments of a call, evaluated in the order of the text."""
        args: list[Value] = []
        keywords: dict[str, Value] = {}
        complete = True
        for argument in node.args:
            value = self.value(argument.value)
            if argument.star:
                complete = False
            elif argument.keyword is not None:
                keywords[argument.keyword.value] = value
            elif complete:
                args.append(value)
        return Arguments(tuple(args), keywords, complete)

    def _call(self, node: cst.Call) -> Value:
        owner: Value = UNKNOWN
        if isinstance(node.func, cst.Attribute):
            owner = self.value(node.func.value)
            callee = self.attribute_of(owner, node.func.attr.value)
        else:
            callee = self.value(node.func)
        arguments = self.arguments(node)
        if isinstance(callee, LocalFunction) and callee.bound:
            given = (owner, *arguments.args)
            arguments = Arguments(given, arguments.keywords, arguments.complete)
        known = self.recognise(node, callee, arguments)
        if known is not None:
            if isinstance(callee, LocalFunction):
                self._may_change(*arguments.args, *arguments.keywords.values())
            return known
        if isinstance(callee, Reference) and len(callee.names) == 1:
            iterable = iterable_of(next(iter(callee.names)), arguments, self.scope)
            if iterable is not None:
                return iterable
        if not is_pure(callee):
            self._may_change(owner, *arguments.args, *arguments.keywords.values())
        result = result_of(callee, arguments)
        for array, rank in required(callee, arguments, result):
            self._learn_rank(array, rank)
        return result

    def _learn_rank(self, array: Value, rank: int) -> None:
        """Note that an object has this rank, or what was evaluated raises."""
        if not isinstance(array, ArrayFact) or array.origin is None or not array.shape.open:
            return
        if len(array.shape.dims) <= rank:
            self.demand(array.origin, rank)
            self.scope.settle(array.origin, rank)

    def _may_change(self, *values: Value) -> None:
        """Forget the parts of objects that a call receives."""
        for value in values:
            if isinstance(value, ArrayFact) and value.origin is not None:
                self.scope.forget_parts(value.origin.root)


_HANDLERS: dict[type[cst.CSTNode], Callable[[Evaluator, Any], Value]] = {
    cst.Name: Evaluator._name,
    cst.Ellipsis: Evaluator._ellipsis,
    cst.Integer: Evaluator._number,
    cst.Float: Evaluator._number,
    cst.Imaginary: Evaluator._number,
    cst.SimpleString: Evaluator._string,
    cst.ConcatenatedString: Evaluator._concatenated,
    cst.FormattedString: Evaluator._formatted,
    cst.Tuple: Evaluator._display,
    cst.List: Evaluator._display,
    cst.Attribute: Evaluator._attribute,
    cst.BinaryOperation: Evaluator._binary,
    cst.UnaryOperation: Evaluator._unary,
    cst.Comparison: Evaluator._comparison,
    cst.IfExp: Evaluator._conditional,
    cst.BooleanOperation: Evaluator._boolean,
    cst.Subscript: Evaluator._subscript,
    cst.NamedExpr: Evaluator._walrus,
    cst.Lambda: Evaluator._later,
    cst.GeneratorExp: Evaluator._later,
    cst.ListComp: Evaluator._comprehension,
    cst.SetComp: Evaluator._comprehension,
    cst.DictComp: Evaluator._comprehension,
    cst.Call: Evaluator._call,
}
