"""The scan for loops keeps all that the reader of loops can read."""

from __future__ import annotations

import ast
import random
from pathlib import Path

import numpy as np
import pytest
from kept_text import kept_text
from loop_programs import random_program

from einsum_lint import loop_screen
from einsum_lint.keeping import Kept, keep, keep_all
from einsum_lint.loop_screen import loop_rows
from einsum_lint.nests import Lift, LoopNest
from einsum_lint.reading import decode, parse
from einsum_lint.recognise import nests
from einsum_lint.recognise.loops import calls
from einsum_lint.recognise.nests import NestReader
from einsum_lint.recognise.products import tables
from einsum_lint.recognise.surroundings import Surroundings
from einsum_lint.recognise.walk import find_facts
from einsum_lint.screen import Candidates, matters
from einsum_lint.settings import DEFAULT
from einsum_lint.source import Source

KEPT = [
    "for i in range(n):\n    s += a[i]\n",
    "for i in range(n):\n    s += a[i] * b[i]\n",
    "for i in range(n): s += a[i] * b[i]\n",
    "for i in range(n):\n    s = s + a[i] * b[i]\n",
    "for i in range(n):\n    s = a[i] * b[i] + s\n",
    "for i in range(n):\n    s -= a[i]\n",
    "for x in a:\n    s += x\n",
    "for x in a:\n    s += x ** 2\n",
    "for x in a:\n    s += np.sin(x)\n",
    "for u, v in zip(a, b):\n    m += np.outer(u, v)\n",
    "for i, (u, v) in enumerate(zip(a, b)):\n    c[i] = u @ v\n",
    "for i, j in np.ndindex(n, m):\n    c[i, j] = a[i] * b[j]\n",
    "for i, j in product(range(n), range(m)):\n    c[i] += a[i, j]\n",
    "for i in range(n):\n    c[i] = a[i, i]\n",
    "for i in range(n):\n    for j in range(m):\n        c[j, i] = a[i, j]\n",
    "for i in range(n):\n    c[i] *= beta\n",
    "for i in range(n):\n    for j in range(m):\n        t = 0.0\n        for k in range(p):\n"
    "            t += a[i, k] * b[k, j]\n        c[i, j] = t\n",
    "for i in range(n):\n    t = a[i] * b[i]\n    c[i] = t\n",
    "while i < n:\n    s += a[i] * b[i]\n    i += 1\n",
    "rows = []\nfor r in a:\n    rows.append(np.dot(r, x))\nc = np.array(rows)\n",
    "for i in range(n):\n    for j in range(m):\n        p += 1\n        c[p] += a[i] * b[j]\n",
    "for b in range(n):\n    out[b] = q[b] @ k[b].T\n",
    "for b in range(n):\n    out[b] = np.einsum('ij,jk->ik', q[b], k[b])\n",
    "for i in range(n):\n    out[i, :] += a[i, :].sum() * b\n",
    "for i in range(n):\n    # a comment\n\n    s += (a[i]\n          * b[i])\n",
    "for i in range(n):\n    '''A string\nthat ends the loop, it seems.'''\n    s += a[i] * b[i]\n",
    "for i in range(n):\n    print(i)\n    for j in range(m):\n        s += a[i, j]\n",
    "for e in range(9):\n    if e:\n        for j in range(m):\n            s += a[j]\n",
    "while t:\n    try:\n        for j in range(m):\n            s += a[j]\n    except E:\n"
    "        '''A string.'''\n",
    "s = sum(a[i] * b[i] for i in range(n))\n",
    "s = sum(x * y for x, y in zip(a, b))\n",
    "s = sum(a[i, i] for i in range(n))\n",
    "s = sum((x ** 2) for x in a)\n",
    "s = sum(a[i] * b[i]\n        for i in range(n))\n",
    "s = np.sum([u @ v for u, v in zip(a, b)], axis=0)\n",
    "c = np.array([op @ col for op, col in zip(a, b)])\n",
    "c = np.array([[a[i] * b[j] for j in range(m)] for i in range(n)])\n",
    "c = np.array([sum(a[i, j] * b[j] for j in range(m)) for i in range(n)])\n",
    "c = np.stack([\n    np.dot(r, x)\n    for r in a\n])\n",
    "c = np.dot(x, [u * v for u, v in zip(a, b)])\n",
]  # fmt: skip

