"""EIN401: what the libraries of ``portable-to`` reject or read otherwise."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest
from call_facts import array, call, codes
from random_calls import random_call

from einsum_lint import Config, check_source
from einsum_lint.dialects import NAMED_LIBRARIES
from einsum_lint.facts import NOT_CONSTANT, EinsumCall
from einsum_lint.rules.not_portable import not_portable
from einsum_lint.shapes import NOTHING_KNOWN, ArrayFact, Shape


def found(fact: EinsumCall, *libraries: str) -> list[str]:
    assert not_portable.check is not None
    return [p.message for p in not_portable.check(fact, Config(portable_to=libraries))]


def libraries_told(fact: EinsumCall) -> str:
    """The libraries to which a call is not portable, by their first words."""
    return " ".join(name for name in NAMED_LIBRARIES if found(fact, name))


LIST = ArrayFact(Shape((3,)), is_array=False)


@pytest.mark.parametrize(
    ("library", "text", "keywords", "told"),
    [
        ("numpy", "a->a", {}, ""),
        ("numpy", "ab->ba", {}, "einops"),  # one axis
        ("numpy", "a b -> b a", {}, ""),
        ("numpy", "a b , b c -> a c", {"optimize": True}, "torch einops"),
        ("numpy", "a b -> b a", {"dtype": NOT_CONSTANT}, "torch jax tensorflow einops"),
        ("numpy", "a b -> b a", {"order": "C"}, "torch jax tensorflow cupy einops"),
        ("numpy", "a - > a", {"optimize": True}, "torch cupy einops"),
        ("jax", "a - > a", {}, "numpy torch cupy einops"),
        ("jax", "a ω -> ω", {}, "numpy torch tensorflow cupy dask"),
        ("jax", "a 1 -> 1", {}, "numpy torch tensorflow cupy dask einops"),
        ("jax", "a -> a", {"precision": "high"}, "numpy torch tensorflow cupy dask einops"),
        ("opt_einsum", "a, b, c -> a", {"optimize": "dp"}, "numpy torch cupy dask einops"),
        ("numpy", "a, a", {}, "einops"),
        ("numpy", "... a", {}, "einops"),
        ("numpy", "... a, ... a", {}, "tensorflow einops"),
        ("torch", "... a -> a", {}, "numpy tensorflow cupy"),
        ("numpy", "... a -> a", {}, ""),  # runs only where the ellipsis stands for nothing
        ("numpy", "... a -> a", {"optimize": True}, "torch tensorflow cupy einops"),
        ("einops", "batch a -> batch", {}, "numpy torch jax tensorflow cupy dask opt_einsum"),
        ("einops", "b a -> b", {}, ""),
        ("tensorflow", "a -> a", {"name": "x"}, "numpy torch jax cupy einops"),
    ],
)
def test_what_is_told_of_which_library(
    library: str, text: str, keywords: Mapping[str, object], told: str
) -> None:
    operands = [NOTHING_KNOWN] * (text.count(",") + 1)
    fact = call(text, *operands, libraries=[library], keywords=keywords)
    assert libraries_told(fact) == told


@pytest.mark.parametrize(
    ("library", "text", "operands", "told"),
    [
        ("numpy", "a,a->a", [array(1), array(3)], "tensorflow"),
        ("numpy", "a,a->a", [array(3), array(3)], ""),
        ("jax", "a a -> a", [array(3, 1)], "numpy torch tensorflow cupy dask"),
        ("torch", "... a -> a", [array(3)], ""),
        ("torch", "... a -> a", [array(2, 3)], "numpy tensorflow cupy"),
        ("numpy", "a,->a", [LIST, array()], "torch jax tensorflow einops"),
        ("numpy", "a->a", [LIST], "jax tensorflow einops"),  # to PyTorch, three operands
        (
            "numpy",
            "a,a->",
            [ArrayFact(Shape((3,)), "float64", True), ArrayFact(Shape((3,)), "int64", True)],
            "torch tensorflow",
        ),
        ("numpy", "a->a", [ArrayFact(Shape((3,)), "bool", True)], "tensorflow"),
    ],
)
def test_operands(library: str, text: str, operands: list[ArrayFact], told: str) -> None:
    assert libraries_told(call(text, *operands, libraries=[library])) == told


@pytest.mark.parametrize(
    ("library", "sublists", "output", "told"),
    [
        ("numpy", [[0, 1]], [1, 0], "tensorflow einops"),
        ("jax", [[0, 1]], [1], "tensorflow einops"),
        ("jax", [[0, 99]], [99], "numpy torch tensorflow cupy dask einops"),
        ("opt_einsum", [["b", "a"]], None, "numpy torch tensorflow cupy dask einops"),
        ("numpy", [[1, 26]], None, "tensorflow dask einops"),  # a transpose in Dask
        ("torch", [[0, True]], [0], "tensorflow einops"),
    ],
)
def test_lists_of_labels(
    library: str, sublists: list[list[object]], output: list[object] | None, told: str
) -> None:
    fact = call((sublists, output), NOTHING_KNOWN, libraries=[library])
    assert libraries_told(fact) == told


@pytest.mark.parametrize(
    ("library", "other", "text", "message"),
    [
        (
            "numpy",
            "torch",
            "ab - > b",
            "not portable to PyTorch: there is a space inside the arrow '->' "
            "(column 4 of the subscripts)",
        ),
        ("numpy", "einops", "ab, c -> abc", "'ab' is 2 axes to NumPy, and 1 axis to einops"),
        ("einops", "numpy", "batch, c -> c", "'batch' is 1 axis to einops, and 5 axes to NumPy"),
        (
            "numpy",
            "tensorflow",
            "...a,...",
            "the implicit output is [..., 'a'] to NumPy, and ['a']",
        ),
        (
            "torch",
            "numpy",
            "...a->a",
            "the output lacks the ellipsis, whose axes NumPy does not sum",
        ),
    ],
)
def test_messages(library: str, other: str, text: str, message: str) -> None:
    keywords = {"optimize": True} if " >" in text else {}
    operands = [NOTHING_KNOWN] * (text.count(",") + 1)
    (told,) = found(call(text, *operands, libraries=[library], keywords=keywords), other)
    assert message in told


def test_one_finding_for_each_library() -> None:
    fact = call("a1->1_", array(2, 3), libraries=["jax"], keywords={"out": None})
    assert found(fact, *NAMED_LIBRARIES) == []  # an error as it is
    fact = call("a1,_->1_a", array(2, 3), array(3), libraries=["jax"], keywords={"out": None})
    assert len(found(fact, "numpy", "torch", "jax")) == 2


def test_silent_where_the_library_is_not_certain() -> None:
    for libraries in (["shared"], ["numpy", "shared"]):
        fact = call("ij->ji", array(2, 3), libraries=libraries, keywords={"dtype": "f4"})
        assert libraries_told(fact) == ""
    both = call("ij->ji", array(2, 3), libraries=["numpy", "jax"])
    assert found(both, "numpy", "jax") == []
    assert found(both, "einops") != []


@pytest.mark.parametrize("other", NAMED_LIBRARIES)
def test_what_is_portable_is_no_error_there(other: str) -> None:
    """A call without a finding is none of the errors either, when it is of the other library."""
    rng = random.Random(1)
    silent = 0
    for _ in range(400):
        text, shapes = random_call(rng)
        left_out = {other, "einops"}
        if other == "opt_einsum":  # does with their arrays what they do
            left_out |= {"jax", "dask"}
        library = rng.choice([name for name in NAMED_LIBRARIES if name not in left_out])
        fact = call(text, *[array(*s) for s in shapes], libraries=[library])
        if codes(fact) or found(fact, other):
            continue
        silent += 1
        theirs = call(text, *[array(*s) for s in shapes], libraries=[other])
        assert codes(theirs) == [], (library, text, shapes)
    assert silent > 5


def test_off_unless_asked_for() -> None:
    source = "import numpy as np\nc = np.einsum('...ij->ij', a, dtype=t)\n"
    with_it = Config(portable_to=("torch",), select=("EIN401",))
    assert [f.code for f in check_source(source, config=with_it)] == ["EIN401"]
    assert check_source(source, config=Config(select=("EIN401",))) == ()
    assert check_source(source, config=Config(portable_to=("torch",))) == ()


def test_a_list_of_operands() -> None:
    source = "import torch\nc = torch.einsum('ij,jk->ik', [a, b])\n"
    config = Config(portable_to=("torch", "numpy", "einops"), select=("EIN401",))
    listed = [f.message for f in check_source(source, config=config)]
    assert listed == [
        f"not portable to {name}: {name}'s einsum takes no list of operands"
        for name in ("NumPy", "einops")
    ]
    plain = check_source(source.replace("[a, b]", "a, b"), config=config)
    assert ["einops" in f.message for f in plain] == [True]


def test_the_place_is_that_of_the_difference() -> None:
    source = "import numpy as np\nc = np.einsum('ij->ji', a, order='F')\n"
    config = Config(portable_to=("jax",), select=("EIN401",))
    ((start, end),) = [
        (f.span.start.column, f.span.end.column) for f in check_source(source, config=config)
    ]
    assert source.splitlines()[1][start - 1 : end - 1] == "order='F'"
