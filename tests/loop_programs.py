"""Random loop nests made from random contractions.

What a program means is what it does: it is executed as it was written and as it was rewritten.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
from hypothesis import strategies as st
from loop_equations import Equations, Statement, chance, random_equations
from loop_products import write_products
from loop_running import Program
from loop_writer import Writer

# The forms of the elementwise nests


def _allocate(writer: Writer, statement: Statement, filled: bool) -> bool:
    """Make the target of a statement; tells whether it must still be set to 0."""
    rng, target = writer.rng, statement.target
    if not statement.output:
        writer.line(f"{target} = {rng.choice(['0.0', '0.0', '0', '1.5'])}")
        return False
    shape = writer.shape(statement.output)
    if filled and writer.full(statement.output) and chance(rng, 30):
        writer.made.forms.add("np.empty")
        writer.line(f"{target} = np.empty({shape})")
        return True
    how = rng.randrange(20)
    if how < 4:
        writer.made.forms.add("parameter target")
        writer.made.extents[target] = [writer.made.size[label] for label in statement.output]
    elif how < 6:
        writer.made.forms.add("np.full")
        writer.line(f"{target} = np.full({shape}, 0.5)")
    else:
        writer.line(f"{target} = np.zeros({shape})")
    return filled


def _element(statement: Statement) -> str:
    if not statement.output:
        return statement.target
    return f"{statement.target}[{', '.join(statement.output)}]"


def _accumulate(writer: Writer) -> None:
    """``out[i, j] += …`` in the innermost loop, perhaps for several targets."""
    rng, made = writer.rng, writer.made
    first = made.statements[0]
    summed = [label for label in made.labels if label not in first.output]
    order = [*rng.sample(first.output, len(first.output)), *rng.sample(summed, len(summed))]
    inside = len(made.statements) == 1 and first.output and chance(rng, 40)
    if not inside and chance(rng, 50):
        rng.shuffle(order)
        made.forms.add("any order")
    unset = [_allocate(writer, s, bool(inside)) for s in made.statements]
    if not inside:
        closing = writer.nest(order)
    else:
        closing = writer.nest(order[: len(first.output)])
        made.forms.add("set inside" if unset[0] else "scaled target")
        writer.line(f"{_element(first)} {'= 0.0' if unset[0] else '*= 0.5'}")
        inner = writer.nest(order[len(first.output) :])
        writer.update(_element(first), writer.value(first))
        writer.close(inner)
        if chance(rng, 20):
            made.forms.add("scaled afterwards")
            writer.line(f"{_element(first)} = {_element(first)} / 4")
        writer.close(closing)
        return
    for statement in made.statements:
        writer.update(_element(statement), writer.value(statement))
    writer.close(closing)
    if len(made.statements) > 1:
        made.forms.add("several statements")


def _accumulations(writer: Writer) -> None:
    """One nest that accumulates, or two of them, with the same variables."""
    _accumulate(writer)
    if chance(writer.rng, 12):
        writer.made.forms.add("two nests")
        second = Writer(writer.rng, writer.made, names=writer.names)
        _accumulate(second)
        writer.lines += second.lines
    writer.line(f"return {', '.join(s.target for s in writer.made.statements)}")


def _summed(writer: Writer, statement: Statement) -> str:
    """The value of one element of the target, by a local accumulator or a generator."""
    rng = writer.rng
    summed = [label for label in writer.made.labels if label not in statement.output]
    rng.shuffle(summed)
    if not summed:
        return writer.value(statement)
    if all(writer.kinds[label] != "while" for label in summed) and chance(rng, 30):
        writer.made.forms.add("sum(generator)")
        clauses = " ".join(writer.clause(label) for label in summed)
        return f"sum({writer.value(statement)} {clauses})"
    writer.made.forms.add("local accumulator")
    name = writer.fresh("s")
    writer.line(f"{name} = {rng.choice(['0.0', '0'])}")
    closing = writer.nest(summed)
    writer.update(name, writer.value(statement))
    writer.close(closing)
    return name


def _store(writer: Writer) -> None:
    """Each element is computed, and stored once."""
    (statement,) = writer.made.statements
    _allocate(writer, statement, filled=True)
    closing = writer.nest(writer.rng.sample(statement.output, len(statement.output)))
    value = _summed(writer, statement)
    writer.line(f"{_element(statement)} = {value}")
    writer.close(closing)
    writer.line(f"return {statement.target}")


def _append(writer: Writer) -> None:
    """Lists of elements that are made an array afterwards."""
    writer.made.forms.add("append")
    (statement,) = writer.made.statements
    closings: list[tuple[list[str], str]] = []
    lists = [statement.target, *(writer.fresh("row") for _ in statement.output[1:])]
    for label, name in zip(statement.output, lists, strict=True):
        writer.line(f"{name} = []")
        closings.append((writer.nest([label]), name))
    value = _summed(writer, statement)
    while closings:
        closing, name = closings.pop()
        writer.line(f"{name}.append({value})")
        writer.close(closing)
        value = name
    writer.line(f"return np.{writer.rng.choice(['array', 'asarray'])}({statement.target})")


def _comprehension(writer: Writer) -> None:
    """Nested list comprehensions around a sum."""
    writer.made.forms.add("comprehension")
    (statement,) = writer.made.statements
    for label in writer.made.labels:
        if writer.kinds[label] == "while":
            writer.kinds[label] = "range"
    clauses = [writer.clause(label) for label in statement.output]
    summed = [label for label in writer.made.labels if label not in statement.output]
    if summed:
        inner = " ".join(writer.clause(label) for label in summed)
        text = f"sum({writer.value(statement)} {inner})"
    else:
        text = writer.value(statement)
    for clause in reversed(clauses):
        text = f"[{text} {clause}]"
    writer.line(f"return np.array({text})" if clauses else f"return {text}")


def _linear(writer: Writer) -> None:
    """``out[i] += flat[p] * …`` with a running counter, or ``flat[i * n + j]``."""
    rng, made = writer.rng, writer.made
    (statement,) = made.statements
    made.forms.add("linear subscript")
    labels = list(made.labels)
    rng.shuffle(labels)
    writer.kinds |= dict.fromkeys(labels, "range")
    _allocate(writer, statement, filled=False)
    made.extents["flat"] = [int(np.prod([made.size[label] for label in labels]))]
    subscript = labels[0]
    for label in labels[1:]:
        subscript = f"({subscript})" if " + " in subscript else subscript
        subscript = f"{subscript} * {made.bounds[label]} + {label}"
    counted = chance(rng, 50)
    if counted:
        made.forms.add("running counter")
        writer.line("p = 0")
        subscript = "p"
    for label in labels:
        writer.line(f"for {label} in {writer.range_of(label)}:")
        writer.depth += 1
    value = writer.value(statement)
    value = f"({value})" if " + " in value or " - " in value else value
    writer.update(_element(statement), f"flat[{subscript}] * {value}")
    if counted:
        writer.line("p += 1")
    writer.depth -= len(labels)
    writer.line(f"return {statement.target}")


def random_program(rng: random.Random) -> Program:
    """A random contraction in a random form."""
    how = rng.randrange(100)
    if how < 30:
        made = random_equations(rng, terms=1, most=4)
        writer = Writer(rng, made)
        write_products(writer)
    else:
        statements = rng.choice([1, 1, 1, 2, 3]) if how < 60 else 1
        made = random_equations(rng, statements=statements, odd=chance(rng, 50))
        writer = Writer(rng, made)
        forms = [_accumulations, _store]
        if made.statements[0].output:
            forms += [_append, _comprehension]
        if "downwards" not in made.forms and len(made.labels) > 1:
            forms.append(_linear)
        (_accumulations if how < 60 else rng.choice(forms))(writer)
    return _program(writer)


def _checks(rng: random.Random, made: Equations) -> Iterator[str]:
    """Rows that make the dtypes, and perhaps the shapes, of the arrays known."""
    if not chance(rng, 20):
        return
    made.forms.add("known dtypes")
    for array, extents in made.extents.items():
        if array not in (statement.target for statement in made.statements):
            yield f"{array} = np.{rng.choice(['asarray', 'array'])}({array}, dtype=float)"
            if chance(rng, 50):
                shape = ", ".join(map(str, extents)) + ("," if len(extents) == 1 else "")
                yield f"assert {array}.shape == ({shape})"


def _program(writer: Writer) -> Program:
    made: Equations = writer.made
    rows = [*_checks(writer.rng, made), *dict.fromkeys(made.prelude)]
    body = [f"    {row}" for row in rows] + writer.lines
    scalars = tuple(name for name in made.scalars if any(name in row for row in body))
    integers = {
        name: value for name, value in made.integers.items() if any(name in row for row in body)
    }
    parameters = [*made.extents, *integers, *scalars]
    imports = "import numpy as np\n"
    if any("itertools." in row for row in body):
        imports = "import itertools\n\n" + imports
    text = f"{imports}\n\ndef kernel({', '.join(parameters)}):\n" + "\n".join(body) + "\n"
    arrays = {name: tuple(extents) for name, extents in made.extents.items()}
    return Program(text, arrays, integers, scalars, frozenset(made.forms))


def programs() -> st.SearchStrategy[Program]:
    """Random programs, as a strategy that shrinks."""
    return st.randoms(use_true_random=False).map(random_program)


def seeded_programs(seed: int) -> Iterator[Program]:
    """Random programs without end."""
    rng = random.Random(seed)
    while True:
        yield random_program(rng)
