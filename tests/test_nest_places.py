"""The edits that replace a nest: what they make of random files, and case by case."""

from __future__ import annotations

import ast
import copy
import random
import re
import textwrap
from collections.abc import Mapping

import pytest
from edited_text import applied, comments, nest_of, prelude_of, source_of
from hypothesis import given, settings
from hypothesis import strategies as st

from einsum_lint.expression_places import span_of
from einsum_lint.findings import Edit
from einsum_lint.line_width import line_length
from einsum_lint.nest_places import StatementPlace
from einsum_lint.reading import parse


def replaced(text: str, *lines: str, drop: str = "") -> str | None:
    """The text with the loop over ``i`` replaced; without the initialisations of ``drop``, if so."""
    source, tree = source_of(text)
    block, at = nest_of(tree)
    prelude = prelude_of(block[:at])
    edits = StatementPlace(source, [block[at]], prelude, unused=tuple(drop)).replace(lines, ())
    return None if edits is None else applied(text, edits)


class Writer:
    """Writes a random file with one nest, and comments and initialisations of every kind."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.tab = rng.choice(["    ", "\t", "  ", "        "])
        self.count = 0

    def note(self, chance: float = 0.4) -> str:
        """A comment behind something, or nothing."""
        if self.rng.random() > chance:
            return ""
        self.count += 1
        kind = self.rng.choice(
            ["# {}", "#{}", "# noqa: {}", "# 'é {}", '# """ {}', "# s += 1 # {}", "# \\ {}\\"]
        )
        return self.rng.choice(["", " ", "  ", "\t"]) + kind.format(self.count)

    def rows_between(self, indent: str) -> list[str]:
        rows = []
        while self.rng.random() < 0.3:
            comment = self.note(1).strip()
            loose = self.rng.choice([indent, "", indent + self.tab, " "])
            rows.append(self.rng.choice(["", "  ", indent + comment, loose + comment]))
        return rows

    def initialisation(self, name: str) -> list[str]:
        kind = self.rng.choice([
            "{0} = 0{c}", "{0} = 0{c}", "{0} = np.zeros(({c}\n{t}{t}3,{d}\n{t}4))", "{0} = '#é'{c}", "{0} = 0;{c}",
            "{0} = 0; u = 1{c}", "u = 1; {0} = 0{c}", "{0} = \\\n0{c}", "u = {0} = 0{c}", "{0}, u = 0, 1",
            "{0} = '''é\n # no comment'''{c}", "if c: {0} = 0{c}", "u = 1;\\\n{0} = 0", "{0}: float = 0.0{c}",
        ])  # fmt: skip
        return kind.format(name, c=self.note(), d=self.note(), t=self.tab).split("\n")

    def nest(self, indent: str) -> list[str]:
        tab = self.tab
        inside = [f"{indent}{tab}{tab}" + text for text in self.rng.sample([
            f"s += a[i, j]{self.note()}", "s += a[i, j];", f"s += (a[i,{self.note()}\n j]\n{tab}){self.note()}",
            "x = '''\n # text\n''' + \"#\"", f"é = 'é'; s += 1{self.note()}", "s = s + \\\n 1",
        ], 2)]  # fmt: skip
        header = f"for i in range(n):{self.note()}"
        if self.rng.random() < 0.2:
            header = f"for i in ({self.note()}\n range(n)\n){self.note(0)}:{self.note()}"
        if self.rng.random() < 0.2:
            return [indent + f"for i in range(n): s += a[i]; t += 1{self.note()}"]
        rows = [
            indent + header,
            *self.rows_between(indent),
            f"{indent}{tab}for j in range(n):{self.note()}",
        ]
        rows += [inside[0], *self.rows_between(indent + tab), inside[1]]
        if self.rng.random() < 0.3:
            rows.append(indent + tab + tab + self.note(1).strip())
        return rows

    def file(self) -> str:
        depth = self.rng.randint(0, 2)
        rows = ["import numpy as np", *self.rng.choice([[], ["\f"], ["# é", ""], ["s = 0"]])]
        rows += [self.tab * k + f"{('def f(a, n):', 'if a:')[k]}" for k in range(depth)]
        indent = self.tab * depth
        for name in self.rng.sample("st", self.rng.randint(0, 2)):
            rows += [indent + "\n".join(self.initialisation(name)), *self.rows_between(indent)]
        if self.rng.random() < 0.1:
            indent = "\f" + indent
        rows += self.nest(indent) + self.rows_between(indent)
        rows += self.rng.choice(
            [[], [indent + "print(s)"], [indent + "print(s)" + self.note()], ["y = 1"]]
        )
        ends = self.rng.choice([["\n"], ["\r\n"], ["\r"], ["\n", "\r\n"]])
        text = "\n".join(rows) + self.rng.choice(["", "\n", "\n\n"])
        return "".join(self.rng.choice(ends) if letter == "\n" else letter for letter in text)


