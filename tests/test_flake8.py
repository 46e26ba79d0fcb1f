"""The flake8 plugin, in the real flake8."""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import libcst
import pytest
from flake8.options.parse_args import parse_args  # type: ignore[import-untyped]

from einsum_lint import flake8, keeping, rule
from einsum_lint.rule import Rule
from einsum_lint.settings import Config

SMALL = 'import numpy as np\n\nc = np.einsum("ij,jk", a, b)\n'
WRONG = 'import numpy as np\n\nc = np.einsum("ij,jk->il", a, b)\n'


def run(*argv: str, cwd: Path, stdin: bytes | None = None, status: int = 1) -> list[str]:
    """The lines that flake8 prints."""
    ran = subprocess.run(
        [sys.executable, "-P", "-m", "flake8", *argv],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (status, b""), ran
    return ran.stdout.decode().splitlines()


def ours(lines: Sequence[str]) -> list[tuple[str, ...]]:
    """Path, row, column and code of each of our findings."""
    found = (re.match(r"(?:\./)?(.+?):(\d+):(\d+): (EIN\d{3}) ", line) for line in lines)
    return [match.groups() for match in found if match]


def put(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_project(tmp_path: Path) -> None:
    put(tmp_path, "setup.cfg", "[flake8]\nmax-line-length = 100\n")
    put(tmp_path, "pkg/a.py", SMALL)
    put(tmp_path, "pkg/b.py", "import os\n")
    put(tmp_path, "c.py", WRONG)
    printed = run("--jobs", "2", cwd=tmp_path)
    assert run("--jobs", "1", cwd=tmp_path) == printed
    lines = [line for line in printed if "F821" not in line]
    assert [line.partition(" ")[0] for line in lines] == [
        "./c.py:3:24:",
        "./pkg/a.py:3:16:",
        "./pkg/b.py:1:1:",
    ]
    assert " EIN003 output label 'l' is in none of the terms" in lines[0]
    assert " EIN301 the output is implicit: 'ik'" in lines[1]
    assert " F401 'os' imported but unused" in lines[2]


PLACES = {
    "non-ascii": 'd = "é𝔸", np.einsum("ij,jk", a, b)\n',
    "tab": "if a:\n\tc = np.einsum('ij,jk', a, b)\n",
    "continued": "c = \\\n   np.einsum(\n      'ij,'\n      'jk', a, b)\n",
    "form-feed": "x = 1\n\f\nif a:\n\f c = np.einsum('ij,jk', a, b)\n",
    "string": "s = '''é\nd'''; c = np.einsum('ij,jk', a, b)\n",
    "line-separator": "s = 'a\u2028b\x1c'; c = np.einsum('ij,jk', a, b)\n",
    "nested": "@np.einsum('ii', a)\ndef f():\n    def g():\n        np.einsum('ij,jk', a, b)\n",
}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "bom"])
def test_places_are_those_of_the_command_line(tmp_path: Path, end: str, mark: bytes) -> None:
    for name, text in PLACES.items():
        whole = ("import numpy as np\n" + text).replace("\n", end)
        put(tmp_path, f"{name}.py", mark + whole.encode())
    lines = subprocess.run(
        [sys.executable, "-P", "-m", "einsum_lint", "check", "--isolated", "--no-cache", "."],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    ).stdout.decode()
    expected = ours(lines.splitlines())
    assert ours(run("--isolated", cwd=tmp_path)) == expected
    assert {path for path, *_ in expected} == {f"{name}.py" for name in PLACES}
    assert ("non-ascii.py", "2", "22", "EIN301") in expected


def test_another_encoding(tmp_path: Path) -> None:
    text = '# coding: latin-1\nimport numpy as np\nd = "é", np.einsum("ij,jk", a, b)\n'
    put(tmp_path, "a.py", text.encode("latin-1"))
    assert ours(run("--isolated", cwd=tmp_path)) == [("a.py", "3", "21", "EIN301")]


def test_standard_input(tmp_path: Path) -> None:
    lines = run("--isolated", "-", cwd=tmp_path, stdin=SMALL.encode())
    assert ours(lines) == [("stdin", "3", "16", "EIN301")]
    argv = ("--isolated", "--stdin-display-name", "x.py", "-")
    assert ours(run(*argv, cwd=tmp_path, stdin=SMALL.encode())) == [("x.py", "3", "16", "EIN301")]


NOQA = (
    "import numpy as np\n"
    "c = np.einsum('ij,jk', a, b)  # noqa\n"
    "d = np.einsum('ij,jk', a, b)  # noqa: EIN301\n"
    "e = np.einsum('ij,jk', a, b)  # noqa: EIN003\n"
    "f = np.einsum(\n    'ij,jk',  # noqa: EIN3\n    a, b)\n"
)


