"""Functions of numbers as broadcast expressions: ``np.exp(-x[:, None] * np.arange(n))``."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from ..contraction import (
    Factor,
    Index,
    Pointwise,
    Size,
    Sum,
    accesses,
    affine,
    constant_of,
    indices_of,
)
from ..dims import Monomial, Polynomial
from .code import Code, Level, added, call, colon, constant, product, source
from .code import size as code_of
from .sizes import Scene, Unwritable, total
from .views import bracket

Axes = Sequence[Index]
Write = Callable[[Sum, Axes], Code]
"""Writes a sum as an array with these axes."""

COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})
_PRODUCTS = frozenset({"/", "//", "%"})
_TRUTHS = re.compile(r"(^|\.)(isnan|isinf|isfinite|signbit|logical_\w+|isclose)$")
_FROM_MATH = frozenset(
    {"sqrt", "exp", "expm1", "log", "log1p", "log2", "log10", "hypot", "fabs", "floor", "ceil"}
    | {"sin", "cos", "tan", "sinh", "cosh", "tanh", "trunc", "degrees", "radians"}
)
_BARE = re.compile(r"[A-Za-z_][\w.]*|\d[\d.]*")


def is_mask(factor: Factor) -> bool:
    """Whether a factor is a truth value."""
    if not isinstance(factor, Pointwise):
        return False
    return factor.function in COMPARISONS or bool(_TRUTHS.search(factor.function))


def divisor(factor: Factor) -> tuple[complex, Sum] | None:
    """A factor that is a number divided by something, as the number and the something."""
    if isinstance(factor, Pointwise) and factor.function == "/":
        above = constant_of(factor.arguments[0])
        if above is not None:
            return above, factor.arguments[1]
    return None


def function(scene: Scene, factor: Pointwise, axes: Axes, write: Write) -> Code:
    """A function of numbers, for each value of the indices in ``axes``."""
    name = factor.function
    _allow_open(factor)
    parts = [write(argument, axes) for argument in factor.arguments]
    if not name:
        return parts[0]
    if name.startswith("."):
        return Code(f"{parts[0].at(Level.ATOM)}{name}")
    if len(parts) == 2 and not name[0].isidentifier():
        return _operator(factor, parts[0], parts[1])
    if name.startswith("numpy."):
        name = f"{scene.lift.numpy}.{name.removeprefix('numpy.')}"
    elif indices_of(factor) or _is_open(factor):
        name = _of_arrays(scene, name)
    return call(name, [part.text for part in parts])


def _is_open(factor: Pointwise) -> bool:
    return any(access.open for access in accesses(factor))


def _allow_open(factor: Pointwise) -> None:
    """Further axes of unknown number are broadcast rightly only where they stand alone."""
    arrays = [a for a in accesses(factor) if a.open or indices_of(a)]
    if any(a.open for a in arrays) and len(arrays) > 1:
        raise Unwritable


def _of_arrays(scene: Scene, name: str) -> str:
    """The name of a function that takes whole arrays."""
    numpy = scene.lift.numpy
    if name.startswith(f"{numpy}.") or name == "abs":
        return name
    module, _, plain = name.rpartition(".")
    if module == "math" and plain in _FROM_MATH:
        return f"{numpy}.{plain}"
    raise Unwritable


def _operator(factor: Pointwise, left: Code, right: Code) -> Code:
    name = factor.function
    if name in COMPARISONS:
        text = f"{left.at(Level.SUM)} {name} {right.at(Level.SUM)}"
        return Code(text, Level.COMPARISON)
    if name in _PRODUCTS:
        return Code(f"{left.at(Level.PRODUCT)} {name} {right.at(Level.SIGN)}", Level.PRODUCT)
    if name != "**":
        raise Unwritable
    _check_power(factor)
    base, exponent = left.at(Level.ATOM), right.at(Level.SIGN)
    hugged = _BARE.fullmatch(base) and _BARE.fullmatch(exponent.removeprefix("-"))
    return Code(f"{base}**{exponent}" if hugged else f"{base} ** {exponent}", Level.POWER)


def _check_power(factor: Pointwise) -> None:
    """A power of integers is exact in Python, and not in NumPy."""
    base, exponent = factor.arguments
    if not any(indices_of(term) for argument in factor.arguments for term in argument):
        return
    if any(True for _ in accesses(base)):
        return
    number = constant_of(base)
    if isinstance(number, float):
        return
    natural = all(
        isinstance(term.coefficient, int) and term.coefficient > 0 and not any(accesses(term))
        for term in exponent
    )
    if number not in (1, -1) or not natural:
        raise Unwritable


def polynomial(scene: Scene, value: Polynomial, axes: Axes) -> Code:
    """The numbers that a polynomial is, for each value of the indices in ``axes``."""
    split = affine(value)
    if split is not None and len(split[1]) == 1:
        ((index, coefficient),) = split[1].items()
        if coefficient == 1 and scene.extent(index).step == 1:
            return _spread(_range(scene, index, split[0]), index, axes)
    ordered = sorted(value.terms, key=lambda term: (-len(term[0]), term[0]))
    parts = [(1 if c > 0 else -1, _monomial(scene, m, abs(c), axes)) for m, c in ordered]
    return added(parts)


def _monomial(scene: Scene, monomial: Monomial, coefficient: int, axes: Axes) -> Code:
    factors = [] if coefficient == 1 and monomial else [constant(coefficient)]
    for symbol in monomial:
        if symbol.number:
            factors.append(_spread(_range(scene, symbol, 0), symbol, axes))
        else:
            factors.append(source(symbol.name))
    return product(factors)


def _range(scene: Scene, index: Index, start: Size) -> Code:
    """The values of an index, moved by a start."""
    extent = scene.extent(index)
    stop = code_of(total(start, extent.span)).text
    bounds = [stop] if start == 0 else [code_of(start).text, stop]
    if extent.step != 1:
        bounds = ["0", stop, str(extent.step)]
    return call(f"{scene.lift.numpy}.arange", bounds)


def _spread(code: Code, index: Index, axes: Axes) -> Code:
    """One axis among others."""
    if index not in axes:
        raise Unwritable
    after = len(axes) - 1 - list(axes).index(index)
    return Code(code.text + bracket([colon(0, None)] + ["None"] * after)) if after else code


def is_attribute(factor: Factor) -> bool:
    """Whether a factor may be a view of an array: ``x.real``."""
    return isinstance(factor, Pointwise) and factor.function[:1] in ("", ".")
