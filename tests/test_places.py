"""Positions are those of the file, whatever stands before a call, and edits change only what they say."""

from __future__ import annotations

import ast

import pytest

from einsum_lint.engine import check_bytes, check_source, fix_source, rewrite_source
from einsum_lint.facts import EinsumCall
from einsum_lint.findings import Applicability, Edit, Fix
from einsum_lint.fixing import apply_fixes
from einsum_lint.keeping import keep
from einsum_lint.reading import parse
from einsum_lint.recognise.walk import find_facts
from einsum_lint.rows import level
from einsum_lint.settings import DEFAULT, Config
from einsum_lint.source import Source

CALL = "np.einsum('ij,jk->ik', a, b)"


def source_and_facts(text: str) -> tuple[Source, list[EinsumCall]]:
    tree = parse(text)
    source = Source.of(text, keep(text, tree, DEFAULT), tree)
    return source, [f for f in find_facts(source, {}) if isinstance(f, EinsumCall)]


BEFORE = {
    "tab": "import numpy as np\nif x:\n\ty = ",
    "form feed": "import numpy as np\n\x0c\n\x0cy = ",
    "form feed and indentation": "import numpy as np\nif x:\n    z = 1\n\x0c    y = ",
    "carriage returns": "import numpy as np\r\nif x:\r\n    y = ",
    "old carriage returns": "import numpy as np\ry = ",
    "mixed line ends": "import numpy as np\r\n\nif x:\n\r\n    y = ",
    "non-ASCII": "import numpy as np\né = 'ééé𝔸', ",
    "wide letters in a comment before": "import numpy as np\n# 矩阵\ny = ",
    "continuation row": "import numpy as np\ny = 1 + \\\n    2 * ",
    "string over rows before": 'import numpy as np\ns = """a\nb"""; y = ',
    "string over rows on the same row": 'import numpy as np\ny = """a\nb""" + ',
    "docstring with einsum": '"""einsum\neinsum\n"""\nimport numpy as np\ny = ',
    "elided functions": "import numpy as np\n\ndef f():\n    return 1\n\n\nclass A:\n    x = 1\n\n\ny = ",
    "nested functions": "import numpy as np\ndef f():\n    def g():\n        def h():\n            y = ",
    "method after elided methods": (
        "import numpy as np\nclass A:\n    '''Doc.'''\n    def no(self):\n        pass\n\n"
        "    @property\n    def yes(self):\n        return "
    ),
    "decorator": "import numpy as np\n@f(1)\n@",
    "shared row": "import numpy as np\nx = 1; y = 2; z = ",
    "shared row with an elided statement": "import numpy as np\n'elided'; z = ",
    "loop header": "import numpy as np\nfor i in ",
    "elif header": "import numpy as np\nif a:\n    pass\nelif ",
    "while header": "import numpy as np\nwhile ",
    "with header": "import numpy as np\nwith f(1) as g, ",
    "default of a parameter": "import numpy as np\ndef f(a, b=f(2), c=",
    "class keyword": "import numpy as np\nclass A(B, metaclass=",
    "lambda": "import numpy as np\ny = lambda a=f(1): ",
    "comprehension": "import numpy as np\ny = [f(a) for a in c if ",
    "conditional": "import numpy as np\ny = f(1) if f(2) else ",
    "assert": "import numpy as np\nassert f(1), ",
    "call of a call": "import numpy as np\ny = f(1)(2)(",
    "starred argument before": "import numpy as np\ny = f(*g(1), k=h(2), z=",
    "dictionary": "import numpy as np\ny = {f(1): f(2), f(3): ",
    "slice": "import numpy as np\ny = x[f(1):",
    "f-string before": "import numpy as np\ny = f'{g(1)}' + h(2) + ",
    "match": "import numpy as np\nmatch x:\n    case [1, 2] if ",
    "except": "import numpy as np\ntry:\n    pass\nexcept (A, B) as e:\n    y = ",
    "finally": "import numpy as np\ntry:\n    pass\nfinally:\n    y = ",
    "async": "import numpy as np\nasync def f():\n    async for x in y:\n        await ",
    "byte order mark": "\ufeffimport numpy as np\ny = ",
}
AFTER = {
    "decorator": "\ndef g(): pass\n",
    "loop header": ":\n    pass\n",
    "elif header": ":\n    pass\n",
    "while header": ":\n    pass\n",
    "with header": ":\n    pass\n",
    "default of a parameter": ", d=f(3)):\n    pass\n",
    "class keyword": "):\n    pass\n",
    "comprehension": "]\n",
    "call of a call": ")\n",
    "starred argument before": ", w=f(3))\n",
    "dictionary": "}\n",
    "slice": "]\n",
    "match": ":\n        pass\n",
}


@pytest.mark.parametrize("case", BEFORE)
def test_position_of_a_call(case: str) -> None:
    before = BEFORE[case].removeprefix("\ufeff")
    text = before + CALL + AFTER.get(case, "\n")
    source, facts = source_and_facts(text)
    (fact,) = facts
    place = fact.place
    assert source.offset(place.call.start) == len(before)
    assert source.slice(place.call) == CALL
    assert source.slice(place.subscripts(3, 5)) == "jk"
    assert [source.slice(place.operand(k)) for k in (0, 1)] == ["a", "b"]
    assert place.function == "np.einsum"


