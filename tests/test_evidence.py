"""Evidence from use: contradictions that are found, and that none is found where both uses run."""

from __future__ import annotations

import random
import sys
from typing import Any

import numpy as np
import pytest

from einsum_lint import Config, check_source
from einsum_lint.findings import Finding

RANKS = Config(select=("EIN005",))


def rank_findings(text: str) -> tuple[Finding, ...]:
    return check_source("import numpy as np\n" + text, config=RANKS)


def rows(text: str) -> list[int]:
    """The rows of the findings, counted without the import."""
    return [finding.span.start.row - 1 for finding in rank_findings(text)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("np.einsum('ij', x)\nnp.einsum('ij', x)\nnp.einsum('ijk', x)", [4]),
        ("np.einsum('ijk', x)\nnp.einsum('ij', x)\nnp.einsum('ij', x)", [2]),
        ("np.einsum('ij', x)\nnp.einsum('ijk', x)", [3]),
        ("y = x\nnp.einsum('ij', y)\nnp.einsum('ijk', x)", [4]),
        ("np.einsum('ij', x.a)\nnp.einsum('ijk', x.a)", [3]),
        ("np.einsum('ij', x.a.b)\nnp.einsum('ijk', x.a.b)", [3]),
        ("np.einsum('ij', x[0])\nnp.einsum('ijk', x[0])", [3]),
        ("np.einsum('ij', x[i])\nnp.einsum('ijk', x[i])", [3]),
        ("np.einsum('ij', x[:, 0])\nnp.einsum('ij', x)", [3]),
        ("np.einsum('ij', x[None])\nnp.einsum('ij', x)", [3]),
        ("np.einsum('ij', x[:, :3])\nnp.einsum('ijk', x)", [3]),
        ("np.einsum('ij', x.conj())\nnp.einsum('ijk', 2 * x)", [3]),
        ("np.einsum('ij', -x)\nnp.einsum('ijk', x.T)", [3]),
        ("np.einsum('ij', x)\nif c:\n    np.einsum('ijk', x)", [4]),
        ("if c:\n    np.einsum('ij', x)\nnp.einsum('ijk', x)", [4]),
        ("np.einsum('ij', x)\nfor i in c:\n    np.einsum('ijk', x)", [4]),
        ("for i in c:\n    np.einsum('ij', x)\n    np.einsum('ijk', x)", [4]),
        ("n, k = x.shape\nnp.einsum('ijk', x)", [3]),
        ("np.einsum('ijk', x)\nn, k = x.shape", [2]),
        ("*_, k = x.shape\nnp.einsum('->', x)", [3]),
        ("assert x.ndim == 2\nnp.einsum('ijk', x)", [3]),
        ("if x.ndim != 2:\n    raise E\nnp.einsum('ijk', x)", [4]),
        ("if x.ndim == 2:\n    np.einsum('ijk', x)", [3]),
        ("if len(x.shape) == 2 and c:\n    np.einsum('ijk', x)", [3]),
        ("assert x.shape == (3, 4)\nnp.einsum('ijk', x)", [3]),
        ("x[0].b = 1\nnp.einsum('ij', x.a)\nnp.einsum('ijk', x.a)", [4]),
        ("[np.einsum('ij', x) for i in np.einsum('ijk', x)]", [2]),
        ("x.transpose(0, 2, 1)\nnp.einsum('ij', x)", [3]),
        ("np.einsum('ij', x)\nx.transpose(0, 2, 1)", [2]),
        ("y = x[None]\nx.transpose(0, 2, 1)\nnp.einsum('ijk', y)", [4]),
        ("np.concatenate([x[None], np.zeros((3, 4))])\nnp.einsum('ij', x)", [3]),
        ("x[0, :, 1]\nnp.einsum('ij', x)", [3]),
        ("x[0, :, 1] = c\nnp.einsum('ij', x)", [3]),
        ("assert x.shape == c.shape and c.ndim == 2\nnp.einsum('ijk', x)", [3]),
        ("np.einsum('ij', x.copy())\nnp.einsum('ijk', x)", [3]),
        ("y = x.copy()\nnp.einsum('ij', y.a)\nnp.einsum('ijk', y.a)", [4]),
        ("np.einsum('ij', x[i, 0])\nnp.einsum('ijk', x[i, 0])", [3]),
    ],
)
def test_contradiction(body: str, expected: list[int]) -> None:
    text = "def f(x, c, i):\n    " + body.replace("\n", "\n    ") + "\n"
    assert rows(text) == expected


