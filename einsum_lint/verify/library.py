"""What functions, methods and attributes do to symbols: shapes are NumPy's work, values ours."""

from __future__ import annotations

import builtins
import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any, Final

import numpy as np

from .definition import einsum
from .elements import arithmetic, compared, limited, plain, pointwise, symbols
from .known import OPERATORS, words
from .polynomials import Beyond, Poly, Ring, number

_POINTWISE: Final = words(
    "abs absolute angle arccos arccosh arcsin arcsinh arctan arctan2 arctanh cbrt ceil clip conj "
    "conjugate copysign cos cosh deg2rad exp exp2 expm1 fabs floor fmod hypot imag isfinite isinf "
    "isnan log log10 log1p log2 maximum minimum negative positive rad2deg real reciprocal rint "
    "round sign sin sinc sinh sqrt square tan tanh trunc where"
)
_MATH: Final = words(
    "acos acosh asin asinh atan atan2 atanh ceil copysign cos cosh degrees erf exp expm1 fabs "
    "floor fmod gamma hypot lgamma log log10 log1p log2 radians sin sinh sqrt tan tanh trunc"
)
_SHAPING: Final = words(
    "append atleast_1d atleast_2d atleast_3d broadcast_arrays broadcast_to column_stack "
    "concatenate cross cumprod cumsum diag diagflat diagonal diff dot dstack expand_dims flip "
    "fliplr flipud hstack inner kron matrix_transpose meshgrid moveaxis ndim outer permute_dims "
    "prod ravel repeat reshape roll rollaxis rot90 shape size split squeeze stack sum swapaxes "
    "take tensordot tile trace transpose tril triu vstack linalg.matrix_transpose linalg.outer "
    "linalg.tensordot linalg.trace lib.stride_tricks.sliding_window_view"
)
"""NumPy's own functions, which move, multiply and add objects as they do numbers."""
_IGNORED: Final = ("dtype", "casting", "order", "optimize", "copy", "subok", "like")


