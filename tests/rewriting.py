"""Rewrites loops as ``codemod loops-to-einsum --unsafe-fixes`` does, unproved: here is the judge."""

from __future__ import annotations

import ast
import re

from einsum_lint import Applicability, Config, check_source
from einsum_lint.engine import rewrite_source

LOOPS = (ast.For, ast.While, ast.comprehension)


def rewritten(text: str, level: Applicability = Applicability.UNSAFE) -> str:
    """A text after loops-to-einsum."""
    return rewrite_source(text, "loops-to-einsum", level=level, verify=False)


ASSUMED = re.compile(
    r"([\w, ]+) (?:is a|are) (?:NumPy arrays? with (\d+) ax[ei]s|(real) numbers?)\b"
)


def assumed_ranks(text: str) -> dict[str, int]:
    """The ranks that the messages of the fixes say that they assume."""
    found: dict[str, int] = {}
    for finding in check_source(text, config=Config(select=("EIN2",))):
        if finding.fix is not None:
            for names, rank, _ in ASSUMED.findall(finding.fix.message):
                for name in re.findall(r"\w+", names.replace(" and ", " ")):
                    found[name] = int(rank or 0)
    return found


def loops_in(text: str) -> int:
    """How many loops and comprehensions a text has."""
    return sum(isinstance(node, LOOPS) for node in ast.walk(ast.parse(text)))
