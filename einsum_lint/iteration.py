"""How NumPy walks the arrays of one einsum, and how much work that is.  Pure.

``np.einsum`` without ``optimize`` is one loop nest over all labels, run by NumPy's ``nditer``.
What it costs depends on how often the innermost loop starts and on the strides it sees there, so
this module repeats what nditer does (``numpy/_core/src/multiarray/nditer_constr.c``): it sorts the
axes by stride, merges those that can be walked as one, and may copy operands through a buffer.

Work is a tally: how many units of each kind, to be priced in ``cost.py``.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .path import Sizes, Term, size_of

Tally = Counter[str]

BUFFER = 8192
"""The elements that a buffer of nditer holds."""
NEAR, FAR, RAM = 4096, 131072, 1 << 21
"""The elements of 8 bytes that about fill the first, the second and the last cache."""
_SPECIAL_LOOPS = frozenset({"1>0", "1>1", "11>0", "11>1", "01>0", "10>0", "01>1", "10>1"})


@dataclass(frozen=True, slots=True)
class View:
    """An array as einsum sees it: a label and a stride (in elements) for each axis."""

    labels: Term
    strides: tuple[int, ...]

    def stride(self, label: str) -> int:
        """The step in memory when this label goes up by one: along the diagonal if it repeats."""
        return sum(s for name, s in zip(self.labels, self.strides, strict=True) if name == label)

    def relabelled(self, labels: Term) -> View:
        """The same memory with these labels as its axes."""
        return View(labels, tuple(self.stride(label) for label in labels))


def contiguous(labels: Term, sizes: Sizes) -> View:
    """An array in C order."""
    steps = itertools.accumulate((sizes[x] for x in labels[:0:-1]), int.__mul__, initial=1)
    return View(labels, tuple(steps)[::-1] if labels else ())


@dataclass(frozen=True, slots=True)
class Axis:
    """One loop of a nest: its label, how often it runs, and the stride of each array in it."""

    label: str
    extent: int
    strides: tuple[int, ...]


def sort_axes(axes: Sequence[Axis]) -> list[Axis]:
    """Axes in the order nditer walks them, the innermost first; ``axes`` are in C order.

    NumPy's ``npyiter_find_best_axis_ordering``: an insertion sort by stride in which C order wins
    where the operands disagree.
    """
    placed: list[Axis] = []
    for axis in reversed(axes):
        at = len(placed)
        for position in range(len(placed) - 1, -1, -1):
            inwards = _moves_inwards(axis, placed[position])
            if inwards is False:
                break
            if inwards:
                at = position
        placed.insert(at, axis)
    return placed


def _moves_inwards(axis: Axis, other: Axis) -> bool | None:
    """Whether ``axis`` has the smaller strides; None when no array has a stride in both."""
    both = [(a, b) for a, b in zip(axis.strides, other.strides, strict=True) if a and b]
    return all(a < b for a, b in both) if both else None


def merge_axes(axes: Sequence[Axis], arrays: int) -> list[Axis]:
    """The loops, the innermost first, once those that can be walked as one are merged."""
    merged: list[Axis] = []
    for axis in axes:
        if axis.extent == 1:
            continue
        inner = merged[-1] if merged else None
        if inner and _continues(inner, axis, range(arrays)):
            merged[-1] = replace(inner, extent=inner.extent * axis.extent)
        else:
            merged.append(axis)
    return merged or [Axis("", 1, (0,) * arrays)]


def _continues(inner: Axis, outer: Axis, arrays: Sequence[int]) -> bool:
    """Whether each of these arrays is walked by one stride through both loops."""
    return all(inner.strides[i] * inner.extent == outer.strides[i] for i in arrays)


def loop_nest(views: Sequence[View], output: Term, sizes: Sizes) -> tuple[list[Axis], View]:
    """The loops over all labels, the innermost first, and the new array that they fill.

    The last stride of each axis is that of the result, 0 where the label is summed.
    """
    summed = set(itertools.chain.from_iterable(view.labels for view in views)) - set(output)
    walked = sort_axes(
        [
            Axis(x, sizes[x], tuple(v.stride(x) if sizes[x] > 1 else 0 for v in views))
            for x in (*output, *sorted(summed))
        ]
    )
    step = 1
    steps: dict[str, int] = {}
    axes: list[Axis] = []
    for axis in walked:
        kept = axis.label not in summed
        axes.append(replace(axis, strides=(*axis.strides, step if kept else 0)))
        if kept:
            steps[axis.label] = step
            step *= axis.extent
    made = View(output, tuple(steps[label] for label in output))
    return merge_axes(axes, len(views) + 1), made


def einsum_work(views: Sequence[View], output: Term, sizes: Sizes) -> tuple[Tally, View]:
    """The work of one einsum in C, and the array that it makes."""
    if len(views) == 1 and set(views[0].labels) == set(output):
        return Counter({"py.view": 1}), views[0].relabelled(output)
    tally: Tally = Counter({"einsum.call": 1, "einsum.operand": len(views)})
    axes, made = loop_nest(views, output, sizes)
    total = math.prod(axis.extent for axis in axes)
    count_new(tally, size_of(output, sizes))
    tally["einsum.zero"] += size_of(output, sizes)
    if len(views) <= 2 and 2 <= len(axes) <= 3:
        strides = axes[0].strides
        tally["einsum.loop"] += total // axes[0].extent
    else:
        strides = _buffered(axes, total, tally)
    if len(views) <= 3:
        tally["einsum." + inner_loop(strides)] += total
    else:
        tally["einsum.many"] += total
        tally["einsum.many.operand"] += total * len(views)
    count_misses(tally, axes, total)
    return tally, made


def inner_loop(strides: Sequence[int]) -> str:
    """The loop that NumPy picks for these strides: the strides 0 and 1 that it knows, or s."""
    *operands, result = ("0" if s == 0 else "1" if s == 1 else "s" for s in strides)
    kind = f"{''.join(operands)}>{result}"
    if kind in _SPECIAL_LOOPS:
        return kind
    plain = result == "1" and set(operands) == {"1"}
    return f"any{len(operands)}>{'0' if result == '0' else '1' if plain else 's'}"


def count_new(tally: Tally, size: int) -> None:
    """Count a new array: a large one costs a page fault for every page on first use."""
    if size > RAM:
        tally["new.ram"] += size


def count_misses(tally: Tally, axes: Sequence[Axis], total: int) -> None:
    """Count the accesses of a loop nest that the nearest cache can't serve."""
    for i, step in enumerate(axes[0].strides):
        footprint, reuse = 1, 1
        for axis in axes:
            if axis.strides[i]:
                footprint *= axis.extent
            elif footprint == 1:
                reuse *= axis.extent
        level = "ram" if footprint > RAM else "far" if footprint > FAR else "near"
        if step > 1 and footprint > NEAR:
            tally["miss." + level] += total
        elif footprint > FAR:
            tally["stream." + level] += total // reuse


