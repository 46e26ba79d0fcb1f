"""The one visitor: it walks the statements of a file in the order in which they run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import libcst as cst

from ..facts import EinsumCall, Fact
from ..infer.arguments import Arguments
from ..infer.binding import augment, import_names
from ..infer.elements import element_of
from ..infer.evidence import Arm, Evidence
from ..infer.expressions import Evaluator
from ..infer.narrowing import narrow
from ..infer.scope import Flow, Roots, Scope
from ..infer.syntax import EXPECTS_ERROR, expects_error, last_name, parameters, propagates, tested
from ..infer.values import UNKNOWN, Constant, LocalFunction, Value, join
from ..screen import bound_names, receivers, returns_plainly
from ..shapes import ArrayFact, Origin
from ..source import Source, Statement, statements
from .einsum import einsum_call
from .functions import Body, State, demand_of_arguments
from .ranks import Use, demanded_ranks, with_conflicts

DEEPEST = 8  # calls; a chain of functions that have not been walked yet is followed so far


def find_facts(source: Source, einsum_functions: Mapping[str, str]) -> tuple[Fact, ...]:
    """Every fact of a file, in the order in which the walk meets them."""
    return _Walker(source, einsum_functions).walk()


class _Walker(cst.CSTVisitor):
    """Follows control flow through the statements; expressions are the evaluator's.

    A function runs at any time after its definition, so its body is walked last, and sees of the
    scopes around it what each name may hold at any time.
    """

    def __init__(self, source: Source, einsum_functions: Mapping[str, str]) -> None:
        super().__init__()
        self.source = source
        self.einsum_functions = einsum_functions
        self.roots = Roots()
        self.scope = Scope(None, self.roots, source.kept.hidden | source.kept.declared)
        self.module = self.scope
        self.depth = 0
        self.evaluator = Evaluator(self.scope, self._recognise, self._demand)
        self.statement: Statement | None = None
        self.error_expected = False
        self.facts: list[EinsumCall] = []
        self.evidence: Evidence[Use] = Evidence()
        self.bound: dict[Statement, list[str]] = {}
        self.bodies: list[Body] = []
        self.body: Body | None = None

    def walk(self) -> tuple[Fact, ...]:
        self.source.module.visit(self)
        for body in self.bodies:  # grows while it is walked
            self._walk_body(body)
        return with_conflicts(self.facts, self.evidence, self.source)

    def _walk_body(self, body: Body) -> None:
        """Walk a body that waits, wherever the walk stands, and come back."""
        if body.state is not State.WAITING:
            return
        outside = (self.body, self.scope, self.statement, self.error_expected, self.evaluator.arms)
        self.body, self.statement, self.error_expected = body, body.statement, body.error_expected
        self._enter(body.scope)
        self.evaluator.arms = (body.arm,)
        body.state = State.RUNNING
        if isinstance(body.node, cst.BaseSuite):
            body.node.visit(self)
            if self.scope.flow is not None:
                body.returns.append(Constant(None))
        elif isinstance(body.node, cst.BaseComp):
            self.evaluator.comprehension(body.node)
        elif isinstance(body.node, cst.BaseExpression):
            self.evaluator.value(body.node)
        self._defer()
        body.state = State.DONE
        self.body, scope, self.statement, self.error_expected, self.evaluator.arms = outside
        self._enter(scope)

    def _call_local(self, callee: LocalFunction, arguments: Arguments) -> Value | None:
        """The result of a function of the module, which is walked now if it was not yet."""
        body = self.bodies[callee.number]
        # What a function sees of the scope around it is known when that has been walked.
        if self.body is None or body.scope.parent is not self.module or self.depth > DEEPEST:
            return None
        self.depth += 1
        self._walk_body(body)
        self.depth -= 1
        if body.state is not State.DONE or self.statement is None:
            return None
        if not self.error_expected:
            demand_of_arguments(body, arguments, self.evaluator.arms, self.statement, self.evidence)
        return body.result

    def _enter(self, scope: Scope) -> None:
        self.scope = self.evaluator.scope = scope

    def _recognise(self, node: cst.Call, callee: Value, arguments: Arguments) -> Value | None:
        if self.statement is None:
            return None
        if isinstance(callee, LocalFunction):
            local = self._call_local(callee, arguments)
            if local is not None:
                return local
        found = einsum_call(
            self.source,
            self.statement,
            node,
            callee,
            arguments,
            self.einsum_functions,
            self.error_expected,
        )
        if found is None:
            return None
        fact, result = found
        if fact is not None:
            self.facts.append(fact)
            if not self.error_expected:
                self._gather(fact, self.statement)
        return result

    def _gather(self, fact: EinsumCall, statement: Statement) -> None:
        """Note what a call demands of the ranks of objects of unknown shape."""
        for operand, rank in demanded_ranks(fact):
            origin = fact.operands[operand].origin
            if origin is not None and fact.operands[operand].shape.open:
                use = Use(len(self.facts) - 1, operand, statement)
                self.evidence.demand(origin, rank, self.evaluator.arms, use)

    def _demand(self, origin: Origin, rank: int) -> None:
        """Note that the statement reached demands a rank."""
        if self.statement is not None and not self.error_expected:
            use = Use(None, 0, self.statement)
            self.evidence.demand(origin, rank, self.evaluator.arms, use)

    def _arm(self, body: cst.CSTNode, arm: Arm) -> None:
        """Walk one of the ways through a statement."""
        outside = self.evaluator.arms
        self.evaluator.arms = (*outside, arm)
        body.visit(self)
        if self.scope.flow is None:
            self.evidence.ended.add(self.evaluator.arms)
        self.evaluator.arms = outside

    def _defer(self) -> None:
        """Line up the lambdas and generators of the statement: they run later."""
        for node, outer in self.evaluator.deferred:
            if isinstance(node, cst.Lambda):
                names = frozenset(parameters(node.params))
                inner = Scope(outer, self.roots, outer.hidden, names)
                inner.forget(names)
                self._later(node.body, inner, self.error_expected or expects_error(self.statement))
            else:
                inner = Scope(outer, self.roots, outer.hidden, frozenset())
                self._later(node, inner, self.error_expected)
        self.evaluator.deferred.clear()

    def _later(self, node: cst.CSTNode, scope: Scope, error_expected: bool) -> Body | None:
        if self.statement is None:
            return None
        self.bodies.append(Body(node, scope, self.statement, error_expected))
        return self.bodies[-1]

    def _value(self, node: cst.BaseExpression) -> Value:
        value = self.evaluator.value(node)
        if self.evaluator.deferred:
            self._defer()
        return value

    def _bound(self, node: Statement) -> list[str]:
        """The names that running a statement may bind, as often as it does in its text."""
        if node not in self.bound:
            self.bound[node] = list(bound_names(self.source.statements[node]))
        return self.bound[node]

    # Small statements ---------------------------------------------------------------------------

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> bool:  # noqa: N802
        self._small(node.body)
        return False

    def visit_SimpleStatementSuite(self, node: cst.SimpleStatementSuite) -> bool:  # noqa: N802
        self._small(node.body)
        return False

    def _small(self, body: Sequence[cst.BaseSmallStatement]) -> None:
        for statement in body:
            self.statement = statement
            self._run(statement)

    def _run(self, node: cst.BaseSmallStatement) -> None:
        match node:
            case cst.Assign():
                value = self._value(node.value)
                for target in node.targets:
                    self.evaluator.bind(target.target, value)
            case cst.AnnAssign(value=cst.BaseExpression() as value):
                self.evaluator.bind(node.target, self._value(value))
            case cst.AugAssign():
                augment(self.evaluator, node)
            case cst.Import() | cst.ImportFrom():
                import_names(self.scope, node)
            case cst.Del():
                self.evaluator.parts(node)
                for name in self._bound(node):
                    self.scope.unbind(name)
            case cst.Return():
                value = self._value(node.value) if node.value is not None else Constant(None)
                if self.body is not None:
                    self.body.returns.append(value)
                self.scope.flow = None
            case cst.Raise():
                self.evaluator.parts(node)
                self.scope.flow = None
            case cst.Break() | cst.Continue():
                self.scope.flow = None
            case cst.Assert():
                self.evaluator.parts(node)
                narrow(self.evaluator, node.test, truth=True)
            case cst.Global() | cst.Nonlocal() | cst.Pass() | cst.AnnAssign():
                pass
            case _:
                self.evaluator.parts(node)
        if self.evaluator.deferred:
            self._defer()

    # Compound statements ------------------------------------------------------------------------

    def visit_If(self, node: cst.If) -> bool:  # noqa: N802
        self.statement = node
        self._value(node.test)
        tests = tested(node.test)
        before = self.scope.fork()
        narrow(self.evaluator, node.test, truth=True)
        self._arm(node.body, Arm(id(node), 0, tests))
        after = self.scope.swap(before)
        narrow(self.evaluator, node.test, truth=False)
        if node.orelse is not None:
            self._arm(node.orelse, Arm(id(node), 1, tests))
        self.scope.merge(after)
        return False

    def visit_For(self, node: cst.For) -> bool:  # noqa: N802
        self.statement = node
        items = self._value(node.iter)
        self._loop(node, items)
        return False

    def visit_While(self, node: cst.While) -> bool:  # noqa: N802
        self.statement = node
        self._loop(node, None)
        return False

    def _loop(self, node: cst.For | cst.While, items: Value | None) -> None:
        """Walk a body that runs any number of times: what it binds is unknown when it begins."""
        self.scope.blur(self._bound(node))
        if isinstance(node, cst.While):
            self._value(node.test)
        self._forget_received(node)
        before = self.scope.fork()
        if isinstance(node, cst.For) and items is not None:
            self.evaluator.bind(node.target, element_of(items, self.scope))
        tests = tested(node.test) if isinstance(node, cst.While) else frozenset()
        self._arm(node.body, Arm(id(node), 0, tests))
        self.scope.swap(before)
        if node.orelse is not None:
            self._arm(node.orelse, Arm(id(node), 1))
            self.scope.merge(before.copy() if before is not None else None)

    def _forget_received(self, node: Statement) -> None:
        """Forget the parts of the objects that a statement may change, whenever it does."""
        for name in receivers(self.source.statements[node]):
            held = self.scope.lookup(name)
            if isinstance(held, ArrayFact) and held.origin is not None:
                self.scope.forget_parts(held.origin.root)

    def visit_With(self, node: cst.With) -> bool:  # noqa: N802
        self.statement = node
        expected = self.error_expected
        for item in node.items:
            self._value(item.item)
            called = item.item.func if isinstance(item.item, cst.Call) else None
            self.error_expected |= last_name(called) in EXPECTS_ERROR
            if item.asname is not None:
                self.evaluator.bind(item.asname.name, UNKNOWN)
        before = self.scope.fork()
        self._arm(node.body, Arm(id(node), 0, apart=self.error_expected))
        self.error_expected = expected
        if not all(propagates(item.item) for item in node.items):
            end = self.scope.fork()
            self._interrupted(before, end, node)
            self.scope.merge(end)
        return False

    def visit_Try(self, node: cst.Try) -> bool:  # noqa: N802
        self._try(node)
        return False

    def visit_TryStar(self, node: cst.TryStar) -> bool:  # noqa: N802
        self._try(node)
        return False

    def _try(self, node: cst.Try | cst.TryStar) -> None:
        before = self.scope.fork()
        self._arm(node.body, Arm(id(node), 0, apart=bool(node.handlers)))
        body_end = self.scope.fork()
        if node.orelse is not None:
            self._arm(node.orelse, Arm(id(node), 1))
        ends = [self.scope.fork()]
        for handler in node.handlers:
            self._interrupted(before, body_end, node)
            self.statement = node
            if handler.type is not None:
                self._value(handler.type)
            if handler.name is not None:
                self.evaluator.bind(handler.name.name, UNKNOWN)
            self._arm(handler.body, Arm(id(handler), 0, apart=True))
            ends.append(self.scope.fork())
        self._resume(ends)
        if node.finalbody is not None:
            self._finally(node, node.finalbody, before)

    def _finally(
        self, node: cst.Try | cst.TryStar, final: cst.Finally, before: Flow | None
    ) -> None:
        """Walk a ``finally`` block, which runs from any point of the others."""
        after = self.scope.fork()
        self.scope.flow = None if before is None else before.copy()
        self.scope.blur(self._bound(node))
        final.body.visit(self)
        if self.scope.flow is not None and after is not None:
            self.scope.flow = after
            self.scope.blur(name for s in statements(final.body.body) for name in self._bound(s))
        else:
            self.scope.flow = None

    def _interrupted(
        self, before: Flow | None, body_end: Flow | None, node: cst.Try | cst.TryStar | cst.With
    ) -> None:
        """Go on from somewhere in a body that was left by an exception.

        A name that the body binds once has its old or its new value, or else an unknown one.
        """
        self.scope.flow = None if before is None else before.copy()
        if self.scope.flow is None:
            return
        self._forget_received(node)
        names = self.scope.flow.names
        times = Counter(name for s in statements(node.body.body) for name in self._bound(s))
        for name, count in times.items():
            once = body_end is not None and count == 1
            new = body_end.names.get(name, UNKNOWN) if once and body_end is not None else UNKNOWN
            names[name] = self.roots.rooted(join(names.get(name, new), new), name)

    def _resume(self, ends: Sequence[Flow | None]) -> None:
        self.scope.flow = ends[0]
        for end in ends[1:]:
            self.scope.merge(end)

    def visit_Match(self, node: cst.Match) -> bool:  # noqa: N802
        self.statement = node
        self._value(node.subject)
        before = self.scope.fork()
        ends = [before]
        for case in node.cases:
            self.scope.flow = None if before is None else before.copy()
            self.scope.blur(self._bound(node))
            self.statement = node
            if case.guard is not None:
                self._value(case.guard)
            self._arm(case.body, Arm(id(case), 0, tested(node.subject)))
            ends.append(self.scope.fork())
        self._resume(ends)
        return False

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:  # noqa: N802
        self.statement = node
        for part in (*node.decorators, node.params, *([node.returns] if node.returns else ())):
            self.evaluator.parts(part)
        if self.evaluator.deferred:
            self._defer()
        own = {*parameters(node.params)}
        for statement in statements(node.body.body):
            own.update(self._bound(statement))
        inner = Scope(self.scope, self.roots, self.source.kept.declared, frozenset(own))
        body = self._later(node.body, inner, error_expected=False)
        value: Value = UNKNOWN
        if body is not None:
            body.bind_parameters(node.params)
            if not node.decorators and returns_plainly(self.source.statements[node]):
                value = LocalFunction(len(self.bodies) - 1)
        self.scope.bind(node.name.value, value)
        return False

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:  # noqa: N802
        self.statement = node
        for part in (*node.decorators, *node.bases, *node.keywords):
            self.evaluator.parts(part)
        outer = self.scope
        self._enter(Scope(outer, self.roots, self.source.kept.declared, is_class=True))
        node.body.visit(self)
        self._enter(outer)
        self.scope.bind(node.name.value, UNKNOWN)
        return False