@pytest.mark.parametrize(
    "body",
    [
        "np.einsum('ij', x)\nx = g()\nnp.einsum('ijk', x)",
        "np.einsum('ij', x[0])\nx[0] = c\nnp.einsum('ijk', x[0])",
        "np.einsum('ij', x[0])\nx[0] += c\nnp.einsum('ijk', x[0])",
        "np.einsum('ij', x[i])\ni += 1\nnp.einsum('ijk', x[i])",
        "np.einsum('ij', x[i])\ni = c\nnp.einsum('ijk', x[i])",
        "np.einsum('ij', x[i])\nnp.einsum('ijk', x[i + 1])",
        "np.einsum('ij', x[c()])\nnp.einsum('ijk', x[c()])",
        "np.einsum('ij', x[i, 1, 2])\nnp.einsum('ijk', x[i, 12])",
        "np.einsum('ij', x[c.i])\nc.i = 2\nnp.einsum('ijk', x[c.i])",
        "np.einsum('ij', x.a)\nx.a += c\nnp.einsum('ijk', x.a)",
        "x.a = 0\nx.a += c\nnp.einsum('i', x.a)",
        "x.a = 2.0\nx.a *= c\nnp.einsum('i', x.a)",
        "y = x.copy()\ny.a = np.zeros(3)\nnp.einsum('ij', x.a)",
        "x.a = np.zeros(3)\ny = x.copy()\ny.a = np.zeros((3, 3))\nnp.einsum('i', x.a)",
        "x.transpose(0, 2, 1) if x.ndim == 3 else x\nnp.einsum('ij', x)",
        "x.ndim == 3 and x.transpose(0, 2, 1)\nnp.einsum('ij', x)",
        "c = [x[0, :, 1] for i in c] if x.ndim == 3 else x\nnp.einsum('ij', x)",
        "x[i, c]\nnp.einsum('i', x)",
        "x[i, ...]\nnp.einsum('i', x)",
        "y = x - c\nnp.einsum('ij', y)\nnp.einsum('i', x)",
        "if isinstance(x, np.ndarray):\n    x = x.sum(axis=0)\nnp.einsum('ij', x)",
        "np.einsum('ij', x)\nx = x[None]\nnp.einsum('ijk', x)",
        "np.einsum('ij', x)\nfor x in c:\n    np.einsum('ijk', x)",
        "np.einsum('ij', x)\ndel x\nnp.einsum('ijk', x)",
        "np.einsum('ij', x)\nx += c\nnp.einsum('ijk', x)",
        "np.einsum('ij', x)\nwith c as x:\n    np.einsum('ijk', x)",
        "if c:\n    np.einsum('ij', x)\nelse:\n    np.einsum('ijk', x)",
        "try:\n    x = c[0]\n    n, k = x.shape\nexcept ValueError:\n    pass\nnp.einsum('ijk', x)",
        "if c:\n    np.einsum('ij', x)\n    return\nnp.einsum('ijk', x)",
        "if c:\n    np.einsum('ij', x)\nif not c:\n    np.einsum('ijk', x)",
        "if c:\n    x = x[0]\nnp.einsum('ij', x)",
        "np.einsum('ij', x) if c else np.einsum('ijk', x)",
        "c and np.einsum('ij', x)\nc or np.einsum('ijk', x)",
        "np.einsum('ij', x)\nif x.ndim == 3:\n    np.einsum('ijk', x)",
        "np.einsum('...', x)\nif len(x.shape) == 3:\n    np.einsum('ijk', x)\nelse:\n    np.einsum('ij', x)",
        "if isinstance(x, tuple):\n    np.einsum('ijk', x)\nelse:\n    np.einsum('ij', x)",
        "try:\n    np.einsum('ij', x)\nexcept ValueError:\n    np.einsum('ijk', x)",
        "try:\n    np.einsum('ij', x)\nexcept ValueError:\n    pass\nnp.einsum('ijk', x)",
        "with pytest.raises(ValueError):\n    np.einsum('ij', x)\nnp.einsum('ijk', x)",
        "match c:\n    case 1:\n        np.einsum('ij', x)\n    case 2:\n        np.einsum('ijk', x)",
        "np.einsum('ij', x.a)\nx.a = g()\nnp.einsum('ijk', x.a)",
        "np.einsum('ij', x.a)\ng(x)\nnp.einsum('ijk', x.a)",
        "np.einsum('ij', x.a)\nx.g()\nnp.einsum('ijk', x.a)",
        "np.einsum('ij', x.a)\nx = g()\nnp.einsum('ijk', x.a)",
        "for i in c:\n    np.einsum('ij', x.a)\n    g(x)\nnp.einsum('ijk', x.a)",
        "np.einsum('ij', x.a)\nfor i in c:\n    np.einsum('ijk', x.a)\n    x.a = i",
        "np.einsum('ij', x[0])\nnp.einsum('ijk', x[1])",
        "np.einsum('ij', x[0])\nnp.einsum('ijkl', x)",
        "a, b = x\nnp.einsum('ij', a)\nnp.einsum('ijk', b)",
        "np.einsum('ij...', x)\nnp.einsum('ijk', x)",
        "np.einsum('ij,jk', *x)\nnp.einsum('ijk', x)",
        "def g():\n    np.einsum('ij', x)\nnp.einsum('ijk', x)",
        "g = lambda: np.einsum('ij', x)\nnp.einsum('ijk', x)",
        "g = (np.einsum('ij', x) for i in c)\nnp.einsum('ijk', x)",
        "[np.einsum('ij', x) for x in c]\nnp.einsum('ijk', x)",
        "while c:\n    np.einsum('ij', x)\n    x = x[None]",
        "while c:\n    x = x[None]\n    np.einsum('ij', x)\nnp.einsum('ijk', x)",
        "np.einsum('ij', x.transpose(1, 2))\nnp.einsum('ij', x)",
        "np.einsum('ijkl', x.transpose(1, 2))\nnp.einsum('ijkl', x)",
    ],
)
def test_no_contradiction(body: str) -> None:
    text = "def f(x, c, i):\n    " + body.replace("\n", "\n    ") + "\n"
    assert rows(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def g():\n    return np.ones((2, 3))\ndef f():\n    np.einsum('ijk', g())\n", [4]),
        ("def f():\n    np.einsum('ijk', g())\ndef g():\n    return np.ones((2, 3))\n", [2]),
        ("def g(n):\n    if n:\n        return np.ones((2, n))\n    return np.ones((4, 5))\n"
         "def f():\n    np.einsum('ijk', g(2))\n", [6]),
        ("def g(n):\n    if n:\n        return np.ones(2)\ndef f():\n    np.einsum('ijk', g(2))\n", []),
        ("def g(n):\n    yield np.ones(2)\ndef f():\n    np.einsum('ijk', g(2))\n", []),
        ("@h\ndef g(n):\n    return np.ones(2)\ndef f():\n    np.einsum('ijk', g(2))\n", []),
        ("def g(n):\n    return g(n - 1)\ndef f():\n    np.einsum('ijk', g(2))\n", []),
        ("def g():\n    return np.ones(2), 3\ndef f():\n    a, b = g()\n    np.einsum('ijk', a)\n", [5]),
        ("def g(a):\n    np.einsum('ij', a)\ndef f(x):\n    g(x)\n    np.einsum('ijk', x)\n", [5]),
        ("def g(a):\n    np.einsum('ij', a)\ndef f():\n    g(np.ones(2)), np.einsum('i', c)\n", [2]),
        ("def g(a, b):\n    np.einsum('ij', b)\ndef f():\n    g(b=np.ones(2), a=1), np.einsum('i', c)\n", [2]),
        ("def g(a, c):\n    if c:\n        np.einsum('ij', a)\ndef f(x):\n    g(x)\n    np.einsum('ijk', x)\n", []),
        ("def g(a):\n    a = h(a)\n    np.einsum('ij', a)\ndef f():\n    g(np.ones(2))\n", []),
        ("def g(n):\n    return np.ones(n + 1)\ndef f(n):\n    np.einsum('i,i', g(1), g(n))\n", []),
        ("def g(a):\n    return a[None]\ndef f():\n    np.einsum('i', g(np.ones(2)))\n", [4]),
        ("def g(a):\n    return a[None]\ndef f(x):\n    np.einsum('ij', g(x))\n    np.einsum('ij', x)\n", [5]),
        ("def g(a):\n    if a.ndim == 1:\n        return a[None]\n    return a\ndef f():\n"
         "    np.einsum('i', g(np.ones(2)))\n", []),
        ("def g(a):\n    a = h(a)\n    return a.T\ndef f():\n    np.einsum('ij', g(np.ones(2)))\n", []),
    ],
)  # fmt: skip
def test_functions_of_the_module(text: str, expected: list[int]) -> None:
    assert rows(text) == expected


