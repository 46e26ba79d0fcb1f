"""Which calls are einsum, of which library, with which subscripts and operands."""

from __future__ import annotations

import pytest

from einsum_lint.facts import NOT_CONSTANT, EinsumCall
from einsum_lint.keeping import keep
from einsum_lint.reading import parse
from einsum_lint.recognise.walk import find_facts
from einsum_lint.settings import DEFAULT, Config
from einsum_lint.source import Source


def facts(text: str, config: Config = DEFAULT) -> list[EinsumCall]:
    tree = parse(text)
    source = Source.of(text, keep(text, tree, config), tree)
    found = find_facts(source, config.einsum_functions)
    return [fact for fact in found if isinstance(fact, EinsumCall)]


def libraries(fact: EinsumCall) -> list[str]:
    return [reading.dialect.name for reading in fact.readings]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import numpy\nnumpy.einsum('ij', a)", ["NumPy"]),
        ("import numpy as anything\nanything.einsum('ij', a)", ["NumPy"]),
        ("from numpy import einsum\neinsum('ij', a)", ["NumPy"]),
        ("from numpy import einsum as es\nes('ij', a)", ["NumPy"]),
        ("from numpy import *\neinsum('ij', a)", ["NumPy"]),
        ("import numpy as np\neinsum = np.einsum\neinsum('ij', a)", ["NumPy"]),
        ("import numpy as np\nes = es2 = np.einsum\nes2('ij', a)", ["NumPy"]),
        ("import numpy as np\n(es := np.einsum)\nes('ij', a)", ["NumPy"]),
        ("import numpy as np\nes: object = np.einsum\nes('ij', a)", ["NumPy"]),
        ("import numpy as np\nes = np.einsum\ndef f(a):\n    return es('ij', a)", ["NumPy"]),
        ("import numpy as np\ndef f(a):\n    es = np.einsum\n    return es('ij', a)", ["NumPy"]),
        ("def f(a):\n    import numpy as np\n    return np.einsum('ij', a)", ["NumPy"]),
        ("import numpy as np\nes = np.einsum\nes2 = es\nes2('ij', a)", ["NumPy"]),
        ("import functools\nimport numpy as np\nf = functools.partial(np.einsum, optimize=True)\nf('ij', a)",
         ["NumPy with optimize"]),
        ("from functools import partial\nimport numpy as np\npartial(np.einsum, optimize=x)('ij', a)",
         ["NumPy", "NumPy with optimize"]),
        ("import numpy as np\nnp.einsum('ij', a, optimize='greedy')", ["NumPy with optimize"]),
        ("import numpy as np\nnp.einsum('ij', a, **k)", ["NumPy", "NumPy with optimize"]),
        ("try:\n    import numpy as np\nexcept ImportError:\n    np = None\nnp.einsum('ij', a)", ["NumPy"]),
        ("try:\n    from opt_einsum import contract as einsum\nexcept ImportError:\n"
         "    from numpy import einsum\neinsum('ij', a)", ["NumPy", "opt_einsum"]),
        ("import numpy as np\ntry:\n    import torch as np\nexcept ImportError:\n    pass\nnp.einsum('ij', a)",
         ["NumPy", "PyTorch"]),
        ("if x:\n    import numpy as xp\nelse:\n    import cupy as xp\ndef f(a):\n    xp.einsum('ij', a)",
         ["CuPy", "NumPy"]),
        ("import jax.numpy as jnp\njnp.einsum('ij', a)", ["JAX"]),
        ("from jax import numpy as jnp\njnp.einsum('ij', a)", ["JAX"]),
        ("import jax\njax.numpy.einsum('ij', a)", ["JAX"]),
        ("import torch\ntorch.einsum('ij', a)", ["PyTorch"]),
        ("import tensorflow as tf\ntf.einsum('ij', a)", ["TensorFlow"]),
        ("import tensorflow as tf\ntf.linalg.einsum('ij', a)", ["TensorFlow"]),
        ("import cupy as cp\ncp.einsum('ij', a)", ["CuPy"]),
        ("import dask.array as da\nda.einsum('ij', a)", ["Dask"]),
        ("import opt_einsum as oe\noe.contract('ij', a)", ["opt_einsum"]),
        ("from opt_einsum import contract\ncontract('ij', a)", ["opt_einsum"]),
        ("from einops import einsum\neinsum(a, 'i j -> i')", ["einops"]),
        ("lib.einsum('ij->ji', a)", ["every einsum"]),
        ("einsum('ij->ji', a)", ["every einsum"]),
        ("class A:\n    def f(self):\n        self.einsum('ij->ji', a)", ["every einsum"]),
        ("from .backend import einsum\neinsum('ij->ji', a)", ["every einsum"]),
        ("from numpy import einsum\ndef einsum(*a): pass\neinsum('ij->ji', a)", ["every einsum"]),
        ("import numpy as np\ndef f(np, a):\n    np.einsum('ij->ji', a)", ["every einsum"]),
        ("import numpy as np\nnp = other\nnp.einsum('ij->ji', a)", ["every einsum"]),
        ("import numpy as np\ndef f():\n    global np\n    np = g()\nnp.einsum('ij->ji', a)", ["every einsum"]),
    ],
)  # fmt: skip
def test_library(text: str, expected: list[str]) -> None:
    (fact,) = facts(text)
    assert libraries(fact) == expected


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np\nnp.einsum",
        "import numpy as np\nnp.linalg.einsum_path('ij', a)",
        "import numpy as np\nnp.einsum_path('ij', a)",
        "import numpy as np\nnp.einsum(subscripts, a)",
        "import numpy as np\nnp.einsum(*everything)",
        "import numpy as np\nnp.einsum()",
        "import numpy as np\nnp.einsum(f'{x}j->j', a)",
        "import numpy as np\nnp.einsum('ij->' + x, a)",
        "import numpy as np\nnp.einsum(a, sublist, b, [0, 1])",
        "import numpy as np\nnp.einsum(a, [0, i], b, [0, 1])",
        "contract('ij', a)",
        "from functools import partial\nimport numpy as np\npartial(np.einsum, 'ij')(a)",
        "import numpy as np\nEQ = 'ij'\nEQ = 'ji'\ndef f(): np.einsum(EQ, a)",
        "import numpy as np\nEQ = 'ij'\ndef g():\n    global EQ\n    EQ = 'ji'\ndef f(): np.einsum(EQ, a)",
        "import numpy as np\nfor EQ in ('ij', 'ji'): np.einsum(EQ, a)",
        "import numpy as np\nEQ = 'ij'\nfrom other import *\ndef f(): np.einsum(EQ, a)",
        "import numpy as np\ndef f(eq='ij'): np.einsum(eq, a)",
    ],
)
def test_no_fact(text: str) -> None:
    assert facts(text) == []


