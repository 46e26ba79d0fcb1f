"""What of a text need not be parsed."""

from __future__ import annotations

import ast
import random
from pathlib import Path

import numpy as np
import pytest

from einsum_lint.outline import outline
from einsum_lint.reading import decode

TEXT = '''"""Docs
at the left:
def not_a_function():
"""
import numpy as np

N = helper(2)


@decorated(
    1
)
def asked(a):
    return other(a)


class Left:
    """One.

Two.
    """

    def method(self):
        return 1


def other(a):
    return [
        a]


async def left(a):
    return a
if N:
    print()
def helper(n):
    return n


def also_left(): return '''


def rows_with(text: str, word: str) -> list[int]:
    return [row for row, line in enumerate(text.split("\n"), 1) if word in line]


def test_what_is_asked_for_stays_and_what_it_calls() -> None:
    found = outline(TEXT, rows_with(TEXT, "return other(a)"))
    assert found.names == {"Left", "left", "also_left"}
    lines = found.text.split("\n")
    assert len(lines) == len(TEXT.split("\n"))
    for mine, theirs in zip(lines, TEXT.split("\n"), strict=True):
        assert mine in ("", theirs)
    names = [n.name for n in ast.parse(found.text).body if isinstance(n, ast.FunctionDef)]
    assert names == ["asked", "other", "helper"]


@pytest.mark.parametrize("row", rows_with(TEXT, "decorated") + rows_with(TEXT, "def asked"))
def test_decorators_belong_to_the_function(row: int) -> None:
    assert "asked" not in outline(TEXT, [row]).names


@pytest.mark.parametrize(
    "change",
    [("return [", "global N"), ("return [", "import pandas"), ("\n", "\r\n"), ("N =", "\fN =")],
    ids=["global", "pandas", "crlf", "form feed"],
)
def test_a_text_that_is_not_so_simple_is_whole(change: tuple[str, str]) -> None:
    text = TEXT.replace(*change)
    found = outline(text, rows_with(text, "return other(a)"))
    assert (found.text, found.names) == (text, frozenset())


def test_every_name_that_is_left_out_is_told() -> None:
    text = (
        'def first():\n    """One \'\'\' of them."""\n\n\ndef sum(a):\n    """And \'\'\'."""\n\n\n'
    )
    found = outline(f"{text}def asked(a):\n    return a\n", [10])
    assert found.names == {"first", "sum"}, "the quotes hide where the first function ends"


def test_a_row_of_the_module_itself_asks_for_everything() -> None:
    assert outline(TEXT, rows_with(TEXT, "print()")).text == TEXT


@pytest.mark.parametrize(
    "path", sorted(Path(np.__file__).parent.glob("*/*.py")), ids=lambda p: p.name
)
def test_the_statements_that_stay_are_the_same(path: Path) -> None:
    text, _ = decode(path.read_bytes())
    whole = ast.parse(text).body
    functions = [node for node in whole if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    rng = random.Random(path.name)
    asked = sorted(rng.sample(functions, min(3, len(functions))), key=lambda node: node.lineno)
    found = outline(text, [node.lineno for node in asked])
    expected = [node for node in whole if getattr(node, "name", "") not in found.names]
    assert [*map(ast.dump, ast.parse(found.text).body)] == [*map(ast.dump, expected)]
    assert found.names.isdisjoint(node.name for node in asked)
