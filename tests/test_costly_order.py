"""EIN107: two einsums that one call would contract in a better order."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from einsum_lint import Applicability, Config, check_source, fix_source

CONFIG = Config(select=("EIN107",))
HEAD = "import numpy as np\n\n\ndef f(a, b, v):\n"
PAIR = '    t = np.einsum("ij,jk->ik", a, b)\n    return np.einsum("ik,k->i", t, v)\n'


def fixed(body: str, config: Config = CONFIG) -> str:
    after = fix_source(HEAD + body, config=config, level=Applicability.UNSAFE)
    assert after.startswith(HEAD)
    return after[len(HEAD) :]


@pytest.mark.parametrize(
    ("body", "after"),
    [
        (PAIR, '    return np.einsum("ij,jk,k->i", a, b, v, optimize=True)\n'),
        (
            PAIR.replace('"ik,k->i", t, v', '"k,jk", v, t').replace("return", "x = 2 *"),
            '    x = 2 * np.einsum("k,ja,ak->j", v, a, b, optimize=True)\n',
        ),
        (
            PAIR.replace("    return", "    w = np.sqrt(v)\n    return"),
            '    w = np.sqrt(v)\n    return np.einsum("ij,jk,k->i", a, b, v, optimize=True)\n',
        ),
    ],
)
def test_the_fix(body: str, after: str) -> None:
    assert fixed(body) == after


@pytest.mark.parametrize(
    "body",
    [
        PAIR.replace("k->i", "l->il"),
        PAIR.replace("return", "return t +"),
        PAIR.replace("    return", "    a[0] = 1\n    return"),
        PAIR.replace("    return", "    a = b\n    return"),
        PAIR.replace("    return", "    g(a)\n    return"),
        PAIR.replace("return", "return g() +"),
        PAIR.replace("return", "return v.any() and"),
        PAIR.replace('a, b)\n    return', 'a, b)\n    for _ in v:\n        return'),
        PAIR.replace("a, b)", "a, b)  # the product"),
        PAIR.replace("a, b)", "a, b); print(a)"),
        PAIR.replace("a, b)", "g(a), b)"),
        PAIR.replace("a, b)", "a, b, dtype=float)"),
        PAIR.replace("t, v)", "t, v, out=v)"),
        PAIR.replace("a, b)", "a, b, optimize=v)"),
        PAIR.replace("t, v)", "t, v, optimize=[\'einsum_path\', (0, 1)])"),
        PAIR.replace("return", "return eval('t') +"),
        PAIR.replace("return", "x =") + "    return locals()\n",
        PAIR.replace("    t =", "    global t\n    t ="),
        PAIR.replace("return", "return lambda: t, "),
        PAIR.replace('"ij,jk->ik"', '"...j,jk->...k"'),
        PAIR.replace("    t =", "    t = v\n    t ="),
    ],
)  # fmt: skip
def test_where_it_is_not_certain(body: str) -> None:
    assert fixed(body) == body


def test_small_arrays_are_left_alone() -> None:
    sizes = "    a = b = np.ones((20, 20))\n    v = np.ones(20)\n"
    assert fixed(sizes + PAIR) == sizes + PAIR
    assert fixed(sizes.replace("20", "60") + PAIR) != sizes.replace("20", "60") + PAIR
    assert fixed(PAIR, CONFIG._replace(optimize_policy="never")) == PAIR


def test_what_is_known_makes_it_safe() -> None:
    sizes = "    a = b = np.ones((60, 60))\n    v = np.ones(60)\n"
    (finding,) = check_source(HEAD + sizes + PAIR, config=CONFIG)
    assert finding.message.endswith(
        "3 labels → 2 in the largest step, about 30 times fewer operations"
    )
    assert finding.fix is not None
    assert finding.fix.applicability is Applicability.SAFE
    (finding,) = check_source(HEAD + PAIR, config=CONFIG)
    assert finding.message.endswith("3 labels → 2 in the largest step")
    assert finding.fix is not None
    assert finding.fix.applicability is Applicability.UNSAFE


def test_long_calls_are_broken() -> None:
    body = PAIR.replace("a, b)", "a_matrix_with_a_long_name, another_matrix_with_a_name)")
    lines = fixed(body).splitlines()
    assert len(lines) == 7
    assert lines[0] == "    return np.einsum("
    assert lines[-1] == "    )"


def chain(seed: int) -> tuple[str, list[str]]:
    rng = random.Random(seed)
    first = ["".join(rng.sample("ijkl", rng.randint(1, 3))) for _ in range(2)]
    used = sorted(set("".join(first)))
    inner = "".join(rng.sample(used, rng.randint(1, len(used))))
    shown = "".join(rng.sample("ijklm", len(inner)))
    other = "".join(rng.sample("ijklm", rng.randint(1, 2)))
    outer = sorted(set(shown + other))
    result = "".join(rng.sample(outer, rng.randint(0, 2))) if len(outer) > 1 else ""
    terms, operands = ([shown, other], "t, v") if rng.random() < 0.5 else ([other, shown], "v, t")
    body = (
        f'    t = np.einsum("{",".join(first)}->{inner}", a, b)\n'
        f'    return np.einsum("{",".join(terms)}->{result}", {operands})\n'
    )
    return body, [*first, other]


def test_both_forms_agree() -> None:
    changed = 0
    for seed in range(400):
        body, terms = chain(seed)
        after = fixed(body)
        if after == body:
            continue
        changed += 1
        rng = np.random.default_rng(seed)
        operands = [rng.integers(-4, 5, (3,) * len(term)).astype(float) for term in terms]
        results: list[Any] = []
        for form in (body, after):
            names: dict[str, Any] = {}
            exec(HEAD + form, names)
            results.append(names["f"](*operands))
        np.testing.assert_allclose(results[1], results[0], rtol=1e-12)
    assert changed > 30
