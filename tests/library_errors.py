"""What each library itself says of a call; for those that are installed."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

MODULES = {
    "numpy": "numpy",
    "torch": "torch",
    "jax": "jax.numpy",
    "tensorflow": "tensorflow",
    "dask": "dask.array",
    "opt_einsum": "opt_einsum",
    "einops": "einops",
}
"""What to import for each library that can be run; CuPy needs a graphics card."""


def imported(library: str) -> Any:
    """The module that has a library's einsum; skips the test where it is not installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip(MODULES[library])


def ones(library: str, shape: Sequence[int], dtype: str | None = None) -> Any:
    """An array of the library, or of NumPy where it has none of its own."""
    own = library in ("torch", "jax", "tensorflow", "dask")
    module = importlib.import_module(MODULES[library] if own else "numpy")
    if dtype is None:
        return module.ones(tuple(shape))
    return module.ones(tuple(shape), dtype=getattr(module, dtype, dtype))


def function(library: str) -> Callable[..., Any]:
    """The einsum of a library."""
    module = importlib.import_module(MODULES[library])
    found: Callable[..., Any] = module.contract if library == "opt_einsum" else module.einsum
    return found


def raised(library: str, *arguments: Any, **keywords: Any) -> str | None:
    """What the einsum of a library raises, or None."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = function(library)(*arguments, **keywords)
            if library == "dask":
                result.compute(scheduler="synchronous")
        except Exception as error:
            return f"{type(error).__name__}: {error}"
    return None


def library_error(
    library: str,
    text: str,
    shapes: Sequence[Sequence[int]],
    keywords: Mapping[str, Any] | None = None,
    dtypes: Sequence[str | None] | None = None,
) -> str | None:
    """What a library raises of subscripts and arrays of ones, or None."""
    given = dtypes or [None] * len(shapes)
    operands = [ones(library, shape, dtype) for shape, dtype in zip(shapes, given, strict=True)]
    arguments = [*operands, text] if library == "einops" else [text, *operands]
    return raised(library, *arguments, **(keywords or {}))
