"""A linter and refactoring tool for tensor code: checks einsum calls without running them."""

from __future__ import annotations

__version__ = "0.1.0"
__all__ = [
    "Applicability",
    "Config",
    "Finding",
    "Fix",
    "Span",
    "check_source",
    "fix_source",
    "rewrite_source",
]

TYPE_CHECKING = False  # The real one is in typing, which takes long to import.
if TYPE_CHECKING:
    from .engine import check_source, fix_source, rewrite_source
    from .findings import Applicability, Finding, Fix, Span
    from .settings import Config


def __getattr__(name: str) -> object:
    # Imported when first used: a front end must start before it knows what it needs.
    if name in ("check_source", "fix_source", "rewrite_source"):
        from . import engine

        return getattr(engine, name)
    if name in ("Applicability", "Finding", "Fix", "Span"):
        from . import findings

        return getattr(findings, name)
    if name == "Config":
        from .settings import Config

        return Config
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