def test_noqa_is_left_to_flake8(tmp_path: Path) -> None:
    put(tmp_path, "a.py", NOQA)
    rows = [row for _, row, _, _ in ours(run("--isolated", cwd=tmp_path))]
    assert rows == ["4"]
    rows = [row for _, row, _, _ in ours(run("--isolated", "--disable-noqa", cwd=tmp_path))]
    assert rows == ["2", "3", "4", "6"]


def test_a_comment_silences_a_whole_file(tmp_path: Path) -> None:
    put(tmp_path, "a.py", "# einsum-lint: noqa\n" + SMALL)
    put(tmp_path, "b.py", "# einsum-lint: noqa: EIN003\n" + SMALL)
    assert ours(run("--isolated", cwd=tmp_path)) == [("b.py", "4", "16", "EIN301")]


@pytest.mark.parametrize(
    "option", ["--select=EIN0", "--extend-ignore=EIN3", "--ignore=EIN301,EIN402"]
)
def test_flake8_selects(tmp_path: Path, option: str) -> None:
    put(tmp_path, "a.py", SMALL + 'd = np.einsum("ij,jk->il", a, b)\n')
    lines = run("--isolated", option, cwd=tmp_path)
    assert [code for *_, code in ours(lines)] == ["EIN003"]


def test_per_file_ignores(tmp_path: Path) -> None:
    put(tmp_path, ".flake8", "[flake8]\nper-file-ignores =\n    tests/*: EIN301\n")
    put(tmp_path, "tests/a.py", SMALL)
    put(tmp_path, "b.py", SMALL)
    assert ours(run(cwd=tmp_path)) == [("b.py", "3", "16", "EIN301")]


FOLLOWS = "from pyscf import lib\nc = lib.einsum('ij,jk', a, b)\nd = lib.dot_all('ij,jk', a, b)\n"
"""Only what is named einsum is looked at unless the configuration says more."""


@pytest.mark.parametrize("file", [".flake8", "setup.cfg", "tox.ini"])
def test_functions_in_the_configuration(tmp_path: Path, file: str) -> None:
    put(tmp_path, "a.py", FOLLOWS)
    assert [row for _, row, _, _ in ours(run("--isolated", cwd=tmp_path))] == ["2"]
    functions = ["pyscf.lib.einsum = numpy,", "pyscf.lib.dot_all=torch"]
    put(tmp_path, file, "\n    ".join(["[flake8]\neinsum-functions =", *functions]))
    assert [row for _, row, _, _ in ours(run(cwd=tmp_path))] == ["2", "3"]


def test_functions_on_the_command_line(tmp_path: Path) -> None:
    put(tmp_path, "a.py", FOLLOWS)
    option = "--einsum-functions=pyscf.lib.dot_all=numpy"
    assert [row for _, row, _, _ in ours(run("--isolated", option, cwd=tmp_path))] == ["2", "3"]


def test_policy_and_target(tmp_path: Path) -> None:
    put(
        tmp_path,
        "a.py",
        "import numpy as np\na = np.ones((3, 3))\n"
        "np.einsum('ij,jk,kl->il', a, a, a)\n"
        "np.einsum('ij,jk->ik', np.ones((2, 2)), np.ones((2, 2)), out=o, optimize=True, dtype=t)\n",
    )
    put(tmp_path, ".flake8", "[flake8]\neinsum-optimize-policy = always\n")
    assert "EIN101" in [code for *_, code in ours(run(cwd=tmp_path))]
    off = run("--einsum-optimize-policy=never", cwd=tmp_path)
    assert "EIN101" not in [code for *_, code in ours(off)]
    put(tmp_path, ".flake8", "[flake8]\neinsum-target-numpy = 1.26\n")
    assert any("NumPy 1.26" in line for line in run(cwd=tmp_path))
    assert not any("NumPy 1.26" in line for line in run("--isolated", cwd=tmp_path))


def test_portability(tmp_path: Path) -> None:
    put(tmp_path, "a.py", "import numpy as np\n\nnp.einsum('ij->ji', [[1]], dtype='i4')\n")
    put(tmp_path, ".flake8", "[flake8]\neinsum-portable-to = torch, jax, dask\n")
    assert run(cwd=tmp_path, status=0) == []
    found = run("--extend-select=EIN401", cwd=tmp_path)
    assert sorted(re.findall(r"not portable to (\w+)", "\n".join(found))) == ["JAX", "PyTorch"]


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--einsum-functions=f=nupy", "unknown library 'nupy'; did you mean 'numpy'?"),
        ("--einsum-functions=f", "unknown library ''"),
        ("--einsum-functions==numpy", "'' is not the dotted name of a function"),
        ("--einsum-functions=a b=numpy", "'a b' is not the dotted name of a function"),
        ("--einsum-portable-to=torch, jaxx", "unknown library 'jaxx'; did you mean 'jax'?"),
        ("--einsum-optimize-policy=some", 'must be "model", "always" or "never", not \'some\''),
        ("--einsum-target-numpy=2", "must be a version in quotes"),
    ],
)
def test_wrong_options(tmp_path: Path, option: str, message: str) -> None:
    put(tmp_path, "a.py", "x = 1\n")
    lines = run("--isolated", option, cwd=tmp_path)
    assert lines[0] == "There was a critical error during execution of Flake8:"
    assert message in lines[1]
    assert len(lines) == 2


