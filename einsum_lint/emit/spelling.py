"""How each library writes the plain operations on arrays."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from .code import Code, Level, call


@dataclass(frozen=True, slots=True)
class Spelling:
    """NumPy's way, which is that of JAX and CuPy too.  Axes are numbered from 0.

    ``module`` is how the file calls the library (``np``), None where it only has its einsum.
    """

    module: str | None
    vectors: bool = True
    """Whether ``@`` takes vectors."""

    def transposed(self, code: Code, order: Sequence[int]) -> Code:
        """The axes in another order."""
        rank = len(order)
        if rank == 2:
            return _of(code, ".T")
        if [*order] == [*range(rank - 2), rank - 1, rank - 2]:
            return _of(code, ".swapaxes(-1, -2)")
        return _of(code, f".transpose({_listed(order)})")

    def summed(self, code: Code, axes: Sequence[int], rank: int) -> Code | None:
        """The sum over some of the axes."""
        if len(axes) == rank:
            return _of(code, ".sum()")
        return _of(code, f".sum(axis={_axes(axes)})")

    def trace(self, code: Code, first: int, second: int, rank: int) -> Code | None:
        """The sum over a diagonal of two axes."""
        return _of(
            code,
            ".trace()" if (first, second) == (0, 1) else f".trace(axis1={first}, axis2={second})",
        )

    def diagonal(self, code: Code, first: int, second: int) -> Code | None:
        """A diagonal of two axes, as the last axis."""
        axes = "" if (first, second) == (0, 1) else f"axis1={first}, axis2={second}"
        return _of(code, f".diagonal({axes})")

    def outer(self, one: Code, other: Code, *, vectors: bool) -> Code | None:
        """All products of an element of one and an element of the other."""
        if self.module is None:
            return None
        name = "outer" if vectors else "multiply.outer"
        return call(f"{self.module}.{name}", [one.text, other.text])

    def tensordot(self, one: Code, other: Code, axes: str) -> Code | None:
        """The sum over a number of last and first axes, or over a pair of axes."""
        if self.module is None:
            return None
        return call(f"{self.module}.tensordot", [one.text, other.text, f"axes={axes}"])


class TorchSpelling(Spelling):
    """PyTorch's way."""

    __slots__ = ()

    def transposed(self, code: Code, order: Sequence[int]) -> Code:
        """The axes in another order."""
        rank = len(order)
        if rank == 2:
            return _of(code, ".T")
        if [*order] == [*range(rank - 2), rank - 1, rank - 2]:
            return _of(code, ".mT")
        return _of(code, f".permute({_listed(order)})")

    def summed(self, code: Code, axes: Sequence[int], rank: int) -> Code | None:
        """The sum over some of the axes."""
        if len(axes) == rank:
            return _of(code, ".sum()")
        return _of(code, f".sum(dim={_axes(axes)})")

    def trace(self, code: Code, first: int, second: int, rank: int) -> Code | None:
        """The sum over a diagonal of two axes."""
        return _of(code, ".trace()") if rank == 2 else None

    def diagonal(self, code: Code, first: int, second: int) -> Code | None:
        """A diagonal of two axes, as the last axis."""
        axes = "" if (first, second) == (0, 1) else f"dim1={first}, dim2={second}"
        return _of(code, f".diagonal({axes})")

    def outer(self, one: Code, other: Code, *, vectors: bool) -> Code | None:
        """All products of an element of one and an element of the other."""
        if self.module is None or not vectors:
            return None
        return call(f"{self.module}.outer", [one.text, other.text])

    def tensordot(self, one: Code, other: Code, axes: str) -> Code | None:
        """The sum over a number of last and first axes, or over a pair of axes."""
        if self.module is None:
            return None
        return call(f"{self.module}.tensordot", [one.text, other.text, f"dims={axes}"])


class TensorflowSpelling(Spelling):
    """TensorFlow's way: functions, no methods."""

    __slots__ = ()

    def transposed(self, code: Code, order: Sequence[int]) -> Code:
        """The axes in another order."""
        last_two = [*order] == [*range(len(order) - 2), len(order) - 1, len(order) - 2]
        if last_two and len(order) > 2:
            return call(f"{self.module}.linalg.matrix_transpose", [code.text])
        axes = [] if len(order) == 2 else [f"perm=[{_listed(order)}]"]
        return call(f"{self.module}.transpose", [code.text, *axes])

    def summed(self, code: Code, axes: Sequence[int], rank: int) -> Code | None:
        """The sum over some of the axes."""
        where = [] if len(axes) == rank else [f"axis={_axes(axes)}"]
        return call(f"{self.module}.reduce_sum", [code.text, *where])

    def trace(self, code: Code, first: int, second: int, rank: int) -> Code | None:
        """The sum over a diagonal of two axes."""
        if (first, second) != (rank - 2, rank - 1):
            return None
        return call(f"{self.module}.linalg.trace", [code.text])

    def diagonal(self, code: Code, first: int, second: int) -> Code | None:
        """A diagonal of two axes, as the last axis."""
        return None

    def outer(self, one: Code, other: Code, *, vectors: bool) -> Code | None:
        """All products of an element of one and an element of the other."""
        return None

    def tensordot(self, one: Code, other: Code, axes: str) -> Code | None:
        """The sum over a number of last and first axes, or over a pair of axes."""
        return call(f"{self.module}.tensordot", [one.text, other.text, f"axes={axes}"])


_OF_TORCH = frozenset({
    "einsum", "reshape", "conj", "abs", "exp", "log", "sqrt", "square", "sin", "cos", "tanh",
})  # fmt: skip


def is_for_torch(text: str) -> bool:
    """Whether an expression is one that PyTorch understands as NumPy does."""
    for node in ast.walk(ast.parse(text, mode="eval")):
        match node:
            case ast.Call(func=ast.Attribute(attr=name)) if name not in _OF_TORCH:
                return False
            case ast.Slice(step=ast.UnaryOp()):
                return False
    return True


def _of(code: Code, what: str) -> Code:
    return Code(f"{code.at(Level.ATOM)}{what}")


def _listed(axes: Sequence[int]) -> str:
    return ", ".join(map(str, axes))


def _axes(axes: Sequence[int]) -> str:
    return str(axes[0]) if len(axes) == 1 else f"({_listed(axes)})"
