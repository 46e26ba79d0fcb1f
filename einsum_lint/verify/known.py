"""The functions, methods and attributes that the prover knows: it runs no others."""

from __future__ import annotations

from typing import Final


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


BUILTINS: Final = words(
    "abs bool complex enumerate float int isinstance len list max min pow range reversed round "
    "sum tuple type zip"
)

_TYPES = (
    "bool bool_ byte complex128 complex64 double float16 float32 float64 half int16 int32 int64 "
    "int8 int_ intp single ubyte uint16 uint32 uint64 uint8 uintp"
)

_NUMPY = (
    "abs absolute add all amax amin angle any append arange arccos arccosh arcsin arcsinh arctan "
    "arctan2 arctanh argmax argmin argsort array asanyarray asarray ascontiguousarray "
    "asfortranarray atleast_1d atleast_2d atleast_3d average broadcast_arrays broadcast_to cbrt "
    "ceil clip column_stack concatenate conj conjugate copy copysign cos cosh cross cumprod "
    "cumsum deg2rad diag diagflat diagonal diff divide dot dstack dtype einsum empty empty_like "
    "equal exp exp2 expand_dims expm1 eye fabs flip fliplr flipud float_power floor floor_divide "
    "fmax fmin fmod full full_like greater greater_equal heaviside hstack hypot identity imag "
    "inner invert isfinite isinf isnan ix_ kron less less_equal linspace log log10 log1p log2 "
    "logical_and logical_not logical_or logical_xor matmul matvec max maximum may_share_memory "
    "mean meshgrid min "
    "minimum mod moveaxis multiply nan_to_num ndim ndindex ndenumerate negative not_equal ones "
    "ones_like outer positive power prod rad2deg ravel real reciprocal remainder repeat reshape "
    "result_type rint roll rollaxis rot90 round shape sign sin sinc sinh size split sqrt square "
    "squeeze stack std subtract sum swapaxes take tan tanh tensordot tile trace transpose tri "
    "tril triu true_divide trunc vander var vdot vecdot vecmat vstack where zeros zeros_like "
    "add.outer divide.outer multiply.outer subtract.outer add.reduce multiply.reduce "
    "linalg.matmul linalg.matrix_transpose linalg.multi_dot linalg.norm linalg.outer "
    "linalg.tensordot linalg.trace linalg.vecdot matrix_transpose permute_dims "
    "lib.stride_tricks.sliding_window_view"
)

_MATH = (
    "acos acosh asin asinh atan atan2 atanh ceil comb copysign cos cosh degrees erf exp expm1 "
    "fabs factorial floor fmod fsum gamma gcd hypot isclose isfinite isinf isnan lgamma log log10 "
    "log1p log2 perm pow prod radians sin sinh sqrt tan tanh trunc"
)

FUNCTIONS: Final = frozenset(
    [f"numpy.{name}" for name in (_NUMPY + " " + _TYPES).split()]
    + [f"math.{name}" for name in _MATH.split()]
    + ["itertools.product"]
)
"""Functions by the name of their module, and their own."""

CONSTANTS: Final = frozenset(
    [f"numpy.{name}" for name in words(f"{_TYPES} e inf nan ndarray newaxis pi")]
    + [f"math.{name}" for name in words("e inf nan pi tau")]
)
"""What may be used without being called."""

MODULES: Final = {name.rpartition(".")[0] for name in FUNCTIONS} - FUNCTIONS | {"numpy.lib"}
"""The modules themselves; ``numpy.add``, of which ``outer`` is a method, is none."""

METHODS: Final = words(
    "append astype clip conj conjugate copy cumprod cumsum diagonal dot extend fill flatten item "
    "max mean min prod ravel repeat reshape round squeeze std sum swapaxes take tolist trace "
    "transpose type var"
)

ATTRIBUTES: Final = words("T dtype flat imag itemsize mT nbytes ndim real shape size")

OPERATORS: Final = {
    "numpy.add": "+",
    "numpy.subtract": "-",
    "numpy.multiply": "*",
    "numpy.divide": "/",
    "numpy.true_divide": "/",
    "numpy.power": "**",
    "numpy.float_power": "**",
    "math.pow": "**",
    "numpy.floor_divide": "//",
    "numpy.mod": "%",
    "numpy.remainder": "%",
    "numpy.matmul": "@",
    "numpy.linalg.matmul": "@",
    "numpy.less": "<",
    "numpy.less_equal": "<=",
    "numpy.greater": ">",
    "numpy.greater_equal": ">=",
    "numpy.equal": "==",
    "numpy.not_equal": "!=",
}
"""Functions that are an operator by another name."""