def function(ring: Ring, name: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    """A call of a function by the name of its module and its own."""
    kept = {k: v for k, v in keywords.items() if k not in _IGNORED and k != "out"}
    result = _function(ring, name, arguments, kept)
    out = keywords.get("out")
    if out is None:
        return result
    if not isinstance(out, np.ndarray) or np.shape(result) != out.shape:
        raise Beyond("out= of another shape")
    out[...] = result
    return out


def _function(ring: Ring, name: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    module, _, short = name.partition(".")
    if name in OPERATORS and not keywords and len(arguments) == 2:
        operation = compared if OPERATORS[name][0] in "<>=!" else arithmetic
        listed = [symbols(a) if isinstance(a, list) else a for a in arguments]
        return operation(ring, OPERATORS[name], *listed)
    if module == "itertools":
        return list(itertools.product(*arguments, **keywords))
    if short in (_MATH if module == "math" else _POINTWISE):
        return _plain_call(partial(pointwise, ring, short), arguments, keywords)
    if module == "numpy" and short in _SPECIAL:
        return _SPECIAL[short](ring, *arguments, **keywords)
    if module == "numpy" and short in _SHAPING:
        return plain(_attribute_of(short)(*arguments, **keywords))
    raise Beyond(f"a call of {name}")


def _plain_call(call: Callable[..., Any], arguments: list[Any], keywords: dict[str, Any]) -> Any:
    if keywords:
        raise Beyond("a keyword of a function of numbers")
    return call(*arguments)


def _attribute_of(path: str) -> Any:
    value: Any = np
    for part in path.split("."):
        value = getattr(value, part)
    return value


def _filled(value: Any) -> Callable[..., Any]:
    def make(ring: Ring, shape: Any, dtype: Any = None, order: Any = None) -> Any:
        return _full(ring, shape, value)

    return make


def _full(ring: Ring, shape: Any, fill_value: Any, dtype: Any = None) -> Any:
    sizes = (shape,) if isinstance(shape, int) else tuple(shape)
    limited(math.prod(sizes))
    array = np.empty(sizes, dtype=object)
    array[...] = fill_value
    return array


def _empty(ring: Ring, shape: Any, dtype: Any = None, order: Any = None) -> Any:
    """An array of unwritten elements, each of its own kind."""
    array = _full(ring, shape, 0)
    for place in np.ndindex(*array.shape):
        array[place] = ring.element("unwritten", tuple(place))
    return array


def _like(make: Callable[..., Any]) -> Callable[..., Any]:
    def like(ring: Ring, a: Any, *more: Any, shape: Any = None) -> Any:
        return make(ring, np.shape(a) if shape is None else shape, *more)

    return like


def _array(ring: Ring, value: Any, dtype: Any = None) -> Any:
    return symbols(value).copy()


def _as_array(ring: Ring, value: Any, dtype: Any = None) -> Any:
    return symbols(value)


def _eye(ring: Ring, N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:  # noqa: N803
    return np.eye(N, M, k, dtype=int).astype(object)


def _arange(ring: Ring, start: Any, stop: Any = None, step: Any = 1, dtype: Any = None) -> Any:
    first, last = (0, start) if stop is None else (start, stop)
    count = max(0, math.ceil(Fraction(last - first) / Fraction(step)))
    limited(count)
    return symbols([first + step * k for k in range(count)])


def _linspace(ring: Ring, start: Any, stop: Any, num: int = 50, endpoint: bool = True) -> Any:
    parts = max(num - 1 if endpoint else num, 1)
    return symbols([start + (stop - start) * Fraction(k, parts) for k in range(num)])


def _einsum(ring: Ring, *arguments: Any) -> Any:
    result = einsum(ring, arguments)
    return result if result.ndim else result[()]


def _mean(ring: Ring, a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    array = symbols(a)
    total = np.sum(array, axis=axis, keepdims=keepdims)
    count = array.size // max(int(np.size(total)), 1)
    return arithmetic(ring, "/", total, count)


def _vdot(ring: Ring, a: Any, b: Any) -> Any:
    left, right = symbols(a).ravel(), symbols(b).ravel()
    return np.dot(pointwise(ring, "conj", left), right)


def _vecdot(ring: Ring, x1: Any, x2: Any) -> Any:
    return np.sum(pointwise(ring, "conj", symbols(x1)) * symbols(x2), axis=-1)


def _norm(ring: Ring, x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:  # noqa: A002
    if ord is not None:
        raise Beyond("a norm of another order")
    array = symbols(x)
    squares = array * pointwise(ring, "conj", array)
    return pointwise(ring, "sqrt", plain(np.sum(squares, axis=axis, keepdims=keepdims)))


def _outer(sign: str) -> Callable[..., Any]:
    def outer(ring: Ring, a: Any, b: Any) -> Any:
        left, right = symbols(a), symbols(b)
        return arithmetic(ring, sign, left.reshape(left.shape + (1,) * right.ndim), right)

    return outer


def _reduced(name: str) -> Callable[..., Any]:
    def reduce(ring: Ring, a: Any, axis: Any = 0, keepdims: bool = False) -> Any:
        return plain(_attribute_of(name)(symbols(a), axis=axis, keepdims=keepdims))

    return reduce


def _multi_dot(ring: Ring, arrays: Any) -> Any:
    result = symbols(arrays[0])
    for other in arrays[1:]:
        result = np.dot(result, symbols(other))
    return plain(result)


def _cast(kind: str) -> Callable[..., Any]:
    def cast(ring: Ring, value: Any = 0) -> Any:
        return _as_type(ring, value, np.dtype(kind))

    return cast


def _as_type(ring: Ring, value: Any, dtype: Any) -> Any:
    """A value in another dtype: floating ones hold what there is."""
    kind = np.dtype(dtype).kind
    items = symbols(value)
    if kind == "c" or (kind == "f" and not any(_is_complex(ring, x) for x in items.flat)):
        return items.copy() if isinstance(value, np.ndarray) else items[()]
    if kind in "iu" and all(isinstance(x, int) for x in items.flat):
        return items.copy() if isinstance(value, np.ndarray) else items[()]
    raise Beyond(f"a conversion to {dtype}")


def _is_complex(ring: Ring, value: Any) -> bool:
    return isinstance(value, Poly) and ring.is_complex(value)


_SPECIAL: Final[dict[str, Callable[..., Any]]] = {
    "zeros": _filled(0),
    "ones": _filled(1),
    "empty": _empty,
    "full": _full,
    "zeros_like": _like(_filled(0)),
    "ones_like": _like(_filled(1)),
    "empty_like": _like(_empty),
    "full_like": _like(_full),
    "array": _array,
    "copy": _array,
    "asarray": _as_array,
    "asanyarray": _as_array,
    "ascontiguousarray": _as_array,
    "asfortranarray": _as_array,
    "eye": _eye,
    "identity": _eye,
    "arange": _arange,
    "linspace": _linspace,
    "einsum": _einsum,
    "mean": _mean,
    "vdot": _vdot,
    "vecdot": _vecdot,
    "linalg.vecdot": _vecdot,
    "linalg.norm": _norm,
    "linalg.multi_dot": _multi_dot,
    "multiply.outer": _outer("*"),
    "divide.outer": _outer("/"),
    "add.outer": _outer("+"),
    "subtract.outer": _outer("-"),
    "add.reduce": _reduced("sum"),
    "multiply.reduce": _reduced("prod"),
    "ndindex": lambda ring, *shape: list(np.ndindex(*shape)),
    "ndenumerate": lambda ring, a: [(k, a[k]) for k in np.ndindex(*a.shape)],
    "result_type": lambda ring, *of: np.dtype("float64"),
    "dtype": lambda ring, of: np.dtype(of),
    **{
        name: _cast(name)
        for name in words("float32 float64 complex64 complex128 int8 int16 int32 int64 intp")
    },
}


def attribute(ring: Ring, holder: Any, name: str) -> Any:
    """An attribute of an array or a number, or with no holder a constant of a module."""
    if holder is None:
        value = math.__dict__.get(name[5:]) if name.startswith("math.") else _attribute_of(name[6:])
        finite = isinstance(value, float) and math.isfinite(value)
        return number(value) if finite else value
    if not isinstance(holder, (np.ndarray, Poly, int, Fraction)):
        raise Beyond(f"the attribute {name}")
    match name:
        case "real" | "imag":
            return pointwise(ring, name, holder)
        case "dtype":
            return np.dtype("float64")
        case "shape" | "ndim" | "size" | "T" | "mT":
            array = symbols(holder)
            return getattr(array, name) if array.ndim or name != "T" else holder
    raise Beyond(f"the attribute {name}")


def method(
    ring: Ring, holder: Any, name: str, arguments: list[Any], keywords: dict[str, Any]
) -> Any:
    """A call of a method of an array, a list or a number."""
    if isinstance(holder, list):
        return getattr(holder, name)(*arguments, **keywords)
    if isinstance(holder, np.dtype) and name == "type":
        return _as_type(ring, arguments[0], holder)
    if isinstance(holder, np.ndarray) and name == "fill":
        holder[...] = arguments[0]
        return None
    if not isinstance(holder, (np.ndarray, Poly, int, Fraction)):
        raise Beyond(f"the method {name}")
    match name:
        case "astype":
            return _as_type(ring, holder, arguments[0])
        case "item" | "tolist":
            return getattr(symbols(holder), name)(*arguments)
        case "flatten":
            return symbols(holder).flatten(*arguments)
        case "reshape" | "transpose":
            return getattr(symbols(holder), name)(*arguments)
        case "fill" | "max" | "min" | "std" | "var":
            raise Beyond(f"the method {name}")
    result = function(ring, f"numpy.{name}", [symbols(holder), *arguments], keywords)
    return result if np.ndim(result) or not isinstance(result, np.ndarray) else result[()]


def builtin(ring: Ring, name: str, arguments: list[Any], keywords: dict[str, Any]) -> Any:
    """A call of a function that Python has without an import."""
    match name:
        case "sum":
            items, start = arguments[0], (arguments[1:] or [keywords.get("start", 0)])[0]
            for item in items:
                start = arithmetic(ring, "+", start, item)
            return start
        case "abs":
            return pointwise(ring, "abs", *arguments)
        case "pow":
            return arithmetic(ring, "**", *arguments)
        case "float" | "complex" if isinstance(arguments[0], (Poly, int, Fraction)):
            return _as_type(ring, arguments[0], name)
        case "min" | "max":
            return _extreme(ring, name, arguments)
        case "type" | "isinstance":
            return _type(name, arguments)
        case "zip" | "enumerate" | "reversed":
            return list(getattr(builtins, name)(*arguments, **keywords))
        case "len" | "range" | "list" | "tuple":
            return getattr(builtins, name)(*arguments)
        case "int" if isinstance(arguments[0], (int, Fraction)):
            return int(arguments[0])
    raise Beyond(f"a call of {name}")


def _extreme(ring: Ring, name: str, arguments: list[Any]) -> Any:
    items = list(arguments[0]) if len(arguments) == 1 else arguments
    result = items[0]
    for item in items[1:]:
        result = pointwise(ring, f"{name}imum", result, item)
    return result


def _type(name: str, arguments: list[Any]) -> Any:
    """``type`` and ``isinstance``, which only arrays answer: numbers have no type here."""
    if not isinstance(arguments[0], np.ndarray):
        raise Beyond("the type of a number")
    return np.ndarray if name == "type" else isinstance(*arguments)
