"""Subscripts, parsed once: terms, ellipses and output, each with its column in the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest

from .dialects import Alphabet, Dialect, Gap
from .dims import Dim, Polynomial
from .shapes import UNKNOWN_SHAPE, Shape

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""The letter of each number of the interleaved form."""

_ARROW = re.compile(r"-( *)>")
_WORD = re.compile(r"\.+|\w+|\S")


@dataclass(frozen=True, slots=True)
class Term:
    """The labels of one operand, or of the output.

    ``columns`` holds the column of each label, ``start:end`` those of the whole term.  ``ellipsis``
    is the number of labels before the ellipsis, None when there is none.
    """

    labels: tuple[str, ...]
    columns: tuple[int, ...] = ()
    start: int = 0
    end: int = 0
    ellipsis: int | None = None
    second_ellipsis: int | None = None
    """The column of a further ellipsis, where the dialect lets one pass."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """Why a text is no subscripts, and at which columns.

    ``argument`` says that the text would do, and the way in which it is given does not.
    """

    message: str
    start: int
    end: int
    argument: bool = False


@dataclass(frozen=True, slots=True)
class Equation:
    """The subscripts of a call.

    ``output`` is None when it is implicit; ``result`` is the output in either case.  An equation
    that is ``vague`` has no terms: the text may be no subscripts at all, or be read in many ways.
    """

    text: str
    dialect: Dialect
    terms: tuple[Term, ...]
    output: Term | None
    result: Term
    numbered: bool = False
    """Whether the labels stand for the integers of the interleaved form."""
    interleaved: bool = False
    vague: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label of the terms once, in the order of their first use."""
        return tuple(dict.fromkeys(label for term in self.terms for label in term.labels))

    @property
    def has_ellipsis(self) -> bool:
        """Whether any term has an ellipsis."""
        return any(term.ellipsis is not None for term in self.terms)

    def stretches_diagonal(self, label: str) -> bool:
        """Whether axes of sizes 1 and n in one operand may share the label."""
        cut = len(self.terms) > 1 and label in self.result.labels
        return self.dialect.broadcasts_diagonal or (self.dialect.computes_in_chunks and cut)

    def shown(self, label: str) -> str:
        """A label as messages write it."""
        return f"label {LETTERS.index(label)}" if self.numbered else f"label {label!r}"

    def at(self, column: int) -> str:
        """Where a column is, for messages; nothing for the interleaved form, which has no text."""
        return "" if self.interleaved else f" (column {column + 1} of the subscripts)"


class _Reject(Exception):  # noqa: N818
    """Ends the parse of a malformed text."""

    def __init__(self, message: str, start: int, end: int) -> None:
        self.malformed = Malformed(message, start, end)


@lru_cache(maxsize=1024)
def parse(text: str, dialect: Dialect) -> Equation | Malformed:
    """Read subscripts as a library does."""
    if dialect.tolerant and not _plausible(text):
        return _vague(text, dialect)
    if dialect.alphabet is Alphabet.NAMES and "\N{HORIZONTAL ELLIPSIS}" in text:
        return _vague(text, dialect)  # happens to be how einops writes an ellipsis to itself
    if dialect.newline_at_end and (line := text.rstrip(" ")).endswith("\n"):
        before = parse(line[:-1], replace(dialect, newline_at_end=False))
        if isinstance(before, Malformed):
            return before
        if len(before.terms) < 3 or before.output is None:
            return _vague(text, dialect)
    try:
        _check_characters(text, dialect)
        arrow = _find_arrow(text, dialect)
        inputs, end = (len(text), len(text)) if arrow is None else arrow
        terms = tuple(_term(text, a, b, dialect) for a, b in _split(text, inputs))
        output = None if arrow is None else _term(text, end, len(text), dialect, output=True)
    except _Reject as rejected:
        return rejected.malformed
    labels = dict.fromkeys(label for term in terms for label in term.labels)
    if dialect.max_labels is not None and len(labels) > dialect.max_labels:
        why = f"{len(labels)} labels are more than the {dialect.max_labels} of {dialect.name}"
        return Malformed(why, 0, len(text))
    return Equation(text, dialect, terms, output, output or implicit(text, terms, dialect, str))


def _vague(text: str, dialect: Dialect) -> Equation:
    return Equation(text, dialect, (), None, Term(()), vague=True)


def implicit(text: str, terms: Sequence[Term], dialect: Dialect, key: Callable[[str], str]) -> Term:
    """The output where none is given: the ellipsis, then what occurs once, in order."""
    used = [label for term in terms for label in term.labels]
    once = sorted((label for label in used if used.count(label) == 1), key=key)
    ellipses = sum(term.ellipsis is not None for term in terms)
    dotted = ellipses == 1 if dialect.implicit_ellipsis_once else ellipses > 0
    return Term(tuple(once), (len(text),) * len(once), len(text), len(text), 0 if dotted else None)


