"""What the engine promises its front ends: never a crash, fixes that stay within their bounds."""

from __future__ import annotations

import gc

import libcst as cst
import pytest

from einsum_lint import Config, check_source, fix_source
from einsum_lint import rule as registry
from einsum_lint.analysis import find_all
from einsum_lint.engine import SMALL, check_bytes, fix_bytes
from einsum_lint.facts import EinsumCall
from einsum_lint.findings import Applicability, Edit, Fix, Position, Span
from einsum_lint.fixing import apply_fixes
from einsum_lint.rule import rules, selected

BAD = "import numpy as np\nnp.einsum('ij->iz', a)\n"


def codes(text: str, config: Config | None = None) -> list[str]:
    return [finding.code for finding in check_source(text, config=config or Config())]


def test_findings_are_sorted_and_carry_the_rule() -> None:
    text = "import numpy as np\nb = np.einsum('ab', c), np.einsum('ij->jj', a), np.einsum('ij->z', a)\n"
    findings = check_source(text)
    assert [f.span.start.column for f in findings] == sorted(f.span.start.column for f in findings)
    assert {(f.code, f.name) for f in findings} == {
        ("EIN003", "unknown-output-label"),
        ("EIN004", "repeated-output-label"),
        ("EIN301", "implicit-output"),
    }


@pytest.mark.parametrize(
    ("comment", "silent"),
    [
        ("# noqa", True),
        ("#noqa", True),
        ("# NOQA: EIN003", True),
        ("# noqa: EIN", True),
        ("# noqa:EIN003", True),
        ("# noqa: E501, EIN003", True),
        ("# noqa: E501 EIN003", True),
        ("# something # noqa: EIN003", True),
        ("# noqa: E501", False),
        ("# noqa: EIN1", False),
        ("# no qa", False),
    ],
)
def test_noqa(comment: str, silent: bool) -> None:
    assert codes(BAD.replace(", a)", f", a)  {comment}")) == ([] if silent else ["EIN003"])


@pytest.mark.parametrize(
    ("comment", "silent"),
    [
        ("# einsum-lint: noqa", True),
        ("  # einsum-lint:noqa", True),
        ("# einsum-lint: noqa: EIN0", True),
        ("# einsum-lint: noqa: EIN101, EIN003", True),
        ("# einsum-lint: noqa: EIN101", False),
        ("x = 1  # einsum-lint: noqa", False),
    ],
)
def test_noqa_for_the_file(comment: str, silent: bool) -> None:
    assert codes(BAD + comment + "\n") == ([] if silent else ["EIN003"])


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    pass\nexcept np.einsum('ij->k', a):  # noqa\n    pass\n",
        "try:\n    pass\nexcept (E,\n    np.einsum('ij->k',  # noqa\n    a)):\n    pass\n",
        "if x.shape == np.einsum('ij->k', a):  # noqa\n    y = 1\n",
        "match x:\n    case y if np.einsum('ij->k', a):  # noqa\n        y = 1\n",
    ],
)
def test_noqa_in_the_headers_of_statements(text: str) -> None:
    text = f"import numpy as np\n{text}"
    assert codes(text) == []
    assert codes(text.replace("# noqa", "")) == ["EIN003"]


def test_noqa_keeps_fixes_away() -> None:
    text = "import numpy as np\nnp.einsum('ij,jk', a, b)  # noqa\n"
    assert fix_source(text) == text


@pytest.mark.parametrize(
    ("data", "message", "row", "column"),
    [
        (b"import numpy as np\nnp.einsum('ij' a)\n", "syntax error: invalid syntax", 2, 11),
        (b"def f(:\n", "syntax error: ", 1, 7),
        (b"x = 1\ny = '\xff'\n", "not valid utf-8: invalid start byte", 2, 6),
        ("é = 1; b = '".encode() + b"\xff'\n", "not valid utf-8: invalid start byte", 1, 13),
        (b"x = 1\ny = '\0'\n", "source contains a NUL byte", 2, 6),
        (b"# coding: no-such-codec\nx = 1\n", "unknown encoding", 1, 1),
        (b"# coding: ascii\n\ny = '\xe9'\n", "not valid ascii", 3, 6),
    ],
)
def test_unreadable_files(data: bytes, message: str, row: int, column: int) -> None:
    (finding,) = check_bytes(data, "x.py")
    assert finding.code == "EIN900"
    assert message in finding.message
    assert finding.span.start == Position(row, column)
    assert fix_bytes(data, "x.py").data == data


