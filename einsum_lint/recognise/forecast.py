"""Which loops are worth being read with all that can be inferred: most are refused whatever it is.

Inference needs a walk through all that is kept, and takes many times as long as a reading.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence

from ..infer.scope import Roots, Scope
from ..infer.values import UNKNOWN, Constant, Reference
from ..liveness import blocks
from ..nests import ArrayExpression, LoopNest, Refusal
from ..screen import Candidates, any_within
from ..trees import children, walk
from .nests import NestReader
from .waste import waste_of

_BINDING = frozenset({ast.Name, ast.arg, ast.Assign, ast.Import, ast.ImportFrom})
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def promising(reader: NestReader, candidates: Candidates) -> Candidates:
    """The candidates of a file that may be more than refused once more is known of the names."""
    body = reader.source.tree.body
    loops: list[int] = []
    module = _Bindings()
    for statement in body if candidates.loops else ():
        module.see(statement, deeply=False)
    for statement in body:
        if any_within(candidates.loops, statement):
            names = module.copy()
            if isinstance(statement, _DEFINITIONS):
                names.see(statement, deeply=True)
            loops += _loops([statement], reader, candidates.loops, names.scope())
    products: Sequence[int] = candidates.products
    if ArrayExpression not in reader.products:
        products = list(_products(body, products))
    return Candidates(tuple(loops), tuple(products))


def _loops(
    body: Sequence[ast.stmt], reader: NestReader, rows: Sequence[int], scope: Scope
) -> Iterator[int]:
    """The rows of the statements that may hold a loop to rewrite; those in a loop are its own."""
    for node in body:
        if not any_within(rows, node) and not any(node.lineno in r for r in reader.reading):
            continue
        found = reader.loop(node, scope)
        if found is not None and _may_be_read(found):
            yield node.lineno
            continue
        inner = [block for _, block in blocks(node)]
        if not inner and any(map(_may_be_read, reader.comprehensions(node, scope))):
            yield node.lineno
        for block in inner:
            yield from _loops(block, reader, rows, scope)


def _may_be_read(fact: LoopNest) -> bool:
    return not (isinstance(fact.meaning, Refusal) and fact.meaning.always)


def _products(body: Sequence[ast.stmt], rows: Sequence[int]) -> Iterator[int]:
    """The rows of the statements with a product that may be wasteful."""
    for node in body:
        if any_within(rows, node):
            inner = [block for _, block in blocks(node)]
            for block in inner:
                yield from _products(block, rows)
            if not inner and any(map(waste_of, walk(node))):
                yield node.lineno


class _Bindings:
    """How often names are bound, and to what, as far as imports and numbers tell."""

    def __init__(self) -> None:
        self._count: Counter[str] = Counter()
        self._values: dict[str, list[Reference | Constant]] = {}
        self._stars: list[str] = []

    def copy(self) -> _Bindings:
        """The same, to see more."""
        copied = _Bindings()
        copied._count = self._count.copy()
        copied._values = {name: [*values] for name, values in self._values.items()}
        copied._stars = [*self._stars]
        return copied

    def see(self, statement: ast.stmt, *, deeply: bool) -> None:
        """Note what a statement binds, what stands in functions only ``deeply``."""
        todo: list[ast.AST] = [statement]
        while todo:
            node = todo.pop()
            if isinstance(node, _DEFINITIONS):
                self._count[node.name] += 1
                if not deeply:
                    continue
            if type(node) in _BINDING:
                self._see(node)
            todo += children(node)

    def _see(self, node: ast.AST) -> None:
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                self._count[name] += 1
            case ast.Assign(targets=[ast.Name(name)], value=ast.Constant(value=int(number))):
                self._values.setdefault(name, []).append(Constant(number))
            case ast.Import(names=names):
                for alias in names:
                    root = alias.name.partition(".")[0]
                    name = alias.asname or root
                    self._imported(name, alias.name if alias.asname else root)
            case ast.ImportFrom(module=module, names=names, level=level):
                package = "." * level + (module or "")
                for alias in names:
                    if alias.name == "*":
                        self._stars.append(package)
                    else:
                        dot = "." if module else ""
                        self._imported(alias.asname or alias.name, f"{package}{dot}{alias.name}")

    def _imported(self, name: str, what: str) -> None:
        self._count[name] += 1
        self._values.setdefault(name, []).append(Reference(frozenset({what})))

    def scope(self) -> Scope:
        """The scope in which nothing else is known."""
        scope = Scope(None, Roots(), stars=self._stars)
        for name, count in self._count.items():
            values = self._values.get(name, [])
            certain = len(values) == count and len({*values}) == 1
            scope.bind(name, values[0] if certain else UNKNOWN)
        return scope
