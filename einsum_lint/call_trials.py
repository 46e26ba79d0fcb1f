"""What is executed to prove that other statements do the work of an einsum call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .contraction import Index, Size
from .dims import Polynomial, Symbol
from .facts import EinsumCall
from .lowering import Axis, Lowered
from .trial import Input, Trial


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
    first: dict[tuple[str, int], Index] = {}
    same: dict[Index, Index] = {}

    def root(index: Index) -> Index:
        while index in same:
            index = same[index]
        return index

    for index, axes in lowered.axes.items():
        for axis in axes:
            other = root(first.setdefault((names[axis.operand], axis.axis), index))
            if other != root(index):
                same[root(index)] = other
    groups: dict[Index, list[Axis]] = {}
    for index, axes in lowered.axes.items():
        groups.setdefault(root(index), []).extend(axes)
    chosen = {index: _size(axes, names) for index, axes in groups.items()}
    return {index: chosen[root(index)] for index in lowered.axes}


def _size(axes: Sequence[Axis], names: Sequence[str]) -> Size:
    """The number that a size is known to be, or a name for it."""
    numbers = [axis.size for axis in axes if isinstance(axis.size, int)]
    name = f"{names[axes[0].operand]}.shape[{axes[0].axis}]"
    return numbers[0] if numbers else Polynomial((((Symbol(name, 0),), 1),))
