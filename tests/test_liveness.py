"""What becomes of a name after a statement: against runs without its value, and case by case."""

from __future__ import annotations

import ast
import random
import textwrap
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from einsum_lint.liveness import Liveness, Use

NEST = "for nest in once:"


def nest_of(tree: ast.Module) -> ast.stmt:
    """The loop over ``nest``."""
    return next(
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.For)
        and isinstance(node.target, ast.Name)
        and node.target.id == "nest"
    )


def after(text: str, name: str = "x") -> Use:
    tree = ast.parse(textwrap.dedent(text))
    return Liveness(tree).after(nest_of(tree), name)


class FailedError(Exception):
    """What the random functions raise."""


class Writer:
    """Writes a random function over the name ``x``; its conditions are the bits of an input."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.size = 0
        self.nests = 0

    def function(self) -> str:
        body = ""
        while NEST not in body:
            self.size = self.nests = 0
            body = self.block(0, loop=False)
        start = self.rng.choice(["x = 0", "pass", "x = 0"])
        return f"def f():\n    {start}\n" + textwrap.indent(body, "    ")

    def block(self, depth: int, *, loop: bool) -> str:
        return "".join(self.statement(depth, loop=loop) for _ in range(self.rng.randint(1, 4)))

    def inner(self, depth: int, *, loop: bool) -> str:
        return textwrap.indent(self.block(depth + 1, loop=loop), "    ")

    def statement(self, depth: int, *, loop: bool) -> str:
        self.size += 1
        kind = self.rng.random()
        if kind < 0.15 and not self.nests:
            self.nests = 1
            return NEST + "\n    x = NEW\n    boom()\n"
        if kind < 0.55 or depth >= 4 or self.size > 25:
            return self.simple(loop=loop)
        return self.compound(depth, loop=loop)

    def simple(self, *, loop: bool) -> str:
        plain = [
            "x = 3",
            "boom()",
            "pass",
            "y = 1",
            "x = boom()",
            "y = [x for x in (1, 2)]",
            "see(2)",
        ]
        plain += [
            "x: int",
            "x: int = 5",
            "import os as x",
            "x = y = 2",
            "def x(): pass",
            "x, y = 6, 7",
        ]
        plain += [
            "for x in (): pass",
            "for x in (1,): pass",
            "y = c() and (x := 4)",
            "see([(x := 1) for _ in (1,)])",
        ]
        reads = [
            "see(x)",
            "x += 1",
            "see([x for _ in (1,)])",
            "see(sum(x for _ in (1,)))",
            "del x",
            "see(f'{x}')",
        ]
        reads += [
            "see((lambda: x)())",
            "g = lambda: see(x)",
            "x.y = 1",
            "for _ in (x,): see(1)",
            "see(locals().get('x'))",
        ]
        leaves = ["return 1", "return x", "raise FailedError"] + ["break", "continue"] * loop
        choice = self.rng.random()
        lines = plain if choice < 0.6 else reads if choice < 0.8 else leaves
        if lines is reads and self.rng.random() < 0.5:
            lines = reads[:1]
        return self.rng.choice(lines) + "\n"

    def compound(self, depth: int, *, loop: bool) -> str:
        kind = self.rng.randrange(8)
        body = self.inner(depth, loop=loop or kind in (1, 2, 3))
        rest = self.inner(depth, loop=loop)
        match kind:
            case 0:
                return f"if c():\n{body}" + (f"else:\n{rest}" if self.rng.random() < 0.5 else "")
            case 1:
                return f"while c():\n{body}" + (f"else:\n{rest}" if self.rng.random() < 0.3 else "")
            case 2 | 3:
                target = self.rng.choice(["_", "x", "y"])
                orelse = f"else:\n{rest}" if self.rng.random() < 0.3 else ""
                return f"for {target} in range(1 + c()):\n{body}{orelse}"
            case 4 | 5:
                return self.attempt(depth, loop=loop)
            case 6:
                target = self.rng.choice(["", " as x", " as (x, y)"])
                return f"with suppress(FailedError, TypeError){target}:\n{body}"
        return f"match c():\n    case True:\n{textwrap.indent(body, '    ')}    case x if c():\n{textwrap.indent(rest, '    ')}"

    def attempt(self, depth: int, *, loop: bool) -> str:
        text = f"try:\n{self.inner(depth, loop=loop)}"
        handled = self.rng.random() < 0.7
        if handled:
            name = self.rng.choice(["", "", " as x"])
            text += f"except FailedError{name}:\n{self.inner(depth, loop=loop)}"
            if self.rng.random() < 0.3:
                text += f"else:\n{self.inner(depth, loop=loop)}"
        if not handled or self.rng.random() < 0.4:
            text += f"finally:\n{self.inner(depth, loop=loop)}"
        return text


def outcome(text: str, bits: list[bool]) -> tuple[list[Any], str]:
    """What a run of the function sees, and how it ends."""
    seen: list[Any] = []
    rest = list(bits)

    def c() -> bool:
        return rest.pop() if rest else False

    def boom() -> int:
        if rest and rest.pop():
            raise FailedError
        return 8

    def see(value: object) -> None:
        seen.append(repr(value)[:12])

    space: dict[str, Any] = {
        "c": c, "boom": boom, "see": see, "FailedError": FailedError, "suppress": suppress, "once": (0,),
    }  # fmt: skip
    try:
        exec(text, space)
        ended = repr(space["f"]())[:12]
    except Exception as error:
        ended = type(error).__name__
    return seen, ended


def check_against_runs(seed: int) -> Use:
    """Where the name is said to be dead, runs with another value, and without one, are the same."""
    rng = random.Random(seed)
    text = Writer(rng).function()
    compile(text, "<random>", "exec")
    use = after(text)
    if use is not Use.READ:
        others = [text.replace("NEW", "'other'"), text.replace("x = NEW", "x = 0; del x")]
        for _ in range(40):
            bits = [rng.random() < 0.5 for _ in range(rng.randint(0, 30))]
            expected = outcome(text.replace("NEW", "'one'"), bits)
            for other in others:
                assert outcome(other, bits) == expected, f"{use!r}\n{text}"
    return use


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_a_dead_name_can_have_any_value(seed: int) -> None:
    assert check_against_runs(seed) in (Use.READ, Use.DEAD)


def test_the_random_functions_have_both_kinds() -> None:
    uses = [check_against_runs(seed) for seed in range(40)]
    assert uses.count(Use.READ) > 4
    assert uses.count(Use.DEAD) > 4


FOLLOWING = {
    "nothing": ("", Use.DEAD),
    "read": ("print(x)", Use.READ),
    "read after a branch": ("if c: pass\nprint(x)", Use.READ),
    "bound first": ("x = 1\nprint(x)", Use.DEAD),
    "bound from itself": ("x = x + 1", Use.READ),
    "added to": ("x += 1", Use.READ),
    "stored into": ("x[0] = 1", Use.READ),
    "deleted": ("del x", Use.READ),
    "bound in one branch": ("if c: x = 1\nprint(x)", Use.READ),
    "bound in both branches": ("if c: x = 1\nelse: x = 2\nprint(x)", Use.DEAD),
    "bound by a loop that may be empty": ("for x in y: pass\nprint(x)", Use.READ),
    "bound by a loop": ("for x in y: print(x)", Use.DEAD),
    "unpacked": ("a, (x, *b) = y\nprint(x)", Use.DEAD),
    "returned": ("return x", Use.READ),
    "returned before": ("return 1\nprint(x)", Use.DEAD),
    "annotated only": ("x: int\nprint(x)", Use.READ),
    "own name of a comprehension": ("y = [x for x in z]", Use.DEAD),
    "iterated by a comprehension": ("y = [x for x in x]", Use.READ),
    "read by a comprehension": ("y = [x for z in y]", Use.READ),
    "generator summed": ("x = 1\ny = sum(x for z in y)", Use.DEAD),
    "generator kept": ("x = 1\ny = (x for z in y)", Use.READ),
    "closure": ("x = 1\ny = lambda: x", Use.READ),
    "lambda with a parameter of the name": ("y = lambda x: x", Use.DEAD),
    "default of a parameter": ("y = lambda a=x: a", Use.READ),
    "function with a local of the name": ("def g():\n    x = 1\n    return x", Use.DEAD),
    "nonlocal": ("def g():\n    nonlocal x\n    x = 1", Use.READ),
    "global of the same name": ("def g():\n    global x\n    return x", Use.DEAD),
    "closure of a closure": ("def g():\n    def h():\n        return x\n    return h", Use.READ),
    "class body": ("class A:\n    y = x", Use.READ),
    "locals": ("x = 1\nreturn locals()", Use.READ),
    "vars": ("x = 1\nreturn vars()", Use.READ),
    "vars of an object": ("return vars(y)", Use.DEAD),
    "eval": ("return eval('1')", Use.READ),
    "method named eval": ("model.eval()", Use.DEAD),
    "numexpr": ("return ne.evaluate('2*x')", Use.READ),
    "numexpr of other names": ("return ne.evaluate('2*y')", Use.DEAD),
    "numexpr of a variable": ("import numexpr as ne\nreturn ne.evaluate(y)", Use.READ),
    "numexpr of a formatted string": ("return ne.evaluate(f'{y}*2')", Use.READ),
    "evaluate of something else": ("return evaluate(y)", Use.DEAD),
    "late annotation": ("x = 1\ny: x[0] = 2", Use.READ),
    "data frame": ("return frame.query('a > @x')", Use.READ),
    "frame": ("return sys._getframe()", Use.READ),
    "f-string": ("return f'{x!r:>{y}}'", Use.READ),
    "match capture": ("match y:\n    case [x]: pass\nprint(x)", Use.READ),
    "with": ("with y as x: print(x)", Use.DEAD),
    "with that may swallow": ("with y:\n    x = 1\nprint(x)", Use.READ),
    "import": ("import x\nprint(x)", Use.DEAD),
    "exception name": ("try: f()\nexcept E as x: print(x)", Use.DEAD),
    "finally": ("try:\n    return 1\nfinally:\n    print(x)", Use.READ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FOLLOWING.values(), ids=FOLLOWING)
def test_what_follows_decides(text: str, expected: Use) -> None:
    body = f"{NEST}\n    x = 1\n{text}\n"
    assert after("def f(y, z):\n" + textwrap.indent(body, "    ")) is expected


def test_the_next_round_of_a_loop_counts() -> None:
    text = """
        def f(y):
            x = 0
            for _ in y:
                {first}
                for nest in once:
                    x = nest
    """
    assert after(text.format(first="print(x)")) is Use.READ
    assert after(text.format(first="x = 1; print(x)")) is Use.DEAD
    assert after(text.format(first="if y: continue")) is Use.DEAD


def test_what_a_nest_reads_itself_counts_in_the_next_round() -> None:
    text = """
        def f(y):
            {outer}
            for _ in y:
                {inner}
                for nest in once:
                    x += nest
    """
    assert after(text.format(outer="x = 0", inner="pass")) is Use.READ
    assert after(text.format(outer="pass", inner="x = 0")) is Use.DEAD


def test_a_nest_that_fails_leads_to_the_handlers() -> None:
    text = """
        def f(y):
            try:
                for nest in once:
                    x = nest
            {handler}
    """
    assert after(text.format(handler="except E: print(x)")) is Use.READ
    assert after(text.format(handler="finally: print(x)")) is Use.READ
    assert after(text.format(handler="except E as x: print(x)")) is Use.DEAD


def test_names_of_a_module_and_a_class_stay() -> None:
    nest = f"{NEST}\n    x = nest\n"
    assert after(nest) is Use.EXPORTED
    assert after(nest + "x = 1\n") is Use.DEAD
    assert after(nest + "print(x)\n") is Use.READ
    assert after("def f():\n    return x\n" + nest) is Use.READ
    assert after("def f():\n    global x\n    x += 1\n" + nest) is Use.READ
    assert after("def f(x):\n    return x\n" + nest) is Use.EXPORTED
    assert after("class A:\n" + textwrap.indent(nest, "    ")) is Use.EXPORTED


def test_declared_names_belong_to_others() -> None:
    text = """
        def f():
            {declared} x
            for nest in once:
                x = nest
    """
    assert after(text.format(declared="global")) is Use.EXPORTED
    assert (
        after(textwrap.dedent(text).format(declared="global") + "def g():\n    return x\n")
        is Use.READ
    )
    inner = textwrap.indent(textwrap.dedent(text), "    ").format(declared="nonlocal")
    assert after("def outer():\n    x = 0\n" + inner) is Use.READ


def test_a_name_of_another_scope_is_read() -> None:
    assert after("def f():\n    for nest in once:\n        print(x)\n") is Use.READ


def test_a_shadowed_consumer_keeps_its_generator() -> None:
    text = f"def f(y):\n    x = 1\n    y = sum(x for z in y)\n    {NEST}\n        x = 2\n"
    assert after(text) is Use.DEAD
    assert after("from numpy import sum\n" + text) is Use.READ
    assert after("from numpy import *\n" + text) is Use.READ


def test_long_chains_do_not_fail() -> None:
    chain = "if c:\n    pass\n" + "elif c:\n    pass\n" * 300
    text = f"{NEST}\n    x = 1\ny = {' + '.join(['1'] * 700)}\n"
    assert after("def f():\n" + textwrap.indent(text + chain, "    ")) in (Use.DEAD, Use.READ)


def test_where_statements_stand() -> None:
    tree = ast.parse(
        "class A:\n    def f(self):\n        if a:\n            x = 1\n            y = 2\n"
    )
    liveness = Liveness(tree)
    branch = next(node for node in ast.walk(tree) if isinstance(node, ast.If))
    first, second = branch.body
    assert liveness.previous(second) is first
    assert liveness.previous(first) is None
    assert liveness.block_of(second) == (branch.body, 1, branch, "body")
