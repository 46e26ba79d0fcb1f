"""The documents of ``fixtures/shapes``: prose and code, where comments state what is inferred.

Behind an assignment to a name, or behind an expression, a comment says what is known of it there:
``# shape: (3, n)``, ``# dtype: float64``, ``# rank: 4``, several of them separated by ``;``.  A size
that is not known is ``?``, and ``...`` stands for any number of axes; ``# shape: ?`` says that
nothing is known.  The code is run, too, where its libraries are installed: what is stated must be true.
"""

from __future__ import annotations

import ast
import importlib.util
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_inference import facts
from test_signatures import Blurred

from einsum_lint.dims import Polynomial
from einsum_lint.shapes import NOTHING_KNOWN, ArrayFact, Shape
from einsum_lint.shown import shown as shape_shown

FOLDER = Path(__file__).parent.parent / "fixtures" / "shapes"
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
CLAIM = re.compile(r"#\s*((?:shape|dtype|rank):.*)$")


@dataclass(frozen=True)
class Claim:
    """What a comment states of an expression, behind the row on which its statement ends."""

    row: int
    indent: str
    expression: str
    stated: dict[str, str]


def blocks() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        for match in BLOCK.finditer(text):
            row = text.count("\n", 0, match.start()) + 2
            yield pytest.param(match[1], id=f"{path.name}:{row}")


def claims(code: str) -> list[Claim]:
    """The statements of a block that have a comment, in order."""
    lines, found = code.splitlines(), []
    for node in ast.walk(ast.parse(code)):
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=expression)])
                | ast.AugAssign(target=ast.Name(id=expression))
            ):
                pass
            case ast.Expr(value=value):
                expression = ast.unparse(value)
            case _:
                continue
        row = node.end_lineno or node.lineno
        comment = CLAIM.search(lines[row - 1])
        if comment is not None:
            parts = [part.split(":", 1) for part in comment[1].split(";")]
            stated = {name.strip(): text.strip() for name, text in parts}
            found.append(Claim(row, " " * node.col_offset, expression, stated))
    return sorted(found, key=lambda claim: claim.row)


def with_probes(code: str, probe: str) -> str:
    """The code with a call that takes each expression, behind the statement that it belongs to."""
    lines = code.splitlines()
    for claim in reversed(claims(code)):
        lines.insert(claim.row, claim.indent + probe.format(claim.expression, claim.row))
    return "\n".join(lines) + "\n"


def inferred(code: str) -> dict[int, ArrayFact]:
    """What is known of each expression, by the row of its comment."""
    probed = "import numpy as __numpy\n" + with_probes(
        code, "__numpy.einsum('...->...', {0}, out={1})"
    )
    known = {}
    for fact in facts(probed):
        row = fact.keywords.get("out")
        if isinstance(row, int):
            known[row] = fact.operands[0]
    return known


def shown(fact: ArrayFact, what: str) -> str:
    """What is known, as the documents write it."""
    if what == "dtype":
        return fact.dtype or "?"
    if what == "rank":
        return "?" if fact.shape.rank is None else str(fact.shape.rank)
    return shape_shown(fact.shape) or "?"


@pytest.mark.parametrize("code", list(blocks()))
def test_what_is_stated_is_inferred(code: str) -> None:
    known = inferred(code)
    for claim in claims(code):
        fact = known[claim.row]
        found = {what: shown(fact, what) for what in claim.stated}
        assert found == claim.stated, f"{code.splitlines()[claim.row - 1].strip()!r}"


def installed(code: str) -> bool:
    names = [
        name
        for node in ast.walk(ast.parse(code))
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [a.name for a in node.names]
        )
    ]
    return all(importlib.util.find_spec(name.partition(".")[0]) for name in names)


@pytest.mark.parametrize("code", list(blocks()))
def test_what_is_stated_is_true(code: str) -> None:
    if not installed(code):
        pytest.skip("a library that the document is about is not installed")
    seen: dict[int, list[Any]] = {}
    names = {"__see": lambda value, row: seen.setdefault(row, []).append(value)}
    exec(compile(with_probes(code, "__see({0}, {1})"), "<document>", "exec"), names)
    known = inferred(code)
    for row, values in seen.items():
        for value in values:
            sizes = tuple(value.shape) if hasattr(value, "shape") else np.shape(value)
            assert true(known[row], sizes, dtype_of(value)), code.splitlines()[row - 1]


def dtype_of(value: Any) -> str:
    found = getattr(value, "dtype", None)
    return str(getattr(found, "name", found)).removeprefix("torch.")


def true(fact: ArrayFact, sizes: tuple[int, ...], dtype: str) -> bool:
    """Whether a fact holds of an array with these sizes; symbols may be anything."""
    dims = tuple(None if isinstance(dim, Polynomial) else dim for dim in fact.shape.dims)
    shape = Shape(dims, fact.shape.open)
    certain = ArrayFact(shape) if shape != NOTHING_KNOWN.shape else NOTHING_KNOWN
    holds = Blurred(random.Random(0), "known").admits(certain, np.empty(sizes))
    return holds and fact.dtype in (None, dtype)


def test_there_are_documents_and_comments() -> None:
    for path in FOLDER.glob("*.md"):
        found = [
            claim
            for match in BLOCK.finditer(path.read_text(encoding="utf-8"))
            for claim in claims(match[1])
        ]
        assert len(found) >= 5, path.name
    assert len(list(FOLDER.glob("*.md"))) >= 10
