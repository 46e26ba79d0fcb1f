"""Accesses as views: the text of an array of which each axis goes with one index.

``A[i, 2*j + 1]`` becomes ``A[:, 1 : 2 * n : 2]``.  A subscript with two indices is split by
``reshape`` (``a[i*n + j]``), or read through a sliding window (``x[i + k]``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..contraction import Access, Index, Size, affine
from ..dims import Polynomial, divide, multiply
from .code import Code, colon, product
from .code import size as code_of
from .sizes import Scene, Unwritable, difference, total

WHOLE = ":"


@dataclass(frozen=True, slots=True)
class View:
    """An array, and the last subscripts that it gets: each an index's axis, or None for a number.

    With ``open`` further axes follow.
    """

    base: str
    entries: tuple[tuple[str, Index | None], ...] = ()
    open: bool = False

    @property
    def labels(self) -> tuple[Index, ...]:
        """The indices of its axes, in order."""
        return tuple(index for _, index in self.entries if index is not None)

    @property
    def code(self) -> Code:
        """Its text."""
        return Code(self.base + bracket([text for text, _ in self.entries]))

    def spread(self, axes: Sequence[Index]) -> Code | None:
        """Its text with new axes of size 1 where it has none of ``axes``; None if that is no view.

        New axes before the first one are left out: broadcasting adds them.
        """
        order = [index for index in axes if index in self.labels]
        if order != list(self.labels):
            return None
        missing = list(axes[axes.index(order[0]) :]) if order else []
        texts = []
        for text, index in self.entries:
            while index is not None and missing[0] != index:
                texts.append("None")
                missing.pop(0)
            texts.append(text)
            if index is not None:
                missing.pop(0)
        if self.open and missing:
            return None
        return Code(self.base + bracket(texts + ["None"] * len(missing)))


def bracket(texts: Sequence[str]) -> str:
    """Subscripts, without the whole axes at the end."""
    count = len(texts)
    while count and texts[count - 1] == WHOLE:
        count -= 1
    return f"[{', '.join(texts[:count])}]" if count else ""


@dataclass(frozen=True, slots=True)
class _Axis:
    """One axis of an array: what is cut from it, how it is split, what is taken of the parts."""

    cut: str
    labels: tuple[Index, ...] = ()
    taken: tuple[str, ...] = ()
    shape: tuple[Size, ...] = ()
    """The sizes after the cut."""
    window: Size | None = None


def view(scene: Scene, access: Access) -> View:
    """The view that has an axis for each index of an access; Unwritable if there is none."""
    axes = [_axis(scene, access, k) for k in range(len(access.subscripts))]
    kept = [axis for axis in axes if axis.labels]
    entries = tuple((t, i) for a in kept for t, i in zip(a.taken, a.labels, strict=True))
    special = any(len(axis.labels) > 1 for axis in kept)
    if access.open and special:
        raise Unwritable
    if not special and all(text == WHOLE for text, _ in entries):
        cut = tuple((axis.cut, axis.labels[0] if axis.labels else None) for axis in axes)
        return View(access.array, cut, access.open)
    base = access.array + bracket([axis.cut for axis in axes])
    if any(axis.window is not None for axis in kept):
        return _windowed(scene, base, kept)
    if special:
        sizes = [code_of(size).text for axis in kept for size in axis.shape]
        if len(sizes) != len(entries):
            raise Unwritable
        base = f"{base}.reshape({', '.join(sizes)})"
    return View(base, entries, access.open)


def _windowed(scene: Scene, base: str, axes: Sequence[_Axis]) -> View:
    """A view through windows, which are its last axes."""
    widths = [(k, axis.window) for k, axis in enumerate(axes) if axis.window is not None]
    if any(len(axis.labels) > 1 and axis.window is None for axis in axes):
        raise Unwritable
    arguments = [base, *_one_or_tuple([code_of(width).text for _, width in widths])]
    if len(widths) < len(axes):
        arguments += [f"axis={text}" for text in _one_or_tuple([str(k) for k, _ in widths])]
    text = f"{scene.lift.numpy}.lib.stride_tricks.sliding_window_view({', '.join(arguments)})"
    first = [(axis.taken[0], axis.labels[0]) for axis in axes]
    last = [(axes[k].taken[1], axes[k].labels[1]) for k, _ in widths]
    return View(text, tuple(first + last))


def _one_or_tuple(texts: Sequence[str]) -> list[str]:
    return list(texts) if len(texts) == 1 else [f"({', '.join(texts)})"]


def _axis(scene: Scene, access: Access, k: int) -> _Axis:
    split = affine(access.subscripts[k])
    if split is None:
        raise Unwritable
    offset, coefficients = split
    size = scene.size(access.array, k)
    if not coefficients:
        return _fixed(scene, offset, size)
    if len(coefficients) == 1:
        ((index, coefficient),) = coefficients.items()
        return _sliced(scene, offset, index, coefficient, size)
    chain = _chain(scene, coefficients)
    if chain is not None:
        return _split(scene, offset, chain, size)
    return _window(scene, offset, coefficients, size)


def _fixed(scene: Scene, at: Size, size: Size | None) -> _Axis:
    if isinstance(at, int) and at < 0:
        scene.fits(size, -at)
    else:
        scene.natural(at)
        scene.fits(size, total(at, 1))
    return _Axis(code_of(at).text)


def _sliced(
    scene: Scene, offset: Size, index: Index, coefficient: Size, size: Size | None
) -> _Axis:
    """``A[b + c*i]`` as a slice."""
    extent = scene.extent(index)
    if isinstance(coefficient, int) and coefficient < 0:
        return _reversed(scene, offset, index, -coefficient, size)
    step = _times(coefficient, extent.step)
    if not isinstance(coefficient, int):
        scene.natural(difference(coefficient, 1))
    needed = total(total(offset, _times(coefficient, difference(extent.span, 1))), 1)
    stop = total(offset, _times(coefficient, extent.span))
    if size is not None and _reaches_end(size, needed, stop, coefficient):
        if offset == 0 and step == 1:
            return _Axis(WHOLE, (index,), (WHOLE,), _length(scene, index))
        scene.natural(offset)
        return _Axis(colon(offset, None, step), (index,), (WHOLE,), _length(scene, index))
    if offset != 0 and scene.at_least(coefficient, total(offset, 1)):
        stop = _times(coefficient, extent.span)
    scene.natural(offset)
    scene.fits(size, needed)
    if size is None or not _stops_inside(scene, size, offset, stop):
        scene.natural(stop)
    return _Axis(colon(offset, stop, step), (index,), (WHOLE,), _length(scene, index))


def _reaches_end(size: Size, needed: Size, stop: Size, coefficient: Size) -> bool:
    """Whether a slice without a stop takes the same elements."""
    gap = difference(size, needed)
    return size in (stop, needed) or (
        isinstance(gap, int) and isinstance(coefficient, int) and 0 <= gap < coefficient
    )


def _stops_inside(scene: Scene, size: Size, start: Size, stop: Size) -> bool:
    """Whether a stop that is negative, on an axis that is too short for it, leaves nothing."""
    gap = difference(size, stop)
    return (
        isinstance(gap, int)
        and isinstance(start, int)
        and scene.is_natural(size)
        and 0 <= gap <= start + 2
    )


def _reversed(
    scene: Scene, offset: Size, index: Index, coefficient: int, size: Size | None
) -> _Axis:
    """``A[b - c*i]`` as a slice, taken from its end."""
    extent = scene.extent(index)
    lower = difference(offset, _times(coefficient, difference(extent.span, 1)))
    upper = total(offset, 1)
    back = colon(0, None, -coefficient * extent.step)
    if lower == 0 and size == upper:
        return _Axis(back, (index,), (WHOLE,), _length(scene, index))
    scene.natural(lower)
    scene.natural(upper)
    scene.fits(size, upper)
    cut = colon(lower, None if size == upper else upper)
    return _Axis(cut, (index,), (back,), (difference(upper, lower),))


def _length(scene: Scene, index: Index) -> tuple[Size, ...]:
    """The number of elements of a slice, none when it is no polynomial."""
    extent = scene.extent(index)
    if isinstance(extent.span, int):
        return (len(range(0, extent.span, extent.step)),)
    return (extent.span,) if extent.step == 1 else ()


def _times(one: Size, other: Size) -> Size:
    result = multiply(one, other)
    assert result is not None
    return result


@dataclass(frozen=True, slots=True)
class _Digit:
    """An index of a linear subscript, as a digit: its place value, and how many values fit."""

    index: Index
    place: Size
    room: Size


def _chain(scene: Scene, coefficients: Mapping[Index, Size]) -> list[_Digit] | None:
    """The indices of a linear subscript, the outermost first; None when their ranges overlap."""
    left = dict(coefficients)
    at = next((index for index, c in left.items() if c == 1), None)
    digits: list[_Digit] = []
    while at is not None:
        place = left.pop(at)
        if not left:
            return [_Digit(at, place, scene.extent(at).span), *digits[::-1]]
        after = next((i for i, c in left.items() if _divides_all(c, left.values())), None)
        room = None if after is None else divide(left[after], place)
        if room is None or room == 1 or not _may_hold(room, scene.extent(at).span):
            return None
        digits.append(_Digit(at, place, room))
        at = after
    return None


def _divides_all(place: Size, others: Iterable[Size]) -> bool:
    positive = place > 0 if isinstance(place, int) else all(c > 0 for _, c in place.terms)
    return positive and all(divide(other, place) is not None for other in others)


def _may_hold(room: Size, span: Size) -> bool:
    """Whether so many values may fit: a number of places must be enough for certain."""
    if isinstance(room, int):
        return isinstance(span, int) and span <= room
    return True


def _split(scene: Scene, offset: Size, digits: Sequence[_Digit], size: Size | None) -> _Axis:
    """``a[n*i + j]`` as a matrix."""
    outer, *inner = digits
    full = all(digit.room == scene.extent(digit.index).span for digit in inner)
    if not full and len(digits) > 2 and offset != 0:
        raise Unwritable
    start, shift = (offset, 0) if full else _divided(offset, outer.place)
    taken = [colon(0, None, scene.extent(outer.index).step)]
    taken += [_digits_taken(scene, digit, shift) for digit in inner]
    for digit in digits:
        scene.natural(digit.room)
    length = _times(outer.room, outer.place)
    stop = total(start, length)
    scene.natural(start)
    if full:
        scene.fits(size, stop)
    elif size is None:
        raise Unwritable
    else:
        scene.natural(difference(size, stop))
    rooms = [code_of(digit.room) for digit in digits]
    upper = stop if isinstance(stop, int) or start != 0 else product(rooms)
    cut = colon(start, None if size == stop else upper)
    labels = tuple(digit.index for digit in digits)
    return _Axis(cut, labels, tuple(taken), tuple(digit.room for digit in digits))


def _divided(offset: Size, place: Size) -> tuple[Size, Size]:
    """The part of an offset that is whole rows, and the rest."""
    rows: Size = 0
    rest: Size = 0
    terms = offset.terms if isinstance(offset, Polynomial) else (((), offset),)
    for monomial, coefficient in terms:
        part: Size = Polynomial(((monomial, coefficient),)) if monomial else coefficient
        if divide(part, place) is None:
            rest = total(rest, part)
        else:
            rows = total(rows, part)
    return rows, rest


def _digits_taken(scene: Scene, digit: _Digit, shift: Size) -> str:
    extent = scene.extent(digit.index)
    stop = total(shift, extent.span)
    scene.natural(shift)
    if stop == digit.room:
        return colon(shift, None, extent.step)
    if not digit.index.name:  # slices that are not as wide as their distance mostly overlap
        raise Unwritable
    scene.natural(stop)
    scene.natural(difference(digit.room, stop))
    return colon(shift, stop, extent.step)


def _window(
    scene: Scene, offset: Size, coefficients: Mapping[Index, Size], size: Size | None
) -> _Axis:
    """``x[i + k]`` as windows, the values of ``k``, that start at the values of ``i``."""
    base, inner = _roles(scene, coefficients)
    stride, by = coefficients[base], coefficients[inner]
    if not isinstance(stride, int) or not isinstance(by, int):
        raise Unwritable
    span, reach = scene.extent(base).span, scene.extent(inner).span
    width = total(_times(abs(by), difference(reach, 1)), 1)
    lower = offset if by > 0 else difference(offset, difference(width, 1))
    upper = total(total(lower, _times(stride, difference(span, 1))), width)
    scene.natural(lower)
    scene.natural(difference(span, 1))
    scene.natural(difference(reach, 1))
    scene.fits(size, upper)
    taken = (
        colon(0, None, stride * scene.extent(base).step),
        colon(0, None, by * scene.extent(inner).step),
    )
    cut = colon(lower, None if size == upper else upper)
    return _Axis(cut, (base, inner), taken, window=width)


def _roles(scene: Scene, coefficients: Mapping[Index, Size]) -> tuple[Index, Index]:
    """Which index starts the windows, and which runs inside them."""
    if len(coefficients) != 2:
        raise Unwritable
    forward = [i for i, c in coefficients.items() if isinstance(c, int) and c > 0]
    if len(forward) == 1:
        (inner,) = coefficients.keys() - set(forward)
        return forward[0], inner
    if not forward:
        raise Unwritable
    counted = sorted(forward, key=lambda i: (isinstance(scene.extent(i).span, int), i.number))
    return counted[0], counted[1]
