"""Every signature of NumPy's, against NumPy on random arguments."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from einsum_lint.dims import Dim, Polynomial, Symbol, symbol
from einsum_lint.infer.arguments import Arguments
from einsum_lint.infer.behaviours import behaviours
from einsum_lint.infer.methods import attribute, call_method
from einsum_lint.infer.signature import Signature, parse
from einsum_lint.infer.signatures import called, source, sources
from einsum_lint.infer.values import (
    UNKNOWN,
    Constant,
    Display,
    Method,
    Reference,
    Size,
    Value,
)
from einsum_lint.shapes import ArrayFact, Origin, Shape

NUMPY, ANYTHING = source("numpy"), source("anything")
assert NUMPY is not None
assert ANYTHING is not None
DTYPES = (
    "bool", "uint8", "int8", "int16", "int32", "int64", "uint64", "float16", "float32", "float64",
    "complex64", "complex128",
)  # fmt: skip
TRIES = 60

Made = Callable[[random.Random, dict[str, Any]], Any]


# Arguments, by the name of the parameter --------------------------------------------------------


def array(
    rng: random.Random, sizes: tuple[int, ...] | None = None, dtype: str | None = None
) -> Any:
    if sizes is None:
        sizes = tuple(
            rng.choice((0, 1, 2, 3, 3, 4)) for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 4)))
        )
    made = np.array(rng.choices(range(4), k=int(np.prod(sizes)))).reshape(sizes)
    return made.astype(dtype or rng.choice(DTYPES))


def first(given: Mapping[str, Any]) -> Any:
    """The array that was made first."""
    return next(
        (np.asarray(v) for v in given.values() if isinstance(v, (np.ndarray, list))), np.ones(2)
    )


def rank(given: Mapping[str, Any]) -> int:
    return int(first(given).ndim)


def axis(rng: random.Random, given: Mapping[str, Any], *, several: bool = False) -> Any:
    count = max(rank(given), 1)
    one = rng.randrange(-count, count)
    if several and rng.random() < 0.3:
        return tuple(rng.sample(range(count), rng.randint(0, count)))
    return one if rng.random() < 0.95 else count + 1


def sizes(rng: random.Random, given: Mapping[str, Any]) -> Any:
    made = tuple(rng.choice((0, 1, 2, 3)) for _ in range(rng.randint(0, 3)))
    return rng.choice((made, list(made), rng.randint(0, 3)))


def reshaping(rng: random.Random, given: Mapping[str, Any]) -> Any:
    total = int(first(given).size)
    divisors = [d for d in range(1, total + 1) if total % d == 0] or [0]
    size = rng.choice(divisors)
    return rng.choice(
        (
            (size, -1),
            (-1,),
            -1,
            (total,),
            total,
            (-1, size),
            (size, total // max(size, 1)),
            (1, total, 1),
            (2, 3),
        )
    )


def compatible(rng: random.Random, given: Mapping[str, Any]) -> Any:
    """Another array that broadcasts with the first, or a number."""
    if rng.random() < 0.25:
        return rng.choice((2, 2.5, True, 1, 3j, 100))
    shape = tuple(rng.choice((size, size, 1)) for size in first(given).shape)
    return array(rng, shape[rng.randint(0, len(shape)) :] if rng.random() < 0.5 else shape)


def matching(rng: random.Random, given: Mapping[str, Any]) -> Any:
    """Another array whose axes fit those of the first in one way or another."""
    shape = list(first(given).shape)
    rng.shuffle(shape)
    return array(
        rng, tuple(shape[: rng.randint(0, len(shape))] + ([2] if rng.random() < 0.5 else []))
    )


def arrays(rng: random.Random, given: dict[str, Any]) -> Any:
    """Several arrays that can be joined on some axis."""
    base = list(array(rng).shape)
    made = []
    at = rng.randrange(len(base)) if base else 0
    for _ in range(rng.randint(1, 3)):
        if base and rng.random() < 0.4:
            base[at] = rng.randint(0, 3)
        made.append(array(rng, tuple(base)))
    given["joined"] = made[0]
    return made if rng.random() < 0.5 else tuple(made)


def several(rng: random.Random, given: Mapping[str, Any]) -> Any:
    count = rank(given)
    return rng.choice((None, tuple(rng.sample(range(count), count)), list(range(count))[::-1]))


def width(rng: random.Random, given: Mapping[str, Any]) -> Any:
    def pair() -> tuple[int, int]:
        return rng.randint(0, 2), rng.randint(0, 2)

    return rng.choice((2, pair(), (pair(),), tuple(pair() for _ in range(rank(given)))))


def tensordot_axes(rng: random.Random, given: Mapping[str, Any]) -> Any:
    a, b = list(given.values())[:2]
    pairs = [
        (i, j) for i in range(a.ndim) for j in range(np.ndim(b)) if a.shape[i] == np.shape(b)[j]
    ]
    chosen = rng.sample(pairs, min(len(pairs), rng.randint(0, 2)))
    if len({i for i, _ in chosen}) < len(chosen) or len({j for _, j in chosen}) < len(chosen):
        chosen = chosen[:1]
    return rng.choice((1, 0, 2, (tuple(i for i, _ in chosen), tuple(j for _, j in chosen))))


def values(rng: random.Random, given: Mapping[str, Any]) -> Any:
    """An array, a number or nested lists."""
    lists: list[Any] = [[1, 2], [[1, 2.5], [3, 4]], 3, 2.5, [], [[], []], [True]]
    return rng.choice([array(rng), array(rng), *lists])


def an_array(rng: random.Random, given: Mapping[str, Any]) -> Any:
    return array(rng)


REQUIRED: dict[str, Made] = {
    **dict.fromkeys(("a", "x", "m", "x1", "ary", "arr", "v", "val", "z", "ar", "A", "y", "element"), an_array),
    "array": an_array, "condition": lambda rng, g: array(rng, dtype="bool"), "object": values,
    "shape": sizes, "fill_value": lambda rng, g: rng.choice((1, 2.5, True, 1j)),
    "N": lambda rng, g: rng.randint(0, 4), "n": lambda rng, g: rng.randint(0, 3),
    "start": lambda rng, g: rng.choice((0, 1, 2, 0.5)), "stop": lambda rng, g: rng.choice((6, 3, 7.5, -1)),
    "xi": lambda rng, g: [array(rng, (rng.randint(0, 3),)) for _ in range(rng.randint(1, 3))],
    "arys": lambda rng, g: [array(rng)], "args": lambda rng, g: [array(rng, (2, 1)), array(rng, (3,))],
    "dimensions": lambda rng, g: tuple(rng.randint(0, 3) for _ in range(rng.randint(0, 3))),
    "M": lambda rng, g: rng.randint(0, 4), "axis1": axis, "axis2": axis, "source": axis, "destination": axis,
    "axis!": axis, "arrays": arrays, "tup": arrays, "indices_or_sections": lambda rng, g: rng.randint(1, 3),
    "reps": lambda rng, g: rng.choice((2, (2, 1), (3,), (1, 2, 2), [2, 2])),
    "repeats": lambda rng, g: rng.randint(0, 3), "pad_width": width, "shift": lambda rng, g: rng.randint(-2, 2),
    "q": lambda rng, g: 0.5, "kth": lambda rng, g: 0,
    "indices": lambda rng, g: rng.choice((0, [0, 0], array(rng, (2, 2), "int64") * 0, [0], -1)),
    "x2": compatible, "b": matching, "values": lambda rng, g: 1, "buffer": lambda rng, g: b"12345678" * 2, "iter": lambda rng, g: [1, 2, 3],
    "xp": lambda rng, g: np.arange(3.0), "fp": lambda rng, g: np.arange(3.0), "obj": lambda rng, g: 0,
    "test_elements": values, "start!": lambda rng, g: 1,
    "low": lambda rng, g: 0, "high": lambda rng, g: 5, "alpha": lambda rng, g: np.ones(3),
    "mean!": lambda rng, g: np.zeros(2), "cov": lambda rng, g: np.eye(2), "size": sizes,
}  # fmt: skip

OPTIONAL: dict[str, Made] = {
    "dtype": lambda rng, g: rng.choice(("float32", "float64", "int64", "complex128", "int16", float, np.float32, bool)),
    "axis": lambda rng, g: axis(rng, g, several=True), "keepdims": lambda rng, g: rng.random() < 0.5,
    "num": lambda rng, g: rng.randint(0, 5), "endpoint": lambda rng, g: rng.random() < 0.5,
    "step": lambda rng, g: rng.choice((1, 2, -1)), "k": lambda rng, g: rng.randint(-2, 2),
    "offset": lambda rng, g: rng.randint(-2, 2), "order": lambda rng, g: "C", "axes": several,
    "indexing": lambda rng, g: rng.choice(("ij", "xy")), "ddof": lambda rng, g: 0,
    "decimals": lambda rng, g: 1, "a_min": lambda rng, g: 0, "a_max": lambda rng, g: rng.choice((2, 2.5)),
    "min": lambda rng, g: 0, "max": lambda rng, g: 2, "full_matrices": lambda rng, g: rng.random() < 0.5,
    "compute_uv": lambda rng, g: rng.random() < 0.7, "deg": lambda rng, g: True, "ord": lambda rng, g: rng.choice((1, 2)),
    "x": compatible, "y": compatible, "increasing": lambda rng, g: True, "side": lambda rng, g: "left",
    "initial": lambda rng, g: 1, "return_counts": lambda rng, g: True, "rowvar": lambda rng, g: False,
}  # fmt: skip


def matrices(rng: random.Random, given: Mapping[str, Any]) -> Any:
    """A stack of matrices that have an inverse."""
    n, stack = rng.randint(1, 3), tuple(rng.randint(0, 2) for _ in range(rng.choice((0, 0, 1, 2))))
    return (np.zeros((*stack, n, n)) + np.eye(n) * 2).astype(
        rng.choice(("float32", "float64", "int64", "complex128"))
    )


def a_matrix(rng: random.Random, given: Mapping[str, Any]) -> Any:
    return array(
        rng, (rng.randint(1, 3), rng.randint(1, 3)), rng.choice(("float32", "float64", "int64"))
    )


def stacks(rng: random.Random, given: Mapping[str, Any]) -> Any:
    n = (rng.randint(1, 4), rng.randint(1, 4))
    return array(
        rng,
        (*(rng.randint(0, 2) for _ in range(rng.randint(0, 2))), *n),
        rng.choice(("f4", "f8", "i8")),
    )


def product(rng: random.Random, given: Mapping[str, Any]) -> Any:
    one = np.asarray(first(given))
    inner = one.shape[-1] if one.ndim else 2
    stack = tuple(rng.choice((size, 1)) for size in one.shape[:-2])
    return array(rng, rng.choice(((inner,), (inner, 2), (*stack, inner, 3))))


def last_fits(rng: random.Random, given: Mapping[str, Any]) -> Any:
    one = np.asarray(first(given))
    tail = one.shape[-1:] or (2,)
    return array(rng, rng.choice((tail, (2, *tail), one.shape, ())))


def counts(rng: random.Random, given: Mapping[str, Any]) -> Any:
    return array(rng, (rng.randint(0, 4),), "int64")


def a_vector(rng: random.Random, given: Mapping[str, Any]) -> Any:
    return array(rng, (rng.randint(1, 4),))


def long_enough(rng: random.Random, given: Mapping[str, Any]) -> Any:
    """An array of which each axis has two elements or more."""
    sizes = tuple(rng.randint(2, 4) for _ in range(rng.randint(1, 3)))
    return array(rng, sizes, rng.choice(("float32", "float64", "int64", "complex128")))


def nested_blocks(rng: random.Random, given: Mapping[str, Any]) -> Any:
    """Arrays in lists, of one depth, as ``block`` takes them."""
    sizes = rng.choice(((2,), (2, 2), (2, 2, 2)))
    row = [array(rng, sizes, "float64"), array(rng, sizes, "int64")]
    return rng.choice((row, [row, row], [[row], [row]], row[0], [1, 2.5], [[1], [2]]))


def maybe(rng: random.Random, given: Mapping[str, Any]) -> Any:
    return rng.random() < 0.4


pair_of_sets: dict[str, Made] = {"ar1": an_array, "ar2": an_array}

OWN: dict[str, dict[str, Made]] = {
    **{f"linalg.{name}": {"a": matrices, "A": matrices, "x": matrices} for name in (
        "inv", "cholesky", "matrix_power", "det", "matrix_rank", "cond", "slogdet", "eig", "eigh", "eigvals", "eigvalsh",
    )},
    **{f"linalg.{name}": {"a": stacks, "x": stacks} for name in ("pinv", "svd", "qr", "svdvals")},
    "linalg.solve": {"a": matrices, "b": lambda rng, g: array(rng, rng.choice(((g["a"].shape[-1],), (g["a"].shape[-1], 2))))},
    **{name: {"x2": product, "b": product} for name in ("matmul", "linalg.matmul", "dot")},
    **{name: {"x2": last_fits, "b": last_fits} for name in ("vecdot", "linalg.vecdot", "inner")},
    **{name: {"x1": lambda rng, g: array(rng, (2,)), "x2": lambda rng, g: array(rng, (3,))} for name in ("linalg.outer",)},
    "vdot": {"b": lambda rng, g: array(rng, g["a"].shape)},
    "cross": {"a": lambda rng, g: array(rng, (2, 3)), "b": lambda rng, g: array(rng, rng.choice(((3,), (2, 3), (4, 2, 3))))},
    "tensordot": {"axes": tensordot_axes}, "linalg.tensordot": {"x2": matching, "axes": tensordot_axes},
    **{f"{which}_indices": {"m": lambda rng, g: rng.randint(0, 3)} for which in ("tril", "triu")},
    "multivariate_normal": {"mean": lambda rng, g: np.zeros(2)},
    "linalg.multi_dot": {"arrays": lambda rng, g: [np.ones(rng.choice(((2,), (4, 2)))), np.ones((2, 3)), np.ones((3, 4))]},
    "reshape": {"shape": reshaping}, "rollaxis": {"axis": axis, "start": lambda rng, g: rng.randint(-1, 2)},
    "vander": {"x": lambda rng, g: array(rng, (rng.randint(0, 3),), "float64")},
    "swapaxes": {}, "expand_dims": {"axis": axis}, "take_along_axis": {
        "arr": lambda rng, g: array(rng, (2, 3)), "indices": lambda rng, g: array(rng, rng.choice(((2, 1), (2, 5), (1, 3))), "int64") * 0,
        "axis": lambda rng, g: rng.choice((1, -1)),
    },
    "full_like": {"shape": sizes}, "ix_": {"args": lambda rng, g: [array(rng, (2,), "int64"), array(rng, (3,), "int64")]},
    "diag": {"v": lambda rng, g: array(rng, rng.choice(((2,), (2, 3), (3, 3), (0, 2))))},
    "cov": {"m": a_matrix}, "corrcoef": {"x": a_matrix}, "trapezoid": {"y": an_array},
    "moveaxis": {"source": lambda rng, g: axis(rng, g, several=True), "destination": lambda rng, g: axis(rng, g, several=True)},
    "broadcast_to": {"array": lambda rng, g: array(rng, rng.choice(((), (1,), (2, 1)))), "shape": lambda rng, g: rng.choice(((2, 3), (3, 2, 3), (4, 1)))},
    "searchsorted": {"a": lambda rng, g: np.arange(4.0), "v": an_array}, "interp": {"x": lambda rng, g: array(rng, dtype="float64")},
    "bincount": {"x": counts}, "histogram": {"a": an_array, "bins": lambda rng, g: rng.randint(1, 5)},
    "digitize": {"bins": lambda rng, g: np.arange(3.0)}, "gradient": {"f": long_enough},
    "block": {"arrays": nested_blocks}, "diag_indices": {"ndim": lambda rng, g: rng.randint(0, 3)},
    "extract": {"arr": lambda rng, g: array(rng, g["condition"].shape)}, "intersect1d": pair_of_sets,
    "setdiff1d": pair_of_sets, "union1d": pair_of_sets, "compress": {"condition": lambda rng, g: [True, False]},
    "convolve": {"a": a_vector, "v": a_vector}, "polyval": {"p": a_vector, "x": an_array},
    "polyfit": {"x": lambda rng, g: np.arange(5.0), "y": lambda rng, g: array(rng, rng.choice(((5,), (5, 2))), "float64"), "deg": lambda rng, g: 2},
    "linalg.lstsq": {"a": a_matrix, "b": lambda rng, g: array(rng, rng.choice(((g["a"].shape[0],), (g["a"].shape[0], 2))))},
    "apply_along_axis": {"func1d": lambda rng, g: rng.choice((np.sum, np.diff, np.cumsum, np.max)), "axis": lambda rng, g: rng.choice((0, -1)), "arr": long_enough, "args": lambda rng, g: []},
    "fft.fftfreq": {"n": lambda rng, g: rng.randint(1, 7)}, "fft.rfftfreq": {"n": lambda rng, g: rng.randint(1, 7)},
    **{f"fft.{name}": {"n": lambda rng, g: rng.choice((None, 4, 5)), "axis": lambda rng, g: rng.choice((0, -1))} for name in (
        "fft", "ifft", "rfft", "irfft", "hfft", "ihfft",
    )},
    "unique": {"return_index": maybe, "return_inverse": maybe, "return_counts": maybe, "axis": lambda rng, g: rng.choice((None, 0))},
    "unwrap": {"p": long_enough}, "rot90": {"m": stacks}, "where": {}, "choice": {"a": lambda rng, g: rng.choice((4, np.arange(3.0), np.ones((2, 3))))},
    "permutation": {"x": lambda rng, g: rng.choice((4, array(rng, (3, 2))))}, "permuted": {"x": lambda rng, g: array(rng, (3, 2)), "axis": axis},
    "linalg.diagonal": {"x": stacks}, "linalg.trace": {"x": stacks}, "triangular": {"left": lambda rng, g: 0, "mode": lambda rng, g: 1, "right": lambda rng, g: 2},
    "linspace": {"axis": lambda rng, g: 0}, "logspace": {"axis": lambda rng, g: 0}, "geomspace": {
        "start": lambda rng, g: rng.choice((1, 2.5)), "stop": lambda rng, g: 8, "axis": lambda rng, g: 0,
    },
}  # fmt: skip
"""Arguments that a function needs in another way than their names say."""

for _name in ["normal", "laplace", "gumbel", "logistic", "lognormal", "beta", "gamma", "f", "wald", "vonmises", "exponential", "rayleigh", "pareto", "weibull", "power", "chisquare", "standard_t", "binomial", "negative_binomial", "poisson", "geometric", "logseries", "zipf", "standard_gamma"]:  # fmt: skip
    _fixed = {"n": 3, "p": 0.5, "a": 2.5, "b": 2, "lam": 2.0, "df": 3, "dfnum": 2, "dfden": 2, "shape": 2, "loc": 0, "scale": 1, "mu": 0, "kappa": 1, "mean": 1, "sigma": 1}  # fmt: skip
    OWN[_name] = {key: (lambda rng, g, value=value: value) for key, value in _fixed.items()}  # type: ignore[misc]


def drawn(rng: random.Random, name: str, signature: Signature) -> tuple[list[Any], dict[str, Any]]:
    """Random arguments for a function, positional and by keyword."""
    own = OWN.get(name, {})
    given: dict[str, Any] = {}
    stopped = signature.operands == 0 and rng.random() < 0.5
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    gap = False
    for parameter in signature.defaults:
        maker = own.get(parameter)
        if maker is None:
            maker = REQUIRED.get(parameter)
        if parameter in ("x", "y") and "condition" in signature.defaults:
            maker = (
                OPTIONAL[parameter]
                if rng.random() < 0.8 and (parameter == "x" or "x" in given)
                else None
            )
        if maker is None and parameter in OPTIONAL and rng.random() < 0.45:
            maker = OPTIONAL[parameter]
        if parameter == signature.rest:
            if maker is not None:
                made = maker(rng, given)
                positional += made if isinstance(made, (list, tuple)) else [made]
                given[parameter] = made
            continue
        if maker is None or parameter in signature.refused:
            gap = True
            continue
        given[parameter] = maker(rng, given)
        by_keyword = (
            gap or parameter not in signature.positional or (stopped and len(positional) > 0)
        )
        if by_keyword and parameter not in signature.positional[: signature.operands]:
            gap = True
            keywords[parameter] = given[parameter]
        else:
            positional.append(given[parameter])
    return positional, keywords


# Python values as the inference has them ---------------------------------------------------------


class Blurred:
    """What is known of the arguments: all of it, or sizes as symbols, or less."""

    def __init__(self, rng: random.Random, how: str) -> None:
        self.rng, self.how = rng, how
        self.symbols: dict[Symbol, int] = {}
        self.by_size: dict[int, Polynomial] = {}
        self.roots: dict[int, int] = {}

    def dim(self, size: int) -> Dim:
        if self.how == "known" or self.rng.random() < 0.4:
            return size
        if self.how == "sizes" and self.rng.random() < 0.6:
            if size not in self.by_size or self.rng.random() < 0.3:
                self.by_size[size] = made = symbol(f"n{len(self.symbols)}", len(self.symbols))
                self.symbols[Symbol(f"n{len(self.symbols)}", len(self.symbols))] = size
                return made
            return self.by_size[size]
        return None

    def value(self, given: Any) -> Value:
        match given:
            case np.ndarray():
                # A number is no axis to lose: NumPy lets it have one, and the inference does not know.
                if self.how == "ranks" and given.ndim and self.rng.random() < 0.6:
                    number = len(self.roots)
                    self.roots[number] = given.ndim
                    return ArrayFact(origin=Origin(number, f"x{number}"))
                dims = tuple(self.dim(size) for size in given.shape)
                dtype = given.dtype.name if self.how == "known" or self.rng.random() < 0.8 else None
                return ArrayFact(Shape(dims), dtype, True)
            case type():
                module = "numpy" if given.__module__ == "numpy" else "builtins"
                return Reference(frozenset({f"{module}.{given.__name__}"}))
            case list() | tuple():
                return Display(tuple(self.value(item) for item in given), isinstance(given, tuple))
            case bytes():
                return UNKNOWN
            case _ if callable(given):
                return Reference(frozenset({f"numpy.{given.__name__}"}))
        return Constant(given)

    def number(self, dim: Dim) -> int | None:
        """The number that a size in symbols stands for."""
        if not isinstance(dim, Polynomial):
            return dim
        return sum(c * int(np.prod([self.symbols[s] for s in m], dtype=int)) for m, c in dim.terms)

    def admits(self, known: Value, got: Any) -> bool:
        """Whether what is known of a result holds of it."""
        match known:
            case Display(items=items):
                return len(items) == len(got) and all(map(self.admits, items, got))
            case ArrayFact():
                return self.admits_array(known, got)
            case Constant(value=value):
                return bool(value == got)
            case Size(dim=dim):
                return bool(self.number(dim) == got)
            case Reference(names=names):
                return "()" in str(names) or names <= {f"numpy.{got.name}", "numpy.bool_"}
        return False

    def admits_array(self, known: ArrayFact, got: Any) -> bool:
        if known == UNKNOWN:
            return True
        shape, dims = np.shape(got), known.shape.dims
        if len(shape) < len(dims) or (not known.shape.open and len(shape) != len(dims)):
            return False
        tail = shape[len(shape) - len(dims) :]
        fits = all(self.number(d) in (None, size) for d, size in zip(dims, tail, strict=True))
        if known.origin is not None and known.shape.open:
            fits = fits and self.roots[known.origin.root] + known.origin.offset == len(shape)
        if known.is_array is not None:
            fits = fits and known.is_array == isinstance(got, (np.ndarray, np.generic))
        return fits and known.dtype in (None, getattr(got, "dtype", None))


# The tests ---------------------------------------------------------------------------------------

RANDOM = {"numpy.random": np.random, "numpy.random.RandomState()": np.random.RandomState(0),
          "numpy.random.default_rng()": np.random.default_rng(0)}  # fmt: skip
NOT_IN_THIS_NUMPY = {"trapz", "in1d", "random_integers", "row_stack", "bitwise_not"}
VALUE_DEPENDENT = {
    "bincount", "extract", "compress", "setdiff1d", "union1d", "intersect1d", "convolve", "block", "lstsq",
    "apply_along_axis", "array_split", "fft2", "ifft2", "fftn", "ifftn", "rfft2", "rfftn", "irfft2", "irfftn",
    "nonzero", "unique", "delete", "insert", "append", "interp", "average", "frombuffer", "fromiter", "argwhere",
    "flatnonzero", "default_rng", "RandomState", "cov", "corrcoef", "tril_indices", "triu_indices", "ix_",
}  # fmt: skip
"""Functions of which not all sizes follow from those of the arguments."""


def function_of(name: str) -> Any:
    """NumPy's function, or None where this version has none."""
    prefix, _, last = name.rpartition(".")
    if prefix in RANDOM:
        return getattr(RANDOM[prefix], last, None)
    found: Any = np
    for part in name.removeprefix("numpy.").split("."):
        found = getattr(found, part, None)
    return found


