"""``fixtures/loops``: in each file, loops ``before``, and ``after`` what a rewriting must make of them."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from loop_running import compiled, difference, outcome
from rewriting import loops_in, rewritten

FOLDER = Path(__file__).parent.parent / "fixtures" / "loops"
FILES = sorted(FOLDER.glob("*.py"))

LEFT = {"atax": 2, "gesummv": 1}
"""How many loops may be left of a kernel, at most."""


def functions(text: str) -> dict[str, str]:
    """The source of each function of a text."""
    found = (node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef))
    return {node.name: ast.get_source_segment(text, node) or "" for node in found}


def arguments(text: str) -> list[Any]:
    """Arguments of a fixture: an array for each shape, a number for ``()``, or the integer itself."""
    namespace: dict[str, Any] = {}
    exec(compile(text, "<fixture>", "exec"), namespace)
    return made(namespace["INPUTS"].values())


def made(shapes: Iterable[Any]) -> list[Any]:
    """A random array for each shape, and what is no shape as it is."""
    rng = np.random.default_rng(0)
    return [rng.random(item)[()] + 0.5 if isinstance(item, tuple) else item for item in shapes]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_before_becomes_after(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    new = functions(rewritten(text))["before"].replace("def before", "def after", 1)
    assert new == functions(text)["after"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_both_forms_do_the_same(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    given = arguments(text)
    before, after = (compiled(text, name) for name in ("before", "after"))
    first = outcome(before, given)
    assert first.error is None
    assert difference(first, outcome(after, given)) is None


def test_the_kernels_are_lifted_and_do_the_same() -> None:
    text = (FOLDER.parent / "loop_kernels.py").read_text(encoding="utf-8")
    new = rewritten(text)
    for name, source in functions(new).items():
        assert loops_in(source) <= LEFT.get(name, 0), source
    namespace: dict[str, Any] = {}
    exec(compile(text, "<kernels>", "exec"), namespace)
    for name, shapes in namespace["ARGUMENTS"].items():
        given = made(shapes(4))
        first = outcome(compiled(text, name), given)
        assert first.error is None
        assert difference(first, outcome(compiled(new, name), given)) is None


def test_there_are_fixtures() -> None:
    assert len(FILES) >= 25
