"""Which function of NumPy does what to contractions; ``functions.py`` looks them up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, NamedTuple

from ...contraction import Contraction, number
from . import axes, contracting, elementwise, reductions
from .axes import transpose as rearranged
from .elementwise import Binary
from .space import Refused, Space


class Function(NamedTuple):
    """A function by its parameters in NumPy's order, of which the first are arrays."""

    apply: Callable[..., Contraction]
    arrays: int = 1


def _operator(function: Binary) -> Function:
    def apply(space: Space, x1: Contraction, x2: Contraction, /) -> Contraction:
        return function(space, x1, x2)

    return Function(apply, 2)


def _outer(function: Binary) -> Function:
    def apply(space: Space, a: Contraction, b: Contraction, /) -> Contraction:
        behind = (None,) * len(axes.closed(b).axes)
        return function(space, replace(axes.closed(a), axes=(*a.axes, *behind)), b)

    return Function(apply, 2)


def _sum(
    space: Space, a: Contraction, axis: object = None, *, keepdims: object = False
) -> Contraction:
    return reductions.total(space, a, axis, keepdims)


def _reduce(
    space: Space, array: Contraction, axis: object = 0, *, keepdims: object = False
) -> Contraction:
    return reductions.total(space, array, axis, keepdims)


def _mean(
    space: Space, a: Contraction, axis: object = None, *, keepdims: object = False
) -> Contraction:
    return reductions.mean(space, a, axis, keepdims)


def _trace(
    space: Space, a: Contraction, offset: object = 0, axis1: object = 0, axis2: object = 1
) -> Contraction:
    return reductions.trace(space, a, offset, axis1, axis2)


def _matrix_trace(space: Space, x: Contraction, /, *, offset: object = 0) -> Contraction:
    return reductions.trace(space, x, offset, -2, -1)


def _diagonal(
    space: Space, a: Contraction, offset: object = 0, axis1: object = 0, axis2: object = 1
) -> Contraction:
    return axes.diagonal(space, a, offset, axis1, axis2)


def _matrix_diagonal(space: Space, x: Contraction, /, *, offset: object = 0) -> Contraction:
    return axes.diagonal(space, x, offset, -2, -1)


def _diag(space: Space, v: Contraction, k: object = 0) -> Contraction:
    if len(axes.closed(v).axes) != 2:
        raise Refused("np.diag makes a matrix")
    return axes.diagonal(space, v, k)


def _dot(space: Space, a: Contraction, b: Contraction) -> Contraction:
    return contracting.dot(space, a, b)


def _inner(space: Space, a: Contraction, b: Contraction, /) -> Contraction:
    return contracting.inner(space, a, b)


def _vdot(space: Space, a: Contraction, b: Contraction, /) -> Contraction:
    return contracting.vdot(space, a, b)


def _vecdot(space: Space, x1: Contraction, x2: Contraction, /, *, axis: object = -1) -> Contraction:
    return contracting.vecdot(space, x1, x2, axis)


def _tensordot(space: Space, a: Contraction, b: Contraction, axes: object = 2) -> Contraction:
    return contracting.tensordot(space, a, b, axes)


def _matrix_tensordot(
    space: Space, x1: Contraction, x2: Contraction, /, *, axes: object = 2
) -> Contraction:
    return contracting.tensordot(space, x1, x2, axes)


def _outer_of_vectors(space: Space, a: Contraction, b: Contraction) -> Contraction:
    return contracting.outer(space, a, b)


def _matrix_outer(space: Space, x1: Contraction, x2: Contraction, /) -> Contraction:
    if len(x1.axes) != 1 or len(x2.axes) != 1:
        raise Refused("np.linalg.outer of something else than vectors")
    return contracting.outer(space, x1, x2)


def _multi_dot(space: Space, arrays: object) -> Contraction:
    if not isinstance(arrays, tuple | list):
        raise Refused("the matrices of np.linalg.multi_dot are not known")
    values = [value for value in arrays if isinstance(value, Contraction)]
    if len(values) != len(arrays):
        raise Refused("np.linalg.multi_dot of something else than matrices")
    return contracting.multi_dot(space, values)


def _square(space: Space, x: Contraction, /) -> Contraction:
    return elementwise.power(space, x, Contraction((), number(2)))


def _same(space: Space, a: Contraction, /) -> Contraction:
    return a


def _at_least(rank: int) -> Function:
    return Function(lambda space, a, /: axes.at_least(a, rank))


def _transpose(space: Space, a: Contraction, axes: object = None) -> Contraction:
    return rearranged(a, axes)


def _transposed(space: Space, a: Contraction, /, *order: object) -> Contraction:
    if len(order) == 1 and (order[0] is None or isinstance(order[0], tuple | list)):
        return axes.transpose(a, order[0])
    return axes.transpose(a, order or None)


def _reshaped(space: Space, a: Contraction, /, *shape: object) -> Contraction:
    single = len(shape) == 1 and isinstance(shape[0], tuple | list)
    return axes.reshape(space, a, shape[0] if single else shape)


def _squeeze(space: Space, a: Contraction, axis: object = None) -> Contraction:
    return axes.squeeze(space, a, axis)


def _flip(space: Space, m: Contraction, axis: object = None) -> Contraction:
    return axes.flip(space, m, axis)


