"""What is executed to prove that other statements do the work of an einsum call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from .contraction import Index, Size
from .dims import Dim, symbol
from .facts import EinsumCall
from .lowering import Lowered
from .trial import Input, Trial

ArrayAxis: TypeAlias = tuple[str, int]
"""An axis of an array, by the name of that."""


def call_trial(
    call: EinsumCall, lowered: Lowered, before: str, after: Sequence[str], numpy: str, result: str
) -> Trial:
    """The trial of a call against statements, both of which read the same names of operands.

    ``before`` assigns the call to the name ``result``, or writes into it when it is an array.
    """
    header = "import numpy" if numpy == "numpy" else f"import numpy as {numpy}"
    inputs = {operand.name: operand for operand in _inputs(call, lowered)}
    return Trial(before, "\n".join(after), header, tuple(inputs.values()), (result,))


def output_input(name: str, lowered: Lowered, dtype: str | None) -> Input:
    """The array into which a call writes its result."""
    sizes = _sizes(lowered)
    axes = (sizes[index] for index in lowered.contraction.axes if index is not None)
    return Input(name, "array", tuple(axes), dtype=dtype)


def _inputs(call: EinsumCall, lowered: Lowered) -> Iterator[Input]:
    sizes = _sizes(lowered)
    runs = {
        (axis.operand, axis.axis): sizes[index]
        for index, axes in lowered.axes.items()
        for axis in axes
    }
    for number, (access, fact) in enumerate(zip(lowered.accesses, call.operands, strict=True)):
        shape = tuple(runs.get((number, axis), 1) for axis in range(len(access.subscripts)))
        yield Input(access.array, "array", shape, dtype=fact.dtype)


def _sizes(lowered: Lowered) -> Mapping[Index, Size]:
    """A size for each index: equal ones where two uses of an operand have an axis in common."""
    names = [access.array for access in lowered.accesses]
    places = {i: [(names[a.operand], a.axis) for a in axes] for i, axes in lowered.axes.items()}
    sizes = sizes_of((places[i], [a.size for a in axes]) for i, axes in lowered.axes.items())
    return {index: sizes[axes[0]] for index, axes in places.items()}


def sizes_of(
    meetings: Iterable[tuple[Sequence[ArrayAxis], Sequence[Dim]]],
) -> dict[ArrayAxis, Size]:
    """A size for each axis of some arrays, one for all axes that meet along some label.

    It is the number that one of them is known to have, or named for the first of them.
    """
    groups: dict[ArrayAxis, dict[ArrayAxis, None]] = {}
    known: dict[ArrayAxis, int] = {}
    for axes, dims in meetings:
        met = [other for axis in axes for other in (*groups.get(axis, ()), axis)]
        groups.update(dict.fromkeys(met, dict.fromkeys(met)))
        known.update((met[0], dim) for dim in dims if isinstance(dim, int))
    return {axis: _size(group, known) for axis, group in groups.items()}


def _size(axes: Iterable[ArrayAxis], known: Mapping[ArrayAxis, int]) -> Size:
    first, *others = axes
    numbers = [known[axis] for axis in (first, *others) if axis in known]
    return numbers[0] if numbers else symbol(f"{first[0]}.shape[{first[1]}]", 0)
