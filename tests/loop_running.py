"""Programs of loops, their arguments, what a call of them does, and how two calls differ."""

from __future__ import annotations

import copy
import inspect
import io
import random
import sys
import warnings
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from types import FrameType, FunctionType
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Program:
    """The source of a module with a function ``kernel``, and what its arguments are made from."""

    text: str
    arrays: Mapping[str, tuple[int, ...]]
    integers: Mapping[str, int]
    scalars: tuple[str, ...]
    forms: frozenset[str]

    def arguments(self, seed: int, dtype: str = "float64") -> list[Any]:
        """Arguments of ``kernel``, other ones for each seed."""
        rng = np.random.default_rng(seed)
        made: list[Any] = []
        for shape in self.arrays.values():
            values = rng.random(shape) * 4 - 2
            if np.dtype(dtype).kind == "c":
                values = values + 1j * rng.random(shape)
            made.append(np.asarray(np.round(values) if dtype[0] in "iu" else values, dtype))
        return [*made, *self.integers.values(), *(1.25 for _ in self.scalars)]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call gave or raised, its arguments afterwards, and what it printed and logged."""

    result: Any
    error: type[BaseException] | None
    arguments: list[Any]
    seen: tuple[str, list[Any]]


def compiled(text: str, name: str = "kernel") -> FunctionType:
    """A function of a text."""
    namespace: dict[str, Any] = {"__name__": "program"}
    exec(compile(text, "<program>", "exec"), namespace)
    kernel: FunctionType = namespace[name]
    return kernel


def outcome(kernel: FunctionType, arguments: list[Any]) -> Outcome:
    """Run a kernel on copies of the arguments; a list ``log`` of its module is emptied before."""
    arguments = copy.deepcopy(arguments)
    log = kernel.__globals__.get("log", [])
    log.clear()
    result, error, printed = None, None, io.StringIO()
    with warnings.catch_warnings(), np.errstate(all="ignore"), redirect_stdout(printed):
        warnings.simplefilter("ignore")
        try:
            result = kernel(*arguments)
            result = list(result) if inspect.isgenerator(result) else result
        except Exception as raised:
            error = type(raised)
    logged = [item() if callable(item) else item for item in log]
    return Outcome(result, error, arguments, (printed.getvalue(), logged))


def ranks_of_names(kernel: FunctionType, arguments: list[Any]) -> dict[str, set[int]]:
    """The ranks of the arrays and numbers that each name in a kernel holds while it runs."""
    found: dict[str, set[int]] = {}

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        if frame.f_code is not kernel.__code__:
            return None
        for name, value in frame.f_locals.items():
            if isinstance(value, (np.ndarray, np.generic, int, float, complex)):
                found.setdefault(name, set()).add(np.ndim(value))
        return trace

    outer = sys.gettrace()
    sys.settrace(trace)
    try:
        outcome(kernel, arguments)
    finally:
        sys.settrace(outer)
    return found


def same(one: Any, other: Any, tolerance: float = 1e-9) -> bool:
    """Whether two values agree in kind, shape, dtype and, up to rounding, in their numbers.

    A sum of nothing that was the ``float`` that it starts with may be a ``float64``, which is one.
    """
    # Each text makes its own classes.
    alike = type(one).__qualname__ == type(other).__qualname__
    if not (alike or (type(one) in (float, complex) and isinstance(other, type(one)))):
        return False
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(
            same(a, b, tolerance) for a, b in zip(one, other, strict=True)
        )
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k], tolerance) for k in one)
    if not isinstance(one, (np.ndarray, np.generic, float, complex)):
        return bool(one is other or one == other)
    a, b = np.asarray(one), np.asarray(other)
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    if isinstance(one, np.ma.MaskedArray):
        masks = np.ma.getmaskarray(one), np.ma.getmaskarray(other)
        if not np.array_equal(*masks):
            return False
        a, b = np.where(masks[0], 0, a), np.where(masks[1], 0, b)
    if a.dtype.kind == "O":
        return all(same(x, y, tolerance) for x, y in zip(a.flat, b.flat, strict=True))
    if a.dtype.kind not in "fc":
        return bool(np.array_equal(a, b))
    if a.dtype.itemsize < (16 if a.dtype.kind == "c" else 8):
        tolerance = max(tolerance, 1e-4)
    return bool(np.allclose(a, b, rtol=tolerance, atol=tolerance, equal_nan=True))


def _words(printed: str) -> list[float | str]:
    """The words that were printed, those that are numbers as such."""
    found: list[float | str] = []
    for word in printed.split():
        try:
            found.append(float(word.strip("[](),")))
        except ValueError:
            found.append(word)
    return found


def difference(before: Outcome, after: Outcome) -> str | None:
    """How two outcomes differ; None when they agree."""
    if before.error is not after.error:
        return f"raises {before.error}, then {after.error}"
    if before.error is None and not same(before.result, after.result):
        return f"gives {before.result!r}, then {after.result!r}"
    if before.error is None and not same(before.arguments, after.arguments):
        return "leaves other arguments"
    seen, later = ([_words(one.seen[0]), one.seen[1]] for one in (before, after))
    if not same(seen, later):
        return f"prints and logs {before.seen}, then {after.seen}"
    return None


DTYPES = ("float32", "float16", "complex128", "int64", "int8", "uint8", "bool", "object")


def hostile_arguments(program: Program, rng: random.Random, seed: int) -> list[Any]:
    """Arguments that the author may not have thought of: dtypes, sizes, lists, one array twice."""
    given = program.arguments(seed)
    arrays = len(program.arrays)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(max(arrays, 1))
        array = given[at] if given else None
        if not isinstance(array, np.ndarray):
            continue
        how = rng.randrange(8)
        if how < 3:
            given[at] = _cast(array, rng.choice(DTYPES))
        elif how == 3 and array.ndim:
            axis = rng.randrange(array.ndim)
            given[at] = array[(slice(None),) * axis + (slice(rng.randint(0, 2)),)]
        elif how == 4 and array.ndim:
            axis = rng.randrange(array.ndim)
            given[at] = np.concatenate([array, array], axis)
        elif how == 5:
            given[at] = array.tolist()
        elif how == 6:
            given[at] = given[rng.randrange(arrays)]
        else:
            given[at] = array[None] if rng.randrange(2) else array.T
    for at in range(arrays, arrays + len(program.integers)):
        if rng.randrange(4) == 0:
            given[at] = rng.choice([0, 1, -1, given[at] - 1, given[at] + 1])
    return given


def _cast(array: np.ndarray[Any, Any], dtype: str) -> np.ndarray[Any, Any]:
    if dtype in ("int8", "uint8", "int64"):
        array = np.abs(array * 60)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an imaginary part is lost
        return array.astype(dtype)
