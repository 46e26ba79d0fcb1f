"""Einsums of which one only computes an operand of the next."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import libcst as cst

from ..evaluation import earlier, is_pure, path
from ..facts import EinsumCall, EinsumChain
from ..liveness import Liveness, Use
from ..names import FUNCTIONS
from ..places import CallPlace
from ..source import Source


def chains(calls: Sequence[EinsumCall], source: Source) -> Iterator[EinsumChain]:
    """Pairs of calls of which only the second uses the first, which could as well be made there."""
    assigned: dict[str, list[EinsumCall]] = {}
    for call in calls:
        place = _place(call)
        match place.statement:
            case cst.Assign(
                targets=[cst.AssignTarget(target=cst.Name(value=name))], value=value
            ) if value is place.node:
                assigned.setdefault(name, []).append(call)
    block = _Blocks(source)
    for second in calls if assigned else ():
        place = _place(second)
        for number, index in enumerate(place.operands_at):
            operand = place.node.args[index].value
            if isinstance(operand, cst.Name):
                for first in assigned.get(operand.value, ()):
                    removal = _place(first).remove_statement()
                    if removal is not None and block.joins(operand.value, first, second):
                        yield EinsumChain(first, second, number, removal)


def _place(call: EinsumCall) -> CallPlace:
    assert isinstance(call.place, CallPlace)
    return call.place


@dataclass
class _Blocks:
    """The statements of a file, and how often names occur in its functions."""

    source: Source
    _counts: dict[ast.AST, Counter[tuple[str, type[ast.expr_context]]]] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        self._liveness = Liveness(self.source.tree)

    def joins(self, name: str, first: EinsumCall, second: EinsumCall) -> bool:
        """Whether the second call alone uses the first, which could as well be made there."""
        one, other = _place(first).ast_statement, _place(second).ast_statement
        spot, target = self._liveness.block_of(one), self._liveness.block_of(other)
        if spot.block is not target.block or spot.at >= target.at:
            return False
        owner = self._liveness.scope(one)
        if not isinstance(owner, FUNCTIONS):
            return False
        counts = self._count(owner)
        if counts[name, ast.Store] != 1 or counts[name, ast.Load] != 1 or counts[name, ast.Del]:
            return False
        read = self._read(first)
        if read is None or not self._comes_first(second):
            return False
        if not all(self._leaves(read, node) for node in spot.block[spot.at + 1 : target.at]):
            return False
        return self._liveness.after(other, name) is Use.DEAD

    def _count(self, owner: ast.AST) -> Counter[tuple[str, type[ast.expr_context]]]:
        if owner not in self._counts:
            names = (node for node in ast.walk(owner) if isinstance(node, ast.Name))
            self._counts[owner] = Counter((node.id, type(node.ctx)) for node in names)
        return self._counts[owner]

    def _read(self, call: EinsumCall) -> set[str] | None:
        """The names that a call reads; None where evaluating its operands may change something."""
        node = _place(call).ast_call
        if node is None or not all(_is_pure(argument) for argument in node.args):
            return None
        return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}

    def _comes_first(self, call: EinsumCall) -> bool:
        """Whether nothing that matters is evaluated before a call in its statement."""
        place = _place(call)
        if place.ast_call is None or any(
            isinstance(node, ast.NamedExpr) for node in ast.walk(place.ast_statement)
        ):
            return False
        before = earlier(path(place.ast_statement, place.ast_call))
        return before is not None and all(_is_pure(node) for node in before)

    def _leaves(self, names: set[str], statement: ast.stmt) -> bool:
        """Whether a statement leaves what some names hold as it is."""
        match statement:
            case ast.Assign(targets=[ast.Name(name)], value=value):
                return name not in names and _only_computes(value)
        return False


def _only_computes(node: ast.expr) -> bool:
    """Whether an expression changes nothing, calls of einsum included."""
    match node:
        case ast.Call(func=ast.Name("einsum") | ast.Attribute(attr="einsum"), args=args):
            plain = all(keyword.arg == "optimize" for keyword in node.keywords)
            return plain and all(_is_pure(argument) for argument in args)
    return _is_pure(node)


def _is_pure(node: ast.expr) -> bool:
    return is_pure(node, "np") or is_pure(node, "numpy")
