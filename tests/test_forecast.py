"""What is passed over before anything is inferred is what would be refused."""

from __future__ import annotations

import ast
import random
from pathlib import Path

import numpy as np
import pytest
from loop_programs import random_program

from einsum_lint.analysis import find, find_all
from einsum_lint.keeping import keep_all
from einsum_lint.nests import Lift, LoopNest
from einsum_lint.reading import decode
from einsum_lint.recognise.forecast import promising
from einsum_lint.recognise.nests import NestReader
from einsum_lint.recognise.surroundings import Surroundings
from einsum_lint.rule import chosen
from einsum_lint.screen import Candidates
from einsum_lint.settings import DEFAULT
from einsum_lint.source import Source

START = "import numpy as np\n\n\n"


def rows(text: str) -> tuple[int, ...]:
    """The rows that are worth reading, counted from the first after the import."""
    whole = START + text
    tree = ast.parse(whole)
    source = Source.of(whole, keep_all(whole, tree), tree)
    candidates = Candidates(tuple(range(1, whole.count("\n") + 1)))
    reader = NestReader(Surroundings(source), 88, candidates, is_forecast=True)
    return tuple(row - START.count("\n") for row in promising(reader, candidates).loops)


CONTRACTION = "for i in range(n):\n    s += a[i] * b[i]\n"


@pytest.mark.parametrize(
    "text",
    [
        "for i in range(1, n):\n    a[i] = a[i - 1] * b[i]\n",
        "for i in range(n):\n    a[i, i] = b[i] * c[i]\n",
        "for i in range(n):\n    if a[i]:\n        s += a[i] * b[i]\n",
        "x = sum(p * q for p, q in zip(a, b) if p)\n",
        "for i in range(n):\n    s += np.linalg.norm(a[i]) * b[i]\n",
        "for x in data:\n    s += rng.random(3) * x\n",
        "for i in range(n):\n    s += (-1) ** i * a[i]\n",
    ],
)
def test_what_is_refused_whatever_is_known(text: str) -> None:
    assert rows(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        CONTRACTION,
        "for i in range(n):\n    c[i] = a[i] * b[i + k]\n",
        "x = sum(p * q for p, q in zip(a, b))\n",
        "for i in range(n):\n    s += contract('i,i', a[i], b[i])\n",
        "for a, b in pairs:\n    s += a * b\n",
        "k = 3\nfor i in range(n):\n    s += a[i] ** k * b[i]\n",
    ],
)
def test_what_may_be_read_once_more_is_known(text: str) -> None:
    assert rows(text) == (1 + text.startswith("k ="),)


def test_an_inner_loop_of_one_that_is_refused() -> None:
    inner = CONTRACTION.replace("\n", "\n    ").rstrip(" ")
    assert rows(f"for k in range(3):\n    print(k)\n    {inner}") == (3,)


def test_numbers_and_imports_are_known_where_nothing_else_binds_them() -> None:
    power = "for i in range(n):\n    s += a[i] ** k * b[i]\n"
    assert rows(f"k = 2\n{power}") == (2,)
    renamed = "for i in range(n):\n    s += product(a[i], b[i])\n"
    assert rows(f"from numpy import dot as product\n{renamed}") == (2,)
    assert rows(f"from scipy import dot as product\n{renamed}") == ()
    assert rows(f"from scipy import dot as product\nproduct = np.dot\n{renamed}") == (3,)


def test_a_loop_that_calls_einsum_by_another_name() -> None:
    text = "import numpy as np\n\ncontract = np.einsum\n\n\ndef f(n):\n"
    text += (
        "    a, b, c = np.ones((n, 3, 4)), np.ones(4), np.zeros((n, 3))\n    for i in range(n):\n"
    )
    text += "        c[i] += contract('jk,k->j', a[i], 2 * b)\n    return c\n"
    assert check_nothing_is_lost(text) == 1


def lifts(facts: object) -> set[object]:
    assert isinstance(facts, tuple)
    nests = [fact for fact in facts if isinstance(fact, LoopNest)]
    read = [nest for nest in nests if isinstance(nest.meaning, Lift)]
    return {(nest.place.header, nest.kind, str(nest.meaning)) for nest in read}


def check_nothing_is_lost(text: str) -> int:
    found = find(text, DEFAULT, chosen(DEFAULT))
    expected = lifts(find_all(text, DEFAULT))
    assert lifts(found[1] if found is not None else ()) == expected
    return len(expected)


def test_the_same_is_read_as_without_it_in_programs() -> None:
    texts = [random_program(random.Random(f"forecast {seed}")).text for seed in range(40)]
    assert sum(map(check_nothing_is_lost, texts)) > 20


WITH_LOOPS = [
    path
    for folder in ("linalg", "polynomial", "lib", "lib/tests", "_core/tests", "linalg/tests")
    for path in sorted(Path(np.__file__).parent.joinpath(folder).glob("*.py"))
    if b"for " in path.read_bytes()
]


@pytest.mark.parametrize("path", WITH_LOOPS, ids=lambda path: path.name)
def test_the_same_is_read_as_without_it_in_numpy(path: Path) -> None:
    check_nothing_is_lost(decode(path.read_bytes())[0])


@pytest.mark.parametrize(
    "path",
    sorted(Path(__file__).parent.parent.joinpath("fixtures").rglob("*.py")),
    ids=lambda p: p.stem,
)
def test_the_same_is_read_as_without_it_in_the_fixtures(path: Path) -> None:
    check_nothing_is_lost(path.read_text())
