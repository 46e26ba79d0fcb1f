"""What the uses of names in one function, or module, tell of them.  Syntax alone."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from ...screen import bound_names
from ...trees import children

_INNER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass
class Uses:
    """The uses of names in a scope, gathered once.

    ``least`` says how many axes a name has at least where it holds an array; ``integers`` are names
    that count or that ranges are made of; ``counting`` says how many loops let a name count up from
    0 or more; ``lengths`` and ``shaped`` are names of which the ``len`` or the ``shape`` is asked;
    ``augmented`` and ``declared`` are names in ``+=`` and in ``global`` or ``nonlocal``;
    ``iterated`` are names that loops run over; ``stacks`` are names of whose elements the shape or
    the transpose is taken; ``named`` are the names that expressions bind, with
    their values.
    """

    least: dict[str, int] = field(default_factory=dict)
    integers: set[str] = field(default_factory=set)
    lengths: set[str] = field(default_factory=set)
    shaped: set[str] = field(default_factory=set)
    counting: Counter[str] = field(default_factory=Counter)
    augmented: set[str] = field(default_factory=set)
    declared: set[str] = field(default_factory=set)
    iterated: set[str] = field(default_factory=set)
    stacks: set[str] = field(default_factory=set)
    named: list[tuple[str, ast.expr]] = field(default_factory=list)

    @classmethod
    def of(cls, owner: ast.AST) -> Uses:
        """The uses in a function or a module, functions inside of it left out."""
        found = cls()
        for node in _own(owner):
            found._see(node)
        return found

    def _see(self, node: ast.AST) -> None:
        match node:
            case ast.Subscript():
                self._see_subscript(node)
            case ast.For():
                self._see_loop(node)
                self._see_iterated(node.iter)
            case ast.Call(func=ast.Name("range"), args=args):
                self.integers.update(a.id for a in args if isinstance(a, ast.Name))
            case ast.Call(func=ast.Name("len"), args=[ast.Name(id=name)]):
                self.lengths.add(name)
            case ast.Attribute(ast.Subscript(ast.Name(id=name), index), "T" | "shape" | "ndim"):
                parts = index.elts if isinstance(index, ast.Tuple) else [index]
                self.least[name] = max(self.least.get(name, 0), sum(map(_takes_one, parts)) + 1)
                self.stacks.add(name)
            case ast.Attribute(ast.Name(id=name), "shape"):
                self.shaped.add(name)
            case ast.arg(arg=name, annotation=ast.Name("int")):
                self.integers.add(name)
            case ast.AugAssign(target=ast.Name(id=name)):
                self.augmented.add(name)
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                self.named.append((name, value))
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                self.declared.update(names)

    def _see_subscript(self, node: ast.Subscript) -> None:
        match node:
            case ast.Subscript(ast.Attribute(ast.Name(id=name), "shape"), index):
                axis = literal(index)
                least = 0 if axis is None else axis + 1 if axis >= 0 else -axis
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Tuple(elts=parts)):
                least = sum(not _takes_none(part) for part in parts)
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Slice()):
                least = 1
            case _:
                return
        self.least[name] = max(self.least.get(name, 0), least)

    def _see_iterated(self, node: ast.expr) -> None:
        match node:
            case ast.Name(id=name):
                self.iterated.add(name)
            case ast.Call(ast.Name("zip" | "enumerate" | "reversed"), args):
                for part in args:
                    self._see_iterated(part)

    def _see_loop(self, node: ast.For) -> None:
        match node:
            case ast.For(target=target, iter=ast.Call(ast.Name("range"), args)):
                start = 0 if len(args) == 1 else literal(args[0])
                step = 1 if len(args) < 3 else literal(args[2])
            case ast.For(
                target=ast.Tuple([target, *_]), iter=ast.Call(ast.Name("enumerate"), args)
            ):
                start, step = 0 if len(args) == 1 else None, 1
            case _:
                return
        names = list(bound_names(target))
        self.integers.update(names)
        if start is not None and start >= 0 and step is not None and step > 0:
            self.counting.update(names)


def _own(owner: ast.AST) -> Iterator[ast.AST]:
    todo = children(owner)
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, _INNER):
            todo += children(node)


def literal(node: ast.expr) -> int | None:
    """An integer that is written out."""
    match node:
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))):
            return -number
    return None


def _takes_one(node: ast.expr) -> bool:
    return not isinstance(node, ast.Slice) and not _takes_none(node)


def _takes_none(node: ast.expr) -> bool:
    """Whether a subscript takes no axis, or any number of them."""
    match node:
        case ast.Constant(value=value):
            return value is None or value is ...
        case ast.Attribute(attr="newaxis") | ast.Name(id="newaxis"):
            return True
    return False