_CONTRACTING: Final = {
    "dot": Function(_dot, 2),
    "inner": Function(_inner, 2),
    "matmul": _operator(contracting.matmul),
    "matvec": _operator(contracting.matvec),
    "multiply.outer": _operator(contracting.outer_product),
    "outer": Function(_outer_of_vectors, 2),
    "tensordot": Function(_tensordot, 2),
    "vdot": Function(_vdot, 2),
    "vecdot": Function(_vecdot, 2),
    "vecmat": _operator(contracting.vecmat),
    "linalg.matmul": _operator(contracting.matmul),
    "linalg.multi_dot": Function(_multi_dot, 0),
    "linalg.outer": Function(_matrix_outer, 2),
    "linalg.tensordot": Function(_matrix_tensordot, 2),
    "linalg.vecdot": Function(_vecdot, 2),
}
_REDUCING: Final = {
    "add.reduce": Function(_reduce),
    "mean": Function(_mean),
    "sum": Function(_sum),
    "trace": Function(_trace),
    "linalg.trace": Function(_matrix_trace),
}
_REARRANGING: Final = {
    "ascontiguousarray": _at_least(1),
    "atleast_1d": _at_least(1),
    "atleast_2d": _at_least(2),
    "atleast_3d": _at_least(3),
    "broadcast_to": Function(lambda space, array, shape: axes.broadcast_to(space, array, shape)),
    "diag": Function(_diag),
    "diagonal": Function(_diagonal),
    "expand_dims": Function(lambda space, a, axis: axes.expand_dims(a, axis)),
    "flip": Function(_flip),
    "fliplr": Function(lambda space, m: axes.flip(space, m, 1)),
    "flipud": Function(lambda space, m: axes.flip(space, m, 0)),
    "linalg.diagonal": Function(_matrix_diagonal),
    "linalg.matrix_transpose": Function(lambda space, x, /: axes.matrix_transpose(x)),
    "matrix_transpose": Function(lambda space, x, /: axes.matrix_transpose(x)),
    "moveaxis": Function(
        lambda space, a, source, destination: axes.moveaxis(a, source, destination)
    ),
    "permute_dims": Function(_transpose),
    "ravel": Function(lambda space, a: axes.ravel(space, a)),
    "reshape": Function(lambda space, a, /, shape: axes.reshape(space, a, shape)),
    "rollaxis": Function(lambda space, a, axis, start=0: axes.rollaxis(a, axis, start)),
    "squeeze": Function(_squeeze),
    "swapaxes": Function(lambda space, a, axis1, axis2: axes.swapaxes(a, axis1, axis2)),
    "transpose": Function(_transpose),
}
_ELEMENTWISE: Final[dict[str, Function]] = {
    "add": _operator(elementwise.add),
    "conj": Function(lambda space, x, /: elementwise.conjugate(space, x)),
    "divide": _operator(elementwise.divide),
    "floor_divide": _operator(elementwise.floor_divide),
    "multiply": _operator(elementwise.multiply),
    "negative": Function(lambda space, x, /: elementwise.negate(space, x)),
    "positive": Function(lambda space, x, /: elementwise.positive(x)),
    "power": _operator(elementwise.power),
    "square": Function(_square),
    "subtract": _operator(elementwise.subtract),
    "true_divide": _operator(elementwise.divide),
    "conjugate": Function(lambda space, x, /: elementwise.conjugate(space, x)),
    "add.outer": _outer(elementwise.add),
    "subtract.outer": _outer(elementwise.subtract),
    "divide.outer": _outer(elementwise.divide),
    "real": Function(lambda space, val: elementwise.pointwise(space, ".real", val)),
    "imag": Function(lambda space, val: elementwise.pointwise(space, ".imag", val)),
    "remainder": _operator(elementwise.compared("%")),
    "mod": _operator(elementwise.compared("%")),
    "less": _operator(elementwise.compared("<")),
    "less_equal": _operator(elementwise.compared("<=")),
    "greater": _operator(elementwise.compared(">")),
    "greater_equal": _operator(elementwise.compared(">=")),
    "equal": _operator(elementwise.compared("==")),
    "not_equal": _operator(elementwise.compared("!=")),
    **dict.fromkeys(("array", "asarray", "asanyarray", "copy"), Function(_same)),
}
FUNCTIONS: Final = {**_CONTRACTING, **_REDUCING, **_REARRANGING, **_ELEMENTWISE}
"""What the functions of NumPy do, by their names without ``numpy.``."""

METHODS: Final[dict[str, Function]] = {
    name: FUNCTIONS[name]
    for name in (
        "conj", "conjugate", "copy", "diagonal", "dot", "mean", "ravel", "squeeze", "sum",
        "swapaxes", "trace",
    )
} | {
    "flatten": FUNCTIONS["ravel"],
    "reshape": Function(_reshaped),
    "transpose": Function(_transposed),
}  # fmt: skip
"""What the methods of arrays do."""

_ONE: Final = """
abs absolute angle arccos arccosh arcsin arcsinh arctan arctanh cbrt ceil cos cosh deg2rad degrees
exp exp2 expm1 fabs floor isfinite isinf isnan log log10 log1p log2 logical_not rad2deg radians
reciprocal rint sign signbit sin sinc sinh sqrt tan tanh trunc
"""
_TWO: Final = """
arctan2 copysign float_power fmax fmin fmod heaviside hypot logaddexp logaddexp2 logical_and
logical_or logical_xor maximum minimum
"""
POINTWISE: Final[dict[str, int]] = {
    **dict.fromkeys(_ONE.split(), 1),
    **dict.fromkeys(_TWO.split(), 2),
    **dict.fromkeys(("where", "clip"), 3),
}
"""Functions of single elements, and how many arguments they have."""

ALIASES: Final = {"absolute": "abs"}
