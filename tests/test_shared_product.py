"""EIN108: products that several calls of einsum have in common."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from einsum_lint import Applicability, Config, check_source, fix_source

CONFIG = Config(select=("EIN108",))
HEAD = "import numpy as np\n\n\ndef f(a, b, u, v, s):\n"
ONE = '    x = np.einsum("ij,jk,ik->ik", a, b, u, optimize=True)\n'
TWO = '    y = np.einsum("pq,ip,iq->qi", b, a, v, optimize=True)\n'
PAIR = ONE + TWO + "    return x, y\n"
FIXED = """\
    a_b = np.einsum("ij,jk->ik", a, b, optimize=True)
    x = np.einsum("ik,ik->ik", u, a_b, optimize=True)
    y = np.einsum("iq,iq->qi", v, a_b, optimize=True)
    return x, y
"""


def fixed(body: str, config: Config = CONFIG) -> str:
    after = fix_source(HEAD + body, config=config, level=Applicability.UNSAFE)
    assert after.startswith(HEAD)
    return after[len(HEAD) :]


def test_the_product_is_computed_once() -> None:
    assert fixed(PAIR) == FIXED


def test_what_the_labels_are_called_does_not_matter() -> None:
    letters = "abcijkpq"
    for seed in range(60):
        names = str.maketrans(letters, "".join(random.Random(seed).sample(letters, len(letters))))
        body = "".join(
            f'    {name} = np.einsum("{equation.translate(names)}", {operands}, optimize=True)\n'
            for name, equation, operands in (
                ("x", "ia,jb,piac,qjbc->pq", "u, a, v, b"),
                ("y", "ia,jb,qjbc,pica->pq", "s, a, b, v"),
            )
        )
        assert [f.code for f in check_source(HEAD + body, config=CONFIG)] == ["EIN108"], body


@pytest.mark.parametrize(
    "between",
    [
        "    w = a @ b\n", "    s += a[0]\n", "    s[0] = 2 * v.sum()\n", "    del v\n",
        "    s -= np.einsum('ij->j', a).reshape(-1)\n", "    s.x = np.sqrt(v)\n",
    ],
)  # fmt: skip
def test_what_may_stand_between(between: str) -> None:
    assert (
        fixed(ONE + between + TWO)
        == FIXED.replace("    y =", f"{between}    y =").rpartition("    return")[0]
    )


@pytest.mark.parametrize(
    "between",
    [
        "    a = b\n", "    a += 1\n", "    b[0] = 1\n", "    g(s)\n", "    s = g()\n", "    del a\n",
        "    if s:\n        s = v\n", "    a.x = v\n", "    s, a = a, s\n", "    s = (a := b)\n",
    ],
)  # fmt: skip
def test_what_may_change_an_operand(between: str) -> None:
    assert fixed(ONE + between + TWO) == ONE + between + TWO


@pytest.mark.parametrize(
    "body",
    [
        PAIR.replace(", optimize=True", ""),
        PAIR.replace("optimize=True", "optimize=s"),
        PAIR.replace("a, v, opt", "s, v, opt"),
        PAIR.replace("pq,ip,iq->qi", "pq,pi,iq->qi"),
        PAIR.replace("    y =", "    y = lambda a:"),
        PAIR.replace("    y =", "    y = s and"),
        PAIR.replace("    y =", "    y = [c for c in s],"),
        PAIR.replace("    y =", "    if s:\n        y ="),
        PAIR.replace("b, a, v", "g(b), a, v"),
        PAIR.replace("np.einsum(\"pq", "numpy.einsum(\"pq"),
        PAIR.replace("a, b, u", "a,  # the first\n        b, u"),
        "    pass; " + PAIR.lstrip(),
    ],
)  # fmt: skip
def test_where_it_is_not_certain(body: str) -> None:
    assert fixed(body) == body


def test_the_last_may_be_returned() -> None:
    body = f"{ONE}    return x, {TWO.strip().removeprefix('y = ')}\n"
    assert (
        fixed(ONE + TWO.replace("y =", "return"))
        == FIXED.replace("y =", "return").rpartition("    return x")[0]
    )
    assert (
        fixed(body)
        == FIXED.rpartition("    y =")[0]
        + '    return x, np.einsum("iq,iq->qi", v, a_b, optimize=True)\n'
    )


def test_products_of_products() -> None:
    sizes = "".join(f"    {name} = np.ones((60, 60))\n" for name in "abuv")
    more = 'np.einsum("ij,jk,kl,il->il", a, b, u, v, optimize=True)'
    after = fixed(f"{sizes}    x = {more}\n    y = {more}\n")
    assert after.count(" = np.einsum(") == 4
    assert fixed(after) == after


def test_it_must_hold_whatever_the_sizes_are() -> None:
    calls = '    x = np.einsum("ij,jk,k->i", a, b, v, optimize=True)\n    y = np.einsum("ij,jk,i->k", a, b, v, optimize=True)\n'
    doubtful = calls.replace("k->i", "kl->il").replace("jk,i->k", "jk,kl->li")
    assert fixed(doubtful) == doubtful
    sizes = "    a, b, v = np.ones((60, 900)), np.ones((900, 60)), np.ones((60, 60))\n"
    assert "a_b = " in fixed(sizes + doubtful)


def test_names_are_new() -> None:
    assert fixed(PAIR + "    return a_b\n") == FIXED.replace("a_b", "a_b_2") + "    return a_b\n"
    long = PAIR.replace("a,", "a_matrix_with_quite_a_long_name,")
    assert "    product = np.einsum(" in fixed(long)
    other = '    x = np.einsum("ij,kj,ik->ik", a, b, u, optimize=True)\n'
    made = fixed(f"{ONE}{other}{TWO}{other}")
    assert made.count("a_b = ") == made.count("a_b_2 = ") == 1


def test_what_is_known_makes_it_safe() -> None:
    sizes = "    a = b = u = v = np.ones((60, 60))\n"
    (finding,) = check_source(HEAD + sizes + PAIR, config=CONFIG)
    assert finding.message == (
        "`a` and `b` are multiplied in the same way in row 7: once will do, "
        "which saves 49% of the operations"
    )
    assert finding.fix is not None
    assert finding.fix.applicability is Applicability.SAFE
    between = PAIR.replace("    y =", "    s += 1\n    y =")
    (finding,) = check_source(HEAD + sizes + between, config=CONFIG)
    assert finding.fix is not None
    assert finding.fix.applicability is Applicability.UNSAFE
    assert "no change of s changes a and b" in finding.fix.message


def test_small_arrays_are_left_alone() -> None:
    sizes = "    a = b = u = v = np.ones((20, 20))\n"
    assert fixed(sizes + PAIR) == sizes + PAIR
    assert fixed(PAIR, CONFIG._replace(optimize_policy="never")) == PAIR


def program(seed: int) -> str:
    rng = random.Random(seed)
    rows = []
    for number in range(rng.randint(2, 4)):
        labels = dict(zip("ijkl", rng.sample("abcdefg", 4), strict=True))
        terms = [
            ("a", "ij"),
            ("b", rng.choice(["jk", "kj"])),
            (rng.choice("uw"), rng.choice(["ik", "kl", "il"])),
        ]
        rng.shuffle(terms)
        found = sorted({label for _, term in terms for label in term})
        output = rng.sample(found, rng.randint(0, 2))
        written = ",".join("".join(labels[x] for x in term) for _, term in terms)
        result = "".join(labels[x] for x in output)
        call = f'np.einsum("{written}->{result}", {", ".join(n for n, _ in terms)}, optimize=True)'
        rows.append(f"    r{number} = {call}\n")
        rows.append(rng.choice(["", "    u = 2 * u\n", "    a = a + 1\n", "    u += 1\n"]))
    results = ", ".join(f"r{k}" for k in range(len([r for r in rows if "einsum" in r])))
    head = "import numpy as np\n\n\ndef f(a, b, u, w):\n"
    sizes = "".join(f"    {name} = {name}.reshape(50, 50)\n" for name in "abuw")
    return f"{head}{sizes}{''.join(rows)}    return {results},\n"


def test_both_forms_agree() -> None:
    changed = 0
    for seed in range(250):
        source = program(seed)
        after = fix_source(source, config=CONFIG, level=Applicability.UNSAFE)
        if after == source:
            continue
        changed += 1
        results: list[Any] = []
        for form in (source, after):
            rng = np.random.default_rng(seed)
            operands = [rng.integers(-4, 5, (50, 50)).astype(float) for _ in range(4)]
            names: dict[str, Any] = {}
            exec(form, names)
            results.append(names["f"](*operands))
        for one, other in zip(*results, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-12, err_msg=f"{source}\n{after}")
    assert changed > 15