@pytest.mark.parametrize("case", BEFORE)
def test_finding_in_bytes(case: str) -> None:
    text = BEFORE[case] + CALL.replace("ik", "iz") + AFTER.get(case, "\n")
    (finding,) = check_bytes(text.encode(), "x.py")
    assert finding.code == "EIN003"
    rows = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert rows[finding.span.start.row - 1][finding.span.start.column - 1] == "z"


@pytest.mark.parametrize(
    ("literal", "column", "expected"),
    [
        ("'ij,jk->ik'", 3, "jk"),
        ("'ij,' 'jk->ik'", 3, "jk"),
        ("('ij,'\n   'jk'  # 'xx'\n   '->ik')", 3, "jk"),
        ("r'ij,jk->ik'", 3, "jk"),
        ("u'ij,jk->ik'", 3, "jk"),
        ("'''ij,jk->ik'''", 3, "jk"),
        ('"ij,jk" "->" "ik"', 7, "ik"),
        ("'ij,\\x6ak->ik'", 3, "'ij,\\x6ak->ik'"),
        ("'ij,jk->i' + 'k'", 3, "'ij,jk->i' + 'k'"),
    ],
)
def test_columns_of_a_literal(literal: str, column: int, expected: str) -> None:
    text = f"import numpy as np\ny = np.einsum({literal}, a, b)\n"
    source, (fact,) = source_and_facts(text)
    assert source.slice(fact.place.subscripts(column, column + 2)) == expected


def test_subscripts_of_a_constant_are_the_argument() -> None:
    source, (fact,) = source_and_facts("import numpy as np\nEQ = 'ij->ji'\ny = np.einsum(EQ, a)\n")
    assert source.slice(fact.place.subscripts(0, 1)) == "EQ"
    assert fact.place.insert_in_subscripts(1, "x") is None


def test_call_in_an_f_string_has_the_place_of_its_statement() -> None:
    source, (fact,) = source_and_facts("import numpy as np\ny = f'{np.einsum(\"ij\", a)}'; z = 1\n")
    assert source.slice(fact.place.call).startswith("y = f")
    assert fact.place.add_keyword("optimize=True") is None
    assert fact.place.insert_in_subscripts(1, "x") is None


def edited(call: str, edit: Edit | None) -> str | None:
    """The call after an edit."""
    if edit is None:
        return None
    fix = Fix("", (edit,), Applicability.SAFE)
    text, taken = apply_fixes(f"import numpy as np\n{call}\n", [fix])
    assert taken == [fix]
    ast.parse(text)
    return text.removeprefix("import numpy as np\n").removesuffix("\n")


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("np.einsum('ij', a)", "np.einsum('ij', a, k=1)"),
        ("np.einsum('ij', a,)", "np.einsum('ij', a, k=1,)"),
        ("np.einsum('ij', (a))", "np.einsum('ij', (a), k=1)"),
        ("np.einsum('ij', ((a  # c)\n ) ) )", "np.einsum('ij', ((a  # c)\n ) ), k=1 )"),
        ("np.einsum('ij', (a, b))", "np.einsum('ij', (a, b), k=1)"),
        ("np.einsum('ij', ((a, b)))", "np.einsum('ij', ((a, b)), k=1)"),
        ("np.einsum('ij', (x for x in y))", "np.einsum('ij', (x for x in y), k=1)"),
        ("np.einsum('ij', *ops)", "np.einsum('ij', *ops, k=1)"),
        ("np.einsum('ij', *(ops))", "np.einsum('ij', *(ops), k=1)"),
        ("np.einsum('ij', a, out=(b))", "np.einsum('ij', a, out=(b), k=1)"),
        ("np.einsum(\n    'ij',\n    a,\n)", "np.einsum(\n    'ij',\n    a,\n    k=1,\n)"),
        ("np.einsum(\n    'ij',\n    a,  # c\n)", "np.einsum(\n    'ij',\n    a, k=1,  # c\n)"),
        ("np.einsum('ij',\n    a,\n)", "np.einsum('ij',\n    a, k=1,\n)"),
        ("np.einsum(\n    'ij',\n    a\n)", "np.einsum(\n    'ij',\n    a, k=1\n)"),
    ],
)
def test_add_keyword(call: str, expected: str) -> None:
    _, (fact,) = source_and_facts(f"import numpy as np\n{call}\n")
    assert edited(call, fact.place.add_keyword("k=1")) == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("np.einsum('ij', a, optimize=True)", "np.einsum('ij', a)"),
        ("np.einsum('ij', a, optimize=(True),)", "np.einsum('ij', a,)"),
        ("np.einsum('ij', a, optimize=True, out=b)", "np.einsum('ij', a, out=b)"),
        ("np.einsum('ij', (a),\n   optimize=True)", "np.einsum('ij', (a))"),
        ("np.einsum('ij', a,  # lost\n   optimize=True)", None),
        ("np.einsum('ij', a, optimize=(  # lost\n   True))", None),
        ("np.einsum('ij', a, **k)", None),
    ],
)
def test_remove_keyword(call: str, expected: str | None) -> None:
    _, (fact,) = source_and_facts(f"import numpy as np\n{call}\n")
    assert edited(call, fact.place.remove_keyword("optimize")) == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("np.einsum('ij', a)", "np.einsum('ij->', a)"),
        ("np.einsum('i' \"j\" , a)", "np.einsum('i' \"j->\" , a)"),
        ("np.einsum('i' 'j' '', a)", "np.einsum('i' 'j->' '', a)"),
        ("np.einsum('i\\x6a', a)", None),
    ],
)
def test_insert_in_subscripts(call: str, expected: str | None) -> None:
    _, (fact,) = source_and_facts(f"import numpy as np\n{call}\n")
    assert edited(call, fact.place.insert_in_subscripts(2, "->")) == expected


