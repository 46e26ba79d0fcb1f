"""Which names an expression may be a view of, and the dtypes that stand in it.  Syntax alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...screen import last_name

_FRESH = (ast.UnaryOp, ast.Compare, ast.JoinedStr, ast.Lambda, ast.Constant)
_VIEWS = frozenset({
    "asarray", "asanyarray", "ascontiguousarray", "asfortranarray", "require", "ravel", "reshape",
    "transpose", "permute_dims", "matrix_transpose", "squeeze", "view", "diagonal", "diag",
    "swapaxes", "moveaxis", "rollaxis", "expand_dims", "atleast_1d", "atleast_2d", "atleast_3d",
    "broadcast_to", "broadcast_arrays", "flip", "fliplr", "flipud", "rot90", "split", "array_split",
    "hsplit", "vsplit", "dsplit", "unstack", "real", "imag", "real_if_close", "ndarray",
    "as_strided", "sliding_window_view", "frombuffer", "asmatrix", "trim_zeros", "nditer",
    "to_numpy", "numpy", "detach", "get", "pop", "setdefault", "values", "items", "zip",
    "enumerate", "reversed", "iter", "next", "list", "tuple", "dict", "sorted", "getattr",
})  # fmt: skip
"""Functions and methods that may give a part of what they are given."""


def viewed(value: ast.AST | None) -> Iterator[str]:
    """The names of which an expression may be a view, or hold one."""
    match value:
        case ast.Name(id=name):
            yield name
        case ast.Attribute(attr="shape" | "ndim" | "size" | "dtype"):
            return
        case ast.Subscript(value=inner) | ast.Attribute(value=inner):
            yield from viewed(inner)
        case ast.Call(func=func, args=args, keywords=keywords):
            if _may_view(value):
                for part in (func, *args, *(keyword.value for keyword in keywords)):
                    yield from viewed(part)
        case ast.BinOp(left=left, right=right):
            for part in (left, right):
                if isinstance(part, (ast.List, ast.Tuple)):
                    yield from viewed(part)
        case ast.expr() if not isinstance(value, _FRESH):
            for child in ast.iter_child_nodes(value):
                yield from viewed(child)
        case ast.comprehension(iter=iterable):
            yield from viewed(iterable)


def _may_view(call: ast.Call) -> bool:
    """Whether a call may give a view of an argument."""
    name = last_name(call.func)
    if name == "einsum":
        return len(call.args) < 3
    for keyword in call.keywords:
        copies = isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        if keyword.arg == "out" or (keyword.arg == "copy" and not copies):
            return True
    return name in _VIEWS


def dtypes(value: ast.expr) -> set[str]:
    """The dtypes that calls in an expression are given, by their names."""
    found: set[str] = set()
    for node in ast.walk(value):
        match node:
            case (
                ast.keyword(arg="dtype", value=dtype)
                | ast.Call(func=ast.Attribute(attr="astype"), args=[dtype, *_])
            ):
                found.add(str(dtype.value) if isinstance(dtype, ast.Constant) else last_name(dtype))
    return found
