"""What a contraction is worth on real arrays: loops over its indices, one number at a time."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from einsum_lint.contraction import (
    Access,
    Contraction,
    Extent,
    Factor,
    Index,
    Pointwise,
    Size,
    Sum,
    Term,
    indices_of,
)
from einsum_lint.dims import Polynomial, Symbol

OPERATORS: Mapping[str, Any] = {
    "": lambda x: x,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}

Values = Mapping[Symbol, int]


@dataclass
class Evaluation:
    """The arrays, the extents of the indices, and what the named sizes are."""

    arrays: Mapping[str, Any]
    extents: Mapping[Index, Extent]
    names: Mapping[str, int]

    def of(self, contraction: Contraction, values: Values | None = None) -> Any:
        """The array that a contraction is, for these values of the other indices."""
        values = dict(values or {})
        axes = contraction.axes
        shape = [1 if axis is None else len(self.range(axis, values)) for axis in axes]
        numbers = [
            self.sum(contraction.terms, point)
            for point in self.points([a for a in axes if a is not None], values)
        ]
        first = numbers[0] if numbers else 0.0
        return np.array(numbers or np.zeros(0)).reshape((*shape, *np.shape(first)))

    def points(self, indices: Iterable[Index], values: Values) -> Iterator[Values]:
        """Every combination of values of these indices, in their order."""
        listed = list(indices)
        if not listed:
            yield values
            return
        for value in self.range(listed[0], values):
            yield from self.points(listed[1:], {**values, listed[0]: value})

    def range(self, index: Index, values: Values) -> range:
        extent = self.extents[index]
        return range(0, self.size(extent.span, values), extent.step)

    def size(self, size: Size, values: Values) -> int:
        if isinstance(size, int):
            return size
        total = 0
        for monomial, coefficient in size.terms:
            for symbol in monomial:
                coefficient *= values[symbol] if symbol.number else self.names[symbol.name]
            total += coefficient
        return total

    def sum(self, terms: Sum, values: Values) -> Any:
        total: Any = 0
        for term in terms:
            for point in self.points(self.ordered(term), values):
                total = total + self.product(term, point)
        return total

    def ordered(self, term: Term) -> list[Index]:
        """The summed indices, each after those on which its extent depends."""
        left = sorted(term.summed)
        result: list[Index] = []
        while left:
            ready = next(i for i in left if not indices_of(self.extents[i].span) & {*left})
            left.remove(ready)
            result.append(ready)
        return result

    def product(self, term: Term, values: Values) -> Any:
        result: Any = term.coefficient
        for factor in term.factors:
            result = result * self.factor(factor, values)
        return result

    def factor(self, factor: Factor, values: Values) -> Any:
        match factor:
            case Polynomial():
                return self.size(factor, values)
            case Access():
                return self.element(factor, values)
            case Pointwise(function=function):
                arguments = [self.sum(argument, values) for argument in factor.arguments]
                if function in OPERATORS:
                    return OPERATORS[function](*map(np.asarray, arguments))[()]
                if function.startswith("."):
                    return getattr(np.asarray(arguments[0]), function[1:])[()]
                return getattr(np, function.removeprefix("np."))(*arguments)

    def element(self, access: Access, values: Values) -> Any:
        array = np.asarray(self.arrays[access.array])
        subscripts = tuple(self.size(s, values) for s in access.subscripts)
        assert len(subscripts) == array.ndim or access.open
        inside = [0 <= s < n for s, n in zip(subscripts, array.shape, strict=False)]
        assert all(inside), f"{access} outside of {array.shape}"
        return array[subscripts]
