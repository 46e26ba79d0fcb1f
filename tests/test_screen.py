"""The screen keeps all that a rule would report."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from kept_text import kept_text
from test_inference import program

from einsum_lint.facts import EinsumCall
from einsum_lint.keeping import keep, keep_all
from einsum_lint.reading import decode, parse
from einsum_lint.recognise.walk import find_facts
from einsum_lint.screen import bound_names, matters
from einsum_lint.settings import DEFAULT, Config
from einsum_lint.shown import shown
from einsum_lint.source import Source


def found(text: str, *, screened: bool) -> list[tuple[object, ...]]:
    """What is found in the statements that the screen keeps, or in all."""
    tree = parse(text)
    kept = keep(text, tree, DEFAULT) if screened else keep_all(text, tree)
    every = find_facts(Source.of(text, kept, tree), {})
    facts = [fact for fact in every if isinstance(fact, EinsumCall)]
    return sorted(
        (
            fact.place.call,
            fact.subscripts,
            [(shown(operand.shape), operand.dtype) for operand in fact.operands],
            repr(fact.readings),
        )
        for fact in facts
    )


NUMPY = sorted(Path(np.__file__).parent.rglob("*.py"))
WITH_EINSUM = [p for p in NUMPY if b"einsum" in p.read_bytes()]


@pytest.mark.parametrize("path", WITH_EINSUM, ids=lambda p: p.name)
def test_the_same_is_found_as_without_it_in_numpy(path: Path) -> None:
    text, _ = decode(path.read_bytes())
    assert found(text, screened=True) == found(text, screened=False)


def test_numpy_has_einsum_calls() -> None:
    texts = [decode(p.read_bytes())[0] for p in WITH_EINSUM]
    assert sum(len(found(text, screened=True)) for text in texts) > 100


def padded(text: str, rng: random.Random) -> str:
    """A program with functions and classes around it that have nothing to do with it."""
    noise = [
        "def noise():\n    return 1\n",
        "class Noise:\n    '''Doc.'''\n\n    def method(self):\n        pass\n",
        "'a string'\n",
        "print(1); print(2)\n",
        "if noise:\n    print(3)\n",
    ]
    imports, main = text.split("def main", 1)
    before, after = rng.choices(noise, k=3), rng.choices(noise, k=2)
    return imports + "".join(before) + "def main" + main + "".join(after)


@pytest.mark.parametrize("seed", range(60))
def test_the_same_is_found_as_without_it_in_programs(seed: int) -> None:
    rng = random.Random(seed)
    text = padded(program(rng), rng)
    kept = keep(text, parse(text), DEFAULT)
    assert len(kept_text(text, kept)) < len(text)
    assert found(text, screened=True) == found(text, screened=False)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("def f():\n    pass\nimport numpy\nnumpy.einsum('i', a)\n", "import numpy\nnumpy.einsum('i', a)\n"),
        ("x = 1\nprint(x)\n", "x = 1\n"),
        ("class A:\n    y = 1\n    def f(self):\n        einsum()\n    def g(self):\n        pass\n",
         "class A:\n    y = 1\n    def f(self):\n        einsum()\n"),
        ("class A: x = einsum(); y = 2\n", "class A: x = einsum(); y = 2\n"),
        ("class A(einsum()):\n    def f(self):\n        pass\n",
         "class A(einsum()):\n    def f(self):\n        pass\n"),
        ("@g\n@h(1,\n   2)\ndef f():\n    einsum()\n", "@g\n@h(1,\n   2)\ndef f():\n    einsum()\n"),
        ("'doc'; einsum()\n", "'doc'; einsum()\n"),
        ("'''doc\ndoc'''; import a; f()\nf()\n", "'''doc\ndoc'''; import a; f()\n"),
        ("from numpy import einsum as es\ndef f():\n    es()\ndef g():\n    les()\n",
         "from numpy import einsum as es\ndef f():\n    es()\n"),
        ("from opt_einsum import contract\ndef f():\n    contract()\ndef g():\n    pass\n",
         "from opt_einsum import contract\ndef f():\n    contract()\n"),
        ("import functools\nes = functools.partial(np.einsum)\ndef f():\n    es()\ndef g():\n    pass\n",
         "import functools\nes = functools.partial(np.einsum)\ndef f():\n    es()\n"),
        ("try:\n    import numpy\nexcept E:\n    pass\ndef g():\n    pass\n",
         "try:\n    import numpy\nexcept E:\n    pass\n"),
        ("x = [\n" + "    1,\n" * 30 + "]\neinsum()\n", "einsum()\n"),
    ],
)  # fmt: skip
def test_what_is_kept(text: str, shown: str) -> None:
    kept = keep(text, parse(text), DEFAULT)
    assert kept_text(text, kept) == shown


def test_names_of_dropped_statements_are_hidden() -> None:
    text = "def f():\n    g = 1\nclass A:\n    h = 1\nx = [\n" + "1,\n" * 30 + "]\neinsum()\n"
    assert keep(text, parse(text), DEFAULT).hidden == {"f", "A", "x"}


def test_declared_names() -> None:
    text = "def f():\n    global a, b\n    def g(): nonlocal c; einsum()\n"
    assert keep(text, parse(text), DEFAULT).declared == {"a", "b", "c"}


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("a = b", {"a"}),
        ("a[0] = b.c = d", set()),
        ("(a, [b, *c]) = d", {"a", "b", "c"}),
        ("a: int = 1", {"a"}),
        ("a += 1", {"a"}),
        ("import a.b, c as d", {"a", "d"}),
        ("from a import b, c as d", {"b", "d"}),
        ("for a in b:\n    c = 1\nelse:\n    d = 1", {"a", "c", "d"}),
        ("with a as b, c as (d, e):\n    f = 1", {"b", "d", "e", "f"}),
        ("try:\n    a = 1\nexcept E as b:\n    c = 1\nelse:\n    d = 1\nfinally:\n    e = 1",
         {"a", "b", "c", "d", "e"}),
        ("def a(b):\n    c = 1", {"a"}),
        ("class a(b):\n    c = 1", {"a"}),
        ("if (a := b):\n    c = 1", {"a", "c"}),
        ("match a:\n    case [b, *c]: d = 1\n    case {'x': e, **f}: pass\n    case G(h) as i: pass",
         {"b", "c", "d", "e", "f", "h", "i"}),
        ("del a", {"a"}),
        ("f = lambda a: (b := a)", {"f"}),
    ],
)  # fmt: skip
def test_bound_names(statement: str, names: set[str]) -> None:
    assert set(bound_names(parse(statement).body[0])) == names


def test_files_that_matter() -> None:
    assert matters(b"x = np.einsum('ij', a)", DEFAULT)
    assert not matters(b"x = np.dot(a, b)", DEFAULT)
    assert matters(b"contract_all(a)", Config(einsum_functions={"mine.contract_all": "numpy"}))
