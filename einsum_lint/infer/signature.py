"""Signatures of functions, as one line of text each, and what a call of one binds.

A signature is written as in the documentation of the function, with what it does behind an arrow::

    stack(arrays, axis=0, out!, *, dtype, casting) -> stacked

- A default that is not written is None, and counts as not given.
- ``*shape`` takes the rest of the positional arguments; behind a ``*`` stand keywords, and
  ``**sizes`` takes those that are not named.
- Before a ``/`` stand the operands that are broadcast, which can't be given by name.
- With ``out!`` nothing is known of the result, if that argument is given.
- Behind the arrow stands one of ``behaviours``, perhaps with options: ``reduced(total)``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from ..dims import Dim
from ..promotion import INEXACT
from ..shapes import UNKNOWN_SHAPE, ArrayFact, Origin, Shape
from .arguments import Arguments, integers
from .dtypes import dtype_name
from .operands import as_array
from .values import UNKNOWN, Constant, Display, Value, size_of

Dims = tuple[Dim, ...]
Change = Callable[[Dims], Dims | None]
"""What a function does to the sizes of an array of known rank; None when it raises."""

_LITERALS = {"True": True, "False": False, "None": None}
_SIXTY_FOUR = frozenset({"int64", "uint64", "float64", "complex128"})
_AS_NUMPY = frozenset({"numpy", "cupy"})
_numbers = itertools.count()


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters of a function by name, and the behaviour that tells its result."""

    positional: tuple[str, ...]
    operands: int
    rest: str | None
    others: str | None
    defaults: Mapping[str, Value]
    refused: frozenset[str]
    behaviour: str
    options: tuple[str, ...]

    def bind(self, arguments: Arguments) -> Mapping[str, Value] | None:
        """The value of each argument that is given, or None when the call is not understood."""
        bound = {n: v for n, v in self.defaults.items() if v != Constant(None)}
        others = {n: v for n, v in arguments.keywords.items() if n not in self.defaults}
        if not arguments.complete or (others and self.others is None):
            return None
        if set(self.positional[: self.operands]) & arguments.keywords.keys():
            return None
        bound.update(zip(self.positional, arguments.args, strict=False))
        rest = arguments.args[len(self.positional) :]
        if rest and self.rest is None:
            return None
        if self.rest is not None and self.rest not in arguments.keywords:
            bound[self.rest] = Display(rest, is_tuple=True)
        bound.update({n: v for n, v in arguments.keywords.items() if n not in others})
        if self.others is not None:
            pairs = (Display((Constant(n), v), is_tuple=True) for n, v in others.items())
            bound[self.others] = Display(tuple(pairs), is_tuple=True)
        bound = {name: value for name, value in bound.items() if value != Constant(None)}
        return None if bound.keys() & self.refused else bound


