"""The libraries of arrays whose arithmetic is read as NumPy's."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from . import torch


@dataclass(frozen=True, slots=True)
class Library:
    """A library by its name in facts, None for NumPy, and by the module of its functions.

    ``as_numpy`` writes an expression as it would be with NumPy, given how the file calls the
    module; None where there is nothing to write otherwise.
    """

    name: str | None
    module: str
    as_numpy: Callable[[ast.expr, str], ast.expr] | None = None

    def numpy_names(self, names: frozenset[str]) -> frozenset[str]:
        """Dotted names as they would be with NumPy, whose own then are some other functions."""
        return frozenset(map(self._numpy_name, names)) if self.name else names

    def _numpy_name(self, name: str) -> str:
        if name == self.module or name.startswith(f"{self.module}."):
            return f"numpy{name.removeprefix(self.module)}"
        return f"other.{name}" if name.partition(".")[0] == "numpy" else name


NUMPY: Final = Library(None, "numpy")
LIBRARIES: Final = (
    NUMPY,
    Library("torch", "torch", torch.as_numpy),
    Library("jax", "jax.numpy"),
    Library("cupy", "cupy"),
)
