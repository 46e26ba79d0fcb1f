"""Random loop nests with one thing in them that makes a plain contraction wrong.

Most are mutations of the tree of a random program; what they mean is what they do when they run.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from loop_programs import random_program
from loop_running import Program

HEADER = """
log = []


def seen(value):
    log.append(value)
    return value


def shared(value, memory=[0.0]):
    memory[0] += 1.0
    return value * memory[0]


class Scaled(np.ndarray):
    def __mul__(self, other):
        return 2 * np.asarray(self) * np.asarray(other)

    __rmul__ = __mul__
"""


@dataclass
class Kernel:
    """The tree of a program's function, and the places where something can be broken."""

    rng: random.Random
    program: Program
    module: ast.Module

    @property
    def function(self) -> ast.FunctionDef:
        """The kernel."""
        (found,) = [node for node in self.module.body if isinstance(node, ast.FunctionDef)]
        return found

    @property
    def loops(self) -> list[ast.For]:
        """The ``for`` statements."""
        return [node for node in ast.walk(self.function) if isinstance(node, ast.For)]

    @property
    def updates(self) -> list[ast.AugAssign | ast.Assign]:
        """The statements of the innermost bodies that change a target."""
        inner = [loop.body for loop in self.loops if not _has_loop(loop)]
        return [
            row
            for body in inner
            for row in body
            if isinstance(row, ast.AugAssign)
            or (isinstance(row, ast.Assign) and isinstance(row.targets[0], ast.Subscript))
        ]

    @property
    def variables(self) -> list[str]:
        """The loop variables."""
        return [
            node.id
            for loop in self.loops
            for node in ast.walk(loop.target)
            if isinstance(node, ast.Name)
        ]

    def indices(self) -> list[str]:
        """The loop variables that are integers."""
        return [name for name in self.variables if len(name) == 1]

    def filled(self, text: str) -> str:
        """A template with a loop variable for ``INDEX`` and an operand for ``ARRAY``."""
        if "INDEX" in text:
            text = text.replace("INDEX", self.rng.choice(self.indices()))
        if "ARRAY" in text:
            names = [name for name in self.program.arrays if len(name) == 1]
            text = text.replace("ARRAY", self.rng.choice(names))
        return text

    def body_of(self, row: ast.stmt) -> list[ast.stmt]:
        """The block that holds a statement."""
        for node in ast.walk(self.function):
            body = getattr(node, "body", None)
            if isinstance(body, list) and any(other is row for other in body):
                return body
        raise LookupError

    def around(self, row: ast.stmt, text: str) -> None:
        """Put a statement at a place: ``BODY`` in the text stands for the statement."""
        block = self.body_of(row)
        at = next(k for k, other in enumerate(block) if other is row)
        block[at : at + 1] = ast.parse(text.replace("BODY", ast.unparse(row))).body

    def first(self) -> ast.For:
        """The outermost loop."""
        return next(node for node in self.function.body if isinstance(node, ast.For))


def _has_loop(loop: ast.For) -> bool:
    return any(
        isinstance(node, (ast.For, ast.While)) for row in loop.body for node in ast.walk(row)
    )


Breaker = Callable[[Kernel], None]


def _surround(*templates: str) -> Breaker:
    """Put an update inside statements: ``BODY``, with ``VALUE`` added to ``TARGET``."""

    def breaker(kernel: Kernel) -> None:
        row = kernel.rng.choice(kernel.updates)
        text = kernel.rng.choice(templates)
        value = ast.unparse(row.value)
        target = row.target if isinstance(row, ast.AugAssign) else row.targets[0]
        for name, meaning in (("VALUE", f"({value})"), ("TARGET", ast.unparse(target))):
            text = text.replace(name, meaning)
        kernel.around(row, kernel.filled(text))

    return breaker


def _value(*templates: str) -> Breaker:
    """Replace the value of an update by an expression around it."""

    def breaker(kernel: Kernel) -> None:
        row = kernel.rng.choice(kernel.updates)
        text = kernel.rng.choice(templates).replace("VALUE", f"({ast.unparse(row.value)})")
        text = kernel.filled(text)
        row.value = ast.parse(text, mode="eval").body

    return breaker


def _stored(*templates: str) -> Breaker:
    """Replace a subscript of a target, so that several iterations may store to one element."""

    def breaker(kernel: Kernel) -> None:
        targets = [
            node
            for row in kernel.updates
            for node in ast.walk(row)
            if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
        ]
        nodes = [node for target in targets for node in ast.walk(target.slice)]
        name = kernel.rng.choice([node for node in nodes if isinstance(node, ast.Name)])
        name.id = kernel.rng.choice(templates).replace("INDEX", name.id)

    return breaker