DOCUMENTED = '''
def f(x, y, z, w):
    """Do it.

    Parameters
    ----------
    x : (n, k) array_like
        The first.
    y, z : ndarray of shape (n, 3)
    w : 2d array or list of them
    """
    {}
'''


@pytest.mark.parametrize(
    ("body", "reported"),
    [
        ("np.einsum('ijk', x); np.einsum('ij', x)", "ijk"),
        ("np.einsum('ij', x); np.einsum('ijk', x)", "ijk"),
        ("np.einsum('ijk', z); np.einsum('ij', z)", "ijk"),
        ("np.einsum('ijk', w); np.einsum('ij', w)", "ij"),
        ("np.einsum('ijk', x)", None),
    ],
)
def test_docstrings_settle_which_use_is_blamed(body: str, reported: str | None) -> None:
    found = rank_findings(DOCUMENTED.format(body))
    assert [f.message.split("'")[1] for f in found] == ([reported] if reported else [])


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("np.ndarray[tuple[int, int], np.dtype[np.float64]]", True),
        ("'np.ndarray[tuple[int, int], np.dtype[np.float64]]'", True),
        ("np.ndarray[tuple[int, ...], np.dtype[np.float64]]", False),
        ("np.ndarray", False),
        ("Float[Array, 'n k']", True),
        ("Float[Array, 'n k'] | None", True),
        ("Optional[Float[np.ndarray, 'n k']]", True),
        ("Annotated[Float[np.ndarray, 'n k'], 'meaning']", True),
        ("Float[np.ndarray, '... n k']", False),
        ("Float[np.ndarray, '*batch n k m p']", True),
        ("Float[Array, 'a b c']", False),
        ("Shaped[Array, '2 3']", True),
        ("list[Float[Array, 'n k']]", False),
        ("Other[Array, 'n k']", False),
        ("np.ndarray[tuple[int, *Shape], np.dtype[np.float64]]", False),
        ("Annotated[()]", False),
        ("NDArray[()]", False),
        (repr("-" * 3000 + "1"), False),
    ],
)
def test_annotations(annotation: str, expected: bool) -> None:
    text = f"def f(x: {annotation}):\n    np.einsum('ijk', x)\n"
    assert rows(text) == ([2] if expected else [])


