"""The value of an expression, evaluated forward and without running it."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ..bindings import Comprehension
from ..shapes import ArrayFact, Origin, Shape
from ..trees import arguments_in_order, children
from . import arithmetic
from .arguments import Arguments
from .binding import bind
from .calls import is_pure, result_of
from .elements import element_of, iterable_of
from .evidence import Arm
from .indexing import Axis, indexed, indexed_unknown, item_of
from .joiners import joined
from .methods import attribute
from .operands import resolved
from .parts import axes_of, index_identity, index_value, least_rank
from .requirements import required
from .scope import Scope
from .syntax import indices, target_names, tested, unstarred
from .values import (
    UNKNOWN,
    Constant,
    Display,
    Each,
    LocalFunction,
    Many,
    Reference,
    ShapeOf,
    Value,
    join,
    sized,
)

Recognise = Callable[[ast.Call, Value, Arguments], Value | None]
"""Asked of every call, with its callee and arguments: the result, if it knows the call."""

Demand = Callable[[Origin, int], None]
"""Told that what runs only runs when the object with this origin has this rank."""

Text = Callable[[ast.expr], str]
"""The source text of an expression that stands in no f-string."""

_ELEMENTWISE = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)


class Evaluator:
    """Evaluates the expressions of one file, each once, and shows each call to ``recognise``.

    ``scope`` is where names are looked up; the walker sets it.  What runs later than it stands
    there (a lambda, a generator) is put in ``deferred`` with its scope.  ``quoted`` says that the
    walk is inside an f-string, whose parts have no position before Python 3.12.
    """

    def __init__(self, scope: Scope, recognise: Recognise, demand: Demand, text: Text) -> None:
        self.scope = scope
        self.recognise = recognise
        self.demand = demand
        self.text = text
        self.quoted = False
        self.arms: tuple[Arm, ...] = ()
        self.forks = itertools.count()
        """A number for each statement or expression that has arms."""
        self.deferred: list[tuple[ast.Lambda | ast.GeneratorExp, Scope, bool]] = []

    def value(self, node: ast.expr) -> Value:
        """The value of an expression at the point that the walk has reached."""
        handler = _HANDLERS.get(type(node))
        if handler is not None:
            return handler(self, node)
        self.parts(node)
        return UNKNOWN

    def again(self, node: ast.expr) -> Value:
        """The value of an expression of a statement that was evaluated: nothing is found in it."""
        outside = (self.recognise, self.demand, self.deferred)
        self.recognise, self.demand, self.deferred = _unrecognised, _undemanded, []
        value = self.value(node)
        self.recognise, self.demand, self.deferred = outside
        return value

    def parts(self, node: ast.AST) -> None:
        """Evaluate what stands inside a node of no interest itself, for the calls in it."""
        for child in children(node):
            if isinstance(child, ast.expr):
                self.value(child)
            else:
                self.parts(child)

    def bind(self, target: ast.expr, value: Value) -> None:
        """Assign a value to a target: a name, an unpacking, an attribute or an element."""
        bind(self, target, value)

    def _name(self, node: ast.Name) -> Value:
        return resolved(self.scope.lookup(node.id))

    def _constant(self, node: ast.Constant) -> Value:
        number = node.value if isinstance(node.value, int) else 0
        # Of some thousand digits Python makes no text; nor is it a size.
        return Constant(node.value) if number < arithmetic.LARGEST else UNKNOWN

    def _formatted(self, node: ast.JoinedStr) -> Value:
        """An f-string is constant when each of its parts is, without formats or conversions."""
        outside, self.quoted = self.quoted, True
        parts = [self._formatted_part(part) for part in node.values]
        self.quoted = outside
        return Constant("".join(filter(None, parts))) if None not in parts else UNKNOWN

    def _formatted_part(self, part: ast.expr) -> str | None:
        if not isinstance(part, ast.FormattedValue):
            return str(part.value) if isinstance(part, ast.Constant) else None
        value = self.value(part.value)
        if part.format_spec is not None:
            self.value(part.format_spec)
        match value:
            case Constant(value=str() | int() as known):
                plain = part.format_spec is None and part.conversion < 0
                return str(known) if plain else None
        return None

    def _display(self, node: ast.Tuple | ast.List) -> Value:
        items = [self.value(unstarred(element)) for element in node.elts]
        if any(isinstance(element, ast.Starred) for element in node.elts):
            return UNKNOWN
        return Display(tuple(items), isinstance(node, ast.Tuple))

    def _dict(self, node: ast.Dict) -> Value:
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                self.value(key)
            self.value(value)
        return UNKNOWN

    def _attribute(self, node: ast.Attribute) -> Value:
        return self.attribute_of(self.value(node.value), node.attr)

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

    def _subscript(self, node: ast.Subscript) -> Value:
        owner = self.value(node.value)
        if isinstance(owner, Reference):
            return joined(owner, [index_value(index, self.value) for index in indices(node)])
        axes = axes_of(node, self.value)
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

    def set_item(self, node: ast.Subscript) -> None:
        """``x[i] = value``: an array keeps its shape, another object has other items now."""
        owner = self.value(node.value)
        axes = axes_of(node, self.value)
        if isinstance(owner, ArrayFact) and owner.origin is not None and owner.shape.open:
            self._learn_least(owner, owner.origin, axes)
            self.scope.forget_items(owner.origin)

    def _learn_least(self, owner: ArrayFact, origin: Origin, axes: Sequence[Axis]) -> None:
        """Let ``x[i, j]`` say that ``x`` has two axes or more."""
        least = least_rank(axes)
        if least > max(1, len(owner.shape.dims)):
            self.scope.refine(origin, Shape((None,) * least, open=True))

    def _part(
        self, owner: ArrayFact, origin: Origin, axes: Sequence[Axis], node: ast.Subscript
    ) -> Value:
        """An element or a slice of an unknown object: a sequence, or an array of unknown rank."""
        self._learn_least(owner, origin, axes)
        known = indexed_unknown(owner, origin, axes)
        if known is not None:
            return known
        which = index_identity(node, self.value)
        text = ast.unparse if self.quoted else self.text
        return self.scope.part(origin, f"[{','.join(map(text, indices(node)))}]", which)

    def _binary(self, node: ast.BinOp) -> Value:
        chain: list[ast.BinOp] = []  # long sums nest to the left, too deep to recurse
        leftmost: ast.expr = node
        while isinstance(leftmost, ast.BinOp):
            chain.append(leftmost)
            leftmost = leftmost.left
        value = self.value(leftmost)
        for operation in reversed(chain):
            value = arithmetic.binary(operation.op, value, self.value(operation.right))
        return value

    def _unary(self, node: ast.UnaryOp) -> Value:
        return arithmetic.unary(node.op, self.value(node.operand))

    def _comparison(self, node: ast.Compare) -> Value:
        left = self.value(node.left)
        rights = [self.value(comparator) for comparator in node.comparators]
        if len(rights) == 1 and isinstance(node.ops[0], _ELEMENTWISE):
            return arithmetic.comparison(left, rights[0])
        return UNKNOWN

    def _conditional(self, node: ast.IfExp) -> Value:
        self.value(node.test)
        tests, before = tested(node.test), self.scope.fork()
        fork = next(self.forks)
        body = self._perhaps(node.body, Arm(fork, 0, tests))
        after = self.scope.swap(before)
        orelse = self._perhaps(node.orelse, Arm(fork, 1, tests))
        self.scope.merge(after)
        return join(body, orelse)

    def _boolean(self, node: ast.BoolOp) -> Value:
        first, *others = node.values
        self.value(first)
        tests = tested(first)
        for other in others:
            before = self.scope.fork()
            self._perhaps(other, Arm(next(self.forks), 0, tests))
            self.scope.merge(before)
            tests |= tested(other)
        return UNKNOWN

    def _perhaps(self, node: ast.expr, arm: Arm) -> Value:
        """The value of what is evaluated on one of the ways through an expression."""
        outside = self.arms
        self.arms = (*outside, arm)
        value = self.value(node)
        self.arms = outside
        return value

    def _walrus(self, node: ast.NamedExpr) -> Value:
        value = self.value(node.value)
        self.bind(node.target, value)
        return value

    def _later(self, node: ast.Lambda | ast.GeneratorExp) -> Value:
        if isinstance(node, ast.Lambda):
            self.parts(node.args)
        self.deferred.append((node, self.scope, self.quoted))
        return UNKNOWN

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp) -> Value:
        item = self.comprehension(node)
        return Many(item) if isinstance(node, ast.ListComp) else UNKNOWN

    def comprehension(self, node: Comprehension) -> Value:
        """Evaluate what is in a comprehension, in a scope of its own: what each item is."""
        item: Value = UNKNOWN
        targets = {name for clause in node.generators for name in target_names(clause.target)}
        outer = self.scope
        inner = replace(outer, flow=outer.fork(), ever=dict(outer.ever))
        self.scope = inner
        for clause in node.generators:
            self.bind(clause.target, element_of(self.value(clause.iter), self.scope))
            for condition in clause.ifs:
                self.value(condition)
        if isinstance(node, ast.DictComp):
            self.value(node.key)
            self.value(node.value)
        else:
            item = self.value(node.elt)
        self.scope = outer
        if inner.flow is not None and outer.flow is not None:  # a walrus binds outside of it
            bound = inner.ever.items()
            outer.blur({n for n, v in bound if outer.ever.get(n) != v} - targets)
        return item

    def arguments(self, node: ast.Call) -> Arguments:
        """The arguments of a call, evaluated in the order of the text."""
        args: list[Value] = []
        keywords: dict[str, Value] = {}
        complete = True
        for argument in arguments_in_order(node):
            match argument:
                case ast.keyword(arg=str(name), value=inner):
                    keywords[name] = self.value(inner)
                case ast.keyword(value=inner) | ast.Starred(value=inner):
                    self.value(inner)
                    complete = False
                case ast.expr():
                    value = self.value(argument)
                    if complete:
                        args.append(value)
        return Arguments(tuple(args), keywords, complete)

    def _call(self, node: ast.Call) -> Value:
        owner: Value = UNKNOWN
        if isinstance(node.func, ast.Attribute):
            owner = self.value(node.func.value)
            callee = self.attribute_of(owner, node.func.attr)
        else:
            callee = self.value(node.func)
        arguments = self.arguments(node)
        if isinstance(callee, LocalFunction) and callee.bound:
            args = (owner, *arguments.args)
            arguments = Arguments(args, arguments.keywords, arguments.complete)
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


def _unrecognised(call: ast.Call, callee: Value, arguments: Arguments) -> None:
    return None


def _undemanded(origin: Origin, rank: int) -> None:
    return None


_HANDLERS: dict[type[ast.AST], Callable[[Evaluator, Any], Value]] = {
    ast.Name: Evaluator._name,
    ast.Constant: Evaluator._constant,
    ast.JoinedStr: Evaluator._formatted,
    ast.Tuple: Evaluator._display,
    ast.List: Evaluator._display,
    ast.Dict: Evaluator._dict,
    ast.Attribute: Evaluator._attribute,
    ast.BinOp: Evaluator._binary,
    ast.UnaryOp: Evaluator._unary,
    ast.Compare: Evaluator._comparison,
    ast.IfExp: Evaluator._conditional,
    ast.BoolOp: Evaluator._boolean,
    ast.Subscript: Evaluator._subscript,
    ast.NamedExpr: Evaluator._walrus,
    ast.Lambda: Evaluator._later,
    ast.GeneratorExp: Evaluator._later,
    ast.ListComp: Evaluator._comprehension,
    ast.SetComp: Evaluator._comprehension,
    ast.DictComp: Evaluator._comprehension,
    ast.Call: Evaluator._call,
}
