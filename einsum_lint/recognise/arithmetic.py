"""Array arithmetic outside of loops, as facts."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from ..infer.scope import Scope
from ..nest_places import ExpressionPlace
from ..nests import ArrayExpression, Lift, LoopNest, Refusal, WastefulProduct
from ..source import Source
from ..trees import children
from .idioms import CLOSED, is_step, multiplies, operations
from .libraries import NUMPY, Library
from .loops.read import Reading, read_idiom
from .products.space import Refused
from .surroundings import Surroundings, alias, libraries
from .temporaries import Temporaries, with_values
from .waste import waste_of


@dataclass
class ArithmeticReader:
    """Reads the expressions of one file, as the walk meets their statements."""

    source: Source
    line_length: int
    surroundings: Surroundings
    joined: set[ast.stmt] = field(default_factory=set)
    """The statements that are part of a fact of a later one."""

    @cached_property
    def temporaries(self) -> Temporaries:
        """The names that hold a value for one later statement."""
        return Temporaries(self.surroundings.liveness)

    def outermost(self, facts: Iterable[LoopNest]) -> Iterator[LoopNest]:
        """The facts without array arithmetic that is part of that of a later statement."""
        for fact in facts:
            place = fact.place if isinstance(fact, ArrayExpression) else None
            if not isinstance(place, ExpressionPlace) or place.statement not in self.joined:
                yield fact

    def idioms(self, part: ast.AST, node: ast.stmt, scope: Scope) -> Iterator[ArrayExpression]:
        """The facts of array arithmetic in a part of a small statement, the outermost ones."""
        whole = self._idiom(part, node, scope) if isinstance(part, ast.expr) else None
        if whole is not None and isinstance(whole.meaning, Lift):
            yield whole
            return
        inner = [
            fact
            for child in children(part)
            if not isinstance(child, CLOSED)
            for fact in self.idioms(child, node, scope)
        ]
        yield from inner or filter(None, (whole,))

    def _idiom(self, part: ast.expr, node: ast.stmt, scope: Scope) -> ArrayExpression | None:
        """The fact of an expression, with all that only it uses if that can be read, or alone."""
        meaning: Refusal | None = None
        for whole, temporaries in self._with_temporaries(part, node):
            count = operations(whole, part)
            for library in libraries(scope) if count else ():
                meant = whole
                if library.as_numpy is not None:
                    meant = library.as_numpy(whole, alias(scope, library))
                try:
                    reading = self._read(meant, whole, node, scope, library)
                except Refused as refused:
                    if meaning is None and multiplies(part):
                        meaning = self.surroundings.refusal(refused, part)
                    continue
                self.joined.update(temporaries)
                return ArrayExpression(
                    "expression",
                    reading.lift,
                    ExpressionPlace(self.source, node, part, self.line_length, temporaries),
                    given=reading.given,
                    operations=count,
                    as_numpy="" if meant is whole else ast.unparse(meant),
                )
        if meaning is None:
            return None
        return ArrayExpression("expression", meaning, ExpressionPlace(self.source, node, part))

    def _read(
        self, meant: ast.expr, whole: ast.expr, node: ast.stmt, scope: Scope, library: Library
    ) -> Reading:
        reading = read_idiom(meant, self.surroundings.around(node, meant, scope, library), whole)
        if len(libraries(scope)) > 1:
            for operand in reading.lift.operands.values():
                if not operand.is_array:
                    raise Refused(f"{operand.name} may be an array of another library")
        return reading

    def _with_temporaries(
        self, part: ast.expr, node: ast.stmt
    ) -> Iterator[tuple[ast.expr, tuple[ast.Assign, ...]]]:
        """An expression with the values of the temporaries that it uses, and without."""
        if is_step(part):
            whole, temporaries = with_values(part, lambda name: self._step(name, node))
            if temporaries and self.temporaries.may_move(temporaries, node, part):
                yield whole, temporaries
        yield part, ()

    def _step(self, name: str, node: ast.stmt) -> ast.Assign | None:
        """The assignment of a temporary that is an operation on arrays."""
        found = self.temporaries.assignment(name, node)
        return found if found is not None and is_step(found.value) else None

    def wasteful(self, part: ast.AST, node: ast.stmt, scope: Scope) -> Iterator[WastefulProduct]:
        """The facts of wasteful products in a part of a small statement."""
        waste = waste_of(part)
        if waste is not None and isinstance(part, ast.expr):
            place = ExpressionPlace(self.source, node, part, self.line_length)
            try:
                known = self.surroundings.around(node, part, scope).known
                if any(known.rank(array) is None for array in waste.arrays):
                    raise Refused("the ranks are not known")
                reading = self._read(part, part, node, scope, NUMPY)
                instead = waste.instead(reading.lift)
            except Refused:
                pass
            else:
                yield WastefulProduct(
                    "expression",
                    reading.lift,
                    place,
                    given=reading.given,
                    waste=waste.said(reading.lift),
                    instead=instead,
                )
                return
        for child in children(part):
            if not isinstance(child, CLOSED):
                yield from self.wasteful(child, node, scope)
