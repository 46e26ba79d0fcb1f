"""Functions that a compiler takes: their loops are fast, and may not call einsum.

Numba has no ``np.einsum``; what else is called ``jit`` or ``vectorize`` has rules of its own.
"""

from __future__ import annotations

import ast
import re
from functools import lru_cache

_COMPILERS = frozenset({
    "cfunc", "guvectorize", "overload", "overload_method", "register_jitable", "stencil",
    "vectorize",
})  # fmt: skip
_PASSED = re.compile(
    rf"\b(?:\w*jit|{'|'.join(sorted(_COMPILERS))})(?:\([^()\n]*\))?\(\s*(\w+)\s*[,)]"
)
"""The function that is given to a compiler: ``fast = njit(slow)``, ``jit(nopython=True)(slow)``."""


def is_compiled(owner: ast.AST, text: str) -> bool:
    """Whether a function, or a class, of the file with this text is compiled."""
    if not isinstance(owner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return False
    return owner.name in _passed(text) or any(map(_compiles, owner.decorator_list))


@lru_cache(maxsize=1)
def _passed(text: str) -> frozenset[str]:
    if "jit" not in text and not any(name in text for name in _COMPILERS):  # far sooner told
        return frozenset()
    return frozenset(_PASSED.findall(text))


def _compiles(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=func, args=args):
            return _compiles(func) or any(map(_compiles, args[:1]))  # partial(jit, nopython=True)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.endswith("jit") or name in _COMPILERS
    return False
