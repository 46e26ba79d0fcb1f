"""What is known, where a nest begins, of the names that it does not bind."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ...contraction import Size, index_size, substitute_size, symbols_of
from ...dims import Dim, Polynomial, Symbol, add, multiply, subtract
from ...infer.scope import Scope
from ...infer.values import UNKNOWN, Constant, Display, Reference, ShapeOf, Value
from ...infer.values import Size as NamedSize
from ...shapes import ArrayFact, Shape
from ..libraries import NUMPY, Library
from .binding import Names, names_of

_AXIS = re.compile(r"(?P<array>.+)\.shape\[(?P<axis>\d+)\]")
_ARITHMETIC = {ast.Add: add, ast.Sub: subtract, ast.Mult: multiply}
_DTYPES: dict[type, str] = {int: "int64", float: "float64", complex: "complex128"}
_NUMBERS = {
    Reference(frozenset({f"{module}.{name}"})): Constant(getattr(math, name))
    for module in ("numpy", "math")
    for name in ("pi", "e")
}
"""The numbers that modules have."""
_WIDE = frozenset({"float32", "float64", "complex64", "complex128", "int64", "uint64"})


@dataclass
class Known:
    """Looks up names and dotted paths in a scope, and gives each size one name.

    ``n`` and ``A.shape[0]`` become the same symbol after ``n = A.shape[0]``.
    """

    scope: Scope
    numpy: str = "np"
    """How the file calls NumPy, or the library that is read as if it were NumPy."""
    library: Library = NUMPY
    integers: frozenset[str] = frozenset()
    """Names that loops and ranges of the function show to be integers."""
    least: Mapping[str, int] = field(default_factory=dict)
    """How many axes other uses in the function show that a name has at least."""
    like: Mapping[str, str] = field(default_factory=dict)
    """Names of arrays that were made in the shape of another one, with its name."""
    matrices: bool = False
    """Whether products of matrices stand in the nest."""
    lengths: Collection[str] = ()
    """Names of which the function asks the ``len`` and never the ``shape``."""
    shapes: Mapping[str, tuple[ast.expr, ...]] = field(default_factory=dict)
    """What the function gives as the sizes of the arrays that it makes itself."""
    is_forecast: bool = False
    """Whether it is only asked if the nest is refused whatever were known."""

    def __post_init__(self) -> None:
        self._named: dict[Symbol, Size] = {}
        self.naturals: set[str] = set()
        """Named sizes that are sizes of axes, so that they are not negative."""
        self._names: dict[ast.For | ast.While, Names] = {}

    def names(self, node: ast.For | ast.While) -> Names:
        """The names that a loop binds."""
        if node not in self._names:
            self._names[node] = names_of(node)
        return self._names[node]

    def value(self, path: str) -> Value:
        """What a name or a dotted path holds."""
        name, *attributes = path.split(".")
        value = self.scope.lookup(name)
        for attribute in attributes:
            match value:
                case Reference():
                    value = value.attribute(attribute)
                case ArrayFact(origin=origin) if origin is not None and value.shape.open:
                    value = self.scope.part(origin, f".{attribute}")
                case _:
                    return UNKNOWN
        return _NUMBERS.get(value, value) if isinstance(value, Reference) else value

    def array(self, path: str) -> ArrayFact:
        """What is known of an array, or of a number."""
        value = self.value(path)
        return value if isinstance(value, ArrayFact) else ArrayFact()

    def number_dtype(self, path: str) -> str | None:
        """The dtype of a number of the source."""
        value = self.value(path)
        kind = type(value.value) if isinstance(value, Constant) else None
        return _DTYPES.get(kind) if kind is not None else None

    def is_wide(self, path: str) -> bool:
        """Whether an array certainly holds no truth values and no narrow integers."""
        return self.array(path).dtype in _WIDE

    def rank(self, path: str) -> int | None:
        """The rank of an array, 0 for a number; None when it is not known."""
        match self.value(path):
            case Constant() | NamedSize():
                return 0
            case ArrayFact(shape=Shape(open=False) as shape):
                return shape.rank
        return len(self.shapes[path]) if path in self.shapes else None

    def least_rank(self, path: str) -> int:
        """How many axes an array has at least."""
        least = self.least.get(path, 0)
        match self.value(path):
            case ArrayFact(shape=shape):
                return max(len(shape.dims), least)
        return least

    def reference(self, path: str) -> frozenset[str]:
        """The dotted names that a name may stand for; none when it is no module or function."""
        value = self.value(path)
        return (
            self.library.numpy_names(value.names) if isinstance(value, Reference) else frozenset()
        )

    def is_array(self, fact: ArrayFact) -> bool:
        """Whether something is certainly an array of the library that is read."""
        return fact.is_array is True and fact.library == self.library.name

    def integer(self, path: str) -> Size | None:
        """A name as a size: a number where it is constant; None when it can be no integer."""
        match self.value(path):
            case Constant(value=bool()):
                return None
            case Constant(value=int(number)):
                return number
            case NamedSize(dim=dim):
                return self._renamed(dim, path)
            case ArrayFact(is_array=None):
                return named(path)
        return None

    def axis(self, path: str, axis: int, text: str | None = None) -> Size:
        """The size of an axis; ``text`` is how the source writes it."""
        fact = self.value(path)
        dim = self.scope.size(fact, axis) if isinstance(fact, ArrayFact) else None
        if path in self.like and dim is None:
            return self.axis(self.like[path], axis)
        given = self.shapes.get(path)
        if given and not isinstance(dim, int):
            size = self._expression(given[axis])
            if size is not None:
                return size
        return self.size(dim, text or self.text(path, axis))

    def _expression(self, node: ast.expr) -> Size | None:
        """An expression that the function gives as a size."""
        match node:
            case ast.Constant(value=int(number)) if not isinstance(number, bool):
                return number
            case ast.Name(id=name):
                return self.integer(name)
            case ast.Call(func=ast.Name("len"), args=[ast.Name(id=name)]):
                return self.axis(name, 0, f"len({name})")
            case ast.Subscript(ast.Attribute(ast.Name(id=name), "shape"), ast.Constant(int(axis))):
                return self.axis(name, axis) if axis >= 0 else None
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                return _ARITHMETIC[type(op)](self._expression(left), self._expression(right))
        return None

    def size(self, dim: Dim, text: str) -> Size:
        """An inferred size, written with the names that hold its parts, else as ``text``."""
        return named(text) if dim is None else self._renamed(dim, text)

    def shape_of(self, path: str) -> str | None:
        """The name of the array whose shape a name holds."""
        value = self.value(path)
        if isinstance(value, ShapeOf) and value.array.origin is not None:
            return value.array.origin.name
        return None

    def items(self, path: str) -> tuple[Value, ...] | None:
        """The items of a tuple."""
        value = self.value(path)
        return value.items if isinstance(value, Display) else None

    def _renamed(self, dim: int | Polynomial, text: str) -> Size:
        symbols = symbols_of(dim)
        alone = isinstance(dim, Polynomial) and dim == index_size(next(iter(symbols)))
        for symbol in symbols:
            if symbol not in self._named:
                held = text if alone and not self._is_name(symbol) else self._held(symbol)
                if held is None:
                    return named(text)
                self._name(symbol, held)
        return substitute_size(dim, self._named)

    def _name(self, symbol: Symbol, text: str) -> Size:
        """The name of the size of an axis, once and for all."""
        if symbol not in self._named:
            self._named[symbol] = named(text)
            self.naturals.add(text)
        return self._named[symbol]

    def _held(self, symbol: Symbol) -> str | None:
        """The name of an inferred size, if that still holds it: ``n``, or ``x.shape[0]``."""
        name = symbol.name
        found = _AXIS.fullmatch(name)
        if found is not None:
            path, axis = found["array"], int(found["axis"])
            fact = self.value(path)
            same = isinstance(fact, ArrayFact) and self.scope.size(fact, axis) == index_size(symbol)
            return self.text(path, axis) if same else None
        return name if self._is_name(symbol) else None

    def _is_name(self, symbol: Symbol) -> bool:
        """Whether an inferred size is called by a variable that still holds it."""
        name = symbol.name
        held = self.value(name) if name.isidentifier() and name.strip("_") else None
        return isinstance(held, NamedSize) and held.dim == index_size(symbol)

    def text(self, path: str, axis: int) -> str:
        """How the function writes the size of an axis."""
        return f"len({path})" if axis == 0 and path in self.lengths else f"{path}.shape[{axis}]"


def named(text: str) -> Size:
    """A named size."""
    return index_size(Symbol(text, 0))
