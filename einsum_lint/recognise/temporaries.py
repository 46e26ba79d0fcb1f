"""Names that hold a value for one later statement, where it could as well be computed."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ..evaluation import earlier, is_pure, path
from ..liveness import Liveness, Use
from ..names import FUNCTIONS
from ..trees import walk


@dataclass
class Temporaries:
    """The statements of a file, and how often names occur in its functions."""

    liveness: Liveness
    _counts: dict[ast.AST, Counter[tuple[str, type[ast.expr_context]]]] = field(
        default_factory=dict
    )

    def assignment(self, name: str, reader: ast.stmt) -> ast.Assign | None:
        """The assignment of a name that only a statement behind it in its block reads."""
        owner = self.liveness.scope(reader)
        if not isinstance(owner, FUNCTIONS):
            return None
        counts = self._count(owner)
        if counts[name, ast.Store] != 1 or counts[name, ast.Load] != 1 or counts[name, ast.Del]:
            return None
        spot = self.liveness.block_of(reader)
        for statement in reversed(spot.block[: spot.at]):
            match statement:
                case ast.Assign([ast.Name(id)]) if id == name:
                    dead = self.liveness.after(reader, name) is Use.DEAD
                    return statement if dead else None
        return None

    def may_move(
        self, assignments: Sequence[ast.Assign], reader: ast.stmt, part: ast.expr | None
    ) -> bool:
        """Whether their values could as well be computed where a part of a statement is evaluated.

        The assignments stand in the block of the statement, before it.
        """
        spots = [self.liveness.block_of(statement) for statement in (*assignments, reader)]
        block, last = spots[-1].block, spots[-1].at
        first = min(spot.at for spot in spots)
        between = [node for node in block[first:last] if node not in assignments]
        read = {name for statement in assignments for name in _names(statement.value)}
        return (
            all(only_computes(statement.value) for statement in assignments)
            and _comes_first(part, reader)
            and all(_leaves(read, statement) for statement in between)
        )

    def _count(self, owner: ast.AST) -> Counter[tuple[str, type[ast.expr_context]]]:
        if owner not in self._counts:
            names = (node for node in walk(owner) if isinstance(node, ast.Name))
            self._counts[owner] = Counter((node.id, type(node.ctx)) for node in names)
        return self._counts[owner]


def with_values(
    part: ast.expr, value: Callable[[str], ast.Assign | None]
) -> tuple[ast.expr, tuple[ast.Assign, ...]]:
    """An expression with the values of temporaries in place of their names, and what assigns them.

    ``value`` gives the assignment of a name that is a temporary.
    """
    inliner = _Inliner(value)
    return inliner.visit(part), tuple(inliner.found)


class _Inliner(ast.NodeTransformer):
    """Copies what holds a temporary, and leaves the tree of the file as it is."""

    def __init__(self, value: Callable[[str], ast.Assign | None]) -> None:
        self._value = value
        self.found: list[ast.Assign] = []

    def visit_Name(self, node: ast.Name) -> ast.expr:
        assignment = self._value(node.id) if isinstance(node.ctx, ast.Load) else None
        if assignment is None:
            return node
        value: ast.expr = self.visit(assignment.value)
        self.found.append(assignment)
        return value

    def generic_visit(self, node: ast.AST) -> ast.AST:
        fields = {name: self._visited(value) for name, value in ast.iter_fields(node)}
        if all(value is getattr(node, name) for name, value in fields.items()):
            return node
        return ast.copy_location(type(node)(**fields), node)

    def _visited(self, value: object) -> object:
        if isinstance(value, ast.AST):
            return self.visit(value)
        if isinstance(value, list):
            items = [self._visited(item) for item in value]
            return value if all(a is b for a, b in zip(items, value, strict=True)) else items
        return value


def _names(node: ast.AST) -> Iterable[str]:
    return (inner.id for inner in walk(node) if isinstance(inner, ast.Name))


def _comes_first(part: ast.expr | None, statement: ast.stmt) -> bool:
    """Whether nothing that matters is evaluated before a part of a statement."""
    if part is None or any(isinstance(node, ast.NamedExpr) for node in walk(statement)):
        return False
    before = earlier(path(statement, part))
    return before is not None and all(map(is_plain, before))


def _leaves(names: set[str], statement: ast.stmt) -> bool:
    """Whether a statement leaves what some names hold as it is."""
    match statement:
        case ast.Assign(targets=[ast.Name(name)], value=value):
            return name not in names and only_computes(value)
    return False


def only_computes(node: ast.expr) -> bool:
    """Whether an expression changes nothing, calls of einsum included."""
    match node:
        case ast.Call(func=ast.Name("einsum") | ast.Attribute(attr="einsum"), args=args):
            plain = all(keyword.arg == "optimize" for keyword in node.keywords)
            return plain and all(map(is_plain, args))
    return is_plain(node)


def is_plain(node: ast.expr) -> bool:
    """Whether evaluating an expression changes nothing."""
    return any(is_pure(node, module) for module in _MODULES)


_MODULES = ("np", "numpy", "torch", "jnp", "cp", "cupy")
"""What files call the libraries of arrays."""
