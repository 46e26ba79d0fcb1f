"""Functions of the file: what they return, and what they demand of their arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from ..bindings import Function, parameters
from ..infer.arguments import Arguments
from ..infer.declarations import declared
from ..infer.evidence import Arm, Evidence
from ..infer.numpydoc import documented
from ..infer.scope import Flow, Scope
from ..infer.signature import unique
from ..infer.values import UNKNOWN, Constant, Display, Value, join
from ..names import FUNCTIONS
from ..shapes import NOTHING_KNOWN, ArrayFact, Origin, Shape
from .ranks import Use


class State(Enum):
    """How far the walk of a body has come."""

    WAITING = auto()
    RUNNING = auto()
    DONE = auto()


@dataclass
class Body:
    """What runs at any time after it is defined: a function's body, a lambda or a generator."""

    number: int
    """That of the fork whose only arm it is."""
    node: Function | ast.Lambda | ast.GeneratorExp
    scope: Scope
    statement: ast.stmt
    """The one that defines it."""
    error_expected: bool = False
    quoted: bool = False
    """Whether it stands in an f-string."""
    state: State = State.WAITING
    returns: list[Value] = field(default_factory=list)
    begins: dict[str, Origin] = field(default_factory=dict)
    """The objects that the parameters begin as."""
    end: Flow | None = None
    """The state in which the body falls off its end."""

    @property
    def arm(self) -> Arm:
        """The arm that stands for the body: nothing outside of it knows whether it runs."""
        return Arm(self.number, 0, apart=True)

    @property
    def parameters(self) -> tuple[tuple[str, Origin | None], ...]:
        """The parameters that can be given by position, and the objects that they begin as."""
        if not isinstance(self.node, FUNCTIONS):
            return ()
        arguments = (*self.node.args.posonlyargs, *self.node.args.args)
        return tuple((each.arg, self.begins.get(each.arg)) for each in arguments)

    @property
    def self_root(self) -> int | None:
        """The object that the first parameter begins as, by its root."""
        origin = self.parameters[0][1] if self.parameters else None
        return None if origin is None else origin.root

    def bind_parameters(self, function: Function) -> None:
        """Bind the parameters, each to what is declared of it, or to an unknown object."""
        symbols: dict[str, Value] = {}
        params = function.args
        known: dict[str, Value] = {}
        for param in (*params.posonlyargs, *params.args, *params.kwonlyargs):
            if param.annotation is not None:
                fact = declared(param.annotation, self.scope, symbols)
                if fact is not NOTHING_KNOWN:
                    known[param.arg] = fact
        for name in parameters(params):
            self.scope.bind(name, known.get(name, UNKNOWN))
            value = self.scope.lookup(name)
            if isinstance(value, ArrayFact) and value.origin is not None:
                self.begins[name] = value.origin

    def documented_ranks(self, function: Function) -> Iterator[tuple[Origin, int]]:
        """The ranks that the docstring gives to the objects that parameters begin as."""
        for name, rank in documented(ast.get_docstring(function) or "").items():
            if name in self.begins:
                yield self.begins[name], rank

    @property
    def result(self) -> Value:
        """What a call returns, as far as it does not depend on the arguments."""
        return outside(self._returned)

    @property
    def _returned(self) -> Value:
        if not self.returns:
            return UNKNOWN
        first, *others = self.returns
        for other in others:
            first = join(first, other)
        return first

    def result_for(self, arguments: Arguments) -> Value:
        """What a call with these arguments returns: perhaps of a rank that follows from theirs."""
        returned = self._returned
        if not isinstance(returned, ArrayFact) or returned.origin is None:
            return outside(returned)
        for origin, value in _given(self.parameters, arguments):
            if origin.root == returned.origin.root and returned.shape.open:
                return _shifted(outside(returned), value, returned.origin.offset)
        return outside(returned)


def followed(body: Body, module: Scope, text: str) -> bool:
    """Whether a call certainly runs this body, with all known of the scope around it.

    A method may be overridden by a subclass anywhere: one counts that is private, by its name, and
    that is defined once in the text of the file.
    """
    scope, function = body.scope.parent, body.node
    if scope is module:
        return True
    if scope is None or not scope.is_class or scope.parent is not module:
        return False
    if not isinstance(function, FUNCTIONS):
        return False
    name = function.name
    private = name.startswith("_") and not name.endswith("__")
    return private and text.count(f"def {name}(") == 1


def outside(value: Value) -> Value:
    """A value as the caller knows it: objects and symbols of the callee mean nothing there."""
    match value:
        case ArrayFact(shape=shape):
            dims = tuple(d if isinstance(d, int) else None for d in shape.dims)
            return replace(value, shape=Shape(dims, shape.open), origin=None)
        case Display(items=items):
            return Display(tuple(outside(item) for item in items), value.is_tuple)
        case Constant():
            return value
    return UNKNOWN


def _shifted(result: Value, argument: Value, offset: int) -> Value:
    """A result with as many more axes than an argument."""
    if not isinstance(argument, ArrayFact) or not isinstance(result, ArrayFact):
        return result
    rank, origin = argument.shape.rank, argument.origin
    if rank is not None:
        return (
            replace(result, shape=Shape((None,) * (rank + offset)))
            if rank + offset >= 0
            else result
        )
    if origin is None:
        return result
    return replace(
        result, origin=replace(origin, offset=origin.offset + offset, via=f"{origin.via}{unique()}")
    )


def demand_of_arguments(
    body: Body,
    arguments: Arguments,
    arms: tuple[Arm, ...],
    statement: ast.stmt,
    evidence: Evidence[Use],
) -> None:
    """Note what calling a function says of the ranks of arguments and parameters.

    An argument must have the rank that the function demands of its parameter whatever it does; and
    a parameter has, in this call, the rank that the argument is known to have.
    """
    needed = _unconditional(body, evidence)
    certain = not any(arm.apart for arm in arms[1:])
    for origin, value in _given(body.parameters, arguments):
        if not isinstance(value, ArrayFact):
            continue
        if value.shape.rank is not None and certain:
            evidence.demand(origin, value.shape.rank, (body.arm,), Use(None, 0, statement))
        elif value.origin is not None and value.shape.open and origin.root in needed:
            rank, use = needed[origin.root]
            evidence.demand(value.origin, rank, arms, use)


def _given(
    parameters: Sequence[tuple[str, Origin | None]], arguments: Arguments
) -> Iterator[tuple[Origin, Value]]:
    """The objects that parameters begin as, with the arguments given for them."""
    if not arguments.complete:
        return
    for position, (name, origin) in enumerate(parameters):
        value = arguments.get(position, name)
        if origin is not None and value is not None:
            yield origin, value


def _unconditional(body: Body, evidence: Evidence[Use]) -> dict[int, tuple[int, Use]]:
    """The rank that a body demands of each object whatever way it takes, and a use that does."""
    found: dict[int, tuple[int, Use]] = {}
    for demand in evidence.certain[body.arm]:
        if demand.use.fact is not None:
            found.setdefault(demand.origin.root, (demand.root_rank, demand.use))
    return found
