"""The ways that control takes through compound statements, and where they meet."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence

import libcst as cst

from ..blocks import Blocks, Statement
from ..infer.elements import element_of
from ..infer.evidence import Arm, Evidence
from ..infer.expressions import Evaluator
from ..infer.narrowing import narrow
from ..infer.scope import Flow, Roots, Scope
from ..infer.syntax import EXPECTS_ERROR, last_name, propagates, tested
from ..infer.values import UNKNOWN, Value, join
from ..names import FUNCTIONS
from ..screen import bound_names, inner_statements, receivers
from ..shapes import ArrayFact
from ..source import Source
from .ranks import Use


class Paths(cst.CSTVisitor):
    """The part of the visitor that follows control flow through the statements."""

    source: Source
    blocks: Blocks
    roots: Roots
    scope: Scope
    evaluator: Evaluator
    evidence: Evidence[Use]
    concrete: Statement | None
    """The statement that the walk has reached, as libcst has it."""
    error_expected: bool
    bound: dict[ast.stmt, list[str]]

    @property
    def statement(self) -> ast.stmt | None:
        """The statement that the walk has reached."""
        return self.roots.statement

    def _reach(self, concrete: Statement) -> ast.stmt:
        """Go on to a statement."""
        self.concrete, statement = concrete, self.blocks.statements[concrete]
        self.roots.statement = statement
        return statement

    def _defer(self) -> None:
        """Line up what the statement reached defines, and what runs later."""
        raise NotImplementedError

    def visit_If(self, node: cst.If) -> bool:
        self._reach(node)
        self._value(node.test)
        tests, fork = tested(node.test), next(self.evaluator.forks)
        before = self.scope.fork()
        narrow(self.evaluator, node.test, truth=True)
        self._arm(node.body, Arm(fork, 0, tests))
        after = self.scope.swap(before)
        narrow(self.evaluator, node.test, truth=False)
        if node.orelse is not None:
            self._arm(node.orelse, Arm(fork, 1, tests))
        self.scope.merge(after)
        return False

    def visit_For(self, node: cst.For) -> bool:
        self._reach(node)
        items = self._value(node.iter)
        self._loop(node, items)
        return False

    def visit_While(self, node: cst.While) -> bool:
        self._reach(node)
        self._loop(node, None)
        return False

    def _loop(self, node: cst.For | cst.While, items: Value | None) -> None:
        """Walk a body that runs any number of times: what it binds is unknown when it begins."""
        statement, fork = self.blocks.statements[node], next(self.evaluator.forks)
        self.scope.blur(self._bound(statement))
        if isinstance(node, cst.While):
            self._value(node.test)
        self._forget_received(statement)
        before = self.scope.fork()
        if isinstance(node, cst.For) and items is not None:
            self.evaluator.bind(node.target, element_of(items, self.scope))
        tests = tested(node.test) if isinstance(node, cst.While) else frozenset()
        self._arm(node.body, Arm(fork, 0, tests))
        self.scope.swap(before)
        self.scope.blur(self._bound(statement))  # other objects now than when a round began
        if node.orelse is not None:
            self._arm(node.orelse, Arm(fork, 1))
            self.scope.merge(before.copy() if before is not None else None)

    def visit_With(self, node: cst.With) -> bool:
        statement = self._reach(node)
        expected = self.error_expected
        for item in node.items:
            self._value(item.item)
            called = item.item.func if isinstance(item.item, cst.Call) else None
            self.error_expected |= last_name(called) in EXPECTS_ERROR
            if item.asname is not None:
                self.evaluator.bind(item.asname.name, UNKNOWN)
        before = self.scope.fork()
        self._arm(node.body, Arm(next(self.evaluator.forks), 0, apart=self.error_expected))
        self.error_expected = expected
        if not all(propagates(item.item) for item in node.items):
            end = self.scope.fork()
            self._interrupted(before, end, statement)
            self.scope.merge(end)
        return False

    def visit_Try(self, node: cst.Try) -> bool:
        self._try(node)
        return False

    def visit_TryStar(self, node: cst.TryStar) -> bool:
        self._try(node)
        return False

    def _try(self, node: cst.Try | cst.TryStar) -> None:
        statement, fork = self.blocks.statements[node], next(self.evaluator.forks)
        before = self.scope.fork()
        self._arm(node.body, Arm(fork, 0, apart=bool(node.handlers)))
        body_end = self.scope.fork()
        if node.orelse is not None:
            self._arm(node.orelse, Arm(fork, 1))
        ends = [self.scope.fork()]
        for handler in node.handlers:
            self._interrupted(before, body_end, statement)
            self._reach(node)
            if handler.type is not None:
                self._value(handler.type)
            if handler.name is not None:
                self.evaluator.bind(handler.name.name, UNKNOWN)
            self._arm(handler.body, Arm(next(self.evaluator.forks), 0, apart=True))
            ends.append(self.scope.fork())
        self._resume(ends)
        if node.finalbody is not None:
            self._finally(statement, node.finalbody, before)

    def _finally(self, statement: ast.stmt, final: cst.Finally, before: Flow | None) -> None:
        """Walk a ``finally`` block, which runs from any point of the others."""
        after = self.scope.fork()
        self.scope.flow = None if before is None else before.copy()
        self.scope.blur(self._bound(statement))
        final.body.visit(self)
        if self.scope.flow is not None and after is not None:
            self.scope.flow = after
            block = getattr(statement, "finalbody", ())
            self.scope.blur(name for inner in block for name in self._bound(inner))
        else:
            self.scope.flow = None

    def _interrupted(self, before: Flow | None, body_end: Flow | None, statement: ast.stmt) -> None:
        """Go on from somewhere in a body that was left by an exception.

        A name that the body binds once has its old or its new value, or else an unknown one.
        """
        self.scope.flow = None if before is None else before.copy()
        if self.scope.flow is None:
            return
        self._forget_received(statement)
        names = self.scope.flow.names
        block = getattr(statement, "body", ())
        times = Counter(name for inner in block for name in self._bound(inner))
        for name, count in times.items():
            once = body_end is not None and count == 1
            new = body_end.as_bound(name) if once and body_end is not None else UNKNOWN
            names[name] = self.roots.rooted(join(names.get(name, new), new), name)

    def _resume(self, ends: Sequence[Flow | None]) -> None:
        self.scope.flow = ends[0]
        for end in ends[1:]:
            self.scope.merge(end)

    def visit_Match(self, node: cst.Match) -> bool:
        statement = self._reach(node)
        self._value(node.subject)
        before = self.scope.fork()
        ends = [before]
        for case in node.cases:
            self.scope.flow = None if before is None else before.copy()
            self.scope.blur(self._bound(statement))
            self._reach(node)
            if case.guard is not None:
                self._value(case.guard)
            self._arm(case.body, Arm(next(self.evaluator.forks), 0, tested(node.subject)))
            ends.append(self.scope.fork())
        self._resume(ends)
        return False

    def _arm(self, body: cst.CSTNode, arm: Arm) -> None:
        """Walk one of the ways through a statement."""
        outside = self.evaluator.arms
        self.evaluator.arms = (*outside, arm)
        body.visit(self)
        if self.scope.flow is None:
            self.evidence.ended.add(self.evaluator.arms)
        self.evaluator.arms = outside

    def _forget_received(self, statement: ast.stmt) -> None:
        """Forget the parts of the objects that a statement may change, whenever it does."""
        for name in receivers(statement):
            held = self.scope.lookup(name)
            if isinstance(held, ArrayFact) and held.origin is not None:
                self.scope.forget_parts(held.origin.root)

    def _value(self, node: cst.BaseExpression) -> Value:
        value = self.evaluator.value(node)
        if self.evaluator.deferred:
            self._defer()
        return value

    def _bound(self, node: ast.stmt) -> list[str]:
        """The names that running a statement may bind, as often as it does in its text."""
        if node not in self.bound:
            found = self.bound[node] = list(self._bound_here(node))
            if not isinstance(node, (*FUNCTIONS, ast.ClassDef)):
                for inner in inner_statements(node):
                    found += self._bound(inner)
        return self.bound[node]

    def _bound_here(self, node: ast.stmt) -> Iterator[str]:
        """The names that a statement may bind, without those that statements in it do."""
        match node:
            case ast.Assign(targets=targets) if not self._binds_inside(node):
                for target in targets:
                    yield from bound_names(target)
            case ast.AugAssign(target=target) if not self._binds_inside(node):
                yield from bound_names(target)
            case ast.Expr() | ast.Return() if not self._binds_inside(node):
                pass
            case _:
                yield from bound_names(node, deeply=False)

    def _binds_inside(self, node: ast.stmt) -> bool:
        """Whether expressions in a statement may bind names: by ``:=`` or in a comprehension."""
        return self.source.mentions(node, ":=") or self.source.mentions(node, "for")