def _plausible(text: str) -> bool:
    """Whether a text is subscripts to every library, and has the same labels in all of them."""
    if re.search(r"[^\w ,.>-]|\d\d", text) or not re.search(r"[^\W\d_]", text):
        return False
    words_apart = any(
        re.search(r"\w\w", part) and re.search(r"\w +\w", part) for part in re.split(r",|->", text)
    )
    return ("," in text or "->" in text) and not words_apart


def _check_characters(text: str, dialect: Dialect) -> None:
    for column, character in enumerate(text):
        if character in ".,-> ":
            continue
        if dialect.alphabet is Alphabet.ASCII and not (character.isascii() and character.isalpha()):
            why = f"{character!r} is no label: {dialect.name} takes the letters a-z and A-Z"
        elif dialect.alphabet is Alphabet.NAMES and character in "()":
            why = f"parentheses join or split axes, which {dialect.name}'s einsum does not do"
        elif dialect.alphabet is Alphabet.NAMES and not (character.isalnum() or character == "_"):
            why = f"{character!r} is neither a name nor punctuation to {dialect.name}'s einsum"
        else:
            continue
        raise _Reject(why, column, column + 1)


def _find_arrow(text: str, dialect: Dialect) -> tuple[int, int] | None:
    """The columns where the arrow starts and ends."""
    signs = [column for column, character in enumerate(text) if character in "->"]
    if not signs:
        if dialect.implicit_output:
            return None
        why = f"there is no '->': {dialect.name} wants the output spelled out"
        raise _Reject(why, 0, len(text))
    match = _ARROW.search(text)
    if match is None or signs[0] != match.start():
        raise _Reject(f"{text[signs[0]]!r} is not part of an arrow '->'", signs[0], signs[0] + 1)
    if match[1] and not dialect.gap_in_arrow:
        raise _Reject("there is a space inside the arrow '->'", match.start(), match.end())
    if len(signs) > 2:
        what = "a second arrow" if _ARROW.match(text, signs[2]) else repr(text[signs[2]])
        raise _Reject(f"{what} after the arrow '->'", signs[2], signs[2] + 1)
    return match.span()


def _split(text: str, end: int) -> Iterator[tuple[int, int]]:
    start = 0
    for part in text[:end].split(","):
        yield start, start + len(part)
        start += len(part) + 1


def _term(text: str, start: int, end: int, dialect: Dialect, output: bool = False) -> Term:
    labels: list[str] = []
    columns: list[int] = []
    ellipses: list[tuple[int, int]] = []
    if (comma := text.find(",", start, end)) != -1:
        raise _Reject("there is a comma in the output", comma, comma + 1)
    for column, word in _words(text, start, end, dialect):
        if word == "...":
            ellipses.append((len(labels), column))
        else:
            labels.append(word)
            columns.append(column)
    if len(ellipses) > 1 and not (output and dialect.repeated_output_ellipsis):
        at = ellipses[1][1]
        raise _Reject("there is a second ellipsis in one term", at, text.rfind(".", at, end) + 1)
    return make_term(labels, columns, ellipses, start, end)


def make_term(
    labels: list[str], columns: list[int], ellipses: list[tuple[int, int]], start: int, end: int
) -> Term:
    """A term from its labels and its ellipses, each with its place among the labels and column."""
    first = ellipses[0][0] if ellipses else None
    second = ellipses[1][1] if len(ellipses) > 1 else None
    return Term(tuple(labels), tuple(columns), start, end, first, second)


def _words(text: str, start: int, end: int, dialect: Dialect) -> Iterator[tuple[int, str]]:
    """The labels and ellipses of a term, with their columns."""
    if dialect.alphabet is Alphabet.NAMES:
        yield from _names(text, start, end, dialect)
        return
    dots: list[int] = []
    for column in range(start, end):
        if text[column] == " ":
            continue
        if text[column] == ".":
            dots.append(column)
            if len(dots) == 3:
                if dots[2] - dots[0] > 2 and not _gap_fits(text, dialect):
                    raise _Reject("there is a space inside an ellipsis '...'", dots[0], column + 1)
                yield dots[0], "..."
                dots.clear()
            continue
        if dots:
            break
        yield column, text[column]
    if dots:
        raise _Reject("a dot is not part of an ellipsis '...'", dots[0], dots[-1] + 1)


def _names(text: str, start: int, end: int, dialect: Dialect) -> Iterator[tuple[int, str]]:
    """The axis names and ellipses of a term, which spaces separate."""
    behind = start
    for match in _WORD.finditer(text, start, end):
        name = match[0]
        if match.start() == behind > start:
            why = f"there is no space before {name!r}: {dialect.name} wants one around an ellipsis"
            raise _Reject(why, match.start(), match.end())
        behind = match.end()
        edged = name != "_" and name.strip("_") != name
        if name != "..." and (edged or not name.isidentifier()):
            raise _Reject(_no_name(name, dialect), match.start(), match.end())
        yield match.start(), name


