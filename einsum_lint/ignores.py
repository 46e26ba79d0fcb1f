"""Which paths below a folder are passed over: ``.gitignore`` files and the excluded patterns."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, NamedTuple

from .settings import Config

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

DEFAULT_EXCLUDE: Final = (
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".git-rewrite",
    ".hg",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pants.d",
    ".pyenv",
    ".pytest_cache",
    ".pytype",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    ".vscode",
    ".einsum_lint_cache",
    "__pycache__",
    "__pypackages__",
    "_build",
    "buck-out",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
)
"""Ruff's list, and our cache."""

_PLAIN: Final = re.compile(r"[^*?\[\]\\/!#\s][^*?\[\]\\/]*(?<!\s)")


class Patterns(NamedTuple):
    """The patterns of one ``.gitignore``, or of an ``exclude`` setting, relative to ``base``."""

    base: str
    lines: tuple[str, ...]
    spec: GitIgnoreSpec

    def verdict(self, path: str, *, folder: bool) -> bool | None:
        """True: ignored; False: taken back in by a ``!`` pattern; None: nothing is said."""
        relative = path[len(self.base.rstrip(os.sep)) + 1 :]
        if os.sep != "/":
            relative = relative.replace(os.sep, "/")
        return self.spec.check_file(relative + "/" if folder else relative).include

    def without(self, folder: str) -> Patterns | None:
        """The patterns that do not cover a folder which was named on the command line."""
        lines = tuple(line for line in self.lines if not _covers(self.base, line, folder))
        return make_patterns(self.base, lines)


def _covers(base: str, line: str, folder: str) -> bool:
    alone = make_patterns(base, (line,))
    return alone is not None and alone.verdict(folder, folder=True) is True


def make_patterns(base: str, lines: Iterable[str]) -> Patterns | None:
    """Compile patterns, leaving out malformed ones as git does; None when none is left."""
    from pathspec import GitIgnoreSpec

    kept = []
    for line in lines:
        try:
            if len(GitIgnoreSpec.from_lines([line])) and line.strip():
                kept.append(line)
        except (ValueError, re.error):
            continue
    return Patterns(base, tuple(kept), GitIgnoreSpec.from_lines(kept)) if kept else None


class Exclusion(NamedTuple):
    """What ``exclude`` and ``extend-exclude`` say: plain names apart, because they are quick."""

    names: frozenset[str]
    patterns: Patterns | None

    def covers(self, path: str, name: str, *, folder: bool) -> bool:
        """Whether a path found below a folder is excluded."""
        if name in self.names:
            return True
        return self.patterns is not None and self.patterns.verdict(path, folder=folder) is True


def exclusion(config: Config, root: str, named: str) -> Exclusion:
    """The exclusion for what lies below ``named``, whose own exclusion is overruled."""
    every = (*(config.exclude or DEFAULT_EXCLUDE), *config.extend_exclude)
    names = frozenset(p for p in every if _PLAIN.fullmatch(p))
    rest = tuple(p for p in every if p not in names)
    patterns = make_patterns(root, rest) if rest and _below(named, root) else None
    if patterns is not None and named != root:
        patterns = patterns.without(named)
    return Exclusion(names, patterns)


def read_gitignore(folder: str, name: str = ".gitignore") -> Patterns | None:
    """The patterns of the ``.gitignore`` of a folder, None if there are none."""
    try:
        with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
            return make_patterns(folder, file.read().splitlines())
    except OSError:
        return None


def outer_gitignores(folder: str) -> tuple[Patterns, ...]:
    """The ``.gitignore`` files above a folder named on the command line, innermost first.

    They are read up to the root of the repository, and not at all outside of one.  If they ignore
    the folder itself they are overruled: it was named.
    """
    chain: list[Patterns] = []
    above = folder
    while not os.path.exists(os.path.join(above, ".git")):
        parent = os.path.dirname(above)
        if parent == above:
            return ()
        above = parent
        found = read_gitignore(above)
        if found is not None:
            chain.append(found)
    excluded = read_gitignore(above, os.path.join(".git", "info", "exclude"))
    if excluded is not None:
        chain.append(excluded)
    ignored = above != folder and any(ignores(chain, p, folder=True) for p in _down(above, folder))
    return () if ignored else tuple(chain)


def ignores(chain: Iterable[Patterns], path: str, *, folder: bool) -> bool:
    """Whether ``.gitignore`` files, innermost first, ignore a path: the first that speaks wins."""
    for patterns in chain:
        if not _below(path, patterns.base):
            continue
        said = patterns.verdict(path, folder=folder)
        if said is not None:
            return said
    return False


def _down(top: str, folder: str) -> list[str]:
    """The folders from below ``top`` down to ``folder``."""
    steps = []
    while folder != top:
        steps.append(folder)
        folder = os.path.dirname(folder)
    return steps[::-1]


def _below(path: str, base: str) -> bool:
    return path == base or path.startswith(base.rstrip(os.sep) + os.sep)
