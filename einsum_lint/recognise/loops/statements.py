"""The statements of one round, executed on symbols."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from ...contraction import Access, Contraction, Index, Size, Sum, index_size, indices_of, substitute
from ..products import functions
from ..products.indexing import subscripted
from ..products.space import Refused
from .context import Context
from .expressions import Evaluator, used
from .forwarding import apart, matched, occurrences
from .items import Accumulated, Appended, Entry, Gone, Item, Local, Outer, Stacked
from .refusal import Final
from .state import Cell, State

_OPERATORS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}


class Machine:
    """Runs statements in a state, which it changes; what it can't follow is Refused."""

    def __init__(self, context: Context, state: State) -> None:
        self.context, self.state = context, state
        self.evaluator = Evaluator(context, state)

    def run(self, body: Sequence[ast.stmt]) -> None:
        """Run statements one after the other."""
        for statement in body:
            try:
                self._statement(statement)
            except Refused as refused:
                if refused.node is None:
                    refused.node = statement
                raise

    def _statement(self, node: ast.stmt) -> None:
        self.evaluator.sums.clear()
        match node:
            case ast.Assign(targets=[target], value=value):
                self._assign(target, self.evaluator.item(value))
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, self.evaluator.item(value))
            case ast.AugAssign(target=target, op=op, value=value):
                self._augment(target, _OPERATORS.get(type(op), "?"), value)
            case ast.For() | ast.While():
                from .rounds import run_loop

                run_loop(self, node)
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="append"), args=[value]) as call):
                self._append(call, value)
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case ast.Break() | ast.Continue() | ast.Return() | ast.Raise():
                raise Final("the loop may end early", node, always=True)
            case ast.If():
                raise Final("what happens depends on a condition", node, always=True)
            case ast.Assign():
                raise Final("several targets are assigned at once", node, always=True)
            case ast.Expr(value=ast.Call(func=func)):
                raise Final(f"calls {ast.unparse(func)}", node)
            case _:
                raise Final(f"{type(node).__name__.lower()} is not understood", node)

    def _assign(self, target: ast.expr, item: Item) -> None:
        match target:
            case ast.Name(id=name):
                self._bind(name, item)
            case ast.Tuple() | ast.List():
                from .spaces import bindings

                for name, inner in bindings(target, item):
                    self._bind(name, inner)
            case ast.Subscript():
                self._store(target, self.evaluator.array(item))
            case _:
                raise Final("an attribute is assigned", target, always=True)

    def _bind(self, name: str, item: Item) -> None:
        """Give a name an item; a name that the reading refers to may not be given another."""
        if isinstance(item, Accumulated) and item.name != name:
            raise Final(f"the partial result {item.name} is used inside the loop", always=True)
        held = self.state.names.get(name)
        if isinstance(item, Accumulated) and isinstance(held, Accumulated):
            self.context.check_ways(held, item)
        if isinstance(item, Entry):
            raise Final(f"{item.name} is carried from one round to the next", always=True)
        if isinstance(item, Local):
            if item.name or name in self.state.written:
                raise Refused(f"{name} is made anew")
            item = replace(item, name=name)
        self.state.names[name] = item

    def _augment(self, target: ast.expr, operator: str, value: ast.expr) -> None:
        if operator == "?":
            raise Final("an augmented assignment is not understood", target, always=True)
        match target:
            case ast.Name(id=name):
                self._augment_name(name, operator, self.evaluator.item(value), target)
            case ast.Subscript():
                old = self._element(target)
                new = functions.binary(
                    self.context.space, operator, old, self.evaluator.value(value)
                )
                self._store(target, new)
            case _:
                raise Final("an attribute is assigned", target, always=True)

    def _augment_name(self, name: str, operator: str, item: Item, target: ast.Name) -> None:
        held = self.evaluator.item(target)
        if isinstance(held, Contraction) and (held.axes or held.open):
            fresh = len(held.terms) != 1 or len(held.terms[0].factors) != 1 or held.terms[0].summed
            if not fresh:
                raise Refused(f"{name} may be a view of an operand", target)
        result = self.evaluator.binary(operator, held, item)
        if isinstance(result, Accumulated):
            result = Accumulated(result.name, result.added, in_place=True)
        self._bind(name, result)

    def _element(self, target: ast.Subscript) -> Contraction:
        item = self.evaluator.item(target)
        if not isinstance(item, Contraction):
            raise Refused("what is written is no array", target)
        return item

    def _store(self, target: ast.Subscript, value: Contraction) -> None:
        """Write a value to an element, a row or a slice of an array."""
        if not isinstance(target.value, (ast.Name, ast.Attribute)):
            raise Refused("what is written is no array", target)
        owner = self.evaluator.item(target.value)
        if not isinstance(owner, Outer | Local):
            raise Final("what is written may be a view of an array", target, always=True)
        parts = target.slice.elts if isinstance(target.slice, ast.Tuple) else [target.slice]
        subscripts = [self.evaluator.subscript(part) for part in parts]
        whole = self.context.value(owner, used(subscripts))
        place = subscripted(self.context.space, whole, tuple(subscripts))
        ((access,),) = [term.factors for term in place.terms]
        if not isinstance(access, Access) or None in place.axes:
            raise Refused("a new axis is written", target)
        own = tuple(axis for axis in place.axes if axis is not None)
        self.write(access, own, self._fitted(own, value))

    def write(self, access: Access, own: tuple[Index, ...], terms: Sum) -> None:
        """Let the elements of an access, for each value of its own indices, hold a sum."""
        for name, item in self.state.names.items():
            if isinstance(item, Contraction) and occurrences(item.terms, access.array):
                self.state.names[name] = Gone(f"{name} is older than {access.array}")
        for key, cell in list(self.state.cells.items()):
            if cell.target.array != access.array:
                continue
            values = matched(cell, access, self.context.space)
            if values is not None and len(cell.own) == len(own):
                back = {_only(new): index_size(old) for old, new in values.items()}
                self.state.cells[key] = Cell(cell.target, substitute(terms, back), cell.own)
                return
            if not apart(cell.target, access):
                raise Final("two statements may write the same element", always=True)
        self.state.cells[access.array, access.subscripts] = Cell(access, terms, own)

    def _fitted(self, own: tuple[Index, ...], value: Contraction) -> Sum:
        """The terms of a value with the axes that are written."""
        if value.open or len(value.axes) > len(own):
            raise Refused("a value has other axes than its target", always=True)
        self.context.oddities += 2 * (len(own) - len(value.axes))  # a value stored in each row
        values: dict[Index, Size] = {}
        for mine, axis in zip(own[len(own) - len(value.axes) :], value.axes, strict=True):
            if axis is not None:
                self.context.space.unify(mine, axis)
                values[axis] = index_size(mine)
        return substitute(value.terms, values)

    def _append(self, call: ast.Call, value: ast.expr) -> None:
        assert isinstance(call.func, ast.Attribute)
        owner = self.evaluator.item(call.func.value)
        if not isinstance(owner, Entry):
            raise Final("what is appended to is not understood", call)
        item = self.evaluator.item(value)
        if isinstance(item, Stacked) and item.levels > 1:
            raise Refused("a list runs over two loops", call)
        found = item.value if isinstance(item, Stacked) else self.evaluator.array(item)
        self.state.names[owner.name] = Appended(owner.name, found)


def _only(size: Size) -> Index:
    (found,) = indices_of(size)
    return found
