"""All that a front end calls: bytes or text in, findings or the new text out.

Most files are passed over by the screen, so only what they need is imported at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from . import reading
from .findings import Applicability, Finding, Position, Span
from .product_screen import LIBRARIES
from .proofs import ISSUES, Proofs, Prove, Tally
from .rule import Rule, chosen, rules, selected
from .screens import could_matter
from .settings import DEFAULT, Config
from .stages import Clock, off

if TYPE_CHECKING:
    import ast

    from .facts import Fact
    from .nests import Refusal
    from .shown import CallShapes
    from .source import Source

SMALL = 4096  # bytes; parsing so small a file costs next to nothing, and shows a syntax error


class Fixed(NamedTuple):
    """A fixed file: its bytes (the old ones when nothing changed), what is left, how many fixes."""

    data: bytes
    findings: tuple[Finding, ...]
    applied: int
    proofs: Tally = Tally()


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
    wanted = chosen(config)
    if tree is not None and not (
        wanted and could_matter(source.encode(errors="replace"), config, wanted)
    ):
        return ()
    return _guarded(source, path, config, wanted, tree, noqa=noqa)


def fix_source(
    source: str,
    path: str = "<string>",
    config: Config = DEFAULT,
    *,
    level: Applicability = Applicability.SAFE,
    verify: bool = True,
) -> str:
    """The text after every fix of at least this level, applied until none is left.

    A fix that can be proved by running both forms is; without ``verify`` it is taken as it is.
    """
    with Proofs() as proofs:
        prove = proofs if verify else None
        return _fix(source, path, config, chosen(config), level, prove)[0]


def rewrite_source(
    source: str,
    codemod: str,
    path: str = "<string>",
    config: Config = DEFAULT,
    *,
    level: Applicability = Applicability.SAFE,
    verify: bool = True,
) -> str:
    """The text after every rewriting of at least this level by the codemod with this name.

    Each is proved by running both forms; without ``verify`` it is taken as it is.
    """
    from .codemod import codemods

    known = codemods()
    if codemod not in known:
        raise ValueError(f"unknown codemod {codemod!r}; there are {', '.join(known)}")
    with Proofs() as proofs:
        prove = proofs if verify else None
        return _fix(source, path, config, known[codemod].rules(config), level, prove)[0]


def check_bytes(
    data: bytes,
    path: str,
    config: Config = DEFAULT,
    *,
    thorough: bool = False,
    only: Sequence[Rule] | None = None,
    clock: Clock = off,
) -> tuple[Finding, ...]:
    """The findings of one file, sorted by place; never raises for what is in the file.

    ``thorough`` parses the file even when nothing in it can matter to a rule, so that a syntax
    error is reported.  ``only`` are the rules to run instead of those that are configured.
    """
    whole = thorough or len(data) <= SMALL or b"\0" in data
    with clock("screen"):
        matters = could_matter(data, config, only)
    if not matters and not whole:
        return ()
    try:
        text, _ = reading.decode(data)
        with clock("ast"):
            tree = reading.parse(text) if whole else None
    except reading.UnreadableError as error:
        return _unreadable(error, config)
    if not matters:
        return ()
    with clock("start-up"):
        wanted = chosen(config) if only is None else only
    return _guarded(text, path, config, wanted, tree, whole=False, clock=clock)


def fix_bytes(
    data: bytes,
    path: str,
    config: Config = DEFAULT,
    *,
    level: Applicability = Applicability.SAFE,
    only: Sequence[Rule] | None = None,
    prove: Prove | None = None,
    clock: Clock = off,
) -> Fixed:
    """Apply the fixes of at least this level, again and again until none is left.

    Those that need a proof are given to ``prove``; without it they are taken as they are.
    """
    try:
        text, encoding = reading.decode(data)
    except reading.UnreadableError as error:
        return Fixed(data, _unreadable(error, config), 0)
    wanted = chosen(config) if only is None else only
    new, findings, applied, proofs = _fix(text, path, config, wanted, level, prove, clock)
    return Fixed(data if new == text else new.encode(encoding), findings, applied, proofs)


def infer_shapes(
    data: bytes, path: str, config: Config = DEFAULT
) -> tuple[tuple[CallShapes, ...], tuple[Finding, ...]]:
    """What is known of the operands of each einsum call, and why a file can't be read if so."""
    from .analysis import find
    from .facts import EinsumCall
    from .shown import call_shapes

    try:
        text, _ = reading.decode(data)
        got = find(text, config, (), reading.parse(text))
    except reading.UnreadableError as error:
        return (), _unreadable(error, config)
    facts = got[1] if got is not None else ()
    calls = (call_shapes(fact) for fact in facts if isinstance(fact, EinsumCall))
    return tuple(sorted(calls, key=lambda c: c.span)), ()


