"""From a text to its facts: screen, parse, keep what matters, infer and recognise.

Each step is many times as slow as the one before, and leaves less to the next.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from . import keeping, reading, screen
from .facts import EinsumChain, EinsumSequences, Fact
from .nests import ArrayExpression, WastefulProduct
from .outline import outline
from .rule import Rule
from .screen import Candidates
from .screens import Screens
from .settings import Config
from .stages import Clock, off

if TYPE_CHECKING:
    from .recognise.nests import NestReader
    from .recognise.surroundings import Surroundings
    from .source import Source


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
    screens = Screens.of(wanted)
    with clock("screen"):
        candidates = Candidates.of(text, loops=screens.loops, products=screens.products)
        calls = not screen.calls_none(text, config)
    if not calls and not candidates.rows:
        return None
    hidden: frozenset[str] = frozenset()
    if tree is None:
        with clock("ast"):
            tree, hidden = _parsed(text, () if calls else candidates.rows)
    with clock("start-up"):  # much to load: only once it is needed
        from .source import Source
    kinds = _asked(wanted, ArrayExpression, WastefulProduct)
    source = Source.of(text, keeping.keep_all(text, tree), tree)
    surroundings: Surroundings | None = None
    if calls:
        loops = screens.loops and ("for" in text or "while" in text)
        candidates = candidates._replace(all_loops=loops)
    else:
        candidates, surroundings = _promising(source, config, candidates, kinds, clock)
        if not candidates.rows:
            return None
    with clock("screen"):
        kept = keeping.keep(text, tree, config, candidates)
    source = replace(source, kept=kept._replace(hidden=kept.hidden | hidden))
    reader = _reader(source, surroundings, config, candidates, kinds, clock)
    with clock("start-up"):  # and libcst, once it is certain to be
        from .recognise.walk import find_facts
    with clock("inference"):
        several = _asked(wanted, EinsumChain, EinsumSequences)
        return source, find_facts(
            source, config.einsum_functions, reader, several=several, clock=clock
        )


def _asked(wanted: Sequence[Rule], *kinds: type[Fact]) -> tuple[type[Fact], ...]:
    """Those of some kinds of facts that a rule looks at."""
    looked_at = {rule.on for rule in wanted}
    return tuple(kind for kind in kinds if kind in looked_at)


def _promising(
    source: Source,
    config: Config,
    candidates: Candidates,
    kinds: tuple[type[Fact], ...],
    clock: Clock,
) -> tuple[Candidates, Surroundings]:
    """Those of the candidates that are worth inference, and what is known of their file."""
    with clock("start-up"):
        from .recognise.forecast import promising
        from .recognise.nests import NestReader
        from .recognise.surroundings import Surroundings
    surroundings = Surroundings(source)
    with clock("forecast"):
        reader = NestReader(surroundings, config.line_length, candidates, kinds, is_forecast=True)
        return promising(reader, candidates), surroundings


def _reader(
    source: Source,
    surroundings: Surroundings | None,
    config: Config,
    candidates: Candidates,
    kinds: tuple[type[Fact], ...],
    clock: Clock,
) -> NestReader | None:
    """The reader of loops and array arithmetic, None where there is certainly nothing to read."""
    if not candidates.rows and not candidates.all_loops:
        return None
    with clock("start-up"):
        from .recognise.nests import NestReader, TimedReader
        from .recognise.surroundings import Surroundings
    surroundings = surroundings or Surroundings(source)
    if clock is off:
        return NestReader(surroundings, config.line_length, candidates, kinds)
    return TimedReader(surroundings, config.line_length, candidates, kinds, clock=clock)


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
    from .recognise.surroundings import Surroundings
    from .recognise.walk import find_facts
    from .source import Source

    tree = reading.parse(text)
    source = Source.of(text, keeping.keep_all(text, tree), tree)
    kinds = _asked(wanted, ArrayExpression)
    reader = NestReader(Surroundings(source), config.line_length, products=kinds)
    return find_facts(source, config.einsum_functions, reader)
