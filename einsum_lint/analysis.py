"""From a text to its facts: screen, parse, keep what matters, infer and recognise.

Each step is many times as slow as the one before, and leaves less to the next.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from . import reading, screen
from .facts import EinsumChain, Fact
from .nests import ArrayExpression, LoopNest, WastefulProduct
from .outline import outline
from .product_screen import rows_of_products, rows_of_waste
from .rule import Rule
from .screen import Candidates
from .settings import Config
from .stages import Clock, off

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
    text: str,
    config: Config,
    wanted: Sequence[Rule],
    tree: ast.Module | None = None,
    clock: Clock = off,
) -> tuple[Source, tuple[Fact, ...]] | None:
    """The facts of a text that some rules may look at; None where there are certainly none.

    ``tree`` is its ``ast`` tree; without it, only what matters of the text is parsed.
    UnreadableError if that is not Python.
    """
    loops, products = wants(wanted, LoopNest), _screen_of_products(wanted)
    with clock("screen"):
        candidates = Candidates.of(text, loops=loops, products=products)
        calls = not screen.calls_none(text, config)
    if not calls and not candidates.rows:
        return None
    hidden: frozenset[str] = frozenset()
    if tree is None:
        with clock("ast"):
            tree, hidden = _parsed(text, () if calls else candidates.rows)
    with clock("start-up"):  # libcst: only once it is certain to be needed
        from .recognise.forecast import promising
        from .recognise.nests import NestReader, TimedReader
        from .recognise.walk import find_facts
        from .source import Source
    kinds = tuple(kind for kind in _PRODUCTS if wants(wanted, kind))
    source = Source.of(text, screen.keep_all(text, tree), tree)
    if calls:
        candidates = replace(candidates, all_loops=loops)
    elif candidates.rows:
        reader = NestReader(source, config.line_length, candidates, kinds)
        with clock("forecast"):
            candidates = promising(reader, candidates)
        if not candidates.rows:
            return None
    with clock("screen"):
        kept = screen.keep(text, tree, config, candidates)
    source = replace(source, kept=replace(kept, hidden=kept.hidden | hidden))
    reader = NestReader(source, config.line_length, candidates, kinds)
    if clock is not off:
        reader = TimedReader(source, config.line_length, candidates, kinds, clock=clock)
    chained = wants(wanted, EinsumChain)
    with clock("libcst"):
        _ = source.module  # made here, so that the walk does not seem to take the time
    with clock("inference"):
        return source, find_facts(source, config.einsum_functions, reader, chained=chained)


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


def find_all(text: str, config: Config) -> tuple[Fact, ...]:
    """Every fact of a text, without asking the screen.  UnreadableError if it is not Python."""
    from .recognise.nests import NestReader
    from .recognise.walk import find_facts
    from .source import Source

    tree = reading.parse(text)
    source = Source.of(text, screen.keep_all(text, tree), tree)
    return find_facts(source, config.einsum_functions, NestReader(source, config.line_length))


def _screen_of_products(wanted: Sequence[Rule]) -> screen.Rows | None:
    """The screen of the array arithmetic that some rules look at; the first is the wider one."""
    return next((rows for kind, rows in _PRODUCTS.items() if wants(wanted, kind)), None)
