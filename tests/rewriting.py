"""Rewrites loops as ``codemod loops-to-einsum --unsafe-fixes`` does, unproved: here is the judge."""

from __future__ import annotations

import ast

from einsum_lint import Applicability
from einsum_lint.engine import rewrite_source

LOOPS = (ast.For, ast.While, ast.comprehension)


def rewritten(text: str, level: Applicability = Applicability.UNSAFE) -> str:
    """A text after loops-to-einsum."""
    return rewrite_source(text, "loops-to-einsum", level=level, verify=False)


def loops_in(text: str) -> int:
    """How many loops and comprehensions a text has."""
    return sum(isinstance(node, LOOPS) for node in ast.walk(ast.parse(text)))
