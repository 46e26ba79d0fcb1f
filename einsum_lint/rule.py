"""The rule decorator and the registry that it fills: a file in ``rules/`` is registered."""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from .settings import Config

if TYPE_CHECKING:
    from .facts import Fact
    from .findings import Problem

F = TypeVar("F", bound="Fact")


class Rule(NamedTuple):
    """A rule: its code, its name (with dashes), the type of fact it reads, and the function.

    ``check`` is None for the rules about files that could not be checked (EIN9xx): the engine
    reports those itself, and the rule holds only their documentation.
    """

    code: str
    name: str
    on: type[object] | None
    check: Callable[[Fact, Config], Iterable[Problem]] | None
    doc: str
    default: bool

    @property
    def summary(self) -> str:
        """The first sentence of "What it does"."""
        match = re.search(r"## What it does\n(.+?)(?:\.\s|\.$|\n\n|\Z)", self.doc, re.DOTALL)
        return " ".join(match[1].split()) if match else ""

    @property
    def url(self) -> str:
        """The page of the rule in the documentation."""
        return f"https://github.com/einsum-lint/einsum-lint/blob/main/docs/rules/{self.name}.md"


UNCHECKED = "EIN9"
"""How the codes begin that say that a file was not checked: only ``ignore`` turns them off."""

_registry: dict[str, Rule] = {}


def rule(
    code: str, on: type[F] | None = None, *, default: bool = True
) -> Callable[[Callable[[F, Config], Iterable[Problem]]], Rule]:
    """Register a function as the rule ``code``.

    The function's name is the rule's name, its docstring the rule's documentation.  ``default``
    says whether the rule runs when nothing selects it.
    """
    import inspect  # which takes longer to load than most of what needs only the types

    def register(check: Callable[[F, Config], Iterable[Problem]]) -> Rule:
        if code in _registry:
            raise ValueError(f"two rules have the code {code}")
        made = Rule(
            code=code,
            name=check.__name__.replace("_", "-"),
            on=on,
            check=check if on is not None else None,  # type: ignore[arg-type]
            doc=inspect.cleandoc(check.__doc__ or ""),
            default=default,
        )
        _registry[code] = made
        return made

    return register


@functools.cache
def rules() -> Mapping[str, Rule]:
    """Every rule by its code, in the order of the codes."""
    import pkgutil

    from . import rules as package

    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return dict(sorted(_registry.items()))


def chosen(config: Config) -> tuple[Rule, ...]:
    """The rules that read facts, of those that the configuration asks for."""
    return _chosen(config.select, config.ignore, config.extend_select)


@functools.cache
def _chosen(
    select: tuple[str, ...], ignore: tuple[str, ...], extend_select: tuple[str, ...]
) -> tuple[Rule, ...]:
    config = Config(select, ignore, extend_select)
    return tuple(rule for rule in rules().values() if rule.check and selected(config, rule.code))


def selected(config: Config, wanted: str) -> bool:
    """Whether the configuration asks for the rule with this code."""

    def longest(prefixes: Iterable[str]) -> int:
        return max((len(p) for p in prefixes if wanted.startswith(p)), default=-1)

    chosen = max(longest(config.select), longest(config.extend_select))
    if wanted.startswith(UNCHECKED) or (not config.select and rules()[wanted].default):
        chosen = max(chosen, 0)
    return chosen > longest(config.ignore)
