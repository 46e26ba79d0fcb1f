"""Random contractions: the equations, arrays and sizes that random loop nests are made of."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

LABELS = "ijklmq"
ARRAYS = ("A", "B", "X", "Y", "U", "V", "W", "Q", "R", "S", "F", "G", "H", "K", "L", "M")
SIZES = (2, 3, 4, 5, 6, 7)


def chance(rng: random.Random, percent: int) -> bool:
    """True in so many of a hundred cases."""
    return rng.randrange(100) < percent


@dataclass(frozen=True, slots=True)
class Axis:
    """A subscript: a label plus ``shift``, mirrored in the bound, or without label a number."""

    label: str
    shift: int = 0
    mirrored: bool = False

    @property
    def plain(self) -> bool:
        """Whether it is a label and nothing else."""
        return bool(self.label) and not self.shift and not self.mirrored


@dataclass(frozen=True, slots=True)
class Element:
    """An element of an array: ``A[i, j + 1, 0]``."""

    array: str
    axes: tuple[Axis, ...]

    @property
    def labels(self) -> frozenset[str]:
        """The labels in its subscripts."""
        return frozenset(axis.label for axis in self.axes if axis.label)


@dataclass(frozen=True, slots=True)
class Product:
    """A signed product of elements with a coefficient, which is source text or empty."""

    sign: str
    scale: str
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """``target[output] += product + product - …`` for all values of the labels."""

    target: str
    output: tuple[str, ...]
    products: tuple[Product, ...]

    @property
    def elements(self) -> Iterator[Element]:
        """Every element that it reads."""
        for product in self.products:
            yield from product.elements


@dataclass
class Equations:
    """Statements over common labels, the sizes of the labels and the extents of the arrays."""

    labels: tuple[str, ...]
    size: dict[str, int]
    statements: list[Statement] = field(default_factory=list)
    extents: dict[str, list[int]] = field(default_factory=dict)
    bounds: dict[str, str] = field(default_factory=dict)
    prelude: list[str] = field(default_factory=list)
    integers: dict[str, int] = field(default_factory=dict)
    scalars: list[str] = field(default_factory=list)
    odd: bool = False
    forms: set[str] = field(default_factory=set)

    @property
    def elements(self) -> Iterator[Element]:
        """Every element that is read."""
        for statement in self.statements:
            yield from statement.elements


def _axes(rng: random.Random, labels: Sequence[str], odd: bool) -> tuple[Axis, ...]:
    axes = [Axis(label) for label in labels]
    if not odd:
        return tuple(axes)
    if axes and len(axes) < 4 and chance(rng, 6):
        axes.append(rng.choice(axes))
    for at, axis in enumerate(axes):
        if chance(rng, 5):
            axes[at] = Axis(axis.label, rng.randint(1, 2))
        elif chance(rng, 3):
            axes[at] = Axis(axis.label, 0, True)
    if len(axes) < 4 and chance(rng, 5):
        axes.insert(rng.randint(0, len(axes)), Axis("", rng.randint(0, 1)))
    return tuple(axes)


def _product(rng: random.Random, made: Equations, labels: Sequence[str], odd: bool) -> Product:
    slots: list[list[str]] = [[] for _ in range(rng.choice([1, 1, 2, 2, 2, 2, 3, 3, 4]))]
    for label in labels:
        if odd and chance(rng, 3):
            continue  # summed although no operand has it, or broadcast
        times = min(len(slots), rng.choice([1, 1, 2, 2, 3]))
        for slot in rng.sample(slots, times):
            if len(slot) < 4:
                slot.append(label)
    elements = []
    for slot in slots:
        rng.shuffle(slot)
        axes = _axes(rng, slot, odd)
        if not axes:
            continue
        known = [name for name, extents in made.extents.items() if len(extents) == len(axes)]
        fresh = ARRAYS[len(made.extents)] if len(made.extents) < len(ARRAYS) else None
        name = rng.choice(known) if known and (fresh is None or chance(rng, 12)) else fresh
        if name is None:
            continue
        element = Element(name, axes)
        _require(made, element)
        elements.append(element)
    scale = rng.choice(["", "", "", "", "2.0", "0.5", "3", "alpha"])
    if not elements:
        scale = scale or "1.5"
    if scale == "alpha" and "alpha" not in made.scalars:
        made.scalars.append("alpha")
    return Product(rng.choice("++++-"), scale, tuple(elements))


def _require(made: Equations, element: Element) -> None:
    needs = [
        made.size[axis.label] + axis.shift if axis.label else axis.shift + 1
        for axis in element.axes
    ]
    known = made.extents.setdefault(element.array, needs)
    made.extents[element.array] = [max(a, b) for a, b in zip(known, needs, strict=True)]


def _bound(rng: random.Random, made: Equations, label: str) -> None:
    """Choose where the bound of a loop comes from."""
    name, size = f"n{label}", made.size[label]
    sources = [
        (element.array, at)
        for element in made.elements
        for at, axis in enumerate(element.axes)
        if axis == Axis(label) and made.extents[element.array][at] == size
    ]
    if not sources or chance(rng, 30):
        if chance(rng, 10):
            made.bounds[label] = str(size)
            made.forms.add("literal bound")
        else:
            made.bounds[label] = name
            made.integers[name] = size
        return
    array, at = rng.choice(sources)
    text = f"len({array})" if at == 0 and chance(rng, 40) else f"{array}.shape[{at}]"
    if chance(rng, 50):
        rank = len(made.extents[array])
        if rank > 1 and chance(rng, 40):
            names = ", ".join(name if k == at else f"_{array}{k}" for k in range(rank))
            made.prelude.append(f"{names} = {array}.shape")
        else:
            made.prelude.append(f"{name} = {text}")
        text = name
    made.bounds[label] = text


def _slack(rng: random.Random, made: Equations) -> None:
    """Make some axes longer than the loops need, but none that a bound is read from."""
    text = " ".join([*made.bounds.values(), *made.prelude])
    for array, extents in made.extents.items():
        if f"{array}." in text or f"len({array})" in text:
            continue
        for at in range(len(extents)):
            if chance(rng, 12):
                extents[at] += rng.randint(1, 2)
                made.forms.add("slack")


def random_equations(
    rng: random.Random, *, statements: int = 1, terms: int = 3, most: int = 6, odd: bool = False
) -> Equations:
    """Random statements over up to ``most`` labels; odd ones have offsets, diagonals, slack."""
    count = min(most, rng.choice([1, 1, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 6]))
    labels = tuple(LABELS[:count])
    made = Equations(labels, dict(zip(labels, rng.sample(SIZES, count), strict=True)), odd=odd)
    for number in range(statements):
        output = rng.sample(labels, min(len(labels), rng.choice([0, 1, 1, 2, 2, 2, 3, 4])))
        count = min(terms, rng.choice([1, 1, 1, 1, 1, 2, 3]))
        products = tuple(_product(rng, made, labels, odd) for _ in range(count))
        made.statements.append(Statement(("out", "res", "acc")[number], tuple(output), products))
    for label in labels:
        _bound(rng, made, label)
    if odd:
        _slack(rng, made)
    if any(len(s.products) > 1 for s in made.statements):
        made.forms.add("several terms")
    if any(len(set(e.axes)) < len(e.axes) for e in made.elements):
        made.forms.add("diagonal")
    if any(axis.shift or axis.mirrored for e in made.elements for axis in e.axes):
        made.forms.add("offset")
    if any(not axis.label for e in made.elements for axis in e.axes):
        made.forms.add("fixed subscript")
    return made