def test_a_file_that_cannot_matter_is_parsed_only_when_small_or_named() -> None:
    data = b"def f(:\n" + b"# long\n" * SMALL
    assert check_bytes(data, "x.py") == ()
    assert [f.code for f in check_bytes(data, "x.py", thorough=True)] == ["EIN900"]
    assert [f.code for f in check_bytes(data + b"# einsum", "x.py")] == ["EIN900"]


def test_unreadable_files_are_reported_whatever_is_selected() -> None:
    assert codes("def f(:\n", Config(select=("EIN101",))) == ["EIN900"]
    assert codes("def f(:\n", Config(ignore=("EIN900",))) == []


@pytest.mark.parametrize("depth", [60, 900])
def test_deep_nesting_is_no_crash(depth: int) -> None:
    nested = (
        "import numpy as np\nx = " + "f(" * depth + "np.einsum('ij->iz', a)" + ")" * depth + "\n"
    )
    chain = "import numpy as np\nx = " + "a + " * depth + "np.einsum('ij->iz', a)\n"
    assert set(codes(nested)) <= {"EIN003", "EIN900"}
    assert codes(chain) == ["EIN003"]
    assert codes(chain.replace("a + ", "a + " * 100)) in (["EIN003"], ["EIN900"])


def test_bug_in_a_rule_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(fact: object, config: object) -> object:
        raise ZeroDivisionError("oh")

    bad = rules()["EIN003"]._replace(check=broken)  # type: ignore[arg-type]
    monkeypatch.setattr("einsum_lint.engine.chosen", lambda config: (bad,))
    (finding,) = check_source(BAD, "some/file.py")
    assert finding.code == "EIN901"
    assert "ZeroDivisionError: oh" in finding.message
    assert "some/file.py" in finding.message
    assert "issues" in finding.message


@pytest.mark.parametrize(
    "encoded",
    [
        b"\xef\xbb\xbfimport numpy as np\r\n\xc3\xa9 = np.einsum('ij,jk', a, b)\r\n",
        b"# coding: latin-1\nimport numpy as np\n\xe9 = np.einsum('ij,jk', a, b)\n",
        b"import numpy as np\r\xc3\xa9 = np.einsum('ij,jk', a, b)\r",
        b"import numpy as np\n\x0c\n\xc3\xa9 = np.einsum('ij,jk', a, b)",
    ],
)
def test_a_fix_changes_only_its_bytes(encoded: bytes) -> None:
    fixed = fix_bytes(encoded, "x.py")
    assert fixed.data == encoded.replace(b"'ij,jk'", b"'ij,jk->ik'")
    assert (fixed.applied, fixed.findings) == (1, ())


def test_fixing_twice_changes_nothing() -> None:
    text = "import numpy as np\nx = np.einsum('ij,jk', np.einsum('ki,kj', a, b), c)\n"
    once = fix_source(text)
    assert once == text.replace("'ij,jk'", "'ij,jk->ik'").replace("'ki,kj'", "'ki,kj->ij'")
    assert fix_source(once) == once


def test_fixes_below_the_level_stay_away() -> None:
    text = "import numpy as np\nx = np.einsum('ij,jk,kl->il', a, b, c)\n"
    assert fix_source(text) == text
    fixed = fix_source(text, level=Applicability.UNSAFE)
    assert fixed == text.replace(", c)", ", c, optimize=True)")


def test_overlapping_fixes_are_left_for_another_round() -> None:
    def fix(start: int, end: int, content: str) -> Fix:
        span = Span(Position(1, start), Position(1, end))
        return Fix("", (Edit(span, content),), Applicability.SAFE)

    one, two, three = fix(2, 4, "X"), fix(3, 5, "Y"), fix(6, 7, "Z")
    assert apply_fixes("abcdef", [one, two, three]) == ("aXdeZ", [one, three])
    one, two = fix(3, 3, "X"), fix(3, 3, "Y")
    assert apply_fixes("abcdef", [one, two]) == ("abXcdef", [one])


