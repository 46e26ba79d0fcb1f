"""Classes of the file: what their methods may take for granted of ``self``."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..infer.declarations import declared
from ..infer.scope import Scope
from ..infer.values import LocalFunction, Reference, Value
from ..names import FUNCTIONS
from ..shapes import NOTHING_KNOWN, ArrayFact
from ..trees import walk
from .functions import Body, outside


@dataclass
class ClassBody:
    """A class: its methods, and the attributes that only ``__init__`` sets, and once."""

    settled: frozenset[str]
    fields: Mapping[str, Value]
    """The attributes that annotations of the class declare (the fields of a dataclass)."""
    replaced: frozenset[str]
    """The attributes that methods set: no method of such a name is certain."""
    methods: list[Body] = field(default_factory=list)

    @property
    def init(self) -> Body | None:
        """The body of ``__init__``."""
        for body in self.methods:
            if isinstance(body.node, FUNCTIONS) and body.node.name == "__init__":
                return body
        return None

    def attributes(self) -> Iterator[tuple[str, Value]]:
        """What is known of each attribute whenever a method other than ``__init__`` runs."""
        yield from self._functions()
        yield from self.fields.items()
        init = self.init
        if init is None or init.end is None or init.self_root is None:
            return
        for name in self.settled:
            value = init.end.parts.get((init.self_root, f".{name}"))
            if isinstance(value, ArrayFact):
                yield name, outside(value)
            elif isinstance(value, Reference) and all(n.endswith("()") for n in value.names):
                yield name, value  # a module of a network, such as nn.Linear(3, 4)

    def _functions(self) -> Iterator[tuple[str, Value]]:
        """The methods that are plain functions, as ``self`` has them."""
        scope = self.methods[0].scope.parent if self.methods else None
        for name, value in scope.ever.items() if scope is not None and scope.is_class else ():
            if isinstance(value, LocalFunction) and name not in self.replaced | _EINSUM:
                yield name, replace(value, bound=True)


_EINSUM = frozenset({"einsum"})


def class_body(node: ast.ClassDef, members: Sequence[ast.stmt], scope: Scope) -> ClassBody:
    """What a class, and those of its statements that are kept, tell of its attributes."""
    times = Counter(_set_attributes(node))
    elsewhere = {name for name, where in times if where != "__init__"}
    settled = {name for (name, _), count in times.items() if count == 1} - elsewhere
    replaced = frozenset(name for name, _ in times)
    return ClassBody(frozenset(settled), dict(_fields(members, scope, replaced)), replaced)


def _set_attributes(node: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """The attributes of ``self`` that methods set, each with the method's name."""
    for method in node.body:
        if not isinstance(method, FUNCTIONS) or not method.args.args:
            continue
        first = method.args.args[0].arg
        for inner in walk(method):
            match inner:
                case ast.Attribute(
                    value=ast.Name(id=owner), attr=name, ctx=ast.Store() | ast.Del()
                ):
                    if owner == first:
                        yield name, method.name


def _fields(
    members: Sequence[ast.stmt], scope: Scope, set_by_methods: frozenset[str]
) -> Iterator[tuple[str, Value]]:
    symbols: dict[str, Value] = {}
    for statement in members:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
                fact = declared(annotation, scope, symbols)
                if fact is not NOTHING_KNOWN and name not in set_by_methods:
                    yield name, fact
