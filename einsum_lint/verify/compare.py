"""Compares what the two texts of a trial leave behind: values, shapes, dtypes, types, sharing."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .arrays import UNBOUND

_TOLERANCE: Final = {2: 5e-2, 4: 2e-4, 8: 1e-9}
"""Relative, by the bytes of a floating number."""
_FLOOR: Final = 1e-3
"""Results below are compared as if they were this large: the inputs are about 1."""

_NUMBER: Final = (bool, int, float, complex, np.generic)


def difference(before: Any, after: Any, *, precision: int = 8, finite: bool = False) -> str | None:
    """How two results differ, in words; None when they agree.

    ``precision`` is that of the inputs, in bytes.  With ``finite`` only those elements are compared
    that are finite before.
    """
    if before is UNBOUND or after is UNBOUND:
        return None if before is after else f"{_shown(before)} before, {_shown(after)} after"
    if isinstance(before, (list, tuple)):
        return _items(before, after, precision, finite)
    if not isinstance(before, (*_NUMBER, np.ndarray)) or not _alike(before, after):
        same_type = type(before) is type(after)
        equal = same_type and not isinstance(before, np.ndarray) and bool(before == after)
        return None if equal else f"{_shown(before)} before, {_shown(after)} after"
    with np.errstate(all="ignore"):
        return _elements(np.asarray(before), np.asarray(after), precision, finite)


def _alike(before: Any, after: Any) -> bool:
    """Whether two values have one type, shape and dtype; a number may be Python's or NumPy's."""
    if isinstance(before, np.ndarray) or isinstance(after, np.ndarray):
        return (
            type(before) is type(after)
            and before.shape == after.shape
            and before.dtype == after.dtype
            and before.flags.writeable == after.flags.writeable
        )
    if not isinstance(after, _NUMBER):
        return False
    if isinstance(before, np.generic) and isinstance(after, np.generic):
        return before.dtype == after.dtype
    return np.asarray(before).dtype.kind == np.asarray(after).dtype.kind


def _items(before: Any, after: Any, precision: int, finite: bool) -> str | None:
    if type(before) is not type(after) or len(before) != len(after):
        return f"{_shown(before)} before, {_shown(after)} after"
    for number, (one, other) in enumerate(zip(before, after, strict=True)):
        found = difference(one, other, precision=precision, finite=finite)
        if found is not None:
            return f"item {number}: {found}"
    return None


def _elements(
    before: NDArray[Any], after: NDArray[Any], precision: int, finite: bool
) -> str | None:
    if before.dtype.kind in "biu" or before.dtype.kind not in "fc":
        equal = before == after
    else:
        equal = _close(before, after, precision, finite)
    if np.all(equal):
        return None
    place = tuple(int(k) for k in np.argwhere(~np.atleast_1d(equal))[0]) if before.ndim else ()
    where = f"[{', '.join(map(str, place))}]: " if place else ""
    return f"{where}{before[place]!s} before, {after[place]!s} after"


def _close(
    before: NDArray[Any], after: NDArray[Any], precision: int, finite: bool
) -> NDArray[np.bool_]:
    """Where two arrays of floating numbers agree up to rounding."""
    parts = 2 if before.dtype.kind == "c" else 1
    tolerance = _TOLERANCE.get(min(before.dtype.itemsize // parts, precision), 1e-9)
    sizes = np.abs(before[np.isfinite(before)])
    scale = max(float(sizes.max()), _FLOOR) if sizes.size else 1.0
    near = np.abs(before - after) <= tolerance * scale
    exact = (before == after) | (np.isnan(before) & np.isnan(after))
    agree = np.asarray(near | exact)
    return agree | ~np.isfinite(before) if finite else agree


def sharing(
    results: Mapping[str, Any], inputs: Mapping[str, Any]
) -> frozenset[tuple[str, str, bool]]:
    """Which results share memory with each other or an input, and which are the same object."""
    arrays = [(f"result {name}", value) for name, value in results.items()]
    arrays += [(f"input {name}", value) for name, value in inputs.items()]
    arrays = [(name, value) for name, value in arrays if isinstance(value, np.ndarray)]
    return frozenset(
        (name, other, one is two)
        for (name, one), (other, two) in itertools.combinations(arrays, 2)
        if one is two or np.shares_memory(one, two)
    )


def _shown(value: Any) -> str:
    if isinstance(value, np.ndarray):
        kept = "" if value.flags.writeable else ", read-only"
        return f"an array of {value.dtype} with the shape {value.shape}{kept}"
    if isinstance(value, _NUMBER):
        return f"{value!s} ({type(value).__name__})"
    if isinstance(value, (list, tuple)):
        return f"a {type(value).__name__} of {len(value)}"
    return repr(value)[:80]
