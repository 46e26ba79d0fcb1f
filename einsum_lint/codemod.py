"""The registry of codemods: a file in ``codemods/`` is registered."""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from .facts import Fact
from .findings import Problem
from .rule import Rule, rules
from .settings import Config

F = TypeVar("F", bound=Fact)


@dataclass(frozen=True, slots=True)
class Codemod:
    """Rewritings under one name: the fixes of the rules ``codes``, or those of ``own``.

    The code of ``own`` is the name of the codemod; it is a rule of no check.
    """

    name: str
    summary: str
    codes: tuple[str, ...] = ()
    own: Rule | None = None

    def rules(self, config: Config, select: tuple[str, ...] = ()) -> tuple[Rule, ...]:
        """Its rules, without those that the configuration ignores by their whole code.

        ``select`` holds beginnings of codes; where there are any, they narrow the choice.
        """
        found = [self.own] if self.own else [rules()[code] for code in self.codes]
        return tuple(
            rule
            for rule in found
            if rule.code not in config.ignore and (not select or rule.code.startswith(select))
        )


_registry: dict[str, Codemod] = {}


def codemod(
    name: str, on: type[F]
) -> Callable[[Callable[[F, Config], Iterable[Problem]]], Codemod]:
    """Register a function as a codemod, whose summary is the first line of its docstring."""

    def register(check: Callable[[F, Config], Iterable[Problem]]) -> Codemod:
        doc = inspect.cleandoc(check.__doc__ or "")
        own = Rule(name, name, on, check, doc, default=False)  # type: ignore[arg-type]
        return _registered(Codemod(name, doc.partition("\n")[0], own=own))

    return register


def fixes_of(name: str, summary: str, *codes: str) -> Codemod:
    """Register the fixes of some rules as a codemod."""
    return _registered(Codemod(name, summary, codes))


def _registered(made: Codemod) -> Codemod:
    if made.name in _registry:
        raise ValueError(f"two codemods have the name {made.name}")
    _registry[made.name] = made
    return made


@functools.cache
def codemods() -> Mapping[str, Codemod]:
    """Every codemod by its name."""
    from . import codemods as package

    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return dict(sorted(_registry.items()))
