"""The ways that control takes through compound statements, and where they meet."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence

import libcst as cst

from ..infer.elements import element_of
from ..infer.evidence import Arm, Evidence
from ..infer.expressions import Evaluator
from ..infer.narrowing import narrow
from ..infer.scope import Flow, Roots, Scope
from ..infer.syntax import EXPECTS_ERROR, propagates, tested
from ..infer.values import UNKNOWN, Value, join
from ..names import FUNCTIONS
from ..screen import bound_names, inner_statements, last_name, receivers
from ..shapes import ArrayFact
from ..source import Source
from .ranks import Use
from .skeleton import Skeleton

Loop = ast.For | ast.AsyncFor | ast.While


class Paths(cst.CSTVisitor):
    """The part of the visitor that follows control flow through the statements."""

    source: Source
    skeleton: Skeleton
    roots: Roots
    scope: Scope
    evaluator: Evaluator
    evidence: Evidence[Use]
    error_expected: bool
    bound: dict[ast.stmt, list[str]]

    @property
    def statement(self) -> ast.stmt | None:
        """The statement that the walk has reached."""
        return self.roots.statement

    def _reach(self, node: cst.BaseCompoundStatement) -> ast.stmt:
        """Go on to a statement."""
        statement = self.roots.statement = self.skeleton.compound(node)
        return statement

    def _defer(self) -> None:
        """Line up what the statement reached defines, and what runs later."""
        raise NotImplementedError

    def visit_If(self, node: cst.If) -> bool:
        statement = self._reach(node)
        assert isinstance(statement, ast.If)
        test = statement.test
        self._value(test)
        tests, fork = tested(test), next(self.evaluator.forks)
        before = self.scope.fork()
        narrow(self.evaluator, test, truth=True)
        self._arm(node.body, Arm(fork, 0, tests))
        after = self.scope.swap(before)
        self._reach(node)
        narrow(self.evaluator, test, truth=False)
        if node.orelse is not None:
            self._arm(node.orelse, Arm(fork, 1, tests))
        self.scope.merge(after)
        return False

    def visit_For(self, node: cst.For) -> bool:
        statement = self._reach(node)
        assert isinstance(statement, (ast.For, ast.AsyncFor))
        self._loop(node, statement, self._value(statement.iter))
        return False

    def visit_While(self, node: cst.While) -> bool:
        statement = self._reach(node)
        assert isinstance(statement, ast.While)
        self._loop(node, statement, None)
        return False

    def _loop(self, node: cst.For | cst.While, statement: Loop, items: Value | None) -> None:
        """Walk a body that runs any number of times: what it binds is unknown when it begins."""
        fork = next(self.evaluator.forks)
        self.scope.blur(self._bound(statement))
        if isinstance(statement, ast.While):
            self._value(statement.test)
        self._forget_received(statement)
        before = self.scope.fork()
        if not isinstance(statement, ast.While) and items is not None:
            self.evaluator.bind(statement.target, element_of(items, self.scope))
        tests = tested(statement.test) if isinstance(statement, ast.While) else frozenset()
        self._arm(node.body, Arm(fork, 0, tests))
        self.scope.swap(before)
        self.scope.blur(self._bound(statement))  # other objects now than when a round began
        if node.orelse is not None:
            self._arm(node.orelse, Arm(fork, 1))
            self.scope.merge(before.copy() if before is not None else None)

    def visit_With(self, node: cst.With) -> bool:
        statement = self._reach(node)
        assert isinstance(statement, (ast.With, ast.AsyncWith))
        expected = self.error_expected
        for item in statement.items:
            manager = item.context_expr
            self._value(manager)
            if isinstance(manager, ast.Call):
                self.error_expected |= last_name(manager.func) in EXPECTS_ERROR
            if item.optional_vars is not None:
                self.evaluator.bind(item.optional_vars, UNKNOWN)
        before = self.scope.fork()
        self._arm(node.body, Arm(next(self.evaluator.forks), 0, apart=self.error_expected))
        self.error_expected = expected
        if not all(propagates(item.context_expr) for item in statement.items):
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
        statement = self.skeleton.compound(node)
        assert isinstance(statement, (ast.Try, ast.TryStar))
        fork = next(self.evaluator.forks)
        before = self.scope.fork()
        self._arm(node.body, Arm(fork, 0, apart=bool(node.handlers)))
        body_end = self.scope.fork()
        if node.orelse is not None:
            self._arm(node.orelse, Arm(fork, 1))
        ends = [self.scope.fork()]
        theirs: Sequence[cst.ExceptHandler | cst.ExceptStarHandler] = node.handlers
        for concrete, handler in zip(theirs, statement.handlers, strict=True):
            self._interrupted(before, body_end, statement)
            self._reach(node)
            if handler.type is not None:
                self._value(handler.type)
            if handler.name is not None:
                self.scope.bind(handler.name, UNKNOWN)
            self._arm(concrete.body, Arm(next(self.evaluator.forks), 0, apart=True))
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
        assert isinstance(statement, ast.Match)
        self._value(statement.subject)
        before = self.scope.fork()
        ends = [before]
        for concrete, case in zip(node.cases, statement.cases, strict=True):
            self.scope.flow = None if before is None else before.copy()
            self.scope.blur(self._bound(statement))
            self._reach(node)
            if case.guard is not None:
                self._value(case.guard)
            arm = Arm(next(self.evaluator.forks), 0, tested(statement.subject))
            self._arm(concrete.body, arm)
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

    def _value(self, node: ast.expr) -> Value:
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
