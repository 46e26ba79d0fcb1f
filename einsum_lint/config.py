"""Reads the settings of a project from ``[tool.einsum-lint]`` of its ``pyproject.toml``."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from .line_width import line_length
from .settings import DEFAULT, Config
from .usage import UsageError, did_you_mean

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

TABLE: Final = "einsum-lint"
POLICIES: Final = ("model", "always", "never")


class Project(NamedTuple):
    """The settings that hold for a folder; ``root`` is where its patterns and its cache start."""

    root: str
    config: Config

    def config_for(self, path: str) -> Config:
        """The settings for one file (an absolute path), its per-file ignores among the ignored.

        Every front end calls this before the engine: what it returns has no per-file ignores left.
        """
        entries = self.config.per_file_ignores
        if not entries:
            return self.config
        relative = os.path.relpath(path, self.root).replace(os.sep, "/")
        extra = [
            code
            for pattern, codes in entries
            if not relative.startswith("../") and _pattern(pattern).match_file(relative)
            for code in expand(codes)
        ]
        return self.config._replace(ignore=(*self.config.ignore, *extra), per_file_ignores=())


class Overrides(NamedTuple):
    """What the command line says of the rules; each is None when it says nothing."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] | None = None

    def check(self) -> None:
        """Raise UsageError for a selector that no rule answers to."""
        for option in ("select", "ignore", "extend_select"):
            check_codes(getattr(self, option) or (), f"--{option.replace('_', '-')}")

    def apply(self, config: Config) -> Config:
        """The settings of a file with those of the command line over them."""
        chosen = (*(self.select or ()), *(self.extend_select or ()))
        extend = self.extend_select or ()
        # A rule's whole code is the longest prefix there can be, so what is ignored here stays so
        # whatever the file selects; a longer selector on the command line itself is stronger.
        ignore = [
            code
            for prefix in self.ignore or ()
            for code in expand([prefix])
            if not any(code.startswith(c) and len(c) > len(prefix) for c in chosen)
        ]
        kept = tuple(prefix for prefix in config.ignore if prefix not in chosen)
        return config._replace(
            select=config.select if self.select is None else self.select,
            extend_select=extend if self.select is not None else (*config.extend_select, *extend),
            ignore=(*kept, *ignore),
        )


NO_OVERRIDES: Final = Overrides()


@functools.cache
def _pattern(pattern: str) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines([pattern])


def expand(prefixes: Iterable[str]) -> tuple[str, ...]:
    """The whole codes of the rules that some prefixes stand for."""
    from .rule import rules

    wanted = tuple(prefixes)
    return tuple(code for code in rules() if code.startswith(wanted))


def check_codes(codes: Iterable[str], where: str) -> None:
    """Raise UsageError for the first code that no rule has and that begins no rule's code."""
    for code in codes:
        if not code or not expand([code]):
            from .rule import rules

            known = list(rules())
            by_name = [c for c in known if rules()[c].name == code.lower()]
            hint = (
                f"; did you mean {by_name[0]!r}?" if by_name else did_you_mean(code.upper(), known)
            )
            raise UsageError(f"{where}: unknown rule {code!r}{hint}")


class Resolver:
    """Finds the project of each folder, reading each ``pyproject.toml`` once."""

    def __init__(
        self,
        cwd: str,
        *,
        config_file: str | None = None,
        isolated: bool = False,
        overrides: Overrides = NO_OVERRIDES,
    ) -> None:
        overrides.check()
        self._cwd = cwd
        self._overrides = overrides
        self._projects: dict[str, Project] = {}
        self._fixed: Project | None = None
        if isolated:
            self._fixed = self._project(cwd, DEFAULT)
        elif config_file is not None:
            self._fixed = self._project(cwd, read_config_file(config_file))

    def for_folder(self, folder: str) -> Project:
        """The project of a folder (an absolute path): that of the nearest table upward."""
        if self._fixed is not None:
            return self._fixed
        found = self._projects.get(folder)
        if found is None:
            found = self._projects[folder] = self._search(folder)
        return found

    def for_child(self, folder: str, parent: Project) -> Project:
        """The project of a folder below one of ``parent``, when it holds a ``pyproject.toml``.

        A file without our table is passed over even if it is malformed: trees contain such files
        as test data.
        """
        if self._fixed is not None:
            return self._fixed
        path = os.path.join(folder, "pyproject.toml")
        try:
            with open(path, "rb") as file:
                ours = TABLE.encode() in file.read()
        except OSError:
            ours = False
        config = read_pyproject(path) if ours else None
        found = parent if config is None else self._project(folder, config)
        self._projects[folder] = found
        return found

    def _project(self, root: str, config: Config) -> Project:
        return Project(root, self._overrides.apply(config))

    def _search(self, folder: str) -> Project:
        root, length = None, DEFAULT.line_length
        while True:
            path = os.path.join(folder, "pyproject.toml")
            if os.path.isfile(path):
                config = read_pyproject(path)
                if root is None:
                    length = line_length(_load(path))
                if config is not None:
                    return self._project(folder, config._replace(line_length=length))
                root = root or folder
            parent = os.path.dirname(folder)
            if parent == folder:
                config = DEFAULT._replace(line_length=length)
                return self._project(root or self._cwd, config)
            folder = parent


