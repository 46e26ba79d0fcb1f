"""The forward inference: what is known of operands, and that it is never wrong."""

from __future__ import annotations

import contextlib
import random
import sys
import warnings
from typing import Any

import numpy as np
import pytest

from einsum_lint.facts import EinsumCall
from einsum_lint.keeping import keep
from einsum_lint.reading import parse
from einsum_lint.recognise.walk import find_facts
from einsum_lint.settings import DEFAULT
from einsum_lint.shapes import NOTHING_KNOWN, ArrayFact, Shape
from einsum_lint.source import Source


def facts(text: str) -> list[EinsumCall]:
    tree = parse(text)
    source = Source.of(text, keep(text, tree, DEFAULT), tree)
    return [fact for fact in find_facts(source, {}) if isinstance(fact, EinsumCall)]


def operand(text: str, expression: str = "x") -> ArrayFact:
    """What is known of ``expression`` behind ``text``."""
    *_, fact = facts(f"import numpy as np\n{text}\nnp.einsum('...->...', {expression})\n")
    return fact.operands[0]


@pytest.mark.parametrize(
    "expression",
    [
        "np.zeros((2, 3))", "np.zeros(3)", "np.zeros([2, 3])", "np.zeros(())", "np.ones((2,), dtype=bool)",
        "np.ones((2, 3), 'f4')", "np.ones(2, np.float32)", "np.ones(2, dtype=int)", "np.ones(2, dtype='<i4')",
        "np.empty((2, 0))", "np.full((2, 3), 1)", "np.full((2, 3), 1.5)", "np.full(2, 1, dtype=complex)",
        "np.full(2, True)", "np.eye(3)", "np.eye(3, 4)", "np.eye(3, M=4, dtype='f4')", "np.identity(3)",
        "np.arange(6)", "np.arange(1, 7)", "np.arange(1, 7, 2)", "np.arange(7, 1, -2)",
        "np.linspace(0, 1)", "np.linspace(0, 1, 5)", "np.linspace(0, 1, num=7)",
        "np.array([1, 2])", "np.array([[1, 2], [3, 4.5]])", "np.array([True])", "np.array([1j, 2])",
        "np.array(3)", "np.array([])", "np.array([[], []])", "np.array([1, 2], dtype='f4')",
        "np.array(((1, 2), (3, 4)))", "np.array([-1, 2])", "np.asarray(np.ones((2, 3)))",
        "np.zeros_like(np.ones((2, 3), 'f4'))", "np.ones_like(np.eye(2), dtype=int)",
        "np.full_like(np.eye(2), 3)", "np.random.rand(2, 3)", "np.random.randn(4)", "np.random.rand()",
        "np.random.random((2, 3))", "np.random.normal(size=(2, 3))", "np.random.normal(0, 1, (2, 3))",
        "np.random.uniform(0, 1, 3)", "np.random.normal()", "np.random.randint(5, size=(2, 2))",
        "np.arange(6).reshape(2, 3)", "np.arange(6).reshape((2, -1))", "np.arange(6).reshape(-1)",
        "np.arange(6).reshape(2, 3).T", "np.reshape(np.arange(6), (3, 2))", "np.ones((2, 3, 4)).transpose()",
        "np.ones((2, 3, 4)).transpose(1, 0, 2)", "np.ones((2, 3, 4)).transpose((2, 0, 1))",
        "np.transpose(np.ones((2, 3, 4)), (1, -1, 0))", "np.ones((2, 3)).ravel()", "np.ravel(np.ones((2, 3)))",
        "np.ones((2, 3)).flatten()", "np.ones((2, 3)).copy()", "np.ones((2, 3)).astype(np.int32)",
        "np.ones((2, 3)).astype('f4')", "np.ones((2, 3)).astype(bool)", "np.ones((2, 1)) + np.ones((1, 3))",
        "np.ones((2, 3)) * 2", "2.5 * np.ones((2, 3))", "np.ones(3) + 1j", "np.arange(3) * 2.5",
        "np.arange(3) * 2", "np.arange(3) / 2", "np.arange(3) ** 2", "np.ones(3) ** 2", "np.ones(3, 'f4') + 1",
        "np.ones(3, bool) + np.ones(3, bool)", "np.ones(3, bool) * True", "np.ones(3, bool) + 1",
        "np.ones(3, bool) * 1.5", "np.ones(3) < 2", "np.ones((2, 3)) == np.ones(3)", "-np.ones(3)",
        "np.ones((2, 3)) @ np.ones((3, 4))", "np.ones(3) @ np.ones((3, 4))", "np.ones((2, 3)) @ np.ones(3)",
        "np.ones((5, 2, 3)) @ np.ones((3, 4))", "np.ones(3) @ np.ones(3)",
        "np.einsum('ij,jk->ki', np.ones((2, 3)), np.ones((3, 4)))", "np.einsum('ij->', np.ones((2, 3)))",
        "np.einsum('i,j', np.ones(2), np.ones(3, 'f4'))", "np.einsum('...i->i...', np.ones((2, 3, 4)))",
        "np.einsum(np.ones((2, 3)), [0, 1], [1, 0])", "np.ones(np.ones((2, 3)).shape)", "np.ones(np.eye(3).ndim)",
        "[1, 2]", "[[1, 2], [3, 4]]", "3", "2.5", "True", "1j", "np.ones(2 * 3 + 1)", "np.ones(7 // 2)",
        "np.ones((3, 4, 5))[(0, 1)]", "np.ones((3, 4, 5))[(0, 1),]", "np.ones((3, 4, 5))[((0, 1), 2)]",
        "np.ones((3, 4, 5))[((0, 1),)]", "np.ones((3, 4, 5))[*(0, 1)]", "np.ones((3, 4, 5))[0, *[1, 2]]",
        "np.ones((3, 4, 5))[(0, 1), ..., *(None, 2)]", "np.ones((3, 4, 5))[[0, 1], :, 2]",
        "np.ones(2) if np.ones(1) else np.zeros(2)", "(y := np.ones((2, 3)))",
    ],
)  # fmt: skip
def test_expression_has_the_shape_that_numpy_gives(expression: str) -> None:
    known = operand("", expression)
    value = np.asarray(eval(expression, {"np": np}))
    assert known.shape in (Shape(value.shape), NOTHING_KNOWN.shape)
    assert known.dtype in (value.dtype.name, None)
    for vague in ("if", "rand()", "normal()"):
        if vague in expression:
            return
    assert known.shape == Shape(value.shape), "the shape is not inferred"


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("x = np.ones((2, 3))", Shape((2, 3))),
        ("n = 2\nx = np.ones((n, n + 1))", Shape((2, 3))),
        ("x = y = np.ones(2)", Shape((2,))),
        ("x, y = np.ones(2), np.ones(3)", Shape((2,))),
        ("(y, [x, z]) = 1, (np.ones(2), 3)", Shape((2,))),
        ("x: object = np.ones(2)", Shape((2,))),
        ("x = np.ones(2)\nx += 1", Shape((2,))),
        ("import jax.numpy as jnp\nx = jnp.ones(3)\nx += jnp.ones((2, 3))", Shape((2, 3))),
        ("import torch\nx = torch.ones(2, 3)\nx = x.transpose(0, 1)", Shape((3, 2))),
        ("import torch\nx = np.ones((2, 3)) + torch.ones(2, 3)", Shape((None, None))),
        ("try:\n    import cupy as np\nexcept ImportError:\n    pass\nx = np.ones(2)", Shape((2,))),
        ("x = np.ones((2, 3)).shape[:1] + (4,)\nx = np.zeros(x)", Shape((2, 4))),
        ("x = 0\nx += np.ones(2)", Shape((2,))),
        ("n = 1\nn += 1\nx = np.ones(n)", Shape((2,))),
        ("n, m = np.ones((4, 5)).shape\nx = np.ones(m)", Shape((5,))),
        ("x = np.ones((n, 3))", Shape((None, 3))),
        ("if c:\n    x = np.ones((2, 3))\nelse:\n    x = np.ones((2, 4))", Shape((2, None))),
        ("if c:\n    x = np.ones((2, 3))\nelse:\n    x = np.ones(3)", Shape((3,), open=True)),
        ("if c:\n    x = np.ones(2)", Shape((2,))),
        ("x = np.ones(2)\nif c:\n    raise E\nelse:\n    x = np.ones(3)", Shape((3,))),
        ("x = np.ones(2)\nfor i in y:\n    x = np.ones((3, 3))", NOTHING_KNOWN.shape),
        ("x = np.ones(2)\nfor i in y:\n    x = np.ones(3)\n    z = x", NOTHING_KNOWN.shape),
        ("x = np.ones(2)\nwhile c:\n    y = 1", Shape((2,))),
        ("x = np.ones(2)\nfor x in y: pass", NOTHING_KNOWN.shape),
        ("x = np.ones(2)\ntry:\n    x = np.ones(3)\nexcept E:\n    pass", Shape((None,))),
        ("try:\n    x = np.ones(3)\nexcept E:\n    raise", Shape((3,))),
        ("try:\n    x = np.ones(3)\nexcept E:\n    x = np.ones(3)\nelse:\n    x = np.ones(4)\nfinally:\n    y = 1",
         Shape((None,))),
        ("x = np.ones(2)\ntry:\n    y = 1\nfinally:\n    x = np.ones(4)", NOTHING_KNOWN.shape),
        ("x = np.ones(2)\nwith f() as g:\n    x = np.ones(3)", Shape((None,))),
        ("with f() as g:\n    x = np.ones(3)", Shape((3,))),
        ("with f() as x:\n    pass", NOTHING_KNOWN.shape),
        ("x = np.ones(2)\nx = f(x)", NOTHING_KNOWN.shape),
        ("x = np.ones(2)\nx.shape = (2, 1)", NOTHING_KNOWN.shape),
        ("x = np.ones(2)\nx[0] = 1", Shape((2,))),
        ("x = np.ones(2)\ny = [x for x in z]", Shape((2,))),
        ("x = np.ones(2)\ny = [(x := w) for w in z]", NOTHING_KNOWN.shape),
        ("x = np.ones(2)\ny = (x := z)", NOTHING_KNOWN.shape),
        ("x = np.ones(2)\ndef x(): pass", NOTHING_KNOWN.shape),
        ("x = np.ones(2)\nclass x: pass", NOTHING_KNOWN.shape),
        ("x = np.ones(2)\nimport x", NOTHING_KNOWN.shape),
        ("x = np.ones(2)\nfrom m import *", NOTHING_KNOWN.shape),
        ("x = np.ones(2)\ndel x", NOTHING_KNOWN.shape),
        ("x = np.ones(2)\nmatch y:\n    case {'a': x}: pass\n    case _: pass", NOTHING_KNOWN.shape),
        ("x = np.ones(2)\ndef f():\n    global x\n    x = 3", NOTHING_KNOWN.shape),
        ("x = [np.ones(2)]\nx.append(y)\nx = np.array(x)", NOTHING_KNOWN.shape),
        ("x = [1, 2]\nx.append(3)", NOTHING_KNOWN.shape),
        ("x = np.ones(-2)", NOTHING_KNOWN.shape),
        ("x = np.ones(2).reshape(3)", NOTHING_KNOWN.shape),
        ("x = np.matrix([[1]]) @ np.ones(2)", NOTHING_KNOWN.shape),
        ("x = np.array([y, z])", NOTHING_KNOWN.shape),
        ("x = np.array([[1, 2], [3]], dtype=object)", NOTHING_KNOWN.shape),
        ("x = np.zeros(n)", NOTHING_KNOWN.shape),
        ("x = np.zeros(*args)", NOTHING_KNOWN.shape),
        ("x = np.zeros((2, 3), **k)", NOTHING_KNOWN.shape),
        ("x = np.ones(2).reshape(n)", NOTHING_KNOWN.shape),
        ("x = np.ones(6).reshape(n, 2)", Shape((None, 2))),
        ("x = np.ones((2, 3)) + y", Shape((None, None), open=True)),
        ("x = np.ones((2, 3, 4))[0, *y]", NOTHING_KNOWN.shape),
        ("def f(x: Optional[()], y: Annotated[()], z: NDArray[()]): pass\nx = np.ones(2)", Shape((2,))),
    ],
)  # fmt: skip
def test_statements(text: str, shape: Shape) -> None:
    assert operand(text).shape == shape


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("x = np.ones(2)\ndef f():\n    np.einsum('...', x)", Shape((2,))),
        ("def f():\n    np.einsum('...', x)\nx = np.ones(2)", Shape((2,))),
        ("x = np.ones(2)\ndef f():\n    np.einsum('...', x)\nx = np.ones(3)", Shape((None,))),
        ("x = np.ones(2)\ndef f(x):\n    np.einsum('...', x)", NOTHING_KNOWN.shape),
        ("x = np.ones(2)\ndef f():\n    np.einsum('...', x)\n    x = 1", NOTHING_KNOWN.shape),
        ("x = np.ones(2)\nclass A:\n    x = np.ones(3)\n    def f(self):\n        np.einsum('...', x)", Shape((2,))),
        ("class A:\n    x = np.ones(3)\n    y = np.einsum('...', x)", Shape((3,))),
        ("def f():\n    x = np.ones(2)\n    def g():\n        np.einsum('...', x)\n    x = np.ones(3)",
         Shape((None,))),
        ("def f():\n    x = np.ones(2)\n    def g():\n        nonlocal x\n        x = 1\n    np.einsum('...', x)",
         NOTHING_KNOWN.shape),
        ("def f():\n    x = np.ones(2)\n    g = lambda: np.einsum('...', x)\n    x = np.ones(3)", Shape((None,))),
        ("def f():\n    x = np.ones(2)\n    g = (np.einsum('...', x) for y in z)\n    x = np.ones(3)",
         Shape((None,))),
        ("x = np.ones(2)\ng = [lambda: np.einsum('...', x) for x in z]", NOTHING_KNOWN.shape),
        ("x = np.ones(2)\ng = lambda x: np.einsum('...', x)", NOTHING_KNOWN.shape),
        ("x = np.ones(2)\ng = [np.einsum('...', x) for x in z]", NOTHING_KNOWN.shape),
        ("def f():\n    for i in z:\n        np.einsum('...', x)\n        x = np.ones(2)", NOTHING_KNOWN.shape),
        ("def f():\n    return\n    np.einsum('...', x)\nx = np.ones(2)", Shape((2,))),
        ("def x(): pass\ndef f():\n    x = np.ones(2)\n    np.einsum('...', x)", Shape((2,))),
    ],
)  # fmt: skip
def test_scopes(text: str, shape: Shape) -> None:
    (fact,) = facts("import numpy as np\n" + text + "\n")
    assert fact.operands[0].shape == shape


