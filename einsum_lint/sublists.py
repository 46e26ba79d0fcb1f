"""The interleaved form, ``einsum(a, [0, 1], b, [1, 2], [0, 2])``, with lists of labels."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain

from .dialects import Dialect, Sublists
from .equation import LETTERS, Equation, Malformed, Term, implicit, make_term


def from_sublists(
    sublists: Sequence[Sequence[object]], output: Sequence[object] | None, dialect: Dialect
) -> tuple[str, Equation | Malformed]:
    """Read the interleaved form; also the text put together from it, which columns refer to."""
    parts = [*sublists, *(() if output is None else (output,))]
    labels = [label for part in parts for label in part if label is not ...]
    why = _unfit(labels, dialect) or _unsortable(sublists, dialect)
    if why is not None:
        return "", Malformed(why, 0, 0, argument=True)
    lowest = 0 if dialect.sublists is Sublists.ANY else -52
    numbered = all(isinstance(label, int) and lowest <= label < 52 for label in labels)
    text, terms = "", []
    for number, part in enumerate(parts):
        if number:
            text += "," if number < len(sublists) else "->"
        term, words = _sublist_term(part, len(text), numbered)
        text += words
        again = term.second_ellipsis
        if again is not None and not (number == len(sublists) and dialect.repeated_output_ellipsis):
            return text, Malformed("there is a second ellipsis in one list", again, again + 3)
        terms.append(term)
    last = terms.pop() if output is not None else None
    result = last or implicit(text, terms, dialect, _order(labels, numbered, dialect))
    return text, Equation(text, dialect, tuple(terms), last, result, numbered, interleaved=True)


def reread(equation: Equation, dialect: Dialect) -> Equation | Malformed:
    """Read an equation of the interleaved form as another library does."""
    if not equation.numbered and dialect.sublists is Sublists.ANY:
        return replace(equation, dialect=dialect)
    sublists = [_sublist(term, equation.numbered) for term in equation.terms]
    output = None if equation.output is None else _sublist(equation.output, equation.numbered)
    return from_sublists(sublists, output, dialect)[1]


def _sublist(term: Term, numbered: bool) -> Sequence[object]:
    labels: list[object] = [
        LETTERS.index(name) if numbered else int(name) if re.fullmatch(r"-?\d+", name) else name
        for name in term.labels
    ]
    if term.ellipsis is not None:
        labels.insert(term.ellipsis, ...)
    return labels


def _unfit(labels: Sequence[object], dialect: Dialect) -> str | None:
    """Why a library takes no such labels."""
    allowed = dialect.sublists
    if allowed is Sublists.NONE:
        return f"{dialect.name}'s einsum has no form with lists of labels"
    lowest = -52 if allowed is Sublists.INTEGERS else 0
    for label in labels if allowed is not Sublists.ANY else ():
        flag = isinstance(label, bool) and allowed is Sublists.NATURAL
        if flag or not isinstance(label, int):
            return f"{label!r} is no label: {dialect.name} takes integers and ..."
        if not lowest <= label < 52:
            return f"label {label} is out of range: {dialect.name} takes 0 to 51"
    return None


def _unsortable(sublists: Sequence[Sequence[object]], dialect: Dialect) -> str | None:
    """Which labels of the operands can't be sorted together, where the library sorts them."""
    if dialect.sublists is not Sublists.ANY:
        return None
    kinds = {isinstance(x, str): x for x in chain(*sublists) if isinstance(x, (str, int, float))}
    if len(kinds) < 2:
        return None
    return (
        f"labels {kinds[True]!r} and {kinds[False]!r} are no labels together: one can't sort them"
    )


def _name(label: object, numbered: bool) -> str:
    if isinstance(label, (int, float)) and label == label // 1:
        # True, 1 and 1.0 are one label.
        return LETTERS[int(label)] if numbered else str(int(label))
    return str(label)


def _sublist_term(part: Sequence[object], start: int, numbered: bool) -> tuple[Term, str]:
    labels: list[str] = []
    columns: list[int] = []
    ellipses: list[tuple[int, int]] = []
    text = ""
    for label in part:
        if text and not numbered:
            text += " "
        if label is ...:
            ellipses.append((len(labels), start + len(text)))
            text += "..."
            continue
        columns.append(start + len(text))
        labels.append(_name(label, numbered))
        text += labels[-1]
    return make_term(labels, columns, ellipses, start, start + len(text)), text


def _order(labels: Sequence[object], numbered: bool, dialect: Dialect) -> Callable[[str], str]:
    """How labels are ordered in an implicit output: by their letters, or opt_einsum's symbols."""
    symbols = LETTERS[26:] + LETTERS[:26]
    if dialect.sublists is not Sublists.ANY:
        return (lambda name: symbols[LETTERS.index(name)]) if dialect.numbers_from_a else str
    names = {_name(label, numbered): label for label in labels}
    ranks = {name: k for k, name in enumerate(sorted(names, key=lambda name: _rank(names[name])))}
    return lambda name: symbols[ranks[name]] if ranks[name] < 52 else chr(ranks[name] + 140)


def _rank(label: object) -> tuple[float, str]:
    return (float(label), "") if isinstance(label, (int, float)) else (float("inf"), str(label))
