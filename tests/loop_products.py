"""Writes loops around products of arrays: rows, slices, ``@``, ``dot``, ``outer``, sums, einsum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loop_equations import Element, Statement, chance
from loop_writer import Writer


@dataclass(frozen=True, slots=True)
class Slice:
    """An expression of an array, and the labels of its axes."""

    text: str
    axes: tuple[str, ...]


def _slice(writer: Writer, element: Element, whole: frozenset[str]) -> Slice:
    """An element with the axes of some labels taken whole."""
    axes = tuple(axis.label for axis in element.axes if axis.label in whole)
    row = writer.row(element)
    rest = [
        ":" if axis.label in whole else writer.subscript(axis)
        for axis in element.axes[len(row.prefix) :]
    ]
    if chance(writer.rng, 60):
        while rest and rest[-1] == ":":
            rest.pop()
    return Slice(f"{row.name}[{', '.join(rest)}]" if rest else row.name, axes)


def _transposed(one: Slice, axes: Sequence[str]) -> str | None:
    """A slice with its axes in an order, if that is plain or a transpose."""
    if one.axes == tuple(axes):
        return one.text
    return f"{one.text}.T" if one.axes == tuple(reversed(axes)) else None


def _einsum(slices: Sequence[Slice], result: Sequence[str]) -> str:
    terms = ",".join("".join(s.axes) for s in slices)
    operands = ", ".join(s.text for s in slices)
    return f'np.einsum("{terms}->{"".join(result)}", {operands})'


def _one(writer: Writer, one: Slice, result: Sequence[str]) -> str:
    """A single array, summed or transposed."""
    rng = writer.rng
    if not result:
        return rng.choice([f"{one.text}.sum()", f"np.sum({one.text})"])
    gone = [at for at, label in enumerate(one.axes) if label not in result]
    kept = [label for label in one.axes if label in result]
    if len(gone) == 1 and kept == list(result):
        return rng.choice([f"{one.text}.sum(axis={gone[0]})", f"np.sum({one.text}, {gone[0]})"])
    plain = None if gone else _transposed(one, result)
    return plain or _einsum([one], result)


def _two(writer: Writer, a: Slice, b: Slice, result: Sequence[str]) -> str:
    """A product of two arrays."""
    rng = writer.rng
    one, other = set(a.axes), set(b.axes)
    if len(a.axes) == len(b.axes) == 1 and a.axes == b.axes:
        if result:
            return f"{a.text} * {b.text}"
        return rng.choice(
            [
                f"{a.text} @ {b.text}",
                f"np.dot({a.text}, {b.text})",
                f"{a.text}.dot({b.text})",
                f"np.inner({a.text}, {b.text})",
                f"({a.text} * {b.text}).sum()",
                f"np.sum({a.text} * {b.text})",
            ]
        )
    if len(a.axes) == len(b.axes) == 1 and not one & other:
        first, second = (a, b) if list(result) == [*a.axes, *b.axes] else (b, a)
        if list(result) == [*first.axes, *second.axes]:
            return rng.choice(
                [
                    f"np.outer({first.text}, {second.text})",
                    f"{first.text}[:, None] * {second.text}",
                    f"np.multiply.outer({first.text}, {second.text})",
                ]
            )
    if a.axes == b.axes and list(a.axes) == list(result):
        return rng.choice([f"{a.text} * {b.text}", f"np.multiply({a.text}, {b.text})"])
    if a.axes == b.axes and not result:
        return rng.choice([f"np.sum({a.text} * {b.text})", f"({a.text} * {b.text}).sum()"])
    return _matrices(writer, a, b, result) or _einsum([a, b], result)


def _matrices(writer: Writer, a: Slice, b: Slice, result: Sequence[str]) -> str | None:
    """A product of matrices, or of a matrix and a vector, over one common label."""
    common = set(a.axes) & set(b.axes)
    if len(common) != 1 or common & set(result) or max(len(a.axes), len(b.axes)) > 2:
        return None
    (k,) = common
    for one, other in ((a, b), (b, a)):
        rows = [label for label in one.axes if label != k]
        columns = [label for label in other.axes if label != k]
        if [*rows, *columns] == list(result):
            left, right = _transposed(one, [*rows, k]), _transposed(other, [k, *columns])
            if left and right:
                return writer.rng.choice(
                    [f"{left} @ {right}", f"np.dot({left}, {right})", f"{left}.dot({right})"]
                )
    return None


def _value(writer: Writer, statement: Statement, whole: frozenset[str], result: list[str]) -> str:
    """What the statement adds for one value of the labels that are loops."""
    (product,) = statement.products
    slices = [_slice(writer, element, whole) for element in product.elements]
    numbers = [s.text for s in slices if not s.axes]
    if product.scale:
        numbers.insert(0, product.scale)
    arrays = [s for s in slices if s.axes]
    covered = {label for s in arrays for label in s.axes}
    summed_twice = len(arrays) > 2 or not covered >= set(result)
    if summed_twice:
        text = _einsum(arrays, result)
    elif len(arrays) == 2:
        text = _two(writer, arrays[0], arrays[1], result)
    else:
        text = _one(writer, arrays[0], result)
    sign = product.sign.replace("+", "")
    if not numbers:
        return f"{sign}({text})" if sign and " " in text else sign + text
    text = f"({text})" if " @ " in text or " * " in text else text
    if chance(writer.rng, 30):
        return sign + " * ".join([text, *numbers])
    return sign + " * ".join([*numbers, text])


def _target(writer: Writer, statement: Statement, whole: frozenset[str]) -> str:
    """The part of the target that one iteration touches."""
    axes = [":" if label in whole else label for label in statement.output]
    while axes and axes[-1] == ":":
        axes.pop()
    return f"{statement.target}[{', '.join(axes)}]" if axes else statement.target


def _exact(writer: Writer, label: str) -> bool:
    """Whether every axis of a label has its size: a slice of the whole axis is the loop."""
    made = writer.made
    return all(
        made.extents[element.array][at] == made.size[label]
        for element in made.elements
        for at, axis in enumerate(element.axes)
        if axis.label == label
    )


def _loops_and_whole(writer: Writer) -> tuple[list[str], frozenset[str]]:
    """Which labels are loops, and which are axes taken whole."""
    (statement,) = writer.made.statements
    used = [
        label for label in writer.made.labels if any(label in e.labels for e in statement.elements)
    ]
    loops = writer.rng.sample(used, min(len(used), writer.rng.choice([1, 1, 1, 2])))
    whole = frozenset(label for label in used if label not in loops and _exact(writer, label))
    return [label for label in writer.made.labels if label not in whole], whole


def write_products(writer: Writer) -> None:
    """A nest whose right-hand side is an array, or a number made from arrays."""
    rng, made = writer.rng, writer.made
    (statement,) = made.statements
    loops, whole = _loops_and_whole(writer)
    made.forms |= {"array value"} if whole else set()
    result = [label for label in statement.output if label in whole]
    summed = [label for label in loops if label not in statement.output]
    leading = [label for label in statement.output if label in loops]
    rng.shuffle(loops)
    stacked = leading + result == list(statement.output) and len(leading) == 1 and whole
    if stacked and not summed and chance(rng, 40):
        _stacked(writer, statement, whole, result)
    elif whole and not leading and result and len(summed) == 1 and chance(rng, 30):
        made.forms.add("sum of arrays")
        writer.kinds[summed[0]] = "range"
        clause = writer.clause(summed[0])
        writer.line(f"return sum({_value(writer, statement, whole, result)} {clause})")
    else:
        _in_place(writer, statement, loops, whole, result)


def _stacked(
    writer: Writer, statement: Statement, whole: frozenset[str], result: list[str]
) -> None:
    """A list of arrays, or of numbers, that is stacked."""
    rng, label = writer.rng, statement.output[0]
    stack = rng.choice(["np.array", "np.stack", "np.asarray"])
    writer.made.forms.add("stacked")
    if chance(rng, 50):
        writer.kinds[label] = "range"
        clause = writer.clause(label)
        writer.line(f"return {stack}([{_value(writer, statement, whole, result)} {clause}])")
        return
    writer.line("rows = []")
    closing = writer.nest([label])
    writer.line(f"rows.append({_value(writer, statement, whole, result)})")
    writer.close(closing)
    writer.line(f"return {stack}(rows)")


def _in_place(
    writer: Writer,
    statement: Statement,
    loops: Sequence[str],
    whole: frozenset[str],
    result: list[str],
) -> None:
    """A target that is stored to, or added to."""
    rng = writer.rng
    if statement.output and chance(rng, 15):
        writer.made.forms.add("parameter target")
        writer.made.extents[statement.target] = [writer.made.size[k] for k in statement.output]
    elif statement.output:
        writer.line(f"{statement.target} = np.zeros({writer.shape(statement.output)})")
    else:
        writer.line(f"{statement.target} = {rng.choice(['0.0', '0'])}")
    closing = writer.nest(loops)
    target = _target(writer, statement, whole)
    value = _value(writer, statement, whole, result) if whole else writer.value(statement)
    if all(label in statement.output for label in loops) and "[" in target and chance(rng, 60):
        writer.line(f"{target} = {value}")
    else:
        writer.update(target, value)
    writer.close(closing)
    writer.line(f"return {statement.target}")
