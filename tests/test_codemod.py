"""The command that rewrites: what it prints, writes, proves and refuses."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest

from einsum_lint import Applicability, Config, engine, rewrite_source
from einsum_lint import codemod as registry
from einsum_lint.codemod import Codemod, codemods
from einsum_lint.commands import codemod as command
from einsum_lint.facts import EinsumCall
from einsum_lint.findings import Edit, Fix, Problem
from einsum_lint.proofs import Proofs
from einsum_lint.rule import Rule, rules
from einsum_lint.trial import Trial, Verdict

Run = Callable[..., Any]

BAD = 'import numpy as np\nc = np.einsum("ij,jk", a, b)\n'
GOOD = BAD.replace('jk"', 'jk->ik"')


def put(name: str, text: str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def calls(*operands: str) -> str:
    return "import numpy as np\n" + "".join(f"np.einsum('ij', {name})\n" for name in operands)


def renamed(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """Makes every call one of ``done``; the operand says how that goes."""
    text = call.place.operand_text(0)
    level = Applicability.UNSAFE if "unsafe" in text else Applicability.SAFE
    new = f"guarded({text})" if config.guard else f"done({text})"
    trial = None if "plain" in text else Trial(text, new, "", (), ())
    edits = (Edit(call.place.call, new),)
    yield Problem("can be done", call.place.call, Fix("do it", edits, level, trial))


class FakeProver:
    """Knows the verdicts by the text that is replaced, and which trials it was given."""

    asked: ClassVar[list[str]] = []

    def __enter__(self) -> FakeProver:
        return self

    def __exit__(self, *error: object) -> None:
        self.asked.append("end")

    def prove(self, trials: Sequence[Trial]) -> list[Verdict]:
        self.asked.extend(trial.before for trial in trials)
        return [self._verdict(trial.before) for trial in trials]

    def _verdict(self, text: str) -> Verdict:
        if "fault" in text:
            return Verdict(executed=True, fault="c[0, 1] is 2.0, not 1.0")
        if "skipped" in text:
            return Verdict(skipped="calls self.f")
        if "doubtful" in text:
            return Verdict(skipped="the original raises ValueError", doubtful=True)
        return Verdict(proved="large" not in text, executed=True)


@pytest.fixture
def prover(monkeypatch: pytest.MonkeyPatch) -> type[FakeProver]:
    monkeypatch.setattr("einsum_lint.verify.Prover", FakeProver)
    monkeypatch.setattr(FakeProver, "asked", [])
    return FakeProver


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch, prover: type[FakeProver]) -> type[FakeProver]:
    """A codemod ``rename``, the rule EIN499 of the same kind, and a prover that knows them."""
    own = Rule("rename", "rename", EinsumCall, renamed, "", default=False)  # type: ignore[arg-type]
    made = {"rename": Codemod("rename", "", own=own), **codemods()}
    for module in ("codemod", "commands.codemod"):
        monkeypatch.setattr(f"einsum_lint.{module}.codemods", lambda: made)
    rule = Rule("EIN499", "renamed", EinsumCall, renamed, "", default=True)  # type: ignore[arg-type]
    monkeypatch.setattr(engine, "chosen", lambda config: (rule,))
    return prover


def rename(run: Run, *argv: str, stdin: bytes = b"") -> Any:
    return run("codemod", "rename", "--no-cache", *argv, stdin=stdin)


# What is printed and written


def test_a_diff_is_printed(run: Run) -> None:
    path = put("a.py", BAD)
    ran = run("codemod", "explicit-output")
    assert (ran.status, path.read_text()) == (0, BAD)
    assert ran.out == (
        "--- a.py\n+++ a.py\n@@ -1,2 +1,2 @@\n import numpy as np\n"
        '-c = np.einsum("ij,jk", a, b)\n+c = np.einsum("ij,jk->ik", a, b)\n'
    )
    assert ran.err == "Would rewrite 1.\n"


def test_files_are_written(run: Run) -> None:
    path = put("a.py", BAD)
    ran = run("codemod", "explicit-output", "--write", "a.py")
    assert (ran.status, ran.out, ran.err) == (0, "", "Rewrote 1.\n")
    assert path.read_text() == GOOD
    ran = run("codemod", "explicit-output", "--write", "a.py")
    assert (ran.status, ran.out, ran.err) == (0, "", "Nothing to rewrite.\n")


def test_options_and_paths_in_any_order(run: Run) -> None:
    path, other = put("a.py", BAD), put("b.py", BAD)
    assert run("codemod", "explicit-output", "a.py", "--write", "b.py", "-q").err == ""
    assert path.read_text() == other.read_text() == GOOD


@pytest.mark.parametrize(("text", "status"), [(BAD, 1), (GOOD, 0)])
def test_check_tells_by_the_exit_status(run: Run, text: str, status: int) -> None:
    path = put("a.py", text)
    assert run("codemod", "explicit-output", "--check").status == status
    assert path.read_text() == text


def test_standard_input(run: Run) -> None:
    ran = run("codemod", "explicit-output", "--write", "-", stdin=BAD.encode())
    assert (ran.status, ran.out, ran.err) == (0, GOOD, "Rewrote 1.\n")
    ran = run("codemod", "explicit-output", "--stdin-filename", "x.py", "-", stdin=BAD.encode())
    assert ran.out.startswith("--- x.py\n+++ x.py\n")


def test_a_file_that_is_no_python_is_passed_over(run: Run) -> None:
    put("a.py", "def einsum(:\n")
    path = put("b.py", BAD)
    ran = run("codemod", "explicit-output", "--write")
    assert (ran.status, path.read_text()) == (0, GOOD)
    assert "a.py:1:12: EIN900 syntax error" in ran.err
    assert run("codemod", "explicit-output", "--check").status == 1


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_the_cache_remembers_each_codemod_for_itself(run: Run, jobs: str) -> None:
    put("pyproject.toml", "[tool.einsum-lint]\n")
    for name in ("a.py", "b.py"):
        put(name, BAD)
    for _ in range(2):
        assert run("codemod", "add-optimize", "--jobs", jobs).err == "Nothing to rewrite.\n"
        assert run("codemod", "explicit-output", "--jobs", jobs).err == "Would rewrite 2.\n"


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        ([], "error: a codemod must be named; there are add-optimize, "),
        (["to-einsum"], "error: unknown codemod 'to-einsum'; there are add-optimize, "),
        (["add-optimize", "--write", "--check"], "--write and --check contradict each other"),
        (["add-optimize", "--guard"], "--guard is for codemods that read loops, not add-optimize"),
        (["add-optimize", "--show-refusals"], "--show-refusals is for codemods that read loops or"),
        (["add-optimize", "--select", "EIN3"], "leaves nothing of add-optimize, which follows EIN101"),
        (["einsum-to-loops", "--select", "EIN3"], "leaves nothing of einsum-to-loops, which follows"),
        (["add-optimize", "--verfy"], "did you mean '--verify'?"),
        (["add-optimize", "no-such-file.py"], "no-such-file.py"),
    ],
)  # fmt: skip
def test_wrong_usage(run: Run, argv: list[str], message: str) -> None:
    put("a.py", BAD)
    ran = run("codemod", *argv)
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err


# Which rewritings


@pytest.mark.parametrize("comment", ["# noqa", "# noqa: EIN301"])
def test_comments_are_honoured(run: Run, comment: str) -> None:
    put("a.py", BAD.replace("b)", f"b)  {comment}"))
    assert run("codemod", "explicit-output").err == "Nothing to rewrite.\n"


def test_a_bare_comment_silences_a_codemod_of_its_own(run: Run, fake: object) -> None:
    put("a.py", calls("a").replace(")\n", ")  # noqa\n"))
    assert rename(run).err == "Nothing to rewrite.\n"
    put("a.py", calls("a").replace(")\n", ")  # noqa: EIN101\n"))
    assert "+done(a)" in rename(run).out


@pytest.mark.parametrize(
    ("settings", "rewritten"),
    [
        ("select = ['EIN0']", True),
        ("ignore = ['EIN3']", True),
        ("ignore = ['EIN301']", False),
        ("per-file-ignores = {'a.py' = ['EIN3']}", False),
        ("per-file-ignores = {'b.py' = ['EIN3']}", True),
    ],
)
def test_what_the_settings_turn_off(run: Run, settings: str, rewritten: bool) -> None:
    put("pyproject.toml", f"[tool.einsum-lint]\n{settings}\n")
    put("a.py", BAD)
    assert bool(run("codemod", "explicit-output").out) is rewritten
    assert not run("codemod", "explicit-output", "--ignore", "EIN301").out


def test_select_narrows_a_codemod(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    both = {"both": Codemod("both", "", ("EIN101", "EIN301"))}
    for module in ("codemod", "commands.codemod"):
        monkeypatch.setattr(f"einsum_lint.{module}.codemods", lambda: both)
    text = 'import numpy as np\nc = np.einsum("ij,jk,kl", a, b, c)\n'
    put("a.py", text)
    ran = run("codemod", "both", "--unsafe-fixes")
    assert '+c = np.einsum("ij,jk,kl->il", a, b, c, optimize=True)' in ran.out
    ran = run("codemod", "both", "--unsafe-fixes", "--select", "EIN1")
    assert '+c = np.einsum("ij,jk,kl", a, b, c, optimize=True)' in ran.out


def test_unsafe_rewritings_are_asked_for(run: Run, fake: object) -> None:
    put("a.py", calls("plain", "plain_unsafe", "unsafe"))
    ran = rename(run)
    assert "+done(plain)" in ran.out
    assert "unsafe)" not in "".join(line for line in ran.out.splitlines() if line[0] == "+")
    assert ran.err == "Would rewrite 1; 2 more with --unsafe-fixes.\n"
    ran = rename(run, "--unsafe-fixes", "--write")
    assert ran.err == "Rewrote 3 (1 proved, 1 executed, 0 skipped).\n"


def test_guard_reaches_the_rule(run: Run, monkeypatch: pytest.MonkeyPatch, fake: object) -> None:
    put("a.py", calls("a"))
    monkeypatch.setattr(command, "_refuse_contradictions", lambda options, codemod: None)
    assert "+guarded(a)" in rename(run, "--guard").out


# Proofs


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_what_is_proved_is_counted(run: Run, fake: object, jobs: str) -> None:
    put("a.py", calls("a", "large"))
    put("b.py", calls("b", "plain"))
    ran = rename(run, "--jobs", jobs)
    assert ran.err == "Would rewrite 4 (2 proved, 3 executed, 0 skipped).\n"


def test_a_fault_is_a_bug_and_not_applied(run: Run, fake: object) -> None:
    path = put("a.py", calls("a", "fault", "b"))
    ran = rename(run, "--write")
    assert ran.status == 2
    assert path.read_text() == calls("a", "fault", "b").replace(
        "np.einsum('ij', a)", "done(a)"
    ).replace("np.einsum('ij', b)", "done(b)")
    assert (
        "a.py:3:1: EIN901 rename is not fixed, because its fix would change the program: "
        in ran.err
    )
    assert "c[0, 1] is 2.0, not 1.0; this is a bug of einsum-lint" in ran.err
    assert ran.err.endswith("Rewrote 2 (2 proved, 2 executed, 0 skipped).\n")


def test_what_cannot_be_executed_is_no_longer_safe(run: Run, fake: object) -> None:
    path = put("a.py", calls("a", "skipped", "skipped_too"))
    ran = rename(run)
    assert ran.status == 0
    assert ran.err == (
        "Would rewrite 1 (1 proved, 1 executed, 0 skipped); 2 more with --unsafe-fixes.\n"
        "  2 withheld: calls self.f\n"
    )
    ran = rename(run, "--unsafe-fixes", "--write")
    assert ran.err == (
        "Rewrote 3 (1 proved, 1 executed, 2 skipped).\n  2 not executed: calls self.f\n"
    )
    assert path.read_text().count("done(") == 3


def test_what_runs_on_no_input_is_not_applied(run: Run, fake: object) -> None:
    path = put("a.py", calls("a", "doubtful"))
    ran = rename(run, "--unsafe-fixes", "--write")
    assert ran.err == (
        "Rewrote 1 (1 proved, 1 executed, 0 skipped).\n"
        "  1 withheld: the original raises ValueError\n"
    )
    assert path.read_text().count("done(") == 1


def test_nothing_is_proved_when_that_is_not_wanted(run: Run, fake: type[FakeProver]) -> None:
    put("a.py", calls("a", "fault"))
    ran = rename(run, "--no-verify")
    assert ran.err == "Would rewrite 2 (not verified).\n"
    assert fake.asked == []


def test_nothing_is_proved_twice(run: Run, fake: type[FakeProver]) -> None:
    inner = "np.einsum('ij', a)"
    put("a.py", f"import numpy as np\nnp.einsum('ij', {inner})\n{inner}\n{inner}\nfault = 1\n")
    put("b.py", calls("a", "fault", "b"))
    ran = rename(run, "--jobs", "1")
    assert "+done(np.einsum('ij', a))" not in ran.out, "rounds go on until nothing is left"
    assert "+done(done(a))" in ran.out
    assert fake.asked[-1] == "end"
    assert sorted(fake.asked[:-1]) == sorted(set(fake.asked[:-1]))


def test_no_prover_is_started_without_need(run: Run, fake: type[FakeProver]) -> None:
    put("a.py", calls("plain", "unsafe"))
    assert rename(run).status == 0
    assert fake.asked == []


def test_check_proves_what_it_fixes(run: Run, fake: type[FakeProver]) -> None:
    path = put("a.py", calls("a", "fault", "skipped"))
    ran = run("check", "--no-cache", "--fix")
    assert ran.status == 2
    assert path.read_text() == calls("a", "fault", "skipped").replace(
        "np.einsum('ij', a)", "done(a)"
    )
    assert "EIN901 EIN499 is not fixed" in ran.out
    assert "1 fixable with --fix --unsafe-fixes" in ran.out
    assert run("check", "--no-cache").out.count("EIN499") == 2, "checking alone proves nothing"
    assert run("check", "--no-cache", "--fix", "--no-verify").status == 0


def test_a_copy_of_the_proofs_has_a_prover_of_its_own(prover: type[FakeProver]) -> None:
    trial = Trial("a", "b", "", (), ())
    with Proofs() as proofs:
        assert proofs([trial, trial]) == [Verdict(proved=True, executed=True)] * 2
        other = pickle.loads(pickle.dumps(proofs))
        other([trial])
        other.close()
    assert prover.asked == ["a", "a", "end", "end"]


# The registry and the function


def test_every_codemod_has_rules_and_a_summary() -> None:
    assert {"add-optimize", "einsum-to-loops", "explicit-output", "loops-to-einsum"} <= {
        *codemods()
    }
    for made in codemods().values():
        assert made.summary.endswith(".")
        assert made.rules(Config())
        assert set(made.codes) <= set(rules())


def test_two_codemods_with_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    known: Mapping[str, Codemod] = dict(codemods())
    monkeypatch.setattr(registry, "_registry", known)
    with pytest.raises(ValueError, match="add-optimize"):
        registry.fixes_of("add-optimize", "Twice.", "EIN101")


def test_rewrite_source() -> None:
    assert rewrite_source(BAD, "explicit-output") == GOOD
    text = 'import numpy as np\nc = np.einsum("ij,jk,kl->il", a, b, c)\n'
    assert rewrite_source(text, "add-optimize") == text
    fixed = rewrite_source(text, "add-optimize", level=Applicability.UNSAFE)
    assert fixed == text.replace(", c)", ", c, optimize=True)")
    with pytest.raises(ValueError, match="unknown codemod 'x'; there are add-optimize, "):
        rewrite_source(BAD, "x")


LOOP = """\
import numpy as np


