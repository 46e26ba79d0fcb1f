"""The settings of a run, as one value.  ``config.py`` reads them from files."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

OptimizePolicy = Literal["model", "always", "never"]


class Config(NamedTuple):
    """What to look for and how to judge it.

    ``select``, ``ignore`` and the others that name rules hold codes or prefixes of codes ("EIN1").
    ``einsum_functions`` maps the dotted name of a function to the library whose einsum it follows.
    ``portable_to`` names the libraries that every call must suit, as ``dialects.py`` calls them.
    ``target_numpy`` is the (major, minor) version of NumPy that the checked code runs on.
    ``line_length`` is the one that the project's formatter keeps to.
    ``guard`` keeps a loop that is rewritten, for inputs of which the assumptions do not hold.
    """

    select: tuple[str, ...] = ()
    """Rules to run; empty means the rules that are on by default."""
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(gitignore-style pattern, codes), the pattern relative to the project's root."""
    exclude: tuple[str, ...] = ()
    extend_exclude: tuple[str, ...] = ()
    einsum_functions: Mapping[str, str] = MappingProxyType({})
    portable_to: tuple[str, ...] = ()
    optimize_policy: OptimizePolicy = "model"
    target_numpy: tuple[int, int] = (2, 4)
    guard: bool = False
    line_length: int = 88


DEFAULT = Config()
