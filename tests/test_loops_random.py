"""loops-to-einsum on random loop nests: every rewritten program does what it did before.

``python tests/test_loops_random.py --examples 20000`` runs more of them, with a report of the forms
that were lifted; ``--broken`` those that a plain contraction would get wrong.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterable

import pytest
from broken_loops import BREAKERS, broken, seeded_breaks
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loop_programs import programs, seeded_programs
from loop_running import (
    Program,
    compiled,
    difference,
    hostile_arguments,
    outcome,
    ranks_of_names,
)
from rewriting import assumed_ranks, loops_in, rewritten

from einsum_lint import Applicability


def fault(program: Program, text: str, dtype: str = "float64", seeds: int = 2) -> str | None:
    """How a rewritten program differs from what it was; None when it does not."""
    before, after = compiled(program.text), compiled(text)
    for seed in range(seeds):
        arguments = program.arguments(seed, dtype)
        old = outcome(before, arguments)
        if old.error in (IndexError, UnboundLocalError):
            continue  # the rewriting says that it hides the first, and the second is always raised
        found = difference(old, outcome(after, arguments))
        if found and _as_assumed(program.text, ranks_of_names(before, arguments)):
            return found
    return None


def _as_assumed(text: str, ranks: dict[str, set[int]]) -> bool:
    """Whether names have the ranks that the messages of the fixes take for granted."""
    assumed = assumed_ranks(text)
    return all(rank in ranks.get(name, {rank}) for name, rank in assumed.items())


def hostile_fault(program: Program, text: str, rng: random.Random) -> str | None:
    """How a rewritten program differs for arguments that nobody thought of."""
    before, after = compiled(program.text), compiled(text)
    for seed in range(6):
        arguments = hostile_arguments(program, rng, seed)
        found = difference(outcome(before, arguments), outcome(after, arguments))
        if found:
            return f"{arguments}: {found}"
    return None


def report(program: Program, text: str, found: str) -> str:
    return f"{found}\n--- before\n{program.text}\n--- after\n{text}"


@given(programs())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_rewritten_program_does_what_it_did(program: Program) -> None:
    text = rewritten(program.text)
    found = text != program.text and fault(program, text)
    assert not found, report(program, text, str(found))


def test_programs_run_and_most_are_lifted() -> None:
    tried = lifted = 0
    for program in _first(60, seeded_programs(1)):
        assert outcome(compiled(program.text), program.arguments(0)).error is None, program.text
        text = rewritten(program.text)
        tried += 1
        lifted += not loops_in(text)
        found = text != program.text and fault(program, text)
        assert not found, report(program, text, str(found))
    assert lifted >= 0.48 * tried


@pytest.mark.parametrize("name", BREAKERS)
def test_what_is_broken_is_left_alone_or_rewritten_to_something_equal(name: str) -> None:
    rng = random.Random(name)
    found = [program for program in (broken(rng, name) for _ in range(12)) if program]
    assert found
    for program in found:
        text = rewritten(program.text)
        wrong = text != program.text and fault(program, text, seeds=3)
        assert not wrong, report(program, text, str(wrong))


@given(programs(), st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_safe_rewriting_does_the_same_for_whatever_is_given(program: Program, seed: int) -> None:
    text = rewritten(program.text, Applicability.SAFE)
    found = text != program.text and hostile_fault(program, text, random.Random(seed))
    assert not found, report(program, text, str(found))


def _first(count: int, found: Iterable[Program]) -> Iterable[Program]:
    for _, program in zip(range(count), found, strict=False):
        yield program


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--broken", action="store_true", help="programs that must mostly be left")
    parser.add_argument("--safe", action="store_true", help="safe fixes, and hostile arguments")
    parser.add_argument("--dtype", default="float64", help="of all arrays: what the text can't say")
    parser.add_argument("--show", type=int, default=3, help="how many faults are printed")
    parser.add_argument("--missed", default="", help="print what is left of programs of this form")
    options = parser.parse_args()
    source = seeded_breaks if options.broken else seeded_programs
    every, lifted, wrong = Counter[str](), Counter[str](), Counter[str]()
    for program in _first(options.examples, source(options.seed)):
        forms = ("", *program.forms)
        every.update(forms)
        level = Applicability.SAFE if options.safe else Applicability.UNSAFE
        text = rewritten(program.text, level)
        if text != program.text:
            found = fault(program, text, options.dtype)
            if options.safe and not found:
                found = hostile_fault(program, text, random.Random(options.seed))
            if found:
                wrong.update(forms)
                if wrong[""] <= options.show:
                    print(report(program, text, found))
        if not loops_in(text):
            lifted.update(forms)
        elif options.missed in program.forms:
            print(text)
    print(f"{'form':20} {'programs':>8} {'lifted':>8} {'share':>7} {'wrong':>6}")
    for form, count in every.most_common():
        share = 100 * lifted[form] / count
        print(f"{form or 'all':20} {count:8} {lifted[form]:8} {share:6.1f}% {wrong[form]:6}")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
