"""The signatures of other libraries, against the libraries on random arguments, where installed."""

from __future__ import annotations

import importlib
import importlib.util
import random
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from test_signatures import OPTIONAL, OWN, REQUIRED, Blurred, array, arrays, axis, drawn, sizes

from einsum_lint.infer.arguments import Arguments
from einsum_lint.infer.methods import call_method
from einsum_lint.infer.signature import parse
from einsum_lint.infer.signatures import called, source
from einsum_lint.infer.values import UNKNOWN, Method, Value
from einsum_lint.shapes import ArrayFact

TRIES = 20


def several_axes(rng: random.Random, given: Mapping[str, Any]) -> Any:
    found = axis(rng, given, several=True)
    return list(found) if isinstance(found, tuple) else found


def permutation(rng: random.Random, given: Mapping[str, Any]) -> Any:
    first = next(iter(given.values()))
    return tuple(rng.sample(range(first.ndim), first.ndim))


def like_first(rng: random.Random, given: Mapping[str, Any]) -> Any:
    return array(rng, np.shape(next(iter(given.values()))), "float32")


def a_tensor(rng: random.Random, given: Mapping[str, Any]) -> Any:
    return array(rng, dtype=rng.choice(("float32", "float64", "int64", "bool")))


TENSORS = {
    **dict.fromkeys(("input", "data", "obj", "ndarray", "A", "x", "tensor", "operand", "input_tensor", "value"), a_tensor),
    "other": like_first, "y": like_first, "B": like_first, "tensors": arrays, "values": arrays, "condition": lambda rng, g: array(rng, dtype="bool"),
    "dim!": axis, "dim0": axis, "dim1": axis, "size": sizes, "perm": permutation, "permutation": permutation,
    "fill_value": lambda rng, g: 1.0, "n": lambda rng, g: 3, "num": lambda rng, g: 3, "shifts": lambda rng, g: 1,
    "n_": lambda rng, g: 3, "low": lambda rng, g: 0, "high": lambda rng, g: 4,
    "multiples": lambda rng, g: [2] * next(iter(g.values())).ndim, "new_sizes": lambda rng, g: (int(np.prod(np.shape(next(iter(g.values()))))),),
    "dims": permutation, "m": lambda rng, g: rng.choice((2, None)), "num_rows": lambda rng, g: 3, "initial_value": a_tensor,
}  # fmt: skip
OPTIONS = {
    "dim": several_axes, "keepdim": lambda rng, g: rng.random() < 0.5, "start_dim": axis, "end_dim": axis,
    "axis": several_axes, "keepdims": lambda rng, g: rng.random() < 0.5,
}  # fmt: skip
NEEDED = {
    "softmax",
    "log_softmax",
    "cumsum",
    "cumprod",
    "unsqueeze",
    "logsumexp",
    "expand_dims",
    "concat",
}
"""Functions that do not go without an axis."""


