"""Pieces of source text, put together with the parentheses that they need and no others."""

from __future__ import annotations

import ast
import enum
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..contraction import Size
from ..dims import Monomial, Polynomial


class Level(enum.IntEnum):
    """How tightly the outermost operator of a piece binds."""

    COMPARISON = 0
    AND = 1
    SUM = 2
    PRODUCT = 3
    SIGN = 4
    POWER = 5
    ATOM = 6


@dataclass(frozen=True, slots=True)
class Code:
    """The text of an expression, and how tightly its outermost operator binds."""

    text: str
    level: Level = Level.ATOM

    def at(self, level: Level) -> str:
        """The text, in parentheses if it binds less tightly than this."""
        return self.text if self.level >= level else f"({self.text})"


_LEVELS: dict[type[ast.AST], Level] = {
    ast.Add: Level.SUM, ast.Sub: Level.SUM,
    ast.Mult: Level.PRODUCT, ast.Div: Level.PRODUCT, ast.FloorDiv: Level.PRODUCT,
    ast.Mod: Level.PRODUCT, ast.MatMult: Level.PRODUCT,
    ast.Pow: Level.POWER,
}  # fmt: skip


@functools.lru_cache(maxsize=1024)
def source(text: str) -> Code:
    """A text that the file has, such as the name of a size."""
    node = ast.parse(text, mode="eval").body
    match node:
        case ast.BinOp(op=op):
            return Code(text, _LEVELS.get(type(op), Level.COMPARISON))
        case ast.UnaryOp(op=op) if not isinstance(op, ast.Not):
            return Code(text, Level.SIGN)
        case ast.Name() | ast.Attribute() | ast.Call() | ast.Subscript() | ast.Constant():
            return Code(text)
    return Code(text, Level.COMPARISON)


def operand(text: str) -> Code | None:
    """The text of an argument, which may go over rows; None where it can be no operand."""
    try:
        code = source(f"({text})")
    except SyntaxError:
        return None
    on_rows = code.level is not Level.ATOM and len(text.splitlines()) > 1
    return Code(code.text) if on_rows else Code(text, code.level)


def product(parts: Sequence[Code], divisors: Sequence[Code] = ()) -> Code:
    """``a * b / c``."""
    if len(parts) == 1 and not divisors:
        return parts[0]
    first = parts[0].at(Level.PRODUCT) if parts else "1"
    rest = "".join(f" * {part.at(Level.SIGN)}" for part in parts[1:])
    under = "".join(f" / {part.at(Level.SIGN)}" for part in divisors)
    return Code(f"{first}{rest}{under}", Level.PRODUCT)


def negative(code: Code) -> Code:
    """``-a``."""
    level = Level.PRODUCT if code.level is Level.PRODUCT else Level.SIGN
    return Code(f"-{code.at(Level.PRODUCT)}", level)


def added(parts: Sequence[tuple[int, Code]]) -> Code:
    """``a + b - c`` of signs and pieces; a positive piece goes first if there is one."""
    if not parts:
        return Code("0")
    first = next((k for k, (sign, _) in enumerate(parts) if sign > 0), 0)
    ordered = [parts[first], *parts[:first], *parts[first + 1 :]]
    (sign, head), rest = ordered[0], ordered[1:]
    start = head if sign > 0 else negative(head)
    if not rest:
        return start
    more = "".join(f" {'-' if s < 0 else '+'} {code.at(Level.PRODUCT)}" for s, code in rest)
    return Code(f"{start.at(Level.SUM)}{more}", Level.SUM)


def constant(value: complex) -> Code:
    """A number."""
    if isinstance(value, complex) and value.real:
        return Code(repr(value))
    text = repr(value)
    return Code(text, Level.SIGN if text.startswith("-") else Level.ATOM)


def size(value: Size) -> Code:
    """A polynomial as an author writes it: ``2 * n``, ``n - 1``, ``m * n``."""
    if isinstance(value, int):
        return constant(value)
    ordered = sorted(value.terms, key=lambda term: (-len(term[0]), term[0]))
    return added([(-1 if c < 0 else 1, _monomial(abs(c), symbols)) for symbols, c in ordered])


def _monomial(coefficient: int, symbols: Monomial) -> Code:
    factors = [source(symbol.name) for symbol in symbols]
    return product(factors if coefficient == 1 and factors else [constant(coefficient), *factors])


_SIMPLE = re.compile(r"-?\w*")


def colon(lower: Size, upper: Size | Code | None, step: Size = 1) -> str:
    """A slice, spaced as black does: ``:n``, ``1 : n + 1``, ``::-1``."""
    low = size(lower).text if lower != 0 else ""
    stop = size(upper) if isinstance(upper, int | Polynomial) else upper
    high = "" if stop is None else stop.text
    parts = [low, high] + ([size(step).text] if step != 1 else [])
    if all(_SIMPLE.fullmatch(part) for part in parts):
        return ":".join(parts)
    text = parts[0]
    for part in parts[1:]:
        text = f"{text} :" if text and not text.endswith(":") else f"{text}:"
        text = f"{text} {part}" if part else text
    return text


def call(function: str, arguments: Sequence[str]) -> Code:
    """A call."""
    return Code(f"{function}({', '.join(arguments)})")
