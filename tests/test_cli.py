"""The command line from end to end, in this process where that is possible."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from einsum_lint import __version__, cli, terminal
from einsum_lint.commands import check as check_command
from einsum_lint.commands import examine
from einsum_lint.engine import Fixed
from einsum_lint.findings import Applicability, Edit, Finding, Fix, Position, Span
from einsum_lint.parallel import in_order
from einsum_lint.settings import Config
from einsum_lint.writing import NotWrittenError, replace_file

ROOT = Path(__file__).parent.parent
BAD = 'import numpy as np\nc = np.einsum("ij,jk", a, b)\n'
GOOD = BAD.replace('jk"', 'jk->ik"')
UNFIXABLE = 'import numpy as np\nEQ = "ij,jk"\nc = np.einsum(EQ, a, b)\n'

Run = Callable[..., "Ran"]


class Ran:
    """The outcome of a run."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    def __repr__(self) -> str:
        return f"exit {self.status}\n--- out\n{self.out}\n--- err\n{self.err}"


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Run:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)

    def call(*argv: str, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        status = cli.main([*argv])
        out, err = capfdbinary.readouterr()
        return Ran(status, out.decode("utf-8", "replace"), err.decode())

    return call


def put(name: str, text: str | bytes) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def check(run: Run, *argv: str, stdin: bytes = b"") -> Ran:
    return run("check", "--no-cache", "--select", "EIN301,EIN9", *argv, stdin=stdin)


# Findings and exit status


def test_findings_and_summary(run: Run) -> None:
    put("pkg/b.py", BAD)
    put("a.py", UNFIXABLE)
    ran = check(run)
    assert ran.status == 1, ran
    lines = ran.out.splitlines()
    assert re.fullmatch(r"a\.py:3:\d+: EIN301 the output .*", lines[0]), ran
    assert re.fullmatch(r"pkg/b\.py:2:16: EIN301 \[\*\] the output .*", lines[1]), ran
    assert lines[2:] == ["Found 2 errors in 2 files, 1 fixable with --fix."]
    assert ran.err == ""


def test_nothing_found(run: Run) -> None:
    put("a.py", GOOD)
    ran = check(run)
    assert (ran.status, ran.out, ran.err) == (0, "All checks passed!\n", "")
    ran = check(run, "--quiet")
    assert (ran.status, ran.out, ran.err) == (0, "", "")


def test_quiet_prints_the_findings_only(run: Run) -> None:
    put("a.py", BAD)
    ran = check(run, "-q")
    assert ran.status == 1
    assert len(ran.out.splitlines()) == 1


def test_exit_zero(run: Run) -> None:
    put("a.py", BAD)
    ran = check(run, "--exit-zero")
    assert ran.status == 0
    assert "EIN301" in ran.out


def test_full_format_in_a_pipe_is_plain(run: Run) -> None:
    put("a.py", BAD)
    ran = check(run, "--output-format", "full")
    assert '2 | c = np.einsum("ij,jk", a, b)\n  |                ^^^^^\n' in ran.out
    assert "\x1b" not in ran.out


def test_a_terminal_gets_full_and_coloured(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    put("a.py", BAD)
    monkeypatch.setattr(terminal, "is_terminal", lambda stream: True)
    monkeypatch.setattr(check_command, "is_terminal", lambda stream: True)
    monkeypatch.setenv("TERM", "xterm")
    ran = check(run)
    assert "\x1b[" in ran.out
    assert " --> " in re.sub(r"\x1b\[[\d;]*m", "", ran.out)
    monkeypatch.setenv("NO_COLOR", "1")
    ran = check(run)
    assert "\x1b" not in ran.out
    assert " --> " in ran.out


def test_forced_colour_in_a_pipe(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    put("a.py", BAD)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in check(run).out


@pytest.mark.parametrize("form", ["json", "json-lines", "sarif", "github", "gitlab"])
def test_machine_formats_have_no_summary(run: Run, form: str) -> None:
    put("a.py", BAD)
    ran = check(run, "--output-format", form)
    assert ran.status == 1
    assert "Found" not in ran.out
    assert "EIN301" in ran.out
    assert "error:" not in ran.err


def test_json_names_absolute_files(run: Run, tmp_path: Path) -> None:
    put("a.py", BAD)
    (record,) = json.loads(check(run, "--output-format", "json").out)
    assert record["filename"] == str(tmp_path / "a.py")
    assert record["location"] == {"row": 2, "column": 16}
    assert json.loads(check(run, "--output-format", "json", "--ignore", "EIN301").out) == []


def test_statistics(run: Run) -> None:
    put("a.py", BAD)
    put("b.py", BAD)
    ran = check(run, "--statistics")
    assert ran.out.splitlines()[0] == "2  EIN301  [*] implicit-output"
    assert ran.status == 1
    assert json.loads(check(run, "--statistics", "--output-format", "json").out)[0]["count"] == 2
    assert check(run, "--statistics", "--output-format", "sarif").status == 2


def test_selectors(run: Run) -> None:
    put("a.py", BAD)
    codes = ["--no-cache", "--quiet", "a.py"]
    assert "EIN301" in run("check", "--select", "EIN9,EIN3", *codes).out
    assert "EIN301" in run("check", "--select", "EIN9", "--select", "ein301", *codes).out
    assert "EIN301" in run("check", "--select", "EIN9", "--extend-select", "EIN3", *codes).out
    assert "EIN301" not in run("check", "--select", "EIN9", *codes).out
    assert "EIN301" not in run("check", "--ignore", "EIN3", *codes).out


def test_configuration_is_read_and_overridden(run: Run) -> None:
    put("a.py", BAD)
    put("pyproject.toml", "[tool.einsum-lint]\nignore = ['EIN3']\n")
    put("other.toml", "select = ['EIN9']")
    base = ["check", "--no-cache", "--quiet"]
    assert run(*base).status == 0
    assert run(*base, "--isolated", "--select", "EIN301").status == 1
    assert run(*base, "--select", "EIN301").status == 1
    assert run(*base, "--config", "other.toml").status == 0
    assert run(*base, "--config", "other.toml", "--extend-select", "EIN301").status == 1


def test_per_file_ignores(run: Run) -> None:
    put("a.py", BAD)
    put("tests/b.py", BAD)
    put("pyproject.toml", "[tool.einsum-lint.per-file-ignores]\n'tests/*' = ['EIN3']\n")
    assert [line[:5] for line in check(run, "-q").out.splitlines()] == ["a.py:"]


# Standard input


def test_standard_input(run: Run) -> None:
    ran = check(run, "-", stdin=BAD.encode())
    assert ran.status == 1
    assert ran.out.startswith("-:2:16: EIN301")
    ran = check(run, "--stdin-filename", "src/x.py", "-", stdin=BAD.encode())
    assert ran.out.startswith("src/x.py:2:16: EIN301")


def test_standard_input_has_the_settings_of_its_name(run: Run) -> None:
    put("src/pyproject.toml", "[tool.einsum-lint]\nignore = ['EIN3']\n")
    argv = ["check", "--stdin-filename", "src/x.py", "-"]
    assert run(*argv, stdin=BAD.encode()).status == 0


def test_fixed_standard_input_goes_to_standard_output(run: Run) -> None:
    ran = check(run, "--fix", "-", stdin=BAD.replace("\n", "\r\n").encode())
    assert (ran.status, ran.out) == (0, GOOD.replace("\n", "\r\n"))
    assert ran.err == "Found 1 error (1 fixed, 0 remaining).\n"
    ran = check(run, "--fix", "-", stdin=UNFIXABLE.encode())
    assert (ran.status, ran.out) == (1, UNFIXABLE)
    assert "EIN301" in ran.err


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
    put("a.py", UNFIXABLE)
    ran = check(run, "--diff")
    assert (ran.status, ran.out, ran.err) == (0, "", "Nothing to fix.\n")


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


def fake_check(data: bytes, path: str, config: Config, *, thorough: bool) -> tuple[Finding, ...]:
    """One unsafe finding for a text that begins with ``bad``."""
    if data.startswith(b"die"):
        os.kill(os.getpid(), signal.SIGKILL)
    if data.startswith(b"crash"):
        raise ZeroDivisionError("oh no")
    if not data.startswith(b"bad"):
        return ()
    fix = Fix("better", (Edit(FAKE_SPAN, "good"),), Applicability.UNSAFE)
    return (Finding("EIN101", "missing-optimize", "bad", FAKE_SPAN, fix, 1),)


def fake_fix(data: bytes, path: str, config: Config, *, level: Applicability) -> Fixed:
    return Fixed(b"good" + data[3:], (), 1)


@pytest.fixture
def fake_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examine, "check_bytes", fake_check)
    monkeypatch.setattr(examine, "fix_bytes", fake_fix)


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
        'import numpy as np\r\nc = np.einsum(\r\n    "ij,jk", a, b\r\n)  # noqa: EIN301\r\n',
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


# The cache


def test_a_second_run_takes_from_the_cache(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    put("pyproject.toml", "[project]\nname = 'x'\n")
    put("src/a.py", BAD)
    put("src/b.py", "x = 1\n" * 2000)
    argv = ["check", "--select", "EIN301", "src"]
    first = run(*argv)
    assert first.status == 1
    monkeypatch.setattr(examine, "check_bytes", None)
    assert run(*argv).out == first.out
    (file,) = Path(".einsum_lint_cache").glob("*.json")
    assert len(json.loads(file.read_text())) == 1, "what can't matter is not worth an entry"
    assert "EIN901" in run("check", "--select", "EIN301", "--no-cache", "src").out
    assert "EIN901" in run("check", "--select", "EIN301", "--cache-dir", "other", "src").out
    assert not Path("other").exists(), "a crash is not remembered"


def test_fixing_with_a_cache(run: Run) -> None:
    path = put("a.py", BAD)
    argv = ["check", "--select", "EIN301"]
    assert run(*argv).status == 1
    assert run(*argv, "--fix").status == 0
    assert path.read_text() == GOOD
    assert run(*argv).status == 0


# Processes


def double(number: int) -> int:
    if number == 3:
        os._exit(7)
    time.sleep(0.01 * (number % 3))
    return 2 * number


@pytest.mark.parametrize("workers", [2, 3, 50])
def test_results_come_in_the_order_of_the_jobs(workers: int) -> None:
    jobs = [5, 1, 3, 0, 8, 3, 2, 9, 7]
    lost = in_order(double, jobs, workers, lost=lambda job, code: -(code or 0), size=lambda j: j)
    assert list(lost) == [10, 2, -7, 0, 16, -7, 4, 18, 14]


def test_one_worker_is_this_process() -> None:
    pids = in_order(lambda _: os.getpid(), [1, 2], 1, lost=lambda job, code: 0, size=lambda j: j)
    assert set(pids) == {os.getpid()}


def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def test_closing_early_ends_the_workers() -> None:
    begun = time.monotonic()
    results = in_order(sleep, [0.0, 30.0], 2, lost=lambda job, code: -1.0, size=lambda j: 1)
    assert next(results) == 0.0
    results.close()  # type: ignore[attr-defined]
    assert time.monotonic() - begun < 10


# The program as such


def program(*argv: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *argv], capture_output=True, text=True, cwd=cwd, env=env, check=False
    )


def test_module_can_be_run(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    ran = program("-m", "einsum_lint", "check", "--no-cache", "--select", "EIN3", cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (1, "")
    assert ran.stdout.startswith("a.py:2:16: EIN301")


def test_version_and_help_import_next_to_nothing(tmp_path: Path) -> None:
    slow = "{'dataclasses', 'libcst', 'rich', 'pathspec', 'tomllib', 'json', 'ast'}"
    for option, expected in (("--version", f"einsum-lint {__version__}"), ("--help", "usage:")):
        script = (
            "import sys\nfrom einsum_lint import cli\n"
            f"status = cli.main([{option!r}])\nbad = {slow} & set(sys.modules)\n"
            "sys.exit(f'imported {bad}' if bad else status)"
        )
        ran = program("-c", script, cwd=tmp_path)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert ran.stdout.startswith(expected)


def test_a_warm_run_imports_no_parser(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    script = (
        "import sys\nfrom einsum_lint import cli\ncli.main(['check', '-q'])\n"
        "print(sorted({'libcst', 'rich', 'pathspec', 'multiprocessing', 'numpy'} & set(sys.modules)))"
    )
    assert program("-c", script, cwd=tmp_path).stdout.splitlines()[-1] == "['libcst']"
    assert program("-c", script, cwd=tmp_path).stdout.splitlines()[-1] == "[]"


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD + BAD.splitlines()[1].join("\n\n") * 5000)
    ran = subprocess.run(
        f"{sys.executable} -m einsum_lint check --no-cache --isolated . | head -1",
        shell=True, capture_output=True, text=True, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr, len(ran.stdout.splitlines())) == (0, "", 1)


def test_an_interrupt_ends_the_run(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*args: object, **keywords: object) -> None:
        raise KeyboardInterrupt

    put("a.py", BAD)
    monkeypatch.setattr(examine, "check_bytes", interrupt)
    ran = run("check", "--no-cache")
    assert (ran.status, ran.out, ran.err) == (130, "", "interrupted\n")


def test_the_bar_waits_and_goes_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(terminal, "is_terminal", lambda stream: True)
    monkeypatch.setenv("TERM", "xterm")
    now = [0.0]
    with terminal.Bar(enabled=True, clock=lambda: now[0]) as bar:
        bar.advance(1, 9)
        assert capsys.readouterr().err == ""
        now[0] = 1.5
        bar.advance(2, 9)
        bar.advance(3, 9)
    assert "checking" in capsys.readouterr().err
    with terminal.Bar(enabled=False, clock=lambda: now[0]) as bar:
        now[0] = 9.0
        bar.advance(1, 9)
    assert capsys.readouterr().err == ""


# Rules


def test_the_list_of_the_rules(run: Run) -> None:
    ran = run("rule")
    assert ran.status == 0
    assert re.search(r"^EIN301  implicit-output +Finds ", ran.out, re.MULTILINE)
    records = json.loads(run("rule", "--output-format", "json").out)
    assert [record["code"] for record in records] == re.findall(r"^EIN\d+", ran.out, re.MULTILINE)


@pytest.mark.parametrize("word", ["EIN301", "ein301", "implicit-output", "implicit_output"])
def test_the_page_of_a_rule(run: Run, word: str) -> None:
    ran = run("rule", word)
    assert ran.status == 0
    assert ran.out.startswith("# implicit-output (EIN301)\n\n## What it does\n")
    assert json.loads(run("rule", word, "--output-format", "json").out)["code"] == "EIN301"


def test_the_pages_of_all_rules(run: Run) -> None:
    pages = run("rule", "--all").out
    assert "# implicit-output (EIN301)" in pages
    assert "# unreadable-file (EIN900)" in pages


def test_a_page_on_a_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("einsum_lint.commands.rule.is_terminal", lambda stream: True)
    out = run("rule", "EIN301").out
    assert "What it does" in out
    assert "## What it does" not in out


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["EIN3O1"], "error: unknown rule 'EIN3O1'; did you mean 'EIN301'?"),
        (["implicit-outputs"], "did you mean 'implicit-output'?"),
        (["EIN301", "--all"], "error: give a rule or --all, not both"),
    ],
)
def test_an_unknown_rule(run: Run, argv: list[str], message: str) -> None:
    ran = run("rule", *argv)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert message in ran.err