def check_file(seed: int) -> bool:
    rng = random.Random(seed)
    text = Writer(rng).file()
    try:
        source, tree = source_of(text)
    except Exception:  # a comment swallowed what stood behind it
        return False
    block, at = nest_of(tree)
    drop = tuple(rng.sample("stu", rng.randint(0, 3)))
    prelude = prelude_of(block[:at])
    lines = rng.choice(
        [(), ("s = np.einsum('i->', a)",), ("s = f(", "    a,", ")"), ("s = 1", "t = 2")]
    )
    place = StatementPlace(source, [block[at]], prelude, unused=drop)
    assert ast.dump(parse(place.text)) == ast.dump(ast.Module([block[at]], [])), text
    edits = place.replace(lines, ())
    if edits is None:
        assert source.lines[block[at].lineno - 2].endswith("\\")
        return False
    check_spans(text, edits, block[at], prelude, drop)
    new = applied(text, edits)
    assert comments(new) == comments(text)
    check_trees(tree, new, lines, drop)
    return True


def check_spans(
    text: str,
    edits: tuple[Edit, ...],
    nest: ast.stmt,
    prelude: Mapping[str, ast.stmt],
    drop: tuple[str, ...],
) -> None:
    """Edits stay in the rows of the nest, with comments below, and in those of initialisations."""
    rows = re.split(r"\r\n|\r|\n", text)
    allowed = set(range(nest.lineno, (nest.end_lineno or 0) + 1))
    below = max(allowed) + 1
    while below <= len(rows) and (
        not rows[below - 1].strip() or rows[below - 1].lstrip()[0] == "#"
    ):
        allowed.add(below)
        below += 1
    for name in drop:
        if name in prelude:
            allowed.update(range(prelude[name].lineno, (prelude[name].end_lineno or 0) + 1))
    for edit in edits:
        last = edit.span.end.row - (edit.span.end.column == 1)
        assert set(range(edit.span.start.row, last + 1)) <= allowed, text


def check_trees(tree: ast.Module, new: str, lines: tuple[str, ...], drop: tuple[str, ...]) -> None:
    """The new tree is the old one with the lines for the nest, and without some initialisations."""
    block, at = nest_of(tree)
    found = parse(new)
    for gone in range(1 << at):
        statements = [k for k in range(at) if gone >> k & 1]
        targets = [ast.dump(block[k]) for k in statements if not _only_names(block[k], drop)]
        if targets:
            continue
        expected = copy.deepcopy(tree)
        body, _ = nest_of(expected)
        kept = [body[k] for k in range(at) if k not in statements]
        body[:] = [*kept, *parse("\n".join(lines)).body, *body[at + 1 :]] or [ast.Pass()]
        if ast.dump(expected) == ast.dump(found):
            return
    raise AssertionError(new)


def _only_names(node: ast.stmt, names: tuple[str, ...]) -> bool:
    return isinstance(node, (ast.Assign, ast.AnnAssign)) and all(
        inner.id in names
        for inner in ast.walk(node)
        if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store)
    )


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_random_files_change_where_they_should(seed: int) -> None:
    check_file(seed)


def test_most_random_files_are_python() -> None:
    assert sum(check_file(seed) for seed in range(60)) > 40


