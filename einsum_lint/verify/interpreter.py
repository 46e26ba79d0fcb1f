"""Interprets statements on arrays of symbols, node by node: none of the text is executed."""

from __future__ import annotations

import ast
import builtins
import operator
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from types import SimpleNamespace
from typing import Any, Final

import numpy as np

from .elements import arithmetic, compared, indices, inverted, negated, symbols
from .known import BUILTINS
from .library import attribute, builtin, function, method
from .polynomials import Beyond, Poly, Ring, TooMuch
from .program import canonical, dotted

_STEPS: Final = 30_000
"""How many statements and iterations are interpreted at most."""

_OPERATORS: Final = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.FloorDiv: "//",
    ast.Mod: "%", ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^",
    ast.LShift: "<<", ast.RShift: ">>",
}  # fmt: skip
_COMPARISONS: Final = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip
_RELATIONS: Final[dict[type[ast.cmpop], Callable[[Any, Any], bool]]] = {
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}


class _Break(Exception):  # noqa: N818
    """A break statement."""


class _Continue(Exception):  # noqa: N818
    """A continue statement."""


class Interpreter:
    """Runs statements on ``names``, which it changes."""

    def __init__(self, names: dict[str, Any], modules: Mapping[str, str], ring: Ring) -> None:
        self._names = names
        self._modules = modules
        self._ring = ring
        self._steps = 0

    def run(self, tree: ast.Module) -> None:
        """Run all statements; Beyond where that takes more than symbols."""
        self._block(tree.body)

    def _block(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self._step()
            self._statement(statement)

    def _step(self) -> None:
        self._steps += 1
        if self._steps > _STEPS:
            raise TooMuch("too many steps")

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.AugAssign():
                self._augmented(node)
            case ast.Assign(targets=targets, value=value):
                result = self._value(value)
                for target in targets:
                    self._bind(target, result)
            case ast.For() | ast.While():
                self._loop(node)
            case ast.If(test=test, body=body, orelse=orelse):
                self._block(body if self._true(test) else orelse)
            case ast.Expr(value=value):
                self._value(value)
            case ast.Break():
                raise _Break
            case ast.Continue():
                raise _Continue
            case ast.Pass():
                pass
            case _:
                raise Beyond(type(node).__name__)

    def _loop(self, node: ast.For | ast.While) -> None:
        for _ in self._rounds(node):
            self._step()
            try:
                self._block(node.body)
            except _Continue:
                continue
            except _Break:
                return
        self._block(node.orelse)

    def _rounds(self, node: ast.For | ast.While) -> Iterator[None]:
        if isinstance(node, ast.While):
            while self._true(node.test):
                yield
            return
        for item in self._value(node.iter):
            self._bind(node.target, item)
            yield

    def _true(self, node: ast.expr) -> bool:
        return self._truth(self._value(node))

    def _truth(self, value: Any) -> bool:
        if isinstance(value, np.ndarray):
            raise Beyond("a condition on an array")
        return bool(value)

    def _bind(self, target: ast.expr, value: Any) -> None:
        match target:
            case ast.Name(id=name):
                self._names[name] = value
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                if any(isinstance(t, ast.Starred) for t in targets):
                    raise Beyond("a starred target")
                for one, item in zip(targets, list(value), strict=True):
                    self._bind(one, item)
            case ast.Subscript(value=holder, slice=index):
                _store(self._value(holder), self._index(index), value)
            case ast.Attribute(value=holder, attr=name):
                setattr(self._value(holder), name, value)
            case _:
                raise Beyond(type(target).__name__)

    def _augmented(self, node: ast.AugAssign) -> None:
        """``target op= value``, which changes an array or a list in place."""
        sign = _OPERATORS[type(node.op)]
        if isinstance(node.target, ast.Subscript):
            holder, index = self._value(node.target.value), self._index(node.target.slice)
            old = holder[index]
            _store(holder, index, self._changed(sign, old, self._value(node.value)))
            return
        old = self._value(node.target)
        self._bind(node.target, self._changed(sign, old, self._value(node.value)))

    def _changed(self, sign: str, old: Any, value: Any) -> Any:
        if isinstance(old, list):
            old += value
            return old
        result = arithmetic(self._ring, sign, old, value)
        if not isinstance(old, np.ndarray):
            return result
        if np.shape(result) != old.shape:
            raise ValueError("the shapes do not fit")
        old[...] = result
        return old

    def _value(self, node: ast.expr) -> Any:
        return _EXPRESSIONS[type(node)](self, node)

    def _constant(self, node: ast.Constant) -> Any:
        if isinstance(node.value, float):
            return Fraction(repr(node.value)) if abs(node.value) < float("inf") else node.value
        return self._ring.poly(node.value) if isinstance(node.value, complex) else node.value

    def _name(self, node: ast.Name) -> Any:
        if node.id in self._names:
            return self._names[node.id]
        known = canonical(node, self._modules)
        if known is not None:
            return attribute(self._ring, None, known)
        if node.id in BUILTINS:
            return getattr(builtins, node.id)
        raise NameError(node.id)

    def _attribute(self, node: ast.Attribute) -> Any:
        known = canonical(node, self._modules)
        if known is not None and (dotted(node) or "").partition(".")[0] not in self._names:
            return attribute(self._ring, None, known)
        holder = self._value(node.value)
        if isinstance(holder, SimpleNamespace):
            return getattr(holder, node.attr)
        return attribute(self._ring, holder, node.attr)

    def _binary(self, node: ast.BinOp) -> Any:
        left, right = self._value(node.left), self._value(node.right)
        return arithmetic(self._ring, _OPERATORS[type(node.op)], left, right)

    def _unary(self, node: ast.UnaryOp) -> Any:
        value = self._value(node.operand)
        match node.op:
            case ast.Not():
                return not self._truth(value)
            case ast.USub():
                return negated(value)
            case ast.Invert():
                return inverted(value)
        return value

    def _boolean(self, node: ast.BoolOp) -> Any:
        stop = isinstance(node.op, ast.Or)
        value: Any = None
        for part in node.values:
            value = self._value(part)
            if self._truth(value) == stop:
                break
        return value

    def _compare(self, node: ast.Compare) -> Any:
        left = self._value(node.left)
        result: Any = True
        for number, (sign, part) in enumerate(zip(node.ops, node.comparators, strict=True)):
            right = self._value(part)
            if type(sign) in _RELATIONS:
                result = _RELATIONS[type(sign)](left, right)
            elif type(sign) in _COMPARISONS:
                result = compared(self._ring, _COMPARISONS[type(sign)], left, right)
            else:
                raise Beyond("a test of membership")
            if number + 1 < len(node.ops) and not self._truth(result):
                break
            left = right
        return result

    def _conditional(self, node: ast.IfExp) -> Any:
        return self._value(node.body if self._true(node.test) else node.orelse)

    def _call(self, node: ast.Call) -> Any:
        arguments = [v for a in node.args for v in self._argument(a)]
        keywords = {k.arg: self._value(k.value) for k in node.keywords if k.arg is not None}
        root = (dotted(node.func) or "").partition(".")[0]
        known = None if root in self._names else canonical(node.func, self._modules)
        if known is not None:
            return function(self._ring, known, arguments, keywords)
        if isinstance(node.func, ast.Attribute):
            holder = self._value(node.func.value)
            return method(self._ring, holder, node.func.attr, arguments, keywords)
        return builtin(self._ring, root, arguments, keywords)

    def _argument(self, node: ast.expr) -> list[Any]:
        if isinstance(node, ast.Starred):
            return list(self._value(node.value))
        return [self._value(node)]

    def _subscript(self, node: ast.Subscript) -> Any:
        holder, index = self._value(node.value), self._index(node.slice)
        if not isinstance(holder, (np.ndarray, list, tuple, range)):
            raise Beyond("a subscript of something else than an array")
        return holder[index]

    def _index(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Tuple):
            return tuple(self._index(part) for part in node.elts)
        if isinstance(node, ast.Slice):
            parts = (node.lower, node.upper, node.step)
            return slice(*(None if part is None else indices(self._value(part)) for part in parts))
        return indices(self._value(node))

    def _tuple(self, node: ast.Tuple) -> Any:
        return tuple(v for part in node.elts for v in self._argument(part))

    def _list(self, node: ast.List) -> Any:
        return [v for part in node.elts for v in self._argument(part)]

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> list[Any]:
        """The items; a generator is run through at once, as what it yields has no side effects."""
        outer = dict(self._names)
        items: list[Any] = []
        self._generate(node, 0, items)
        for name in self._names.keys() - outer.keys():
            del self._names[name]
        self._names.update(outer)
        return items

    def _generate(
        self, node: ast.ListComp | ast.GeneratorExp, level: int, items: list[Any]
    ) -> None:
        if level == len(node.generators):
            items.append(self._value(node.elt))
            return
        part = node.generators[level]
        for item in self._value(part.iter):
            self._step()
            self._bind(part.target, item)
            if all(self._true(test) for test in part.ifs):
                self._generate(node, level + 1, items)


_EXPRESSIONS: Final[dict[type[ast.expr], Callable[[Interpreter, Any], Any]]] = {
    ast.Constant: Interpreter._constant,
    ast.Name: Interpreter._name,
    ast.Attribute: Interpreter._attribute,
    ast.BinOp: Interpreter._binary,
    ast.UnaryOp: Interpreter._unary,
    ast.BoolOp: Interpreter._boolean,
    ast.Compare: Interpreter._compare,
    ast.IfExp: Interpreter._conditional,
    ast.Call: Interpreter._call,
    ast.Subscript: Interpreter._subscript,
    ast.Tuple: Interpreter._tuple,
    ast.List: Interpreter._list,
    ast.ListComp: Interpreter._comprehension,
    ast.GeneratorExp: Interpreter._comprehension,
}


def _store(holder: Any, index: Any, value: Any) -> None:
    """``holder[index] = value``; an element of an array of numbers is a number."""
    if not isinstance(holder, np.ndarray):
        holder[index] = value
        return
    if isinstance(value, (list, tuple)):
        value = symbols(value)
    one = not isinstance(holder[index], np.ndarray)
    if one and isinstance(value, np.ndarray) and value.ndim:
        raise ValueError("an array is stored into an element")
    holder[index] = value if isinstance(value, (np.ndarray, Poly)) or one else symbols(value)
