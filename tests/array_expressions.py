"""Random expressions over random arrays, a step at a time, for NumPy and as contractions."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from einsum_lint.contraction import Contraction, Extent, Index, Size
from einsum_lint.dims import Polynomial, Symbol
from einsum_lint.recognise.products import functions
from einsum_lint.recognise.products.space import Refused, Space

NAMES = {"k": 2, "m": 3}
"""Named sizes that expressions use."""


@dataclass(frozen=True)
class Named:
    """A size by its name, or the variable of a loop, times a number, with a number added."""

    symbol: Symbol
    value: int
    more: int = 0
    by: int = 1

    @property
    def number(self) -> int:
        return self.value * self.by + self.more

    @property
    def size(self) -> Size:
        constant = (((), self.more),) if self.more else ()
        return Polynomial((*constant, ((self.symbol,), self.by)))


@dataclass(frozen=True)
class Value:
    """A place in the pool of values."""

    place: int


@dataclass
class World:
    """The values so far: real, and as contractions."""

    rng: random.Random
    space: Space = field(default_factory=Space)
    arrays: dict[str, Any] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=lambda: dict(NAMES))
    real: list[Any] = field(default_factory=list)
    read: list[Contraction] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    loops: dict[Index, int] = field(default_factory=dict)
    """The variables of loops around the expression, and one value of each."""

    def loop(self, span: int) -> None:
        self.loops[self.space.fresh(Extent(span), "ij"[len(self.loops)])] = self.rng.randrange(span)

    def named(self, more: int, by: int = 1) -> Named:
        symbols = {Symbol(name, 0): value for name, value in NAMES.items()} | self.loops
        symbol = self.rng.choice([*symbols])
        return Named(symbol, symbols[symbol], more, by)

    def pick(self) -> Value:
        return Value(self.rng.randrange(len(self.real)))

    def shape(self, value: Value) -> tuple[int, ...]:
        return np.shape(self.real[value.place])


def make_array(world: World, symbolic: float, kind: str) -> None:
    rng = world.rng
    name = "ABCDEFG"[len(world.arrays)]
    common = (1, 2, 2, 2, 3, 3, 3, 4) if rng.random() < 0.95 else (0, 0, 1, 2)
    shape = tuple(rng.choice(common) for _ in range(rng.choice((0, 1, 1, 2, 2, 2, 3))))
    size = int(np.prod(shape))
    data: Any = np.array([rng.choice((-1, 1)) * rng.uniform(0.5, 2) for _ in range(size)])
    if kind == "complex":
        data = data + 1j * np.array([rng.uniform(0.5, 2) for _ in range(size)])
    data = data.reshape(shape)
    sizes: list[Size] = []
    for axis, length in enumerate(shape):
        symbol = f"{name}.shape[{axis}]"
        world.names[symbol] = length
        literal = length == 1 or rng.random() > symbolic
        same = [n for n, value in world.names.items() if value == length]
        sizes.append(length if literal else Polynomial((((Symbol(rng.choice(same), 0),), 1),)))
    world.arrays[name] = data
    world.real.append(data)
    world.read.append(world.space.array(name, tuple(sizes)))
    world.steps.append(f"{name}: {shape} {[str(s) for s in sizes]}")


@dataclass(frozen=True)
class Step:
    """A call: what to do with NumPy and with contractions, given resolved arguments."""

    shown: str
    arguments: tuple[Any, ...]
    keywords: dict[str, Any]
    real: Callable[..., Any]
    read: Callable[..., Contraction]


def resolve(argument: Any, values: list[Any], symbolic: bool) -> Any:
    match argument:
        case Value(place):
            return values[place]
        case Named():
            return argument.size if symbolic else argument.number
        case slice():
            parts = (argument.start, argument.stop, argument.step)
            return slice(*(resolve(part, values, symbolic) for part in parts))
        case tuple() | list():
            return type(argument)(resolve(part, values, symbolic) for part in argument)
    return argument


def numpy_function(name: str) -> Any:
    found: Any = np
    for part in name.split("."):
        found = getattr(found, part)
    return found


def call(name: str, *arguments: Any, **keywords: Any) -> Step:
    def read(space: Space, *values: Any, **given: Any) -> Contraction:
        return functions.call(space, f"numpy.{name}", values, given)

    return Step(f"np.{name}", arguments, keywords, numpy_function(name), read)


def method(name: str, *arguments: Any, **keywords: Any) -> Step:
    def read(space: Space, value: Contraction, *values: Any, **given: Any) -> Contraction:
        return functions.method(space, value, name, values, given)

    def real(value: Any, *values: Any, **given: Any) -> Any:
        return getattr(np.asarray(value), name)(*values, **given)

    return Step(f".{name}", arguments, keywords, real, read)


def attribute(name: str, value: Value) -> Step:
    def read(space: Space, value: Contraction) -> Contraction:
        return functions.attribute(space, value, name)

    return Step(f".{name}", (value,), {}, lambda v: getattr(np.asarray(v), name), read)


def binary(sign: str, left: Value, right: Value) -> Step:
    def real(one: Any, other: Any) -> Any:
        return eval(f"a {sign} b", {"a": one, "b": other})

    def read(space: Space, one: Contraction, other: Contraction) -> Contraction:
        return functions.binary(space, sign, one, other)

    return Step(sign, (left, right), {}, real, read)


def subscript(value: Value, parts: Any) -> Step:
    def read(space: Space, one: Contraction, subscripts: Any) -> Contraction:
        return functions.index(space, one, subscripts)

    return Step("[]", (value, parts), {}, lambda a, s: np.asarray(a)[s], read)


def some_axes(world: World, rank: int) -> Any:
    rng = world.rng
    if rank == 0 or rng.random() < 0.2:
        return None
    if rng.random() < 0.6:
        return rng.randrange(-rank, rank)
    return tuple(rng.sample(range(rank), rng.randint(1, rank)))


def some_bound(world: World, length: int) -> Any:
    rng = world.rng
    if rng.random() < 0.35:
        return None
    if rng.random() < 0.25:
        return world.named(rng.choice((-1, 0, 0, 1)), rng.choice((1, 1, 1, -1)))
    return rng.randint(-length - 1, length + 1)


def subscripts(world: World, shape: tuple[int, ...]) -> tuple[Any, ...]:
    rng = world.rng
    parts: list[Any] = []
    for length in shape[: rng.randint(0, len(shape))]:
        kind = rng.random()
        if kind < 0.35 and length:
            parts.append(
                rng.choice(
                    (
                        rng.randrange(-length, length),
                        world.named(rng.choice((-1, 0)), rng.choice((1, 1, -1))),
                    )
                )
            )
        else:
            step = rng.choice((None, None, 1, 2, -1, -2))
            parts.append(slice(some_bound(world, length), some_bound(world, length), step))
    if rng.random() < 0.3:
        parts.insert(rng.randint(0, len(parts)), ...)
    if rng.random() < 0.3:
        parts.insert(rng.randint(0, len(parts)), None)
    return tuple(parts)


def new_shape(world: World, shape: tuple[int, ...]) -> tuple[Any, ...]:
    rng = world.rng
    parts: list[Any] = list(shape)
    for _ in range(rng.randint(1, 3)):
        kind = rng.random()
        if kind < 0.4:
            parts.insert(rng.randint(0, len(parts)), 1)
        elif kind < 0.6 and 1 in parts:
            parts.remove(1)
        elif kind < 0.8 and 4 in parts:
            parts[parts.index(4) : parts.index(4) + 1] = [2, 2]
        elif len(parts) > 1:
            place = rng.randrange(len(parts) - 1)
            parts[place : place + 2] = [parts[place] * parts[place + 1]]
    if parts and rng.random() < 0.4:
        parts[rng.randrange(len(parts))] = -1
    return tuple(parts)


def equation(world: World, operands: list[Value]) -> str:
    """Subscripts that fit, one letter for each size, unless they are told apart."""
    rng = world.rng
    terms, letters = [], {1: "abi", 2: "jk", 3: "lmn", 4: "pq"}  # type: list[str], dict[int, str]
    dots = rng.random() < 0.3
    for value in operands:
        shape = world.shape(value)
        term = [rng.choice(letters.get(n, "xyz")) for n in shape]
        if dots:
            keep = rng.randint(0, len(term))
            term = (
                ["...", *term[keep:]] if rng.random() < 0.5 else [*term[: len(term) - keep], "..."]
            )
        terms.append("".join(term))
    used = sorted({c for term in terms for c in term if c.isalpha()})
    output = rng.sample(used, rng.randint(0, len(used)))
    if dots:
        output.insert(rng.randint(0, len(output)), "...")
    return ",".join(terms) + ("->" + "".join(output) if rng.random() < 0.8 else "")


ELEMENTWISE = (
    "add",
    "subtract",
    "multiply",
    "divide",
    "maximum",
    "power",
    "floor_divide",
    "arctan2",
)
SIGNS = ("+", "-", "*", "*", "/", "@", "@", "@", "<", "**", "%", "==")
PRODUCTS = (
    "dot", "dot", "inner", "matmul", "vdot", "vecdot", "outer", "multiply.outer", "matvec", "vecmat",
    "linalg.vecdot", "subtract.outer",
)  # fmt: skip
UNARY = ("exp", "sin", "abs", "conj", "negative", "square", "sqrt", "floor", "real", "atleast_2d",
         "atleast_1d", "atleast_3d", "ravel", "transpose", "linalg.trace", "linalg.matrix_transpose", "flip", "isnan")  # fmt: skip


def next_step(world: World) -> Step:
    rng, value, other = world.rng, world.pick(), world.pick()
    shape = world.shape(value)
    rank = len(shape)
    axis = rng.randrange(-rank, rank) if rank else 0
    second = rng.randrange(-rank, rank) if rank else 0
    keep = {"keepdims": True} if rng.random() < 0.3 else {}
    operands = [world.pick() for _ in range(rng.randint(1, 3))]
    matching = [
        ([i], [j]) for i, n in enumerate(shape) for j, m in enumerate(world.shape(other)) if n == m
    ]
    kinds: list[Callable[[], Step]] = [
        lambda: binary(rng.choice(SIGNS), value, other),
        lambda: binary(rng.choice(SIGNS), value, other),
        lambda: call(rng.choice(PRODUCTS), value, other),
        lambda: call(rng.choice(PRODUCTS), value, other),
        lambda: call(rng.choice(ELEMENTWISE), value, other),
        lambda: call(rng.choice(UNARY), value),
        lambda: call(
            rng.choice(("sum", "mean", "add.reduce")), value, axis=some_axes(world, rank), **keep
        ),
        lambda: method(rng.choice(("sum", "mean")), value, some_axes(world, rank)),
        lambda: attribute(rng.choice(("T", "mT", "real")), value),
        lambda: call("tensordot", value, other, rng.choice(matching or [1])),
        lambda: call("tensordot", value, other, axes=rng.randint(0, 2)),
        lambda: call("transpose", value, tuple(rng.sample(range(rank), rank))),
        lambda: method("transpose", value, *rng.sample(range(rank), rank)),
        lambda: call("swapaxes", value, axis, second),
        lambda: call("moveaxis", value, axis, second),
        lambda: call("rollaxis", value, axis, abs(second)),
        lambda: call("expand_dims", value, axis),
        lambda: call("squeeze", value, *([] if rng.random() < 0.5 else [axis])),
        lambda: call("diagonal", value, 0, axis, second),
        lambda: call("trace", value, 0, axis, second),
        lambda: method("reshape", value, *new_shape(world, shape)),
        lambda: call("reshape", value, new_shape(world, shape)),
        lambda: call(
            "broadcast_to", value, (2, *(n if n > 1 else rng.choice((1, 3)) for n in shape))
        ),
        lambda: call("flip", value, some_axes(world, rank)),
        lambda: subscript(value, subscripts(world, shape)),
        lambda: subscript(value, subscripts(world, shape)),
        lambda: call("einsum", equation(world, operands), *operands),
        lambda: call("einsum", equation(world, operands), *operands),
        lambda: call("linalg.multi_dot", operands),
        lambda: call("power", value, rng.choice((2, 3, 0.5))),
        lambda: call("where", value, other, rng.choice((0, 1.5))),
        lambda: call("multiply", value, rng.choice((2, -1, 0.5, world.named(1)))),
        lambda: call("add", value, rng.choice((2, -1, 0.5, world.named(1)))),
    ]
    return rng.choice(kinds)()


def take(world: World, step: Step) -> None:
    """Do one step in both ways; what NumPy does not do is passed over, and what is refused."""
    arguments = resolve(step.arguments, world.real, False)
    try:
        real = step.real(*arguments, **step.keywords)
    except (ValueError, TypeError, IndexError, np.exceptions.AxisError):
        return
    if np.size(real) > 200:
        return
    shown = f"{len(world.real)}: {step.shown} {step.arguments} {step.keywords} -> {np.shape(real)}"
    try:
        read = step.read(world.space, *resolve(step.arguments, world.read, True), **step.keywords)
    except Refused as refused:
        world.refused[f"{step.shown}: {refused.reason}"] += 1
        return
    world.steps.append(shown)
    world.real.append(real)
    world.read.append(read)