NEST = "for i in a:\n    s += i\n"
REPLACED = {
    "alone": (NEST, "s += b\n"),
    "without a line end": (NEST[:-1], "s += b"),
    "initialised": ("s = 0\n" + NEST, "s += b\n"),
    "initialised far above": ("s = 0\n\nx = 1\n" + NEST, "\nx = 1\ns += b\n"),
    "comment of the initialisation": ("s = 0  # sum\n" + NEST, "# sum\ns += b\n"),
    "initialised with another": ("s = x = 0\n" + NEST, "s = x = 0\ns += b\n"),
    "initialised on a shared row": ("x = 1; s = 0\n" + NEST, "x = 1; s = 0\ns += b\n"),
    "initialised on the second half of a row": ("x = 1;\\\ns = 0\n" + NEST, "x = 1;\\\ns = 0\ns += b\n"),
    "useless semicolon": ("s = 0;\n" + NEST, "s += b\n"),
    "form feed": ("\fs = 0\n" + NEST, "\fs += b\n"),
    "comments": (
        "for i in a:  # each\n    # add\n\n    s += i  # it\n    # done\n# next\n",
        "# each\n# add\n# it\n# done\ns += b\n# next\n",
    ),
    "comment further below": (NEST + "\n    # inside\n\n# outside\n", "# inside\ns += b\n\n# outside\n"),
    "hash in a string": ("for i in a:\n    s += '#'  # é\nx = 1\n", "# é\ns += b\nx = 1\n"),
    "carriage returns": (f"s = 0\n{NEST}".replace("\n", "\r\n") + "x = 1\n", "s += b\r\nx = 1\n"),
    "backslash at the end": ("for i in a: s += i \\\n\nx = 1\n", None),
    "semicolon at the end": ("for i in a: s += i;\nx = 1\n", "s += b\nx = 1\n"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), REPLACED.values(), ids=REPLACED)
@pytest.mark.parametrize("indent", ["", "    ", "\t"])
def test_a_nest_is_replaced(text: str, expected: str | None, indent: str) -> None:
    if indent:
        start = f"def f():\n{indent}y = 1\n"
        text = start + textwrap.indent(text, indent)
        expected = expected and start + textwrap.indent(expected, indent)
        if "\f" in text:
            text, expected = (
                str(t).replace(f"{indent}\f", f"\f{indent}") for t in (text, expected)
            )
    assert replaced(text, "s += b", drop="s") == expected


def test_several_lines_are_indented() -> None:
    text = "if c:\n\tfor i in a: # é\n\t\ts += i\n\tx = s\n"
    expected = "if c:\n\t# é\n\ts = f(\n\t    b,\n\t)\n\tx = s\n"
    assert replaced(text, "s = f(", "    b,", ")") == expected


def test_a_block_is_never_left_empty() -> None:
    text = "if c:\n    s = []\n    for i in a:\n        s.append(i)\n"
    assert replaced(text, drop="s") == "if c:\n    pass\n"
    assert replaced(text) == "if c:\n    s = []\n"
    assert replaced(text.replace("a:", "a:  # each"), drop="s") == "if c:\n    # each\n    pass\n"


def test_an_initialisation_in_another_block_stays() -> None:
    text = "if c:\n    s = 0\nfor i in a:\n    s += i\n"
    source, tree = source_of(text)
    branch, nest = tree.body
    assert isinstance(branch, ast.If)
    place = StatementPlace(source, [nest], {"s": branch.body[0]}, unused=("s",))
    edits = place.replace(("s += b",), ())
    assert edits is not None
    assert applied(text, edits) == "if c:\n    s = 0\ns += b\n"


def test_without_what_must_go_nothing_is_replaced() -> None:
    for first, expected in (("s = []", "s = b\n"), ("s = []; x = 1", None)):
        text = f"{first}\n{NEST}"
        source, tree = source_of(text)
        for always, drop in ((("s",), ()), ((), ("s",))):
            place = StatementPlace(source, [tree.body[-1]], {"s": tree.body[0]}, always=always)
            edits = place.replace(("s = b",), drop)
            assert (edits and applied(text, edits)) == expected