NAMES = ("a", "b", "c")


def program(rng: random.Random) -> str:
    """A random program that runs, with an einsum of each name here and there."""
    lines: list[str] = []

    def value() -> str:
        size = tuple(rng.randint(1, 3) for _ in range(rng.randint(0, 3)))
        return rng.choice(
            [
                f"np.ones({size})", f"np.zeros({size}, dtype='f4')", f"np.ones({size}, bool)",
                f"np.ones({size}).T", rng.choice(NAMES), f"{rng.choice(NAMES)} * 2",
                f"np.einsum('...->...', {rng.choice(NAMES)})", f"np.arange({rng.randint(1, 4)})",
                f"{rng.choice(NAMES)}.T", f"{rng.choice(NAMES)}.astype('f8')", f"{rng.choice(NAMES)} + 1",
                f"f({rng.choice(NAMES)})", "np.ones(n)", f"{rng.choice(NAMES)}.ravel()",
                f"np.zeros_like({rng.choice(NAMES)})", f"np.array([{rng.choice(NAMES)} for _ in range(2)])",
                f"np.stack([{rng.choice(NAMES)} for _ in range(n)], axis={rng.choice((0, -1))})",
                f"np.concatenate([{rng.choice(NAMES)}.ravel() for _ in (1, 2)])",
                f"np.r_[{rng.choice(NAMES)}.ravel(), 1]", f"np.c_[{rng.choice(NAMES)}.ravel()]",
                f"np.fft.fft({rng.choice(NAMES)}.ravel())", f"np.mgrid[0:{rng.randint(1, 2)}, 0:n]",
                f"{rng.choice(NAMES)}[(slice(0, n),) * {rng.randint(1, 2)}]", "np.ones((n,) * 2)",
                f"{rng.choice(NAMES)} if flip() else {rng.choice(NAMES)}.copy()",
                f"np.apply_along_axis(np.{rng.choice(('sum', 'cumsum'))}, 0, {rng.choice(NAMES)})",
                f"{rng.choice(NAMES)}.transpose(0, 2, 1)", f"{rng.choice(NAMES)}[0, :, n - 2]",
            ]
        )  # fmt: skip

    def block(depth: str, level: int) -> None:
        for _ in range(rng.randint(1, 4)):
            name = rng.choice(NAMES)
            kind = rng.randrange(16)
            if kind > 13:
                other = rng.choice((value(), "True", "2.0"))
                lines.append(f"{depth}{name} {rng.choice(('+=', '*=', '/='))} {other}")
            elif kind < 5 or level > 2:
                lines.append(f"{depth}{name} = {value()}")
            elif kind < 8:
                lines.append(f"{depth}see({name!r}, np.einsum('...->...', {name}))")
            elif kind == 8:
                lines.append(f"{depth}n = {rng.randint(1, 3)}")
            elif kind == 9:
                lines.append(f"{depth}if flip():")
                block(depth + "    ", level + 1)
                if rng.random() < 0.6:
                    lines.append(f"{depth}else:")
                    block(depth + "    ", level + 1)
            elif kind == 10:
                target = rng.choice((*NAMES, "i"))
                items = value() + ", np.ones(2)" if target != "i" else "1, 2"
                lines.append(f"{depth}for {target} in ({items}):")
                block(depth + "    ", level + 1)
                lines.append(f"{depth}    if flip(): {rng.choice(('break', 'continue', 'pass'))}")
            elif kind == 11:
                lines.append(f"{depth}try:")
                block(depth + "    ", level + 1)
                lines.append(f"{depth}    if flip(): raise KeyError")
                block(depth + "    ", level + 1)
                lines.append(f"{depth}except KeyError:")
                block(depth + "    ", level + 1)
                if rng.random() < 0.4:
                    lines.append(f"{depth}finally:")
                    block(depth + "    ", level + 1)
            elif kind == 12:
                lines.append(f"{depth}with suppress(KeyError):")
                block(depth + "    ", level + 1)
                lines.append(f"{depth}    if flip(): raise KeyError")
                block(depth + "    ", level + 1)
            else:
                where = "nonlocal" if level == 0 and rng.random() < 0.5 else None
                lines.append(f"{depth}def g():")
                if where:
                    lines.append(f"{depth}    nonlocal {name}")
                    lines.append(f"{depth}    {name} = {value()}")
                    lines.append(f"{depth}    see({name!r}, np.einsum('...->...', {name}))")
                else:
                    lines.append(f"{depth}    see({name!r}, np.einsum('...->...', {name}))")
                lines.append(f"{depth}g()")
                block(depth, level + 1)
                lines.append(f"{depth}g()")

    lines += ["def main():", "    n = 2"]
    lines += [f"    {name} = np.ones(2)" for name in NAMES]
    block("    ", 0)
    block("    ", 0)
    return "import numpy as np\nfrom contextlib import suppress\n" + "\n".join(lines) + "\n"