@dataclass(frozen=True, slots=True)
class _Setup:
    """How nditer cuts a nest: the loops below ``dim`` are the core, loop ``dim`` runs around it.

    ``single`` is the number of innermost loops that one stride walks, for each array.
    """

    dim: int
    core: int
    size: int
    single: tuple[int, ...]
    reduces: bool


def _setup(axes: Sequence[Axis]) -> _Setup:
    """NumPy's ``npyiter_find_buffering_setup`` (2.3 and later), for operands that need no cast."""
    arrays = range(len(axes[0].strides))
    result = arrays[-1]
    sums = any(axis.strides[result] == 0 for axis in axes)
    single = [1 for _ in arrays]
    cost, size, reduce_dim = 1, axes[0].extent, 0
    dim, best_cost, best_size, core = 0, 1, size, 1
    for outer in range(1, len(axes)):
        if reduce_dim or size >= BUFFER:
            break
        before, axis = axes[outer - 1], axes[outer]
        for i in arrays:
            if single[i] == outer:
                if _continues(before, axis, [i]):
                    single[i] += 1
                    continue
                cost += 1
            if sums and i == result and 0 in (before.strides[i], axis.strides[i]):
                reduce_dim = outer
        inside, size = size, size * axis.extent
        if cost * best_size <= best_cost * min(size, BUFFER):
            dim, best_cost, best_size, core = outer, cost, size, inside
    return _Setup(dim, core, best_size, tuple(single), bool(reduce_dim) and dim == reduce_dim)


def _buffered(axes: Sequence[Axis], total: int, tally: Tally) -> tuple[int, ...]:
    """Count the work of nditer around the inner loop, and give the strides that this loop sees."""
    setup = _setup(axes)
    arrays = len(axes[0].strides)
    around = axes[setup.dim]
    size = setup.size
    if size > BUFFER:
        size = setup.core * (BUFFER // setup.core)
    strides = []
    for i in range(arrays):
        still = around.strides[i] == 0
        repeats = setup.reduces and (
            i == arrays - 1
            or setup.single[i] == setup.dim
            or (still and setup.single[i] <= setup.dim)
        )
        if setup.single[i] + repeats > setup.dim:
            strides.append(axes[0].strides[i])
            continue
        strides.append(0 if repeats and not still else 1)
        copied = total // (around.extent if repeats and still else 1)
        if i == arrays - 1:
            copied *= 2
        elif setup.size <= BUFFER:
            copied //= _reuse(axes[setup.dim + 1 :], i)
        tally["buffer.element"] += copied
        tally["buffer.run"] += copied // axes[0].extent
    fills = -(-total // max(1, size))
    tally["fill"] += fills
    tally["fill.operand"] += fills * arrays
    tally["fill.axis"] += fills * (len(axes) - 1)
    if setup.reduces:
        tally["next"] += total // setup.core
        tally["next.operand"] += total // setup.core * arrays
    return tuple(strides)


def _reuse(axes: Sequence[Axis], array: int) -> int:
    """How often one copy in the buffer serves: nditer keeps it while the array stands still."""
    still = itertools.takewhile(lambda axis: axis.strides[array] == 0, axes)
    return math.prod(axis.extent for axis in still)
