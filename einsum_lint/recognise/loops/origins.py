"""How the function around a nest made the arrays that the nest uses: what that rules out."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from ...screen import bound_names, dotted
from ...trees import children, walk
from ..products.space import Refused
from .aliases import dtypes, viewed
from .known import Known
from .refusal import Final
from .uses import Uses

_MAKERS = frozenset({
    "zeros", "empty", "ones", "full", "zeros_like", "empty_like", "ones_like", "full_like", "eye",
    "identity",
})  # fmt: skip
_LIKE = frozenset({
    "numpy.zeros_like", "numpy.empty_like", "numpy.ones_like", "numpy.full_like", "numpy.copy",
})  # fmt: skip
_OF_SHAPE = frozenset({"zeros", "empty", "ones", "full"})
_NO_ARRAYS = (
    ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp, ast.SetComp, ast.DictComp,
    ast.GeneratorExp, ast.Lambda, ast.JoinedStr,
)  # fmt: skip
_NARROW = frozenset({
    "bool", "bool_", "float16", "half", "int8", "int16", "int32", "uint8", "uint16", "uint32",
    "object", "object_",
})  # fmt: skip
_INTEGERS = frozenset({"int", "int_", "intp", "int64", "uint", "uint64"})
_OTHERS = (
    "numpy.matrix", "numpy.asmatrix", "numpy.mat", "numpy.bmat", "numpy.ma.", "numpy.nditer",
)  # fmt: skip


_LISTS = frozenset({
    "numpy.meshgrid", "numpy.split", "numpy.array_split", "numpy.hsplit", "numpy.vsplit",
    "numpy.dsplit", "numpy.nonzero", "numpy.ix_", "numpy.unravel_index", "numpy.gradient",
    "numpy.histogram", "numpy.histogram2d", "numpy.histogramdd", "numpy.broadcast_arrays",
    "numpy.tril_indices", "numpy.triu_indices", "numpy.diag_indices", "numpy.unstack",
    "numpy.linalg.eig", "numpy.linalg.eigh", "numpy.linalg.svd", "numpy.linalg.qr",
    "numpy.linalg.slogdet", "numpy.linalg.lstsq",
})  # fmt: skip
"""What gives a list or a tuple of arrays, ``np.gradient`` of what has several axes."""


@dataclass(frozen=True)
class Origins:
    """The bindings of names in the function, or the module, that holds a nest."""

    owner: ast.AST
    nest: ast.stmt
    known: Known
    uses: Uses
    outer: Origins | None = None
    """The bindings of the scope around."""
    around_class: ast.ClassDef | None = None

    @cached_property
    def _bindings(self) -> dict[str, list[ast.expr | None]]:
        """What each name is bound to outside the nest; None for what is no plain assignment."""
        found: dict[str, list[ast.expr | None]] = {}
        for statement in _statements(self.owner, self.nest):
            match statement:
                case ast.Assign(targets=[first, *others], value=value):
                    shared = value if isinstance(value, ast.Constant) else first
                    for target in (first, *others):
                        for name, part in _bound(target, value if target is first else shared):
                            found.setdefault(name, []).append(part)
                case ast.AnnAssign(target=ast.Name(id=name), value=value):
                    found.setdefault(name, []).append(value)
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    found.setdefault(statement.name, []).append(None)
                case ast.AugAssign():
                    pass
                case ast.For(target=target, iter=iterable):
                    for name, item in _looped(target, iterable):
                        found.setdefault(name, []).append(item)
                case _:
                    for name in _header_names(statement):
                        found.setdefault(name, []).append(None)
        for name, value in self.uses.named:
            found.setdefault(name, []).append(value)
        return found

    def _values(self, name: str) -> list[ast.expr | None]:
        """What a name, or an attribute of ``self``, is bound to in the scopes around the nest."""
        root, _, attribute = name.partition(".")
        if attribute:
            return [*self._attributes.get(attribute, ())] if root == "self" else []
        if name in self._bindings or self.outer is None:
            return self._bindings.get(name, [])
        return self.outer._values(name)

    @cached_property
    def _attributes(self) -> dict[str, list[ast.expr | None]]:
        """What the class around gives to each attribute of ``self``; a list that grows is one."""
        found: dict[str, list[ast.expr | None]] = {}
        for node in walk(self.around_class) if self.around_class is not None else ():
            match node:
                case ast.Assign(targets=[ast.Attribute(ast.Name("self"), name)], value=value):
                    found.setdefault(name, []).append(value)
                case ast.Call(func=ast.Attribute(ast.Attribute(ast.Name("self"), name), "append")):
                    found.setdefault(name, []).append(ast.List([], ast.Load()))
        return found

    def check_operand(self, name: str) -> None:
        """Refuse an operand that is visibly no plain array of numbers, or a part of one."""
        for value in self._values(name):
            if value is not None and (isinstance(value, _NO_ARRAYS) or _is_list(value)):
                raise Final(f"{name} is no array", always=True)
            if self._called(value) in _LISTS:
                raise Final(f"{name} may be a list")
        for owner in self._owners(name, set()):
            fact = self.known.array(owner)
            if owner != name and fact.dtype is not None and not self.known.is_wide(owner):
                raise Refused(f"einsum computes with {fact.dtype} in another way")
            for value in self._values(owner):
                if value is not None:
                    self._check_value(name, value, known=fact.dtype is not None)

    def _check_value(self, name: str, value: ast.expr, *, known: bool) -> None:
        """Refuse an operand for the expression that it comes from."""
        if isinstance(value, (ast.Compare, ast.BoolOp)):
            raise Refused(f"{name} may be boolean", always=True)
        narrow = dtypes(value) & _NARROW
        if narrow and not known:
            raise Refused(f"einsum computes with {min(narrow)} in another way")
        called = self._called(value)
        if called.startswith("builtins.") and called not in _NUMBERS:
            raise Refused(f"{name} is no array", always=True)
        if called.startswith(_OTHERS) or _is_generic(value):
            raise Refused(f"{name} is no plain array")

    def check_iterated(self, name: str) -> None:
        """Refuse what is iterated over and may be a list: an attribute, or the result of a call."""
        values = self._values(name)
        arrays = [value for value in values if value is not None and self._is_array(value)]
        known = bool(values) and len(arrays) == len(values)
        calls = any(_is_call(value) for value in values if value not in arrays)
        if calls or ("." in name and not known):
            raise Final(f"{name} may be a list")

    def _is_array(self, value: ast.expr) -> bool:
        """Whether an expression is certainly an array or a number of NumPy."""
        match value:
            case ast.Call():
                called = self._called(value)
                return called.startswith("numpy.") and called not in _LISTS
            case ast.Subscript(value=ast.Call() as call):
                return self._called(call).startswith("numpy.")
            case ast.BinOp(left=left, right=right):
                return self._is_array(left) or self._is_array(right)
        return False

    def check_chained(self, name: str) -> None:
        """Refuse ``x[i][j]`` where nothing else shows that ``x`` is an array."""
        if name not in self.uses.least:
            raise Refused(f"{name} may be a list of lists")

    def check_flattened(self, name: str, *, certain: bool) -> None:
        """Refuse an operand of ``np.outer`` that the function made itself, in any shape."""
        if certain or name in self._bindings:
            raise Refused(f"it is not known how many axes {name} has")

    def check_accumulator(self, name: str) -> None:
        """Refuse a name that may hold a view: adding to it in place changes an operand."""
        if any(any(viewed(value)) for value in self._bindings.get(name, ())):
            raise Refused(f"{name} may be a view of an operand")

    def check_target(self, name: str) -> None:
        """Refuse a target that is visibly made for integers: it cuts off what is stored."""
        if self.known.array(name).dtype is None:
            for value in self._values(name):
                if value is not None and (dtypes(value) & _INTEGERS):
                    raise Refused(f"{name} holds integers, and what is stored may not be one")

    def is_fresh(self, name: str) -> bool:
        """Whether a name holds an array that the function made, and that nothing else holds."""
        values = self._bindings.get(name, [])
        made = [
            isinstance(value, ast.Call)
            and self._called(value).startswith("numpy.")
            and self._called(value).rpartition(".")[2] in _MAKERS
            for value in values
        ]
        return bool(made) and all(made) and not self._is_aliased(name)

    @cached_property
    def shapes(self) -> dict[str, tuple[ast.expr, ...]]:
        """The sizes of the arrays that the function makes once; none for what is a number."""
        found: dict[str, tuple[ast.expr, ...]] = {}
        for name, values in self._bindings.items():
            if values and all(value is not None and self._is_number(value) for value in values):
                found[name] = ()
            value = values[0] if len(values) == 1 else None
            maker = self._called(value).rpartition(".")
            if not isinstance(value, ast.Call) or not value.args or maker[2] not in _OF_SHAPE:
                continue
            shape = value.args[0]
            sizes = shape.elts if isinstance(shape, ast.Tuple) else [shape]
            if maker[0] == "numpy" and all(map(self._is_size, sizes)):
                found[name] = tuple(sizes)
        return found

    @cached_property
    def like(self) -> dict[str, str]:
        """Names of arrays that the function makes in the shape of another, with its name."""
        found: dict[str, str] = {}
        for name, values in self._bindings.items():
            match values:
                case [ast.Call(args=[ast.Name(id=other), *_]) as call]:
                    once = (
                        len(self._bindings.get(other, ())) < 2 and other not in self.uses.augmented
                    )
                    if once and self._called(call) in _LIKE:
                        found[name] = other
        return found

    def _is_number(self, node: ast.expr) -> bool:
        """Whether an expression is certainly a number: ``x.dtype.type(0)``, ``float(y)``."""
        match node:
            case ast.Constant(value=int() | float() | complex()):
                return True
            case ast.UnaryOp(operand=operand):
                return self._is_number(operand)
            case ast.BinOp(left=left, right=right):
                return self._is_number(left) and self._is_number(right)
            case ast.Call(func=ast.Attribute(ast.Attribute(attr="dtype"), "type")):
                return True
        return self._called(node) in _NUMBERS

    def _is_size(self, node: ast.expr) -> bool:
        """Whether an expression is an integer that stays the same: a name that is bound once."""
        if isinstance(node, ast.Name):
            once = len(self._bindings.get(node.id, ())) < 2 and node.id not in self.uses.augmented
            return node.id in self.uses.integers and once
        match node:
            case ast.Constant(value=int()):
                return True
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult(), right=right):
                return self._is_size(left) and self._is_size(right)
            case ast.Call(func=ast.Name("len"), args=[ast.Name(id=name)]):
                return len(self._bindings.get(name, ())) < 2
            case ast.Subscript(ast.Attribute(ast.Name(id=name), "shape"), ast.Constant(int())):
                return len(self._bindings.get(name, ())) < 2
        return False

    def _is_aliased(self, name: str) -> bool:
        values = itertools.chain.from_iterable(self._bindings.values())
        return any(name in viewed(value) for value in values)

    @cached_property
    def ranks(self) -> dict[str, int]:
        """How many axes other uses show that a name has at least, where it is bound only once."""
        found = dict.fromkeys(self.uses.iterated, 1) | self.uses.least
        return {n: k for n, k in found.items() if len(self._bindings.get(n, ())) < 2}

    @cached_property
    def naturals(self) -> frozenset[str]:
        """Names that only loops bind, which count from 0 or from more."""
        found = self.uses.counting.items()
        loops = {name for name, count in found if len(self._bindings.get(name, ())) <= count}
        return frozenset(loops - self.uses.augmented)

    def is_local(self, name: str) -> bool:
        """Whether a name is bound in the scope of the nest: by a parameter or a statement."""
        parameters: set[str] = set()
        if isinstance(self.owner, (ast.FunctionDef, ast.AsyncFunctionDef)):
            parameters = {a.arg for a in walk(self.owner.args) if isinstance(a, ast.arg)}
        bound = name in parameters or name in self._bindings
        return bound and name not in self.uses.declared

    def may_share(self, one: str, other: str) -> bool:
        """Whether two names visibly hold the same memory: one is a view of the other."""
        return bool(self._owners(one, set()) & self._owners(other, set()))

    def _owners(self, name: str, seen: set[str]) -> set[str]:
        """The names whose memory a name may hold, itself too."""
        if name in seen:
            return seen
        seen.add(name)
        for value in self._bindings.get(name, ()):
            for root in viewed(value):
                self._owners(root, seen)
        return seen

    def _called(self, value: ast.expr | None) -> str:
        if not isinstance(value, ast.Call):
            return ""
        text = dotted(value.func)
        names = self.known.reference(text) if text else frozenset()
        return next(iter(names)) if len(names) == 1 else ""


_NUMBERS = frozenset({
    "builtins.float", "builtins.int", "builtins.complex", "builtins.abs", "builtins.len",
    "builtins.min", "builtins.max", "builtins.sum", "builtins.round", "builtins.pow",
})  # fmt: skip


def _statements(owner: ast.AST, nest: ast.stmt) -> Iterator[ast.stmt]:
    """The statements of a function, those of the nest and of inner functions left out."""
    todo: list[ast.AST] = [*getattr(owner, "body", [])][::-1]
    while todo:
        node = todo.pop()
        if node is nest:
            continue
        if isinstance(node, ast.stmt):
            yield node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.expr)):
            continue
        todo += [
            child
            for child in children(node)
            if isinstance(child, (ast.stmt, ast.excepthandler, ast.match_case))
        ][::-1]


def _bound(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """The names of a target, each with the expression that it is bound to, or a part of it."""
    match target, value:
        case ast.Name(id=name), _:
            yield name, value
        case (
            (ast.Tuple(elts=targets) | ast.List(elts=targets)),
            (ast.Tuple(elts=values) | ast.List(elts=values)),
        ) if len(targets) == len(values):
            for one, part in zip(targets, values, strict=True):
                yield from _bound(one, part)
        case _:
            part = ast.Subscript(value, ast.Constant(0), ast.Load())
            yield from ((name, part) for name in bound_names(target))


def _looped(target: ast.expr, iterable: ast.expr) -> Iterator[tuple[str, ast.expr | None]]:
    """The names that a loop binds, each with the item that it holds, if it is no counter."""
    match target, iterable:
        case _, ast.Call(ast.Name("range")):
            yield from ((name, None) for name in bound_names(target))
        case ast.Tuple(elts=targets), ast.Call(ast.Name("zip"), args=parts) if len(parts) == len(
            targets
        ):
            for one, part in zip(targets, parts, strict=True):
                yield from _looped(one, part)
        case ast.Tuple(elts=[count, row]), ast.Call(ast.Name("enumerate"), [inner, *_]):
            yield from ((name, None) for name in bound_names(count))
            yield from _looped(row, inner)
        case _:
            item = ast.Subscript(iterable, ast.Constant(0), ast.Load())
            yield from ((name, item) for name in bound_names(target))


def _header_names(statement: ast.stmt) -> Iterator[str]:
    """Names that the header of a compound statement, or an import, binds."""
    match statement:
        case ast.AsyncFor(target=target):
            yield from bound_names(target)
        case ast.With(items=items) | ast.AsyncWith(items=items):
            for item in items:
                if item.optional_vars is not None:
                    yield from bound_names(item.optional_vars)
        case ast.Import() | ast.ImportFrom() | ast.Delete():
            yield from bound_names(statement)


def _is_call(value: ast.expr | None) -> bool:
    """Whether a call gives a value, or a part of it."""
    inner = value.value if isinstance(value, ast.Subscript) else value
    return isinstance(inner, ast.Call)


def _is_generic(value: ast.expr) -> bool:
    """Whether a value is made by ``xp``, which stands for any library of arrays."""
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Name("xp"))):
            return True
    return False


def _is_list(value: ast.expr) -> bool:
    """Whether an expression is ``[0.0] * n``, adds lists, or makes a list of an array."""
    match value:
        case ast.BinOp(left=left, op=ast.Mult() | ast.Add(), right=right):
            return isinstance(left, ast.List) or isinstance(right, ast.List)
        case ast.Call(func=ast.Attribute(attr="tolist")):
            return True
    return False