def _read(kernel: Kernel) -> None:
    """Read the target, at another place or at the same, among the operands."""
    row = kernel.rng.choice(kernel.updates)
    target = ast.unparse(row.target if isinstance(row, ast.AugAssign) else row.targets[0])
    index = kernel.rng.choice(kernel.indices())
    shifted = target.replace(f"[{index}", f"[{index} - 1").replace(f", {index}", f", {index} - 1")
    read = kernel.rng.choice([shifted, shifted, target])
    row.value = ast.parse(f"{ast.unparse(row.value)} + 0.5 * {read}", mode="eval").body


def _aliased(kernel: Kernel) -> None:
    """Let the target be one of the operands."""
    made = [row for row in kernel.function.body if isinstance(row, ast.Assign)]
    zeros = [row for row in made if "np.zeros" in ast.unparse(row) or "np.full" in ast.unparse(row)]
    row = kernel.rng.choice(zeros)
    assert isinstance(row.value, ast.Call)
    shape = row.value.args[0]
    rank = len(shape.elts) if isinstance(shape, ast.Tuple) else 1
    names = [name for name, known in kernel.program.arrays.items() if len(known) == rank]
    how = kernel.rng.choice(
        ["{}", "{}", "{}[:]", "{}.T", "{}.view()", "np.asarray({})", "{}.reshape({}.shape)"]
    )
    name = kernel.rng.choice(names)
    row.value = ast.parse(how.replace("{}", name), mode="eval").body


def _before(*templates: str) -> Breaker:
    """Put statements before the nest; ``ARRAY`` is an operand."""

    def breaker(kernel: Kernel) -> None:
        text = kernel.filled(kernel.rng.choice(templates))
        kernel.function.body[0:0] = ast.parse(text).body

    return breaker


def _after(*templates: str) -> Breaker:
    """Return more than the result: something that the nest leaves behind."""

    def breaker(kernel: Kernel) -> None:
        row = kernel.function.body[-1]
        assert isinstance(row, ast.Return)
        temporaries = [
            node.id
            for loop in kernel.loops
            for node in ast.walk(loop)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        ]
        text = kernel.rng.choice(templates).replace("NAME", kernel.rng.choice(temporaries))
        assert row.value is not None
        text = text.replace("RESULT", ast.unparse(row.value))
        kernel.function.body[-1:] = ast.parse(text).body

    return breaker


def _nest(*templates: str) -> Breaker:
    """Put the whole nest into a statement."""

    def breaker(kernel: Kernel) -> None:
        kernel.around(kernel.first(), _indented(kernel.rng.choice(templates), kernel.first()))

    return breaker


def _indented(template: str, row: ast.stmt) -> str:
    """A template whose indented ``BODY`` stands for a statement of several rows."""
    rows = []
    for line in template.splitlines():
        if line.strip() == "BODY":
            space = line[: len(line) - len(line.lstrip())]
            rows += [space + inner for inner in ast.unparse(row).splitlines()]
        else:
            rows.append(line)
    return "\n".join(rows)


def _made(*templates: str) -> Breaker:
    """Make a target of another dtype or kind."""

    def breaker(kernel: Kernel) -> None:
        calls = [
            row
            for row in kernel.function.body
            if isinstance(row, ast.Assign) and "np.zeros(" in ast.unparse(row.value)
        ]
        row = kernel.rng.choice(calls)
        assert isinstance(row.value, ast.Call)
        shape = ast.unparse(row.value.args[0])
        text = kernel.rng.choice(templates).replace("SHAPE", shape)
        row.value = ast.parse(text, mode="eval").body

    return breaker


def _else(kernel: Kernel) -> None:
    """Give a loop an else branch."""
    loop = kernel.rng.choice(kernel.loops)
    loop.orelse = ast.parse("log.append('else')").body


def _rebound(kernel: Kernel) -> None:
    """Change, in the nest, something that a value or a bound is computed from."""
    names = [*kernel.program.integers, *(n for n in kernel.program.arrays if len(n) == 1)]
    name = kernel.rng.choice([*names, *kernel.indices()])
    row = kernel.rng.choice(kernel.updates)
    change = kernel.rng.choice(
        ["BODY\nNAME = NAME * 1", "NAME = NAME * 1\nBODY", "BODY\nNAME += 1"]
    )
    kernel.around(row, change.replace("NAME", name))


