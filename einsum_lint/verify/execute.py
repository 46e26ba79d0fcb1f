"""Runs both texts of a trial on real arrays, and compares what they leave behind."""

from __future__ import annotations

import ast
import builtins
import importlib
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from types import CodeType
from typing import Any, Final

import numpy as np

from .arrays import Profile, Values, dtype_of, inputs, lookup, namespace
from .compare import difference, sharing
from .known import BUILTINS, CONSTANTS, FUNCTIONS, MODULES
from .program import NoInput, Program, Skipped
from .sizes import Choice, Sizes

_TRIED: Final = 60
"""How many choices of sizes are tried at most."""
_SECONDS: Final = 3.0
"""After this no further kind of input is made: what has run until then must do."""
_ANY: Final[tuple[Values, ...]] = ("signed", "positive", "coarse")
"""Values of which the original must take one kind; a square root may not take the first."""
_UNWRITTEN: Final = 7
"""What ``np.empty`` has in every element, so that both texts see the same."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a text left behind, or the error that it ended with."""

    results: dict[str, Any]
    inputs: dict[str, Any]
    error: Exception | None


def _import(name: str, *arguments: Any) -> Any:
    """What NumPy itself imports when one of its functions is called; no text has an import."""
    if name.partition(".")[0] != "numpy":
        raise ImportError(name)
    return __import__(name, *arguments)


_BUILTINS: Final = {name: getattr(builtins, name) for name in BUILTINS} | {"__import__": _import}


