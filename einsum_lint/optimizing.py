"""What the rules about ``optimize=`` need to know of a call of ``np.einsum``."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .cost import FLOATS, INTEGERS, Estimate, estimate
from .dialects import Dialect
from .dims import Dim
from .equation import Equation, Malformed, align, label_sizes
from .equation import Term as Written
from .facts import EinsumCall
from .path import Term
from .shapes import Shape

_SPREAD = (5, 60, 400)
"""A small, a middle and a large size, where sizes are not known."""
ELLIPSIS = "..."
"""The label that stands for an ellipsis of unknown rank."""
SUPPRESSES_CASTS = ("out", "dtype", "casting")
"""The keywords whose checks ``optimize=`` drops."""


@dataclass(frozen=True, slots=True)
class Axes:
    """The labels of a call with ellipses written out, and their sizes as far as they are known."""

    terms: tuple[Term, ...]
    output: Term
    sizes: Mapping[str, Dim]

    @property
    def known(self) -> dict[str, int]:
        """The sizes that are known as numbers."""
        return {label: size for label, size in self.sizes.items() if isinstance(size, int)}

    @property
    def complete(self) -> bool:
        """Whether every size is known."""
        return all(isinstance(size, int) for size in self.sizes.values())

    def possible(self) -> Iterator[dict[str, int]]:
        """Sizes for all labels, as different from each other as those of real arrays are.

        What holds for each of them is taken to hold whatever the sizes are.
        """
        open_labels = sorted(self.sizes.keys() - self.known.keys())
        yield {**self.known, **dict.fromkeys(open_labels, _SPREAD[1])}
        for label in open_labels:
            for size, others in (_SPREAD[:2], _SPREAD[1::-1], _SPREAD[2:0:-1]):
                yield {**self.known, **dict.fromkeys(open_labels, others), label: size}
        for shift in range(len(open_labels)):
            for step in (1, 2):
                sizes = (_SPREAD[(shift + step * k) % 3] for k in range(len(open_labels)))
                yield {**self.known, **dict(zip(open_labels, sizes, strict=True))}

    @property
    def sums(self) -> bool:
        """Whether any label is summed."""
        return set(itertools.chain.from_iterable(self.terms)) != set(self.output)


def numpy_equation(call: EinsumCall, dialect: Dialect) -> Equation | None:
    """The equation of a well-formed call that only this dialect of NumPy can read, else None."""
    if len(call.readings) > 1 or call.error_expected or call.open_keywords or not call.complete:
        return None
    reading = call.readings[0]
    if reading.dialect is not dialect or isinstance(reading.equation, Malformed):
        return None
    equation = reading.equation
    if equation.vague or len(equation.terms) != len(call.operands):
        return None
    if not set(equation.result.labels) <= set(equation.labels):
        return None
    return equation


def axes_of(equation: Equation, shapes: Sequence[Shape]) -> Axes | None:
    """The labels and sizes of a call; None where they clash or an axis of size 1 is stretched."""
    if _clashes(equation, shapes):
        return None
    sizes: dict[str, Dim] = dict(label_sizes(equation, shapes))
    middles = [_ellipsis(term, shape) for term, shape in zip(equation.terms, shapes, strict=True)]
    known = [middle.dims for middle in middles if not middle.open]
    if len(known) == len(middles):
        rank = max(map(len, known), default=0)
        names = tuple(f"{ELLIPSIS}{k}" for k in range(rank))
        parts = [names[rank - len(dims) :] for dims in known]
        columns = list(itertools.zip_longest(*(dims[::-1] for dims in known), fillvalue=None))
        for name, column in zip(reversed(names), columns, strict=True):
            found = {size for size in column if size is not None}
            if len(found) > 1:
                return None
            sizes[name] = found.pop() if found else None
    else:
        names = (ELLIPSIS,)
        parts = [names if term.ellipsis is not None else () for term in equation.terms]
        sizes[ELLIPSIS] = None
    terms = tuple(
        _with_ellipsis(term, part) for term, part in zip(equation.terms, parts, strict=True)
    )
    return Axes(terms, _with_ellipsis(equation.result, names), sizes)


def _ellipsis(term: Written, shape: Shape) -> Shape:
    alignment = align(term, shape)
    return alignment.ellipsis if alignment else Shape((), open=True)


def _with_ellipsis(term: Written, axes: Term) -> Term:
    at = term.ellipsis
    return term.labels if at is None else term.labels[:at] + axes + term.labels[at:]


def _clashes(equation: Equation, shapes: Sequence[Shape]) -> bool:
    """Whether an operand has the wrong rank, or two axes with one label have different sizes."""
    found: dict[str, set[int]] = {}
    for term, shape in zip(equation.terms, shapes, strict=True):
        alignment = align(term, shape)
        if alignment is None:
            return True
        for label, size in zip(term.labels, alignment.sizes, strict=True):
            if isinstance(size, int):
                found.setdefault(label, set()).add(size)
    return any(len(sizes) > 1 for sizes in found.values())


def dtypes_of(call: EinsumCall) -> tuple[str, ...]:
    """The dtypes that a call may run in, of those that were measured; none if it may be another.

    A dtype that is not known may be a float or an integer, which differ in speed.
    """
    dtypes = [operand.dtype for operand in call.operands]
    known = {dtype for dtype in dtypes if dtype is not None}
    if len(known) > 1 or not known <= FLOATS | INTEGERS:
        return ()
    return ("float64", "int64") if None in dtypes else tuple(known)


def estimates(
    axes: Axes, sizes: Mapping[str, int], dtypes: Sequence[str], target: tuple[int, int]
) -> list[Estimate]:
    """The model's verdict for each dtype; empty when there is none for one of them."""
    made = [estimate(axes.terms, axes.output, sizes, dtype, target) for dtype in dtypes]
    found = [one for one in made if one is not None]
    return found if len(found) == len(made) else []


def is_given(call: EinsumCall, *names: str) -> bool:
    """Whether one of these keywords is there with a value other than None."""
    return any(call.keywords.get(name) is not None for name in names)


def assumptions(call: EinsumCall, axes: Axes) -> Iterator[str]:
    """What must hold for a call to give the same with and without ``optimize=``."""
    dtypes = {operand.dtype for operand in call.operands}
    if len(dtypes) > 1 or not dtypes <= FLOATS | INTEGERS:
        yield "all operands have one dtype"
    if not all(operand.is_numpy for operand in call.operands):
        yield "the operands are plain arrays"
    if not axes.output or axes.output == (ELLIPSIS,):
        yield "nothing needs a scalar where optimize=True gives a 0-d array"
    if len(axes.terms) > 2 and not dtypes <= {"float64", "complex128", *INTEGERS}:
        yield "no intermediate result overflows"


def rounded(factor: float) -> str:
    """A factor as one says it: 3, 40, 150, 2,000,000."""
    digits = len(str(int(factor)))
    return f"{round(factor, -max(0, digits - 2)):,.0f}" if factor >= 10 else f"{factor:.0f}"
