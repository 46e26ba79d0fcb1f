"""Walks through trees find what those of ``ast`` find."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

from einsum_lint.trees import arguments_in_order, children, walk

LEFT_OUT = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
MORE = """
from . import a as b
match x:
    case {"k": [1, *rest], **others} if y: pass
    case A(p=1) | None as z: pass
async def f[T: int](a: int, /, *args, b=1, **kw) -> int:
    global g
    async with a as b, c: pass
    async for i in x: await y
    try: pass
    except* (E, F) as e: raise E from e
    return lambda q: f"{a!r:>{b}}", {**k, 1: 2}, x[1:2, ...], not (1 < 2 <= 3)
type X = int
class C(metaclass=M): x: int = 3
"""
FILES = sorted(Path(np.__file__).parent.glob("lib/*.py"))[:40]


def parse(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError:  # Python 3.11 has no type parameters
        return ast.parse(text.replace("[T: int]", "").replace("type X = int", ""))


@pytest.mark.parametrize("text", [MORE, *(path.read_text() for path in FILES)])
def test_the_nodes_are_the_same(text: str) -> None:
    tree = parse(text)
    expected = [node for node in ast.walk(tree) if not isinstance(node, LEFT_OUT)]
    assert walk(tree) == expected
    for node in expected:
        own = [child for child in ast.iter_child_nodes(node) if not isinstance(child, LEFT_OUT)]
        assert children(node) == own


@pytest.mark.parametrize(
    "text", ["f(a, *b, k=1, **c)", "f(*a, b, k=1, *c, l=2)", "f(k=1, *a)", "f()"]
)
def test_arguments_are_in_the_order_of_the_text(text: str) -> None:
    call = ast.parse(text, mode="eval").body
    assert isinstance(call, ast.Call)
    found = [(argument.lineno, argument.col_offset) for argument in arguments_in_order(call)]
    assert found == sorted(found)
    assert len(found) == len(call.args) + len(call.keywords)
