"""Functions that a compiler takes: their loops are fast, and may not call einsum.

Numba has no ``np.einsum``; what else is called ``jit`` or ``vectorize`` has rules of its own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_COMPILERS = frozenset({
    "cfunc", "guvectorize", "overload", "overload_method", "register_jitable", "stencil",
    "vectorize",
})  # fmt: skip


def compiled_functions(tree: ast.Module) -> frozenset[ast.AST]:
    """The functions and classes of a file that are compiled, and those inside of them."""
    passed = set(_passed(tree))
    found: set[ast.AST] = set()
    for node in ast.walk(tree):
        match node:
            case (
                ast.FunctionDef(name=name, decorator_list=decorators)
                | ast.AsyncFunctionDef(name=name, decorator_list=decorators)
                | ast.ClassDef(name=name, decorator_list=decorators)
            ):
                if name in passed or any(map(_compiles, decorators)):
                    found.update(ast.walk(node))
    return frozenset(found)


def _passed(tree: ast.Module) -> Iterator[str]:
    """The names that are given to a compiler: ``fast = njit(slow)``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _compiles(node.func):
            yield from (part.id for part in node.args if isinstance(part, ast.Name))


def _compiles(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=func, args=args):
            return _compiles(func) or any(map(_compiles, args[:1]))  # partial(jit, nopython=True)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.endswith("jit") or name in _COMPILERS
    return False