def read_pyproject(path: str) -> Config | None:
    """The settings of a ``pyproject.toml``, or None if it has no table of ours."""
    tool = _load(path).get("tool", {})
    if not isinstance(tool, Mapping):
        raise UsageError(f"{path}: 'tool' must be a table")
    if TABLE not in tool:
        if "einsum_lint" in tool:
            raise UsageError(
                f"{path}: unknown table [tool.einsum_lint]; did you mean [tool.{TABLE}]?"
            )
        return None
    return parse_table(tool[TABLE], path)


def read_config_file(path: str) -> Config:
    """The settings of a ``--config`` file: like a ``pyproject.toml``, or our table alone."""
    top = _load(path)
    if os.path.basename(path) == "pyproject.toml" or "tool" in top:
        return read_pyproject(path) or DEFAULT
    return parse_table(top, path)


def _load(path: str) -> Mapping[str, object]:
    import tomllib

    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not valid TOML: not UTF-8 (byte {error.start})") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not valid TOML: {error}") from None


def parse_table(table: object, path: str) -> Config:
    """The settings that a table holds; UsageError names the key and the file."""
    if not isinstance(table, Mapping):
        raise UsageError(f"{path}: [tool.{TABLE}] must be a table")
    values: dict[str, object] = {}
    for key, value in table.items():
        read = _KEYS.get(key)
        if read is None:
            raise UsageError(f"{path}: unknown key {key!r}{did_you_mean(key, list(_KEYS))}")
        values[key.replace("-", "_")] = read(value, f"{path}: {key}")
    return DEFAULT._replace(**values)  # type: ignore[arg-type]


def _strings(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise UsageError(f"{where} must be a list of strings")
    return tuple(value)


def _codes(value: object, where: str) -> tuple[str, ...]:
    codes = _strings(value, where)
    check_codes(codes, where)
    return codes


def _patterns(value: object, where: str) -> tuple[str, ...]:
    patterns = _strings(value, where)
    for pattern in patterns:
        _check_pattern(pattern, where)
    return patterns


def _check_pattern(pattern: str, where: str) -> None:
    try:
        _pattern(pattern)
    except (ValueError, re.error) as error:
        raise UsageError(f"{where}: invalid pattern {pattern!r}: {error}") from None


def _per_file_ignores(value: object, where: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, Mapping):
        raise UsageError(f"{where} must be a table of lists of rule codes")
    for pattern in value:
        _check_pattern(pattern, where)
    return tuple(
        (pattern, _codes(codes, f"{where}.{pattern!r}")) for pattern, codes in value.items()
    )


def _einsum_functions(value: object, where: str) -> Mapping[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(v, str) for v in value.values()):
        raise UsageError(
            f'{where} must be a table of strings, as in {{"pyscf.lib.einsum" = "numpy"}}'
        )
    from .dialects import BY_LIBRARY

    for name, library in value.items():
        if not all(part.isidentifier() for part in name.split(".")):
            raise UsageError(f"{where}: {name!r} is not the dotted name of a function")
        if library not in BY_LIBRARY:
            hint = did_you_mean(library, list(BY_LIBRARY))
            raise UsageError(f"{where}.{name!r}: unknown library {library!r}{hint}")
    return dict(value)


def _portable_to(value: object, where: str) -> tuple[str, ...]:
    from .dialects import NAMED_LIBRARIES

    libraries = _strings(value, where)
    for library in libraries:
        if library not in NAMED_LIBRARIES:
            hint = did_you_mean(library, list(NAMED_LIBRARIES))
            raise UsageError(f"{where}: unknown library {library!r}{hint}")
    return tuple(dict.fromkeys(libraries))


def _optimize_policy(value: object, where: str) -> str:
    if not isinstance(value, str) or value not in POLICIES:
        raise UsageError(f'{where} must be "model", "always" or "never", not {value!r}')
    return value


def _target_numpy(value: object, where: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d{1,4})\.(\d{1,4})", value) if isinstance(value, str) else None
    if match is None:
        raise UsageError(f'{where} must be a version in quotes, as in "2.4", not {value!r}')
    return int(match[1]), int(match[2])


_KEYS: Final[Mapping[str, Callable[[object, str], object]]] = {
    "select": _codes,
    "ignore": _codes,
    "extend-select": _codes,
    "per-file-ignores": _per_file_ignores,
    "exclude": _patterns,
    "extend-exclude": _patterns,
    "einsum-functions": _einsum_functions,
    "portable-to": _portable_to,
    "optimize-policy": _optimize_policy,
    "target-numpy": _target_numpy,
}
