"""The trial of a rewriting: both texts, and inputs made from what is known of the operands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..contraction import Size, accesses, symbols_of
from ..dims import Polynomial, Symbol, subtract
from ..nests import EXPRESSIONS, ArrayExpression, LoopNest, Operand
from ..trial import Input, Trial
from .assumptions import is_list
from .code import constant
from .code import size as code_of
from .sizes import Scene

_DIAGONAL = re.compile(r"\bdiag(?:onal)?\(")
"""What gives an array that can't be written to, which einsum does not."""
RESULT = "_result"
"""The name of the value of a comprehension."""


def trial(nest: LoopNest, scene: Scene, lines: Sequence[str], dropped: Sequence[str]) -> Trial:
    """What is executed to prove a rewriting."""
    if nest.kind in EXPRESSIONS:
        before = [*nest.place.steps, f"{RESULT} = {nest.place.text}"]
        if isinstance(nest, ArrayExpression) and nest.as_numpy:
            before = [f"{RESULT} = {nest.as_numpy}"]
        after = [f"{RESULT} = {lines[0]}", *lines[1:]]
        if _DIAGONAL.search("\n".join(before)):
            before, after = ([*rows, f"{RESULT} = {RESULT}.copy()"] for rows in (before, after))
        made: set[str] = set()
        results: tuple[str, ...] = (RESULT,)
    else:
        targets = dict.fromkeys(update.target.array for update in scene.lift.updates)
        results = tuple(name for name in targets if name.isidentifier())
        lists = [update.target.array for update in scene.lift.updates if is_list(update)]
        starts = dict(_starts(nest, scene, results, dropped))
        made = {*starts, *lists}
        before = [*starts.values(), *(f"{name} = []" for name in lists), nest.place.text]
        before += [f"{name} = {scene.lift.numpy}.array({name})" for name in lists]
        after = [*(text for name, text in starts.items() if name not in dropped), *lines]
    given = [f"{name} = {code_of(size).text}" for name, size in nest.given.items()]
    before, after = [*given, *before], [*given, *after]
    inputs = tuple(_inputs(scene, {*made, *nest.given}))
    texts = "\n".join(before), "\n".join(after)
    assumed = [*scene.lift.assumptions, *(need.text for need in scene.needs)]
    empty = "no loop is empty" not in assumed
    return Trial(*texts, _header(scene, texts), inputs, results, empty)


def _header(scene: Scene, texts: Sequence[str]) -> str:
    numpy = scene.lift.numpy
    lines = ["import numpy" if numpy == "numpy" else f"import numpy as {numpy}"]
    text = "\n".join(texts)
    lines += [f"import {module}" for module in ("itertools", "math") if f"{module}." in text]
    if "product(" in text and "itertools.product(" not in text:
        lines.append("from itertools import product")
    for name, function in scene.lift.functions:
        module, _, own = function.rpartition(".")
        if module.partition(".")[0] == "numpy":
            lines.append(f"from {module} import {own} as {name}")
    return "\n".join(lines)


def _starts(
    nest: LoopNest, scene: Scene, results: Sequence[str], dropped: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """The statements before the nest that give names their first values."""
    names = {update.target.array for update in scene.lift.updates if not update.target.subscripts}
    for name in {**nest.starts, **dict.fromkeys(results)}:
        if name in nest.starts and (name in names or name not in scene.lift.operands):
            yield name, f"{name} = {constant(nest.starts[name]).text}"
        elif name in dropped:
            operand = scene.operand(name)
            sizes = [code_of(size).text for size in operand.sizes]
            shape = f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"
            dtype = f"{scene.lift.numpy}.{operand.dtype}"
            yield name, f"{name} = {scene.lift.numpy}.zeros({shape}, dtype={dtype})"


def _inputs(scene: Scene, made: set[str]) -> Iterator[Input]:
    for name in scene.lift.integers:
        if name not in made:
            yield Input(name, "integer", least=(_least(scene, Symbol(name, 0)),))
    for operand in scene.lift.operands.values():
        if operand.name.partition(".")[0] in (scene.lift.numpy, "math"):
            continue  # np.pi
        if operand.name not in made and operand.name not in scene.lift.integers:
            sizes = _sizes(scene, operand)
            least = tuple(
                (*(operand.least[k] if k < len(operand.least) else ()), *_least_of(scene, size))
                for k, size in enumerate(sizes)
            )
            yield Input(operand.name, "array", sizes, least, operand.dtype)


def _sizes(scene: Scene, operand: Operand) -> tuple[Size, ...]:
    """The sizes of an array; one of any rank gets a further axis, the same for all of them."""
    if operand.rank is not None:
        return _accumulated_sizes(scene, operand)
    own = range(len(operand.sizes), _subscripts(scene, operand))
    missing = [_alone(Symbol(f"{operand.name}.shape[{k}]", 0)) for k in own]
    return (*operand.sizes, *missing, _further(scene))


def _further(scene: Scene) -> Size:
    """The size of the axes that have no subscript."""
    names = [o.name for o in scene.lift.operands.values() if o.rank is None]
    return _alone(Symbol(f"{names[0]}.shape[-1]", 0))


def _accumulated_sizes(scene: Scene, operand: Operand) -> tuple[Size, ...]:
    """The sizes of an array, those of what is added to it where it is a name that adds up."""
    for update in scene.lift.updates:
        axes, target = update.value.axes, update.target
        if target.array == operand.name and not target.subscripts:
            spans = [1 if axis is None else scene.extent(axis).span for axis in axes]
            more = [_further(scene)] if update.value.open else []
            return (*operand.sizes[: len(operand.sizes) - len(spans)], *spans, *more)
    return operand.sizes


def _subscripts(scene: Scene, operand: Operand) -> int:
    """How many subscripts an array of any rank has."""
    return max(
        len(access.subscripts)
        for update in scene.lift.updates
        for access in (update.target, *accesses(update.value.terms))
        if access.array == operand.name
    )


def _alone(symbol: Symbol) -> Polynomial:
    return Polynomial((((symbol,), 1),))


def _least_of(scene: Scene, size: Size) -> tuple[Size, ...]:
    if isinstance(size, Polynomial) and len(size.terms) == 1:
        ((monomial, coefficient),) = size.terms
        if len(monomial) == 1 and coefficient == 1:
            return _least(scene, monomial[0])
    return ()


def _least(scene: Scene, symbol: Symbol) -> tuple[Size, ...]:
    """What a size is assumed to be at least."""
    alone = _alone(symbol)
    found = []
    for bound in scene.needs.bounds:
        rest = subtract(alone, bound)
        if rest is not None and symbol not in symbols_of(rest):
            found.append(rest)
    return tuple(found)
