"""What functions do to shapes and dtypes, each a small function that the signatures name."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from ...promotion import INEXACT, divided, floating, real, total
from ..signature import Call
from ..values import Value

Behaviour = Callable[..., Value]
B = TypeVar("B", bound=Behaviour)

_FILES = (
    "elementwise", "fitting", "joining", "making", "matrices", "parting", "patterns", "reducing",
    "selecting", "shaping", "spectral", "tensors",
)  # fmt: skip
_registry: dict[str, Behaviour] = {}


def behaviour(function: B) -> B:
    """Let signatures name a function, which gets the call and what is in the parentheses."""
    assert function.__name__ not in _registry, function.__name__
    _registry[function.__name__] = function
    return function


@cache
def behaviours() -> dict[str, Behaviour]:
    """Every behaviour by its name."""
    for file in _FILES:
        importlib.import_module(f"{__name__}.{file}")
    return _registry


def apply(call: Call) -> Value:
    """What a call returns."""
    return behaviours()[call.signature.behaviour](call, *call.signature.options)


_RULES: dict[str, Callable[[str | None], str | None]] = {
    "same": lambda dtype: dtype,
    "unknown": lambda dtype: None,
    "floating": floating,
    "divided": divided,
    "real": real,
    "real_divided": lambda dtype: real(divided(dtype)),
    "total": total,
    "small": lambda dtype: "int8" if dtype == "bool" else dtype,
    "inexact": lambda dtype: dtype if dtype in INEXACT else None,
}


def ruled(rule: str, dtype: str | None) -> str | None:
    """The dtype that a rule makes of another; a rule that is none is the name of a dtype."""
    return _RULES[rule](dtype) if rule in _RULES else rule