BREAKERS: dict[str, Breaker] = {
    "reads the target": _read,
    "alias": _aliased,
    "overlapping stores": _stored("INDEX // 2", "INDEX % 2", "(INDEX * INDEX) % 2", "0 * INDEX"),
    "condition": _surround(
        "if VALUE > 0:\n    BODY",
        "if INDEX > 0:\n    BODY",
        "if INDEX != 1:\n    BODY",
        "if not INDEX:\n    continue\nBODY",
    ),
    "early end": _surround(
        "if VALUE > 1.0:\n    break\nBODY",
        "if INDEX == 1:\n    break\nBODY",
        "if VALUE < -1.0:\n    return None\nBODY",
        "BODY\nif INDEX == 2:\n    raise KeyError(INDEX)",
        "assert VALUE < 1.5\nBODY",
    ),
    "seen by others": _surround(
        "print(VALUE)\nBODY",
        "BODY\nlog.append(INDEX)",
        "BODY\nlog.append(np.array(TARGET))",
        "BODY\nyield INDEX",
        "BODY\nlog.append(lambda: INDEX)",
        "log += [VALUE]\nBODY",
    ),
    "running value": _surround(
        "BODY\nTARGET = TARGET * 0.5",
        "BODY\nTARGET *= 0.5",
        "BODY\nTARGET = np.clip(TARGET, -1, 1)",
        "BODY\nTARGET = min(TARGET, 1.0)",
        "BODY\nlast = VALUE\nTARGET = TARGET + last",
    ),
    "changed operand": _surround(
        "BODY\nARRAY[0] = 0.5",
        "BODY\nARRAY *= 0.5",
        "ARRAY[INDEX] = VALUE\nBODY",
        "BODY\nARRAY[0], ARRAY[-1] = ARRAY[-1], ARRAY[0]",
        "BODY\nARRAY.sort()",
        "BODY\nARRAY[...] = TARGET",
        "alias = ARRAY\nalias[0] = 1.0\nBODY",
        "BODY\nARRAY.flat[0] += 1",
        "BODY\nnp.add(ARRAY, 1, out=ARRAY)",
    ),
    "call": _value("seen(VALUE)", "shared(VALUE)", "int(VALUE)", "round(VALUE, 1)", "abs(VALUE)"),
    "choice": _value(
        "VALUE if VALUE > 0 else 0.0",
        "VALUE if INDEX else 1.0",
        "max(VALUE, 0.0)",
        "VALUE and 1.0",
        "(kept := VALUE)",
    ),
    "kind of operand": _before(
        "ARRAY = np.ma.masked_less(ARRAY, 0)",
        "ARRAY = ARRAY.view(Scaled)",
        "ARRAY = ARRAY.tolist()",
        "ARRAY = list(ARRAY)",
        "ARRAY = iter(ARRAY)",
        "ARRAY = reversed(ARRAY)",
        "ARRAY = np.matrix(ARRAY)",
        "ARRAY = np.nditer(ARRAY)",
        "ARRAY = (row for row in ARRAY)",
        "ARRAY = dict(enumerate(ARRAY))",
        "ARRAY = ARRAY > 0",
        "ARRAY = (ARRAY * 4).astype(np.int32)",
        "ARRAY = ARRAY.astype(np.float16)",
        "ARRAY = (ARRAY * 1e3).astype(np.int64)",
        "ARRAY = np.array(ARRAY, dtype=object)",
    ),
    "used afterwards": _after(
        "return RESULT, NAME", "del NAME\nreturn RESULT", "return [RESULT, NAME, log]"
    ),
    "surrounded": _nest(
        "try:\n    BODY\nexcept IndexError:\n    pass",
        "for _ in range(2):\n    BODY",
        "with np.errstate(all='raise'):\n    BODY",
        "def inner():\n    BODY\ninner()",
        "while len(log) < 2:\n    log.append(0)\n    BODY",
    ),
    "kind of target": _made(
        "np.zeros(SHAPE, dtype=int)",
        "np.zeros(SHAPE, dtype=np.float32)",
        "np.zeros(SHAPE, dtype=bool)",
        "np.zeros(SHAPE, dtype=complex)",
        "np.zeros(SHAPE, dtype=object)",
        "np.zeros(SHAPE, order='F')",
        "np.ma.zeros(SHAPE)",
        "np.zeros(SHAPE).view(Scaled)",
        "np.broadcast_to(0.0, SHAPE)",
        "np.broadcast_to(np.zeros(1), SHAPE).copy()",
    ),
    "else": _else,
    "rebound": _rebound,
}
"""What can be broken, by name."""

ENDLESS = ("condition", "early end", "rebound")
"""What could make a ``while`` loop run for ever."""


def broken(rng: random.Random, name: str) -> Program | None:
    """A random program with one thing broken; None where the program has no place for it."""
    program = random_program(rng)
    if name in ENDLESS and "while" in program.forms:
        return None
    kernel = Kernel(rng, program, ast.parse(program.text))
    try:
        BREAKERS[name](kernel)
    except (IndexError, StopIteration):
        return None
    imports = "import itertools\n" if "itertools" in program.text else ""
    body = ast.unparse(kernel.function).replace("np.empty(", "np.zeros(")  # all is set no more
    text = f"{imports}import numpy as np\n{HEADER}\n\n{body}\n"
    return replace(program, text=text, forms=frozenset([name]))


def seeded_breaks(seed: int) -> Iterator[Program]:
    """Broken programs without end."""
    rng = random.Random(seed)
    while True:
        program = broken(rng, rng.choice(list(BREAKERS)))
        if program is not None:
            yield program
