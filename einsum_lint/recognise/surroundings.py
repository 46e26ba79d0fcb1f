"""What stands around the loops and the array arithmetic of a file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from ..infer.scope import Scope
from ..infer.values import Reference
from ..liveness import Liveness
from ..nests import Refusal
from ..source import Source
from .compiled import is_compiled
from .libraries import LIBRARIES, NUMPY, Library
from .loops.around import Around
from .loops.known import Known
from .loops.origins import Origins
from .loops.structure import check_structure, multiplies_matrices
from .loops.uses import Uses
from .products.space import Refused


@dataclass
class Surroundings:
    """Tells of each nest, or expression, of a file what is known where it stands."""

    source: Source
    uses: dict[ast.AST, Uses] = field(default_factory=dict)
    """What the uses of names tell, by the function or module that holds them."""

    @cached_property
    def liveness(self) -> Liveness:
        """What becomes of the names of the file."""
        return Liveness(self.source.tree)

    def around(
        self,
        node: ast.stmt,
        nest: ast.AST,
        scope: Scope,
        library: Library = NUMPY,
        *,
        is_forecast: bool = False,
    ) -> Around:
        """What stands around a nest.  Refused when no reading of it could succeed."""
        if any(is_compiled(owner, self.source.text) for owner in self._owners(node)):
            raise Refused("the function is compiled", always=True)
        known = Known(scope, alias(scope, library), library, is_forecast=is_forecast)
        if not known.numpy:
            module = _module(scope).ever
            told = "NumPy is not imported"
            raise Refused(told, always=module.keys().isdisjoint({"np", "numpy"}))
        check_structure(nest, known)
        known.matrices = multiplies_matrices(nest)
        origins = self._origins(node, known)
        known.integers, known.shapes = frozenset(origins.uses.integers), origins.shapes
        known.least, known.like = origins.ranks, origins.like
        uses = origins.uses
        known.lengths = (uses.lengths | uses.iterated) - uses.shaped
        known.naturals |= origins.naturals
        return Around(self.liveness, origins, known)

    def refusal(self, refused: Refused, node: ast.stmt | ast.expr) -> Refusal:
        """The reason why a node is no contraction, and where that is seen."""
        at = refused.node if isinstance(refused.node, (ast.stmt, ast.expr)) else node
        if not hasattr(at, "lineno"):
            at = node
        return Refusal(refused.reason, self.source.span(at), refused.always)

    def _owners(self, node: ast.stmt) -> Iterator[ast.AST]:
        """The functions and classes around a statement, the innermost first."""
        owner: ast.AST = node
        while isinstance(owner, ast.stmt):
            owner = self.liveness.scope(owner)
            yield owner

    def _origins(self, node: ast.stmt, known: Known) -> Origins:
        owner, outer, around_class = self.liveness.scope(node), None, None
        if isinstance(owner, ast.ClassDef):
            around_class = owner
        if isinstance(owner, ast.stmt):
            outer = self._origins(owner, known)
            around_class = around_class or outer.around_class
        return Origins(owner, node, known, self._uses_of(owner), outer, around_class)

    def _uses_of(self, owner: ast.AST) -> Uses:
        if owner not in self.uses:
            self.uses[owner] = Uses.of(owner)
        return self.uses[owner]


def alias(scope: Scope, library: Library) -> str:
    """How a scope calls the module of a library; "" when it does not."""
    module = Reference(frozenset({library.module}))
    names = [name for name, value in _module(scope).ever.items() if value == module]
    return next((n for n in ("np", "numpy", *names) if scope.lookup(n) == module), "")


def libraries(scope: Scope) -> tuple[Library, ...]:
    """The libraries whose arithmetic is read, as far as a file imports them under a name."""
    return tuple(library for library in LIBRARIES if alias(scope, library))


def is_mixed(scope: Scope) -> bool:
    """Whether a file imports something of several libraries of arrays."""
    values = _module(scope).ever.values()
    names = {name for v in values if isinstance(v, Reference) for name in v.names}
    return len({name.partition(".")[0] for name in names} & _ROOTS) > 1


_ROOTS = frozenset({"numpy", "torch", "jax", "cupy", "tensorflow", "dask", "sparse"})


def _module(scope: Scope) -> Scope:
    while scope.parent is not None:
        scope = scope.parent
    return scope
