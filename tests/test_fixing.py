"""What changes files: fixes, their diffs, comments; and that nothing else does."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from einsum_lint.commands import jobs
from einsum_lint.engine import Fixed
from einsum_lint.findings import Applicability, Edit, Finding, Fix, Position, Span
from einsum_lint.settings import Config
from einsum_lint.writing import NotWrittenError, replace_file

ROOT = Path(__file__).parent.parent
BAD = 'import numpy as np\nc = np.einsum("ij,jk", a, b)\n'
GOOD = BAD.replace('jk"', 'jk->ik"')
UNFIXABLE = 'import numpy as np\nEQ = "ij,jk"\nc = np.einsum(EQ, a, b)\n'

Run = Callable[..., Any]


def put(name: str, text: str | bytes) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def check(run: Run, *argv: str, stdin: bytes = b"") -> Any:
    return run("check", "--no-cache", "--select", "EIN301,EIN9", *argv, stdin=stdin)


# Fixes


def test_fix_writes_and_reports_what_remains(run: Run) -> None:
    path = put("a.py", BAD)
    other = put("b.py", UNFIXABLE)
    ran = check(run, "--fix")
    assert ran.status == 1
    assert path.read_text() == GOOD
    assert other.read_text() == UNFIXABLE
    assert ran.out.startswith("b.py:3:")
    assert ran.out.endswith("Found 2 errors (1 fixed, 1 remaining).\n")
    ran = check(run, "--fix", "a.py")
    assert (ran.status, ran.out) == (0, "All checks passed!\n")


def test_diff_writes_nothing(run: Run) -> None:
    path = put("a.py", BAD)
    ran = check(run, "--diff")
    assert ran.status == 1
    assert path.read_text() == BAD
    assert ran.out == (
        "--- a.py\n+++ a.py\n@@ -1,2 +1,2 @@\n import numpy as np\n"
        '-c = np.einsum("ij,jk", a, b)\n+c = np.einsum("ij,jk->ik", a, b)\n'
    )
    assert ran.err == "Would fix 1 error.\n"
    assert check(run, "--diff", "--exit-zero").status == 0
    put("a.py", UNFIXABLE)
    ran = check(run, "--diff")
    assert (ran.status, ran.out, ran.err) == (0, "", "Nothing to fix.\n")


@pytest.mark.skipif(shutil.which("patch") is None, reason="needs the patch program")
@pytest.mark.parametrize(
    "text",
    [
        BAD,
        BAD.rstrip("\n"),
        BAD.replace("\n", "\r\n"),
        "# coding: latin-1\n# é\n" + BAD,
        "\ufeff" + BAD,
    ],
)
def test_a_diff_can_be_applied(run: Run, text: str) -> None:
    data = text.encode("latin-1" if "latin" in text else "utf-8")
    put("a.py", data)
    put("b.py", data)
    patch = subprocess.run(
        [sys.executable, "-m", "einsum_lint", "check", "--no-cache", "--diff", "a.py"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        check=False,
    ).stdout
    assert check(run, "--fix", "b.py").status == 0
    subprocess.run(["patch", "--binary", "-p0"], input=patch, check=True, stdout=subprocess.DEVNULL)
    assert Path("a.py").read_bytes() == Path("b.py").read_bytes() != data


def test_fix_keeps_mode_link_and_neighbours(run: Run) -> None:
    path = put("real/a.py", BAD)
    path.chmod(0o750)
    Path("link.py").symlink_to("real/a.py")
    assert check(run, "--fix", "link.py").status == 0
    assert path.read_text() == GOOD
    assert path.stat().st_mode & 0o7777 == 0o750
    assert Path("link.py").is_symlink()
    assert os.listdir("real") == ["a.py"]


FAKE_SPAN = Span(Position(1, 1), Position(1, 4))


def fake_check(data: bytes, path: str, config: Config, **options: object) -> tuple[Finding, ...]:
    """One unsafe finding for a text that begins with ``bad``."""
    if data.startswith(b"die"):
        os.kill(os.getpid(), signal.SIGKILL)
    if data.startswith(b"crash"):
        raise ZeroDivisionError("oh no")
    if not data.startswith(b"bad"):
        return ()
    fix = Fix("better", (Edit(FAKE_SPAN, "good"),), Applicability.UNSAFE)
    return (Finding("EIN101", "missing-optimize", "bad", FAKE_SPAN, fix, 1),)


def fake_fix(data: bytes, path: str, config: Config, **options: object) -> Fixed:
    return Fixed(b"good" + data[3:], (), 1)


@pytest.fixture
def fake_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "check_bytes", fake_check)
    monkeypatch.setattr(jobs, "fix_bytes", fake_fix)


@pytest.mark.usefixtures("fake_engine")
def test_unsafe_fixes_only_when_asked_for(run: Run) -> None:
    path = put("a.py", "bad = einsum\n")
    ran = run("check", "--no-cache", "--fix")
    assert ran.status == 1
    assert "1 fixable with --fix --unsafe-fixes" in ran.out
    assert path.read_text() == "bad = einsum\n"
    assert run("check", "--no-cache", "--diff").status == 0
    assert "+good" in run("check", "--no-cache", "--diff", "--unsafe-fixes").out
    assert run("check", "--no-cache", "--fix", "--unsafe-fixes").status == 0
    assert path.read_text() == "good = einsum\n"


@pytest.mark.usefixtures("fake_engine")
@pytest.mark.parametrize("jobs", ["1", "3"])
def test_a_crash_is_reported_and_the_others_are_checked(run: Run, jobs: str) -> None:
    for number in range(4):
        put(f"a{number}.py", "crash einsum" if number == 1 else "bad einsum")
    ran = run("check", "--no-cache", "--jobs", jobs)
    assert ran.status == 2
    found = [re.sub(r":\d+:\d+: (\w+).*", r" \1", line) for line in ran.out.splitlines()[:-1]]
    assert found == ["a0.py EIN101", "a1.py EIN901", "a2.py EIN101", "a3.py EIN101"]
    assert "ZeroDivisionError: oh no; please report it" in ran.out
    assert run("check", "--no-cache", "--exit-zero", "--jobs", jobs).status == 2


@pytest.mark.skipif(sys.platform != "linux", reason="the fake engine is inherited by a fork")
@pytest.mark.usefixtures("fake_engine")
def test_a_dead_process_takes_one_file_with_it(run: Run) -> None:
    for number in range(6):
        put(f"a{number}.py", "die einsum" if number in (1, 2, 4) else "bad einsum")
    ran = run("check", "--no-cache", "--jobs", "2")
    assert ran.status == 2
    codes = re.findall(r"EIN\d+", ran.out)
    assert codes == ["EIN101", "EIN901", "EIN901", "EIN101", "EIN901", "EIN101"]
    assert "ended with status -9" in ran.out


# Writing


def test_a_file_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"newer")
    with pytest.raises(NotWrittenError, match="changed by another program"):
        replace_file(str(path), b"old", b"fixed")
    assert path.read_bytes() == b"newer"
    assert os.listdir(tmp_path) == ["a.py"]


def test_a_failed_write_leaves_the_file_whole(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    path, other = put("a.py", BAD), put("b.py", BAD)
    real = os.replace

    def full(source: str, target: str) -> None:
        if target.endswith("a.py"):
            raise OSError(28, "No space left on device")
        real(source, target)

    monkeypatch.setattr(os, "replace", full)
    ran = check(run, "--fix")
    assert ran.status == 2
    assert ran.err == "error: a.py was not fixed: No space left on device\n"
    assert ran.out.startswith("a.py:2:16: EIN301")
    assert (path.read_text(), other.read_text()) == (BAD, GOOD)
    assert sorted(os.listdir()) == ["a.py", "b.py"]


def test_a_protected_file_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda name, mode: False)
    with pytest.raises(NotWrittenError, match="Permission denied"):
        replace_file(str(path), b"old", b"new")
    assert path.read_bytes() == b"old"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotWrittenError, match="not a regular file"):
        replace_file(str(tmp_path / "pipe"), b"old", b"new")


def test_a_failed_write_of_comments_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put("a.py", BAD)
    monkeypatch.setattr(os, "access", lambda name, mode: False)
    ran = check(run, "--add-noqa")
    assert (ran.status, ran.out) == (2, "Added 0 noqa comments.\n")
    assert ran.err == "error: a.py was not changed: Permission denied\n"
    assert path.read_text() == BAD


# Comments that silence


NOQA = [
    (BAD, GOOD.replace("->ik", "").replace("b)\n", "b)  # noqa: EIN301\n")),
    (BAD.rstrip("\n"), BAD.rstrip("\n") + "  # noqa: EIN301"),
    (BAD.replace("b)", "b)  # why"), BAD.replace("b)", "b)  # why  # noqa: EIN301")),
    (
        BAD.replace("b)", "b)  # noqa: E501 too long"),
        BAD.replace("b)", "b)  # noqa: E501, EIN301 too long"),
    ),
    (
        'import numpy as np\r\nc = np.einsum(\r\n    "ij,jk", a, b\r\n)\r\n',
        'import numpy as np\r\nc = np.einsum(\r\n    "ij,jk", a, b  # noqa: EIN301\r\n)\r\n',
    ),
    (
        'import numpy as np\nc = np.einsum("ij,jk", a, b) + \\\n    d\n',
        'import numpy as np\nc = np.einsum("ij,jk", a, b) + \\\n    d  # noqa: EIN301\n',
    ),
    (
        'import numpy as np\nc = np.einsum("ij,jk", a, b), """\n# x\n"""\n',
        'import numpy as np\nc = np.einsum("ij,jk", a, b), """\n# x\n"""  # noqa: EIN301\n',
    ),
    (
        'import numpy as np\nc = np.einsum("ij,jk", a, b), f"""\n{d}\n"""\n',
        'import numpy as np\nc = np.einsum("ij,jk", a, b), f"""\n{d}\n"""  # noqa: EIN301\n',
    ),
    ("\ufeff# é\n" + BAD, "\ufeff# é\n" + BAD.replace("b)", "b)  # noqa: EIN301")),
]


@pytest.mark.parametrize(("before", "after"), NOQA)
def test_noqa_comments_are_added_once(run: Run, before: str, after: str) -> None:
    path = put("a.py", before)
    ran = check(run, "--add-noqa")
    assert path.read_bytes().decode() == after
    assert (ran.status, ran.out, ran.err) == (0, "Added 1 noqa comment.\n", "")
    assert check(run).status == 0, "the comment must silence the finding"
    assert check(run, "--add-noqa").out == "Added 0 noqa comments.\n"
    assert path.read_bytes().decode() == after


def test_what_cannot_be_silenced_is_said(run: Run) -> None:
    path = put("a.py", "import numpy as np\nc = np.einsum('ij,\n")
    ran = check(run, "--add-noqa")
    assert ran.err == "warning: a.py:2:15: EIN900 could not be silenced\n"
    assert path.read_text().endswith("'ij,\n")