def test_of_escapes_in_an_annotation_nothing_is_said(recwarn: pytest.WarningsRecorder) -> None:
    assert rows(r"""def f(x: "Annotated[Float[Array, 'n k'], '\\d']"): np.einsum('ijk', x)""") == [
        1
    ]
    assert not recwarn.list


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("class A:\n    def __init__(self):\n        self.w = np.ones((2, 3))\n"
         "    def f(self):\n        np.einsum('ijk', self.w)\n", [5]),
        ("class A:\n    def f(self):\n        np.einsum('ijk', self.w)\n"
         "    def __init__(self):\n        self.w = np.ones((2, 3))\n", [3]),
        ("class A:\n    def __init__(self):\n        self.w = np.ones((2, 3))\n"
         "    def f(self):\n        np.einsum('ijk', self.w)\n"
         "    def g(self):\n        self.w = 1\n", []),
        ("class A:\n    def __init__(self):\n        self.w = np.ones((2, 3))\n        self.g()\n"
         "    def f(self):\n        np.einsum('ijk', self.w)\n", []),
        ("class A:\n    w: Float[Array, 'n k']\n    def f(self):\n        np.einsum('ijk', self.w)\n", [4]),
        ("class A:\n    w: Float[Array, 'n k']\n    def f(self):\n        np.einsum('ijk', self.w)\n"
         "    def g(self):\n        self.w = 1\n", []),
    ],
)  # fmt: skip
def test_attributes_of_a_class(text: str, expected: list[int]) -> None:
    assert rows(text) == expected


