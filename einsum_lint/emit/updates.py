"""The rewriting of a nest: its statements, and how far to trust them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..findings import Applicability
from ..nests import EXPRESSIONS, Kind, Lift, LoopNest
from ..settings import Config
from ..trial import Trial
from .assumptions import assume
from .dtypes import check_dtypes
from .guard import guarded
from .layout import INDENT, lay_out
from .needs import Need
from .sizes import Scene, Unwritable
from .spelling import is_for_torch
from .statements import Element, Line, Name
from .trials import trial


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What to put in place of a nest.

    ``drop`` are names whose initialisation falls away; ``summary`` is the rewriting on one line.
    """

    lines: tuple[str, ...]
    drop: tuple[str, ...]
    applicability: Applicability
    assumptions: tuple[str, ...]
    trial: Trial
    summary: str

    @property
    def has_einsum(self) -> bool:
        """Whether einsum is called at all."""
        return any(".einsum(" in line for line in self.lines)


def rewriting(nest: LoopNest, config: Config, *, keep: bool = False) -> Rewriting | None:
    """The text of a nest, None when it has none; ``keep`` drops no initialisation."""
    try:
        return _written(nest, config, keep=keep)
    except Unwritable:
        return None


def unwritten(nest: LoopNest, config: Config) -> str | None:
    """Why a nest that is understood has no text; None when it has one."""
    try:
        _written(nest, config, keep=False)
    except Unwritable as reason:
        return str(reason)
    return None


def _written(nest: LoopNest, config: Config, *, keep: bool) -> Rewriting:
    if not isinstance(nest.meaning, Lift) or not nest.meaning.updates:
        raise Unwritable
    if config.guard and not keep:
        plain = _written(nest, config._replace(guard=False), keep=False)
        if plain.applicability is Applicability.SAFE:
            return plain
    keep = keep or config.guard or nest.kind in EXPRESSIONS
    try:
        return _rewriting(nest, nest.meaning, config, keep=keep)
    except _Mentioned:
        return _written(nest, config, keep=True)


_CODES: dict[Kind, str] = {"loop": "EIN201", "products": "EIN202", "elementwise": "EIN205"}
"""The rules for which a loop must be marked when it is left where it is."""


class _Mentioned(Exception):  # noqa: N818 (no error: the array is kept)
    """What would be made anew is used before."""


def _rewriting(nest: LoopNest, lift: Lift, config: Config, *, keep: bool) -> Rewriting:
    scene = Scene(lift, config)
    assume(nest, scene)
    for update in lift.updates:
        check_dtypes(scene, update)
    lines = list(_lines(nest, scene, keep=keep))
    if lift.library == "torch" and not all(is_for_torch(line.code.text) for line in lines):
        raise Unwritable
    needs = _merged(lift, scene)
    guard = config.guard and nest.kind not in EXPRESSIONS
    width = nest.place.width - (len(INDENT) if guard else 0)
    laid = tuple(row for line in lines for row in lay_out(line.head, line.code.text, width))
    kept = guarded(nest, needs, laid, _CODES[nest.kind]) if guard else None
    if kept is not None:
        laid = kept
        needs = [need for need in needs if need.check is None]
    return Rewriting(
        lines=laid,
        drop=tuple(line.makes for line in lines if line.makes),
        applicability=Applicability.UNSAFE if needs else Applicability.SAFE,
        assumptions=tuple(dict.fromkeys(need.text for need in needs)),
        trial=trial(nest, scene, laid, [line.makes for line in lines if line.makes]),
        summary="; ".join(line.text for line in lines),
    )


def _merged(lift: Lift, scene: Scene) -> list[Need]:
    """The assumptions of the reader and of the emitter, each once, with its test if it has one."""
    own = list(scene.needs)
    said = {need.text for need in own}
    return [*(Need(text) for text in lift.assumptions if text not in said), *own]


def _lines(nest: LoopNest, scene: Scene, *, keep: bool) -> Iterator[Line]:
    written: list[str] = []
    for update in scene.lift.updates:
        if nest.kind in EXPRESSIONS:
            found = [Line("", Name(scene, update, nest).expression())]
        elif update.target.subscripts:
            found = list(Element(scene, update, nest).lines(keep=keep))
        else:
            found = list(Name(scene, update, nest).lines(keep=keep))
        for line in found:
            if line.makes and _mentions([*written, line.code.text], line.makes):
                raise _Mentioned
            written.append(line.text)
            yield line


def _mentions(texts: Sequence[str], name: str) -> bool:
    return any(re.search(rf"\b{re.escape(name)}\b", text) for text in texts)
