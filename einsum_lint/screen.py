"""Which files can matter, by a scan of their bytes; and small questions about statements.

The screen may keep too much; it never drops what a rule would report.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple, TypeAlias

from .product_screen import LIBRARIES as ARRAYS
from .settings import Config
from .trees import children, walk

Rows: TypeAlias = Callable[[str], tuple[int, ...]]


class Candidates(NamedTuple):
    """The rows on which loops, and array arithmetic, begin that some rule may look at.

    ``all_loops`` of what is kept anyway may matter too: they may call einsum by any name.
    """

    loops: tuple[int, ...] = ()
    products: tuple[int, ...] = ()
    all_loops: bool = False

    @classmethod
    def of(cls, text: str, *, loops: bool = True, products: Rows | None = None) -> Candidates:
        """Those of a text; without ``loops``, and without a screen of ``products``, none."""
        at: tuple[int, ...] = ()
        if loops and "numpy" in text:
            from .loop_screen import rows_of_loops  # most files don't come so far

            at = rows_of_loops(text)
        return cls(at, products(text) if products else ())

    @property
    def rows(self) -> tuple[int, ...]:
        """All of them, in order."""
        return tuple(sorted({*self.loops, *self.products}))


def matters(
    data: bytes, config: Config, *, loops: bool = True, products: Rows | None = None
) -> bool:
    """Whether some rule could find something in a file with these bytes.

    ``loops`` and ``products`` are those of ``Candidates.of``.
    """
    if b"einsum" in data or any(name.encode() in data for name in _last_names(config)):
        return True
    if not any(name.encode() in data for name in (ARRAYS if products else ("numpy",))):
        return False
    text = data.decode("latin-1")  # the scans look at ASCII only, whatever the encoding is
    return bool(Candidates.of(text, loops=loops, products=products).rows)


def calls_none(text: str, config: Config) -> bool:
    """Whether a text certainly calls no einsum function."""
    return "einsum" not in text and not any(name in text for name in _last_names(config))


def _last_names(config: Config) -> Iterator[str]:
    return (name.rpartition(".")[2] for name in config.einsum_functions)


def last_name(node: ast.AST) -> str:
    """``dot`` of ``dot`` and ``np.dot``; nothing of other nodes."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def dotted(node: ast.AST) -> str:
    """``a.b`` of the path ``a.b``; nothing of other nodes."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            owner = dotted(value)
            return f"{owner}.{attr}" if owner else ""
    return ""


def bound_names(statement: ast.AST, *, deeply: bool = True) -> Iterator[str]:
    """Names that running a statement binds or deletes in the scope that it stands in.

    Without ``deeply``, those that the statements in it bind are left out.
    """
    todo = [statement]
    while todo:  # long sums nest too deep to recurse
        node = todo.pop()
        if type(node) in _BINDING:
            yield from _bound_by(node)
        if type(node) not in _CLOSED:
            inner = children(node)
            todo += inner if deeply else (n for n in inner if not isinstance(n, ast.stmt))


_BINDING = frozenset({
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Name, ast.alias, ast.ExceptHandler,
    ast.MatchAs, ast.MatchStar, ast.MatchMapping,
})  # fmt: skip
_CLOSED = frozenset({
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.Constant, ast.Name,
})  # fmt: skip


def _bound_by(node: ast.AST) -> Iterator[str]:
    """The names that a node binds itself."""
    match node:
        case ast.Name(id=name, ctx=ctx):
            if not isinstance(ctx, ast.Load):
                yield name
        case ast.alias(name=name, asname=asname):
            yield asname or name.partition(".")[0]
        case ast.MatchMapping(rest=str(name)):
            yield name
        case (
            ast.FunctionDef(name=str(name)) | ast.AsyncFunctionDef(name=str(name))
            | ast.ClassDef(name=str(name)) | ast.ExceptHandler(name=str(name))
            | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name))
        ):  # fmt: skip
            yield name


def returns_plainly(function: ast.AST) -> bool:
    """Whether a call of a function gives what its ``return`` statements say: it is no generator."""
    if not isinstance(function, ast.FunctionDef):
        return False
    todo: list[ast.AST] = list(function.body)
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return False
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            todo.extend(children(node))
    return True


def receivers(statement: ast.AST) -> Iterator[str]:
    """Names of the objects that calls in a statement receive, or of which it sets an attribute."""
    for node in walk(statement):
        match node:
            case ast.Call(func=func, args=args, keywords=keywords):
                if last_name(func) not in _PURE_CALLS:
                    for value in (func, *args, *(keyword.value for keyword in keywords)):
                        yield from _root_name(value)
            case ast.Attribute(value=value, ctx=ast.Store() | ast.Del()):
                yield from _root_name(value)


def _root_name(node: ast.expr) -> Iterator[str]:
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Starred)):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


_PURE_CALLS = frozenset({"einsum", "dot", "conj", "copy", "transpose", "reshape", "len", "range"})

_DECLARED = re.compile(r"(?:^|[;:])[ \t]*(?:global|nonlocal)[ \t]+([\w, \t]+)", re.MULTILINE)


def declared_names(text: str) -> set[str]:
    """Names that some function of the text declares global or nonlocal."""
    if "global" not in text and "nonlocal" not in text:
        return set()
    return {name.strip() for found in _DECLARED.findall(text) for name in found.split(",")}


def first_row(node: ast.stmt) -> int:
    """The row on which a statement begins, its decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min((node.lineno, *(d.lineno for d in decorators)))


def last_row(node: ast.stmt) -> int:
    """The row on which a statement ends."""
    return node.end_lineno or node.lineno


def inner_statements(node: ast.stmt) -> Iterator[ast.stmt]:
    """The statements in the blocks of a compound statement."""
    for name in ("body", "orelse", "finalbody"):
        yield from getattr(node, name, ())
    for inner in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        yield from inner.body


def any_within(rows: Sequence[int], node: ast.stmt) -> bool:
    """Whether one of some rows, which are in order, belongs to a statement."""
    at = bisect_left(rows, first_row(node))
    return at < len(rows) and rows[at] <= last_row(node)


_LINE_END = re.compile(r"\r\n|\r|\n")


def line_starts(text: str) -> list[int]:
    """The offset at which each row begins, split as Python's tokenizer splits lines."""
    if "\r" in text:
        return [0, *(match.end() for match in _LINE_END.finditer(text))]
    ends = accumulate(len(line) + 1 for line in text.split("\n"))
    return [0, *ends][:-1]


def lines_of(text: str) -> list[str]:
    """The rows of a text, without their ends."""
    return _LINE_END.split(text) if "\r" in text else text.split("\n")
