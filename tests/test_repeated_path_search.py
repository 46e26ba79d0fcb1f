"""EIN103: an order of contraction that is searched for again and again."""

from __future__ import annotations

import random
import re
from typing import Any

import numpy as np
import pytest

from einsum_lint import Config, check_source, fix_source

CONFIG = Config(select=("EIN103",))
CALL = 'np.einsum("i,ij,j->", x, h, x, optimize=True)'
HEAD = "import numpy as np\nx, h = np.ones(4), np.ones((4, 4))\n"


def found(code: str) -> list[str]:
    return [finding.message for finding in check_source(HEAD + code, config=CONFIG)]


@pytest.mark.parametrize(
    "code",
    [
        f"for k in range(3):\n    e = {CALL}\n",
        f"for k in range(3):\n    if k:\n        with k:\n            e = {CALL}\n",
        f"while True:\n    e = {CALL}\n",
        f"for k in range(3):\n    for m in range(3):\n        e = {CALL}\n        break\n",
        f"for k in range(3):\n    if k:\n        break\n    e = {CALL}\n",
        f"while {CALL} > 1:\n    pass\n",
        f"e = [{CALL} for k in range(3)]\n",
        f"e = sum({CALL} for k in range(3))\n",
        f"e = [k for k in range(3) if {CALL} > k]\n",
        f"for k in range(3):\n    for e in range({CALL}):\n        pass\n",
    ],
)
def test_a_call_in_a_loop(code: str) -> None:
    (message,) = found(code)
    assert "searched for in each round: about" in message


@pytest.mark.parametrize(
    "code",
    [
        f"e = {CALL}\n",
        f"def f(h=h, x=x):\n    for k in range(3):\n        if k:\n            return {CALL}\n",
        f"for k in range(3):\n    if k:\n        e = {CALL}\n        break\n",
        f"for k in range(3):\n    e = {CALL}\n    raise ValueError\n",
        f"for k in {CALL}:\n    pass\n",
        f"for k in range(3):\n    pass\nelse:\n    e = {CALL}\n",
        f"e = [k for k in range({CALL})]\n",
        f"for k in range(3):\n    def f(x=x, h=h):\n        return {CALL}\n",
        f"e = [lambda: {CALL} for k in range(3)]\n",
        f"for k in range(3):\n    e = {CALL.replace('True', 'False')}\n",
        f"for k in range(3):\n    e = {CALL.replace('i,ij,j', 'i,ij,jk').replace('h, x', 'h, y')}\n",
        f"for k in range(3):\n    e = {CALL.replace('i,ij,j->', 'i,ij,j->ij')}\n",
        'for k in range(3):\n    e = np.einsum("ij,jk->ik", h, h, optimize=True)\n',
        "h = np.ones((400, 400))\nfor k in range(3):\n"
        '    e = np.einsum("ij,jk,kl->il", h, h, h, optimize=True)\n',
    ],
)
def test_where_nothing_is_gained(code: str) -> None:
    assert found(code) == []


def test_a_comment_is_not_lost() -> None:
    call = CALL.replace("optimize=True", "optimize=  # always\n    True")
    code = f"{HEAD}for k in range(3):\n    e = {call}\n"
    (finding,) = check_source(code, config=CONFIG)
    assert finding.fix is None


def test_all_orders_of_many_operands_whatever_the_sizes() -> None:
    call = 'np.einsum("ab,bc,cd,de,ef,fg->ag", *[m] * 6, optimize="optimal")'
    many = call.replace("*[m] * 6", "m, m, m, m, m, m")
    (message,) = found(f"def f(m):\n    for k in range(3):\n        m = {many}\n")
    assert message.startswith("every order of 6 operands")
    assert found(f"def f(m):\n    for k in range(3):\n        m = {call}\n") == []
    assert found(f"def f(m):\n    m = {many}\n") == []
    assert (
        found(
            f"def f(m):\n    for k in range(3):\n        m = {many.replace('optimal', 'greedy')}\n"
        )
        == []
    )


@pytest.mark.parametrize("seed", range(60))
def test_the_order_written_out_is_the_one_that_numpy_finds(seed: int) -> None:
    rng = random.Random(seed)
    labels = "abcde"[: rng.randint(2, 5)]
    sizes = {label: rng.randint(2, 7) for label in labels}
    terms = ["".join(rng.sample(labels, rng.randint(1, 2))) for _ in range(rng.randint(3, 6))]
    used = sorted(set("".join(terms)))
    output = "".join(rng.sample(used, rng.randint(0, len(used) - 1)))
    equation = f"{','.join(terms)}->{output}"
    shapes = [tuple(sizes[label] for label in term) for term in terms]
    makers = ", ".join(f"np.ones({shape})" for shape in shapes)
    names = [f"x{k}" for k in range(len(terms))]
    text = f"import numpy as np\n{', '.join(names)} = {makers}\nfor k in range(2):\n"
    text += f'    e = np.einsum("{equation}", {", ".join(names)}, optimize=True)\n'
    fixed = fix_source(text, config=CONFIG)
    written = re.search(r"optimize=(\[.*\])\)\n", fixed)
    operands: list[Any] = [np.ones(shape) for shape in shapes]
    path, _ = np.einsum_path(equation, *operands, optimize=True)
    if written is None:
        assert len(path) == 2, "nothing but one step is left as it is"
        return
    assert eval(written[1]) == path
    ours = np.einsum(equation, *operands, optimize=eval(written[1]))
    np.testing.assert_array_equal(ours, np.einsum(equation, *operands, optimize=True))
