"""Which dtypes of its operands a library cannot compute with."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from .dialects import Kernels
from .dims import Dim
from .equation import Equation
from .facts import EinsumCall, Reading
from .matching import Match, matches, operand_name

_WITHOUT_KERNEL: Final = frozenset({"bool", "int8", "int16", "uint8", "uint16", "uint32", "uint64"})
"""The dtypes for which TensorFlow has no einsum."""
_CAST: Final = frozenset({"float16", "bfloat16", "float32"})
"""The dtypes that PyTorch makes one under ``torch.autocast``."""


@dataclass(frozen=True, slots=True)
class Unfit:
    """An operand whose dtype the library cannot compute with, and why."""

    operand: int
    message: str


def unfit_operand(call: EinsumCall, reading: Reading) -> Unfit | None:
    """The first operand whose dtype does not fit the call or the other operands."""
    if not call.complete:
        return None
    match reading.dialect.kernels:
        case Kernels.TORCH:
            return _in_torch(call, reading)
        case Kernels.TENSORFLOW:
            return _in_tensorflow(call)
    return None


def _in_tensorflow(call: EinsumCall) -> Unfit | None:
    if call.operands and all(o.is_array and o.dtype in _WITHOUT_KERNEL for o in call.operands):
        name, dtype = operand_name(call, 0), call.operands[0].dtype
        return Unfit(0, f"{name} is {dtype}, and TensorFlow has no einsum of that")
    # An array of NumPy's takes on the dtype of a tensor beside it.
    tensors = [k for k, o in enumerate(call.operands) if o.library == "tensorflow" and o.dtype]
    pair = next((p for p in combinations(tensors, 2) if _differ(call, p)), None)
    return None if pair is None else Unfit(pair[1], _mixed(call, pair, "operands"))


def _in_torch(call: EinsumCall, reading: Reading) -> Unfit | None:
    """Products that are summed need one dtype; axes of size 0 or 1 need no kernel."""
    equation = reading.equation
    found = matches(call, reading)
    if not isinstance(equation, Equation) or len(call.operands) != 2 or len(found) != 2:
        return None
    sizes = [size for match in found for size in match.shape.sizes or (0,)]
    if 0 in sizes or not all(o.is_array and o.dtype for o in call.operands):
        return None
    alone, together = _summed_axes(equation, found)
    if not together:
        return None
    dtypes = [_presummed(o.dtype or "", k in alone) for k, o in enumerate(call.operands)]
    if None in dtypes:
        return None
    if "bool" in dtypes:
        index = dtypes.index("bool")
        return Unfit(index, f"{operand_name(call, index)} is bool, which PyTorch does not contract")
    if dtypes[0] != dtypes[1] and not _CAST.issuperset(dtypes):
        return Unfit(1, _mixed(call, (0, 1), "products that are summed", alone))
    return None


def _presummed(dtype: str, summed: bool) -> str | None:
    """The dtype of an operand after the sum over what no other has; None if it is not known."""
    if not summed or not re.fullmatch(r"bool|u?int\d+", dtype):
        return dtype
    return None if dtype in ("uint16", "uint32", "uint64") else "int64"


def _summed_axes(equation: Equation, found: Sequence[Match]) -> tuple[set[int], bool]:
    """The operands that are summed by themselves first, and whether products are summed.

    An axis of size 1 is as good as none.
    """
    sizes: dict[str | int, list[int]] = {}
    for k, match in enumerate(found):
        if match.alignment is None:
            return set(), False
        ellipsis = match.alignment.ellipsis.dims[::-1]
        if equation.result.ellipsis is not None:
            ellipsis = ()
        axes: list[tuple[str | int, Dim]] = [*enumerate(ellipsis)]
        axes += zip(match.term.labels, match.alignment.sizes, strict=True)
        for label, size in axes:
            if label not in equation.result.labels and isinstance(size, int):
                sizes.setdefault(label, [1, 1])[k] = size
    pairs = list(sizes.values())
    alone = {k for k in (0, 1) if any(pair[k] != 1 and pair[1 - k] == 1 for pair in pairs)}
    return alone, any(1 not in pair for pair in pairs)


def _differ(call: EinsumCall, pair: tuple[int, int]) -> bool:
    return call.operands[pair[0]].dtype != call.operands[pair[1]].dtype


def _mixed(call: EinsumCall, pair: tuple[int, int], what: str, alone: Collection[int] = ()) -> str:
    def shown(index: int) -> str:
        dtype = call.operands[index].dtype
        summed = index in alone and _presummed(dtype or "", True) != dtype
        return f"{operand_name(call, index)} is {dtype}{', summed to int64 first' * summed}"

    return f"{shown(pair[0])}, and {shown(pair[1])}: the dtypes of {what} must be equal"
