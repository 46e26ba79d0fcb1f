"""Whether a call that is written gets ``optimize=True``: by the model that EIN101 asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..contraction import Size
from ..cost import FLOATS, INTEGERS, Gain, classify
from ..optimizing import Axes, estimates
from .sizes import Scene


def pays(
    scene: Scene, names: Sequence[str], terms: Sequence[str], result: str, sizes: Mapping[str, Size]
) -> bool:
    """Whether ``optimize=True`` makes a call faster, and leaves its values as they are."""
    if scene.lift.library not in (None, "cupy"):
        return False  # the others optimize by themselves
    policy, target = scene.config.optimize_policy, scene.config.target_numpy
    dtypes = {scene.operand(name).dtype for name in names}
    known = {dtype for dtype in dtypes if dtype is not None}
    if policy == "never" or len(terms) < 2 or len(known) > 1 or not known <= FLOATS | INTEGERS:
        return False
    candidates = ("float64", "int64") if None in dtypes else tuple(known)
    axes = Axes(tuple(map(tuple, terms)), tuple(result), dict(sizes))
    large = [classify(axes.terms, axes.output, dtype, target) for dtype in candidates]
    if policy == "always":
        pays = all(growth.gain is not Gain.NEVER for growth in large)
        return pays or (len(terms) > 2 and axes.sums)
    if axes.complete and 0 not in axes.known.values():
        found = estimates(axes, axes.known, candidates, target)
        return bool(found) and all(one.helps for one in found)
    if len(terms) < 3 or any(growth.gain is not Gain.ASYM for growth in large):
        return False
    if axes.known:
        filled = {**dict.fromkeys(axes.sizes, _MODERATE), **axes.known}
        found = estimates(axes, filled, candidates, target)
        return bool(found) and all(one.helps and one.growth.gain is Gain.ASYM for one in found)
    return True


_MODERATE = 100
"""What an unknown size is taken for when others are known."""