def f(a: np.ndarray, b: np.ndarray) -> float:
    s = 0.0
    for i in range(len(a)):
        if a[i] > 0:
            s += a[i] * b[i]
    return s
"""


@pytest.mark.parametrize("argv", [("check",), ("codemod", "loops-to-einsum")])
def test_refusals_are_told(run: Run, argv: tuple[str, ...]) -> None:
    put("a.py", LOOP)
    ran = run(*argv, "--no-cache", "--show-refusals")
    assert (ran.status, "not rewritten" in ran.out) == (0, False)
    assert ran.err.startswith("a.py:7:9: not rewritten: ")
    assert run(*argv, "--no-cache").err.count("not rewritten") == 0


def test_refusals_of_array_arithmetic_are_told(run: Run) -> None:
    put(
        "a.py",
        "import numpy as np\ndef f(a, b):\n    g(a @ b, a.T)\n    return np.trace(g(a) * b)\n",
    )
    ran = run("codemod", "numpy-to-einsum", "--no-cache", "--show-refusals")
    assert ran.err.splitlines()[:-1] == [
        "a.py:3:7: not rewritten: the ranks of the arrays are not known",
        "a.py:4:21: not rewritten: calls g",
    ]
    assert run("check", "--no-cache", "--show-refusals").err == ""
    assert "calls g" in run("check", "--select", "EIN204", "--no-cache", "--show-refusals").err
