"""Writes loops over the labels of random equations, in the many ways in which people write them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from loop_equations import Axis, Element, Equations, Product, Statement, chance

FULL = (*["range"] * 16, "from 0", "reversed", "downwards", "while")
PARTIAL = ("from 1", "short", "strided", "between")


@dataclass(frozen=True, slots=True)
class Row:
    """A name that holds the sub-array of ``array`` at the labels ``prefix``."""

    name: str
    array: str
    prefix: tuple[str, ...] = ()

    def holds(self, element: Element) -> bool:
        """Whether an element is an element of this row."""
        start = element.axes[: len(self.prefix)]
        return element.array == self.array and start == tuple(map(Axis, self.prefix))


@dataclass
class Writer:
    """The text of one function in the making."""

    rng: random.Random
    made: Equations
    lines: list[str] = field(default_factory=list)
    depth: int = 1
    rows: list[Row] = field(default_factory=list)
    values: dict[Element, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    visible: set[str] = field(default_factory=set)
    names: int = 0

    def __post_init__(self) -> None:
        for label in self.made.labels:
            partial = chance(self.rng, 15)
            self.kinds[label] = self.rng.choice(PARTIAL if partial else FULL)
        self.rows = [Row(array, array) for array in self.made.extents]

    def line(self, text: str) -> None:
        """Add a row."""
        self.lines.append("    " * self.depth + text)

    def fresh(self, stem: str) -> str:
        """A name that is used nowhere else."""
        self.names += 1
        return f"{stem}{self.names}"

    def full(self, labels: Sequence[str]) -> bool:
        """Whether the loops over labels run over every value."""
        return all(self.kinds[label] not in PARTIAL for label in labels)

    # Loops

    def range_of(self, label: str) -> str:
        """What a loop over a label iterates over."""
        kind, bound = self.kinds[label], self.made.bounds[label]
        if kind not in ("range", "while"):
            self.made.forms.add(kind)
        match kind:
            case "from 0":
                return f"range(0, {bound})"
            case "reversed":
                return f"reversed(range({bound}))"
            case "downwards":
                return f"range({bound} - 1, -1, -1)"
            case "from 1":
                return f"range(1, {bound})"
            case "short":
                return f"range({bound} - 1)"
            case "strided":
                return f"range(0, {bound}, 2)"
            case "between":
                self.made.integers |= {f"lo_{label}": 1, f"hi_{label}": self.made.size[label]}
                return f"range(lo_{label}, hi_{label})"
        return f"range({bound})"

    def iterables(self, label: str) -> list[Row]:
        """The rows over whose first axis a loop over a label may run directly."""
        found = []
        for row in self.rows:
            at = len(row.prefix)
            fits = any(
                row.holds(e) and len(e.axes) > at and e.axes[at] == Axis(label)
                for e in self.made.elements
            )
            if fits and self.made.extents[row.array][at] == self.made.size[label]:
                found.append(row)
        return found

    def _avoids(self, label: str, rows: Sequence[Row]) -> bool:
        """Whether a label is used for nothing but to iterate over these rows."""
        if any(label in statement.output for statement in self.made.statements):
            return False
        for element in self.made.elements:
            at = [k for k, axis in enumerate(element.axes) if axis.label == label]
            if at and not any(
                row.holds(element) and at == [len(row.prefix)] and element.axes[at[0]].plain
                for row in rows
            ):
                return False
        return not any(label in self.made.bounds[other].split() for other in self.made.labels)

    def clause(self, label: str) -> str:
        """The head of a loop over a label: ``for i in range(n)``."""
        rows = self.iterables(label) if self.kinds[label] == "range" else []
        if rows and chance(self.rng, 40):
            mine = self.rng.sample(rows, min(len(rows), self.rng.choice([1, 1, 2])))
            names = [self.fresh(row.array.lower()) for row in mine]
            over = [row.name for row in mine]
            avoids = self._avoids(label, mine)
            self.rows += [
                Row(name, r.array, (*r.prefix, label)) for name, r in zip(names, mine, strict=True)
            ]
            if not avoids:
                self.visible.add(label)
            if not avoids and len(over) == 1 and chance(self.rng, 70):
                self.made.forms.add("enumerate")
                return f"for {label}, {names[0]} in enumerate({over[0]})"
            if not avoids:
                names.insert(0, label)
                over.insert(0, f"range({self.made.bounds[label]})")
            if len(over) == 1:
                self.made.forms.add("direct iteration")
                return f"for {names[0]} in {over[0]}"
            self.made.forms.add("zip")
            return f"for {', '.join(names)} in zip({', '.join(over)})"
        self.visible.add(label)
        return f"for {label} in {self.range_of(label)}"

    def nest(self, labels: Sequence[str]) -> list[str]:
        """Open loops over labels; gives the rows that close them, the innermost first."""
        closing: list[str] = []
        rest = list(labels)
        while rest:
            group = rest[: self.rng.randint(2, 3)]
            plain = all(self.kinds[label] == "range" for label in group)
            if len(group) > 1 and plain and chance(self.rng, 12):
                self._joint(group)
                closing.insert(0, "")
                del rest[: len(group)]
                self._hoist(group)
                continue
            label = rest.pop(0)
            closing.insert(0, self._one(label))
            self._hoist([label])
        return closing

    def _joint(self, group: Sequence[str]) -> None:
        bounds = [self.made.bounds[label] for label in group]
        if chance(self.rng, 50):
            self.made.forms.add("np.ndindex")
            over = f"np.ndindex({', '.join(bounds)})"
        else:
            self.made.forms.add("itertools.product")
            over = f"itertools.product({', '.join(f'range({b})' for b in bounds)})"
        self.visible |= set(group)
        self.line(f"for {', '.join(group)} in {over}:")
        self.depth += 1

    def _one(self, label: str) -> str:
        if self.kinds[label] == "while":
            self.made.forms.add("while")
            self.visible.add(label)
            self.line(f"{label} = 0")
            self.line(f"while {label} < {self.made.bounds[label]}:")
            self.depth += 1
            return f"{label} += 1"
        self.line(self.clause(label) + ":")
        self.depth += 1
        return ""

    def close(self, closing: Sequence[str]) -> None:
        """Close loops."""
        for row in closing:
            if row:
                self.line(row)
            self.depth -= 1

    def _hoist(self, labels: Sequence[str]) -> None:
        """Sometimes name a row of an array, or an element, as soon as it is determined."""
        for element in dict.fromkeys(self.made.elements):
            if element in self.values or not element.labels & set(labels):
                continue
            if self._determined(element) and chance(self.rng, 8):
                self.made.forms.add("hoisted factor")
                name = self.fresh("t")
                self.line(f"{name} = {self.element(element)}")
                self.values[element] = name
            first = element.axes[0]
            ready = first.plain and first.label in labels and first.label in self.visible
            if ready and len(element.axes) > 1 and chance(self.rng, 8):
                self.made.forms.add("hoisted row")
                name = self.fresh("row")
                self.line(f"{name} = {element.array}[{first.label}]")
                self.rows.append(Row(name, element.array, (first.label,)))

    def row(self, element: Element) -> Row:
        """The longest row that holds an element."""
        return max((r for r in self.rows if r.holds(element)), key=lambda r: len(r.prefix))

    def _determined(self, element: Element) -> bool:
        """Whether every label of an element is a loop variable, or hidden in a row."""
        rest = element.axes[len(self.row(element).prefix) :]
        return all(not axis.label or axis.label in self.visible for axis in rest)

    # Values

    def subscript(self, axis: Axis) -> str:
        """One subscript."""
        if not axis.label:
            return str(axis.shift)
        if axis.mirrored:
            return f"{self.made.bounds[axis.label]} - 1 - {axis.label}"
        return f"{axis.label} + {axis.shift}" if axis.shift else axis.label

    def element(self, element: Element) -> str:
        """An element, read through the longest row that holds it."""
        if element in self.values:
            return self.values[element]
        row = self.row(element)
        axes = [self.subscript(axis) for axis in element.axes[len(row.prefix) :]]
        if not axes:
            return row.name
        return f"{row.name}[{('][' if chance(self.rng, 10) else ', ').join(axes)}]"

    def product(self, product: Product) -> str:
        """A product without its sign."""
        factors = [self.element(element) for element in product.elements]
        if self.made.odd and chance(self.rng, 15):
            self._function(factors)
        if product.scale:
            factors.insert(self.rng.choice([0, 0, len(factors)]), product.scale)
        return " * ".join(factors)

    def _function(self, factors: list[str]) -> None:
        """Make a function of a factor, a sum of two, or a quotient."""
        rng = self.rng
        self.made.forms.add("function of elements")
        at = rng.randrange(len(factors)) if factors else None
        indices = sorted(self.visible)
        if at is None or (indices and chance(rng, 20)):
            factors.append(f"({rng.choice(indices)} + 1)" if indices else "2")
        elif len(factors) > 1 and chance(rng, 40):
            one, other = factors.pop(at), factors.pop()
            factors.append(f"({one} {rng.choice('+-')} {other})")
        else:
            forms = ("{} ** 2", "np.cos({})", "np.exp({})", "np.conj({})", "(1.0 / {})", "abs({})")
            factors[at] = rng.choice(forms).replace("{}", factors[at])

    def value(self, statement: Statement) -> str:
        """What a statement adds, for one value of the labels."""
        text = ""
        for number, product in enumerate(statement.products):
            sign = f" {product.sign} " if number else product.sign.replace("+", "")
            text += sign + self.product(product)
        return text

    def update(self, target: str, value: str) -> None:
        """Add a value to a target."""
        if chance(self.rng, 8):
            self.made.forms.add("temporary")
            name = self.fresh("v")
            self.line(f"{name} = {value}")
            value = name
        plain = not any(sign in value for sign in (" + ", " - "))
        if value.startswith("-") and plain and chance(self.rng, 80):
            self.made.forms.add("-=")
            self.line(f"{target} -= {value[1:]}")
        elif chance(self.rng, 70):
            self.line(f"{target} += {value}")
        elif chance(self.rng, 60):
            self.made.forms.add("x = x + v")
            self.line(f"{target} = {target} + {value}")
        else:
            self.made.forms.add("x = v + x")
            self.line(f"{target} = {value} + {target}")

    def shape(self, labels: Sequence[str]) -> str:
        """The shape of a target."""
        bounds = [self.made.bounds[label] for label in labels]
        return bounds[0] if len(bounds) == 1 else f"({', '.join(bounds)})"
