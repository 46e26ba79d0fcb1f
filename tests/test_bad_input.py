"""What bad input gets: one clear line and exit status 2, or a finding for the file in question."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from einsum_lint import cli

GOOD = b'import numpy as np\nc = np.einsum("ij,jk->ik", a, b)\n'


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(capfd: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    status = cli.main(["check", "--no-cache", "--select", "EIN301,EIN9", *argv])
    out, err = capfd.readouterr()
    return status, out, err


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["gone.py"], "error: no such file or directory: gone.py"),
        (["a.py", "gone", "lost"], "error: no such file or directory: gone, lost"),
        (["empty"], "error: no Python files found under empty"),
        (
            ["--select", "EIN3O1", "a.py"],
            "error: --select: unknown rule 'EIN3O1'; did you mean 'EIN301'?",
        ),
        (["--ignore", "W605", "a.py"], "error: --ignore: unknown rule 'W605'"),
        (["--output-format", "xml"], "error: argument --output-format: invalid choice: 'xml'"),
        (["--jobs", "0"], "error: argument --jobs: '0' is not a number of processes"),
        (["--fixx"], "error: unrecognized arguments: --fixx; did you mean '--fix'?"),
        (["--config", "gone.toml"], "error: cannot read gone.toml: No such file or directory"),
        (["--config", "a.py"], "error: a.py is not valid TOML: "),
        (
            ["--config", "a.toml", "--isolated"],
            "error: --isolated and --config contradict each other",
        ),
        (["-", "a.py"], "error: standard input (-) can't be combined with other paths"),
        (["--add-noqa", "--fix"], "error: --add-noqa can't be combined with --fix or --diff"),
        (["--add-noqa", "-"], "error: --add-noqa needs a file"),
    ],
)
def test_wrong_usage(
    argv: list[str], message: str, here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (here / "a.py").write_bytes(GOOD)
    (here / "empty").mkdir()
    status, out, err = check(capfd, *argv)
    assert (status, out) == (2, "")
    assert err.startswith(message), err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["chekc"], "error: argument command: invalid choice: 'chekc'"),
        (["a.py"], "did you mean 'einsum-lint check a.py'?"),
    ],
)
def test_a_wrong_command(
    argv: list[str], message: str, here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (here / "a.py").write_bytes(GOOD)
    assert cli.main(argv) == 2
    err = capfd.readouterr().err
    assert message in err
    assert err.count("\n") == 1


def test_no_command_is_help_and_exit_2(capfd: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    assert "check" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.einsum-lint]\nselct = []", "unknown key 'selct'; did you mean 'select'?"),
        ("[tool.einsum-lint", "is not valid TOML"),
        ("[tool.einsum-lint]\nselect = ['EIN0', 'EINX']", "select: unknown rule 'EINX'"),
        ("[tool.einsum-lint]\nexclude = 'x'", "exclude must be a list of strings"),
    ],
)
def test_wrong_configuration(
    text: str, message: str, here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (here / "pyproject.toml").write_text(text)
    (here / "a.py").write_bytes(GOOD)
    status, out, err = check(capfd, "a.py")
    assert (status, out) == (2, "")
    assert err.startswith(f"error: {here / 'pyproject.toml'}")
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"import numpy as np\nnp.einsum('ij,\n", "2:11"),
        (b"x = (\n", "1:5"),
        (b"# einsum\n\nx = '\xff'\n", "3:6"),
        (b"# coding: nonsense\n", "1:1"),
        (b"x = 1\ny = \x00\n", "2:5"),
        (b"\xff\xfex\x00", "1:4"),
        (b"\x00" * 5000, "1:1"),
        (b"einsum" + b"(" * 20_000, None),
        (b"einsum = " + b"-" * 50_000 + b"1", None),
    ],
)
def test_files_that_are_not_python(
    data: bytes, place: str | None, here: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (here / "a.py").write_bytes(data)
    (here / "b.py").write_bytes(GOOD.replace(b"->ik", b""))
    for argv in (["."], ["a.py", "b.py"], [".", "--jobs", "2"]):
        status, out, err = check(capfd, *argv)
        assert (status, err) == (1, "")
        lines = out.splitlines()
        assert lines[0].startswith(f"a.py:{place or ''}"), out
        assert "EIN900" in lines[0]
        assert lines[1].startswith("b.py:2:16: EIN301"), "the others are checked"
    assert check(capfd, ".", "--fix")[0] == 1
    assert (here / "a.py").read_bytes() == data


def test_files_that_cannot_be_read(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (here / "a.py").symlink_to("nowhere")
    (here / "b.py").symlink_to("b.py")
    (here / "c.py").write_bytes(GOOD)
    status, out, _ = check(capfd)
    assert status == 1
    assert out.splitlines()[:2] == [
        "a.py:1:1: EIN900 cannot be read: No such file or directory",
        "b.py:1:1: EIN900 cannot be read: Too many levels of symbolic links",
    ]
    assert check(capfd, "a.py")[1].startswith("a.py:1:1: EIN900"), "a dangling link that is named"
    assert check(capfd, "--ignore", "EIN900")[0] == 0


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_no_permission(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (here / "a.py").write_bytes(GOOD)
    (here / "a.py").chmod(0)
    status, out, _ = check(capfd)
    assert status == 1
    assert out.startswith("a.py:1:1: EIN900 cannot be read: Permission denied")


def test_a_read_that_fails(
    here: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import builtins

    (here / "a.py").write_bytes(GOOD)
    real = builtins.open

    def shut(path: object, *args: str, **keywords: str) -> object:
        if str(path).endswith("a.py"):
            raise PermissionError(13, "Permission denied")
        return real(path, *args, **keywords)  # type: ignore[call-overload]

    monkeypatch.setattr(builtins, "open", shut)
    status, out, _ = check(capfd, "--jobs", "2")
    assert status == 1
    assert out.startswith("a.py:1:1: EIN900 cannot be read: Permission denied")


@pytest.mark.skipif(
    not hasattr(socket, "AF_UNIX") or sys.platform == "win32", reason="needs sockets"
)
def test_a_socket_that_is_named(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s.py")
        status, out, _ = check(capfd, "s.py")
    assert status == 1
    assert out.startswith("s.py:1:1: EIN900 cannot be read: No such device or address")


def test_names_that_are_not_text(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    name = os.fsdecode(b"a\xff\nb.py")
    try:
        (here / name).write_bytes(GOOD.replace(b"->ik", b""))
    except OSError:
        pytest.skip("the file system refuses such names")
    for form in ("concise", "full", "json", "json-lines", "sarif", "github", "gitlab"):
        status, out, err = check(capfd, "--output-format", form)
        assert (status, err) == (1, ""), form
        assert "EIN301" in out, form
    assert check(capfd, "--diff")[0] == 1
    assert cli.main(["check", "--select", "EIN301", "--cache-dir", "c"]) == 1
