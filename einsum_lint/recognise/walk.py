"""The one visitor: it walks the statements of a file in the order in which they run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import libcst as cst

from ..bindings import parameters
from ..facts import EinsumCall, EinsumChain, EinsumSequences, Fact
from ..infer.arguments import Arguments
from ..infer.binding import augment, import_names
from ..infer.evidence import Evidence
from ..infer.expressions import Evaluator
from ..infer.narrowing import narrow
from ..infer.scope import Roots, Scope
from ..infer.syntax import expects_error
from ..infer.values import UNKNOWN, Constant, LocalFunction, Value
from ..names import FUNCTIONS
from ..nests import Lift, LoopNest
from ..places import CallPlace
from ..screen import returns_plainly
from ..shapes import Origin
from ..source import Source
from ..stages import Clock, off
from ..trees import arguments_in_order
from .chains import chains
from .classes import ClassBody, class_body
from .einsum import einsum_call
from .functions import Body, State, demand_of_arguments, followed
from .paths import Loop, Paths
from .ranks import Use, demanded_ranks, with_conflicts
from .sequences import sequences
from .skeleton import Skeleton

if TYPE_CHECKING:
    from .nests import NestReader

DEEPEST = 8  # calls; a chain of functions that have not been walked yet is followed so far


def find_facts(
    source: Source,
    einsum_functions: Mapping[str, str],
    nests: NestReader | None = None,
    *,
    several: tuple[type[Fact], ...] = (EinsumChain, EinsumSequences),
    clock: Clock = off,
) -> tuple[Fact, ...]:
    """Every fact of a file, in the order of the walk; its loops where there is a reader of them.

    ``several`` are the facts of more than one call that are asked for.
    """
    calls, found = _Walker(source, einsum_functions, nests, clock).walk()
    pairs = chains(calls, source) if EinsumChain in several else ()
    groups = sequences(calls, source) if EinsumSequences in several else ()
    return (*calls, *pairs, *groups, *found)


class _Walker(Paths):
    """Follows control flow through the statements; expressions are the evaluator's.

    A function runs at any time after its definition, so its body is walked last, and sees of the
    scopes around it what each name may hold at any time.
    """

    def __init__(
        self,
        source: Source,
        einsum_functions: Mapping[str, str],
        reader: NestReader | None,
        clock: Clock,
    ) -> None:
        super().__init__()
        self.source = source
        with clock("libcst"):
            self.skeleton = Skeleton(source)
        self.einsum_functions = einsum_functions
        self.roots = Roots()
        self.scope = Scope(None, self.roots, source.kept.hidden | source.kept.declared)
        self.module = self.scope
        self.depth = 0
        self.evaluator = Evaluator(self.scope, self._recognise, self._demand, source.text_of)
        self.error_expected = False
        self.facts: list[EinsumCall] = []
        self.nests: list[LoopNest] = []
        self.reader = reader
        self.lifted = 0
        self.evidence: Evidence[Use] = Evidence()
        self.bound: dict[ast.stmt, list[str]] = {}
        self.bodies: list[Body] = []
        self.owners: dict[int, ClassBody] = {}
        self.body: Body | None = None

    def walk(self) -> tuple[Sequence[EinsumCall], Iterable[LoopNest]]:
        self.skeleton.tree.visit(self)
        for body in self.bodies:  # grows while it is walked
            self._walk_body(body)
        nests: Iterable[LoopNest] = self.nests
        if self.reader is not None:
            nests = tuple(self.reader.arithmetic.outermost(nests))
        del self.evaluator  # which holds the walk: without a cycle all is freed at once
        return with_conflicts(self.facts, self.evidence, self.source), nests

    def _walk_body(self, body: Body) -> None:
        """Walk a body that waits, wherever the walk stands, and come back."""
        if body.state is not State.WAITING:
            return
        evaluator = self.evaluator
        outside = (self.body, self.scope, self.statement, self.error_expected)
        inside = (evaluator.arms, evaluator.quoted, evaluator.deferred)
        self.body, self.error_expected = body, body.error_expected
        self.roots.statement = body.statement
        self._enter(body.scope)
        evaluator.arms, evaluator.quoted, evaluator.deferred = (body.arm,), body.quoted, []
        body.state = State.RUNNING
        self._know_self(body)
        match body.node:
            case ast.GeneratorExp():
                evaluator.comprehension(body.node)
            case ast.Lambda():
                evaluator.value(body.node.body)
            case _:
                self.skeleton.bodies[body.node].visit(self)
                body.end = self.scope.flow
                if self.scope.flow is not None:
                    body.returns.append(Constant(None))
        self._defer()
        body.state = State.DONE
        self.body, scope, self.roots.statement, self.error_expected = outside
        evaluator.arms, evaluator.quoted, evaluator.deferred = inside
        self._enter(scope)

    def _know_self(self, body: Body) -> None:
        """Let a method begin with what the class tells of the attributes of ``self``."""
        owner = self.owners.get(id(body))
        if owner is None or body.self_root is None or owner.init is body:
            return
        if owner.init is not None:
            self._walk_body(owner.init)
        for name, value in owner.attributes():
            if self.scope.flow is not None:
                key = (body.self_root, f".{name}")
                self.scope.flow.parts[key] = self.roots.rooted(value, f"self.{name}")

    def _call_local(self, callee: LocalFunction, arguments: Arguments) -> Value | None:
        """The result of a function of the module, which is walked now if it was not yet."""
        body = self.bodies[callee.number]
        # What a function sees of the scope around it is known when that has been walked.
        if self.body is None or self.depth > DEEPEST:
            return None
        if not followed(body, self.module, self.source.text):
            return None
        self.depth += 1
        self._walk_body(body)
        self.depth -= 1
        if body.state is not State.DONE or self.statement is None:
            return None
        if not self.error_expected:
            demand_of_arguments(body, arguments, self.evaluator.arms, self.statement, self.evidence)
        return body.result_for(arguments)

    def _enter(self, scope: Scope) -> None:
        self.scope = self.evaluator.scope = scope

    def _recognise(self, node: ast.Call, callee: Value, arguments: Arguments) -> Value | None:
        if self.statement is None:
            return None
        if isinstance(callee, LocalFunction):
            local = self._call_local(callee, arguments)
            if local is not None:
                return local
        found = einsum_call(
            self._place, node, callee, arguments, self.einsum_functions, self.error_expected
        )
        if found is None:
            return None
        fact, result = found
        if fact is not None:
            self.facts.append(fact)
            if not self.error_expected:
                self._gather(fact, self.statement)
        return result

    def _place(
        self, node: ast.Call, subscripts_at: tuple[int, ...], operands_at: tuple[int, ...]
    ) -> CallPlace:
        """The place of a call in the statement that the walk has reached."""
        statement = self.statement
        assert statement is not None
        if not self.evaluator.quoted:
            return CallPlace(self.source, statement, node, subscripts_at, operands_at)
        parts = (node.func, *(_value(argument) for argument in arguments_in_order(node)))
        quoted = tuple(map(ast.unparse, parts))
        return CallPlace(self.source, statement, None, subscripts_at, operands_at, quoted)

    def _gather(self, fact: EinsumCall, statement: ast.stmt) -> None:
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

    def _defer(self) -> None:
        """Line up the lambdas and generators of the statement: they run later."""
        for node, outer, quoted in self.evaluator.deferred:
            expected, names = self.error_expected, frozenset[str]()
            if isinstance(node, ast.Lambda):
                names = frozenset(parameters(node.args))
                expected = expected or expects_error(self.statement)
            inner = Scope(outer, self.roots, outer.hidden, names)
            inner.forget(names)
            if self.statement is not None:
                fork = next(self.evaluator.forks)
                self.bodies.append(Body(fork, node, inner, self.statement, expected, quoted))
        self.evaluator.deferred.clear()

    def _loop(self, node: cst.For | cst.While, statement: Loop, items: Value | None) -> None:
        reader = None if self.lifted else self.reader
        found = reader.loop(statement, self.scope) if reader is not None else None
        if found is not None:
            self.nests.append(found)
        lifted = found is not None and isinstance(found.meaning, Lift)
        self.lifted += lifted  # what is inside of it is part of its meaning
        super()._loop(node, statement, items)
        self.lifted -= lifted

    def visit_SimpleStatementLine(self, node: cst.SimpleStatementLine) -> bool:
        self._small(node.body)
        return False

    def visit_SimpleStatementSuite(self, node: cst.SimpleStatementSuite) -> bool:
        self._small(node.body)
        return False

    def _small(self, body: Sequence[cst.BaseSmallStatement]) -> None:
        for concrete in body:
            for statement in self.skeleton.statements[concrete]:
                self.roots.statement = statement
                if not self.lifted and self.reader is not None:
                    self.nests += self.reader.expressions(statement, self.scope)
                self._run(statement)

    def _run(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign():
                value = self._value(node.value)
                for target in node.targets:
                    self.evaluator.bind(target, value)
            case ast.AnnAssign(value=ast.expr() as given):
                self.evaluator.bind(node.target, self._value(given))
            case ast.AugAssign():
                augment(self.evaluator, node)
            case ast.Import() | ast.ImportFrom():
                import_names(self.scope, node)
            case ast.Delete():
                self.evaluator.parts(node)
                for name in self._bound(node):
                    self.scope.unbind(name)
            case ast.Return():
                value = self._value(node.value) if node.value is not None else Constant(None)
                if self.body is not None:
                    self.body.returns.append(value)
                self.scope.flow = None
            case ast.Raise():
                self.evaluator.parts(node)
                self.scope.flow = None
            case ast.Break() | ast.Continue():
                self.scope.flow = None
            case ast.Assert():
                self.evaluator.parts(node)
                narrow(self.evaluator, node.test, truth=True)
            case ast.Global() | ast.Nonlocal() | ast.Pass() | ast.AnnAssign():
                pass
            case _:
                self.evaluator.parts(node)
        if self.evaluator.deferred:
            self._defer()

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        function = self._reach(node)
        assert isinstance(function, FUNCTIONS)
        for decorator in function.decorator_list:
            self.evaluator.value(decorator)
        self.evaluator.parts(function.args)
        if function.returns is not None:
            self.evaluator.value(function.returns)
        if self.evaluator.deferred:
            self._defer()
        own = {*parameters(function.args)}
        for statement in function.body:
            own.update(self._bound(statement))
        inner = Scope(self.scope, self.roots, self.source.kept.declared, frozenset(own))
        body = Body(next(self.evaluator.forks), function, inner, function)
        self.bodies.append(body)
        body.bind_parameters(function)
        for origin, rank in body.documented_ranks(function):
            self.evidence.hear(origin, rank)
        plain = not function.decorator_list and self._is_plain(function)
        self.scope.bind(function.name, LocalFunction(len(self.bodies) - 1) if plain else UNKNOWN)
        return False

    def _is_plain(self, node: ast.stmt) -> bool:
        if not self.source.mentions(node, "yield"):
            return isinstance(node, ast.FunctionDef)
        return returns_plainly(node)

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        statement = self._reach(node)
        assert isinstance(statement, ast.ClassDef)
        for part in (*statement.decorator_list, *statement.bases):
            self.evaluator.value(part)
        for keyword in statement.keywords:
            self.evaluator.value(keyword.value)
        members = self.source.kept.members.get(statement, statement.body)
        outer, first = self.scope, len(self.bodies)
        self._enter(Scope(outer, self.roots, self.source.kept.declared, is_class=True))
        node.body.visit(self)
        self._enter(outer)
        owner = class_body(statement, members, outer)
        owner.methods += [body for body in self.bodies[first:] if body.parameters]
        self.owners.update((id(body), owner) for body in owner.methods)
        self.scope.bind(statement.name, UNKNOWN)
        return False


def _value(argument: ast.expr | ast.keyword) -> ast.expr:
    match argument:
        case ast.keyword(value=value) | ast.Starred(value=value):
            return value
    return argument
