"""Settings: what a table may hold, whose table holds, and what the command line changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from einsum_lint.config import Overrides, Resolver, parse_table, read_config_file
from einsum_lint.rule import selected
from einsum_lint.settings import DEFAULT, Config
from einsum_lint.usage import UsageError


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_every_key_is_read(tmp_path: Path) -> None:
    path = write(
        tmp_path / "einsum-lint.toml",
        """
        select = ["EIN0", "EIN301"]
        ignore = ["EIN9"]
        extend-select = ["EIN3"]
        exclude = ["attic"]
        extend-exclude = ["gen/*.py"]
        portable-to = ["torch", "jax", "torch"]
        optimize-policy = "always"
        target-numpy = "1.26"
        [per-file-ignores]
        "tests/*" = ["EIN3"]
        [einsum-functions]
        "pyscf.lib.einsum" = "numpy"
        """,
    )
    assert read_config_file(str(path)) == Config(
        select=("EIN0", "EIN301"),
        ignore=("EIN9",),
        extend_select=("EIN3",),
        exclude=("attic",),
        extend_exclude=("gen/*.py",),
        portable_to=("torch", "jax"),
        optimize_policy="always",
        target_numpy=(1, 26),
        per_file_ignores=(("tests/*", ("EIN3",)),),
        einsum_functions={"pyscf.lib.einsum": "numpy"},
    )


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"selct": []}, "x.toml: unknown key 'selct'; did you mean 'select'?"),
        ({"zzz": []}, "x.toml: unknown key 'zzz'"),
        (
            {"extend_select": []},
            "x.toml: unknown key 'extend_select'; did you mean 'extend-select'?",
        ),
        ({"select": "EIN3"}, "x.toml: select must be a list of strings"),
        ({"select": [3]}, "x.toml: select must be a list of strings"),
        ({"ignore": ["EIN3O1"]}, "x.toml: ignore: unknown rule 'EIN3O1'; did you mean 'EIN301'?"),
        ({"ignore": [""]}, "x.toml: ignore: unknown rule ''"),
        ({"ignore": ["implicit-output"]}, "unknown rule 'implicit-output'; did you mean 'EIN301'?"),
        ({"per-file-ignores": ["EIN3"]}, "per-file-ignores must be a table of lists of rule codes"),
        ({"per-file-ignores": {"a": "EIN3"}}, "per-file-ignores.'a' must be a list of strings"),
        ({"per-file-ignores": {"!": ["EIN3"]}}, "per-file-ignores: invalid pattern '!'"),
        ({"exclude": ["[z-a]"]}, "exclude: invalid pattern '[z-a]'"),
        ({"einsum-functions": {"f": 1}}, "einsum-functions must be a table of strings"),
        ({"einsum-functions": {"f g": "numpy"}}, "'f g' is not the dotted name of a function"),
        ({"einsum-functions": {"f": "numpi"}}, "unknown library 'numpi'; did you mean 'numpy'?"),
        ({"portable-to": ["torhc"]}, "portable-to: unknown library 'torhc'; did you mean 'torch'?"),
        ({"portable-to": ["shared"]}, "portable-to: unknown library 'shared'"),
        ({"portable-to": "torch"}, "portable-to must be a list of strings"),
        ({"optimize-policy": "sometimes"}, 'must be "model", "always" or "never"'),
        ({"optimize-policy": True}, 'must be "model", "always" or "never"'),
        ({"target-numpy": 2.4}, "target-numpy must be a version in quotes"),
        ({"target-numpy": "2"}, "target-numpy must be a version in quotes"),
        ([], "[tool.einsum-lint] must be a table"),
    ],
)
def test_a_wrong_table_names_the_key_and_the_file(table: object, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_table(table, "x.toml")
    assert message in str(caught.value)
    assert str(caught.value).startswith("x.toml")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[tool.einsum-lint\n", "is not valid TOML"),
        (b"\xff\xfe", "is not valid TOML"),
        (b"tool = 3\n", "'tool' must be a table"),
        (b"[tool.einsum_lint]\n", "did you mean [tool.einsum-lint]?"),
    ],
)
def test_malformed_pyproject(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "pyproject.toml").write_bytes(content)
    with pytest.raises(UsageError) as caught:
        Resolver(str(tmp_path)).for_folder(str(tmp_path))
    assert message in str(caught.value)
    assert str(tmp_path / "pyproject.toml") in str(caught.value)


def test_the_nearest_table_upward_holds(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.einsum-lint]\nignore = ['EIN3']\n")
    write(tmp_path / "a/pyproject.toml", "[project]\nname = 'a'\n")
    write(tmp_path / "b/pyproject.toml", "[tool.einsum-lint]\n")
    (tmp_path / "a/deep").mkdir()
    resolver = Resolver(str(tmp_path))
    assert resolver.for_folder(str(tmp_path / "a/deep")).config.ignore == ("EIN3",)
    assert resolver.for_folder(str(tmp_path / "a/deep")).root == str(tmp_path)
    assert resolver.for_folder(str(tmp_path / "b")).config.ignore == ()
    assert resolver.for_folder(str(tmp_path / "b")).root == str(tmp_path / "b")


def test_isolated_and_config_file(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", "[tool.einsum-lint]\nignore = ['EIN3']\n")
    other = write(tmp_path / "other.toml", "[tool.einsum-lint]\nignore = ['EIN301']\n")
    here = str(tmp_path)
    assert Resolver(here, isolated=True).for_folder(here).config == DEFAULT
    assert Resolver(here, config_file=str(other)).for_folder(here).config.ignore == ("EIN301",)
    with pytest.raises(UsageError, match=r"cannot read .*nothing.toml: No such file"):
        Resolver(here, config_file=str(tmp_path / "nothing.toml"))


def test_a_nested_malformed_file_without_our_table_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "data/pyproject.toml", "[[[")
    write(tmp_path / "ours/pyproject.toml", "[tool.einsum-lint]\nselect = 3")
    resolver = Resolver(str(tmp_path))
    parent = resolver.for_folder(str(tmp_path))
    assert resolver.for_child(str(tmp_path / "data"), parent) is parent
    with pytest.raises(UsageError, match="select must be a list"):
        resolver.for_child(str(tmp_path / "ours"), parent)


@pytest.mark.parametrize(
    ("file", "line", "runs"),
    [
        (Config(), Overrides(ignore=("EIN3",)), False),
        (Config(select=("EIN301",)), Overrides(ignore=("EIN3",)), False),
        (Config(), Overrides(ignore=("EIN3",), extend_select=("EIN301",)), True),
        (Config(), Overrides(ignore=("EIN301",), select=("EIN3",)), False),
        (Config(), Overrides(select=("EIN9",)), False),
        (Config(extend_select=("EIN301",)), Overrides(select=("EIN9",)), False),
        (Config(ignore=("EIN301",)), Overrides(extend_select=("EIN301",)), True),
        (Config(ignore=("EIN3",)), Overrides(select=("EIN301",)), True),
        (Config(ignore=("EIN301",)), Overrides(select=("EIN3",)), False),
        (Config(ignore=("EIN301",)), Overrides(), False),
        (Config(), Overrides(), True),
    ],
)
def test_the_command_line_is_stronger(file: Config, line: Overrides, runs: bool) -> None:
    assert selected(line.apply(file), "EIN301") is runs


def test_unknown_code_on_the_command_line() -> None:
    with pytest.raises(UsageError, match=r"--extend-select: unknown rule 'EIN31'; did you mean"):
        Resolver("/", overrides=Overrides(extend_select=("EIN31",)))


def test_per_file_ignores(tmp_path: Path) -> None:
    write(
        tmp_path / "pyproject.toml",
        "[tool.einsum-lint]\nselect = ['EIN301']\n"
        "[tool.einsum-lint.per-file-ignores]\n'tests/' = ['EIN3']\n'*_old.py' = ['EIN301']\n",
    )
    project = Resolver(str(tmp_path)).for_folder(str(tmp_path))
    for name, runs in (("a.py", True), ("tests/deep/a.py", False), ("lib/x_old.py", False)):
        config = project.config_for(str(tmp_path / name))
        assert selected(config, "EIN301") is runs, name
        assert config.per_file_ignores == ()
    outside = project.config_for(str(tmp_path.parent / "tests" / "a.py"))
    assert selected(outside, "EIN301")


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("[tool.black]\nline-length = 79\n", 79),
        ("[tool.ruff]\nline-length = 120\n[tool.einsum-lint]\nignore = []\n", 120),
        ("[tool.einsum-lint]\nignore = []\n", 88),
    ],
)
def test_the_line_length_is_the_formatters(tmp_path: Path, text: str, length: int) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    project = Resolver(str(tmp_path)).for_folder(str(tmp_path))
    assert project.config_for(str(tmp_path / "a.py")).line_length == length
