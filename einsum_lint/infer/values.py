"""The values of the forward inference, and how two of them join where control flow meets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..dims import Dim, Polynomial
from ..shapes import NOTHING_KNOWN, ArrayFact, join_facts


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant of the source: a string, number, None, True, False or Ellipsis."""

    value: object

    def __eq__(self, other: object) -> bool:
        """Equal when type and value are: True is not 1, and 1 is not 1.0."""
        return (
            isinstance(other, Constant)
            and type(self.value) is type(other.value)
            and self.value == other.value
        )

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))


@dataclass(frozen=True, slots=True)
class Size:
    """An integer that is a size in symbols, such as ``n + 1`` after ``n, k = x.shape``."""

    dim: Polynomial


@dataclass(frozen=True, slots=True)
class ShapeOf:
    """The shape of an array of unknown rank."""

    array: ArrayFact


@dataclass(frozen=True, slots=True)
class Each:
    """Something to iterate over, by what each of its items is."""

    item: Value


@dataclass(frozen=True, slots=True)
class Many:
    """A list that no name holds, of any length, by what each of its items is."""

    item: Value


@dataclass(frozen=True, slots=True)
class SliceValue:
    """A slice that a name holds: its bounds and step, None where they are left out."""

    lower: Value | None
    upper: Value | None
    step: Value | None


@dataclass(frozen=True, slots=True)
class Display:
    """A tuple, or a list that no name holds: its items, and whether it can't change."""

    items: tuple[Value, ...]
    is_tuple: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """A module, function, class or attribute, by the dotted names that it may stand for."""

    names: frozenset[str]

    def attribute(self, name: str) -> Reference:
        """The reference to an attribute of it."""
        return Reference(frozenset(f"{mine}.{name}" for mine in self.names))


@dataclass(frozen=True, slots=True)
class Partial:
    """``functools.partial`` of a function: the arguments that are already given."""

    function: Reference
    args: tuple[Value, ...]
    keywords: Mapping[str, Value] = field(hash=False)


@dataclass(frozen=True, slots=True)
class LocalFunction:
    """A function of the file, by the number under which its body waits to be walked.

    One that is ``bound`` is a method of ``self``, which is given as the first argument.
    """

    number: int
    bound: bool = False


@dataclass(frozen=True, slots=True)
class Method:
    """A method of an array, not yet called."""

    of: ArrayFact
    name: str


Value = (
    ArrayFact
    | Constant
    | Size
    | ShapeOf
    | Each
    | Many
    | SliceValue
    | Display
    | Reference
    | Partial
    | Method
    | LocalFunction
)

UNKNOWN: Value = NOTHING_KNOWN


def sized(dim: Dim) -> Value:
    """The value of a size."""
    if dim is None:
        return UNKNOWN
    return Constant(dim) if isinstance(dim, int) else Size(dim)


def size_of(value: Value | None) -> Dim:
    """The size that an integer is; None for what is none, or not known."""
    match value:
        case Constant(value=int(number)) if not isinstance(number, bool):
            return number
        case Size(dim=dim):
            return dim
    return None


def join(one: Value, other: Value) -> Value:
    """What is certain of a value that is one or the other.

    A name that is a function or else None (``except ImportError: np = None``) is the function: None
    can't be called.
    """
    if one == other:
        return one
    match one, other:
        case Reference(names=mine), Reference(names=theirs):
            return Reference(mine | theirs)
        case (Reference() as reference, Constant(value=None)) | (
            Constant(value=None),
            Reference() as reference,
        ):
            return reference
        case ArrayFact(), ArrayFact():
            return join_facts(one, other)
        case Display(is_tuple=True), Display(is_tuple=True) if len(one.items) == len(other.items):
            pairs = zip(one.items, other.items, strict=True)
            return Display(tuple(join(a, b) for a, b in pairs), is_tuple=True)
    return UNKNOWN