@pytest.mark.parametrize(
    ("text", "subscripts"),
    [
        ("np.einsum('ij,' 'jk', a, b)", "ij,jk"),
        ("np.einsum('ij,' + 'jk', a, b)", "ij,jk"),
        ("EQ = 'ij,jk'\nnp.einsum(EQ, a, b)", "ij,jk"),
        ("EQ = 'ij,jk'\ndef f(a, b):\n    np.einsum(EQ, a, b)", "ij,jk"),
        (
            "class A:\n    def f(self, a, b):\n        eq = 'ij,jk'\n        np.einsum(eq, a, b)",
            "ij,jk",
        ),
        ("i = 'i'\nnp.einsum(f'{i}j,j{i}', a, b)", "ij,ji"),
        ("np.einsum(f'ij,jk', a, b)", "ij,jk"),
        ("i = 'i'\nnp.einsum(f'{i}j\\x2cj{i}', a, b)", "ij,ji"),
        ("np.einsum('''ij,jk''', a, b)", "ij,jk"),
        ("np.einsum('\\x69j,jk', a, b)", "ij,jk"),
        ("np.einsum(a, [0, 1], b, [1, 2])", "AB,BC"),
        ("np.einsum(a, (26, 27), b, [27, ...], [26, ...])", "ab,b...->a..."),
        ("if x:\n    eq = 'ij,jk'\nelse:\n    eq = 'ij,jk'\nnp.einsum(eq, a, b)", "ij,jk"),
    ],
)
def test_subscripts(text: str, subscripts: str) -> None:
    (fact,) = facts("import numpy as np\n" + text)
    assert fact.subscripts == subscripts
    assert len(fact.operands) == 2


def test_starred_operands_leave_only_what_is_certain() -> None:
    (fact,) = facts("import numpy as np\nnp.einsum('ij,jk,kl', a, *rest, c)\n")
    assert (len(fact.operands), fact.complete) == (1, False)


def test_keywords() -> None:
    (fact,) = facts(
        "import numpy as np\nout = np.zeros((2, 2))\n"
        "np.einsum('ij', a, optimize=['einsum_path', (0, 1)], order=x, dtype=np.float32, out=out)\n"
    )
    assert fact.keywords["optimize"] == ["einsum_path", [0, 1]]
    assert fact.keywords["order"] is NOT_CONSTANT
    assert fact.keywords["dtype"] == "float32"
    assert getattr(fact.keywords["out"], "dtype", None) == "float64"


def test_configured_functions() -> None:
    config = Config(einsum_functions={"pyscf.lib.einsum": "numpy", "mine.contract_all": "torch"})
    text = (
        "from pyscf import lib\nfrom mine import contract_all as c\neinsum = lib.einsum\n"
        "einsum('ij', a)\nlib.einsum('ij', a)\nc('ij', a)\n"
    )
    assert [libraries(fact) for fact in facts(text, config)] == [
        ["NumPy", "NumPy with optimize"],
        ["NumPy", "NumPy with optimize"],
        ["PyTorch"],
    ]