def observed(text: str, rng: random.Random) -> dict[int, set[tuple[tuple[int, ...], str]]]:
    """Shape and dtype of the operand of the einsum on each row, over some runs."""
    seen: dict[int, set[tuple[tuple[int, ...], str]]] = {}
    tree = parse(text)
    rows: dict[str, Any] = {"flip": lambda: rng.random() < 0.5, "f": lambda x: x}

    class Recorder:
        def __getattr__(self, name: str) -> Any:
            return getattr(np, name)

        @staticmethod
        def einsum(equation: str, array: Any) -> Any:
            array = np.asarray(array)
            if array.ndim > 8:
                raise ValueError
            frame = sys._getframe(1)
            seen.setdefault(frame.f_lineno, set()).add((array.shape, array.dtype.name))
            return np.einsum(equation, array).copy()

    exec(compile(tree, "<generated>", "exec"), rows)
    rows["np"] = Recorder()
    rows["see"] = lambda name, array: None
    for _ in range(12):
        errors = contextlib.suppress(KeyError, ValueError, TypeError, IndexError)
        with errors, np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rows["main"]()
    return seen


@pytest.mark.parametrize("seed", range(300))
def test_inference_is_never_wrong_on_programs_that_run(seed: int) -> None:
    rng = random.Random(seed)
    text = program(rng)
    runs = observed(text, rng)
    for fact in facts(text):
        row = fact.place.call.start.row
        (known,) = fact.operands
        for sizes, dtype in runs.get(row, ()):
            where = f"row {row} of\n{text}"
            assert len(sizes) >= len(known.shape.dims), where
            assert known.shape.open or len(sizes) == len(known.shape.dims), where
            tail = sizes[len(sizes) - len(known.shape.dims) :]
            sizes_known = zip(known.shape.dims, tail, strict=True)
            assert all(d == s for d, s in sizes_known if isinstance(d, int)), where
            assert known.dtype in (None, dtype), where


