"""What annotations declare of arrays: ``NDArray``, ``np.ndarray[…]``, jaxtyping, ``Annotated``."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from ..dims import Dim
from ..screen import last_name
from ..shapes import NOTHING_KNOWN, UNKNOWN_SHAPE, ArrayFact, Shape
from .dtypes import ARRAY_CLASSES, dtype_name
from .scope import Scope
from .syntax import indices, parse_expression
from .values import Reference, Value, size_of, sized

_ARRAYS = frozenset({"ndarray", "NDArray"})
_OTHER_ARRAYS = frozenset({"Array", "Tensor", "ArrayLike"})
_JAXTYPING = re.compile(
    r"(?P<any>Shaped|Num|Real|Inexact|Float|Complex|Integer|Int|UInt|Key)$"
    r"|(?P<dtype>Bool|(?:Float|Complex|Int|UInt)\d+)$"
)


def declared(annotation: ast.expr, scope: Scope, symbols: dict[str, Value]) -> ArrayFact:
    """What an annotation says of the array that it annotates.

    ``symbols`` holds the named sizes of one function: the same name is the same size.
    """
    match annotation:
        case ast.Constant(value=str(text)):
            inner = parse_expression(text)
            return NOTHING_KNOWN if inner is None else declared(inner, scope, symbols)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _optional(left, right, scope, symbols)
        case ast.Name() | ast.Attribute():
            return _of_class(annotation, scope)
        case ast.Subscript(value=generic):
            arguments = indices(annotation)
            if arguments and not any(isinstance(argument, ast.Slice) for argument in arguments):
                return _generic(generic, arguments, scope, symbols)
    return NOTHING_KNOWN


def _of_class(annotation: ast.expr, scope: Scope) -> ArrayFact:
    """An array of the library whose class the annotation names."""
    full = _full_names(annotation, scope)
    libraries = {ARRAY_CLASSES.get(name, "") for name in full}
    if len(libraries) == 1 and "" not in libraries:
        return ArrayFact(is_array=True, library=libraries.pop())
    # A name that this file does not import may be anyone's, but ndarray and NDArray are NumPy's.
    plain = not full and last_name(annotation) in _ARRAYS
    return ArrayFact(is_array=True) if plain else NOTHING_KNOWN


def _full_names(node: ast.expr, scope: Scope) -> frozenset[str]:
    """The qualified names that a name or a path of a module stands for."""
    match node:
        case ast.Name(id=name):
            held = scope.lookup(name)
        case ast.Attribute(value=owner, attr=name):
            return frozenset(f"{full}.{name}" for full in _full_names(owner, scope))
        case _:
            return frozenset()
    return held.names if isinstance(held, Reference) else frozenset()


def _optional(
    left: ast.expr, right: ast.expr, scope: Scope, symbols: dict[str, Value]
) -> ArrayFact:
    """``X | None`` is X: of None no einsum is made."""
    for one, other in ((left, right), (right, left)):
        if isinstance(other, ast.Constant) and other.value is None:
            return declared(one, scope, symbols)
    return NOTHING_KNOWN


def _names(node: ast.expr, scope: Scope) -> set[str]:
    """The last parts of the names that a name stands for."""
    match node:
        case ast.Name(id=name):
            held = scope.lookup(name)
            if isinstance(held, Reference):
                return {full.rpartition(".")[2] for full in held.names}
    return {last_name(node)}


def _generic(
    generic: ast.expr,
    arguments: Sequence[ast.expr],
    scope: Scope,
    symbols: dict[str, Value],
) -> ArrayFact:
    names = _names(generic, scope)
    if names & {"Annotated", "Optional"}:
        return declared(arguments[0], scope, symbols)
    if names == {"Union"} and len(arguments) == 2:
        return _optional(arguments[0], arguments[1], scope, symbols)
    if names == {"NDArray"}:
        return ArrayFact(dtype=_scalar_type(arguments[0], scope), is_array=True)
    if names == {"ndarray"} and len(arguments) == 2:
        return ArrayFact(_tuple_shape(arguments[0]), _dtype_of(arguments[1], scope), True)
    kind = _JAXTYPING.match(next(iter(names))) if len(names) == 1 else None
    match arguments:
        case [_, ast.Constant(value=str(text))] if kind:
            shape = _jaxtyping(text, scope, symbols)
            inner = _of_class(arguments[0], scope)
            if inner.is_array or _names(arguments[0], scope) & _OTHER_ARRAYS:
                dtype = kind["dtype"].lower() if kind["dtype"] else None
                return ArrayFact(shape, dtype, inner.is_array, library=inner.library)
    return NOTHING_KNOWN


def _scalar_type(node: ast.expr, scope: Scope) -> str | None:
    match node:
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            held = scope.lookup(module)
            return dtype_name(held.attribute(name)) if isinstance(held, Reference) else None
        case ast.Name(id=name):
            return dtype_name(scope.lookup(name))
    return None


def _dtype_of(node: ast.expr, scope: Scope) -> str | None:
    """``np.dtype[np.float64]``."""
    match node:
        case ast.Subscript(slice=inner):
            return _scalar_type(inner, scope)
    return None


def _tuple_shape(node: ast.expr) -> Shape:
    """``tuple[int, int]``: as many axes as items; ``tuple[int, ...]`` says nothing."""
    match node:
        case ast.Subscript(value=ast.Name("tuple" | "Tuple")):
            items = indices(node)
            if items and not any(map(_is_several, items)):
                return Shape((None,) * len(items))
    return UNKNOWN_SHAPE


def _is_several(item: ast.expr) -> bool:
    """Whether an item of ``tuple[…]`` may stand for any number: ``...`` or ``*Shape``."""
    return isinstance(item, ast.Starred) or (isinstance(item, ast.Constant) and item.value is ...)


def _jaxtyping(text: str, scope: Scope, symbols: dict[str, Value]) -> Shape:
    """``"batch n 3"``: named and fixed sizes; ``...`` and ``*names`` stand for any number."""
    words = text.split()
    several = [k for k, word in enumerate(words) if word == "..." or "*" in word[:2]]
    if len(several) > 1:
        return UNKNOWN_SHAPE
    known = words[several[0] + 1 :] if several else words
    dims = [_jaxtyping_dim(word.partition("=")[2] or word, scope, symbols) for word in known]
    if (several and several[0] + 1 < len(words)) or not several:
        return Shape(tuple(dims), open=bool(several))
    return Shape((None,) * several[0], open=True)


def _jaxtyping_dim(word: str, scope: Scope, symbols: dict[str, Value]) -> Dim:
    if word.isdecimal():
        return int(word)
    if word.isidentifier() and not word.startswith("_"):
        if word not in symbols:
            symbols[word] = sized(scope.roots.symbol(word))
        return size_of(symbols[word])
    return None
