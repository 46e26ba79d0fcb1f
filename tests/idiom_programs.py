"""Random array arithmetic as text, with the arrays that it needs."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass

SIZES = (2, 3, 4, 5)
DTYPES = ("float64", "float64", "float64", "complex128", "int64", "float32")


@dataclass(frozen=True)
class Piece:
    """An expression, the shape of its value, and whether an operator may follow it."""

    text: str
    shape: tuple[int, ...]
    atom: bool = True

    @property
    def tight(self) -> str:
        return self.text if self.atom else f"({self.text})"

    @property
    def rank(self) -> int:
        return len(self.shape)


class Writer:
    """Makes random expressions over new arrays."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.arrays: dict[str, tuple[int, ...]] = {}
        self.rows: list[str] = []
        self.names = itertools.count()
        self.dtype = rng.choice(DTYPES)

    def array(self, shape: tuple[int, ...]) -> Piece:
        same = [name for name, held in self.arrays.items() if held == shape]
        if same and self.rng.random() < 0.3:
            return Piece(self.rng.choice(same), shape)
        name = f"{'ABCDEFGHXY'[len(self.arrays) % 10]}{len(self.arrays) // 10 or ''}"
        self.arrays[name] = shape
        return Piece(name, shape)

    def shape(self, least: int = 1, most: int = 3) -> tuple[int, ...]:
        return tuple(self.rng.choices(SIZES, k=self.rng.randint(least, most)))

    def piece(self, depth: int, shape: tuple[int, ...] | None = None) -> Piece:
        """A random expression; with a shape, one of that shape."""
        if shape is not None:
            return self.array(shape)
        if depth == 0 or self.rng.random() < 0.15:
            return self.array(self.shape())
        return self.named(self.rng.choice((
            self.matmul, self.matmul, self.rearranged, self.reduced, self.product, self.tensordot,
            self.function, self.diagonal, self.scaled, self.einsum,
        ))(self.piece(depth - 1)))  # fmt: skip

    def named(self, a: Piece) -> Piece:
        """A piece as it is, or as the name of a temporary, perhaps with something in between."""
        if self.rng.random() < 0.6:
            return a
        name = f"t{next(self.names)}"
        self.rows.append(f"{name} = {a.text}")
        kind = self.rng.randrange(12)
        if kind == 0:
            self.rows.append(f"{self.rng.choice([*self.arrays])}[...] *= 2")
        elif kind == 1:
            self.rows.append(f"{self.rng.choice([*self.arrays])} += 1")
        elif kind == 2:
            other = self.rng.choice([*self.arrays])
            self.rows.append(f"{other} = 3 * {other}")
        elif kind < 5:
            self.rows.append("other = np.zeros(3)")
        elif kind == 5:
            self.rows.append(f"other = {name}")
        return Piece(name, a.shape)

    def matmul(self, a: Piece) -> Piece:
        if a.rank == 0:
            return a
        kind = self.rng.choice(["vector", "matrix", "matrix", "left", "stack"])
        if kind == "vector" or (kind == "left" and a.rank == 1):
            b = self.array(a.shape[-1:])
            return self.times(a, "@", b, a.shape[:-1])
        if kind == "left":
            b = self.array((self.rng.choice(SIZES), a.shape[-2]))
            return self.times(b, "@", a, (*a.shape[:-2], b.shape[0], a.shape[-1]))
        columns = self.rng.choice(SIZES)
        stack = a.shape[:-2] if kind == "stack" else ()
        b = self.array((*stack, a.shape[-1], columns))
        if self.rng.random() < 0.3:
            b = self.array((*stack, columns, a.shape[-1]))
            b = Piece(f"{b.text}.swapaxes(-1, -2)" if stack else f"{b.text}.T", b.shape)
        lead = a.shape[:-1] if a.rank > 1 else ()
        if a.rank > 1 or not stack:
            return self.times(a, "@", b, (*lead, columns))
        return a

    def times(self, a: Piece, sign: str, b: Piece, shape: tuple[int, ...]) -> Piece:
        if sign == "@" and self.rng.random() < 0.3 and b.rank < 3 and (a.rank < 3 or b.rank == 1):
            name = self.rng.choice(["np.dot", "np.matmul"]) if min(a.rank, b.rank) else "np.dot"
            return Piece(f"{name}({a.text}, {b.text})", shape)
        return Piece(f"{a.tight} {sign} {b.tight}", shape, atom=False)

    def rearranged(self, a: Piece) -> Piece:
        order = self.rng.sample(range(a.rank), a.rank)
        kind = self.rng.randrange(4)
        if kind == 0:
            return Piece(f"{a.tight}.T", a.shape[::-1])
        if kind == 1 and a.rank > 1:
            one, other = self.rng.sample(range(a.rank), 2)
            swapped = list(a.shape)
            swapped[one], swapped[other] = swapped[other], swapped[one]
            return Piece(f"{a.tight}.swapaxes({one}, {other})", tuple(swapped))
        if kind == 2 and a.rank > 1:
            one, other = self.rng.sample(range(a.rank), 2)
            moved = list(a.shape)
            moved.insert(other, moved.pop(one))
            return Piece(f"np.moveaxis({a.text}, {one}, {other})", tuple(moved))
        if a.rank < 2:
            return a
        shape = tuple(a.shape[k] for k in order)
        if self.rng.random() < 0.5:
            return Piece(f"np.transpose({a.text}, {tuple(order)})", shape)
        return Piece(f"{a.tight}.transpose({', '.join(map(str, order))})", shape)

    def reduced(self, a: Piece) -> Piece:
        if a.rank == 0:
            return a
        axis = self.rng.randrange(a.rank)
        rest = a.shape[:axis] + a.shape[axis + 1 :]
        if self.rng.random() < 0.25:
            return Piece(f"{a.tight}.sum()", ())
        if self.rng.random() < 0.2:
            return Piece(
                f"{a.tight}.sum(axis={axis}, keepdims=True)",
                (*a.shape[:axis], 1, *a.shape[axis + 1 :]),
            )
        where = axis if self.rng.random() < 0.7 else axis - a.rank
        if self.rng.random() < 0.5:
            return Piece(f"np.sum({a.text}, axis={where})", rest)
        return Piece(f"{a.tight}.sum({where})", rest)

    def product(self, a: Piece) -> Piece:
        if a.rank and self.rng.random() < 0.4:
            b = self.array((self.rng.choice(SIZES),))
            return self.times(
                Piece(f"{a.tight}[..., None]", (*a.shape, 1)), "*", b, (*a.shape, *b.shape)
            )
        kept = a.shape[self.rng.randint(0, max(a.rank - 1, 0)) :]
        return self.times(a, "*", self.array(kept), a.shape) if kept else a

    def tensordot(self, a: Piece) -> Piece:
        if a.rank == 0:
            return a
        if self.rng.random() < 0.4:
            count = self.rng.randint(1, min(a.rank, 2))
            b = self.array((*a.shape[a.rank - count :], self.rng.choice(SIZES)))
            axes, rest = str(count), a.shape[: a.rank - count]
        else:
            axis = self.rng.randrange(a.rank)
            b = self.array((self.rng.choice(SIZES), a.shape[axis]))
            axes, rest = f"([{axis}], [1])", a.shape[:axis] + a.shape[axis + 1 :]
            return Piece(f"np.tensordot({a.text}, {b.text}, axes={axes})", (*rest, b.shape[0]))
        return Piece(f"np.tensordot({a.text}, {b.text}, axes={axes})", (*rest, b.shape[-1]))

    def function(self, a: Piece) -> Piece:
        kind = self.rng.randrange(4)
        if kind == 0 and a.rank == 1:
            b = self.array((self.rng.choice(SIZES),))
            return Piece(f"np.outer({a.text}, {b.text})", (*a.shape, *b.shape))
        if kind == 1 and a.rank:
            b = self.array((self.rng.choice(SIZES), a.shape[-1]))
            return Piece(f"np.inner({a.text}, {b.text})", (*a.shape[:-1], b.shape[0]))
        if kind == 2 and a.rank:
            return Piece(f"np.vdot({a.text}, {self.array(a.shape).text})", ())
        return Piece(f"{a.tight}.conj()", a.shape)

    def diagonal(self, a: Piece) -> Piece:
        pairs = [
            (i, j)
            for i in range(a.rank)
            for j in range(a.rank)
            if i != j and a.shape[i] == a.shape[j]
        ]
        if not pairs:
            return a
        i, j = self.rng.choice(pairs)
        rest = tuple(size for k, size in enumerate(a.shape) if k not in (i, j))
        if self.rng.random() < 0.5:
            return Piece(f"np.trace({a.text}, axis1={i}, axis2={j})", rest)
        return Piece(f"{a.tight}.diagonal(axis1={i}, axis2={j})", (*rest, a.shape[i]))

    def scaled(self, a: Piece) -> Piece:
        factor = self.rng.choice(["2", "-1", "3"] + ["0.5"] * (self.dtype != "int64"))
        return Piece(f"{factor} * {a.tight}", a.shape, atom=False)

    def einsum(self, a: Piece) -> Piece:
        letters = "ijklmnop"[: a.rank]
        kept = "".join(self.rng.sample(letters, self.rng.randint(0, a.rank)))
        shape = tuple(a.shape[letters.index(x)] for x in kept)
        return Piece(f"np.einsum({f'{letters}->{kept}'!r}, {a.text})", shape)


def program(rng: random.Random) -> str:
    """A module whose function gives the value of a random expression."""
    writer = Writer(rng)
    piece = writer.piece(rng.randint(1, 4))
    rows = ["import numpy as np", "", "", "def f(seed):", "    rng = np.random.default_rng(seed)"]
    for name, shape in writer.arrays.items():
        made = f"rng.integers(-4, 5, {shape!r})"
        if writer.dtype != "int64":
            made += f".astype(np.{writer.dtype})"
        if writer.dtype == "complex128":
            made = f"(rng.standard_normal({shape!r}) + 1j * rng.standard_normal({shape!r}))"
        rows.append(f"    {name} = {made}")
    rows += [f"    {row}" for row in writer.rows]
    rows.append(f"    return {piece.text}")
    return "\n".join(rows) + "\n"