def test_a_fix_that_breaks_the_file_is_not_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    from einsum_lint import places

    monkeypatch.setattr(
        places.CallPlace,
        "insert_in_subscripts",
        lambda self, column, text: Edit(Span(Position(2, 1), Position(2, 1)), ")"),
    )
    data = b"import numpy as np\nnp.einsum('ij,jk', a, b)\n"
    fixed = fix_bytes(data, "x.py")
    assert fixed.data == data
    assert "EIN901" in [finding.code for finding in fixed.findings]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (Config(), True),
        (Config(select=("EIN1",)), False),
        (Config(select=("EIN0",)), True),
        (Config(select=("EIN1",), extend_select=("EIN003",)), True),
        (Config(ignore=("EIN0",)), False),
        (Config(ignore=("EIN003",), select=("EIN003",)), False),
        (Config(ignore=("EIN",), select=("EIN003",)), True),
        (Config(ignore=("EIN003",), select=("EIN",)), False),
        (Config(ignore=("EIN00",), extend_select=("EIN003",)), True),
    ],
)
def test_selection(config: Config, expected: bool) -> None:
    assert selected(config, "EIN003") is expected


def test_two_rules_with_one_code_are_refused() -> None:
    with pytest.raises(ValueError, match="EIN003"):
        registry.rule("EIN003")(lambda fact, config: ())


LOOPS = """
import numpy as np

def f(a, b, n):
    c = np.einsum("ij,jk", a, b)
    for i in range(n):
        for j in range(n):
            c[i, j] = np.dot(a[i, :], b) + unknown(c[j])
    return [np.dot(x, y) for x in a for y in b]
"""


def test_what_was_checked_is_freed_at_once() -> None:
    check_source(LOOPS)  # fills what is kept between files
    gc.collect()
    gc.disable()
    try:
        check_source(LOOPS)
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_facts_hold_no_tree_of_libcst() -> None:
    text = (
        LOOPS + "print(f\"{np.einsum('ij', x)} {[g(y) for y in z]}\", lambda: np.einsum('i', x))\n"
    )
    facts = find_all(text, Config())
    assert sum(isinstance(fact, EinsumCall) for fact in facts) == 3
    assert not any(isinstance(thing, cst.Call) for thing in gc.get_objects())


@pytest.mark.parametrize("expects", ["assert_raises(E, ", "h("])
def test_what_runs_later_stays_in_its_statement(expects: str) -> None:
    """Arguments may have another function walked, before the lambda beside them is."""
    f = f"def f(a):\n    {expects}lambda: np.einsum('ij->iz', a), g(a))\n"
    g = "def g(x):\n    y = 1\n    return x\n"
    head = "import numpy as np\n"
    rows = [[found.span.start.row for found in check_source(head + t)] for t in (f + g, g + f)]
    assert rows == ([[], []] if "raises" in expects else [[3], [6]])


@pytest.mark.parametrize(
    "text",
    [
        "def f(a):\n    x = {} \\\n\n    return x\n",
        "def f(a):\n    x = {} \\\n\n    (x)\n",
        "def f(a):\n    return {} \\\n    \n# comment\n",
        "class A:\n    x = {} \\\n\n    y = 1\n",
        "x = {} \\\n\ndef f():\n    pass\n",
        "class A:\n    class B:\n        def f(self):\n            return {}\n        def g(self):\n            pass\n",
        "class A(\n  B): x = {}\nclass C:\n    # comment\n    def f(self): pass\n",
        "def f(a,\n b=1): return {}\n",
    ],
)  # fmt: skip
def test_odd_layouts(text: str) -> None:
    text = "import numpy as np\n" + text.format("np.einsum('ij->iz', a)")
    (finding,) = check_source(text)
    row = finding.span.start.row
    assert (finding.code, "einsum" in text.splitlines()[row - 1]) == ("EIN003", True)
