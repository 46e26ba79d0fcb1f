"""The formats in which findings are printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from einsum_lint import cli
from einsum_lint.findings import Applicability, Edit, Finding, Fix, Position, Span
from einsum_lint.report import FORMATS, Checked, Look, plain, report
from einsum_lint.report.excerpt import excerpt, source_lines
from einsum_lint.report.paint import paint
from einsum_lint.report.summary import statistics, summary


def span(row: int, column: int, end_row: int, end_column: int) -> Span:
    return Span(Position(row, column), Position(end_row, end_column))


def fix(level: Applicability) -> Fix:
    return Fix("write the output: `->ik`", (Edit(span(2, 10, 2, 10), "->ik"),), level)


DATA = b'import numpy as np\nc = f("ij,jk", a, b)\n'
SAFE = Finding(
    "EIN301", "implicit-output", "50% of\nit", span(2, 7, 2, 12), fix(Applicability.SAFE), 2
)
UNSAFE = Finding(
    "EIN301", "implicit-output", "a, b: c", span(2, 7, 2, 12), fix(Applicability.UNSAFE), 2
)
BARE = Finding("EIN900", "unreadable-file", "nothing", span(1, 1, 1, 1), None, 1)
FILE = Checked("pkg/a b.py", "/root/pkg/a b.py", DATA, (SAFE, UNSAFE, BARE))


def text(name: str, *files: Checked, look: Look | None = None) -> str:
    return "".join(report(name)(files, look or Look()))


def test_the_command_line_offers_every_format() -> None:
    assert cli.FORMATS == FORMATS


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_has_something_to_say_of_nothing(name: str) -> None:
    said = text(name)
    assert said == "" or json.loads(said) is not None


def test_concise() -> None:
    assert text("concise", FILE) == (
        "pkg/a b.py:2:7: EIN301 [*] 50% of it\n"
        "pkg/a b.py:2:7: EIN301 a, b: c\n"
        "pkg/a b.py:1:1: EIN900 nothing\n"
    )
    unsafe = text("concise", FILE, look=Look(Applicability.UNSAFE))
    assert "EIN301 [*] a, b: c" in unsafe


def test_full() -> None:
    one = Checked("a.py", "/a.py", DATA, (UNSAFE,))
    assert text("full", one) == (
        "EIN301 a, b: c\n"
        " --> a.py:2:7\n"
        "  |\n"
        '2 | c = f("ij,jk", a, b)\n'
        "  |       ^^^^^\n"
        "  |\n"
        "help: write the output: `->ik` (unsafe, applied by --fix --unsafe-fixes)\n"
        "\n"
    )


def test_full_of_a_file_without_text() -> None:
    gone = Checked("a.py", "/a.py", b"", (BARE,))
    assert text("full", gone) == "EIN900 nothing\n --> a.py:1:1\n\n"


def test_colours_change_nothing_but_the_colours() -> None:
    import re

    for name in ("concise", "full"):
        coloured = text(name, FILE, look=Look(paint=paint))
        assert "\x1b[" in coloured
        assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == text(name, FILE)


@pytest.mark.parametrize(
    ("line", "start", "end", "shown", "carets"),
    [
        ("abc(x)", 5, 6, "abc(x)", "    ^"),
        ("\tf(x)", 2, 3, "    f(x)", "    ^"),
        ("ab\tf(x)", 4, 5, "ab  f(x)", "    ^"),
        ("'日本', x", 7, 8, "'日本', x", "        ^"),
        ("'日本'", 1, 5, "'日本'", "^^^^^^"),
        ("e\u0301 = x", 6, 7, "e\u0301 = x", "    ^"),
        ("a\x1b[31m = x", 10, 11, "a\u241b[31m = x", "         ^"),
        ("\x0cf(x)", 4, 5, "\u240cf(x)", "   ^"),
        ("f(x", 4, 4, "f(x", "   ^"),
    ],
)
def test_carets_stand_under_the_span(
    line: str, start: int, end: int, shown: str, carets: str
) -> None:
    assert excerpt([line], span(1, start, 1, end)) == [(1, shown, carets)]


def test_a_span_over_many_rows() -> None:
    lines = ["x = f(", "    a,", "", "    b,", "    c)"]
    assert excerpt(lines, span(1, 5, 5, 7)) == [
        (1, "x = f(", "    ^^"),
        (2, "    a,", "    ^^"),
        (3, "", ""),
        (4, "    b,", "    ^^"),
    ]
    assert excerpt(lines, span(4, 5, 5, 6))[-1] == (5, "    c)", "    ^")


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"\xef\xbb\xbfa\r\nb\rc", ["a", "b", "c"]),
        ("# coding: latin-1\né".encode("latin-1"), ["# coding: latin-1", "é"]),
        (b"# coding: nonsense\nx", ["# coding: nonsense", "x"]),
        (b"a\xff", ["a\ufffd"]),
        (b"a\x0cb\n", ["a\x0cb", ""]),
    ],
)
def test_lines_are_split_as_python_does(data: bytes, lines: list[str]) -> None:
    assert source_lines(data) == lines


def test_json_is_ruffs_record() -> None:
    records = json.loads(text("json", FILE))
    assert records[0] == {
        "code": "EIN301",
        "name": "implicit-output",
        "message": "50% of\nit",
        "filename": "/root/pkg/a b.py",
        "location": {"row": 2, "column": 7},
        "end_location": {"row": 2, "column": 12},
        "fix": {
            "applicability": "safe",
            "message": "write the output: `->ik`",
            "edits": [
                {
                    "content": "->ik",
                    "location": {"row": 2, "column": 10},
                    "end_location": {"row": 2, "column": 10},
                }
            ],
        },
        "noqa_row": 2,
        "url": records[0]["url"],
        "cell": None,
    }
    assert records[0]["url"].startswith("https://")
    assert records[2]["fix"] is None
    assert [json.loads(line) for line in text("json-lines", FILE).splitlines()] == records


def test_github_escapes() -> None:
    lines = text("github", FILE, Checked("a,b:c%.py", "/x", b"", (BARE,))).splitlines()
    assert lines[0] == (
        "::warning title=einsum-lint (EIN301),file=pkg/a b.py,line=2,col=7,endLine=2,endColumn=12"
        "::pkg/a b.py:2:7: EIN301 50%25 of%0Ait"
    )
    assert lines[3].startswith("::error title=einsum-lint (EIN900),file=a%2Cb%3Ac%25.py,line=1")
    assert len(lines) == 4


def test_gitlab_fingerprints_do_not_move_with_the_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    def words(*findings: Finding) -> list[str]:
        issues = json.loads(text("gitlab", Checked("a.py", "/p/a.py", b"", findings)))
        return [issue["fingerprint"] for issue in issues]

    moved = Finding("EIN301", "implicit-output", "a, b: c", span(9, 1, 9, 2), None, 9)
    assert words(UNSAFE) == words(moved)
    assert len(set(words(UNSAFE, moved, SAFE))) == 3
    monkeypatch.setenv("CI_PROJECT_DIR", "/p")
    (issue,) = json.loads(text("gitlab", Checked("../p/a.py", "/p/a.py", b"", (UNSAFE,))))
    assert issue["location"] == {
        "path": "a.py",
        "positions": {"begin": {"line": 2, "column": 7}, "end": {"line": 2, "column": 12}},
    }
    assert (issue["severity"], issue["check_name"]) == ("minor", "EIN301")


def test_sarif() -> None:
    outside = Checked("/abs/ü.py", "/abs/ü.py", b"", (UNSAFE,))
    log: dict[str, Any] = json.loads(text("sarif", FILE, outside))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert [rule["id"] for rule in driver["rules"]] == ["EIN301", "EIN900"]
    assert all(rule["fullDescription"]["text"] for rule in driver["rules"])
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["originalUriBaseIds"]["SRCROOT"]["uri"].endswith("/")
    first, _, bare, last = run["results"]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "pkg/a%20b.py", "uriBaseId": "SRCROOT"}
    assert place["region"] == {"startLine": 2, "startColumn": 7, "endLine": 2, "endColumn": 12}
    assert (first["ruleId"], first["ruleIndex"], first["level"]) == ("EIN301", 0, "warning")
    assert (bare["ruleIndex"], bare["level"], "fixes" in bare) == (1, "error", False)
    (change,) = first["fixes"][0]["artifactChanges"]
    assert change["replacements"][0]["insertedContent"] == {"text": "->ik"}
    artifact = last["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": "file:///abs/%C3%BC.py"}


def checked(*findings: Finding) -> Checked:
    return Checked("a.py", "/a.py", DATA, findings)


@pytest.mark.parametrize(
    ("files", "level", "fixed", "fixing", "line"),
    [
        ([], Applicability.SAFE, 0, False, "All checks passed!"),
        ([checked()], Applicability.SAFE, 0, True, "All checks passed!"),
        ([checked()], Applicability.SAFE, 2, True, "Found 2 errors (2 fixed, 0 remaining)."),
        ([checked(BARE)], Applicability.SAFE, 0, False, "Found 1 error in 1 file."),
        (
            [checked(SAFE, UNSAFE), checked(UNSAFE), checked()],
            Applicability.SAFE,
            0,
            False,
            "Found 3 errors in 2 files, 1 fixable with --fix (2 more with --unsafe-fixes).",
        ),
        (
            [checked(UNSAFE)],
            Applicability.SAFE,
            0,
            False,
            "Found 1 error in 1 file, 1 fixable with --fix --unsafe-fixes.",
        ),
        (
            [checked(UNSAFE, SAFE)],
            Applicability.UNSAFE,
            0,
            False,
            "Found 2 errors in 1 file, 2 fixable with --fix --unsafe-fixes.",
        ),
        (
            [checked(UNSAFE, BARE)],
            Applicability.SAFE,
            1,
            True,
            "Found 3 errors (1 fixed, 2 remaining), 1 fixable with --fix --unsafe-fixes.",
        ),
    ],
)
def test_summary(
    files: list[Checked], level: Applicability, fixed: int, fixing: bool, line: str
) -> None:
    assert summary(files, Look(level), fixed=fixed, fixing=fixing) == line + "\n"


def test_statistics() -> None:
    files = [checked(BARE, SAFE), checked(UNSAFE)]
    look = Look(Applicability.SAFE, plain)
    assert statistics(files, look, as_json=False) == (
        "2  EIN301  [*] implicit-output\n1  EIN900  [ ] unreadable-file\n"
    )
    assert json.loads(statistics(files, look, as_json=True)) == [
        {"code": "EIN301", "name": "implicit-output", "count": 2, "fixable_count": 1},
        {"code": "EIN900", "name": "unreadable-file", "count": 1, "fixable_count": 0},
    ]
    assert statistics([], look, as_json=False) == ""


def test_nothing_here_imports_what_a_pipe_does_not_need() -> None:
    import subprocess
    import sys

    program = (
        "import sys; from einsum_lint.report import report, FORMATS\n"
        "[report(name) for name in FORMATS]\n"
        "bad = {'rich', 'libcst', 'pathspec', 'numpy'} & set(sys.modules)\n"
        "sys.exit(f'imported: {bad}' if bad else 0)"
    )
    root = Path(__file__).parent.parent
    subprocess.run([sys.executable, "-c", program], check=True, cwd=root)