PASSED_OVER = [
    "for x in xs:\n    f(x)\n",
    "for x in xs:\n    d[x] = None\n",
    "for x in xs:\n    count += 1\n",
    "for x in xs:\n    s += f(x) * 2\n",
    "for x in xs:\n    if x > 0:\n        s += x * x\n",
    "for x in xs:\n    s += x * d['key']\n",
    "for x in xs:\n    s += '%s' * x\n",
    "for x in xs:\n    s += x * x\n    break\n",
    "for x in xs:\n    with f():\n        s += x * x\n",
    "for x in xs:\n    self.s += x * x\n",
    "for x in xs:\n    y = x * 2\n",
    "for x, y in xs.items():\n    s += x * y\n",
    "for i in range(n):\n    h[k[i]] += a[i]\n",
    "for i in range(n):\n    c.append(a[i])\n",
    "while f(x) and y:\n    s += a[x] * b[x]\n    x += 1\n",
    "for x in xs:\n    s += x if x else 0\n",
    "def f():\n    '''Text for the ages in it: it is a + b.'''\n",
    "# for i in range(n):\n#     s += a[i]\n",
    "x = [f(y) * 2 for y in ys]\n",
    "x = [2 * y for y in ys]\n",
    "x = sum(f(y) for y in ys)\n",
    "x = np.array([y * z for y in ys if y])\n",
    "x = {y: y * 2 for y in ys}\n",
    "x = 'sum(a[i] * b[i]) for i in range(n)'\n",
    "before = 1; form += a[i] * b[i]\n",
]


@pytest.mark.parametrize("indent", ["", "    ", "\t"])
@pytest.mark.parametrize("text", KEPT)
def test_what_is_kept(text: str, indent: str) -> None:
    inner = "".join(f"{indent}{line}" if line != "\n" else line for line in text.splitlines(True))
    assert list(loop_rows(f"if x:\n{inner}" if indent else text))


@pytest.mark.parametrize("text", PASSED_OVER)
def test_what_is_passed_over(text: str) -> None:
    assert not list(loop_rows(text))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_are_those_of_the_headers(end: str) -> None:
    text = "\n".join([
        "import numpy", "x = '''", "for'''", "for i in n:", "    for j in m:", "        s += a[i, j]",
        "", "t = np.array([", "    u @ v", "    for u, v in w", "])", "while k:", "    s += a[k]",
        "    k -= 1",
    ])  # fmt: skip
    assert sorted(loop_rows(text.replace("\n", end))) == [4, 10, 12]


def test_the_reader_knows_no_function_that_is_passed_over() -> None:
    known = {*tables.FUNCTIONS, *tables.METHODS, *tables.POINTWISE, *calls.BUILTINS}
    known |= {*calls._MAKERS, *calls._AS_ARRAY, *calls._OF_ARRAYS, *calls._ELEMENTWISE, "einsum"}
    refused = {"int", "float"}
    assert {name.rpartition(".")[2] for name in known} - refused <= loop_screen._PURE
    assert nests._PASSES_ON <= loop_screen._TAKES_LISTS


LOOP = "import numpy as np\n\n\ndef f(a):\n    for x in a:\n        s += x * x\n    return s\n"
OTHER = "\n\ndef g(a):\n    return a\n"


def test_files_and_functions_with_loops_matter_where_rules_want_them() -> None:
    text = LOOP + OTHER
    assert matters(text.encode(), DEFAULT)
    assert not matters(text.encode(), DEFAULT, loops=False)
    assert not matters(text.replace("numpy", "other").encode(), DEFAULT)
    kept = keep(text, parse(text), DEFAULT)
    assert kept_text(text, kept) == LOOP.replace("\n\n\n", "\n")
    kept = keep(text, parse(text), DEFAULT, Candidates())
    assert kept_text(text, kept) == "import numpy as np\n"


def lifts(text: str, tree: ast.Module, kept: Kept) -> list[tuple[object, ...]]:
    """The loops that are read, as far as the screen could change that."""
    source = Source.of(text, kept, tree)
    facts = find_facts(source, {}, NestReader(Surroundings(source), 88))
    return [
        (fact.place.header, fact.kind, fact.meaning.updates, fact.meaning.assumptions)
        for fact in facts
        if isinstance(fact, LoopNest) and isinstance(fact.meaning, Lift)
    ]


@pytest.mark.parametrize("seed", range(30))
def test_the_same_is_read_as_without_it_in_programs(seed: int) -> None:
    text = random_program(random.Random(seed)).text
    tree = parse(text)
    expected = lifts(text, tree, keep_all(text, tree))
    assert lifts(text, tree, keep(text, tree, DEFAULT)) == expected
    assert matters(text.encode(), DEFAULT) or not expected


WITH_LOOPS = [
    path
    for folder in ("linalg", "polynomial", "lib")
    for path in sorted(Path(np.__file__).parent.joinpath(folder).glob("*.py"))
    if b"for " in path.read_bytes()
]


@pytest.mark.parametrize("path", WITH_LOOPS, ids=lambda p: p.name)
def test_the_same_is_read_as_without_it_in_numpy(path: Path) -> None:
    text, _ = decode(path.read_bytes())
    tree = parse(text)
    expected = lifts(text, tree, keep_all(text, tree))
    assert lifts(text, tree, keep(text, tree, DEFAULT)) == expected