def test_list_of_operands() -> None:
    (fact,) = facts("import torch\ntorch.einsum('ij,jk', [a, b])\n")
    assert len(fact.operands) == 2
    (fact,) = facts("from lib import einsum\neinsum('ij,jk', [a, b])\n")
    assert len(fact.operands) == 1


@pytest.mark.parametrize(
    "text",
    [
        "with pytest.raises(ValueError):\n    np.einsum('ij->k', a)",
        "with self.assertRaisesRegex(ValueError, 'x'):\n    for a in b:\n        np.einsum('ij->k', a)",
        "assert_raises(ValueError, lambda: np.einsum('ij->k', a))",
    ],
)
def test_expected_errors(text: str) -> None:
    (fact,) = facts("import numpy as np\n" + text)
    assert fact.error_expected


def test_every_call_once() -> None:
    text = "import numpy as np\n" + "\n".join(
        (
            "y = [np.einsum('a', x) for x in np.einsum('b', z)]",
            "y = (np.einsum('c', x) for x in z)",
            "y = lambda x=np.einsum('d', z): np.einsum('e', x)",
            "y = {np.einsum('f', x): np.einsum('g', x)}",
            "y = x[np.einsum('h', x)]",
            "y[np.einsum('i', x)] = 1",
            "y.z = await_(np.einsum('j', x))",
            "def f(a=np.einsum('k', x)) -> np.einsum('l', x):\n    yield np.einsum('m', x)",
            "@np.einsum('n', x)\nclass A(np.einsum('o', x), k=np.einsum('p', x)):\n    y = np.einsum('q', x)",
            "del y[np.einsum('r', x)]",
            "assert np.einsum('s', x), np.einsum('t', x)",
            "y += np.einsum('u', x) if np.einsum('v', x) else np.einsum('w', x)",
            "for np.einsum('A', x)[0] in y: pass",
            "print(f'{np.einsum(chr(1), x)!r:{np.einsum(\"x\", x)}}', *np.einsum('y', x), **np.einsum('z', x))",
        )
    )
    found = [fact.subscripts for fact in facts(text)]
    assert "".join(sorted(found)) == "Aabcdefghijklmnopqrstuvwxyz"


def test_a_number_too_large_for_a_text_is_no_constant() -> None:
    assert facts(f"import numpy as np\nnp.einsum(f'{{0x{'f' * 4000}}}', a)\n") == []


@pytest.mark.parametrize(
    "quoted",
    [
        "np.einsum('i', x)",
        "(lambda: np.einsum('i', x))()",
        "list(np.einsum('i', x) for _ in y)",
        "f'{np.einsum(\"i\", x)}'",
        "0:{np.einsum('i', x)}",
    ],
)
def test_only_a_call_outside_of_an_f_string_has_a_place_of_its_own(quoted: str) -> None:
    """Before Python 3.12 its parts have none, and what runs later is walked after the statement."""
    text = f'import numpy as np\nz = np.einsum("j", f"""{{{quoted}}}"""), np.einsum("k", x)\n'
    found = {fact.subscripts: fact for fact in facts(text)}
    ends = {name: fact.place.call.end.column for name, fact in found.items()}
    row = text.splitlines()[1]
    assert ends == {"i": len(row) + 1, "j": row.index(", np.einsum(") + 1, "k": len(row) + 1}
    adding = {name: fact.place.add_keyword("out=y") for name, fact in found.items()}
    assert {name for name, edit in adding.items() if edit is None} == {"i"}


def test_a_call_is_read_whose_own_text_is_no_expression() -> None:
    (fact,) = facts("import numpy as np\nx = (\n  np\n  .einsum('ij,jk', a, b)\n)\n")
    assert (fact.subscripts, fact.place.function) == ("ij,jk", "np.einsum")


@pytest.mark.parametrize(
    "text",
    [
        "if x.shape == np.einsum('ij', y).shape:\n    z = 1",
        "if x.shape == (lambda: np.einsum('ij', y).shape)():\n    z = 1",
        "if x.ndim != sum(np.einsum('ij', y) for _ in z):\n    z = 1\nelse:\n    w = 1",
        "if not isinstance(x, np.einsum('ij', y)):\n    z = 1",
        "assert x.shape == (3, np.einsum('ij', y))",
        "while x.ndim == np.einsum('ij', y):\n    z = 1",
    ],
)
def test_a_call_in_a_condition_is_found_once_and_in_its_statement(text: str) -> None:
    (fact,) = facts(f"import numpy as np\n{text}\n")
    assert fact.place.rows == range(2, 3)
    assert fact.place.call.start.row == 2