def run(function: Any, args: list[Any], keywords: Mapping[str, Any]) -> Any:
    """The result, or None for an error."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return function(*args, **keywords)
        except (
            ValueError,
            TypeError,
            IndexError,
            np.linalg.LinAlgError,
            OverflowError,
            ZeroDivisionError,
        ):
            return None


def complete(known: Value) -> bool:
    match known:
        case Display(items=items):
            return all(map(complete, items))
        case ArrayFact(shape=shape):
            return shape.sizes is not None
    return True


def checked(
    rng: random.Random, name: str, text: str, function: Any, call: Callable[[Arguments], Value]
) -> tuple[int, int]:
    """Try a function with random arguments: how often it ran, and how often all was known."""
    ran = known_times = 0
    for attempt in range(TRIES):
        args, keywords = drawn(
            rng,
            name.rpartition("()")[2].removeprefix("numpy.").removeprefix("random.").lstrip("."),
            parse(text),
        )
        blurred = Blurred(rng, ("known", "known", "sizes", "ranks")[attempt % 4])
        got = run(function, args, keywords)
        if got is None:
            continue
        ran += 1
        given = Arguments(
            tuple(map(blurred.value, args)), {k: blurred.value(v) for k, v in keywords.items()}
        )
        known = call(given)
        where = f"{name}(*{args}, **{keywords}) is {np.shape(got) if not isinstance(got, (tuple, list)) else [np.shape(g) for g in got]}"
        assert blurred.admits(known, got), (
            f"{where} of {getattr(got, 'dtype', None)}, not {known}; given {given}"
        )
        known_times += blurred.how == "known" and known is not UNKNOWN and complete(known)
    return ran, known_times


def names() -> list[str]:
    assert NUMPY is not None
    return list(NUMPY.functions)


@pytest.mark.parametrize("name", names())
def test_function_is_numpys(name: str) -> None:
    assert NUMPY is not None
    function, last = function_of(name), name.rpartition(".")[2]
    if function is None:
        assert last in NOT_IN_THIS_NUMPY
        return
    rng = random.Random(name)
    ran, known = checked(
        rng, name, NUMPY.functions[name], function, lambda given: called(name, given)
    )
    assert ran >= 5, "the random arguments do not suit the function"
    assert known or last in VALUE_DEPENDENT, "the shape is never known"


@pytest.mark.parametrize("name", list(NUMPY.methods))
def test_method_is_numpys(name: str) -> None:
    assert NUMPY is not None

    def call(given: Arguments) -> Value:
        array, *rest = given.args
        assert isinstance(array, ArrayFact)
        return call_method(Method(array, name), Arguments(tuple(rest), given.keywords))

    def method(array: Any, *args: Any, **keywords: Any) -> Any:
        return getattr(array, name)(*args, **keywords)

    rng = random.Random(name)
    ran, known = checked(rng, name, NUMPY.methods[name], method, call)
    assert ran >= 5
    assert known or name == "nonzero"


@pytest.mark.parametrize("name", [n for n in ANYTHING.methods if hasattr(np.ndarray, n)])
def test_method_of_an_unknown_object_has_the_rank_that_follows(name: str) -> None:
    assert ANYTHING is not None
    rng, ran = random.Random(name), 0
    for _ in range(TRIES):
        (made, *args), keywords = drawn(rng, name, parse(ANYTHING.methods[name]))
        for kind in (np.asarray, np.ma.asarray):
            got = run(getattr(kind(made), name), args, keywords)
            if got is None:
                continue
            ran += 1
            blurred = Blurred(rng, "known")
            blurred.roots[0] = made.ndim
            given = Arguments(
                tuple(map(blurred.value, args)), {k: blurred.value(v) for k, v in keywords.items()}
            )
            known = call_method(Method(ArrayFact(origin=Origin(0, "x")), name), given)
            assert blurred.admits(known, np.asarray(got)), (
                f"{made.shape}.{name}({args}, {keywords}) is {known}"
            )
            assert isinstance(known, ArrayFact)
            assert known.is_array is None
    assert ran > 20


def test_methods_that_other_classes_have_otherwise_are_not_trusted() -> None:
    unknown = ArrayFact(origin=Origin(0, "x"))
    for name in ("sum", "mean", "max", "repeat", "take", "dot", "squeeze", "view", "diagonal"):
        assert attribute(unknown, name) is UNKNOWN
        assert (
            attribute(ArrayFact(is_array=True), name) == Method(ArrayFact(is_array=True), name)
            or name == "view"
        )


def test_every_line_of_every_table_is_a_signature() -> None:
    for root in sources():
        found = source(root)
        assert found is not None
        for name, text in {**found.functions, **found.methods}.items():
            assert parse(text).behaviour in behaviours(), f"{root}: {name}{text}"
