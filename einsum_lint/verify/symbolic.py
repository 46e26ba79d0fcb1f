"""Proves a rewriting on arrays of symbols: both texts must leave equal polynomials behind."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from .arrays import UNBOUND, dtype_of, lookup, namespace
from .elements import symbols
from .interpreter import Interpreter
from .polynomials import Poly, Ring, TooMuch, agree
from .program import Program
from .sizes import Choice


@dataclass(frozen=True, slots=True)
class Proof:
    """The outcome: proved, or how the texts differ, or neither."""

    proved: bool
    fault: str | None = None


def prove(program: Program, choices: Sequence[Choice]) -> Proof:
    """Interpret both texts with symbols for each choice of sizes, and compare.

    A choice that takes too much work is left out, as long as two others are proved.
    """
    proved = 0
    for choice in choices:
        try:
            proof = _prove(program, choice)
        except TooMuch:
            continue
        if not proof.proved:
            return proof
        proved += 1
    return Proof(0 < proved >= min(2, len(choices)))


def _prove(program: Program, choice: Choice) -> Proof:
    real = not any(dtype_of(i).kind == "c" for i in program.inputs if i.kind == "array")
    ring = Ring(real=real)
    try:
        before = interpreted(program, program.before, choice, ring)
        after = interpreted(program, program.after, choice, ring)
    except TooMuch:
        raise
    except Exception:
        # Beyond, or an error of the text itself: the execution decides on that.
        return Proof(False)
    proofs = [_compared(ring, name, value, after[name]) for name, value in before.items()]
    faults = [proof.fault for proof in proofs if proof.fault is not None]
    if faults:
        return Proof(False, f"{faults[0]} ({choice})")
    return Proof(all(proof.proved for proof in proofs))


def _compared(ring: Ring, name: str, before: Any, after: Any) -> Proof:
    """Compare one result, element for element."""
    if before is UNBOUND and after is UNBOUND:
        return Proof(True)
    one, other = _array(before), _array(after)
    if one is None or other is None:
        return Proof(False)
    if one.shape != other.shape:
        return Proof(False, f"{name}: the shape is {one.shape} before, {other.shape} after")
    for place in np.ndindex(*one.shape):
        left, right = ring.poly(one[place]), ring.poly(other[place])
        if left is None or right is None:
            return Proof(False)
        if not agree(left, right):
            if ring.is_opaque(left) or ring.is_opaque(right):
                return Proof(False)
            where = f"{name}{list(map(int, place)) or ''}"
            return Proof(False, f"{where}: the terms of the sum differ")
    return Proof(True)


def interpreted(program: Program, tree: ast.Module, choice: Choice, ring: Ring) -> dict[str, Any]:
    """What a text leaves behind: the results, and the inputs that it may have changed."""
    values = _inputs(program, choice, ring)
    names = namespace(values, program.paths)
    Interpreter(names, program.modules, ring).run(tree)
    found = {name: lookup(names, name) for name in program.results}
    arrays = {n: v for n, v in values.items() if isinstance(v, np.ndarray)}
    return found | {f"input {name}": value for name, value in arrays.items()}


def _inputs(program: Program, choice: Choice, ring: Ring) -> dict[str, Any]:
    values: dict[str, Any] = dict(choice.integers)
    for name, shape in choice.shapes.items():
        array = np.empty(shape, dtype=object)
        for place in np.ndindex(*shape):
            array[place] = ring.element(name, tuple(place))
        values[name] = array if shape else array[()]
    return values


def _array(value: Any) -> Any:
    """A result as an array, None when it is no array, number or list of them."""
    known = isinstance(value, (np.ndarray, list, Poly, int, Fraction))
    return symbols(value) if known else None