def test_a_syntax_error_is_for_flake8(tmp_path: Path) -> None:
    put(tmp_path, "a.py", "import numpy as np\nnp.einsum('ij,jk', a, b\n")
    lines = run("--isolated", cwd=tmp_path)
    assert any(" E999 " in line for line in lines)
    assert ours(lines) == []


# In this process

ON = {r.code for r in rule.rules().values() if r.default}


def options(*argv: str) -> argparse.Namespace:
    """The options as flake8 hands them to the plugin."""
    found: argparse.Namespace = parse_args(["--isolated", *argv])[1]
    return found


def plugin(text: str) -> flake8.Plugin:
    return flake8.Plugin(ast.parse(text), text.splitlines(keepends=True), "a.py", options())


@pytest.mark.parametrize(
    ("argv", "codes"),
    [
        ((), ON),
        (("--select=F",), set()),
        (("--extend-select=EIN401",), {*ON, "EIN401"}),
        (("--select=EIN0,EIN10,EIN204", "--extend-ignore=EIN1"), {"EIN0", "EIN10", "EIN204"}),
        (("--ignore=EIN0,EIN2,EIN3,EIN9",), {"EIN1", "EIN4"}),
        (("--ignore=E501",), {*rule.rules()}),
    ],
)
def test_rules_run_that_flake8_selects(argv: tuple[str, ...], codes: set[str]) -> None:
    config: Config = options(*argv).einsum_settings
    expected = {code for code in rule.rules() if code.startswith(tuple(codes))}
    assert {*rule.rules()} - {*config.ignore} == expected
    assert {r.code for r in rule.chosen(config)} == {c for c in expected if c[:4] != "EIN9"}


def test_garbage_waits() -> None:
    """It is collected after the check as before, without what was loaded for good."""
    script = (
        "import gc\n"
        "from einsum_lint.garbage import uncollected\n"
        "with uncollected():\n"
        "    assert not gc.isenabled()\n"
        "    import libcst\n"
        "frozen = gc.get_freeze_count()\n"
        "with uncollected():\n"
        "    pass\n"
        "print(gc.isenabled(), frozen > 10000, gc.get_freeze_count() == frozen)"
    )
    printed = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
    assert printed.split() == [b"True", b"True", b"True"]


def test_the_tree_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    parse = ast.parse

    def recorded(text: str, *args: Any, **options: Any) -> Any:
        parsed.append(text)
        return parse(text, *args, **options)

    made = plugin(SMALL)
    with monkeypatch.context() as patch:
        patch.setattr(ast, "parse", recorded)
        found = list(made.run())
    assert SMALL not in parsed
    assert [(row, column) for row, column, _, _ in found] == [(3, 15)]


def test_a_bug_is_reported_on_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **keywords: object) -> Iterator[object]:
        raise ZeroDivisionError("two\nlines")

    monkeypatch.setattr(keeping, "keep", fail)
    ((row, column, text, _),) = plugin(SMALL).run()
    assert (row, column) == (1, 0)
    assert text.startswith("EIN901 ZeroDivisionError: two lines (in fail")


def test_what_only_libcst_can_not_parse_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str) -> object:
        raise RecursionError

    monkeypatch.setattr(libcst, "parse_module", fail)
    ((_, _, text, _),) = plugin(SMALL).run()
    assert text.startswith("EIN900 ")


class Manager:
    """Stands for flake8's manager of options."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.ignored: list[str] = []

    def add_option(self, *args: str, **kwargs: object) -> None:
        self.names += args

    def extend_default_ignore(self, error_codes: Sequence[str]) -> None:
        self.ignored += error_codes


def test_rules_that_are_off_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    off = Rule("EIN498", "some-name", None, None, "", default=False)
    known = {**rule.rules(), off.code: off}
    monkeypatch.setattr(flake8, "rules", lambda: known)
    manager = Manager()
    flake8.Plugin.add_options(manager)
    assert manager.ignored == [code for code, r in known.items() if not r.default]
    assert "EIN498" in manager.ignored
