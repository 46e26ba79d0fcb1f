"""Applies fixes to a text, again and again until none is left."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from .findings import Applicability, Edit, Finding, Fix
from .proofs import Prove, Tally, judged, tally, verdicts
from .screen import line_starts

ROUNDS = 20  # fixes may make room for other fixes, but not for ever


@dataclass(frozen=True, slots=True)
class FixedText:
    """The text after the fixes, what is left to find in it, the number of fixes and their proofs.

    ``broken`` says why the last fixes were taken back: they made the text unparsable.
    """

    text: str
    findings: tuple[Finding, ...]
    applied: int
    proofs: Tally = field(default_factory=Tally)
    broken: str | None = None


def fix_text(
    text: str,
    check: Callable[[str], tuple[Finding, ...]],
    *,
    level: Applicability,
    prove: Prove | None,
) -> FixedText:
    """Apply the fixes of at least this level that ``check`` finds; those that need a proof, proved.

    Without ``prove`` nothing is proved.
    """
    applied, proofs = 0, Tally()
    guessed: set[str] = set()
    for _ in range(ROUNDS):
        findings = check(text)
        known = verdicts(findings, level, prove) if prove else {}
        findings = tuple(judged(finding, known) for finding in findings)
        fixes = [f.fix for f in findings if f.fix is not None]
        wanted = [f for f in fixes if f.applicability >= level and not _again(f, text, guessed)]
        if not wanted:
            return FixedText(text, findings, applied, proofs + tally((), fixes, known))
        new, taken = apply_fixes(text, wanted)
        error = _syntax_error(new)
        if error is not None:
            return FixedText(text, findings, applied, proofs, error)
        text, applied = new, applied + len(taken)
        proofs += tally(taken, (), known)
        guessed |= {edit.content for fix in taken if _guesses(fix) for edit in fix.edits} - {""}
    return FixedText(text, check(text), applied, proofs)


def _guesses(fix: Fix) -> bool:
    """Whether a fix of code rests on assumptions about the arrays in it."""
    return not fix.repeats and fix.trial is not None and fix.applicability < Applicability.SAFE


def _again(fix: Fix, text: str, guessed: set[str]) -> bool:
    """Whether a fix that guesses would replace the result of a guess: the two may disagree."""
    if not guessed or not _guesses(fix):
        return False
    starts = line_starts(text)
    old = [text[slice(*_offsets(edit, starts))] for edit in fix.edits]
    return any(content in part for content in guessed for part in old)


def _syntax_error(text: str) -> str | None:
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        compile(text, "<fixed>", "exec", flags, dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        return str(error)
    return None


def apply_fixes(text: str, fixes: Sequence[Fix]) -> tuple[str, list[Fix]]:
    """The text with the fixes applied, and which were; of two that overlap, the first is."""
    starts = line_starts(text)
    edits: list[tuple[int, int, str]] = []
    taken: list[Fix] = []
    for fix in fixes:
        mine = [(*_offsets(edit, starts), edit.content) for edit in fix.edits]
        if not any(_overlap(one, other) for one in mine for other in edits):
            edits += mine
            taken.append(fix)
    return "".join(_pieces(text, sorted(edits))), taken


def _offsets(edit: Edit, starts: Sequence[int]) -> tuple[int, int]:
    start, end = edit.span.start, edit.span.end
    return starts[start.row - 1] + start.column - 1, starts[end.row - 1] + end.column - 1


def _overlap(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    """Whether two edits touch: two insertions at one place do."""
    return one[0] <= other[1] and other[0] <= one[1]


def _pieces(text: str, edits: Sequence[tuple[int, int, str]]) -> Iterator[str]:
    at = 0
    for start, end, content in edits:
        yield text[at:start]
        yield content
        at = end
    yield text[at:]
