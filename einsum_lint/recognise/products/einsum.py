"""A call of einsum as a contraction."""

from __future__ import annotations

from collections.abc import Sequence

from ...contraction import Contraction, Index, Sum, number, summed_over
from ...dialects import NUMPY
from ...equation import Equation, Malformed, Term, parse
from ...sublists import from_sublists
from .axes import closed
from .elementwise import is_truth, product
from .space import Axes, Refused, Space, Values


def einsum(space: Space, arguments: Sequence[object]) -> Contraction:
    """``np.einsum`` with a text first, or with a list of labels behind each operand."""
    if arguments and isinstance(arguments[0], str):
        equation = parse(arguments[0], NUMPY)
        operands = arguments[1:]
    else:
        count = len(arguments) // 2
        lists = [_labels(part) for part in (*arguments[1 : 2 * count : 2], *arguments[2 * count :])]
        output = lists.pop() if len(lists) > count else None
        _, equation = from_sublists(lists, output, NUMPY)
        operands = arguments[0 : 2 * count : 2]
    if isinstance(equation, Malformed):
        raise Refused(f"einsum: {equation.message}")
    values = [operand for operand in operands if isinstance(operand, Contraction)]
    if equation.vague or not values or len(values) != len(operands):
        raise Refused("an einsum whose operands are not known")
    if len(values) != len(equation.terms):
        raise Refused("an einsum with another number of operands than terms")
    return evaluated(space, equation, values)


def _labels(part: object) -> Sequence[object]:
    if not isinstance(part, tuple | list):
        raise Refused("an einsum whose labels are not constant")
    return part


def evaluated(space: Space, equation: Equation, operands: Sequence[Contraction]) -> Contraction:
    """What an einsum with these subscripts computes."""
    values = space.apart(*map(closed, operands))
    labelled = [_align(t, v.axes) for t, v in zip(equation.terms, values, strict=True)]
    new: list[Values] = [{} for _ in values]
    for place, (axes, _) in enumerate(labelled):
        new[place] = _diagonals(space, axes)
    columns: dict[str, list[Index | None]] = {}
    for axes, _ in labelled:
        for label, found in axes.items():
            columns.setdefault(label, []).append(found[0])
    joined = {label: space.join(axes, stretch=True) for label, axes in columns.items()}
    shared: Values = {}
    for _, substitution in joined.values():
        shared |= substitution
    batch, substitution = space.broadcast([rest for _, rest in labelled])
    shared |= substitution
    terms = number(1)
    if all(is_truth(value.terms) for value in values):
        raise Refused("products of truth values are summed")
    for value, own in zip(values, new, strict=True):
        terms = product(terms, space.put(space.put(value.terms, own), shared))
    return _result(equation, {label: axis for label, (axis, _) in joined.items()}, batch, terms)


def _result(
    equation: Equation, labels: dict[str, Index | None], batch: Axes, terms: Sum
) -> Contraction:
    output = equation.result
    if batch and output.ellipsis is None:
        raise Refused("an einsum whose output has no ellipsis")
    if len(set(output.labels)) < len(output.labels) or not labels.keys() >= set(output.labels):
        raise Refused("an einsum with a wrong output")
    kept = [labels[label] for label in output.labels]
    at = len(kept) if output.ellipsis is None else output.ellipsis
    summed = [a for label, a in labels.items() if a is not None and label not in output.labels]
    return Contraction((*kept[:at], *batch, *kept[at:]), summed_over(terms, summed))


def _align(term: Term, axes: Axes) -> tuple[dict[str, list[Index | None]], Axes]:
    """The axes of each label, and those of the ellipsis."""
    count = len(term.labels)
    if len(axes) < count or (term.ellipsis is None and len(axes) > count):
        raise Refused(f"an einsum term with {count} labels for {len(axes)} axes")
    at = count if term.ellipsis is None else term.ellipsis
    stop = len(axes) - (count - at)
    found: dict[str, list[Index | None]] = {}
    for label, axis in zip(term.labels, axes[:at] + axes[stop:], strict=True):
        found.setdefault(label, []).append(axis)
    return found, axes[at:stop]


def _diagonals(space: Space, axes: dict[str, list[Index | None]]) -> Values:
    """What to put where one label stands for several axes of an operand."""
    values: Values = {}
    for label, found in axes.items():
        if len(found) > 1:
            axis, new = space.join(found, stretch=False)
            values |= new
            axes[label] = [axis]
    return values