METHODS = """
class A:
    def run(self, x):
        np.einsum('ijk', self.{name}(x)), np.einsum('ijk', x)
    def {name}(self, y):
        {body}
"""


@pytest.mark.parametrize(
    ("name", "body", "more", "expected"),
    [
        ("_g", "return np.ones((2, 3)) + 0 * np.einsum('->', 1)", "", [4]),
        ("_g", "np.einsum('ij', y)", "", [4]),
        ("g", "return np.ones((2, 3)) + 0 * np.einsum('->', 1)", "", []),
        ("__g__", "return np.ones((2, 3)) + 0 * np.einsum('->', 1)", "", []),
        ("_g", "return np.ones((2, 3)) + 0 * np.einsum('->', 1)", "class B(A):\n    def _g(self, y):\n        return y\n", []),
        ("_g", "return np.ones((2, 3)) + 0 * np.einsum('->', 1)", "    def h(self):\n        self._g = abs\n", []),
        ("_einsum", "return np.einsum('->', 1); raise NotImplementedError", "", [4]),
        ("_g", "raise NotImplementedError(np.einsum('->', 1))", "", []),
    ],
)  # fmt: skip
def test_private_methods_of_a_class(name: str, body: str, more: str, expected: list[int]) -> None:
    assert rows(METHODS.format(name=name, body=body) + more) == expected


def test_the_message_names_both_uses() -> None:
    text = "def f(t2):\n    np.einsum('ijab->', t2)\n    np.einsum('iab->', t2)\n"
    (finding,) = rank_findings(text)
    assert "3 labels" in finding.message
    assert "`t2`" in finding.message
    assert "4 axes in row 3" in finding.message


NAMES = ("a", "b", "c")


