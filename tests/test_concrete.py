"""The parts of libcst nodes against their own ``children``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import libcst as cst
import pytest

from einsum_lint.concrete import parts

FILES = sorted((Path(__file__).parent.parent / "einsum_lint").rglob("*.py"))
RARE = """
@decorated(1)
def f(a, /, b: int = 2, *args: c, d=e(), **kwargs) -> g():
    x = (b if a() else d)[1:2:3, ..., ::a]
    lambda u, *, v=w: (yield from v)
    async with a() as b, c: await d
    try: pass
    except* (A, B()) as e: raise f() from g
    return f"{a():{b()}}" "c" rf"{d!r}"
class C(D, *E, metaclass=F()): x: int = (y := {**a, b: c, 1: {2, *d}})
match a():
    case B(c, d=[e, *f]) | {1: g, **h} if i(): del j[0], k
while not -a < b in c: global z
else: assert a, b()
for x, in [u for v in w if x for y in z if a if b], {k: v() for k in l}, (g async for g in h): a @= 1
import a.b as c
from .d import (e as f, g)
"""
NEW = """
type X[T: int = str, *U, **V] = list[T]
def f[T](a: T) -> T: return a
class C[T](D): pass
"""
_OTHERS = (
    cst.BaseParenthesizableWhitespace, cst.TrailingWhitespace, cst.EmptyLine, cst.Newline,
    cst.Comma, cst.Semicolon, cst.AssignEqual, cst.LeftParen, cst.RightParen, cst.Dot, cst.Colon,
    cst.LeftSquareBracket, cst.RightSquareBracket, cst.LeftCurlyBrace, cst.RightCurlyBrace,
    cst.Asynchronous, cst.BaseBinaryOp, cst.BaseAugOp, cst.BaseCompOp, cst.BaseBooleanOp,
    cst.BaseUnaryOp,
)  # fmt: skip


def nodes(tree: cst.CSTNode) -> Iterator[tuple[Sequence[cst.CSTNode], Sequence[cst.CSTNode]]]:
    """What a node has in it, by ``children`` and by ``parts``, of all nodes of a tree."""
    found = [node for node in tree.children if not isinstance(node, _OTHERS)]
    yield found, parts(tree)
    for node in found:
        yield from nodes(node)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(RARE, id="rare"),
        pytest.param(NEW, id="new"),
        *(pytest.param(path.read_text(), id=path.name) for path in FILES),
    ],
)
def test_the_parts_are_the_children_in_the_order_of_the_text(text: str) -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(4 * limit)
    try:
        for children, ours in nodes(cst.parse_module(text)):
            assert [*map(id, ours)] == [*map(id, children)]
    finally:
        sys.setrecursionlimit(limit)
