"""Discovery: which files a path stands for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from einsum_lint.config import Resolver
from einsum_lint.files import SourceFile, discover
from einsum_lint.usage import UsageError


def tree(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")


def found(root: Path, *paths: str) -> list[str]:
    return [file.shown for file in files(root, *paths)]


def files(root: Path, *paths: str) -> tuple[SourceFile, ...]:
    whole = [str(root / path) for path in paths or (".",)]
    return discover(whole, Resolver(str(root)), str(root))


def test_python_files_in_order_each_once(tmp_path: Path) -> None:
    tree(tmp_path, "b.py", "a.pyi", "pkg/c.py", "pkg/notes.txt", "d.pyc", "e.ipynb", "py")
    assert found(tmp_path) == ["a.pyi", "b.py", "pkg/c.py"]
    assert found(tmp_path, "pkg", ".", "b.py", "./b.py") == ["a.pyi", "b.py", "pkg/c.py"]


def test_named_files_are_known_as_such(tmp_path: Path) -> None:
    tree(tmp_path, "a.py", "b.py")
    assert [file.named for file in files(tmp_path, ".", "b.py")] == [False, True]


def test_paths_outside_the_working_directory_are_absolute(tmp_path: Path) -> None:
    tree(tmp_path, "in/a.py", "out/b.py")
    shown = discover([str(tmp_path / "out")], Resolver(str(tmp_path)), str(tmp_path / "in"))
    assert [file.shown for file in shown] == [str(tmp_path / "out/b.py")]


def test_usual_folders_are_excluded_but_not_when_named(tmp_path: Path) -> None:
    tree(
        tmp_path, "a.py", "venv/b.py", ".git/c.py", "node_modules/x/d.py", "venv/site-packages/e.py"
    )
    assert found(tmp_path) == ["a.py"]
    assert found(tmp_path, "venv") == ["venv/b.py"]
    assert found(tmp_path, "venv/site-packages") == ["venv/site-packages/e.py"]
    assert found(tmp_path, ".git/c.py") == [".git/c.py"]


def test_exclude_replaces_and_extend_exclude_adds(tmp_path: Path) -> None:
    tree(tmp_path, "a.py", "venv/b.py", "gen/c.py", "gen/keep/d.py", "lib/x_pb2.py", "lib/y.py")
    settings = tmp_path / "pyproject.toml"
    settings.write_text("[tool.einsum-lint]\nextend-exclude = ['/gen', '*_pb2.py']\n")
    assert found(tmp_path) == ["a.py", "lib/y.py"]
    assert found(tmp_path, "gen") == ["gen/c.py", "gen/keep/d.py"]
    assert found(tmp_path, "gen/keep") == ["gen/keep/d.py"]
    settings.write_text("[tool.einsum-lint]\nexclude = ['lib']\n")
    assert found(tmp_path) == ["a.py", "gen/c.py", "gen/keep/d.py", "venv/b.py"]
    settings.write_text("[tool.einsum-lint]\nexclude = ['gen/*', '!gen/keep']\n")
    assert "gen/keep/d.py" in found(tmp_path)


def test_exclude_of_a_nested_project(tmp_path: Path) -> None:
    tree(tmp_path, "sub/a.py", "sub/old/b.py", "old/c.py")
    (tmp_path / "sub/pyproject.toml").write_text("[tool.einsum-lint]\nexclude = ['old']\n")
    assert found(tmp_path) == ["old/c.py", "sub/a.py"]


def test_gitignore_of_the_repository_and_below(tmp_path: Path) -> None:
    tree(
        tmp_path, ".git/HEAD", "a.py", "out/b.py", "lib/c.py", "lib/d.py", "lib/deep/d.py", "x/e.py"
    )
    (tmp_path / ".gitignore").write_text("out/\n/e.py\nd.py\n[z-a]\n")
    (tmp_path / "lib/.gitignore").write_text("c.py\n!/d.py\n")
    (tmp_path / ".git/info").mkdir()
    (tmp_path / ".git/info/exclude").write_text("a.py\n")
    assert found(tmp_path) == ["lib/d.py", "x/e.py"]
    assert found(tmp_path, "lib") == ["lib/d.py"]
    assert found(tmp_path, "out") == ["out/b.py"], "a named folder is read although it is ignored"
    assert found(tmp_path, "lib/c.py") == ["lib/c.py"]


def test_a_repository_in_a_repository_has_its_own_rules(tmp_path: Path) -> None:
    tree(tmp_path, ".git/HEAD", "a.py", "vendored/.git/HEAD", "vendored/a.py")
    (tmp_path / ".gitignore").write_text("/a.py\nvendored/b.py\na.py\n")
    assert found(tmp_path) == ["vendored/a.py"]


def test_gitignore_outside_of_a_repository(tmp_path: Path) -> None:
    tree(tmp_path, "src/a.py", "src/b.py")
    (tmp_path / "src/.gitignore").write_text("a.py\n")
    assert found(tmp_path, "src") == ["src/b.py"]


@pytest.mark.skipif(os.name == "nt", reason="needs symbolic links")
def test_links(tmp_path: Path) -> None:
    tree(tmp_path, "pkg/a.py")
    (tmp_path / "pkg/loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "pkg/self.py").symlink_to("self.py")
    (tmp_path / "pkg/nowhere.py").symlink_to("missing")
    (tmp_path / "pkg/same.py").symlink_to("a.py")
    names = ["pkg/a.py", "pkg/nowhere.py", "pkg/same.py", "pkg/self.py"]
    assert found(tmp_path) == names
    assert found(tmp_path, "pkg/loop") == [name.replace("pkg/", "pkg/loop/pkg/") for name in names]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_pipes_are_not_opened(tmp_path: Path) -> None:
    tree(tmp_path, "a.py")
    os.mkfifo(tmp_path / "pipe.py")
    assert found(tmp_path) == ["a.py"]


def test_a_folder_with_the_name_of_a_file(tmp_path: Path) -> None:
    tree(tmp_path, "x.py/a.py")
    assert found(tmp_path) == ["x.py/a.py"]


def test_a_folder_that_cannot_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "a.py", "shut/b.py")
    real = os.scandir

    def scandir(path: str) -> object:
        if path.endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    errors = {file.shown: file.error for file in files(tmp_path)}
    assert errors == {"a.py": None, "shut": "Permission denied"}


def test_what_is_missing_is_an_error(tmp_path: Path) -> None:
    tree(tmp_path, "a.py", "empty/notes.txt")
    with pytest.raises(UsageError, match=r"no such file or directory: .*gone"):
        found(tmp_path, "a.py", "gone")
    with pytest.raises(UsageError, match=r"no Python files found under .*empty"):
        found(tmp_path, "empty")
