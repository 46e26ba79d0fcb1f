"""Arithmetic and functions of single elements, with broadcasting."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from ... import dims
from ...canonical import canonical
from ...contraction import (
    Access,
    Contraction,
    Pointwise,
    Size,
    Sum,
    Term,
    constant_of,
    indices_of,
    integer,
    number,
    of,
    plus,
    scaled,
    times,
)
from ...dims import Polynomial
from .space import Axes, Refused, Space, depends, is_open

COMPARISONS: Final = frozenset({"<", "<=", ">", ">=", "==", "!="})
TRUTHS: Final = COMPARISONS | {
    *("isfinite", "isinf", "isnan", "signbit"),
    *("logical_and", "logical_not", "logical_or", "logical_xor"),
}
"""The functions whose values are True and False."""

MOST_TERMS: Final = 16
MOST_FACTORS: Final = 4
"""The largest exponent that is written as factors."""


def aligned(space: Space, *values: Contraction) -> tuple[Axes, list[Sum], bool]:
    """The axes of the result of an operation, and the values in its indices."""
    opened = any(value.open for value in values)
    if opened and any(value.axes for value in values):
        raise Refused("an array of unknown rank is combined with one that has axes", always=True)
    apart = space.apart(*values)
    axes, new = space.broadcast([value.axes for value in apart])
    return axes, [space.put(value.terms, new) for value in apart], opened


def add(space: Space, left: Contraction, right: Contraction) -> Contraction:
    """``left + right``."""
    if (sizes := _sizes(left, right)) is not None:
        return Contraction((), integer(dims.add(*sizes) or 0))
    axes, (one, other), opened = aligned(space, left, right)
    if is_truth(one) and is_truth(other):
        raise Refused("truth values are added")
    return Contraction(axes, _total(space, axes, one, other), opened)


def subtract(space: Space, left: Contraction, right: Contraction) -> Contraction:
    """``left - right``."""
    if (sizes := _sizes(left, right)) is not None:
        return Contraction((), integer(dims.subtract(*sizes) or 0))
    axes, (one, other), opened = aligned(space, left, right)
    if is_truth(one) and is_truth(other):
        raise Refused("truth values are subtracted")
    return Contraction(axes, _total(space, axes, one, scaled(other, -1)), opened)


def _total(space: Space, axes: Axes, one: Sum, other: Sum) -> Sum:
    total = plus(one, other)
    kept = plus(*(tuple(replace(t, coefficient=1) for t in terms) for terms in (one, other)))
    # x - x is 0 only where x is a number: a difference of infinities is not.
    if sum(bool(term.factors) for term in total) < sum(bool(term.factors) for term in kept):
        raise Refused("terms cancel")
    for a, b in itertools.product(one, other):
        if a.summed and b.summed and a.coefficient == -b.coefficient:
            forms = [Contraction(axes, (t,)) for t in (a, replace(b, coefficient=a.coefficient))]
            if canonical(forms[0], space.extents) == canonical(forms[1], space.extents):
                raise Refused("terms cancel")
    return total


def multiply(space: Space, left: Contraction, right: Contraction) -> Contraction:
    """``left * right``, element by element."""
    if (sizes := _sizes(left, right)) is not None:
        return Contraction((), integer(dims.multiply(*sizes) or 0))
    axes, (one, other), opened = aligned(space, left, right)
    return Contraction(axes, product(one, other), opened)


def product(one: Sum, other: Sum) -> Sum:
    """The product of two sums that share no summed index."""
    for constant, terms in ((constant_of(one), other), (constant_of(other), one)):
        if constant == 0 and constant_of(terms) is None:
            raise Refused("an array is multiplied by 0")
        if constant is not None:
            return scaled(terms, constant)
    one, other = gathered(one), gathered(other)
    if len(one) * len(other) > MOST_TERMS:
        raise Refused("a product of sums has too many terms")
    return times(one, other)


def gathered(terms: Sum) -> Sum:
    """A sum of single factors as one factor, which is computed before anything is multiplied.

    To multiply out ``(x - a) * (y - b)`` would cancel where the sum itself does not.
    """
    return of(Pointwise("", (terms,))) if len(terms) > 1 and all(map(_simple, terms)) else terms


def _simple(term: Term) -> bool:
    """Whether a term is one factor, with numbers before it."""
    arrays = [f for f in term.factors if indices_of(f) or is_open(f)]
    return not term.summed and len(arrays) <= 1


def divide(space: Space, left: Contraction, right: Contraction) -> Contraction:
    """``left / right``."""
    axes, (one, other), opened = aligned(space, left, right)
    top, bottom = constant_of(one), constant_of(other)
    if bottom == 0:
        raise Refused("something is divided by 0")
    if top is not None and bottom is not None:
        return Contraction(axes, number(top / bottom), opened)
    if top == 0:
        raise Refused("0 is divided by an array")
    varies = bool(depends(other)) or is_open(other)
    if varies and all(map(_simple, one)):
        return Contraction(axes, of(Pointwise("/", (argument(one), argument(other)))), opened)
    return Contraction(axes, product(one, reciprocal(other)), opened)


def reciprocal(terms: Sum) -> Sum:
    """``1 / terms``."""
    return of(Pointwise("/", (number(1), argument(terms))))


def negate(space: Space, value: Contraction) -> Contraction:
    """``-value``."""
    if is_truth(value.terms):
        raise Refused("a truth value is negated")
    return replace(value, terms=scaled(value.terms, -1))


def positive(value: Contraction) -> Contraction:
    """``+value``."""
    if is_truth(value.terms):
        raise Refused("+ of a truth value")
    return value


def power(space: Space, left: Contraction, right: Contraction) -> Contraction:
    """``left ** right``; a small whole power of an array is a repeated factor."""
    exponent = constant_of(right.terms)
    few = exponent in range(1, MOST_FACTORS + 1) and type(exponent) is int and not right.axes
    if few and len(left.terms) == 1 and isinstance(exponent, int):
        (term,) = left.terms
        plain = all(isinstance(factor, Access | Polynomial) for factor in term.factors)
        if plain and term.factors and not term.summed:
            again = Term(term.coefficient**exponent, term.factors * exponent)
            return replace(left, terms=(again,))
    return pointwise(space, "**", left, right)


def pointwise(space: Space, function: str, *values: Contraction) -> Contraction:
    """A function of numbers, for each element of arrays that are broadcast."""
    axes, arguments, opened = aligned(space, *values)
    return Contraction(axes, of(Pointwise(function, tuple(map(argument, arguments)))), opened)


def argument(terms: Sum) -> Sum:
    """A sum as the argument of a function: divided where it was, as the function may jump."""
    return tuple(map(_divided, terms))


def _divided(term: Term) -> Term:
    found = [f for f in term.factors if isinstance(f, Pointwise) and _inverse(f) is not None]
    if len(found) != 1 or (len(term.factors) == 1 and term.coefficient == 1):
        return term
    divisor = _inverse(found[0])
    if divisor is None or depends(divisor) & term.summed:
        return term
    top = replace(term, factors=tuple(f for f in term.factors if f is not found[0]))
    return Term(1, (Pointwise("/", ((top,), divisor)),))


def _inverse(factor: Pointwise) -> Sum | None:
    """What a factor is the reciprocal of."""
    if factor.function == "/" and factor.arguments[0] == number(1):
        return factor.arguments[1]
    return None


def conjugate(space: Space, value: Contraction) -> Contraction:
    """``np.conj(value)``."""
    constant = constant_of(value.terms)
    if constant is not None:
        return replace(value, terms=number(constant.conjugate()))
    if is_truth(value.terms):
        return value
    return pointwise(space, f"{space.numpy}.conj", value)


def both(space: Space, left: Contraction, right: Contraction) -> Contraction:
    """``left & right`` of truth values."""
    if not (is_truth(left.terms) and is_truth(right.terms)):
        raise Refused("& of something else than comparisons")
    return multiply(space, left, right)


def either(space: Space, left: Contraction, right: Contraction) -> Contraction:
    """``left | right`` of truth values."""
    if not (is_truth(left.terms) and is_truth(right.terms)):
        raise Refused("| of something else than comparisons")
    return pointwise(space, f"{space.numpy}.logical_or", left, right)


def inverted(space: Space, value: Contraction) -> Contraction:
    """``~value`` of truth values."""
    if not is_truth(value.terms):
        raise Refused("~ of something else than comparisons")
    return pointwise(space, f"{space.numpy}.logical_not", value)


def is_truth(terms: Sum) -> bool:
    """Whether a sum is certainly True or False, for which ``+`` and sums mean something else."""
    if len(terms) != 1 or terms[0].coefficient != 1 or not terms[0].factors:
        return False
    return all(isinstance(f, Pointwise) and _true_or_false(f) for f in terms[0].factors)


def _true_or_false(factor: Pointwise) -> bool:
    truth = factor.function.rpartition(".")[2] in TRUTHS
    return truth or all(map(is_truth, factor.arguments))


def size_of(value: Contraction) -> Size | None:
    """The integer that a value is, None when it is no integer that sizes are made of."""
    if value.axes or value.open:
        return None
    constant = constant_of(value.terms)
    if constant is not None:
        return constant if type(constant) is int else None
    (term, *more) = value.terms
    if more or term.coefficient != 1 or term.summed or len(term.factors) != 1:
        return None
    (factor,) = term.factors
    return factor if isinstance(factor, Polynomial) else None


def _sizes(left: Contraction, right: Contraction) -> tuple[Size, Size] | None:
    one, other = size_of(left), size_of(right)
    return None if one is None or other is None else (one, other)


def floor_divide(space: Space, left: Contraction, right: Contraction) -> Contraction:
    """``left // right``."""
    sizes = _sizes(left, right)
    if sizes is not None and sizes[1] != 0 and (exact := dims.divide(*sizes)) is not None:
        return Contraction((), integer(exact))
    return pointwise(space, "//", left, right)


Binary = Callable[[Space, Contraction, Contraction], Contraction]


def compared(sign: str) -> Binary:
    """The comparison with this sign, or the operator that has no other meaning here."""
    return lambda space, left, right: pointwise(space, sign, left, right)


OPERATORS: Final[dict[str, Binary]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "//": floor_divide,
    "**": power,
    "&": both,
    "|": either,
    **{sign: compared(sign) for sign in ("%", *sorted(COMPARISONS))},
}
"""The operators that work element by element."""