def find_refusals(
    data: bytes, config: Config = DEFAULT, only: Sequence[Rule] | None = None
) -> tuple[Refusal, ...]:
    """Why what looks a little like a contraction to one of the rules is none, sorted by place.

    The screen passes over most of it, so it is not asked.  ``only`` as for ``check_bytes``.
    """
    if not any(name.encode() in data for name in LIBRARIES):
        return ()
    from .analysis import find_all
    from .emit.updates import unwritten
    from .nests import LoopNest, Refusal

    wanted = chosen(config) if only is None else only
    kinds = {rule.on for rule in wanted}
    try:
        facts = find_all(reading.decode(data)[0], config, wanted)
    except (reading.UnreadableError, RecursionError):
        return ()
    refused: set[Refusal] = set()
    for nest in (fact for fact in facts if isinstance(fact, LoopNest) and type(fact) in kinds):
        if isinstance(nest.meaning, Refusal):
            refused.add(nest.meaning)
        elif (reason := unwritten(nest, config)) is not None:
            refused.add(Refusal(reason, nest.place.header))
    return tuple(sorted(refused, key=lambda refusal: (refusal.span, refusal.reason)))


def _guarded(
    text: str,
    path: str,
    config: Config,
    wanted: Sequence[Rule],
    tree: ast.Module | None = None,
    *,
    noqa: bool = True,
    whole: bool = True,
    clock: Clock = off,
) -> tuple[Finding, ...]:
    """The findings of a text; what prevents its check is a finding too.

    Unless the ``whole`` text is wanted, what can't matter need not even be Python.
    """
    try:
        if tree is None and whole:
            with clock("ast"):
                tree = reading.parse(text)
        return _check(text, config, wanted, tree, noqa=noqa, clock=clock)
    except reading.UnreadableError as error:
        return _unreadable(error, config)
    except RecursionError:
        return _unreadable(reading.UnreadableError("nested too deeply to be analysed"), config)
    except Exception as error:  # a bug of ours must not end the check of the other files
        return (_internal_error(error, path),)


def _check(
    text: str,
    config: Config,
    wanted: Sequence[Rule],
    tree: ast.Module | None,
    *,
    noqa: bool,
    clock: Clock,
) -> tuple[Finding, ...]:
    with clock("start-up"):
        from .analysis import find
    got = find(text, config, wanted, tree, clock)
    if got is None:
        return ()
    with clock("rules"):
        return _judged(*got, config, wanted, noqa=noqa)


def _judged(
    source: Source, facts: Sequence[Fact], config: Config, wanted: Sequence[Rule], *, noqa: bool
) -> tuple[Finding, ...]:
    """What the rules find in the facts."""
    found: list[Finding] = []
    checks = {
        kind: [(rule, rule.check) for rule in wanted if rule.on is kind and rule.check is not None]
        for kind in set(map(type, facts))
    }
    for fact in facts:
        rows = fact.place.rows if noqa else range(0)
        for rule, check in checks[type(fact)]:
            for problem in check(fact, config):
                if not source.silenced(rule.code, rows):
                    row = problem.span.start.row  # where flake8 looks too
                    found.append(
                        Finding(
                            rule.code, rule.name, problem.message, problem.span, problem.fix, row
                        )
                    )
    return tuple(sorted(set(found), key=lambda f: (f.span, f.code, f.message)))


def _finding(rule: Rule, message: str, at: Position) -> Finding:
    return Finding(rule.code, rule.name, message, Span(at, at), None, at.row)


def _unreadable(error: reading.UnreadableError, config: Config) -> tuple[Finding, ...]:
    if not selected(config, "EIN900"):
        return ()
    return (_finding(rules()["EIN900"], error.message, error.position),)


def _internal_error(error: Exception, path: str) -> Finding:
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    where = f"{frames[-1].name}, line {frames[-1].lineno}" if frames else "?"
    return _finding(
        rules()["EIN901"],
        f"{type(error).__name__}: {error} (in {where}) while checking {path}; this is a bug of "
        f"einsum-lint: please report it with the file at {ISSUES}",
        Position(1, 1),
    )


def _fix(
    text: str,
    path: str,
    config: Config,
    wanted: Sequence[Rule],
    level: Applicability,
    prove: Prove | None,
    clock: Clock = off,
) -> tuple[str, tuple[Finding, ...], int, Tally]:
    from .fixing import fix_text

    def check(text: str) -> tuple[Finding, ...]:
        return _guarded(text, path, config, wanted, clock=clock)

    done = fix_text(text, check, level=level, prove=prove)
    findings = done.findings
    if done.broken is not None:
        told = f"the fixes made the text unparsable ({done.broken}), and were not applied"
        findings = (*findings, _internal_error(ValueError(told), path))
    return done.text, findings, done.applied, done.proofs