class _Module:
    """A module, of which only what is known can be reached."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __getattr__(self, name: str) -> Any:
        path = f"{self._path}.{name}"
        if path not in FUNCTIONS | CONSTANTS | MODULES:
            raise AttributeError(path)
        value = _Module(path) if path in MODULES else _known(path)
        setattr(self, name, value)
        return value


def _known(path: str) -> Any:
    """A function or constant by its name; an array without values gets some."""
    if path == "numpy.empty":
        return lambda shape, dtype=float, order="C": np.full(shape, _UNWRITTEN, dtype, order)
    if path == "numpy.empty_like":
        return lambda like, dtype=None, shape=None: np.full_like(
            like, _UNWRITTEN, dtype=dtype, shape=shape
        )
    root, *rest = path.split(".")
    value = importlib.import_module(root)
    for name in rest:
        value = getattr(value, name)
    return value


class Execution:
    """The two texts of a program, ready to be run on any number of inputs."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._before = _compiled(program.before)
        self._after = _compiled(program.after)
        self._modules = {
            name: _Module(path) if path in MODULES else _known(path)
            for name, path in program.modules.items()
        }
        arrays = [dtype_of(i) for i in program.inputs if i.kind == "array"]
        self._floating = any(dtype.kind in "fc" for dtype in arrays)
        self._integral = any(dtype.kind in "iu" for dtype in arrays)
        self._precision = min((_bytes(dtype) for dtype in arrays), default=8)
        self._sizes = Sizes(program.inputs)

    def choices(self) -> list[Choice]:
        """Choices of sizes for which the original runs; Skipped when there is none."""
        found: list[Choice] = []
        error: Exception | None = None
        for number, choice in enumerate(self._sizes.choices()):
            if choice in found:
                continue
            raised = self._error(choice)
            if raised is None:
                found.append(choice)
            error = raised or error
            if len(found) == self._sizes.telling or number == _TRIED:
                break
        if not found and error is None:
            raise NoInput("no sizes satisfy what is known of them")
        if not found:
            raise NoInput(f"the original raises {type(error).__name__}: {error}"[:200])
        return found

    def _error(self, choice: Choice) -> Exception | None:
        """What the original raises for these sizes, whatever the values; None when it runs."""
        error: Exception | None = None
        for values in _ANY:
            error = self._run(self._before, Profile(choice, values=values)).error
            if error is None:
                return None
        return error

    def fault(self, choices: Sequence[Choice]) -> str | None:
        """How the rewriting differs on some input on which the original ran; None if on none."""
        deadline = time.monotonic() + _SECONDS
        for profile in self._profiles(choices):
            found = self._disagreement(profile)
            if found is not None:
                return f"{found} ({profile})"
            if time.monotonic() > deadline:
                break
        return None

    def _profiles(self, choices: Sequence[Choice]) -> Iterator[Profile]:
        for seed, choice in enumerate(choices):
            yield Profile(choice, seed)
            yield Profile(choice, seed + 10, "positive", numbers=True)
        first = Profile(choices[0], 20)
        yield replace(first, layout="columns")
        yield replace(first, layout="strided", numbers=True)
        yield replace(first, layout="reversed", values="positive")
        for seed in range(30, 38):
            other = Profile(choices[seed % len(choices)], seed)
            yield replace(other, values="coarse")
            if self._floating:
                yield replace(other, values="nan")
                yield replace(other, values="inf")
            if self._integral:
                yield replace(other, values="large")
        for choice in self._sizes.edges(empty=self._program.empty):
            yield Profile(choice, 21)
        yield from self._aliased(choices[0])

    def _aliased(self, first: Choice) -> Iterator[Profile]:
        """Profiles in which one array is passed for two inputs that the original only reads."""
        for choice in (*self._sizes.equal(), first):
            profile = Profile(choice, 22)
            outcome = self._run(self._before, profile)
            if outcome.error is not None:
                continue
            fresh = inputs(self._program, profile)
            arrays = {
                i.name: (choice.shapes[i.name], dtype_of(i))
                for i in self._program.inputs
                if choice.shapes.get(i.name)
                and difference(fresh[i.name], outcome.inputs[i.name]) is None
            }
            for name, kind in arrays.items():
                twins = [other for other, its in arrays.items() if its == kind and other > name]
                yield from (replace(profile, alias=(name, other)) for other in twins[:3])

    def _disagreement(self, profile: Profile) -> str | None:
        before = self._run(self._before, profile)
        if before.error is not None:
            return None
        after = self._run(self._after, profile)
        if after.error is not None:
            return f"the rewriting raises {type(after.error).__name__}: {after.error}"[:200]
        finite = profile.values in ("inf", "coarse")
        pairs = [
            *((f"{n}: ", value, after.results[n]) for n, value in before.results.items()),
            *((f"input {n}: ", value, after.inputs[n]) for n, value in before.inputs.items()),
        ]
        for title, one, other in pairs:
            found = difference(one, other, precision=self._precision, finite=finite)
            if found is not None:
                return title + found
        return _sharing_differs(before, after)

    def _run(self, code: CodeType, profile: Profile) -> _Outcome:
        values = inputs(self._program, profile)
        names = {
            **self._modules,
            "__builtins__": _BUILTINS,
            **namespace(values, self._program.paths),
        }
        error: Exception | None = None
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                exec(code, names)
            except MemoryError as short:
                raise Skipped("needs too much memory") from short
            except Exception as raised:
                # Whatever it raises is its outcome.
                error = raised
        results = {name: lookup(names, name) for name in self._program.results}
        return _Outcome(results, values, error)


def _sharing_differs(before: _Outcome, after: _Outcome) -> str | None:
    old = sharing(before.results, before.inputs)
    new = sharing(after.results, after.inputs)
    for pairs, when in ((old - new, "before"), (new - old, "after")):
        for one, other, same in sorted(pairs):
            relation = "is" if same else "shares memory with"
            return f"{one} {relation} {other}, only {when}"
    return None


def _compiled(tree: ast.Module) -> CodeType:
    return compile(tree, "<trial>", "exec", dont_inherit=True)


def _bytes(dtype: np.dtype[Any]) -> int:
    """The bytes of a floating number of the dtype; 8 for integers, which are exact."""
    match dtype.kind:
        case "f":
            return min(dtype.itemsize, 8)
        case "c":
            return min(dtype.itemsize // 2, 8)
    return 8
