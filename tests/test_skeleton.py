"""The libcst tree of the blocks of a file against its ``ast`` tree."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import libcst as cst
import pytest

from einsum_lint.keeping import keep, keep_all
from einsum_lint.reading import UnreadableError, parse
from einsum_lint.recognise.skeleton import Skeleton
from einsum_lint.settings import Config
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
    elif h: pass; pass
    elif k:
        a = """
"""; b = 2
        c = (
1
        )
        # between
        d = 3
        for e in f: g; h
        else:
            k
            l
    else:
      def g(): \\
        return 1
\tdef h(
\t\ta): return a; return b
try:
    def k(): # comment
        yield f(3)
        a = 1; \\
        b = 2
except (f()): pass
except Exception as e:
    a

    b
else:
    while c: d
finally:
    match a():
        case [1, *_] if f(): a
        case _:
            b
            c
try:
    a
except* B:
    async def g():
        async with a: b
        async for c in d:
            e
if a: b = 1 \\

\f
if c:
\f    d
    e
'''.replace("\t", "    ")


def source_of(text: str) -> Source:
    tree = parse(text)
    return Source.of(text, keep_all(text, tree), tree)


@pytest.mark.parametrize(
    "text",
    [pytest.param(RARE, id="rare"), *(pytest.param(p.read_text(), id=p.name) for p in FILES)],
)
def test_each_node_stands_for_the_statements_in_its_place(text: str) -> None:
    source = source_of(text)
    skeleton = Skeleton(source)
    found = [s for run in skeleton.statements.values() for s in run]
    assert found == sorted(found, key=lambda s: (s.lineno, s.col_offset))
    assert {*found} == {s for s in ast.walk(source.tree) if isinstance(s, ast.stmt)}
    assert len(found) == len({*found})
    for node, run in skeleton.statements.items():
        code = cst.Module(()).code_for_node(node)
        if isinstance(node, cst.BaseCompoundStatement):
            (statement,) = run
            assert type(node).__name__ in type(statement).__name__
        elif code != "...":
            (statement,) = run
            assert ast.unparse(ast.parse(code)) == ast.unparse(statement)
    for function, suite in skeleton.bodies.items():
        first = suite.body[0]
        small = first.body[0] if isinstance(first, cst.SimpleStatementLine) else first
        assert isinstance(small, (cst.BaseSmallStatement, cst.BaseCompoundStatement))
        assert skeleton.statements[small][0] is function.body[0]


def test_a_run_of_statements_without_blocks_is_one_placeholder() -> None:
    text = "import a\nb = (1,\n     2)\nif c:\n    d; e\n\n    # f\n    g()\n    if h: i; j\nk\n"
    skeleton = Skeleton(source_of(text))
    assert skeleton.tree.code == "...\nif c:\n    ...\n    if h: i; j\n...\n"
    runs = [[ast.unparse(s) for s in run] for run in skeleton.statements.values()]
    assert runs[0] == ["import a", "b = (1, 2)"]
    assert runs[2] == ["d", "e", "g()"]
    assert runs[4:] == [["i"], ["j"], ["k"]]


def test_what_is_not_kept_is_not_in_the_tree() -> None:
    text = (
        "import numpy as np\n\ndef f():\n    return 1\n\nclass A:\n    def g(self):\n        pass\n\n"
        "    def h(self, x):\n        return np.einsum('i->', x)\n"
    )
    tree = parse(text)
    skeleton = Skeleton(Source.of(text, keep(text, tree, Config()), tree))
    assert skeleton.tree.code == "...\nclass A:\n    def h(self, x):\n        ...\n"


def test_what_libcst_cannot_parse_is_told_by_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    source = source_of(
        "import x\nimport y\n\nclass A:\n    # a\n    def f(self):\n\n        pass\n"
    )
    parse_module = cst.parse_module

    def wrong(text: str) -> cst.Module:
        return parse_module(text.replace("f(self)", "f(self self)"))

    monkeypatch.setattr("einsum_lint.recognise.skeleton.cst.parse_module", wrong)
    with pytest.raises(UnreadableError) as error:
        Skeleton(source)
    assert error.value.position.row == 6
    assert not re.search(r"\d", error.value.message.partition(": expected")[0])
