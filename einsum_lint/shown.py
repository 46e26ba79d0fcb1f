"""What was inferred for an einsum call, as values that can be shown."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .facts import EinsumCall
from .findings import Span
from .shapes import ArrayFact, Shape


@dataclass(frozen=True, slots=True)
class OperandShape:
    """What is known of an operand: its shape in words, its dtype, and from which row.

    ``shape`` is as in the source, ``(3, n, ?)``, with ``...`` for further axes in front; None when
    nothing is known of it.
    """

    text: str
    shape: str | None
    rank: int | None
    dtype: str | None
    row: int | None
    known_from: str | None


@dataclass(frozen=True, slots=True)
class CallShapes:
    """The operands of one einsum call."""

    span: Span
    function: str
    subscripts: str
    libraries: tuple[str, ...]
    operands: tuple[OperandShape, ...]


def call_shapes(call: EinsumCall) -> CallShapes:
    """What is known of the operands of a call."""
    return CallShapes(
        call.place.call,
        call.place.function,
        call.subscripts,
        tuple(reading.dialect.name for reading in call.readings),
        tuple(_operand(call, k, fact) for k, fact in enumerate(call.operands)),
    )


def _operand(call: EinsumCall, index: int, fact: ArrayFact) -> OperandShape:
    used = dict(call.used_ranks).get(index)
    if used is not None:
        fact = replace(fact, shape=Shape((None,) * used), made=None)
    shape = shown(fact.shape)
    known = shape is not None or fact.dtype is not None
    made = call.place.statement_text(fact.made) if known and fact.made is not None else None
    row, text = made if made is not None else (None, None)
    if used is not None:
        text = "its other uses"
    return OperandShape(
        call.place.operand_text(index), shape, fact.shape.rank, fact.dtype, row, text
    )


def shown(shape: Shape) -> str | None:
    """A shape as the source would write it; None when nothing is known of it."""
    dims = ["?" if dim is None else str(dim) for dim in shape.dims]
    if shape.open:
        return f"(..., {', '.join(dims)})" if dims else None
    return f"({dims[0]},)" if len(dims) == 1 else f"({', '.join(dims)})"
