"""Real inputs of a trial: arrays of several dtypes, memory layouts and kinds of values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..trial import Input
from .program import Program, Skipped
from .sizes import Choice

Values = Literal["signed", "positive", "coarse", "zeros", "nan", "inf", "large"]
"""``coarse`` are few different numbers, so that some are equal; of ``zeros`` half are 0."""
Layout = Literal["plain", "columns", "strided", "reversed"]


@dataclass(frozen=True, slots=True)
class Profile:
    """How the arrays of one run are made; the inputs ``alias`` are one and the same array."""

    choice: Choice
    seed: int = 0
    values: Values = "signed"
    layout: Layout = "plain"
    numbers: bool = False
    """Whether numbers of unknown dtype are NumPy's, not Python's."""
    alias: tuple[str, str] | None = None

    def __str__(self) -> str:
        """As a report says it."""
        words = [str(self.choice)]
        words += [] if self.values == "signed" else [f"{self.values} values"]
        words += [] if self.layout == "plain" else [f"{self.layout} arrays"]
        words += [f"{self.alias[0]} is {self.alias[1]}"] if self.alias else []
        return ", ".join(words)


def dtype_of(one: Input) -> np.dtype[Any]:
    """The dtype of an input, float64 where it is not known."""
    try:
        found = np.dtype(one.dtype or "float64")
    except TypeError as error:
        raise Skipped(f"{one.name} has the dtype {one.dtype}") from error
    if found.kind not in "biufc":
        raise Skipped(f"{one.name} has the dtype {one.dtype}")
    return found


def inputs(program: Program, profile: Profile) -> dict[str, Any]:
    """The value of each input; the same profile gives equal values each time."""
    made: dict[str, Any] = {}
    spoilt = _spoilt(program, profile)
    random = np.random.default_rng(profile.seed)
    for one in program.inputs:
        if one.kind == "integer":
            made[one.name] = profile.choice.integers[one.name]
            continue
        shape = profile.choice.shapes[one.name]
        values = profile.values
        if values in ("nan", "inf") and one.name != spoilt:
            values = "zeros"
        made[one.name] = _array(shape, dtype_of(one), values, profile.layout, random)
        if not shape:
            plain = one.dtype is None and not profile.numbers
            made[one.name] = made[one.name].item() if plain else made[one.name][()]
    if profile.alias is not None:
        made[profile.alias[1]] = made[profile.alias[0]]
    return made


def _spoilt(program: Program, profile: Profile) -> str | None:
    """The one array that holds NaN or infinity; each has its turn, and the others hold zeros.

    Numbers don't: what multiplies a sum of nothing may make it NaN.
    """
    shapes = profile.choice.shapes
    arrays = [i for i in program.inputs if i.kind == "array" and shapes[i.name]]
    floating = [i.name for i in arrays if dtype_of(i).kind in "fc"]
    spoils = profile.values in ("nan", "inf") and floating
    return floating[profile.seed % len(floating)] if spoils else None


def namespace(values: Mapping[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """The names that a program sees: ``self.w`` is an attribute of an object made to hold it."""
    names = dict(values)
    for path in paths:
        *parents, last = path.split(".")
        held = names
        for parent in parents:
            held = held.setdefault(parent, SimpleNamespace()).__dict__
        if path in names:
            held[last] = names.pop(path)
    return names


def lookup(names: Mapping[str, Any], path: str) -> Any:
    """What a name or dotted path is bound to; Unbound where nothing is."""
    root, *rest = path.split(".")
    value = names.get(root, UNBOUND)
    for part in rest:
        value = getattr(value, part, UNBOUND)
    return value


class _Unbound:
    """What an unbound name has for a value."""

    def __repr__(self) -> str:
        return "not bound"


UNBOUND = _Unbound()


def _array(
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    values: Values,
    layout: Layout,
    random: np.random.Generator,
) -> NDArray[Any]:
    """An array with this layout, a view of a larger one where it has to be."""
    wide = tuple(2 * size for size in shape) if layout == "strided" else shape
    plain = np.ascontiguousarray(_values(wide, dtype, values, random)).reshape(wide)
    match layout:
        case "columns":
            return np.asfortranarray(plain).reshape(shape, order="F")
        case "strided":
            return plain[(slice(None, None, 2),) * len(shape)]
        case "reversed":
            return plain[(slice(None, None, -1),) * len(shape)]
    return plain


def _values(
    shape: tuple[int, ...], dtype: np.dtype[Any], values: Values, random: np.random.Generator
) -> NDArray[Any]:
    match dtype.kind:
        case "b":
            return random.random(shape) < 0.6
        case "i" | "u":
            return _integers(shape, dtype, values, random)
    found: NDArray[Any] = _floats(shape, values, random)
    if dtype.kind == "c":
        found = found + 1j * _floats(shape, "zeros" if values == "inf" else values, random)
    return found.astype(dtype)


def _integers(
    shape: tuple[int, ...], dtype: np.dtype[Any], values: Values, random: np.random.Generator
) -> NDArray[Any]:
    """Small integers without 0, or few with it, or all that the dtype can hold."""
    limits = np.iinfo(dtype)
    if values == "large":
        return random.integers(limits.min, limits.max, shape, dtype=dtype, endpoint=True)
    if values in ("coarse", "zeros"):
        return random.integers(0, 3, shape).astype(dtype)
    found = random.integers(1, 6, shape)
    if values != "positive" and dtype.kind == "i":
        found = found * random.choice([-1, 1], shape)
    return found.astype(dtype)


def _floats(
    shape: tuple[int, ...], values: Values, random: np.random.Generator
) -> NDArray[np.float64]:
    """Numbers up to 2, but not almost 0, by which they may be divided."""
    found = random.uniform(0.05, 2.0, shape)
    dice = random.random(shape)
    match values:
        case "zeros" if not shape:
            return found  # a sum of nothing may be divided by a number
        case "coarse":
            least = -1 if shape else 1
            return np.asarray(random.integers(least, 3, shape), dtype=float)
        case "zeros":
            return np.where(dice < 0.5, 0.0, found)
        case "inf" | "nan":
            # One element in half of the cases, so that much of the result is not spoilt.
            share = random.choice([0.0, 0.3])
            bad = (dice < share) | (dice == np.min(dice, initial=1.0))
            return np.where(bad, np.inf if values == "inf" else np.nan, found)
    return found if values == "positive" else found * random.choice([-1.0, 1.0], shape)
