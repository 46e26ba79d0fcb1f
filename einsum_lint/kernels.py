"""Which dtypes of its operands a library cannot compute with."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final

from .dialects import Kernels
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
    """Products that are summed need one dtype, and a sum; axes of size 0 or 1 need no kernel."""
    equation = reading.equation
    found = matches(call, reading)
    if not isinstance(equation, Equation) or len(call.operands) != 2 or len(found) != 2:
        return None
    sizes = [size for match in found for size in match.shape.sizes or (0,)]
    dtypes = {operand.dtype for operand in call.operands}
    if 0 in sizes or None in dtypes or not all(o.is_array for o in call.operands):
        return None
    if not _contracts(equation, found[0], found[1]):
        return None
    if "bool" in dtypes:
        index = next(k for k, o in enumerate(call.operands) if o.dtype == "bool")
        return Unfit(index, f"{operand_name(call, index)} is bool, which PyTorch does not contract")
    if len(dtypes) > 1 and not dtypes <= _CAST:
        return Unfit(1, _mixed(call, (0, 1), "products that are summed"))
    return None


def _contracts(equation: Equation, one: Match, other: Match) -> bool:
    """Whether both operands have an axis longer than 1 that is summed."""
    if one.alignment is None or other.alignment is None:
        return False
    mine = dict(zip(one.term.labels, one.alignment.sizes, strict=True))
    theirs = dict(zip(other.term.labels, other.alignment.sizes, strict=True))
    pairs = [
        (mine[label], theirs[label])
        for label in mine.keys() & theirs.keys()
        if label not in equation.result.labels
    ]
    if equation.result.ellipsis is None:
        ellipses = (reversed(m.alignment.ellipsis.dims) for m in (one, other) if m.alignment)
        pairs += zip(*ellipses, strict=False)
    return any(1 not in pair for pair in pairs)


def _differ(call: EinsumCall, pair: tuple[int, int]) -> bool:
    return call.operands[pair[0]].dtype != call.operands[pair[1]].dtype


def _mixed(call: EinsumCall, pair: tuple[int, int], what: str) -> str:
    one, other = (f"{operand_name(call, k)} is {call.operands[k].dtype}" for k in pair)
    return f"{one}, and {other}: the dtypes of {what} must be equal"