MORE = "C = []\nfor i in a:  # each\n    C.append(i)\n\n# now\nD = np.array(C)  # array\nprint(D)\n"


def test_statements_are_replaced_together() -> None:
    source, tree = source_of(MORE)
    place = StatementPlace(source, tree.body[1:3], {"C": tree.body[0]})
    edits = place.replace(("D = b",), ("C",))
    assert edits is not None
    assert applied(MORE, edits) == "# each\n# now\n# array\nD = b\nprint(D)\n"
    assert place.header == span_of(source, tree.body[1])
    assert place.text == MORE[7:].partition("  # array")[0]
    assert StatementPlace(source, tree.body[1:4:2]).replace(("D = b",), ()) is None


def test_statements_that_share_a_row_with_others_stay() -> None:
    text = "for i in a:\n    s += i\nx = s; y = 1\n"
    source, tree = source_of(text)
    assert StatementPlace(source, tree.body[:2]).replace(("x = b",), ()) is None
    edits = StatementPlace(source, tree.body).replace(("x = b", "y = 1"), ())
    assert edits is not None
    assert applied(text, edits) == "x = b\ny = 1\n"


def extra_replaced(text: str, new: str) -> str | None:
    source, tree = source_of(text)
    block, at = nest_of(tree)
    calls = [
        n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "np.array"
    ]
    place = StatementPlace(source, [block[at]], prelude_of(block[:at]), {calls[0]: new})
    edits = place.replace((), ("C",))
    return None if edits is None else applied(text, edits)


def test_an_expression_behind_the_nest_is_replaced_too() -> None:
    text = "C = []\nfor i in a:\n    C.append(i)\nD = {}\n"
    assert extra_replaced(text.format("np.array(C)"), "f(b)") == "D = f(b)\n"
    assert extra_replaced(text.format("np.array(C).T"), "a + b") == "D = (a + b).T\n"
    assert extra_replaced(text.format("np.array(\nC)"), "f(b)") == "D = f(b)\n"
    assert extra_replaced(text.format("np.array(  # all\nC)"), "f(b)") is None
    assert extra_replaced(text.format("f'{np.array(C)}'"), "f(b)") is None


def test_headers_and_rows() -> None:
    text = "if c:\n    for i in (  # é\n        range(3)\n    ):  # x\n        s += i\n"
    source, tree = source_of(text)
    block, at = nest_of(tree)
    place = StatementPlace(source, [block[at]])
    assert source.slice(place.header) == text[10 : text.index("  # x")]
    assert place.rows == range(2, 5)
    assert place.text == "for i in (  # é\n    range(3)\n):  # x\n    s += i"
    assert place.width == 84
    assert StatementPlace(source, [block[at]], line_length=3).width == 1


SPANS = {
    "while": ("while (a <\n  b) :  # x\n    pass\n", "while (a <\n  b) :"),
    "with": ("with a as b, c as d:\n    pass\n", "with a as b, c as d:"),
    "if": ("if a: pass\n", "if a:"),
    "assignment": ("x = [\n1]\n", "x = [\n1]"),
}


@pytest.mark.parametrize(("text", "expected"), SPANS.values(), ids=SPANS)
def test_spans_of_statements(text: str, expected: str) -> None:
    source, tree = source_of(text)
    assert source.slice(span_of(source, tree.body[0])) == expected


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ({}, 88),
        ({"tool": {"black": {"line-length": 100}}}, 100),
        ({"tool": {"ruff": {"line-length": 120}, "black": {}}}, 120),
        ({"tool": {"ruff": {"line-length": 120}, "black": {"line-length": 79}}}, 79),
        ({"tool": {"black": {"line-length": "100"}, "ruff": {"line-length": True}}}, 88),
        ({"tool": {"black": {"line-length": 0}}}, 88),
        ({"tool": {"black": 3}}, 88),
        ({"tool": 3}, 88),
    ],
)
def test_the_line_length_of_the_formatter(tables: Mapping[str, object], expected: int) -> None:
    assert line_length(tables) == expected