class Tables:
    """The generators of ``test_signatures``, with those that another library needs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        for key, maker in TENSORS.items():
            monkeypatch.setitem(REQUIRED, key, maker)
        for key, maker in OPTIONS.items():
            monkeypatch.setitem(OPTIONAL, key, maker)
        last = name.rpartition(".")[2]
        own: dict[str, Any] = {}
        if name == "tensorflow.fill":
            own = {"dims": sizes}
        if last in NEEDED:
            own = {"dim": axis, "axis": axis}
        if last in {"mm", "bmm", "mv", "matmul", "dot", "inner"}:
            rank = {"mm": 2, "bmm": 3, "mv": 2, "dot": 1, "inner": 1}.get(last, 3)
            own["input"] = own["a"] = lambda rng, g: array(rng, (2, 3, 3)[3 - rank :], "float32")
            own["other"] = own["b"] = lambda rng, g: array(
                rng, (3,) if last in {"mv", "dot", "inner"} else (2, 3, 3)[3 - rank :], "float32"
            )
        monkeypatch.setitem(OWN, name, own)


def run(function: Any, args: list[Any], keywords: Mapping[str, Any]) -> Any:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return function(*args, **keywords)
        except Exception:  # each library raises errors of its own
            return None


class AnyClass(Blurred):
    """Facts about arrays of any library: dtypes by their names, the class is not looked at."""

    def admits_array(self, known: ArrayFact, got: Any) -> bool:
        dtype = getattr(got, "dtype", None)
        name = str(getattr(dtype, "name", dtype)).removeprefix("torch.")
        if known.dtype not in (None, name):
            return False
        sizes = tuple(
            7 if size != size else int(size) for size in getattr(got, "shape", ())
        )  # nan: not known
        return (
            super().admits_array(ArrayFact(known.shape, origin=known.origin), np.empty(sizes))
            or known == UNKNOWN
        )


def checked(
    name: str,
    text: str,
    function: Any,
    convert: Callable[[Any], Any],
    call: Callable[[Arguments], Value],
) -> tuple[int, int]:
    rng, ran, told = random.Random(name), 0, 0
    for attempt in range(TRIES):
        args, keywords = drawn(rng, name, parse(text))
        blurred = AnyClass(rng, ("known", "sizes")[attempt % 2])
        got = run(
            function, [convert(a) for a in args], {k: convert(v) for k, v in keywords.items()}
        )
        if got is None:
            continue
        ran += 1
        known = call(
            Arguments(
                tuple(map(blurred.value, args)), {k: blurred.value(v) for k, v in keywords.items()}
            )
        )
        assert blurred.admits(known, got), f"{name}(*{args}, **{keywords}) is {got}, not {known}"
        told += known is not UNKNOWN
    return ran, told


def converter(library: str) -> Callable[[Any], Any]:
    module = importlib.import_module(library)
    make = {
        "torch": "from_numpy",
        "tensorflow": "constant",
        "jax.numpy": "asarray",
        "dask.array": "from_array",
    }[library]

    def convert(value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return getattr(module, make)(value.copy())
        return type(value)(map(convert, value)) if isinstance(value, (list, tuple)) else value

    return convert


def functions(root: str) -> list[str]:
    """The names of a table, if the library is installed."""
    found = source(root)
    assert found is not None
    if not importlib.util.find_spec(root):
        return []
    return [
        name
        for name in found.functions
        if "random" not in name and "()" not in name and "compat" not in name
    ]


TORCH = source("torch")
assert TORCH is not None


def resolve(name: str) -> Any:
    parts = name.split(".")
    found: Any = importlib.import_module(parts[0])
    for k, part in enumerate(parts[1:], 2):
        inner = getattr(found, part, None)
        if inner is None:
            try:
                inner = importlib.import_module(".".join(parts[:k]))
            except ImportError:
                return None
        found = inner
    return found


@pytest.mark.parametrize("name", [n for root in ("torch", "tensorflow") for n in functions(root)])
def test_function(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    root = name.partition(".")[0]
    found = source(root)
    assert found is not None
    function = resolve(name)
    assert function is not None, "there is no such function"
    Tables(monkeypatch, name)
    ran, told = checked(
        name, found.functions[name], function, converter(root), lambda given: called(name, given)
    )
    if ran:
        assert told


@pytest.mark.parametrize("name", [n for root in ("jax", "dask") for n in functions(root)])
def test_function_that_follows_numpy(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    root = "jax.numpy" if name.startswith("jax") else "dask.array"
    found = source(root.partition(".")[0])
    assert found is not None
    function = resolve(name)
    if function is None:
        return  # it has fewer functions than NumPy
    last = name.removeprefix(f"{root}.")
    monkeypatch.setitem(OWN, name, OWN.get(last, {}))
    checked(
        name, found.functions[name], function, converter(root), lambda given: called(name, given)
    )


@pytest.mark.parametrize("name", list(TORCH.methods) if functions("torch") else [])
def test_method_of_tensors(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert TORCH is not None
    Tables(monkeypatch, name)

    def call(given: Arguments) -> Value:
        tensor, *rest = given.args
        assert isinstance(tensor, ArrayFact)
        torch_fact = ArrayFact(tensor.shape, tensor.dtype, True, library="torch")
        return call_method(Method(torch_fact, name), Arguments(tuple(rest), given.keywords))

    def method(tensor: Any, *args: Any, **keywords: Any) -> Any:
        return getattr(tensor, name)(*args, **keywords)

    checked(name, TORCH.methods[name], method, converter("torch"), call)