def program(rng: random.Random) -> str:
    """A random program that uses arrays of unknown rank here and there."""
    lines: list[str] = []

    def use(depth: str) -> None:
        operand = rng.choice(NAMES) + rng.choice(
            ("", "", ".real", "[None]", "[:, 0]", ".T", "[0]", "[i]", ".copy()", " - a")
        )
        terms = "ij" if rng.random() < 0.6 else rng.choice(("i", "ijk", "", "i...", "ijkl"))
        lines.append(f"{depth}np.einsum('{terms}->', {operand})")

    def block(depth: str, level: int) -> None:
        for _ in range(rng.randint(1, 4)):
            kind = rng.randrange(14)
            name = rng.choice(NAMES)
            if kind < 5 or level > 2:
                use(depth)
            elif kind < 7:
                value = rng.choice(NAMES) + rng.choice(
                    ("", "[None]", "[0]", " * 2", ".copy()", ".sum(0)")
                )
                lines.append(f"{depth}{name} = {value}")
            elif kind == 7:
                test = rng.choice(("flip()", f"{name}.ndim == 2", f"len({name}.shape) > 1"))
                lines.append(f"{depth}if {test}:")
                block(depth + "    ", level + 1)
                if rng.random() < 0.3:
                    lines.append(f"{depth}    return")
                if rng.random() < 0.5:
                    lines.append(f"{depth}else:")
                    block(depth + "    ", level + 1)
            elif kind == 8:
                lines.append(f"{depth}for {rng.choice((*NAMES, 'i'))} in ({name}, {name}[None]):")
                block(depth + "    ", level + 1)
            elif kind == 9:
                lines.append(f"{depth}try:")
                block(depth + "    ", level + 1)
                lines.append(f"{depth}except ValueError:")
                block(depth + "    ", level + 1)
            elif kind == 10:
                lines.append(
                    f"{depth}{name} = np.ones({(2,) * rng.randint(0, 3)}) if flip() else {name}"
                )
            elif kind == 11:
                lines.append(f"{depth}n, k = {name}.shape")
            else:
                other = rng.choice(NAMES)
                statement = rng.choice(
                    (
                        f"{name}.transpose(0, 2, 1)", f"np.concatenate([{name}, {other}[None]])", f"{name}[0, :]",
                        f"{name}[0] = {other}", f"i = {rng.randrange(2)}", f"{name} += {other}",
                        f"np.stack([{name}, np.ones((2, 2))])", f"n = {name}.copy()",
                        f"{name}.transpose(0, 2, 1) if {name}.ndim == 3 else {other}", f"flip() and {name}[0, :, 1]",
                        f"[{name}[0, :, k] for k in (0, 1)] if flip() else i", f"i, {name} = 1, {other}[i]",
                    )
                )  # fmt: skip
                lines.append(f"{depth}{statement}")

    lines += ["def main(a, b, c):", "    i = 0"]
    block("    ", 0)
    block("    ", 0)
    return "import numpy as np\n" + "\n".join(lines) + "\n"


def succeeded(text: str, rng: random.Random) -> list[set[int]]:
    """The rows on which an einsum ran, for each of some runs of the whole program.

    A run that ends in an error tells nothing: two rows that contradict each other may have run in
    different rounds of a loop.
    """
    runs: list[set[int]] = []
    namespace: dict[str, Any] = {"flip": lambda: rng.random() < 0.5}
    exec(compile(text, "<generated>", "exec"), namespace)

    class Recorder:
        def __getattr__(self, name: str) -> Any:
            return getattr(np, name)

        @staticmethod
        def einsum(equation: str, array: Any) -> Any:
            result = np.einsum(equation, array)
            runs[-1].add(sys._getframe(1).f_lineno)
            return result

    namespace["np"] = Recorder()
    for _ in range(40):
        runs.append(set())
        arrays = [np.ones((2,) * rng.choice((1, 2, 2, 2, 3))) for _ in NAMES]
        try:
            namespace["main"](*arrays)
        except (ValueError, IndexError, TypeError):
            runs.pop()
    return runs


@pytest.mark.parametrize("seed", range(400))
def test_no_use_is_reported_that_runs_with_the_other(seed: int) -> None:
    rng = random.Random(seed)
    text = program(rng)
    runs = succeeded(text, rng)
    for finding in check_source(text, config=RANKS):
        row = finding.span.start.row
        _, found, rest = finding.message.partition(" in row ")
        both = {row, int(rest.split(",")[0])} if found else {row}
        for run in runs:
            assert not both <= run, f"{finding.message} in row {row} of\n{text}"


def test_sizes_of_what_is_derived_from_an_array_are_not_its_own() -> None:
    text = (
        "import numpy as np\ndef f(x):\n    y = x.T\n    n = y.shape[0]\n    m = x.shape[0]\n"
        "    np.einsum('ij,ij', np.ones((n + 1, 3)), np.ones((m, 3)))\n"
    )
    assert check_source(text, config=Config(select=("EIN0",))) == ()
