"""One reading of a nest: its indices, the ranks that it assumes, and the names it does not bind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ...contraction import (
    Access,
    Contraction,
    Size,
    accesses,
    integer,
    of,
    symbols_of,
)
from ...dims import Polynomial, add, multiply, subtract
from ...infer.values import Constant as KnownConstant
from ..products.functions import binary
from ..products.space import Refused, Space
from .customs import usual_rank
from .items import Accumulated, Item, Local, Outer, Pending
from .known import Known, named
from .refusal import RANKS_UNKNOWN, Final, Unsure

HIGHEST = 3  # axes more than the subscripts show
_ALL_RANKS = 7
OPEN = -1
"""Stands for "any rank" among the assumed ranks."""

_INTEGER = {"+": add, "-": subtract, "*": multiply}


@dataclass(frozen=True, slots=True)
class Choice:
    """A rank that had to be assumed: ``before`` are the ranks assumed until then.

    The array has ``least`` axes or more, or any number of them with ``open_too``; with ``rows`` the
    rows of it are summed up.  ``oddities`` says how unusual the code was until then.
    """

    path: str
    least: int
    open_too: bool
    rows: bool
    before: dict[str, int]
    oddities: int
    highest: int = HIGHEST

    @property
    def candidates(self) -> list[int]:
        """The ranks to try, the most usual one first."""
        closed = list(range(self.least, self.least + self.highest))
        if not self.open_too:
            return closed
        return [OPEN, *closed] if self.rows else [closed[0], OPEN, *closed[1:]]


@dataclass
class Context:
    """What a reading of a nest knows and assumes.

    ``ranks`` are the ranks assumed for arrays of unknown rank; ``integers`` the names that are used
    as integers, ``arrays`` those that are used as arrays or numbers.  ``oddities`` says how unusual
    the code would be if the assumed ranks were right.
    """

    known: Known
    ranks: dict[str, int]
    space: Space
    certain: bool = False
    """Whether only ranks will do that are certain."""
    integers: set[str] = field(default_factory=set)
    arrays: set[str] = field(default_factory=set)
    choices: list[Choice] = field(default_factory=list)
    oddities: int = 0
    sums_rows: bool = False
    """Whether the items of a generator are summed, which may be numbers or rows alike."""
    iterating: bool = False
    """Whether what is iterated over is being read."""
    spare: int = 0
    """How many axes more than one the rows have of whose names no custom tells."""
    matrices: bool = False
    """Whether something was read that is a matrix product for matrices."""
    sensitive: bool = False
    """Whether something was read that means different things for different ranks."""
    contracting: bool = False
    """Whether a function was read that contracts whole arrays."""
    zero_dropped: bool = False
    """Whether a sum that begins with 0 or 0.0 was read as a mere sum."""
    numbers: set[str] = field(default_factory=set)
    """Names that were taken for numbers where whole rows are multiplied."""
    given: dict[str, Size] = field(default_factory=dict)
    """Names of integers for which the reading has a number or another name."""
    rounds: list[float] = field(default_factory=list)
    """How many rounds each loop has, infinity where that is not known."""
    iterated: set[str] = field(default_factory=set)
    """Names that are iterated over, and attributes of which one subscript takes an array: arrays,
    or lists."""
    chained: set[str] = field(default_factory=set)
    """Names with one subscript behind another: arrays, or lists of lists."""
    converted: set[str] = field(default_factory=set)
    """Names of which a part is made an array: lists of what may be none."""
    flattened: set[str] = field(default_factory=set)
    """Names of which ``np.outer`` takes parts, whatever their ranks are."""
    functions: dict[str, str] = field(default_factory=dict)
    """Names that stand for one function of NumPy, with its dotted name."""
    lists: set[str] = field(default_factory=set)
    """Names of lists that exist before the nest and get their items in it."""

    def saw(self, name: str, rank: int) -> None:
        """Note a row or an element of an array, by the name that the author gives it.

        Upper case says matrix, by the custom of the field; lower case may be either.
        """
        usual = usual_rank(name)
        if rank > 0 and usual is not None:
            self.oddities += abs(rank - usual)
        else:
            self.spare += 2 * max(rank - 1, 0)

    def saw_operand(self, name: str, rank: int) -> None:
        """Note an operand of a product that is a mere name: one small letter is a vector."""
        self.saw(name, rank)
        if len(name) == 1 and name.islower():
            self.oddities += max(rank - 1, 0)

    def saw_row(self, name: str, rank: int) -> None:
        """Note ``x[i]``: a row, or for what is called a matrix perhaps a matrix of a stack."""
        self.spare += max(rank - 1, 0) * (1 if usual_rank(name) == 2 else 2)
        self.oddities += max(rank - 2, 0)

    def check_integer(self, path: str) -> None:
        """Refuse a subscript that may be an array."""
        if self.known.rank(path) != 0 and path not in self.known.integers:
            raise Final(f"{path} may be no integer")

    def check_counter(self, path: str) -> None:
        """Refuse a counter that is an array: adding to it changes what it holds."""
        rank = self.known.rank(path)
        if rank is None:
            rank = self.ranks.get(path, self.known.least_rank(path))
        if rank != 0:
            raise Refused(f"each round adds to {path}, which is an array")

    def check_ways(self, one: Accumulated, other: Accumulated) -> None:
        """Refuse an array to which is added in place, and then otherwise: it is another then."""
        if one.in_place != other.in_place and self.known.rank(one.name) != 0:
            raise Refused(f"{one.name} is changed in place, and given anew")

    def check_ellipsis(self, path: str, subscripts: Sequence[object]) -> None:
        """Refuse an ellipsis before other subscripts where the number of axes is not known."""
        if ... in subscripts[:-1] and self.known.rank(path) is None:
            raise Final(f"it is not known how many axes {path} has")

    def saw_part(self, path: str, part: Contraction, subscripts: Sequence[object]) -> None:
        """Note a part of an array: with a slice, the author writes a subscript for each axis."""
        slices = sum(isinstance(subscript, slice) for subscript in subscripts)
        if slices and ... not in subscripts:
            self.oddities += 2 * (len(part.axes) - slices)
        elif ... not in subscripts:
            self.saw_row(path if len(subscripts) == 1 else "", len(part.axes))
            if len(subscripts) == 1 and part.axes and "." in path:
                self.iterated.add(path)

    def saw_item(self, name: str, rank: int) -> None:
        """Note what is iterated over: a mere number that is called as a matrix is odd."""
        self.saw(name, rank)
        if rank == 0 and usual_rank(name) == 2:
            self.oddities += 3
            self.sensitive = True

    def saw_elements(self, *values: Contraction) -> None:
        """Note an element that is combined with a whole row: the row of a matrix is more usual."""
        some = any(value.axes for value in values)
        for value in values:
            factors = value.terms[0].factors if len(value.terms) == 1 else ()
            if value.terms and value.terms[0].summed:
                continue
            assumed = [a for a in factors if isinstance(a, Access) and a.array in self.ranks]
            elements = [access for access in assumed if access.subscripts]
            if some and not value.axes:
                self.oddities += len(elements)
                self.numbers.update(a.array for a in assumed if self.ranks[a.array] == 0)
            elif len(factors) == 1 and elements:  # a mere name: a number, mostly
                self.oddities += len(value.axes) == len(elements[0].subscripts)

    def check_known(self, *values: Contraction) -> None:
        """Refuse what has another meaning for arrays of other ranks, where those are assumed."""
        if any(a.array in self.ranks for value in values for a in accesses(value.terms)):
            raise Unsure(RANKS_UNKNOWN)

    def saw_contraction(self, *values: Contraction) -> None:
        """Note mere names in what is contracted: a number is no more usual than a vector."""
        if not all(value.axes or value.open for value in values):
            raise Refused(RANKS_UNKNOWN)
        found = {a.array for value in values for a in accesses(value.terms)}
        self.oddities += len(found & self.numbers)

    def rank(self, path: str, least: int = 0, *, open_too: bool = False) -> int:
        """The rank of an array, known or assumed: at least ``least``, or OPEN."""
        rank = self.known.rank(path)
        if rank is None and path in self.known.like:
            return self.rank(self.known.like[path], least, open_too=open_too)
        if rank is None:
            if path not in self.ranks:
                least = max(least, self.known.least_rank(path))
                rows = self.sums_rows and self.iterating
                choice = Choice(
                    path,
                    least,
                    open_too,
                    rows,
                    dict(self.ranks),
                    self.oddities,
                    _ALL_RANKS if self.certain else HIGHEST,
                )
                self.choices.append(choice)
                self.ranks[path] = choice.candidates[0]
            rank = self.ranks[path]
        if rank != OPEN and rank < least:
            raise Refused(f"{path} has fewer than {least} axes")
        return rank

    def told_rank(self, path: str) -> int | None:
        """The rank of an array, if it is known or was assumed for another one of its shape."""
        rank = self.known.rank(path)
        if rank is None:
            rank = self.ranks.get(self.known.like.get(path, ""))
        return None if rank == OPEN else rank

    def axis(self, path: str, axis: int, text: str | None = None) -> Size:
        """The size of an axis of an outer array."""
        if axis < 0:
            axis += self.rank(path, -axis)
        size = self.known.axis(path, axis, text)
        self._note(size)
        return size

    def array(self, path: str, least: int = 0, *, open_too: bool = False) -> Contraction:
        """An outer array, whole, or a number."""
        known = self.known.value(path)
        if isinstance(known, KnownConstant) and not isinstance(known.value, (int, float, complex)):
            raise Refused(f"{path} is no number")
        rank = self.rank(path, least, open_too=open_too)
        self.arrays.add(path)
        if rank != OPEN:
            return self.space.array(path, tuple(self.axis(path, k) for k in range(rank)))
        return Contraction((), of(Access(path, open=True)), open=True)

    def size(self, item: Item) -> Size:
        """An item that is used as an integer."""
        match item:
            case int():
                return item
            case Outer(path=path):
                size = self.known.integer(path)
                if size is None:
                    raise Final(f"{path} is no integer")
                self._note(size)
                if size != named(path) and path.isidentifier():
                    self.given[path] = size
                return size
            case Pending(operator=operator, left=left, right=right):
                result = _INTEGER[operator](self.size(left), self.size(right))
                assert result is not None
                return result
            case Contraction() | None:
                raise Final("a subscript or a bound is data", always=True)
            case Polynomial():
                self._note(item)
                return item
        raise Final("a subscript or a bound is not understood")

    def _note(self, size: Size) -> None:
        self.integers.update(s.name for s in symbols_of(size) if not s.number)

    def value(self, item: Item, least: int = 0) -> Contraction:
        """An item that is used as an array or a number."""
        match item:
            case Contraction():
                return item
            case Outer(path=path):
                integer_size = self.known.integer(path)
                if isinstance(integer_size, int) or (
                    integer_size is not None and self.known.rank(path) == 0
                ):
                    return Contraction((), integer(self.size(item)))
                return self.array(path, least, open_too=True)
            case Local(name=""):
                raise Refused("an array is made inside of an expression")
            case Local(name=name, sizes=sizes):
                return self.space.array(name, sizes)
            case Pending(operator=operator, left=left, right=right):
                return binary(self.space, operator, self.value(left), self.value(right))
            case int():
                return Contraction((), integer(item))
            case Polynomial():
                return Contraction((), integer(self.size(item)))
        raise Refused("a value is not understood", always=True)
