"""What each library itself says of a call; for those that are installed."""

from __future__ import annotations

import importlib
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

LIBRARIES = ("numpy", "torch", "jax", "tensorflow", "cupy", "dask", "opt_einsum", "einops")
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
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip(MODULES[library])


def ones(library: str, shape: Sequence[int], dtype: str | None = None) -> Any:
    """An array of the library, or of NumPy where it has none of its own."""
    own = library in ("torch", "jax", "tensorflow", "dask")
    module = importlib.import_module(MODULES[library] if own else "numpy")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # JAX makes float32 of float64
        if dtype is None:
            return module.ones(tuple(shape))
        if library == "tensorflow":
            return module.cast(module.ones(tuple(shape)), dtype)
        return module.ones(tuple(shape), dtype=getattr(module, dtype) if own else dtype)


def function(library: str) -> Callable[..., Any]:
    """The einsum of a library."""
    module = importlib.import_module(MODULES[library])
    found: Callable[..., Any] = module.contract if library == "opt_einsum" else module.einsum
    return found


def library_result(library: str, *arguments: Any, **keywords: Any) -> Any:
    """What the einsum of a library returns, or an error message."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = function(library)(*arguments, **keywords)
            return result.compute(scheduler="synchronous") if library == "dask" else result
        except Exception as error:
            return f"{type(error).__name__}: {error}"


def raised(library: str, *arguments: Any, **keywords: Any) -> str | None:
    """What the einsum of a library raises, or None."""
    result = library_result(library, *arguments, **keywords)
    return result if isinstance(result, str) else None


def arguments_of(library: str, text: str, operands: Sequence[Any]) -> list[Any]:
    """The arguments of a call, the subscripts where the library wants them."""
    return [*operands, text] if library == "einops" else [text, *operands]


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
    return raised(library, *arguments_of(library, text, operands), **(keywords or {}))
