"""Facts of einsum calls made without any source, and the codes that rules report for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from einsum_lint.dialects import Dialect, readings_of
from einsum_lint.equation import parse
from einsum_lint.facts import EinsumCall, Reading, Surroundings, read_by
from einsum_lint.findings import Edit, Position, Problem, Span
from einsum_lint.rules.ellipsis_mismatch import ellipsis_mismatch
from einsum_lint.rules.invalid_argument import invalid_argument
from einsum_lint.rules.malformed_subscripts import malformed_subscripts
from einsum_lint.rules.operand_count_mismatch import operand_count_mismatch
from einsum_lint.rules.rank_mismatch import rank_mismatch
from einsum_lint.rules.repeated_output_label import repeated_output_label
from einsum_lint.rules.size_mismatch import size_mismatch
from einsum_lint.rules.unknown_output_label import unknown_output_label
from einsum_lint.settings import DEFAULT, Config
from einsum_lint.shapes import ArrayFact, Shape
from einsum_lint.sublists import from_sublists

RULES = (
    malformed_subscripts,
    operand_count_mismatch,
    unknown_output_label,
    repeated_output_label,
    rank_mismatch,
    size_mismatch,
    ellipsis_mismatch,
    invalid_argument,
)

Size = int | None


def _span(row: int, start: int, end: int) -> Span:
    return Span(Position(row, start + 1), Position(row, end + 1))


_CALL = _span(1, 0, 1)


@dataclass(frozen=True, slots=True)
class FakePlace:
    """Row 1 is the call, row 2 the subscripts, row 3 the operands, row 4 the keywords."""

    function: str = "einsum"
    call: Span = _CALL
    rows: range = range(1, 2)

    def subscripts(self, start: int, end: int) -> Span:
        return _span(2, start, end)

    def operand(self, index: int) -> Span:
        return _span(3, index, index + 1)

    @property
    def module(self) -> None:
        return None

    def operand_source(self, index: int) -> str:
        return self.operand_text(index)

    def replace(self, *lines: str) -> None:
        return None

    def operand_text(self, index: int) -> str:
        return "abcdefghijklmnopqrstuvwxyz"[index % 26]

    @property
    def repeated(self) -> bool:
        return False

    def statement_text(self, statement: object) -> tuple[int, str] | None:
        return None

    def keyword(self, name: str) -> Span:
        return _span(4, 0, len(name))

    def add_keyword(self, text: str) -> Edit | None:
        return None

    def keyword_source(self, name: str) -> str:
        return f"{name}=True"

    def mentions(self, name: str) -> bool:
        return False

    def insert_above(self, *lines: str) -> None:
        return None

    def set_keyword(self, name: str, text: str) -> Edit | None:
        return None

    def remove_keyword(self, name: str) -> Edit | None:
        return None

    def insert_in_subscripts(self, column: int, text: str) -> Edit | None:
        return None

    @property
    def surroundings(self) -> Surroundings | None:
        return None


def array(*sizes: Size, least: bool = False) -> ArrayFact:
    """An array of this shape, with ``least`` of at least this rank."""
    return ArrayFact(Shape(sizes, open=least), is_array=True)


def call(
    subscripts: str | tuple[Sequence[Sequence[object]], Sequence[object] | None],
    *operands: ArrayFact,
    libraries: Sequence[str] = ("numpy",),
    complete: bool = True,
    foreign: bool = False,
    keywords: Mapping[str, object] | None = None,
    open_keywords: bool = False,
) -> EinsumCall:
    """The fact of a call; ``subscripts`` is a string, or the sublists and the output sublist.

    The operands that are arrays are those of the library, or with ``foreign`` as they are.
    """
    given = dict(keywords or {})
    dialects = [d for name in libraries for d in readings_of(name, given, open_keywords)]
    if isinstance(subscripts, str):
        text = subscripts
        readings = [Reading(dialect, parse(subscripts, dialect)) for dialect in dialects]
    else:
        texts = [from_sublists(*subscripts, dialect) for dialect in dialects]
        text = texts[0][0]
        readings = [Reading(d, e) for d, (_, e) in zip(dialects, texts, strict=True)]
    given_operands = operands if foreign else tuple(_own(o, dialects[0]) for o in operands)
    return EinsumCall(
        readings=tuple(read_by(reading, given_operands, given) for reading in readings),
        subscripts=text,
        interleaved=not isinstance(subscripts, str),
        operands=given_operands,
        complete=complete,
        keywords=given,
        open_keywords=open_keywords,
        place=FakePlace(),
    )


def _own(operand: ArrayFact, dialect: Dialect) -> ArrayFact:
    """An array of the library, or of NumPy where it has none of its own."""
    own = operand.is_array and dialect.arrays not in (None, "numpy")
    return replace(operand, library=dialect.arrays) if own else operand


def problems(fact: EinsumCall, config: Config = DEFAULT) -> list[tuple[str, Problem]]:
    """What the rules EIN001 to EIN008 report, with their codes."""
    return [(r.code, found) for r in RULES if r.check for found in r.check(fact, config)]


def codes(fact: EinsumCall, config: Config = DEFAULT) -> list[str]:
    """The codes that the rules EIN001 to EIN008 report."""
    return [code for code, _ in problems(fact, config)]
