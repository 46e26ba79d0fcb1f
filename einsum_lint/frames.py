"""What a scope may read without naming it: ``locals()``, ``eval``, and strings of expressions."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from .trees import walk


@dataclass(frozen=True, slots=True)
class FrameUse:
    """The names that something in a scope may read by their text."""

    words: frozenset[str]
    every: bool = False

    def has(self, name: str) -> bool:
        """Whether this name may be read."""
        return self.every or name in self.words


_FRAME_READERS = frozenset({"locals", "globals", "eval", "exec"})
_FRAMES = frozenset({"_getframe", "currentframe", "f_locals", "re_evaluate"})
_TEXT_READERS = frozenset({"evaluate", "query", "eval"})
"""Methods and functions, of numexpr and pandas, that read the variables named in a string."""
_EVERY = FrameUse(frozenset(), every=True)


def frame_use(scope: ast.AST, *, by_text: bool) -> FrameUse:
    """What a scope reads by text; ``by_text`` when strings that are not constant may be code."""
    words: set[str] = set()
    with_argument: set[ast.AST] = set()
    for node in walk(scope):
        match node:
            case ast.Call(func=ast.Name(id="vars" | "dir") as func, args=[first, *_]):
                if not isinstance(first, ast.Starred):
                    with_argument.add(func)
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=[first, *_]):
                if name in _TEXT_READERS and isinstance(first, ast.Constant):
                    words.update(re.findall(r"\w+", str(first.value)))
                elif name in _TEXT_READERS and (by_text or isinstance(first, ast.JoinedStr)):
                    return _EVERY
            case ast.Name(id=name, ctx=ast.Load()):
                whole = name in _FRAME_READERS or name in _FRAMES
                if whole or (name in {"vars", "dir"} and node not in with_argument):
                    return _EVERY
            case ast.Attribute(value=ast.Name(id="builtins" | "__builtins__"), attr=name):
                if name in _FRAME_READERS:
                    return _EVERY
            case ast.Attribute(attr=name) if name in _FRAMES:
                return _EVERY
    return FrameUse(frozenset(words))


def evaluates_text(tree: ast.Module) -> bool:
    """Whether a file imports a library that evaluates strings with the caller's variables."""
    imported = (
        node.module or "" if isinstance(node, ast.ImportFrom) else alias.name
        for node in walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    )
    return any(name.partition(".")[0] in {"numexpr", "pandas"} for name in imported)
