"""``fixtures/refusals``: loops that are no contraction, each with the reason on the row where it shows.

A comment ``# why-not: words`` says that the nest is refused on that row, for a reason with these words;
``# passed over: words`` that the loop does not look like a contraction at all, so that nothing is said.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from rewriting import rewritten

from einsum_lint.engine import find_refusals

FOLDER = Path(__file__).parent.parent / "fixtures" / "refusals"
FILES = sorted(FOLDER.glob("*.py"))
WHY_NOT = re.compile(r"# why-not: (.+)$", re.MULTILINE)
PASSED_OVER = re.compile(r"# passed over: (.+)$", re.MULTILINE)


def nests(path: Path) -> list[tuple[str, str]]:
    """The functions of a fixture, by name."""
    text = path.read_text(encoding="utf-8")
    rows = text.splitlines()
    return [
        (node.name, "\n".join(rows[node.lineno - 1 : node.end_lineno]))
        for node in ast.parse(text).body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


CASES = [
    pytest.param(path, name, text, id=f"{path.stem}:{name}")
    for path in FILES
    for name, text in nests(path)
]


def module(path: Path, name: str) -> str:
    """The text of a fixture without its other functions, the rows kept."""
    text = path.read_text(encoding="utf-8")
    rows = text.splitlines()
    for node in ast.parse(text).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name != name:
            assert node.end_lineno is not None
            first = min([node.lineno, *(part.lineno for part in node.decorator_list)])
            span = range(first - 1, node.end_lineno)
            rows[span.start : span.stop] = [""] * len(span)
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize(("path", "name", "text"), CASES)
def test_the_reason_is_reported_on_its_row(path: Path, name: str, text: str) -> None:
    source = module(path, name)
    found = {(r.span.start.row, r.reason) for r in find_refusals(source.encode())}
    for row, line in enumerate(source.splitlines(), 1):
        for words in WHY_NOT.findall(line):
            assert any(at == row and words in reason for at, reason in found), found
    if PASSED_OVER.search(text):
        assert not found


@pytest.mark.parametrize(("path", "name", "text"), CASES)
def test_the_nest_is_left_alone(path: Path, name: str, text: str) -> None:
    source = module(path, name)
    assert rewritten(source) == source


@pytest.mark.parametrize(("path", "name", "text"), CASES)
def test_every_nest_says_why_not(path: Path, name: str, text: str) -> None:
    assert len(WHY_NOT.findall(text)) + len(PASSED_OVER.findall(text)) == 1


def test_a_function_that_is_given_to_a_compiler() -> None:
    body = "    s = 0.0\n    for i in range(a.shape[0]):\n        s += a[i] * a[i]\n    return s\n"
    text = f"import numpy as np\n\ndef f(a):\n{body}\n"
    assert not find_refusals(text.encode())
    (found,) = find_refusals(f"{text}\ng = nb.njit(parallel=True)(f)\n".encode())
    assert found.reason == "the function is compiled"
