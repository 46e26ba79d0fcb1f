"""From a text to its facts: screen, parse, keep what matters, infer and recognise.

Each step is many times as slow as the one before, and leaves less to the next.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from . import reading, screen
from .facts import EinsumChain, EinsumSequences, Fact
from .nests import ArrayExpression, LoopNest, WastefulProduct
from .outline import outline
from .product_screen import rows_of_products, rows_of_waste
from .rule import Rule
from .screen import Candidates
from .settings import Config

if TYPE_CHECKING:
    from .source import Source

_PRODUCTS: Final[dict[type[Fact], screen.Rows]] = {
    ArrayExpression: rows_of_products,
    WastefulProduct: rows_of_waste,
}
"""The facts of array arithmetic, each with the screen of the rows that may have it."""


def matters_to(data: bytes, config: Config, wanted: Sequence[Rule]) -> bool:
    """Whether one of some rules could find something in a file with these bytes."""
    loops, products = wants(wanted, LoopNest), _screen_of_products(wanted)
    return screen.matters(data, config, loops=loops, products=products)


def wants(wanted: Sequence[Rule], kind: type[Fact]) -> bool:
    """Whether one of some rules looks at facts of a kind."""
    return any(rule.on is kind for rule in wanted)


def find(
    text: str, config: Config, wanted: Sequence[Rule], tree: ast.Module | None = None
) -> tuple[Source, tuple[Fact, ...]] | None:
    """The facts of a text that some rules may look at; None where there are certainly none.

    ``tree`` is its ``ast`` tree; without it, only what matters of the text is parsed.
    UnreadableError if that is not Python.
    """
    loops, products = wants(wanted, LoopNest), _screen_of_products(wanted)
    candidates = Candidates.of(text, loops=loops, products=products)
    calls = not screen.calls_none(text, config)
    if not calls and not candidates.rows:
        return None
    hidden: frozenset[str] = frozenset()
    if tree is None:
        tree, hidden = _parsed(text, () if calls else candidates.rows)
    from .recognise.forecast import promising
    from .recognise.nests import NestReader
    from .recognise.walk import find_facts  # libcst: only once it is certain to be needed
    from .source import Source

    kinds = _kinds(wanted)
    source = Source.of(text, screen.keep_all(text, tree), tree)
    if calls:
        candidates = replace(candidates, all_loops=loops)
    elif candidates.rows:
        reader = NestReader(source, config.line_length, candidates, kinds)
        candidates = promising(reader, candidates)
        if not candidates.rows:
            return None
    kept = screen.keep(text, tree, config, candidates)
    source = replace(source, kept=replace(kept, hidden=kept.hidden | hidden))
    reader = NestReader(source, config.line_length, candidates, kinds)
    several = tuple(kind for kind in (EinsumChain, EinsumSequences) if wants(wanted, kind))
    return source, find_facts(source, config.einsum_functions, reader, several=several)


def _parsed(text: str, rows: Sequence[int]) -> tuple[ast.Module, frozenset[str]]:
    """The tree of what some rows ask for of a text, and the names that the rest of it binds.

    All of the text, when there are no rows.
    """
    found = outline(text, rows) if rows else None
    if found is not None and found.names:
        try:
            return reading.parse(found.text), found.names
        except reading.UnreadableError:
            pass  # the lines were not what they seemed to be
    return reading.parse(text), frozenset()


def find_all(text: str, config: Config, wanted: Sequence[Rule] = ()) -> tuple[Fact, ...]:
    """Every fact of a text, without asking the screen; array arithmetic where a rule looks at it.

    UnreadableError if it is not Python.
    """
    from .recognise.nests import NestReader
    from .recognise.walk import find_facts
    from .source import Source

    tree = reading.parse(text)
    source = Source.of(text, screen.keep_all(text, tree), tree)
    reader = NestReader(source, config.line_length, products=_kinds(wanted))
    return find_facts(source, config.einsum_functions, reader)


def _kinds(wanted: Sequence[Rule]) -> tuple[type[Fact], ...]:
    """The facts of array arithmetic that some rules look at."""
    return tuple(kind for kind in _PRODUCTS if wants(wanted, kind))


def _screen_of_products(wanted: Sequence[Rule]) -> screen.Rows | None:
    """The screen of the array arithmetic that some rules look at; the first is the wider one."""
    return next((rows for kind, rows in _PRODUCTS.items() if wants(wanted, kind)), None)