def test_long_operands_are_shortened() -> None:
    _, (fact,) = source_and_facts(f"import numpy as np\nnp.einsum('i', f({'x' * 80}))\n")
    assert fact.place.operand_text(0) == "f(" + "x" * 37 + "…"


def test_noqa_anywhere_on_the_logical_line() -> None:
    text = "import numpy as np\ny = np.einsum(\n    'ij->iz',  # noqa: EIN003\n    a,\n)\n"
    assert check_source(text) == ()
    assert check_source(text.replace("  # noqa: EIN003", ""))


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ("'ij,jk', (a), b", ["(a)", "b"]),
        ("'ij,jk', ( (a + b) ) , (c)", ["( (a + b) )", "(c)"]),
        ("'ij,jk', a, (b # )\n)", ["a", "(b # ) )"]),
        ("'ij,jk', (a, b), [(c)],", ["(a, b)", "[(c)]"]),
        ("'ij,jk', (a), b, optimize=(x)", ["(a)", "b"]),
    ],
)
def test_operands_are_shown_with_their_parentheses(arguments: str, shown: list[str]) -> None:
    _, (fact,) = source_and_facts(f"import numpy as np\nc = np.einsum({arguments})\n")
    assert [fact.place.operand_text(k) for k in (0, 1)] == shown


def test_a_call_in_an_f_string_has_the_place_of_its_statement() -> None:
    source, (fact,) = source_and_facts(
        "import numpy as np\nprint(1,\n  f\"{np.einsum('ij,jk->ik', (a), x[k]):.3f}\")\n"
    )
    assert source.slice(fact.place.call) == source.text[source.text.index("print") : -1]
    assert fact.place.rows == range(2, 4)
    assert fact.place.function == "np.einsum"
    assert [fact.place.operand_text(k) for k in (0, 1)] == ["a", "x[k]"]
    assert fact.place.add_keyword("optimize=True") is None


@pytest.mark.parametrize(
    ("text", "indent"),
    [
        ("x = 1\n", "    "),
        ("if x: y\ndef f():\n  if x:\n      y\n", "  "),
        ("class A:\n\t# comment\n\tx = 1\n", "\t"),
        ("@d\ndef f():\n   pass\n", "   "),
        ("def f(a,\n b=1): y\nif x:\n   y\n", "   "),
        ("match x:\n  case 1:\n      y\n", "  "),
        ("if x: \\\n y\nelse:\n      y\n", "      "),
    ],
)
def test_the_indentation_of_a_file(text: str, indent: str) -> None:
    assert level(source_and_facts(text)[0]) == indent


def test_a_parenthesis_in_a_comment_closes_nothing() -> None:
    start = "import numpy as np\nx = np.einsum('ij,jk,kl->il', a, b,\n  c"
    for comment in ("  # third (last)", " # :)", "  # ((("):
        text = f"{start}{comment}\n)\n"
        assert add_optimize(text) == f"{start}, optimize=True{comment}\n)\n"
    (finding,) = check_source("import numpy as np\nx = np.einsum('i', 2 # :)\n)\n")
    assert "(`2`)" in finding.message
    text = "import numpy as np\nx = np.einsum('ij,jk->ik', a, b # (slow)\n  , optimize=True)\n"
    assert fix_source(text, config=Config(select=("EIN102",))) == text


def add_optimize(text: str) -> str:
    return rewrite_source(text, "add-optimize", level=Applicability.UNSAFE)


def test_a_callee_on_several_rows_is_written_on_one() -> None:
    text = "import numpy as np\nx = (np\n  .einsum)('ij,jk,kl->il', a, b, c)\n"
    assert "np.zeros(" in rewrite_source(text, "einsum-to-loops", level=Applicability.UNSAFE)


def test_noqa_in_the_row_of_a_decorated_function() -> None:
    text = "import numpy as np\n@d(np.einsum('ij->iz', a))\ndef f():  # noqa: EIN003\n    pass\n"
    assert check_source(text) == ()
    assert check_source(text.replace("  # noqa: EIN003", ""))
