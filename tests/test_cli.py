"""The command line from end to end, in this process where that is possible."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from einsum_lint import __version__, terminal
from einsum_lint.commands import check as check_command
from einsum_lint.commands import examine, jobs

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


# The cache


def test_a_second_run_takes_from_the_cache(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    put("pyproject.toml", "[project]\nname = 'x'\n")
    put("src/a.py", BAD)
    put("src/b.py", "x = 1\n" * 2000)
    argv = ["check", "--select", "EIN301", "src"]
    first = run(*argv)
    assert first.status == 1
    monkeypatch.setattr(jobs, "check_bytes", None)
    assert run(*argv).out == first.out
    assert "EIN901" in run("check", "--select", "EIN301", "--no-cache", "src").out
    for _ in range(2):
        ran = run("check", "--select", "EIN301", "--cache-dir", "other", "src")
        assert "EIN901" in ran.out, "a crash is not remembered"


def test_what_has_not_changed_is_not_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [put("src/a.py", BAD), put("src/b.py", "x = 1\n")]
    for path in paths:
        os.utime(path, (1, 1))
    argv = ["check", "--select", "EIN301", "--output-format", "concise", "src"]
    first = run(*argv)
    shown = run(*argv[:-2], "full", "src")
    with monkeypatch.context() as patch:
        for module in (examine, jobs):
            patch.setattr(module, "read", None)
        assert run(*argv).out == first.out
    assert run(*argv[:-2], "full", "src").out == shown.out
    put("src/a.py", BAD.replace('jk"', 'jl"'))
    os.utime("src/a.py", (1, 1))
    assert "'il'" in run(*argv).out, "the time of the change of the file itself tells"


@pytest.mark.parametrize("held", [0, 10**9])
def test_what_the_cache_has_read_is_kept_as_long_as_it_is_little(
    run: Run, monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    for name in "ab":
        put(f"{name}.py", BAD)
    monkeypatch.setattr(examine, "_HELD", held)
    with monkeypatch.context() as patch:
        if held:
            patch.setattr(jobs, "read", None)
        ran = run("check", "--select", "EIN301,EIN9", "--jobs", "1")
    assert (ran.status, ran.out.count("EIN301"), ran.out.count("EIN9")) == (1, 2, 0)


def test_fixing_with_a_cache(run: Run) -> None:
    path = put("a.py", BAD)
    argv = ["check", "--select", "EIN301"]
    assert run(*argv).status == 1
    assert run(*argv, "--fix").status == 0
    assert path.read_text() == GOOD
    assert run(*argv).status == 0


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
        "heavy = {'libcst', 'rich', 'pathspec', 'multiprocessing', 'numpy'}\n"
        "print(sorted(heavy & set(sys.modules)))"
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
    monkeypatch.setattr(jobs, "check_bytes", interrupt)
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
