"""Sizes, shapes and what is known of an array.  Pure values; unknown is the default.

Laws, tested by property: ``join`` is commutative, associative and idempotent; ``broadcast`` agrees
with NumPy on every completion of the unknown sizes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import zip_longest

from .dims import Dim, Polynomial


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of an array's axes.

    With ``open``, any number of further axes may come before ``dims``: the rank is at least
    ``len(dims)``.  ``Shape((), open=True)`` is an array of which nothing is known.
    """

    dims: tuple[Dim, ...]
    open: bool = False

    @property
    def rank(self) -> int | None:
        """The number of axes, or None when it is not known."""
        return None if self.open else len(self.dims)

    @property
    def sizes(self) -> tuple[int, ...] | None:
        """The sizes of all axes as numbers, or None when one of them is not known."""
        known = tuple(d for d in self.dims if isinstance(d, int))
        return None if self.open or len(known) < len(self.dims) else known


UNKNOWN_SHAPE = Shape((), open=True)


def join(one: Shape, other: Shape) -> Shape:
    """What is certain of a shape that is one or the other."""
    rank = min(len(one.dims), len(other.dims))
    mine, theirs = one.dims[len(one.dims) - rank :], other.dims[len(other.dims) - rank :]
    dims = tuple(a if a == b else None for a, b in zip(mine, theirs, strict=True))
    return Shape(dims, one.open or other.open or len(one.dims) != len(other.dims))


def broadcast(*shapes: Shape) -> Shape | None:
    """The shape that NumPy's broadcasting gives; None when it certainly raises."""
    dims: list[Dim] = []
    for axis in zip_longest(*(reversed(s.dims) for s in shapes), fillvalue=1):
        size = _broadcast_dim(axis)
        if size == -1:
            return None
        dims.append(size)
    if any(s.open for s in shapes):
        # Axes of an open shape beyond its known ones may stretch a size of 1, never another.
        shortest_open = min(len(s.dims) for s in shapes if s.open)
        dims = [d if k < shortest_open or d != 1 else None for k, d in enumerate(dims)]
    return Shape(tuple(reversed(dims)), any(s.open for s in shapes))


def _broadcast_dim(axis: tuple[Dim, ...]) -> Dim:
    """The size of one axis, None when unknown, -1 when the sizes certainly clash."""
    large = {d for d in axis if isinstance(d, int) and d != 1}
    if len(large) > 1:
        return -1
    if large:
        return large.pop()
    symbols = {d for d in axis if isinstance(d, Polynomial)}
    if None in axis or len(symbols) > 1:
        return None
    return symbols.pop() if symbols else 1


@dataclass(frozen=True, slots=True)
class Origin:
    """The object that an array of unknown rank comes from: its rank is the root's + ``offset``.

    ``root`` identifies one object for as long as nothing can have replaced it; ``name`` is how the
    source calls it.  ``via`` says what was done to the root that may have changed its sizes: two
    objects with equal origins have the same shape.  ``twin`` names a copy, of which the attributes
    are its own.
    """

    root: int
    name: str
    offset: int = 0
    via: str = ""
    twin: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class ArrayFact:
    """What is known of the value of an expression used as an array.

    ``dtype`` is NumPy's name of it ("float64").  ``is_array`` is True for what is certainly an
    array, False for what certainly is none (a list, a number), None when that is not known.
    ``origin`` ties together the uses of an object of which the shape is not known.  ``library`` is
    the library that an array is of when that is not NumPy: "torch", "jax", …  ``made`` stands for
    the statement from which all this is known.
    """

    shape: Shape = UNKNOWN_SHAPE
    dtype: str | None = None
    is_array: bool | None = None
    origin: Origin | None = None
    library: str | None = None
    made: object = field(default=None, compare=False, repr=False)

    @property
    def is_numpy(self) -> bool:
        """Whether it is certainly a plain array of NumPy's, or a scalar of NumPy's."""
        return self.is_array is True and self.library is None


NOTHING_KNOWN = ArrayFact()


def join_facts(one: ArrayFact, other: ArrayFact) -> ArrayFact:
    """What is certain of an array that is one or the other."""
    same_library = one.library == other.library
    return ArrayFact(
        join(one.shape, other.shape),
        one.dtype if one.dtype == other.dtype else None,
        one.is_array if one.is_array == other.is_array and same_library else None,
        one.origin if one.origin == other.origin else None,
        one.library if same_library else None,
        one.made if one.made is other.made else None,
    )
