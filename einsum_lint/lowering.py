"""From an einsum call of NumPy's to its meaning: a contraction, and where each index runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .contraction import Access, Contraction, Index, Size, Term, index_size
from .dialects import NUMPY, NUMPY_OPTIMIZED
from .dims import Dim
from .equation import Equation, align
from .equation import Term as Written
from .facts import EinsumCall
from .shapes import ArrayFact

_DIALECTS = (NUMPY, NUMPY_OPTIMIZED)
_NUMBERED = "ijklmnopqrstuvwxyzabcdefghIJKLMNOPQRSTUVWXYZABCDEFGH"
"""What the labels of the interleaved form are called, in the order of their first use."""


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis over which an index runs: of the operand ``operand``, from 0, and its size."""

    operand: int
    axis: int
    size: Dim


@dataclass(frozen=True, slots=True)
class Lowered:
    """The meaning of a call.  ``axes`` are those that have the size of each index, never none."""

    contraction: Contraction
    axes: Mapping[Index, tuple[Axis, ...]]

    @property
    def term(self) -> Term:
        """The one term of the contraction."""
        return self.contraction.terms[0]

    @property
    def accesses(self) -> tuple[Access, ...]:
        """The elements that are multiplied, one of each operand."""
        return tuple(factor for factor in self.term.factors if isinstance(factor, Access))

    def stretches(self) -> bool:
        """Whether an axis of size 1 may be stretched to a size that is not known to be 1."""
        names = [access.array for access in self.accesses]
        for axes in self.axes.values():
            alike = {(names[a.operand], a.axis) if a.size is None else a.size for a in axes}
            if len(alike) > 1 and len({a.operand for a in axes}) > 1:
                return True
        return False


def equation_of(call: EinsumCall) -> Equation | None:
    """The equation of a well-formed call that certainly is NumPy's, None for any other."""
    equations = []
    for reading in call.readings:
        equation = reading.equation
        if reading.dialect not in _DIALECTS or not isinstance(equation, Equation):
            return None
        equations.append(equation)
    first = equations[0]
    same = all((e.terms, e.result) == (first.terms, first.result) for e in equations)
    count = call.complete and len(first.terms) == len(call.operands)
    foreign = any(operand.library is not None for operand in call.operands)
    if not same or not count or foreign or first.vague or call.open_keywords or call.listed:
        return None
    labels = first.result.labels
    if len(set(labels)) < len(labels) or not set(labels) <= set(first.labels):
        return None
    return first


def lower(call: EinsumCall, names: Sequence[str]) -> Lowered | None:
    """The meaning of a call whose operands have these names; None when it is not certain."""
    equation = equation_of(call)
    if equation is None:
        return None
    terms = [_labels(t, o) for t, o in zip(equation.terms, call.operands, strict=True)]
    known = [term for term in terms if term is not None]
    if len(known) < len(terms):
        return None
    rank = max((len([x for x in term if x.startswith(".")]) for term in known), default=0)
    if rank and equation.result.ellipsis is None and not equation.dialect.sums_ellipsis:
        return None
    dotted = [f".{k}" for k in range(rank, 0, -1)]
    result = _with_ellipsis(equation.result, dotted)
    order = tuple(dict.fromkeys((*result, *(label for term in known for label in term))))
    called = _called(equation, order)
    indices = {label: Index(called[label], k) for k, label in enumerate(order, 1)}
    axes = _axes(known, call.operands)
    if axes is None:
        return None
    return _lowered(names, known, result, indices, axes)


def _lowered(
    names: Sequence[str],
    terms: Sequence[Sequence[str]],
    result: Sequence[str],
    indices: Mapping[str, Index],
    axes: Mapping[str, tuple[Axis, ...]],
) -> Lowered:
    runs = {(axis.operand, axis.axis) for found in axes.values() for axis in found}

    def subscript(operand: int, axis: int, label: str) -> Size:
        return index_size(indices[label]) if (operand, axis) in runs else 0

    factors = tuple(
        Access(name, tuple(subscript(operand, axis, label) for axis, label in enumerate(term)))
        for operand, (name, term) in enumerate(zip(names, terms, strict=True))
    )
    summed = frozenset(index for label, index in indices.items() if label not in result)
    contraction = Contraction(
        tuple(indices[label] for label in result), (Term(1, factors, summed),)
    )
    return Lowered(contraction, {indices[label]: found for label, found in axes.items()})


def _labels(term: Written, operand: ArrayFact) -> tuple[str, ...] | None:
    """The labels of all axes of an operand; those of an ellipsis are numbered from the last."""
    alignment = align(term, operand.shape)
    if alignment is None or (term.ellipsis is not None and alignment.ellipsis.open):
        return None
    count = len(alignment.ellipsis.dims)
    return tuple(_with_ellipsis(term, [f".{k}" for k in range(count, 0, -1)]))


def _with_ellipsis(term: Written, dotted: Sequence[str]) -> Sequence[str]:
    at = term.ellipsis
    return term.labels if at is None else (*term.labels[:at], *dotted, *term.labels[at:])


def _called(equation: Equation, order: Sequence[str]) -> Mapping[str, str]:
    """What the indices of some labels are called."""
    if equation.numbered:
        return dict(zip(order, _NUMBERED, strict=False))
    free: Iterator[str] = (name for name in _NUMBERED if name not in equation.labels)
    return {label: next(free) if label.startswith(".") else label for label in order}


def _axes(
    terms: Sequence[Sequence[str]], operands: Sequence[ArrayFact]
) -> Mapping[str, tuple[Axis, ...]] | None:
    """The axes that have the size of each label; None when NumPy rejects their sizes.

    Those of size 1 that are stretched to another size are left out.
    """
    found: dict[str, list[Axis]] = {}
    for operand, (term, fact) in enumerate(zip(terms, operands, strict=True)):
        known = fact.shape.dims[-len(term) :] if term else ()
        sizes = (*(None,) * (len(term) - len(known)), *known)
        for axis, (label, size) in enumerate(zip(term, sizes, strict=True)):
            found.setdefault(label, []).append(Axis(operand, axis, size))
    for label, axes in found.items():
        numbers = {axis.size for axis in axes if isinstance(axis.size, int)}
        if len(numbers - {1}) > 1 or _uneven_diagonal(axes):
            return None
        if any(axis.size != 1 for axis in axes):
            found[label] = [axis for axis in axes if axis.size != 1]
    return {label: tuple(axes) for label, axes in found.items()}


def _uneven_diagonal(axes: Sequence[Axis]) -> bool:
    """Whether two axes of one operand that share a label may have different sizes, one being 1."""
    for operand in {axis.operand for axis in axes}:
        sizes = {axis.size for axis in axes if axis.operand == operand}
        if len(sizes) > 1 and 1 in sizes:
            return True
    return False
