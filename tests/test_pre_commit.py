"""The pre-commit hooks, in the real pre-commit: a project uses a clone of this one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHIPPED = ["pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml", "einsum_lint"]
CONFIG = """\
repos:
- repo: {repo}
  rev: {rev}
  hooks:
  - id: einsum-lint
  - id: einsum-lint-fix
"""
FIXABLE = 'import numpy as np\n\n\ndef f(a, b):\n    return np.einsum("ij,jk", a, b)\n'
FIXED = FIXABLE.replace("ij,jk", "ij,jk->ik")
WRONG = 'import numpy as np\n\n\ndef g(a, b):\n    return np.einsum("ij,jk->il", a, b)\n'


class Project:
    """A git repository with settings of its own."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment = environment
        folder.mkdir(exist_ok=True)
        self.git("init", "--quiet")

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            argv,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def git(self, *argv: str) -> str:
        ran = self.run("git", *argv)
        assert ran.returncode == 0, ran.stdout
        return ran.stdout.strip()

    def commit(self) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "work")
        return self.git("rev-parse", "HEAD")

    def hook(self, name: str) -> subprocess.CompletedProcess[str]:
        return self.run(sys.executable, "-P", "-m", "pre_commit", "run", "--all-files", name)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    who = {"NAME": "Somebody", "EMAIL": "somebody@example.com"}
    return {
        **kept,
        **{f"GIT_AUTHOR_{key}": value for key, value in who.items()},
        **{f"GIT_COMMITTER_{key}": value for key, value in who.items()},
        "GIT_CONFIG_NOSYSTEM": "1",
        "HOME": str(tmp_path),
        "PRE_COMMIT_HOME": str(tmp_path / "hooks"),
    }


@pytest.fixture
def hooks(tmp_path: Path, environment: dict[str, str]) -> tuple[Path, str]:
    """A repository with what is shipped of the working tree, and its revision."""
    folder = tmp_path / "einsum-lint"
    folder.mkdir()
    for name in SHIPPED:
        if (ROOT / name).is_dir():
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, folder / name, ignore=ignore)
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder, Project(folder, environment).commit()


def test_hooks(tmp_path: Path, environment: dict[str, str], hooks: tuple[Path, str]) -> None:
    pytest.importorskip("pre_commit")
    project = Project(tmp_path / "project", environment)
    repo, rev = hooks
    (project.folder / ".pre-commit-config.yaml").write_text(CONFIG.format(repo=repo, rev=rev))
    (project.folder / "notes.txt").write_text(FIXABLE)
    source = project.folder / "f.py"
    source.write_text(FIXABLE)
    project.commit()

    ran = project.hook("einsum-lint")
    assert ran.returncode == 1, ran.stdout
    assert "f.py:5:23: EIN301 [*] the output is implicit: 'ik'" in ran.stdout
    assert "Found 1 error in 1 file" in ran.stdout
    assert source.read_text() == FIXABLE

    ran = project.hook("einsum-lint-fix")
    assert ran.returncode == 1, ran.stdout
    assert "files were modified by this hook" in ran.stdout
    assert source.read_text() == FIXED
    assert (project.folder / "notes.txt").read_text() == FIXABLE

    project.git("add", "--all")
    for name in ("einsum-lint", "einsum-lint-fix"):
        ran = project.hook(name)
        assert ran.returncode == 0, ran.stdout

    source.write_text(WRONG)
    project.git("add", "--all")
    for name in ("einsum-lint", "einsum-lint-fix"):
        ran = project.hook(name)
        assert ran.returncode == 1, ran.stdout
        assert "f.py:5:31: EIN003 output label 'l'" in ran.stdout
    assert source.read_text() == WRONG
