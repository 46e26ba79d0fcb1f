"""A nest that can be rewritten, as a problem with its fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..findings import Fix, Problem
from ..nests import LoopNest
from ..settings import Config

if TYPE_CHECKING:
    from .updates import Rewriting

_LONGEST = 100


def problem(nest: LoopNest, config: Config, what: str, *, plain: bool = False) -> Problem | None:
    """``what`` and the call of einsum that the nest is; None when it is none.

    With ``plain``, arithmetic without an einsum will do too.
    """
    from .updates import rewriting  # much, and in most runs no nest is rewritten

    found = rewriting(nest, config)
    if found is None or not (plain or found.has_einsum):
        return None
    message = f"{what}: {_shortened(found.summary)}"
    fix = _fix(nest, found)
    if fix is None and found.drop:
        kept = rewriting(nest, config, keep=True)
        fix = None if kept is None else _fix(nest, kept)
    return Problem(message, nest.place.header, fix)


def _fix(nest: LoopNest, found: Rewriting) -> Fix | None:
    edits = nest.place.replace(found.lines, found.drop)
    if edits is None:
        return None
    assumed = "; ".join(found.assumptions)
    message = f"rewrite with einsum, assuming: {assumed}" if assumed else "rewrite with einsum"
    return Fix(message, edits, found.applicability, found.trial)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