@pytest.mark.parametrize(
    ("change", "rank", "conflict"),
    [
        ("np.asarray(x)", 3, True), ("np.exp(-x)", 3, True), ("np.asarray(x)", 2, False),
        ("np.sum(x, axis=0)", 2, True), ("np.sum(x, axis=0)", 1, False), ("x.sum(axis=0)", 2, False),
        ("np.expand_dims(x, 0)", 2, True), ("np.expand_dims(x, 0)", 3, False), ("x[:, 0]", 2, True),
        ("np.trace(x)", 2, True), ("np.stack([x, x])", 2, True), ("np.stack([x, x])", 3, False),
        ("np.linalg.det(x)", 2, True), ("x.transpose(1, 2)", 2, False), ("np.take(x, [0], 1)", 3, True),
        ("np.array([x, x])", 2, True), ("x @ np.ones((3, 4))", 3, True), ("x @ np.ones(3)", 1, False),
        ("np.diag(x)", 1, False), ("np.squeeze(x)", 1, False), ("np.atleast_3d(x)", 3, False),
    ],
)  # fmt: skip
def test_ranks_are_counted_through_functions(change: str, rank: int, conflict: bool) -> None:
    """Where ``x`` has two axes, the changed one can't have ``rank`` of them."""
    term = "abc"[:rank]
    text = f"import numpy as np\ndef f(x):\n    np.einsum('ab', x)\n    y = {change}\n    np.einsum('{term}', y)\n"
    first, second = facts(text)
    assert bool(first.conflicts or second.conflicts) == conflict
