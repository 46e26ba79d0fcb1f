"""Sums of products as expressions: calls of einsum, and what stands around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..contraction import (
    Access,
    Factor,
    Index,
    Pointwise,
    Sum,
    Term,
    accesses,
    indices_of,
)
from ..dims import Polynomial
from .code import Code, Level, added, call, constant, product
from .code import size as code_of
from .labels import letters
from .optimize import pays
from .pointwise import Axes, divisor, function, is_attribute, is_mask, polynomial
from .sizes import Scene, Unwritable
from .views import View, bracket, view


@dataclass(frozen=True, slots=True)
class _Piece:
    """An operand: a factor with axes."""

    factor: Factor
    labels: tuple[Index, ...]
    open: bool
    view: View | None = None


@dataclass
class _Parts:
    """A term taken apart: what has no axes stands outside of the call."""

    coefficient: complex
    scalars: list[Code] = field(default_factory=list)
    divisors: list[Code] = field(default_factory=list)
    under: list[Sum] = field(default_factory=list)
    """What the result is divided by, axis by axis."""
    pieces: list[_Piece] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes sums of one nest."""

    scene: Scene

    def sum(self, terms: Sum, axes: Axes) -> Code:
        """A sum as an expression that broadcasts to an array with these axes."""
        return added(self.parts(terms, axes))

    def parts(self, terms: Sum, axes: Axes) -> list[tuple[int, Code]]:
        """The terms of a sum, each with its sign."""
        return self._parts(terms, axes, nested=False)

    def nested(self, terms: Sum, axes: Axes) -> Code:
        """The argument of a function: plain arithmetic where that can be."""
        return added(self._parts(terms, axes, nested=True))

    def _parts(self, terms: Sum, axes: Axes, *, nested: bool) -> list[tuple[int, Code]]:
        several = len(terms) > 1
        if several and axes and any(access.open for access in accesses(terms)):
            self.scene.needs.add("rows have equally many axes wherever they are added")
        return [self._term(term, axes, nested=nested, several=several) for term in terms]

    def _term(self, term: Term, axes: Axes, *, nested: bool, several: bool) -> tuple[int, Code]:
        parts = self._apart(term, axes)
        sign, coefficient = _signed(parts.coefficient)
        factors = list(parts.scalars)
        # Truth values can be stored, but neither added to each other nor negated.
        truth = not term.summed and all(is_mask(piece.factor) for piece in parts.pieces)
        counts = parts.pieces and truth and not factors and (several or sign < 0)
        if not _is_one(coefficient) or counts:
            factors.insert(0, constant(coefficient))
        core = self._core(parts.pieces, term.summed, axes, nested=nested)
        if core is not None:
            factors.append(core)
        elif not factors and not parts.divisors and not parts.under:
            factors.append(constant(coefficient))
        below = [*parts.divisors, *(self.nested(under, axes) for under in parts.under)]
        return sign, product(factors, below)

    def _apart(self, term: Term, axes: Axes) -> _Parts:
        parts = _Parts(term.coefficient)
        arrays = sum(1 for f in term.factors if isinstance(f, Access) and (indices_of(f) or f.open))
        for factor in term.factors:
            below = divisor(factor)
            indices = indices_of(factor)
            opened = any(access.open for access in accesses(factor))
            if not indices and not opened:
                self._scalar(parts, factor)
            elif below and arrays and not opened and indices <= set(axes):
                parts.coefficient *= below[0]
                parts.under.append(below[1])
            else:
                parts.pieces.append(self._piece(factor, term, axes, opened=opened))
        used = {index for piece in parts.pieces for index in piece.labels}
        used.update(i for under in parts.under for t in under for i in indices_of(t))
        for index in sorted(term.summed - used, key=lambda i: i.number):
            parts.scalars.append(self._count(index))
        if not used <= {*axes, *term.summed}:
            raise Unwritable
        return parts

    def _count(self, index: Index) -> Code:
        """How many values an index has."""
        extent = self.scene.extent(index)
        if isinstance(extent.span, int) or extent.step == 1:
            return code_of(self.scene.count(index))
        return Code(f"len(range(0, {code_of(extent.span).text}, {extent.step}))")

    def _scalar(self, parts: _Parts, factor: Factor) -> None:
        below = divisor(factor)
        if below is not None:
            parts.coefficient *= below[0]
            parts.divisors.append(self.nested(below[1], ()))
        else:
            parts.scalars.append(self._factor(factor, ()))

    def _factor(self, factor: Factor, axes: Axes) -> Code:
        """A factor that is no view, or has no axes."""
        match factor:
            case Access():
                return view(self.scene, factor).code
            case Pointwise():
                return function(self.scene, factor, axes, self.nested)
        return polynomial(self.scene, factor, axes)

    def _piece(self, factor: Factor, term: Term, axes: Axes, *, opened: bool) -> _Piece:
        if isinstance(factor, Access):
            seen = view(self.scene, factor)
            return _Piece(factor, seen.labels, seen.open, seen)
        free = indices_of(factor)
        if not free <= {*axes, *term.summed}:
            raise Unwritable
        order = [*axes, *sorted(term.summed, key=lambda index: index.number)]
        largest = max(accesses(factor), key=lambda a: len(indices_of(a)), default=None)
        if largest is not None:
            # In the order of its axes an array need not be transposed.
            order = [*view(self.scene, largest).labels, *order]
        return _Piece(factor, tuple(dict.fromkeys(i for i in order if i in free)), opened)

    def _core(
        self, pieces: Sequence[_Piece], summed: frozenset[Index], axes: Axes, *, nested: bool
    ) -> Code | None:
        """The product of the operands."""
        if not pieces:
            return None
        found = {index for piece in pieces for index in piece.labels}
        if all(is_mask(piece.factor) for piece in pieces):
            return self._counted(pieces, [i for i in axes if i in found], found & summed, axes)
        if not found & summed:
            # A minus sign goes to the first factor, and truth values can't be negated.
            ordered = sorted(pieces, key=lambda piece: is_mask(piece.factor))
            plain = [self._spread(piece, axes) for piece in ordered]
            alone = len(pieces) == 1 or nested or any(piece.view is None for piece in pieces)
            opened = len(pieces) > 1 and any(piece.open for piece in pieces)
            if alone and not opened and None not in plain:
                return product([code for code in plain if code is not None])
        return self._call(pieces, [i for i in axes if i in found], axes)

    def _spread(self, piece: _Piece, axes: Axes) -> Code | None:
        if piece.view is not None:
            return piece.view.spread(axes)
        if piece.open and axes and set(axes) != set(piece.labels):
            return None
        return self._factor(piece.factor, axes)

    def _counted(self, masks: Sequence[_Piece], out: Axes, summed: set[Index], axes: Axes) -> Code:
        """The product of conditions: where all are true, or how often."""
        if any(mask.open for mask in masks):
            raise Unwritable
        order = (*out, *sorted(summed, key=lambda index: index.number)) if summed else axes
        codes = [self._factor(mask.factor, order) for mask in masks]
        both = codes[0]
        if len(codes) > 1:
            both = Code(" & ".join(code.at(Level.SUM) for code in codes), Level.AND)
        if not summed:
            return both
        arguments = [both.text]
        if out:
            numbers = [str(k) for k in range(len(out), len(order))]
            text = numbers[0] if len(numbers) == 1 else f"({', '.join(numbers)})"
            arguments.append(f"axis={text}")
        return self._inserted(call(f"{self.scene.lift.numpy}.count_nonzero", arguments), out, axes)

    def _call(self, pieces: Sequence[_Piece], out: Axes, axes: Axes) -> Code:
        """A call of einsum."""
        wanted = [index for piece in pieces for index in piece.labels]
        letter = letters([*out, *wanted])
        terms = ["".join(letter[index] for index in piece.labels) for piece in pieces]
        result = "".join(letter[index] for index in out)
        dots = ["..." if piece.open else "" for piece in pieces]
        left = ",".join(t + d for t, d in zip(terms, dots, strict=True))
        equation = f'"{left}->{result}{"..." if any(dots) else ""}"'
        operands = [
            piece.view.code if piece.view else self._factor(piece.factor, piece.labels)
            for piece in pieces
        ]
        arguments = [equation, *(code.text for code in operands)]
        arrays = [p.view.base for p in pieces if p.view and isinstance(p.factor, Access)]
        if not any(dots) and len(arrays) == len(pieces):
            names = [p.factor.array for p in pieces if isinstance(p.factor, Access)]
            sizes = {letter[index]: self.scene.extent(index).span for index in wanted}
            if pays(self.scene, names, terms, result, sizes):
                arguments.append("optimize=True")
        made = call(f"{self.scene.lift.numpy}.einsum", arguments)
        if any(dots) and list(out) != list(axes):
            raise Unwritable
        return self._inserted(made, out, axes)

    def _inserted(self, code: Code, out: Axes, axes: Axes) -> Code:
        """An array with the axes ``out``, and new ones where it lacks some of ``axes``."""
        if not out:
            return code
        lead = list(axes[axes.index(out[0]) :])
        texts = [":" if index in out else "None" for index in lead]
        return Code(code.text + bracket(texts))


def _signed(coefficient: complex) -> tuple[int, complex]:
    """A sign and a number that is not negative, where that can be told."""
    if not isinstance(coefficient, complex) and coefficient < 0:
        return -1, -coefficient
    return 1, coefficient


def _is_one(coefficient: complex) -> bool:
    """Whether a factor changes nothing: 1.0 may change the dtype."""
    return isinstance(coefficient, int) and coefficient == 1


def is_view(terms: Sum) -> bool:
    """Whether the expression of a sum may be a view of an array, not a new one."""
    if len(terms) != 1 or terms[0].summed or not _is_one(terms[0].coefficient):
        return False
    factors = terms[0].factors
    return len(factors) == 1 and (isinstance(factors[0], Access) or is_attribute(factors[0]))


def is_number(factor: Factor) -> bool:
    """Whether a factor has no axes."""
    if isinstance(factor, Polynomial):
        return not indices_of(factor)
    return not indices_of(factor) and not any(access.open for access in accesses(factor))
