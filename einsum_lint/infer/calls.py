"""What a call of a library's function, or of an array's method, returns."""

from __future__ import annotations

import functools

from .arguments import Arguments
from .methods import call_method
from .signatures import called
from .values import UNKNOWN, Method, Partial, Reference, Value, join

_PURE_MODULES = frozenset(
    {"numpy", "scipy", "builtins", "math", "functools", "copy", "jax", "torch"}
)
_PARTIAL = Reference(frozenset({"functools.partial"}))


def result_of(callee: Value, arguments: Arguments) -> Value:
    """What a function of a library, or a method of an array, returns."""
    match callee:
        case Reference() if callee == _PARTIAL and arguments.args:
            function = arguments.args[0]
            if isinstance(function, Reference) and arguments.complete:
                return Partial(function, arguments.args[1:], arguments.keywords)
        case Reference(names=names):
            calls = [f"{name}.__call__" if name.endswith("()") else name for name in names]
            return functools.reduce(join, [called(name, arguments) for name in calls])
        case Method():
            return call_method(callee, arguments)
    return UNKNOWN


def is_pure(callee: Value) -> bool:
    """Whether a function certainly leaves the parts of its arguments alone."""
    return isinstance(callee, Method | Partial) or (
        isinstance(callee, Reference)
        and all(name.partition(".")[0] in _PURE_MODULES for name in callee.names)
    )
