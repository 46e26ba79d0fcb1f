"""Which operands of a call can be held against the terms of its subscripts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import NoneType

from .dialects import BY_LIBRARY, NUMPY_OPTIMIZED, Dialect
from .dims import Polynomial
from .equation import LETTERS, Alignment, Equation, Term, align
from .facts import NOT_CONSTANT, EinsumCall, Reading
from .shapes import ArrayFact, Shape


@dataclass(frozen=True, slots=True)
class Match:
    """An operand and its term; ``alignment`` is None when the operand's rank is certainly wrong."""

    index: int
    term: Term
    shape: Shape
    alignment: Alignment | None


@dataclass(frozen=True, slots=True)
class KnownAxis:
    """An axis whose size is known, by the operand and the column of its label."""

    operand: int
    column: int
    size: int | Polynomial


def known_axes(found: Iterable[Match]) -> dict[str, list[KnownAxis]]:
    """The axes of each label whose sizes are known."""
    by_label: dict[str, list[KnownAxis]] = {}
    for match in found:
        sizes = match.alignment.sizes if match.alignment is not None else ()
        for label, column, size in zip(match.term.labels, match.term.columns, sizes, strict=False):
            if size is not None:
                by_label.setdefault(label, []).append(KnownAxis(match.index, column, size))
    return by_label


def may_be_list(call: EinsumCall, reading: Reading) -> bool:
    """Whether the one operand may be a list of all the operands."""
    return (
        reading.dialect.operands_as_list
        and len(call.operands) == 1
        and call.operands[0].is_array is not True
    )


def count_fits(call: EinsumCall, reading: Reading, equation: Equation) -> bool:
    """Whether the number of operands may be right."""
    count = len(call.operands)
    return (
        equation.vague
        or may_be_list(call, reading)
        or count == len(equation.terms)
        or (count < len(equation.terms) and not call.complete)
    )


def matches(call: EinsumCall, reading: Reading) -> tuple[Match, ...]:
    """The operands with their terms; none when it is not certain which belong together."""
    equation = reading.equation
    if not isinstance(equation, Equation) or may_be_list(call, reading):
        return ()
    if equation.vague or not count_fits(call, reading, equation):
        return ()
    pairs = zip(equation.terms, call.operands, strict=False)
    return tuple(
        Match(index, term, fact.shape, align(term, fact.shape))
        for index, (term, fact) in enumerate(pairs)
        if wrong_kind(fact, reading.dialect, index) is None
    )


def wrong_kind(fact: ArrayFact, dialect: Dialect, index: int) -> str | None:
    """What an operand is, when it is nothing that the library takes as one."""
    if fact.is_array and not dialect.takes_foreign_arrays and fact.library != dialect.arrays:
        return f"an array of {_library_name(fact.library)}"
    rank = fact.shape.rank
    if fact.is_array is not False or rank is None or (dialect.first_decides and index):
        return None
    # What is no array and has no axis is a number.
    if rank == 0:
        return None if dialect.takes_scalars else "a number"
    return None if dialect.takes_lists else "a list"


def _library_name(library: str | None) -> str:
    dialect = BY_LIBRARY.get(library or "numpy")
    return dialect.name if dialect is not None else f"{library}"


def in_one_loop(call: EinsumCall, reading: Reading, equation: Equation) -> bool:
    """Whether NumPy certainly contracts all the operands in one loop, and not pair by pair."""
    if reading.dialect is not NUMPY_OPTIMIZED or len(equation.terms) == 1:
        return True
    optimize = call.keywords.get("optimize", NOT_CONSTANT)
    if len(equation.terms) == 2 or not isinstance(optimize, (bool, str, NoneType)):
        return False
    summed = set(equation.labels) != set(equation.result.labels)
    dropped = equation.has_ellipsis and equation.result.ellipsis is None
    return optimize is None or not (summed or dropped)


def operand_name(call: EinsumCall, index: int) -> str:
    """An operand as messages call it, counted from 1."""
    return f"operand {index + 1} (`{call.place.operand_text(index)}`)"


def term_name(equation: Equation, term: Term) -> str:
    """A term as messages call it."""
    if equation.numbered:
        labels = [str(LETTERS.index(label)) for label in term.labels]
        if term.ellipsis is not None:
            labels.insert(term.ellipsis, "...")
        return f"[{', '.join(labels)}]"
    return repr(equation.text[term.start : term.end].strip())


def counted(number: int, what: str) -> str:
    """A number and a noun, as in ``1 axis`` and ``2 axes``."""
    plural = f"{what[:-2]}es" if what.endswith("xis") else f"{what}s"
    return f"{number} {what if number == 1 else plural}"
