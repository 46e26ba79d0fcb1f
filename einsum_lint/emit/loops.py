"""Loops from contractions: the nest that computes an array, element by element."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..contraction import Access, Contraction, Index, Term, index_size, indices_of
from .code import size

MOST_BLOCKS = 20
"""How many blocks Python lets stand inside each other in one function."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How code is laid out: one level of indentation, and the columns that there are."""

    indent: str = "    "
    width: int = 88


def nest(
    contraction: Contraction, target: str, extents: Mapping[Index, str], layout: Layout
) -> tuple[str, ...]:
    """The loops that add products of elements to ``target``, or set it when nothing is summed.

    The contraction has one term, of accesses, and an index for each axis.  Its indices have the
    names of the variables, and ``extents`` the text of how many values each has.  ``target`` must
    hold zeros when something is summed.
    """
    (term,) = contraction.terms
    axes = [axis for axis in contraction.axes if axis is not None]
    order = [*axes, *dict.fromkeys(_summed(term))]
    heads = [f"for {index.name} in range({extents[index]}):" for index in order]
    sign = "+=" if term.summed else "="
    left = element(Access(target, tuple(map(index_size, axes))))
    margin = layout.indent * len(order)
    room = layout.width - len(margin.expandtabs(4))
    body = product(f"{left} {sign} ", _factors(term), Layout(layout.indent, room))
    return (
        *(f"{layout.indent * depth}{head}" for depth, head in enumerate(heads)),
        *(f"{margin}{row}" for row in body),
    )


def _factors(term: Term) -> list[str]:
    return [element(factor) for factor in term.factors if isinstance(factor, Access)]


def _summed(term: Term) -> Iterator[Index]:
    """The summed indices, in the order of their first use."""
    for factor in term.factors:
        if isinstance(factor, Access):
            for subscript in factor.subscripts:
                yield from indices_of(subscript) & term.summed


def element(access: Access) -> str:
    """An element of an array, or the array itself when it has no axes."""
    if not access.subscripts:
        return access.array
    return f"{access.array}[{', '.join(size(part).text for part in access.subscripts)}]"


def product(head: str, factors: Sequence[str], layout: Layout) -> tuple[str, ...]:
    """``head`` and the product of some factors, on as many rows as it takes."""
    row = head + " * ".join(factors)
    if len(row) <= layout.width or len(factors) == 1:
        return (row,)
    first, *others = factors
    inner = (f"{layout.indent}{first}", *(f"{layout.indent}* {other}" for other in others))
    return (f"{head}(", *inner, ")")


def call(head: str, function: str, arguments: Sequence[str], layout: Layout) -> tuple[str, ...]:
    """``head`` and a call, on as many rows as it takes."""
    row = f"{head}{function}({', '.join(arguments)})"
    if len(row) <= layout.width:
        return (row,)
    on_one = f"{layout.indent}{', '.join(arguments)}"
    if len(on_one) <= layout.width:
        return (f"{head}{function}(", on_one, ")")
    return (f"{head}{function}(", *(f"{layout.indent}{a}," for a in arguments), ")")