def _no_name(name: str, dialect: Dialect) -> str:
    if name.isdecimal():
        return f"{name!r} is a size: {dialect.name}'s einsum takes names only"
    return f"{name!r} is not an axis name that {dialect.name}'s einsum takes"


def _gap_fits(text: str, dialect: Dialect) -> bool:
    gap = dialect.gap_in_ellipsis
    return gap is Gap.ALWAYS or (gap is Gap.BESIDE and "..." in text)


@dataclass(frozen=True, slots=True)
class Alignment:
    """The axes of an operand, shared out to the labels of its term and the ellipsis."""

    sizes: tuple[Dim, ...]
    """The size of each label, in the order of the term."""
    ellipsis: Shape
    """The axes of the ellipsis."""


def align(term: Term, shape: Shape) -> Alignment | None:
    """Share out the axes of an operand; None when its rank is certainly wrong."""
    count = len(term.labels)
    dims = shape.dims
    if term.ellipsis is None:
        missing = count - len(dims)
        if missing < 0 or (missing > 0 and not shape.open):
            return None
        return Alignment((None,) * missing + dims, Shape(()))
    after = count - term.ellipsis
    if not shape.open:
        if len(dims) < count:
            return None
        stop = len(dims) - after
        return Alignment(dims[: term.ellipsis] + dims[stop:], Shape(dims[term.ellipsis : stop]))
    last = dims[max(0, len(dims) - after) :] if after else ()
    certain = dims[term.ellipsis : len(dims) - after] if len(dims) > count else ()
    return Alignment((None,) * (count - len(last)) + last, Shape(certain, open=True))


def label_sizes(equation: Equation, shapes: Sequence[Shape]) -> dict[str, Dim]:
    """The size of each label, as far as the operands' shapes tell it."""
    found: dict[str, list[Dim]] = {label: [] for label in equation.labels}
    dialect = equation.dialect
    uneven: set[str] = set()  # which of several sizes is the diagonal's depends on their order
    for term, shape in zip_longest(equation.terms, shapes[: len(equation.terms)]):
        alignment = align(term, shape or UNKNOWN_SHAPE)
        sizes = alignment.sizes if alignment else (None,) * len(term.labels)
        for label, size in zip(term.labels, sizes, strict=True):
            found[label].append(size)
        names = [label for label, _ in set(zip(term.labels, sizes, strict=True))]
        uneven |= {a for a in names if names.count(a) > 1 and equation.stretches_diagonal(a)}
    # A view of one operand merges axes without a look at sizes 0.
    viewed = dialect.views_diagonal and len(equation.terms) == 1
    sizes_of = {label: _merge(sizes, dialect) for label, sizes in found.items()}
    emptied = {label for label, sizes in found.items() if 0 in sizes and set(sizes) != {0}}
    return {**sizes_of, **dict.fromkeys(uneven | (emptied if viewed else set()))}


def _merge(sizes: Sequence[Dim], dialect: Dialect) -> Dim:
    """The one size of axes that share a label or broadcast together."""
    known = {size for size in sizes if size is not None}
    if not dialect.broadcasts_labels:
        return known.pop() if len(known) == 1 else None
    return _stretched(known - {1}, vague=None in sizes)


def ellipsis_shape(equation: Equation, shapes: Sequence[Shape]) -> Shape:
    """The axes that the ellipsis stands for, broadcast over all operands."""
    parts = []
    for term, shape in zip_longest(equation.terms, shapes[: len(equation.terms)]):
        if term.ellipsis is not None:
            alignment = align(term, shape or UNKNOWN_SHAPE)
            parts.append(alignment.ellipsis if alignment else UNKNOWN_SHAPE)
    count = max((len(part.dims) for part in parts), default=0)
    dims = []
    for back in range(count, 0, -1):
        column = [
            part.dims[-back] if len(part.dims) >= back else (None if part.open else 1)
            for part in parts
        ]
        known = {size for size in column if size is not None and size != 1}
        dims.append(_stretched(known, vague=None in column))
    return Shape(tuple(dims), open=any(part.open for part in parts))


def _stretched(known: set[int | Polynomial], vague: bool) -> Dim:
    """The size of axes that broadcast together, of which these are known and not 1."""
    if not known:
        return None if vague else 1
    size = known.pop()
    # A symbol may be 1, and an unknown size beside it anything.
    return size if not known and (isinstance(size, int) or not vague) else None


def result_shape(equation: Equation, shapes: Sequence[Shape]) -> Shape:
    """The shape of the result, as far as the operands' shapes tell it."""
    if equation.vague:
        return UNKNOWN_SHAPE
    sizes = label_sizes(equation, shapes)
    dims = tuple(sizes.get(label) for label in equation.result.labels)
    at = equation.result.ellipsis
    if at is None:
        return Shape(dims)
    middle = ellipsis_shape(equation, shapes)
    before = (None,) * at if middle.open else dims[:at]
    return Shape(before + middle.dims + dims[at:], open=middle.open)
