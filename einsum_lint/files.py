"""Finds the Python files that the paths on a command line stand for."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from .config import Project, Resolver
from .ignores import Exclusion, Patterns, exclusion, ignores, outer_gitignores, read_gitignore
from .usage import UsageError

SUFFIXES: Final = (".py", ".pyi")


class SourceFile(NamedTuple):
    """A file to check.  ``shown`` is its path for people; ``named``: the user asked for this file.

    ``error`` says why a folder could not be listed; it is reported in the place of its files.
    """

    path: str
    shown: str
    project: Project
    named: bool = False
    error: str | None = None


def discover(paths: Sequence[str], resolver: Resolver, cwd: str) -> tuple[SourceFile, ...]:
    """The files below some paths, sorted, each once; UsageError when there are none."""
    missing = [path for path in paths if not os.path.lexists(path)]
    if missing:
        raise UsageError(f"no such file or directory: {', '.join(missing)}")
    found: dict[str, SourceFile] = {}
    walk = _Walk(resolver, _Shown(cwd))
    for path in paths:
        whole = os.path.abspath(path)
        if os.path.isdir(whole):
            for file in walk.below(whole):
                found.setdefault(file.path, file)
        else:
            project = resolver.for_folder(os.path.dirname(whole))
            found[whole] = SourceFile(whole, walk.shown(whole), project, named=True)
    if not found:
        raise UsageError(f"no Python files found under {', '.join(paths)}")
    return tuple(found[path] for path in sorted(found))


class _Shown:
    """How a path is printed: relative when it is below the working directory."""

    def __init__(self, cwd: str) -> None:
        self._prefix = cwd.rstrip(os.sep) + os.sep

    def __call__(self, path: str) -> str:
        return path[len(self._prefix) :] if path.startswith(self._prefix) else path


class _Folder(NamedTuple):
    """A folder to look into, with what holds there."""

    path: str
    project: Project
    excluded: Exclusion
    gitignores: tuple[Patterns, ...]


class _Walk:
    """Goes down a tree.  Links to folders are not followed, so a loop of links does no harm."""

    def __init__(self, resolver: Resolver, shown: _Shown) -> None:
        self._resolver = resolver
        self.shown = shown

    def below(self, top: str) -> Iterator[SourceFile]:
        """The Python files below a folder named on the command line."""
        project = self._resolver.for_folder(top)
        excluded = exclusion(project.config, project.root, top)
        pending = [_Folder(top, project, excluded, outer_gitignores(top))]
        while pending:
            folder = pending.pop()
            try:
                with os.scandir(folder.path) as entries:
                    listing = list(entries)
            except OSError as error:
                text = error.strerror or str(error)
                shown = self.shown(folder.path)
                yield SourceFile(folder.path, shown, folder.project, error=text)
                continue
            yield from self._files(folder, listing, top, pending)

    def _files(
        self, folder: _Folder, listing: list[os.DirEntry[str]], top: str, pending: list[_Folder]
    ) -> Iterator[SourceFile]:
        folder = self._enter(folder, {entry.name for entry in listing}, top)
        excluded, gitignores = folder.excluded, folder.gitignores
        for entry in listing:
            name = entry.name
            is_folder = entry.is_dir(follow_symlinks=False)
            if not is_folder and not name.endswith(SUFFIXES):
                continue
            path = entry.path
            if excluded.covers(path, name, folder=is_folder):
                continue
            if gitignores and ignores(gitignores, path, folder=is_folder):
                continue
            if is_folder:
                pending.append(_Folder(path, folder.project, excluded, gitignores))
            elif _readable_kind(entry):
                yield SourceFile(path, self.shown(path), folder.project)

    def _enter(self, folder: _Folder, names: set[str], top: str) -> _Folder:
        """Take account of the settings and the ``.gitignore`` that a folder itself holds."""
        project, excluded, gitignores = folder.project, folder.excluded, folder.gitignores
        if "pyproject.toml" in names and folder.path != top:
            project = self._resolver.for_child(folder.path, project)
            if project is not folder.project:
                excluded = exclusion(project.config, project.root, folder.path)
        if ".git" in names and folder.path != top:
            gitignores = ()
        if ".gitignore" in names:
            own = read_gitignore(folder.path)
            if own is not None:
                gitignores = (own, *gitignores)
        return _Folder(folder.path, project, excluded, gitignores)


def _readable_kind(entry: os.DirEntry[str]) -> bool:
    """Whether to read an entry: a file, a link to one or to nothing; never a pipe or a device."""
    try:
        if entry.is_file():
            return True
        return entry.is_symlink() and not os.path.exists(entry.path)
    except OSError:
        return True
