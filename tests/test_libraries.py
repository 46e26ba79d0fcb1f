"""How the libraries differ: a table, against the rules, and against what is installed of them.

``pip install 'einsum-lint[libraries]'`` installs all but CuPy, which needs a graphics card.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from call_facts import array, call, codes
from library_errors import (
    LIBRARIES,
    arguments_of,
    imported,
    library_error,
    library_result,
    ones,
    raised,
)
from random_calls import random_call

from einsum_lint import Config, check_source
from einsum_lint.equation import Equation, result_shape
from einsum_lint.facts import EinsumCall
from einsum_lint.shapes import ArrayFact, Shape

RUNNABLE = [library for library in LIBRARIES if library != "cupy"]
Shapes = Sequence[Sequence[int]]


def spaced(text: str) -> str:
    """Subscripts with a space between labels, as einops wants them."""
    return re.sub(r"\.\.\.|\w|\. *\.|\. \. \.", lambda m: f" {m[0]} ", text)


@dataclass(frozen=True)
class Cell:
    """A call, and the libraries that reject it, by their first words; all others run it.

    ``unseen`` are those that reject it where the rules say nothing, as another version or backend
    may take it.  ``einops`` is the text for einops, where it is not that of the others, spaced.
    """

    topic: str
    text: str
    shapes: Shapes
    rejects: str = ""
    unseen: str = ""
    keywords: Mapping[str, Any] = field(default_factory=dict)
    dtypes: Sequence[str] = ()
    einops: str | None = None
    without: str = ""
    """The libraries to which the row says nothing."""

    def __str__(self) -> str:
        return f"{self.topic}: {self.text}"

    def subscripts(self, library: str) -> str:
        if library != "einops":
            return self.text
        return spaced(self.text) if self.einops is None else self.einops

    def fact(self, library: str) -> EinsumCall:
        dtypes: Sequence[str | None] = self.dtypes or [None] * len(self.shapes)
        operands = [
            ArrayFact(Shape(tuple(shape)), dtype, True)
            for shape, dtype in zip(self.shapes, dtypes, strict=True)
        ]
        return call(
            self.subscripts(library), *operands, libraries=[library], keywords=self.keywords
        )


A, B, C = (2, 3), (3, 4), (4, 5)
TABLE = [
    Cell("plain", "ij,jk->ik", [A, B]),
    Cell("no optimize", "ij,jk->ik", [A, B], "torch einops", keywords={"optimize": True}),
    Cell("name of a path", "ij,jk,kl->il", [A, B, C], "torch einops", keywords={"optimize": "greedy"}),
    Cell(
        "name of a path", "ij,jk,kl->il", [A, B, C], "numpy torch dask cupy einops", keywords={"optimize": "dp"}
    ),
    Cell(
        "a slip in the name", "ij,jk,kl->il", [A, B, C],
        "numpy torch jax tensorflow cupy dask opt_einsum einops", keywords={"optimize": "greddy"},
    ),
    Cell(
        "optimize=1", "ij,jk->ik", [A, B], "numpy torch jax cupy dask opt_einsum einops",
        keywords={"optimize": 1},
    ),
    Cell("optimize=False", "ij,jk,kl->il", [A, B, C], "torch tensorflow einops", keywords={"optimize": False}),
    Cell(
        "a path with its name", "ij,jk,kl->il", [A, B, C], "torch jax tensorflow opt_einsum einops",
        keywords={"optimize": ["einsum_path", (0, 1), (0, 1)]},
    ),
    Cell(
        "a path without", "ij,jk,kl->il", [A, B, C], "numpy torch dask einops", "tensorflow cupy",
        keywords={"optimize": [(0, 1), (0, 1)]},
    ),
    Cell(
        "three at once", "ij,jk,kl->il", [A, B, C], "numpy torch jax dask einops", "tensorflow cupy",
        keywords={"optimize": [(0, 1, 2)]},
    ),
    Cell("dtype", "ij->ji", [A], "torch jax tensorflow einops", keywords={"dtype": "float64"}),
    Cell("order", "ij->ji", [A], "torch jax tensorflow cupy einops", keywords={"order": "C"}),
    Cell("casting", "ij->ji", [A], "torch jax tensorflow cupy einops", keywords={"casting": "safe"}),
    Cell(
        "a slip in a keyword", "ij->ji", [A], "numpy torch jax tensorflow cupy dask opt_einsum einops",
        keywords={"optimise": True},
    ),
    Cell(
        "precision", "ij->ji", [A], "numpy torch tensorflow cupy dask einops", "opt_einsum",
        keywords={"precision": "high"},
    ),
    Cell(
        "memory_limit", "ij,jk,kl->il", [A, B, C], "numpy torch jax tensorflow cupy dask einops",
        keywords={"memory_limit": -1},
    ),
    Cell(
        "memory_limit", "ij,jk,kl->il", [A, B, C],
        "numpy torch jax tensorflow cupy dask opt_einsum einops", keywords={"memory_limit": 0},
    ),
    Cell("backend", "ij->ji", [A], "numpy torch jax tensorflow cupy dask einops", keywords={"backend": "numpy"}),
    Cell("use_blas", "ij->ji", [A], "numpy torch jax tensorflow cupy dask einops", keywords={"use_blas": False}),
    Cell(
        "split_every", "ij->j", [A], "numpy torch jax tensorflow cupy einops", "opt_einsum",
        keywords={"split_every": 2},
    ),
    Cell("name", "ij->ji", [A], "numpy torch jax cupy einops", "opt_einsum", keywords={"name": "n"}),
    Cell("implicit output", "ba,cb", [A, (4, 2)], "einops"),
    Cell("implicit output, ellipsis", "...a", [A], "einops"),
    Cell("implicit output, two ellipses", "...a,...a", [A, A], "tensorflow einops"),
    Cell("ellipses of different ranks", "...a,...a->...a", [(5, 2, 3), A]),
    Cell("ellipses broadcast", "...a,...a->...a", [(1, 3), A]),
    Cell("ellipses do not", "...a,...a->...a", [(4, 3), A], "numpy torch jax tensorflow cupy dask opt_einsum einops"),
    Cell("ellipsis dropped", "...i->i", [A], "numpy tensorflow cupy einops"),
    Cell("ellipsis dropped, optimize", "...i->i", [A], "torch tensorflow cupy einops", keywords={"optimize": True}),
    Cell("ellipsis of no axis dropped", "...i->i", [(3,)]),
    Cell("ellipsis only in the output", "ij->...ij", [A]),
    Cell("two ellipses", "...i...->i", [A], "numpy torch jax tensorflow cupy dask opt_einsum einops"),
    Cell("diagonal", "ii->i", [(3, 3)]),
    Cell("diagonal over size 1", "ii->i", [(3, 1)], "numpy torch tensorflow cupy dask opt_einsum einops"),
    Cell("repeated output", "ij->ii", [A], "numpy torch jax tensorflow cupy dask opt_einsum einops"),
    Cell("unknown output", "ij->ik", [A], "numpy torch jax tensorflow cupy dask opt_einsum einops"),
    Cell("size 1 stretched", "ij,ij->ij", [(1, 3), A], "tensorflow"),
    Cell("size 1 summed", "ij,jk->ik", [(2, 1), B], "tensorflow"),
    Cell("sizes", "ij,jk->ik", [A, C], "numpy torch jax tensorflow cupy dask opt_einsum einops"),
    Cell("rank", "ij->ij", [(2, 3, 4)], "numpy torch jax tensorflow cupy dask opt_einsum einops"),
    Cell("too few operands", "ij,jk->ik", [A], "numpy torch jax tensorflow cupy dask opt_einsum einops"),
    Cell("spaces", " i j , j k -> i k ", [A, B], einops=" i j , j k -> i k "),
    Cell("space in the arrow", "ij- >ji", [A], "numpy torch cupy einops"),
    Cell("space in the arrow, optimize", "ij- >ji", [A], "torch cupy einops", keywords={"optimize": True}),
    Cell("space in the ellipsis", ". ..j->j. ..", [A], "numpy torch tensorflow cupy einops", einops=". .. j -> j . .."),
    Cell("spaces in one ellipsis", ". ..j->...j", [A], "numpy torch cupy einops", einops=". .. j -> ... j"),
    Cell("tab", "ij->\tji", [A], "numpy torch tensorflow cupy dask einops", without="jax opt_einsum"),
    Cell("digits", "i1->1i", [A], "numpy torch tensorflow cupy dask einops"),
    Cell("underscore", "i_->_i", [A], "numpy torch tensorflow cupy dask"),
    Cell("Greek", "iω->ωi", [A], "numpy torch tensorflow cupy dask"),
    Cell("words", "ij->ji", [A], einops="batch head -> head batch"),
    Cell("words that touch an ellipsis", "...j->...j", [A], "einops", einops="...j -> ...j"),
    Cell("parentheses", "ij->ij", [A], "einops", einops="(i j) -> i j"),
    Cell("singleton", "ij->ij", [A], "einops", einops="i 1 -> i"),
    Cell("a size", "ij->ij", [A], "einops", einops="i 3 -> i"),
    Cell("no term", ",i->i", [(), (3,)]),
    Cell("nothing", "->", [()]),
    Cell("not even an arrow", "", [()], "einops", einops=""),
    Cell("one dtype", "ij,jk->ik", [A, B], dtypes=["float64", "float64"]),
    Cell("mixed dtypes", "ij,jk->ik", [A, B], "torch tensorflow", dtypes=["float32", "float64"]),
    Cell("mixed dtypes, no sum", "ij,ij->ij", [A, A], "tensorflow", dtypes=["float32", "float64"]),
    Cell("small integers", "ij,jk->ik", [A, B], "tensorflow", dtypes=["int8", "int8"]),
    Cell("small integers, one operand", "ij->i", [A], "tensorflow", dtypes=["int8"]),
    Cell("integers", "ij,jk->ik", [A, B], dtypes=["int32", "int32"]),
    Cell("bool", "ij,jk->ik", [A, B], "torch tensorflow", dtypes=["bool", "bool"]),
    Cell("bool, no sum", "ij,ij->ij", [A, A], "tensorflow", dtypes=["bool", "bool"]),
]  # fmt: skip


def told(cell: Cell, library: str) -> bool:
    return library not in cell.without.split()


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("cell", TABLE, ids=str)
def test_the_rules_say_what_the_table_says(cell: Cell, library: str) -> None:
    found = codes(cell.fact(library))
    assert bool(found) == (library in cell.rejects.split()) or not told(cell, library)


@pytest.mark.parametrize("library", RUNNABLE)
@pytest.mark.parametrize("cell", TABLE, ids=str)
def test_the_libraries_do_what_the_table_says(cell: Cell, library: str) -> None:
    imported(library)
    if not told(cell, library) or (library == "tensorflow" and cell.topic == "two ellipses"):
        return  # TensorFlow reads two ellipses in a term, and wrongly, unless there are three terms
    error = library_error(
        library, cell.subscripts(library), cell.shapes, cell.keywords, cell.dtypes or None
    )
    assert (error is not None) == (library in f"{cell.rejects} {cell.unseen}".split()), error


LIST, NUMBER, FOREIGN = "list", "number", "array of NumPy"
OPERANDS = {
    LIST: (ArrayFact(Shape((2, 3)), is_array=False), [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]),
    NUMBER: (ArrayFact(Shape(()), is_array=False), 2.0),
    FOREIGN: (ArrayFact(Shape((2, 3)), is_array=True), None),
}


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    ("kind", "first", "rejects"),
    [
        (LIST, True, "torch jax tensorflow einops"),
        (LIST, False, "torch jax tensorflow"),
        (NUMBER, True, "torch tensorflow einops"),
        (NUMBER, False, "torch tensorflow"),
        (FOREIGN, True, "torch"),
        (FOREIGN, False, "torch"),
    ],
)
def test_kinds_of_operands(library: str, kind: str, first: bool, rejects: str) -> None:
    fact, value = OPERANDS[kind]
    term = "" if kind is NUMBER else "ij"
    text = f"{term},k->k" if first else f"k,{term}->k"
    own = None if library in ("numpy", "opt_einsum", "einops") else library
    other = ArrayFact(Shape((4,)), is_array=True, library=own)
    facts = (fact, other) if first else (other, fact)
    text = spaced(text) if library == "einops" else text
    assert bool(codes(call(text, *facts, libraries=[library], foreign=True))) == (
        library in rejects.split()
    )
    if library != "cupy":
        imported(library)
        given = ones("numpy", (2, 3), "float32") if kind is FOREIGN else value
        made = ones(library, (4,), "float32")
        operands = [given, made] if first else [made, given]
        error = raised(library, *arguments_of(library, text, operands))
        assert (error is not None) == (library in rejects.split()), error


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    ("labels", "output", "rejects"),
    [
        ([0, 1], [1, 0], ""),
        ([0, 1], None, ""),
        ([26, 1], None, ""),
        ([..., 1], [1, ...], ""),
        ([0, 51], [51], ""),
        ([0, 52], [52], "numpy torch cupy dask"),
        ([0, -1], [0], "numpy torch"),
        ([True, 0], [0], "numpy"),
        (["b", "a"], None, "numpy torch cupy dask"),
        (["b", 0], [0], "numpy torch jax cupy dask opt_einsum"),
        ([0, 1], [2], "numpy torch jax cupy dask opt_einsum"),
        ([0, 1, 2], [2], "numpy torch jax cupy dask opt_einsum"),
        ([0, 1.0], [0], "numpy torch cupy dask"),
        ([0, 1.5], [0], "numpy torch cupy dask"),
    ],
)
def test_lists_of_labels(
    library: str, labels: list[object], output: list[object] | None, rejects: str
) -> None:
    rejected = library in f"{rejects} tensorflow einops".split()
    fact = call(([labels], output), array(2, 3), libraries=[library])
    assert bool(codes(fact)) == rejected
    if library != "cupy":
        imported(library)
        given = [ones(library, (2, 3)), labels, *(() if output is None else (output,))]
        found = library_result(library, *given)
        assert isinstance(found, str) == rejected, found
        if not rejected:
            equation = fact.readings[0].equation
            assert isinstance(equation, Equation)
            assert result_shape(equation, [Shape((2, 3))]) == Shape(tuple(found.shape))


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("count", [1, 2])
def test_a_list_of_the_operands(library: str, count: int) -> None:
    listed = ArrayFact(Shape((count, 2, 2)), is_array=False)
    text = ",".join(["ij"] * count) + "->ij"
    text = spaced(text) if library == "einops" else text
    rejected = library != "torch"
    assert bool(codes(call(text, listed, libraries=[library]))) == rejected
    if library != "cupy":
        imported(library)
        operands = [[ones(library, (2, 2)) for _ in range(count)]]
        assert (raised(library, *arguments_of(library, text, operands)) is not None) == rejected


def random_subscripts(library: str, rng: random.Random) -> tuple[str, list[list[int]]]:
    """A random call that TensorFlow, too, survives."""
    while True:
        text, shapes = random_call(rng, zero=library != "tensorflow" and rng.random() < 0.3)
        if shapes and not any(part.count(".") > 3 for part in re.split(r",|->", text)):
            break
    if library == "einops":
        text = re.sub(r"\.\.\.|[^\W\d]", lambda m: f" {m[0]}{rng.choice(['', '', ' '])}", text)
    return text, shapes


@pytest.mark.parametrize("library", RUNNABLE)
@pytest.mark.parametrize("seed", range(3))
def test_random_calls(library: str, seed: int) -> None:
    """The rules report just what raises, and the result has the shape that is inferred."""
    imported(library)
    rng = random.Random(seed)
    for _ in range(25 if library == "jax" else 200):
        text, shapes = random_subscripts(library, rng)
        operands = [ones(library, shape) for shape in shapes]
        found = library_result(library, *arguments_of(library, text, operands))
        fact = call(text, *[array(*s) for s in shapes], libraries=[library])
        empty = any(0 in shape for shape in shapes)
        # Dask may cut operands so that axes of different sizes have parts of one size, or none.
        vague = library == "dask" and (empty or "for collapsing index" in str(found))
        assert bool(codes(fact)) == isinstance(found, str) or vague, (text, shapes, found)
        equation = fact.readings[0].equation
        if not isinstance(found, str) and isinstance(equation, Equation):
            known = result_shape(equation, [Shape(tuple(s)) for s in shapes])
            sizes = zip(known.dims, found.shape, strict=True)
            assert all(a in (None, b) for a, b in sizes), (text, shapes, found.shape, known)


@pytest.mark.parametrize("library", ["torch", "tensorflow"])
@pytest.mark.parametrize("seed", range(3))
def test_random_dtypes(library: str, seed: int) -> None:
    imported(library)
    rng = random.Random(seed)
    dtypes = ["bool", "int8", "int32", "int64", "float32", "float64", "complex64"]
    for _ in range(150):
        text, shapes = random_subscripts(library, rng)
        one = rng.choice(dtypes)
        given = [rng.choice([one, one, rng.choice(dtypes)]) for _ in shapes]
        facts = [ArrayFact(Shape(tuple(s)), d, True) for s, d in zip(shapes, given, strict=True)]
        found = codes(call(text, *facts, libraries=[library]))
        error = library_error(library, text, shapes, dtypes=given)
        assert not found or error, (text, shapes, given, found)
        two = library == "tensorflow" or len(shapes) < 3
        assert found or not error or not two, (text, shapes, given, error)


@pytest.mark.parametrize("library", RUNNABLE)
def test_no_false_alarm_about_optimize(library: str) -> None:
    imported(library)
    rng = random.Random(0)
    steps: list[tuple[int, ...]] = [(0,), (0, 1), (1, 2), (0, 2), (-1, 0), (), (0, 1, 2)]
    for _ in range(150):
        path: list[object] = [*rng.sample(steps, rng.randint(0, 3))]
        values = [
            rng.choice([True, False, None, 0, 1, 2.5]),
            rng.choice(["greedy", "GREEDY", "dp", "optimal", "auto", "eager", "hyper", "greddy"]),
            path,
            ["einsum_path", *path],
            ["greedy", 10],
        ]
        text, shapes = random_subscripts(library, rng)
        keywords = {"optimize": rng.choice(values)}
        if codes(call(text, *[array(*s) for s in shapes], libraries=[library])):
            continue
        found = codes(
            call(text, *[array(*s) for s in shapes], libraries=[library], keywords=keywords)
        )
        if found:
            tuples = {"optimize": _as_tuple(keywords["optimize"])}
            assert library_error(library, text, shapes, keywords), (text, shapes, keywords)
            assert library_error(library, text, shapes, tuples), (text, shapes, keywords)


def _as_tuple(value: object) -> object:
    """A list as a tuple: facts do not tell them apart."""
    return tuple(value) if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "import einops, numpy as np\neinops.einsum('i j -> j', np.ones((2, 3)))\n",
            "the pattern is the last argument of einops's einsum",
        ),
        ("import einops\neinops.einsum('i j -> j', x)\n", None),
        (
            "import torch\ntorch.einsum('ij->i', torch.ones(2, 3), optimize=True)\n",
            "PyTorch's einsum takes no keyword 'optimize'",
        ),
        (
            "import numpy as np, torch\ntorch.einsum('ij->i', np.ones((2, 3)))\n",
            "operand 1 (`np.ones((2, 3))`) is an array of NumPy; "
            "PyTorch's einsum takes tensors of its own",
        ),
        (
            "import torch\na = torch.einsum('ij->ji', torch.ones(2, 3))\ntorch.einsum('ij->i', a)\n",
            None,
        ),
        (
            "import torch\na = torch.ones(2, 2, dtype=torch.int64)\nb = torch.ones(2, 2)\n"
            "torch.einsum('ij,jk->ik', a, b.double())\n",
            "operand 1 (`a`) is int64, and operand 2 (`b.double()`) is float64: "
            "the dtypes of products that are summed must be equal",
        ),
        (
            "import opt_einsum, jax.numpy as jnp\nopt_einsum.contract('ii->i', jnp.ones((3, 1)))\n",
            None,
        ),
        (
            "import opt_einsum, numpy as np\nopt_einsum.contract('ii->i', np.ones((3, 1)))\n",
            "label 'i' is 3 in operand 1 (`np.ones((3, 1))`), and 1 in the same operand "
            "(column 2 of the subscripts)",
        ),
        ("import einops, torch\neinops.einsum(torch.ones(2, 3), '... i -> i')\n", None),
    ],
)
def test_in_source(source: str, message: str | None) -> None:
    found = check_source(source, config=Config(select=("EIN0",)))
    assert [f.message for f in found] == ([] if message is None else [message])
