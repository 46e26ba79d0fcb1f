"""Files checked by the workers of a real Dask cluster: processes of this machine."""

from __future__ import annotations

import json
import os
import pickle
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from einsum_lint.commands import cluster
from einsum_lint.commands.examine import Options, examine
from einsum_lint.commands.jobs import NOTHING, Done
from einsum_lint.config import Overrides, Resolver
from einsum_lint.files import discover

ROOT = Path(__file__).parent.parent
BAD = 'import numpy as np\nc = np.einsum("ij,jk", a, b)\n'
LOOPS = """
def product():
    a, b, c = np.ones((4, 5)), np.ones((5, 6)), np.zeros((4, 6))
    for i in range(4):
        for j in range(6):
            for k in range(5):
                c[i, j] += a[i, k] * b[k, j]
    return c
"""
DEADLY = """
import os
from einsum_lint.commands import jobs

check = jobs.check_bytes

def deadly(data, *arguments, **keywords):
    if b"deadly" in data:
        os._exit(7)
    return check(data, *arguments, **keywords)

jobs.check_bytes = deadly
"""
"""What a worker does when it starts, to die of some files."""

Run = Callable[..., Any]


def dask(argv: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *argv, "--no-dashboard"],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@contextmanager
def running(
    folder: Path, *options: str, count: int = 2, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """The address of a scheduler, and its process and those of its workers."""
    distributed = pytest.importorskip("distributed")
    file = folder / "scheduler.json"
    file.unlink(missing_ok=True)
    place = ["--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file)]
    with ExitStack() as ending:

        def start(*argv: str) -> subprocess.Popen[bytes]:
            process = dask(argv, environment or {})
            ending.callback(process.wait, timeout=20)
            ending.callback(process.terminate)
            return process

        scheduler = start("scheduler", *place)
        while not (file.exists() and file.read_text().endswith("}")):
            assert scheduler.poll() is None
            time.sleep(0.05)
        address = json.loads(file.read_text())["address"]
        local = ["--nthreads", "1", "--local-directory", str(folder), *options]
        workers = [start("worker", address, *local) for _ in range(count)]
        if count:
            with distributed.Client(address, set_as_default=False) as client:
                client.wait_for_workers(count, timeout=60)
        yield address, [scheduler, *workers]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with 24 files, the largest first, which is the one that we are in."""
    folder = tmp_path / "tree"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for number in range(24):
        Path(f"a{number:02}.py").write_text(BAD + LOOPS * (24 - number))
    return folder


def examined(
    options: Options, advance: Callable[[int, int], None] = lambda *_: None
) -> list[tuple[str, Done]]:
    cwd = os.getcwd()
    resolver = Resolver(cwd, config_file=None, isolated=True, overrides=Overrides())
    results = examine(discover(["."], resolver, cwd), options, advance=advance)
    return [(result.file.path, result.done) for result in results]


@pytest.mark.usefixtures("tree")
def test_a_killed_worker_loses_nothing(tmp_path: Path) -> None:
    expected = examined(Options(cache=False))
    assert all(done.findings for _, done in expected)
    told: list[int] = []
    with running(tmp_path, "--no-nanny") as (address, (_, first, second)):

        def advance(done: int, count: int) -> None:
            if not told:
                first.kill()
            told.append(done)

        found = examined(Options(cache=False, scheduler=address), advance)
        assert first.wait() < 0
        assert second.poll() is None
    assert found == expected
    assert told == list(range(1, 25))


def test_rewritings_and_failures(
    run: Run, tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One cluster for several runs: it takes seconds to start."""
    monkeypatch.chdir(tree)
    start = tmp_path / "start"
    start.mkdir()
    (start / "sitecustomize.py").write_text(DEADLY)
    environment = {
        "PYTHONPATH": os.pathsep.join([str(start), str(ROOT)]),
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",
    }
    with running(tmp_path, environment=environment) as (address, _):
        there = ["--no-cache", "--executor", "dask", "--scheduler", address]
        for name, argv in {
            "a01.py": ["check", "--select", "EIN301", "--fix"],
            "a02.py": ["codemod", "loops-to-einsum", "--write"],
        }.items():
            before = Path(name).read_bytes()
            expected = run(*argv, "--no-cache", name)
            rewritten = Path(name).read_bytes()
            assert rewritten != before
            Path(name).write_bytes(before)
            assert run(*argv, *there, name) == expected
            assert Path(name).read_bytes() == rewritten
            Path(name).write_bytes(before)

        for name in ("a05.py", "a20.py"):
            Path(name).write_text(f"# deadly\n{BAD}")
        Path("gone.py").symlink_to("nowhere")
        ran = run("check", "--select", "EIN301,EIN9", *there, ".", "gone.py")
        assert ran.status == 2
        found = re.findall(r"^(\w+)\.py:\S+ (EIN\d+) (.*)", ran.out, re.MULTILINE)
        assert [name for name, *_ in found] == [f"a{n:02}" for n in range(24)] + ["gone"]
        codes = {name: code for name, code, _ in found if code != "EIN301"}
        assert codes == {"a05": "EIN901", "a20": "EIN901", "gone": "EIN900"}
        assert "the process that checked it died on 1 worker;" in ran.out

        monkeypatch.setattr(cluster, "program", lambda: "0.0.1")
        ran = run("check", *there)
        assert (ran.status, ran.out) == (2, "")
        assert re.fullmatch(r"error: .* it has einsum_lint .*, not 0\.0\.1\n", ran.err), ran.err


def test_a_cluster_that_goes_away(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("a.py").write_text(BAD)
    with running(tmp_path, count=0) as (address, (scheduler,)):
        argv = ["check", "--no-cache", "--executor", "dask", "--scheduler", address]
        end = threading.Timer(1.0, scheduler.kill)
        end.start()
        lost = f"error: the connection to the Dask scheduler at {address} is lost\n"
        assert run(*argv) == (2, "", lost)
        end.join()
    with running(tmp_path, count=0) as (address, _):
        argv[-1] = address
        monkeypatch.setattr(cluster, "_LOOK", 0.1)
        monkeypatch.setattr(cluster, "_DESERTED", 0.2)
        deserted = f"error: no workers have come to the Dask scheduler at {address}\n"
        assert run(*argv) == (2, "", deserted)


def test_a_worker_does_only_what_its_own_program_sends() -> None:
    with pytest.raises(cluster.MismatchError, match=r"it has einsum_lint .*, not 0\.0\.1"):
        cluster.perform("0.0.1", b"")
    assert cluster.perform(cluster.program(), pickle.dumps([NOTHING])) == [NOTHING]


@pytest.mark.parametrize("listens", [True, False])
def test_a_scheduler_that_does_not_answer(
    run: Run, monkeypatch: pytest.MonkeyPatch, listens: bool
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "_CONNECTING", 0.5)
    Path("a.py").write_text(BAD)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if listens:
            silent.listen()
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        ran = run("check", "--no-cache", "--executor", "dask", "--scheduler", address)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"error: no Dask scheduler is found at {address}: ")
    assert ran.err.count("\n") == 1


def test_without_distributed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    Path("a.py").write_text(BAD)
    ran = run("check", "--no-cache", "--executor", "dask", "--scheduler", "tcp://localhost:1")
    needs = "error: --executor dask needs distributed: pip install 'einsum-lint[dask]'\n"
    assert ran == (2, "", needs)


@pytest.mark.parametrize("command", [["check"], ["codemod", "loops-to-einsum"]])
@pytest.mark.parametrize(
    ("argv", "error"),
    [
        (["--executor", "dask"], "need each other"),
        (["--scheduler", "tcp://h:1"], "need each other"),
        (["--executor", "dask", "--scheduler", "h:1"], "'h:1' is no address such as tcp://"),
        (["--executor", "dask", "--scheduler", "tcp://:1"], "'tcp://:1' is no address"),
        (["--executor", "dask", "--scheduler", "tcp://h:1", "--jobs", "2"], "--jobs"),
        (["--executor", "dask", "--scheduler", "tcp://h:1", "--timing"], "--timing"),
        (["--executor", "dask", "--scheduler", "tcp://h:1", "-"], "standard input"),
        (["--executor", "slurm"], "'slurm'"),
    ],
)
def test_wrong_usage(run: Run, command: list[str], argv: list[str], error: str) -> None:
    ran = run(*command, *argv)
    assert (ran.status, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert error in ran.err
