"""einsum calls as loops: the text, what is kept, what is assumed, and what stays as it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

import numpy as np
import pytest
from einsum_loops import fixes, loops

from einsum_lint.codemods.einsum_to_loops import einsum_to_loops
from einsum_lint.findings import Applicability
from einsum_lint.fixing import apply_fixes
from einsum_lint.settings import Config

HEAD = "import numpy as np\n"
PRODUCT = """\
{0} = np.zeros((a.shape[0], b.shape[1]), dtype=(a[:0, :0] * b[:0, :0]).dtype)
for i in range(a.shape[0]):
    for k in range(b.shape[1]):
        for j in range(a.shape[1]):
            {0}[i, k] += a[i, j] * b[j, k]
"""
CALL = "np.einsum('ij,jk->ik', a, b)"


def product(name: str, indent: str = "") -> str:
    return "".join(f"{indent}{row}\n" for row in PRODUCT.format(name).splitlines())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(f"c = {CALL}\n", product("c"), id="assignment"),
        pytest.param(f"c = ({CALL})\n", product("c"), id="in parentheses"),
        pytest.param(f"c: object = {CALL}\n", product("result") + "c: object = result\n", id="annotated"),
        pytest.param(f"c += {CALL}\n", product("result") + "c += result\n", id="augmented"),
        pytest.param(f"a = {CALL}\n", product("result") + "a = result\n", id="an operand is the target"),
        pytest.param(f"c = d = {CALL}\n", product("result") + "c = d = result\n", id="chained"),
        pytest.param(f"c.x = {CALL}\n", product("result") + "c.x = result\n", id="attribute"),
        pytest.param(f"c[f()] = {CALL}\n", product("result") + "c[f()] = result\n", id="target runs later"),
        pytest.param(f"f(2, x={CALL}, y=g())\n", product("result") + "f(2, x=result, y=g())\n", id="argument"),
        pytest.param(f"c = d.sum() + {CALL}[0]\n", product("result") + "c = d.sum() + result[0]\n", id="operator"),
        pytest.param(f"c = {CALL} and f()\n", product("result") + "c = result and f()\n", id="first of and"),
        pytest.param(f"c = d if {CALL} is e else f\n", product("result") + "c = d if result is e else f\n", id="test"),
        pytest.param(f"{CALL}\n", product("result") + "result\n", id="nothing but the call"),
        pytest.param(f"for x in {CALL}:\n    pass\n", product("result") + "for x in result:\n    pass\n", id="for"),
        pytest.param(f"if {CALL}.any():\n    pass\n", product("result") + "if result.any():\n    pass\n", id="if"),
        pytest.param(f"result = 1\nprint({CALL})\n", "result = 1\n" + product("result2") + "print(result2)\n",
                     id="a name that is taken"),
        pytest.param("c = np.einsum(a, [0, 1], b, [1, 2], [0, 2])\n",
                     product("c").replace("[i, k] +=", "[i, j] +=").replace("j in", "x in").replace("k in", "j in")
                     .replace("x in", "k in").replace("a[i, j]", "a[i, k]").replace("b[j, k]", "b[k, j]"),
                     id="interleaved"),
        pytest.param("c = np.einsum('ij,jk->ik', a, b, optimize=True)\n", product("c"), id="optimize"),
        pytest.param("np.einsum('ij,jk->ik', a, b, out=c)\n",
                     product("c").replace(product("c").splitlines()[0], "c[...] = 0"), id="out"),
        pytest.param("d = np.einsum('ij,jk->ik', a, b, out=c)\n",
                     product("c").replace(product("c").splitlines()[0], "c[...] = 0") + "d = c\n", id="value and out"),
        pytest.param("s = np.einsum('i,i', a, b)\n",
                     "s = a.dtype.type(0) * b.dtype.type(0)\nfor i in range(a.shape[0]):\n    s += a[i] * b[i]\n",
                     id="number"),
        pytest.param("s = np.einsum(',,', a.x, a.f(), b.x)\n",
                     "a_x = a.x\na_f = a.f()\ns = a_x * a_f * b.x\n", id="a call may change what is read before it"),
        pytest.param("s = np.einsum(',', a.T, b.x)\n", "a_T = a.T\ns = a_T * b.x\n", id="computed attribute"),
        pytest.param("s = np.einsum('->', a)\n", "s = a[()]\n", id="no axes"),
        pytest.param("s = np.einsum(',', a, b)\n", "s = a * b\n", id="a product of numbers"),
        pytest.param("s = np.einsum('ii->i', a)\n",
                     "s = np.empty(a.shape[0], dtype=a.dtype)\nfor i in range(a.shape[0]):\n    s[i] = a[i, i]\n",
                     id="diagonal"),
        pytest.param("s = np.einsum(',i->i', 2.0, a)\n",
                     "operand = np.asarray(2.0)\ns = np.empty(a.shape[0], dtype=(operand * a[:0]).dtype)\n"
                     "for i in range(a.shape[0]):\n    s[i] = operand * a[i]\n", id="a number as operand"),
        pytest.param("s = np.einsum('i->', np.conj(a.x))\n",
                     "conj_a_x = np.conj(a.x)\ns = conj_a_x.dtype.type(0)\n"
                     "for i in range(conj_a_x.shape[0]):\n    s += conj_a_x[i]\n", id="operand is computed once"),
        pytest.param("s = np.einsum('i->', f(a)[0] + 1)\n",
                     "f_a_0_1 = f(a)[0] + 1\ns = f_a_0_1.dtype.type(0)\n"
                     "for i in range(f_a_0_1.shape[0]):\n    s += f_a_0_1[i]\n", id="operand with a call"),
    ],
)  # fmt: skip
def test_statements(before: str, after: str) -> None:
    assert loops(HEAD + before) == HEAD + after


@pytest.mark.parametrize(
    "statement",
    [
        f"while {CALL}.any():\n    pass",
        f"if x:\n    pass\nelif {CALL}.any():\n    pass",
        f"f = lambda: {CALL}",
        f"c = [{CALL} for a in x]",
        f"c = sum({CALL} for a in x)",
        f"def f(a, b, c={CALL}):\n    pass",
        f"@f({CALL})\ndef f():\n    pass",
        f"class A:\n    c = {CALL}",
        f"class A({CALL}):\n    pass",
        f"range = 3\nc = {CALL}",
        f"def f(range, a, b):\n    return {CALL}",
        f"c = {CALL} if x else None",
        f"c = x or {CALL}",
        f"c = x < y < {CALL}",
        f'c = f"{{{CALL}}}"',
        f"c = f() + {CALL}",
        f"c = a.sum() + {CALL.replace('a,', 'f(a),')}",
        f"c[f()] += {CALL}",
        f"c = (a := f(), {CALL})",
        "c = np.einsum('i,i->i', a, (a := f()))",
        f"x = 1; c = {CALL}",
        f"c = {CALL}; x = 1",
        f"if x: c = {CALL}",
        f"x = 1; \\\nc = {CALL}",
        f"with {CALL} as x:\n    pass",
        f"del {CALL}.x",
        f"assert x, {CALL}",
        "np.einsum('ii->i', a)[...] = 0",
        "np.einsum('ii->i', a).fill(0)",
        "np.einsum('ii->i', a)[:] += 1",
        "d = e = np.einsum('ii->i', a)\nd[:] = 0",
        "d = np.einsum('ii->i', a)\nd += 1",
        "d = np.einsum('ii->i', a)\nd.fill(1)",
        "c = np.einsum('ij,jk->ik', a, b, dtype='float32')",
        "c = np.einsum('ij,jk->ik', a, b, order='F')",
        "c = np.einsum('ij,jk->ik', a, b, **k)",
        "c = np.einsum('ij,jk->ik', *a)",
        "c = np.einsum('ij,jk->ik', a, b, optimize=f())",
        "c = np.einsum('...j,jk->...k', a, b)",
        "c = np.einsum('ij,jk->ix', a, b)",
        "c = np.einsum('ij,jk->ii', a, b)",
        "c = np.einsum('ij,jk->ik', a)",
        "c = np.einsum(x, a, b)",
        "np.einsum('ij,jk->ik', a, b, out=a)",
        "np.einsum('ij,jk->ik', a, b, out=f())",
        "np.einsum('i,i->', a, b, out=c)",
        "np.einsum('ij,jk->ik', a, b, out=c, casting='unsafe')",
        "a = np.ones((2, 3), dtype='float16')\nc = np.einsum('ij->i', a)",
        "a = np.ones(3, dtype='int8')\nb = np.ones(3)\nc = np.einsum('i,i,i->i', a, a, b)",
        "a = np.ones((1, 3))\nc = np.einsum('ii->i', a)",
        "a, b = np.ones(2), np.ones(3)\nc = np.einsum('i,i->i', a, b)",
        "import torch\na = torch.ones(3)\nc = np.einsum('i->', a)",
        "def np_einsum(np, a):\n    return np.einsum('i->', a)",
        "c = np.einsum('" + ",".join("abcdefghijklmnopqrstu") + "', " + ", ".join("a" * 21) + ")",
    ],
)
def test_refuses(statement: str) -> None:
    ast.parse(statement)
    assert loops(f"{HEAD}{statement}\n") == f"{HEAD}{statement}\n"


@pytest.mark.parametrize(
    ("imports", "call", "does"),
    [
        ("import numpy", "numpy.einsum", "numpy.zeros"),
        ("import numpy as xp", "xp.einsum", "xp.zeros"),
        ("import numpy as np\nfrom numpy import einsum as es", "es", "np.zeros"),
        (
            "from numpy import einsum",
            "einsum",
            "import numpy as np\nfrom numpy import einsum\nc = np.zeros",
        ),
        (
            "if x:\n    from numpy import einsum",
            "einsum",
            "    import numpy as np\n    from numpy import einsum\nc = np.",
        ),
        ("import numpy as np\neinsum = np.einsum", "einsum", "np.zeros"),
        ("import numpy as np\neinsum = np.einsum\nif x:\n    einsum = f", "einsum", None),
        ("from numpy import einsum\nnp = 1", "einsum", None),
        ("x = 1; from numpy import einsum", "einsum", None),
        ("from numpy import *", "einsum", None),
        ("import autograd.numpy as np", "np.einsum", None),
        ("import autograd.numpy as np\nimport numpy as onp", "np.einsum", None),
        ("import torch as np", "np.einsum", None),
        (
            "try:\n    import cupy as np\nexcept ImportError:\n    import numpy as np",
            "np.einsum",
            None,
        ),
        ("import jax.numpy as np", "np.einsum", None),
    ],
)
def test_numpy_only(imports: str, call: str, does: str | None) -> None:
    text = f"{imports}\nc = {call}('ij,jk->ik', a, b)\n"
    new = loops(text)
    assert (new == text) if does is None else (does in new and "einsum(" not in new)


def test_the_calls_of_a_statement_are_rewritten_together() -> None:
    text = f"{HEAD}def f(a, b, c):\n    return np.einsum('i->', a) - np.einsum('i->', b) - np.einsum('i,i', c, c)\n"
    new, applied = apply_fixes(text, list(fixes(text)))
    assert len(applied) == 3
    assert new.endswith("    return total - total2 - total3\n")
    namespace: dict[str, Callable[..., float]] = {}
    exec(new, namespace)
    assert namespace["f"](np.arange(5.0), np.ones(2), np.array([3.0])) == 10 - 2 - 9


def test_rows_are_as_long_as_the_formatter_lets_them_be() -> None:
    text = f"{HEAD}def f(a, b):\n    return {CALL}\n"
    for length in (50, 60, 88):
        new, _ = apply_fixes(text, list(fixes(text, Config(line_length=length))))
        compile(new, "<new>", "exec")
        assert max(map(len, new.splitlines())) <= length
        assert ("zeros(\n" in new) == (length < 88)


def test_an_import_is_added_once() -> None:
    text = "from numpy import einsum\nb = einsum('ij->i', a)\nc = einsum('ij->j', a)\n"
    new = loops(text)
    assert "einsum(" not in new
    assert new.count("import numpy as np\n") == 1


@pytest.mark.parametrize(
    ("given", "call", "assumed"),
    [
        ("a, b = np.ones((2, 3)), np.ones((3, 4))", CALL, None),
        ("a, b = np.ones((2, 3)), np.ones((3, 4), dtype='complex128')", CALL, None),
        ("a, b = np.ones((2, 1)), np.ones((3, 4))", CALL, None),
        ("n = 3\na, b = np.ones((2, n)), np.ones((n, 4))", CALL, None),
        ("a = np.ones((x, y))", "np.einsum('ki,kj->ij', a, a)", None),
        ("a, b = np.ones((2, x)), np.ones((y, 4))", CALL, "no axis of size 1 is stretched"),
        ("a, b = np.ones((2, 3), x), np.ones((3, 4), x)", CALL, "the operands have no dtype narrower than float32"),
        ("a = np.ones((2, 3), x)", "np.einsum('ij,ij,ij->i', a, a, a)",
         "the operands have one dtype, not narrower than float32"),
        ("a = np.ones((2, 3), dtype='int8')", "np.einsum('ij->i', a)", "no number overflows"),
        ("a = np.ones((2, 3), dtype='int64')", "np.einsum('ij->i', a)", None),
        ("a = np.ones((2, 3))", "np.einsum('ij->ji', a)", "nothing needs the result to be a view of `a`"),
        ("a = np.ones((2, 3))", "-np.einsum('ij->ji', a)", None),
        ("a = np.ones((2, 3))", "np.einsum('ij,ij', a, a, optimize=True)",
         "a number will do for the 0-d array that `optimize=` gives"),
        ("a = np.ones(3)", "np.einsum('i,i', a, [1, 2, 3])", None),
        ("", "np.einsum('i->', a)", "`a` is a plain array; the operands have no dtype narrower than float32"),
        ("", CALL, "`a` and `b` are plain arrays; the operands have no dtype narrower than float32; "
         "no axis of size 1 is stretched"),
        ("a, c = np.ones((2, 3)), np.ones(2)", "np.einsum('ij->i', a, out=c)",
         "`c` shares no memory with the operands"),
        ("a, c = np.ones((2, 3)), np.ones(2, dtype='float32')", "np.einsum('ij->i', a, out=c)",
         "`c` shares no memory with the operands; `c` has their dtype"),
    ],
)  # fmt: skip
def test_assumptions(given: str, call: str, assumed: str | None) -> None:
    (fix,) = fixes(f"{HEAD}{given}\nd = {call}\n")
    safe = assumed is None
    assert fix.applicability is (Applicability.SAFE if safe else Applicability.UNSAFE)
    assert fix.message.partition(", assuming: ")[2] == (assumed or "")


def test_an_error_that_is_caught_is_assumed_not_to_come() -> None:
    (fix,) = fixes(
        f"{HEAD}a = np.ones(3)\ntry:\n    s = np.einsum('i->', a)\nexcept ValueError:\n    pass\n"
    )
    assert fix.message.endswith("assuming: no error of the call is caught")


def test_the_dtype_is_written_where_it_is_known() -> None:
    text = f"{HEAD}a = np.ones((2, 3), dtype='{{}}')\nd = np.einsum('ij->{{}}', a)\n"
    assert "d = np.zeros(a.shape[0])\n" in loops(text.format("float64", "i"))
    assert "d = np.zeros(a.shape[0], dtype=np.complex64)\n" in loops(text.format("complex64", "i"))
    assert "d = np.zeros(a.shape[0], dtype=np.bool_)\n" in loops(text.format("bool", "i"))
    assert "d = np.int64(0)\n" in loops(text.format("int64", ""))


def test_comments_stay() -> None:
    text = f"{HEAD}# above\nc = np.einsum('ij,jk->ik',  # first\n    a, b)  # last\nd = 1  # next\n"
    new = f"{HEAD}# above\n# first\n# last\n{product('c')}d = 1  # next\n"
    assert loops(text) == new
    text = f"{HEAD}f(np.einsum('ij,jk->ik',  # first\n    a, b))  # last\n"
    assert loops(text) == f"{HEAD}# first\n{product('result')}f(result)  # last\n"


def test_pragmas_stay_on_a_row_of_the_statement() -> None:
    assert loops(f"{HEAD}c = {CALL}  # type: ignore\n").endswith(
        "a[i, j] * b[j, k]  # type: ignore\n"
    )


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("indent", ["  ", "    ", "\t"])
def test_rows_end_and_are_indented_as_in_the_file(newline: str, indent: str) -> None:
    text = f"{HEAD}def f(a, b):\n{indent}if a:\n{indent * 2}return {CALL}\n"
    rows = product("result").replace("    ", indent).splitlines()
    inner = "".join(f"{indent * 2}{row}\n" for row in rows)
    new = f"{HEAD}def f(a, b):\n{indent}if a:\n{inner}{indent * 2}return result\n"
    assert loops(text.replace("\n", newline)) == new.replace("\n", newline)


def test_the_documented_example_is_what_it_makes() -> None:
    own = einsum_to_loops.own
    assert own is not None
    before, after = re.findall(r"```python\n(.*?)```", own.doc, re.DOTALL)
    assert loops(before) == after


def test_several_calls_in_one_statement() -> None:
    text = f"{HEAD}x = np.einsum('i->', a) + np.einsum('i->', np.einsum('ij->i', b))\n"
    new = loops(text)
    assert "einsum(" not in new
    assert new.endswith("x = total + total2\n")
    a, b = np.arange(3.0), np.arange(6.0).reshape(2, 3)
    namespace = {"a": a, "b": b}
    exec(new, namespace)
    assert namespace["x"] == a.sum() + b.sum()


def test_loop_variables_are_new_or_free() -> None:
    text = (
        f"{HEAD}def f(a, b):\n    for i in range(3):\n        x = {CALL}\n"
        "        for j in a:\n            x += j\n        k = 2\n        yield x, k\n"
    )
    new = loops(text)
    assert "for i2 in range(a.shape[0]):" in new
    assert "for k2 in range(b.shape[1]):" in new
    assert "for j in range(a.shape[1]):" in new


def test_a_variable_that_a_function_may_still_read_is_not_free() -> None:
    text = f"{HEAD}def f(a, b):\n    for j in a:\n        later(lambda: j)\n    return {CALL}\n"
    assert "for j2 in range(a.shape[1]):" in loops(text)


def test_names_of_the_whole_module_are_kept_clear() -> None:
    text = f"{HEAD}{'x = 1' + chr(10)}def unrelated():\n    return i + result\nprint({CALL})\n"
    new = loops(text)
    assert "for i2 in range" in new
    assert "print(result2)" in new


def test_an_ellipsis_of_known_rank() -> None:
    text = (
        f"{HEAD}a, b = np.ones((2, 3, 4)), np.ones((4, 5))\nc = np.einsum('...j,jk->...k', a, b)\n"
    )
    assert loops(text).splitlines()[2:] == [
        "c = np.zeros((a.shape[0], a.shape[1], b.shape[1]))",
        "for i in range(a.shape[0]):",
        "    for l in range(a.shape[1]):",
        "        for k in range(b.shape[1]):",
        "            for j in range(a.shape[2]):",
        "                c[i, l, k] += a[i, l, j] * b[j, k]",
    ]


def test_the_trial_has_both_forms_and_the_sizes() -> None:
    (fix,) = fixes(f"{HEAD}def f(x, c):\n    return x + np.einsum('pi,qj,pq->ij', c, c, c.T)\n")
    trial = fix.trial
    assert trial is not None
    assert trial.header == "import numpy as np"
    assert trial.before == "result = np.einsum('pi,qj,pq->ij', c, c, c_T)"
    assert trial.after.startswith("result = np.zeros(")
    assert trial.results == ("result",)
    shapes = {one.name: [str(size) for size in one.sizes] for one in trial.inputs}
    assert shapes == {"c": ["c.shape[0]", "c.shape[1]"], "c_T": ["c.shape[0]", "c.shape[0]"]}
