"""What the prover refuses to run, and that it does not run it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from verify_trials import HEADER, array, integer, shaped, trial

from einsum_lint import verify
from einsum_lint.trial import Trial, Verdict
from einsum_lint.verify import Prover
from einsum_lint.verify.child import judged
from einsum_lint.verify.program import Skipped, read

INPUTS = (array("A", 2), array("self.w", 1), array("sum", 1), integer("n"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("C = foo(A)", "calls foo"),
        ("C = self.f(A)", "calls self.f"),
        ("C = self.w(A)", "calls self.w"),
        ("C = self.w.foo()", "calls self.w.foo"),
        ("C = A.tofile('x')", "calls A.tofile"),
        ("C = np.load('x')", "calls np.load"),
        ("C = np.random.rand(3)", "calls np.random.rand"),
        ("C = np.lib.format.open_memmap('x')", "calls np.lib.format.open_memmap"),
        ("C = open('x', 'w')", "calls open"),
        ("C = print(A)", "calls print"),
        ("C = eval('1')", "calls eval"),
        ("C = __import__('os')", "calls __import__"),
        ("C = getattr(A, 'T')", "calls getattr"),
        ("C = sum(A)", "calls sum"),
        ("C = (lambda: 1)()", "calls the result of an expression"),
        ("C = [abs][0](A)", "calls the result of an expression"),
        ("f = np.dot\nC = f(A, A)", "reads np.dot"),
        ("f = abs\nC = f(A)", "uses abs"),
        ("C = np", "uses np"),
        ("C = self", "uses self as a whole"),
        ("C = A + other", "uses other"),
        ("C = other.shape", "uses other"),
        ("C = A.__class__", "reads A.__class__"),
        ("C = A.sum", "reads A.sum"),
        ("C = (A + A).base", "reads base"),
        ("C = self.v", "reads self.v"),
        ("C = np.core", "reads np.core"),
        ("C = math.floor", "reads math.floor"),
        ("A.shape = (1, 2)", "writes A.shape"),
        ("self.v = A", "writes self.v"),
        ("np.pi = 3", "writes np.pi"),
        ("np = A", "binds np again"),
        ("C = [product for product in A]", "binds product again"),
        ("import os", "has an import"),
        ("from os import path", "has an import"),
        ("with A:\n    pass", "has with"),
        ("try:\n    C = A\nexcept ValueError:\n    pass", "has try"),
        ("def f():\n    pass", "has a function"),
        ("class f:\n    pass", "has a class"),
        ("C = lambda: A", "has a lambda"),
        ("C = [lambda: A]", "has a lambda"),
        ("return A", "has return"),
        ("raise ValueError", "has raise"),
        ("assert A", "has assert"),
        ("del A", "has del"),
        ("global C", "has global"),
        ("C = f'{A}'", "has an f-string"),
        ("C = (D := A)", "has an assignment in an expression"),
        ("C = {1: A}", "has a dict"),
        ("C = np.sum(**A)", "passes a dict of keywords"),
        ("C = [x async for x in A]", "has an asynchronous comprehension"),
        ("C = {A}", "has a set"),
        ("match A:\n    case _:\n        pass", "has Match"),
        ("C = (", "the original cannot be parsed"),
        ("C = \0", "the original cannot be parsed"),
    ],
)
def test_what_is_not_known_is_skipped(text: str, reason: str) -> None:
    with pytest.raises(Skipped) as skipped:
        read(trial(text, "C = 1", *INPUTS))
    assert str(skipped.value) == reason


def test_the_rewriting_is_checked_too() -> None:
    assert judged(trial("C = A", "C = foo(A)", array("A", 1))) == Verdict(skipped="calls foo")
    assert judged(trial("C = A", "C = (", array("A", 1))) == Verdict(
        skipped="the rewriting cannot be parsed"
    )


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("import numpy", "C = numpy.zeros(3) + x"),
        ("import numpy as xp, math as m", "C = xp.array([m.sqrt(v) for v in x * x])"),
        ("from numpy import einsum, zeros as empty", "C = empty(len(x)) + einsum('i->i', x)"),
        (
            "from numpy.lib.stride_tricks import sliding_window_view",
            "C = sliding_window_view(x, 1)",
        ),
        ("import numpy.linalg as la", "C = la.norm(x)"),
        ("import itertools as it\nimport os", "C = [a for a, b in it.product(x, x)]"),
        (
            "import numpy as np\nfrom numpy import add",
            "C = add(x, np.multiply.outer(2.0, x)) + add.outer(x, x).sum()",
        ),
        ("from math import pi", "C = pi * x"),
        ("import numpy as np", "C: foo(np) = x * 1.0\nD: foo"),
        ("import numpy as np", "C = np.zeros(len(x), dtype=float)\nC[np.newaxis, ...] += x"),
    ],
)
def test_the_imports_say_what_names_stand_for(header: str, text: str) -> None:
    one = trial(text, text, array("x", 1, at0=1), header=header)
    assert judged(one) == Verdict(proved=True, executed=True)


@pytest.mark.parametrize(
    ("header", "text", "reason"),
    [
        ("import os", "C = os.getcwd()", "calls os.getcwd"),
        ("from os import path as np", "C = np.sum(A)", "uses np"),
        ("from . import np", "C = np.sum(A)", "uses np"),
        ("from numpy import load", "C = load('x')", "calls load"),
        ("import numpy.random as r", "C = r.rand(3)", "calls r.rand"),
        ("np = 3", "C = np.sum(A)", "uses np"),
    ],
)
def test_other_imports_bind_nothing(header: str, text: str, reason: str) -> None:
    with pytest.raises(Skipped) as skipped:
        read(trial(text, "C = 1", array("A", 1), header=header))
    assert str(skipped.value) == reason


@pytest.mark.parametrize(
    "text",
    [
        "C = open({path!r}, 'w')",
        "C = A.tofile({path!r})",
        "C = np.save({path!r}, A)",
        "C = np.memmap({path!r}, mode='w+', shape=3)",
        "import os; os.mkdir({path!r})",
        "C = [print(1, file=open({path!r}, 'w')) for _ in range(1)]",
        "C = ().__class__.__base__.__subclasses__()",
    ],
)
def test_what_is_skipped_has_not_run(tmp_path: Path, text: str) -> None:
    target = tmp_path / "made"
    one = trial(text.format(path=str(target)), "C = 1", array("A", 1))
    with Prover() as prover:
        (verdict,) = prover.prove([one])
    assert verdict.skipped
    assert not verdict.executed
    assert not target.exists()


FINE = trial("C = 2 * A", "C = A + A", array("A", 1))
HANGS = trial("while True:\n    pass", "C = 1", array("A", 1))
DEEP = trial("C = A" + " + A" * 4000, "C = 1", array("A", 1))
PROVED = Verdict(proved=True, executed=True)


def test_a_trial_that_hangs_is_skipped_and_the_next_one_works() -> None:
    with Prover(seconds=3) as prover:
        assert prover.prove([FINE, HANGS, FINE]) == [
            PROVED,
            Verdict(skipped="takes longer than 3 seconds"),
            PROVED,
        ]


@pytest.mark.skipif(sys.platform == "win32", reason="ends the child by a signal")
def test_a_child_that_died_is_reported_and_the_next_one_works() -> None:
    with Prover() as prover:
        assert prover.prove([FINE]) == [PROVED]
        assert prover._child is not None
        os.kill(prover._child._process.pid, signal.SIGKILL)
        prover._child._process.wait()
        (lost, fine) = prover.prove([FINE, FINE])
    assert lost == Verdict(skipped="ended the child process, with exit status -9")
    assert fine == PROVED


@pytest.mark.skipif(not hasattr(signal, "alarm"), reason="has no alarm")
def test_a_child_that_hangs_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    shorter = "import sys; sys.path.insert(0, sys.argv[1]); import einsum_lint.verify.child as c; "
    monkeypatch.setattr(verify, "_START", f"{shorter} c._GRACE = -8; {verify._START}")
    with Prover(seconds=9) as prover:
        assert prover.prove([HANGS, FINE]) == [
            Verdict(skipped="ended the child process, with exit status -14"),
            PROVED,
        ]


def test_deep_expressions_are_no_harm() -> None:
    with Prover() as prover:
        deep, fine = prover.prove([DEEP, FINE])
    assert deep.skipped or deep.fault
    assert fine == PROVED


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory differ")
def test_memory_is_limited() -> None:
    greedy = trial("C = np.ones((1 << 17, 1 << 14))", "C = 1", array("A", 1))
    with Prover(memory=3 << 30) as prover:
        assert prover.prove([greedy, FINE]) == [Verdict(skipped="needs too much memory"), PROVED]


def test_without_trials_no_child_is_started() -> None:
    with Prover() as prover:
        assert prover.prove([]) == []
        assert prover._child is None


def test_the_project_in_the_current_directory_is_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "numpy.py").write_text("open('was-run', 'w')\n")
    (tmp_path / "random.py").write_text("open('was-run', 'w')\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Prover() as prover:
        assert prover.prove([FINE]) == [PROVED]
    assert not (tmp_path / "was-run").exists()


def test_without_numpy_each_trial_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    start = f"import sys; sys.modules['numpy'] = None; {verify._START}"
    monkeypatch.setattr(verify, "_START", start)
    with Prover() as prover:
        assert prover.prove([FINE, FINE]) == [Verdict(skipped="NumPy is not installed")] * 2


def test_the_parent_does_not_import_numpy() -> None:
    script = (
        "import sys\n"
        "from einsum_lint.trial import Trial\n"
        "from einsum_lint.verify import Prover\n"
        "with Prover() as prover:\n"
        "    print(prover.prove([Trial('C = 1', 'C = 1', '', (), ('C',))]))\n"
        "assert 'numpy' not in sys.modules\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "proved=True, executed=True" in ran.stdout


def test_the_child_runs_this_package_from_an_archive(tmp_path: Path) -> None:
    archive = tmp_path / "all.zip"
    root = Path(verify.__file__).parents[2]
    with zipfile.ZipFile(archive, "w") as target:
        for path in root.glob("einsum_lint/**/*.py"):
            text = path.read_text(encoding="utf-8")
            mark = "executed=fault is None"
            target.writestr(str(path.relative_to(root)), text.replace(mark, "executed=False"))
    script = (
        f"import sys; sys.path.insert(0, {str(archive)!r})\n"
        "from einsum_lint.trial import Trial\n"
        "from einsum_lint.verify import Prover\n"
        "with Prover() as prover:\n"
        "    print(prover.prove([Trial('C = 1', 'C = 1', '', (), ('C',))]))\n"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "proved=True, executed=False" in ran.stdout


def test_a_trial_needs_no_inputs() -> None:
    assert judged(Trial("C = 1 + 1", "C = 2", HEADER, (), ("C",))) == PROVED
    assert judged(trial("C = x", "C = x", shaped("x"))) == PROVED
