"""Comprehensions are replaced wherever they stand, and nothing falls apart."""

from __future__ import annotations

import ast
import copy
import re
import textwrap

import pytest
from edited_text import applied, comments, source_of

from einsum_lint.expression_places import ExpressionPlace
from einsum_lint.reading import parse

CONTAINERS = [
    "x = {}", "return {}", "return{}if c else d", "print({}, 1)", "f({})", "x = y + {}.T", "x = -{}", "if c: x = {}",
    "x = [1 if{}else 2]", "while {}: pass", "if c: pass\nelif {}: pass", "@f({})\ndef g(): pass", "x = y; z = {}",
    "for _ in {}: pass", "assert 'é', {}", "{}", "x = (  # one\n  {},  # two\n  3)", "x += {}", "x[{}] = 1", "f(*{})",
    "with {} as f: pass", "f(a,\n      b={})", "x = lambda: {}", "lambda a={}: 1", "\tx = {}", "'''é\n'''; x = {}",
    "await {}", "x = \\\n {}", "x = a **{}", "x = not {}", "x: int = {}", "g = y if {} else{}", "del a[{}]",
]  # fmt: skip
EXPRESSIONS = [
    "[a for a in b]", "sum(a * b for a, b in zip(c, d))", "[\n a  # é\n for a in b  # two\n]", "(a for a in b)",
    "sum(a\n for a in b)", "[[a for a in b] for c in d]",
]  # fmt: skip
RESULTS = [
    ("np.einsum('i,i->', a, b)",), ("a + b",), ("-a",), ("a if b else c",), ("np.einsum(", "    'i->',", "    a,", ")"),
    ("a - f(", "    b", ")"), ("a", "+ b"), ("lambda: 1",), ("a.b[0]",), ("1",), ("(a, b)",),
]  # fmt: skip


@pytest.mark.parametrize("expression", EXPRESSIONS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_expressions_are_replaced_where_they_stand(expression: str, newline: str) -> None:
    for container in CONTAINERS:
        body = "y = 1\n" + container.replace("{}", expression) + "\n# below\n"
        text = "async def f():\n" + textwrap.indent(body, "    ")
        text = text.replace("\n    \t", "\n    if c:\n      ").replace("\n", newline)
        text = re.sub(r"(return|if|else)sum", r"\1 sum", text)
        shares = "; z" in container or "if c: x" in container or "'''" in container
        check_expression(text, newline, comments_lost=shares and "# é" in expression)


def check_expression(text: str, newline: str, *, comments_lost: bool) -> None:
    source, tree = source_of(text)
    node, statement = expression_of(tree)
    for lines in RESULTS:
        edits = ExpressionPlace(source, statement, node).replace(lines, ())
        if edits is None:
            assert comments_lost, text
            continue
        new = applied(text, edits)
        assert sorted(comments(new)) == sorted(comments(text))
        assert new.count("\n") == new.count(newline)
        expected = parse("\n".join(["(", *lines, ")"])).body[0]
        assert isinstance(expected, ast.Expr)
        swapped = Swap(node, expected.value).visit(copy.deepcopy(tree))
        assert ast.dump(parse(new)) == ast.dump(swapped), new


class Swap(ast.NodeTransformer):
    """Puts another expression in place of the one with the same position."""

    def __init__(self, old: ast.expr, new: ast.expr) -> None:
        self.old, self.new = ast.dump(old, include_attributes=True), new

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr) and ast.dump(node, include_attributes=True) == self.old:
            return self.new
        visited: ast.AST = super().generic_visit(node)
        return visited


def expression_of(tree: ast.Module) -> tuple[ast.expr, ast.stmt]:
    """The outermost comprehension, or the sum around it, and its statement."""
    function = tree.body[0]
    assert isinstance(function, ast.AsyncFunctionDef)
    for statement in (inner for inner in ast.walk(function) if isinstance(inner, ast.stmt)):
        todo: list[ast.AST] = [statement]
        while todo:
            node = todo.pop(0)
            if isinstance(node, (ast.ListComp, ast.GeneratorExp)) or (
                isinstance(node, ast.Call) and ast.unparse(node.func) == "sum"
            ):
                return node, statement
            todo += [
                child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.stmt)
            ]
    raise AssertionError("no expression")


def test_expressions_in_strings_stay() -> None:
    source, tree = source_of("x = f'''\n{[a for a in b]}'''\n")
    node = next(n for n in ast.walk(tree) if isinstance(n, ast.ListComp))
    place = ExpressionPlace(source, tree.body[0], node)
    assert place.replace(("b",), ()) is None
    assert place.header == source.span(tree.body[0])
    assert place.rows == range(1, 3)


def test_the_text_of_an_expression_stands_alone() -> None:
    source, tree = source_of("x = (a +\n  b)\n")
    (statement,) = tree.body
    assert isinstance(statement, ast.Assign)
    assert ExpressionPlace(source, statement, statement.value).text == "(a +\n  b)"


def test_the_width_of_an_expression_is_what_its_row_leaves() -> None:
    source, tree = source_of("if c:\n\tx = f([a for a in b], 1)  # long comment\n")
    node = next(n for n in ast.walk(tree) if isinstance(n, ast.ListComp))
    statement = next(n for n in ast.walk(tree) if isinstance(n, ast.Assign))
    assert ExpressionPlace(source, statement, node, line_length=100).width == 100 - 10 - 4


def test_what_stands_alone_needs_no_parentheses() -> None:
    source, tree = source_of("x = sum(a)\n")
    (statement,) = tree.body
    assert isinstance(statement, ast.Assign)
    edits = ExpressionPlace(source, statement, statement.value).replace(
        ("a - f(", "    b", ")"), ()
    )
    assert edits is not None
    assert applied(source.text, edits) == "x = a - f(\n    b\n)\n"
