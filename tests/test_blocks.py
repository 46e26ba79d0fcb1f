"""The libcst trees of blocks against the ``ast`` tree of the file."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import libcst as cst
import pytest

from einsum_lint.blocks import Blocks, Function
from einsum_lint.keeping import keep_all
from einsum_lint.names import FUNCTIONS
from einsum_lint.reading import UnreadableError, parse
from einsum_lint.source import Source

FILES = sorted((Path(__file__).parent.parent / "einsum_lint").rglob("*.py"))
RARE = '''
class A:
    # first
    @decorated(lambda: f(1))
    def f(self, a=g(2)):
        # comment
        """Two
rows."""
        def inner(): return h(a)
        @decorated()
        async def other():
            x = 1; return [await h(y) for y in a]

        return inner

    if f:
        def g(): pass
    else:
      def g(): \\
        return 1
\tdef h(
\t\ta): return a; return b
try:
    def k(): # comment
        yield f(3)
except f(): pass
'''.replace("\t", "    ")


def blocks_of(text: str) -> Blocks:
    tree = parse(text)
    return Blocks(Source.of(text, keep_all(text, tree), tree))


def pairs(
    blocks: Blocks, around: frozenset[object] = frozenset()
) -> Iterator[tuple[ast.stmt, str]]:
    """Each statement of a block, and of the functions in it, with the text of libcst's."""
    before = dict(blocks.statements)
    bodies: list[tuple[Function, cst.BaseSuite | None]] = []
    for concrete, node in before.items():
        if concrete in around:
            continue
        found = [blocks.call(concrete, node, call) for call in _calls(concrete)]
        assert set(found) <= {None, *(n for n in ast.walk(node) if isinstance(n, ast.Call))}
        yield node, cst.Module(()).code_for_node(concrete)
        if isinstance(node, FUNCTIONS):
            assert isinstance(concrete, cst.FunctionDef)
            bodies.append((node, None if blocks.is_apart(node) else concrete.body))
    for function, there in bodies:
        with blocks.body(function, there):
            yield from pairs(blocks, frozenset(before))
        assert blocks.statements == before, "what was walked is kept"


def _calls(node: cst.CSTNode) -> Iterator[cst.Call]:
    if isinstance(node, cst.Call):
        yield node
    for child in node.children:
        if not isinstance(child, (cst.BaseSuite, cst.FormattedString)):
            yield from _calls(child)


@pytest.mark.parametrize(
    "text",
    [pytest.param(RARE, id="rare"), *(pytest.param(p.read_text(), id=p.name) for p in FILES)],
)
def test_the_statements_are_those_of_the_file(text: str) -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(4 * limit)
    try:
        blocks = blocks_of(text)
        tree = parse(text)
        expected = [ast.unparse(n) for n in ast.walk(tree) if isinstance(n, ast.stmt)]
        blocks.module()
        found = list(pairs(blocks))
        assert sorted(ast.unparse(node) for node, _ in found) == sorted(expected)
        for node, code in found:
            if not hasattr(node, "body"):
                (same,) = ast.parse(code.strip()).body
                assert ast.unparse(same) == ast.unparse(node)
    finally:
        sys.setrecursionlimit(limit)


def test_what_libcst_cannot_parse_is_told_by_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = blocks_of("import x\n\nclass A:\n    # a\n    def f(self):\n\n        return 1\n")
    blocks.module()
    (function,) = (n for n in blocks.statements.values() if isinstance(n, FUNCTIONS))
    parse_module = cst.parse_module

    def wrong(text: str) -> cst.Module:
        return parse_module(text.replace("return 1", "return 1 1"))

    monkeypatch.setattr("einsum_lint.blocks.cst.parse_module", wrong)
    with pytest.raises(UnreadableError) as error, blocks.body(function, None):
        pass
    assert error.value.position.row == 7
    assert not re.search(r"\d", error.value.message.partition(": expected")[0])