@cache
def parse(text: str) -> Signature:
    """A signature from its text, without the name: ``(a, axis=0) -> like``."""
    parameters, _, result = text.partition("->")
    behaviour, _, options = result.strip().partition("(")
    positional: list[str] = []
    defaults: dict[str, Value] = {}
    refused: set[str] = set()
    operands, rest, others, keyword_only = 0, None, None, False
    for written in parameters.strip()[1:-1].split(","):
        name, _, default = written.strip().partition("=")
        plain = name.strip("!*")
        if name == "/":
            operands = len(positional)
            continue
        if name.startswith("**"):
            others = plain
            continue
        if name.startswith("*"):
            keyword_only, rest = True, plain or None
        elif plain and not keyword_only:
            positional.append(plain)
        if plain:
            literal = _LITERALS[default] if default in _LITERALS else int(default or 0)
            defaults[plain] = Constant(literal if default else None)
        if name.endswith("!"):
            refused.add(plain)
    return Signature(
        tuple(positional),
        operands,
        rest,
        others,
        defaults,
        frozenset(refused),
        behaviour,
        tuple(o.strip() for o in options.rstrip(")").split(",")) if options else (),
    )


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function with a signature: its arguments by the names of the parameters."""

    name: str
    library: str
    signature: Signature
    bound: Mapping[str, Value]

    def get(self, name: str) -> Value | None:
        """An argument; None when it is not given, or given as None."""
        return self.bound.get(name)

    @property
    def first(self) -> Value | None:
        """The first argument."""
        return self.bound.get(self.signature.positional[0]) if self.signature.positional else None

    @property
    def array(self) -> ArrayFact:
        """The first argument, as an array."""
        return as_array(self.first)

    def operands(self) -> list[Value]:
        """The operands that are broadcast together."""
        names = self.signature.positional[: self.signature.operands]
        return [self.bound[name] for name in names if name in self.bound]

    def rest(self) -> tuple[Value, ...]:
        """The positional arguments of ``*name``, or the items of the one that is a display."""
        given = self.bound.get(self.signature.rest or "")
        items = given.items if isinstance(given, Display) else ()
        match items:
            case (Display(items=inner),):
                return inner
        return items

    def flag(self, name: str) -> bool | None:
        """A flag that is off when it is not given; None when its value is not known."""
        match self.bound.get(name):
            case None:
                return False
            case Constant(value=bool() | int() as value):
                return bool(value)
        return None

    def axes(self, name: str = "axis") -> tuple[int, ...] | None:
        """The axes that an argument names; None when they are not known, or it is not given."""
        found = integers(self.bound.get(name))
        numbers = tuple(axis for axis in found or () if isinstance(axis, int))
        return numbers if found is not None and len(numbers) == len(found) else None

    def axis(self, name: str = "axis") -> int | None:
        """The one axis that an argument names."""
        axes = self.axes(name)
        return axes[0] if axes and not isinstance(self.bound[name], Display) else None

    def integer(self, name: str) -> Dim:
        """An argument that is a size or another integer."""
        return size_of(self.bound.get(name))

    def sizes(self, name: str) -> Dims | None:
        """The sizes that an argument gives; None when not even their number is known."""
        return integers(self.bound.get(name))

    def dtype(self, default: str | None) -> str | None:
        """The dtype that is asked for, ``default`` where none is."""
        given = self.bound.get("dtype")
        if given is None:
            return default
        name = dtype_name(given)
        if self.library == "tensorflow" and name is not None and name not in repr(given):
            return None  # ``float`` is float32 there
        return name

    def made(self, shape: Shape, dtype: str | None, *of: ArrayFact) -> ArrayFact:
        """A result, computed from the arrays ``of``."""
        certain = self.library != "numpy" or all(
            fact.is_numpy or fact.is_array is False for fact in of
        )
        if "dtype" not in self.bound and self.signature.behaviour != "cast":
            dtype = portable(self.library, dtype, of)
        if self.library == "jax" and dtype in _SIXTY_FOUR:  # only where x64 is enabled
            dtype = None
        return ArrayFact(
            shape,
            dtype if certain else None,
            True if certain else None,
            library=None if self.library == "numpy" else self.library,
        )

    def like(self, array: ArrayFact, dtype: str | None, *of: ArrayFact) -> ArrayFact:
        """A result with the very sizes of an array."""
        return replace(self.made(array.shape, dtype, array, *of), origin=array.origin)

    def changed(
        self, array: ArrayFact, change: Change, offset: int, dtype: str | None, *of: ArrayFact
    ) -> Value:
        """A result with changed sizes; of an array of unknown rank, with ``offset`` more axes."""
        if not array.shape.open:
            dims = change(array.shape.dims)
            return UNKNOWN if dims is None else self.made(Shape(dims), dtype, array, *of)
        least = max(0, len(array.shape.dims) + offset)
        result = self.made(Shape((None,) * least, open=True), dtype, array, *of)
        if array.origin is None:
            return result
        origin = replace(
            array.origin,
            offset=array.origin.offset + offset,
            via=f"{array.origin.via}.{self._done()}",
        )
        return replace(result, origin=origin)

    def _done(self) -> str:
        """What was done, in words that are the same only where it is the same."""
        rest = {n: v for n, v in self.bound.items() if n != self.signature.positional[0]}
        if any(isinstance(value, ArrayFact) for value in rest.values()):
            return unique()
        return f"{self.name}{rest}"

    def unknown(self, dtype: str | None = None, *of: ArrayFact) -> ArrayFact:
        """A result of unknown rank."""
        return self.made(UNKNOWN_SHAPE, dtype, *of)


def portable(library: str, dtype: str | None, of: Sequence[ArrayFact]) -> str | None:
    """A dtype computed by NumPy's rules, where the library has none of its own."""
    if library in _AS_NUMPY or dtype == "bool":
        return dtype
    if library == "dask" and dtype not in INEXACT:
        return None
    return dtype if of and all(fact.dtype == dtype for fact in of) else None


def unique() -> str:
    """Words for something done to an array that is done nowhere else."""
    return f"#{next(_numbers)}"


def twin(origin: Origin | None) -> Origin | None:
    """The origin of a copy: of the same shape, with attributes of its own."""
    return None if origin is None else replace(origin, twin=unique())


def normalized(axes: tuple[int, ...], rank: int) -> tuple[int, ...] | None:
    """Axes counted from the front; None when one is out of range or there twice."""
    found = tuple(axis + rank if axis < 0 else axis for axis in axes)
    inside = all(0 <= axis < rank for axis in found)
    return found if inside and len(set(found)) == len(found) else None
