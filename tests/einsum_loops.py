"""Rewrites the einsum calls of a text as loops, as the codemod does."""

from __future__ import annotations

from collections.abc import Iterator

from einsum_lint.codemods.einsum_to_loops import einsum_to_loops
from einsum_lint.facts import EinsumCall
from einsum_lint.findings import Fix
from einsum_lint.fixing import apply_fixes
from einsum_lint.keeping import keep
from einsum_lint.reading import parse
from einsum_lint.recognise.walk import find_facts
from einsum_lint.settings import DEFAULT, Config
from einsum_lint.source import Source


def fixes(text: str, config: Config = DEFAULT) -> Iterator[Fix]:
    """The fixes of the codemod, in the order of the calls."""
    tree = parse(text)
    source = Source.of(text, keep(text, tree, DEFAULT), tree)
    check = einsum_to_loops.own
    assert check is not None
    assert check.check is not None
    for fact in find_facts(source, {}):
        if isinstance(fact, EinsumCall):
            for problem in check.check(fact, config):
                assert problem.fix is not None
                yield problem.fix


def loops(text: str) -> str:
    """The text after the codemod, applied until it finds nothing more."""
    while found := list(fixes(text)):
        text, _ = apply_fixes(text, found)
    return text
