"""Tables of what functions do to shapes and dtypes: a file for each library, named for it.

A file has ``TABLES``, from the module of the functions to their signatures, and perhaps ``METHODS``
of the library's arrays.  A line of a table is a signature (see ``signature``), of one function or
of several with the same parameters.  A file is imported when a function of the library is called.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ...shapes import ArrayFact
from ..arguments import Arguments
from ..signature import Call, parse
from ..values import UNKNOWN, Value

Lines = Mapping[str, str]
"""The text of each signature, by the name of the function."""


@dataclass(frozen=True, slots=True)
class Source:
    """The signatures of one library; ``library`` is the one that its arrays are of."""

    library: str
    functions: Lines
    methods: Lines


def lines(table: str) -> dict[str, str]:
    """The signatures of a table."""
    found = {}
    for line in table.splitlines():
        names, bracket, rest = line.partition("(")
        for name in names.split():
            found[name] = bracket + rest
    return found


@cache
def sources() -> frozenset[str]:
    """The libraries that have a file here."""
    return frozenset(module.name for module in pkgutil.iter_modules(__path__))


@cache
def source(root: str) -> Source | None:
    """The signatures of a library."""
    if root not in sources():
        return None
    module = importlib.import_module(f"{__name__}.{root}")
    functions = {
        f"{prefix}.{name}": text
        for prefix, table in module.TABLES.items()
        for name, text in lines(table).items()
    }
    methods = lines(getattr(module, "METHODS", ""))
    return Source(getattr(module, "LIBRARY", root), functions, methods)


def called(name: str, arguments: Arguments) -> Value:
    """What the function with this qualified name returns."""
    found = source(name.partition(".")[0])
    text = None if found is None else found.functions.get(name)
    if found is None or text is None:
        return UNKNOWN
    return _result(name, found.library, text, arguments)


def has_method(table: str, name: str) -> bool:
    """Whether the arrays that a file is about have a method of which something is known."""
    found = source(table)
    return found is not None and name in found.methods


def method_called(
    table: str, library: str, array: ArrayFact, name: str, arguments: Arguments
) -> Value:
    """What a method of an array returns."""
    found = source(table)
    if found is None or name not in found.methods:
        return UNKNOWN
    given = Arguments((array, *arguments.args), arguments.keywords, arguments.complete)
    return _result(name, library, found.methods[name], given)


@cache
def _attributes() -> Lines:
    from .anything import ATTRIBUTES

    return lines(ATTRIBUTES)


def attribute_of(library: str, array: ArrayFact, name: str) -> Value | None:
    """What an attribute of every array is; None for one that is not common to them."""
    text = _attributes().get(name)
    return None if text is None else _result(name, library, text, Arguments((array,), {}))


def _result(name: str, library: str, text: str, arguments: Arguments) -> Value:
    from ..behaviours import apply  # which need what this file's neighbours need

    signature = parse(text)
    bound = signature.bind(arguments)
    return UNKNOWN if bound is None else apply(Call(name, library, signature, bound))
