"""The statements of an update: ``C += …``, ``acc = …``, ``C *= beta``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..contraction import Access, Index, Sum, Term, accesses, indices_of, scaled, symbols_of
from ..nests import LoopNest, Operand, Update
from .code import Code, Level, added, call, product
from .code import size as code_of
from .dtypes import results_in
from .einsum import Writer, is_number, is_view
from .pointwise import divisor
from .sizes import Scene, Unwritable
from .views import View, bracket, view


@dataclass(frozen=True, slots=True)
class Line:
    """A statement: what stands before its expression, and the expression; perhaps a first value."""

    head: str
    code: Code
    makes: str = ""
    """The name that it gives a value for the first time, so that an earlier one may go."""

    @property
    def text(self) -> str:
        """On one line."""
        return self.head + self.code.text


@dataclass(frozen=True, slots=True)
class _Split:
    """A value as a multiple of the target and the rest."""

    own: Term | None
    rest: Sum


def _split(update: Update) -> _Split | None:
    """The value of an update taken apart; None where the target is no factor of one term alone."""
    target = update.target
    own: list[Term] = []
    rest: list[Term] = []
    for term in update.value.terms:
        (own if target in term.factors else rest).append(term)
    if len(own) > 1 or any(term.factors.count(target) > 1 or term.summed for term in own):
        return None
    if not own:
        return _Split(None, tuple(rest))
    factors = tuple(factor for factor in own[0].factors if factor != target)
    return _Split(Term(own[0].coefficient, factors), tuple(rest))


def _is_one(term: Term) -> bool:
    return not term.factors and isinstance(term.coefficient, int) and term.coefficient == 1


def _reads(terms: Sum, array: str) -> bool:
    return any(access.array == array for access in accesses(terms))


def _all_negative(terms: Sum) -> bool:
    return all(not isinstance(t.coefficient, complex) and t.coefficient < 0 for t in terms)


@dataclass(frozen=True, slots=True)
class Element:
    """Writes an update of the elements of an array."""

    scene: Scene
    update: Update
    nest: LoopNest

    def lines(self, *, keep: bool) -> Iterator[Line]:
        """The statements."""
        target, terms = self.update.target, self.update.value.terms
        place = view(self.scene, target)
        if len(set(place.labels)) < len(place.labels) or not _is_square(target, place):
            raise Unwritable
        if target.open and place.labels and any(access.open for access in accesses(terms)):
            self.scene.needs.add("rows have equally many axes wherever they are added")
        writer, split = Writer(self.scene), _split(self.update)
        if split is not None and split.own is not None and _is_one(split.own):
            yield from self._accumulated(place, split.rest, keep=keep)
        elif split is not None and split.own is not None and self._may_scale(split, place):
            inner = _without(split.rest, split.own)
            if inner:
                yield self._added(place, inner)
            yield self._scaled(place, split.own)
            if split.rest and not inner:
                yield self._added(place, split.rest)
        else:
            makes = split is not None and split.own is None and not keep and self._may_make(place)
            if makes and not _reads(terms, target.array) and self._makes(place, terms):
                yield self._made(place, terms)
            else:
                text = place.code.text if place.code.text.endswith("]") else f"{place.base}[...]"
                yield Line(f"{text} = ", writer.sum(terms, place.labels))

    def _accumulated(self, place: View, rest: Sum, *, keep: bool) -> Iterator[Line]:
        """``C += …``."""
        if not rest:
            return
        array = self.update.target.array
        zero = self.nest.starts.get(array, None) == 0 and not _reads(rest, array)
        if zero and not keep and self._may_make(place) and self._makes(place, rest):
            yield self._made(place, rest)
        else:
            yield self._added(place, rest)

    def _added(self, place: View, rest: Sum) -> Line:
        sign = "-" if _all_negative(rest) else "+"
        terms = scaled(rest, -1) if sign == "-" else rest
        return Line(
            f"{self._augmented(place)} {sign}= ", Writer(self.scene).sum(terms, place.labels)
        )

    def _augmented(self, place: View) -> str:
        """The target of an augmented assignment."""
        text, operand = place.code.text, self.scene.operand(self.update.target.array)
        plain = text == operand.name and operand.local
        return text if plain or text.endswith("]") else f"{text}[...]"

    def _may_scale(self, split: _Split, place: View) -> bool:
        """Whether the target can be multiplied first, and the rest added afterwards."""
        own, array = split.own, self.update.target.array
        assert own is not None
        return not _reads((own, *split.rest), array) and indices_of(own) <= set(place.labels)

    def _scaled(self, place: View, own: Term) -> Line:
        writer, target = Writer(self.scene), self._augmented(place)
        below = divisor(own.factors[0]) if len(own.factors) == 1 else None
        if below is not None and below[0] * own.coefficient == 1:
            return Line(f"{target} /= ", writer.nested(below[1], place.labels))
        return Line(f"{target} *= ", writer.sum((own,), place.labels))

    def _may_make(self, place: View) -> bool:
        """Whether the array may be a new one: nothing else holds it, and all of it is written."""
        operand = self.scene.operand(self.update.target.array)
        whole = place.code.text == operand.name and operand.name.isidentifier()
        own = f"{operand.name}."  # a size that only the array itself tells
        symbols = [symbol for size in operand.sizes for symbol in symbols_of(size)]
        whole = whole and not any(symbol.name.startswith(own) for symbol in symbols)
        return operand.fresh and operand.is_array and operand.rank_known and whole

    def _makes(self, place: View, terms: Sum) -> bool:
        """Whether an expression is just what the array is filled with."""
        operand = self.scene.operand(self.update.target.array)
        return _covers(terms, place.labels) and results_in(self.scene, terms, operand.dtype)

    def _made(self, place: View, terms: Sum) -> Line:
        code = Writer(self.scene).sum(terms, place.labels)
        return Line(f"{place.base} = ", _copied(code, terms), makes=place.base)


def _without(terms: Sum, common: Term) -> Sum | None:
    """Terms without factors that all of them have, None if they have not."""
    if common.coefficient != 1:
        return None
    result = []
    for term in terms:
        factors = list(term.factors)
        for factor in common.factors:
            if factor not in factors or indices_of(factor) & term.summed:
                return None
            factors.remove(factor)
        result.append(Term(term.coefficient, tuple(factors), term.summed))
    return tuple(result)


def _is_square(target: Access, place: View) -> bool:
    """Whether each index of the target has an axis."""
    return frozenset(place.labels) == indices_of(target)


def _covers(terms: Sum, axes: Sequence[Index]) -> bool:
    """Whether an expression has all of its axes in full."""
    return set(axes) <= {index for term in terms for index in indices_of(term)}


def _copied(code: Code, terms: Sum) -> Code:
    """A new array, not a view of another."""
    return Code(f"{code.at(Level.ATOM)}.copy()") if is_view(terms) else code


@dataclass(frozen=True, slots=True)
class Name:
    """Writes an update of a name: a number, or a whole array."""

    scene: Scene
    update: Update
    nest: LoopNest

    @property
    def axes(self) -> tuple[Index, ...]:
        """The axes of the value, of an expression without those of size 1."""
        found = tuple(axis for axis in self.update.value.axes if axis is not None)
        if len(found) < len(self.update.value.axes) and self.nest.kind != "expression":
            raise Unwritable
        return found

    @property
    def is_number(self) -> bool:
        """Whether the value has no axes at all."""
        return not self.update.value.axes and not self.update.value.open

    def expression(self) -> Code:
        """The value of an expression, with all of its axes."""
        code, axes = self.fresh(self.update.value.terms), self.update.value.axes
        if None not in axes:
            return code
        return Code(code.at(Level.ATOM) + bracket([":" if axis else "None" for axis in axes]))

    def fresh(self, terms: Sum) -> Code:
        """An expression that gives a new array, or a number."""
        code = Writer(self.scene).sum(terms, self.axes)
        if not _covers(terms, self.axes):
            if self.update.value.open:
                raise Unwritable
            sizes = [code_of(self.scene.count(axis)).text for axis in self.axes]
            shape = f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"
            wide = call(f"{self.scene.lift.numpy}.broadcast_to", [code.text, shape])
            return Code(f"{wide.text}.copy()")
        if self.is_number:
            # With optimize=True the result is an array without axes.
            bare = len(terms) == 1 and code.text.endswith("optimize=True)")
            return Code(f"{code.text}[()]") if bare and code.level is Level.ATOM else code
        return code if self.nest.kind == "expression" else _copied(code, terms)

    def lines(self, *, keep: bool) -> Iterator[Line]:
        """The statements."""
        name, split = self.update.target.array, _split(self.update)
        if split is None or (_reads(split.rest, name) and not self.is_number):
            raise Unwritable
        if split.own is None:
            yield Line(f"{name} = ", self.fresh(split.rest))
        elif _reads((split.own,), name) or not all(map(is_number, split.own.factors)):
            raise Unwritable
        elif _is_one(split.own):
            yield from self._accumulated(split.rest, keep=keep)
        elif self.update.in_place and not _reads(split.rest, name):
            self._fit(self.scene.operand(name))
            yield Line(f"{name} *= ", Writer(self.scene).sum((split.own,), ()))
            if split.rest:
                yield self._added(split.rest)
        else:
            self._fit(self.scene.operand(name))
            yield Line(f"{name} = ", self._combined(split.own, split.rest))

    def _combined(self, own: Term, rest: Sum) -> Code:
        """``beta * acc + …``."""
        code = Code(self.update.target.array)
        sign = 1
        if not _is_one(own):
            factor = Writer(self.scene).sum((own,), ())
            if factor.level is Level.SIGN and own.coefficient == -1 and not own.factors:
                sign = -1
            else:
                code = product([factor, code])
        return added([(sign, code), *Writer(self.scene).parts(rest, self.axes)])

    def _accumulated(self, rest: Sum, *, keep: bool) -> Iterator[Line]:
        name, operand = self.update.target.array, self.scene.operand(self.update.target.array)
        if not rest:
            return
        starts = name in self.nest.starts and self.is_number
        if starts and not keep and self._may_start_with(rest):
            yield Line(f"{name} = ", self.fresh(rest), makes=name)
            return
        self._fit(operand)
        if self.update.in_place or starts or (self.is_number and _is_certain(operand)):
            yield self._added(rest)
        else:
            yield Line(f"{name} = ", self._combined(Term(1), rest))

    def _fit(self, operand: Operand) -> None:
        """Assume that the array has the shape that a loop without rounds would not ask for."""
        spans = [self.scene.extent(axis).span for axis in self.axes]
        if len(operand.sizes) < len(spans):
            raise Unwritable
        own = operand.sizes[len(operand.sizes) - len(spans) :]
        pairs = list(zip(own, spans, strict=True))
        if self.update.value.open or any(size != span for size, span in pairs):
            checks = [f"{code_of(size).text} == {code_of(span).text}" for size, span in pairs]
            text = f"{operand.name} has the shape of what is added to it"
            self.scene.needs.add(text, " and ".join(checks) or None)

    def _may_start_with(self, rest: Sum) -> bool:
        """Whether nothing was there before, and the sum alone has the same dtype."""
        start = self.nest.starts[self.update.target.array]
        if start != 0 or isinstance(start, complex):
            return False
        dtypes = ("float64", "complex128", "int64")[: 3 if isinstance(start, int) else 2]
        return any(results_in(self.scene, rest, dtype) for dtype in dtypes)

    def _added(self, rest: Sum) -> Line:
        sign = "-" if _all_negative(rest) else "+"
        terms = scaled(rest, -1) if sign == "-" else rest
        code = Writer(self.scene).sum(terms, self.axes)
        return Line(f"{self.update.target.array} {sign}= ", code)


def _is_certain(operand: Operand) -> bool:
    return operand.is_array and operand.rank == 0
