"""The import law: imports point one way, and what is heavy is imported late."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

import pytest

from einsum_lint import Config, screens
from einsum_lint.rule import chosen

PACKAGE = Path(__file__).parent.parent / "einsum_lint"

LAYERS = {
    "pure": [
        "findings", "settings", "dims", "shapes", "dialects", "equation", "facts", "rule", "matching",
        "sublists", "merging", "kernels", "optimize_values",
        "arguments", "promotion", "shown", "kernels", "merging", "optimize_values", "sublists",
        "path", "iteration", "pairwise", "cost", "optimizing", "sharing", "contraction", "canonical", "nests", "trial", "codemod", "line_width",
        "lowering", "call_trials", "stages",
    ],
    "reading": ["screen", "keeping", "screens", "loop_screen", "product_screen", "outline", "reading", "source", "places", "infer", "infer.*",
                "trees", "statements", "evaluation", "names", "bindings", "frames", "liveness", "nest_places", "expression_places", "rows", "parentheses"],
    "recognise": ["recognise", "recognise.*"],
    "emit": ["emit", "emit.*"],
    "rules": ["rules", "rules.*", "codemods", "codemods.*"],
    "verify": ["verify", "verify.*"],
    "engine": ["engine", "analysis", "fixing", "proofs"],
    "front": [
        "", "__main__", "cli", "commands", "commands.*", "report", "report.*", "flake8", "config",
        "usage", "files", "ignores", "cache", "parallel", "processes", "terminal", "writing", "add_noqa", "garbage",
    ],
}  # fmt: skip
"""The modules of each layer; "" is the package itself, with its public API and its version."""

MAY_IMPORT = {
    "pure": {"pure"},
    "reading": {"pure", "reading"},
    "recognise": {"pure", "reading", "recognise"},
    "emit": {"pure", "emit"},
    "rules": {"pure", "emit", "rules"},
    "verify": {"pure", "verify"},
    "engine": {"pure", "reading", "recognise", "emit", "verify", "engine"},
    "front": {"pure", "engine", "front"},
}

EXCEPTIONS = {
    ("rule", "rules"): "the registry imports the folder that fills it",
    ("codemod", "codemods"): "the registry imports the folder that fills it",
}

HEAVY = {
    "numpy": ["verify.*"],
    "libcst": ["recognise.skeleton", "recognise.paths", "recognise.walk"],
    "rich": ["report.paint"],
    "pathspec": [],
    "flake8": [],
    "distributed": [],
    "argparse": ["cli", "commands.*", "flake8"],
}
"""Where they may be imported when the module itself is."""


class Import(NamedTuple):
    """An import statement: what it imports, on which row, and when."""

    target: str
    row: int
    late: bool


def modules() -> dict[str, Path]:
    found = {}
    for path in PACKAGE.rglob("*.py"):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def layer(module: str) -> str:
    layers = [name for name, globs in LAYERS.items() if any(fnmatchcase(module, g) for g in globs)]
    assert len(layers) == 1, f"{module or 'einsum_lint'} must be in one layer of LAYERS"
    return layers[0]


def imports(module: str) -> Iterator[Import]:
    tree = ast.parse(MODULES[module].read_text(encoding="utf-8"))
    yield from _imports(tree.body, module, late=False)


def _imports(body: list[ast.stmt], module: str, *, late: bool) -> Iterator[Import]:
    for node in body:
        match node:
            case ast.Import(names=names):
                yield from (Import(_relative(a.name), node.lineno, late) for a in names)
            case ast.ImportFrom():
                yield from (Import(t, node.lineno, late) for t in _targets(node, module))
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                yield from _imports(node.body, module, late=True)
            case _:
                function = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
                inner = [child for child in ast.walk(node) if child is not node]
                nested = [n for n in inner if isinstance(n, (ast.Import, ast.ImportFrom))]
                in_class = isinstance(node, ast.ClassDef)
                yield from _imports(list(nested), module, late=late or function or in_class)


def _relative(name: str) -> str:
    """A name as the others are written: without the package, with a dot before it."""
    root, _, rest = name.partition(".")
    return f".{rest}" if root == "einsum_lint" else name


def _targets(node: ast.ImportFrom, module: str) -> Iterator[str]:
    if node.level == 0:
        yield _relative(node.module or "")
        return
    package = module.split(".") if MODULES[module].name == "__init__.py" else module.split(".")[:-1]
    base = [part for part in package if part][: len(package) - (node.level - 1)]
    parent = ".".join([*base, *([node.module] if node.module else [])])
    for alias in node.names:
        child = f"{parent}.{alias.name}".lstrip(".")
        yield f".{child if child in MODULES else parent}"


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_point_one_way(module: str) -> None:
    allowed = MAY_IMPORT[layer(module)]
    for target, row, _ in imports(module):
        if not target.startswith("."):
            continue
        theirs = target[1:]
        if (module, theirs) in EXCEPTIONS or (theirs == "" and layer(module) == "front"):
            continue
        assert layer(theirs) in allowed, f"{module}, row {row}, imports {theirs}"


def test_the_exceptions_are_needed() -> None:
    seen = {(module, i.target[1:]) for module in MODULES for i in imports(module)}
    assert set(EXCEPTIONS) <= seen


@pytest.mark.parametrize("module", sorted(MODULES))
def test_what_is_heavy_is_imported_late(module: str) -> None:
    for target, row, late in imports(module):
        root = target.partition(".")[0]
        assert root != "numpy" or module.startswith("verify."), f"{MODULES[module]}:{row}"
        if root in HEAVY and not late:
            assert any(fnmatchcase(module, g) for g in HEAVY[root]), f"{MODULES[module]}:{row}"


def test_imports_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader of imports itself, on each kind of import."""
    path = tmp_path / "scratch.py"
    path.write_text(
        "import numpy\n"
        "from . import settings\n"
        "from ..rule import rules\n"
        "from ..infer.values import Value\n"
        "import einsum_lint.engine\n"
        "if TYPE_CHECKING:\n    import rich\n"
        "try:\n    import libcst\nexcept ImportError:\n    pass\n"
        "def f():\n    if x:\n        from ..cli import main\n"
    )
    monkeypatch.setitem(MODULES, "rules.scratch", path)
    assert list(imports("rules.scratch")) == [
        ("numpy", 1, False),
        (".rules", 2, False),
        (".rule", 3, False),
        (".infer.values", 4, False),
        (".engine", 5, False),
        ("rich", 7, True),
        ("libcst", 9, False),
        (".cli", 14, True),
    ]


