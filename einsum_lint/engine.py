"""All that a front end calls: bytes or text in, findings or the new text out."""

from __future__ import annotations

import ast
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import reading, screen
from .facts import Fact
from .findings import Applicability, Edit, Finding, Fix, Position, Span
from .rule import Rule, rules, selected
from .settings import DEFAULT, Config
from .shown import CallShapes, call_shapes

if TYPE_CHECKING:
    from .source import Source

SMALL = 4096  # bytes; parsing so small a file costs next to nothing, and shows a syntax error
ROUNDS = 20  # fixes may make room for other fixes, but not for ever


@dataclass(frozen=True, slots=True)
class Fixed:
    """A fixed file: its bytes (the old ones when nothing changed), what is left, how many fixes."""

    data: bytes
    findings: tuple[Finding, ...]
    applied: int


def check_source(
    source: str,
    path: str = "<string>",
    config: Config = DEFAULT,
    *,
    tree: ast.Module | None = None,
    noqa: bool = True,
) -> tuple[Finding, ...]:
    """The findings in a text, sorted by place.

    ``path`` is only for messages; ``tree`` is the ``ast`` tree of the text where the caller has it.
    Without ``noqa``, comments silence nothing but a whole file: the caller sees to the others.
    """
    if tree is not None and not screen.matters(source.encode(errors="replace"), config):
        return ()
    return _guarded(source, path, config, tree, noqa=noqa)


def fix_source(
    source: str,
    path: str = "<string>",
    config: Config = DEFAULT,
    *,
    level: Applicability = Applicability.SAFE,
) -> str:
    """The text after every fix of at least this level, applied until none is left."""
    return _fix(source, path, config, level)[0]


def check_bytes(
    data: bytes, path: str, config: Config = DEFAULT, *, thorough: bool = False
) -> tuple[Finding, ...]:
    """The findings of one file, sorted by place; never raises for what is in the file.

    ``thorough`` parses the file even when nothing in it can matter to a rule, so that a syntax
    error is reported.
    """
    if not screen.matters(data, config) and not (thorough or len(data) <= SMALL or b"\0" in data):
        return ()
    try:
        text, _ = reading.decode(data)
    except reading.UnreadableError as error:
        return _unreadable(error, config)
    return _guarded(text, path, config, None)


def fix_bytes(
    data: bytes, path: str, config: Config = DEFAULT, *, level: Applicability = Applicability.SAFE
) -> Fixed:
    """Apply the fixes of at least this level, again and again until none is left."""
    try:
        text, encoding = reading.decode(data)
    except reading.UnreadableError as error:
        return Fixed(data, _unreadable(error, config), 0)
    new, findings, applied = _fix(text, path, config, level)
    return Fixed(data if new == text else new.encode(encoding), findings, applied)


def infer_shapes(
    data: bytes, path: str, config: Config = DEFAULT
) -> tuple[tuple[CallShapes, ...], tuple[Finding, ...]]:
    """What is known of the operands of each einsum call, and why a file can't be read if so."""
    try:
        text, _ = reading.decode(data)
        tree = reading.parse(text)
        facts = _facts(text, tree, config)[1] if screen.matters(data, config) else ()
    except reading.UnreadableError as error:
        return (), _unreadable(error, config)
    return tuple(sorted((call_shapes(fact) for fact in facts), key=lambda c: c.span)), ()


def _guarded(
    text: str, path: str, config: Config, tree: ast.Module | None, *, noqa: bool = True
) -> tuple[Finding, ...]:
    """The findings of a text; what prevents its check is a finding too."""
    try:
        return _check(text, path, config, tree, noqa=noqa)
    except reading.UnreadableError as error:
        return _unreadable(error, config)
    except RecursionError:
        return _unreadable(reading.UnreadableError("nested too deeply to be analysed"), config)
    except Exception as error:  # a bug of ours must not end the check of the other files
        return (_internal_error(error, path),)


def _check(
    text: str, path: str, config: Config, tree: ast.Module | None, *, noqa: bool
) -> tuple[Finding, ...]:
    tree = tree if tree is not None else reading.parse(text)
    if not screen.matters(text.encode(errors="replace"), config):
        return ()
    source, facts = _facts(text, tree, config)
    wanted = [rule for rule in rules().values() if rule.check and selected(config, rule.code)]
    found: list[Finding] = []
    for fact in facts:
        rows = fact.place.rows if noqa else range(0)
        for rule in wanted:
            if rule.check is None or rule.on is not type(fact):
                continue
            for problem in rule.check(fact, config):
                if not source.silenced(rule.code, rows):
                    row = problem.span.start.row  # where flake8 looks too
                    found.append(
                        Finding(
                            rule.code, rule.name, problem.message, problem.span, problem.fix, row
                        )
                    )
    return tuple(sorted(set(found), key=lambda f: (f.span, f.code, f.message)))


def _facts(text: str, tree: ast.Module, config: Config) -> tuple[Source, tuple[Fact, ...]]:
    from .recognise.walk import find_facts  # libcst: only once it is certain to be needed
    from .source import Source

    source = Source.of(text, screen.keep(text, tree, config))
    return source, find_facts(source, config.einsum_functions)


def _finding(rule: Rule, message: str, at: Position) -> Finding:
    return Finding(rule.code, rule.name, message, Span(at, at), None, at.row)


def _unreadable(error: reading.UnreadableError, config: Config) -> tuple[Finding, ...]:
    if not selected(config, "EIN900"):
        return ()
    return (_finding(rules()["EIN900"], error.message, error.position),)


def _internal_error(error: Exception, path: str) -> Finding:
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].name}, line {frames[-1].lineno}" if frames else "?"
    return _finding(
        rules()["EIN901"],
        f"{type(error).__name__}: {error} (in {where}) while checking {path}; this is a bug of "
        f"einsum-lint: please report it with the file at {ISSUES}",
        Position(1, 1),
    )


ISSUES = "https://github.com/einsum-lint/einsum-lint/issues"


def _fix(
    text: str, path: str, config: Config, level: Applicability
) -> tuple[str, tuple[Finding, ...], int]:
    applied = 0
    for _ in range(ROUNDS):
        findings = _guarded(text, path, config, None)
        fixes = [f.fix for f in findings if f.fix is not None and f.fix.applicability >= level]
        if not fixes:
            break
        new, count = apply_fixes(text, fixes)
        try:
            compile(
                new,
                path,
                "exec",
                ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
                dont_inherit=True,
            )
        except (SyntaxError, ValueError) as error:
            bug = ValueError(f"the fixes made the text unparsable ({error}), and were not applied")
            return text, (*findings, _internal_error(bug, path)), applied
        text, applied = new, applied + count
    return text, findings, applied


def apply_fixes(text: str, fixes: Sequence[Fix]) -> tuple[str, int]:
    """The text with the fixes applied, and their number; of two that overlap, the first is."""
    starts = screen.line_starts(text)

    def offsets(edit: Edit) -> tuple[int, int]:
        start, end = edit.span.start, edit.span.end
        return starts[start.row - 1] + start.column - 1, starts[end.row - 1] + end.column - 1

    taken: list[tuple[int, int, str]] = []
    count = 0
    for fix in fixes:
        mine = [(*offsets(edit), edit.content) for edit in fix.edits]
        if not any(_overlap(one, other) for one in mine for other in taken):
            taken += mine
            count += 1
    return "".join(_pieces(text, sorted(taken))), count


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
