"""A text, its trees, and the text after edits."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Mapping

from einsum_lint.findings import Applicability, Edit, Fix
from einsum_lint.fixing import apply_fixes
from einsum_lint.keeping import Kept
from einsum_lint.reading import parse
from einsum_lint.source import Source


def source_of(text: str) -> tuple[Source, ast.Module]:
    tree = parse(text)
    return Source.of(text, Kept(tuple(tree.body), {}, frozenset(), frozenset()), tree), tree


def applied(text: str, edits: tuple[Edit, ...]) -> str:
    return apply_fixes(text, [Fix("", edits, Applicability.SAFE)])[0]


def comments(text: str) -> list[str]:
    rows = re.sub(r"\r\n?", "\n", text)
    tokens = tokenize.generate_tokens(io.StringIO(rows).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


def nest_of(tree: ast.Module) -> tuple[list[ast.stmt], int]:
    """The block that holds the loop over ``i``, and where."""
    for node in ast.walk(tree):
        for part in ("body", "orelse", "finalbody"):
            block = getattr(node, part, [])
            for at, inner in enumerate(block if isinstance(block, list) else []):
                if isinstance(inner, ast.For) and ast.unparse(inner.target) == "i":
                    return block, at
    raise AssertionError("no nest")


def prelude_of(block: list[ast.stmt]) -> Mapping[str, ast.stmt]:
    found: dict[str, ast.stmt] = {}
    for node in block:
        if isinstance(node, ast.Assign):
            names = (n for n in ast.walk(node) if isinstance(n, ast.Name))
            found |= {name.id: node for name in names if isinstance(name.ctx, ast.Store)}
    return found
