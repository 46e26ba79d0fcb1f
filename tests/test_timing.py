"""``--timing``: stages of all processes, on standard error and only when asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from einsum_lint import stages
from einsum_lint.commands.timing import STAGES
from einsum_lint.stages import Stages, off

CALL = 'import numpy as np\nc = np.einsum("ij,jk", a, b)\n'
LOOP = (
    "import numpy as np\ndef f(a, b):\n    c = np.zeros((len(a), len(b)))\n"
    "    for i in range(len(a)):\n        for j in range(len(b)):\n            c[i, j] += a[i] * b[j]\n"
    "    return c\n"
)
Run = Callable[..., Any]


@pytest.fixture
def files(run: Run) -> None:
    for number in range(12):
        Path(f"call{number}.py").write_text(CALL)
        Path(f"loop{number}.py").write_text(LOOP)


def table(err: str) -> tuple[dict[str, float], str]:
    """The seconds by stage, and the line below them."""
    *rows, last = err.splitlines()
    found = [re.fullmatch(r"(\S.*?) +(\d+\.\d{3}) s +\d+\.\d%", row) for row in rows]
    assert all(found), err
    return {row[1]: float(row[2]) for row in found if row}, last


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize("jobs", [1, 2])
def test_the_stages_are_those_of_all_processes(run: Run, jobs: int) -> None:
    ran = run("check", "--isolated", "--no-cache", "-q", "--timing", "--jobs", str(jobs))
    seconds, last = table(ran.err)
    total, other = seconds.pop("processor time"), seconds.pop("other")
    assert list(seconds) == [stage for stage in STAGES if stage in seconds]
    expected = {"start-up", "files", "read", "screen", "ast", "libcst", "inference", "loops"}
    assert {*expected, "forecast", "rules", "report"} <= {*seconds}
    assert min(seconds.values()) >= 0
    rounding = 0.0005 * (len(seconds) + 2)
    assert sum(seconds.values()) + other == pytest.approx(total, abs=rounding)
    assert other >= 0
    processes = 1 if jobs == 1 else jobs + 1
    assert re.fullmatch(
        rf"\d+\.\d{{3}} s, processes: {processes}; 24 of 24 files were checked", last
    )


@pytest.mark.usefixtures("files")
def test_what_the_cache_knows_is_not_checked(run: Run) -> None:
    run("check", "--cache-dir", "kept")
    ran = run("check", "--cache-dir", "kept", "--timing", "-q")
    assert ran.err.endswith("; 0 of 24 files were checked\n")
    assert "libcst" not in ran.err


@pytest.mark.usefixtures("files")
def test_the_report_is_the_same(run: Run) -> None:
    argv = ("check", "--isolated", "--no-cache", "--output-format", "json")
    plain, timed = run(*argv), run(*argv, "--timing")
    assert (timed.status, timed.out) == (plain.status, plain.out)
    assert plain.err == ""
    assert json.loads(timed.out)


@pytest.mark.usefixtures("files")
def test_fixes_are_a_stage(run: Run) -> None:
    ran = run("codemod", "explicit-output", "--timing", "--no-cache", "--write", "-q")
    assert "fixes " in ran.err
    assert "->ik" in Path("call0.py").read_text()


def test_standard_input(run: Run) -> None:
    ran = run("check", "-", "--timing", "-q", stdin=CALL.encode())
    assert ran.err.endswith("processes: 1; 1 of 1 files were checked\n")


def test_an_inner_stage_is_no_part_of_the_outer(monkeypatch: pytest.MonkeyPatch) -> None:
    moments: Iterator[float] = iter([0.0, 1.0, 3.0, 7.0, 15.0, 31.0, 63.0])
    monkeypatch.setattr(stages, "process_time", lambda: next(moments))
    clock = Stages()
    with clock("outer"), clock("inner"):
        pass
    with pytest.raises(KeyError), clock("inner"):
        raise KeyError
    assert clock.seconds == {"": 1.0 + 16.0, "outer": 2.0 + 8.0, "inner": 4.0 + 32.0}


def test_off_is_silent() -> None:
    with off("outer"), off("inner"):
        pass