def loaded_by(*argv: str, cwd: Path | None = None) -> set[str]:
    """The modules that a run of the command line imports."""
    script = (
        "import sys; before = set(sys.modules)\n"
        "from einsum_lint.cli import main\n"
        "main(sys.argv[1:])\n"
        "print(*set(sys.modules) - before, sep=chr(10), file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, *argv], cwd=cwd, capture_output=True, text=True, check=True
    )
    return set(ran.stderr.split())


def test_start_up_is_light() -> None:
    loaded = loaded_by("--version")
    assert "einsum_lint.cli" in loaded
    heavy = {"libcst", "rich", "pathspec", "numpy", "dataclasses", "inspect", "typing"}
    assert not loaded & {*heavy, "einsum_lint.engine", "einsum_lint.config", "einsum_lint.rule"}


def test_a_file_without_einsum_is_not_parsed_with_libcst(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n" * 2000)
    loaded = loaded_by("check", "--isolated", "--no-cache", ".", cwd=tmp_path)
    assert "einsum_lint.commands.check" in loaded
    assert not loaded & {"libcst", "rich", "numpy"}


def test_loops_that_are_certainly_none_are_not_parsed_with_libcst(tmp_path: Path) -> None:
    loop = "import numpy as np\nfor i in range(n):\n    c[i, i] += a[i] * b[i]\n"
    (tmp_path / "a.py").write_text(loop)
    loaded = loaded_by("check", "--isolated", "--no-cache", ".", cwd=tmp_path)
    assert "einsum_lint.recognise.forecast" in loaded
    assert not loaded & {"libcst", "einsum_lint.recognise.walk"}


EINSUM = "import numpy as np\nc = np.einsum('ij,jk->ik', a, b)\n"
SLOW = {"dataclasses", "inspect", "hashlib", "_hashlib", "shutil", "pkgutil"}
"""Modules of Python's own that are not needed to say that nothing is found."""


def test_what_has_no_einsum_is_passed_over_quickly(tmp_path: Path) -> None:
    """A check of it takes less than four times as long as Python itself."""
    (tmp_path / "a.py").write_text("import numpy as np\n\n\ndef f(a, b):\n    return a @ b\n")
    loaded = loaded_by("check", "--isolated", "--no-cache", ".", cwd=tmp_path)
    assert not loaded & {*SLOW, "json", "signal", "libcst", "pathspec", "multiprocessing"}
    late = ("rules", "emit", "analysis", "facts", "nests", "dialects", "codemod", "cache", "fixing")
    assert not loaded & {f"einsum_lint.{name}" for name in late}
    cached = loaded_by("check", ".", cwd=tmp_path)
    assert {"json", "einsum_lint.cache"} <= cached
    assert not cached & {*SLOW, "einsum_lint.rules"}


def test_the_reader_of_loops_is_not_loaded_where_there_are_none(tmp_path: Path) -> None:
    reader = "einsum_lint.recognise.loops.read"
    writer = "einsum_lint.emit.updates"
    for more, needed in (("", False), ("for i in x:\n    y += x[i]\n", True)):
        (tmp_path / "a.py").write_text(EINSUM + more)
        loaded = loaded_by("check", "--isolated", "--no-cache", "--exit-zero", ".", cwd=tmp_path)
        assert "einsum_lint.recognise.walk" in loaded
        assert (reader in loaded) == needed
        assert (writer in loaded) == needed


def test_the_screens_of_the_default_rules_are_known() -> None:
    assert screens.Screens.of(chosen(Config())) == screens.BY_DEFAULT


def test_checking_imports_neither_numpy_nor_what_is_checked(tmp_path: Path) -> None:
    (tmp_path / "checked.py").write_text(
        "import numpy as np\n"
        "open('was-run', 'w')\n"
        "a, b = np.ones((2, 3), dtype=np.float32), np.zeros((4, 5))\n"
        "np.einsum('ij,jk', a, b, optimize=True)\n"
        "np.einsum('ai,bj,ck,abc->ijk', x, y, z, t)\n"
    )
    loaded = loaded_by("check", "--isolated", "--no-cache", ".", cwd=tmp_path)
    assert {"libcst", "einsum_lint.rules.size_mismatch"} <= loaded
    assert not loaded & {"einsum_lint.recognise.nests", "einsum_lint.recognise.surroundings"}
    assert not loaded & {"numpy", "checked", "rich", "distributed", "asyncio"}
    assert not (tmp_path / "was-run").exists()
