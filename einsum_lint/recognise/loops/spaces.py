"""What a loop runs over: an index, and what its targets hold for each value of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...contraction import Extent, Index, Size, accesses, index_size
from ...dims import add, multiply
from ..products.indexing import subscripted
from ..products.space import Refused
from .items import Counted, Item, Nested, Outer, Rows, Sequence, Zipped
from .refusal import Final

if TYPE_CHECKING:
    from .expressions import Evaluator


@dataclass(frozen=True, slots=True)
class Round:
    """The indices of a loop, which grow from round to round, and the item of each round."""

    indices: tuple[Index, ...]
    item: Item


def rounds(evaluator: Evaluator, item: Item, target: ast.expr) -> Round:
    """The rounds of a loop over an iterable."""
    match item:
        case Counted(start=start, extent=extent, sign=sign):
            found = evaluator.space.fresh(extent, _name(target))
            return Round((found,), _counted(start, sign, found))
        case Rows(array=array):
            return _rows(evaluator, array, target)
        case Zipped(parts=parts):
            return _zipped(evaluator, parts, target)
        case Nested(parts=parts):
            targets = _targets(target, len(parts))
            all_of = [rounds(evaluator, p, t) for p, t in zip(parts, targets, strict=True)]
            indices = tuple(i for each in all_of for i in each.indices)
            return Round(indices, Sequence(tuple(each.item for each in all_of)))
    raise Final("what is iterated over is not understood")


def _counted(start: Size, sign: int, found: Index) -> Size:
    value = add(start, multiply(index_size(found), sign))
    assert value is not None
    return value


def _rows(evaluator: Evaluator, array: Item, target: ast.expr) -> Round:
    evaluator.context.iterating = True
    whole = evaluator.array(array, 1)
    evaluator.context.iterating = False
    evaluator.context.iterated.update(access.array for access in accesses(whole.terms))
    if whole.open and isinstance(array, Outer):
        extent = Extent(evaluator.context.axis(array.path, 0))
    elif whole.axes and whole.axes[0] is not None:
        extent = evaluator.space.extents[whole.axes[0]]
    else:
        raise Refused("what is iterated over has no axes")
    found = evaluator.space.fresh(extent)
    if isinstance(array, Outer) and isinstance(target, ast.Name) and not whole.open:
        evaluator.context.saw_item(target.id, len(whole.axes) - 1)
    return Round((found,), subscripted(evaluator.space, whole, (_scaled(found, extent),)))


def _scaled(found: Index, extent: Extent) -> Size:
    if extent.step != 1:
        raise Refused("a strided slice is iterated over")
    return index_size(found)


def _zipped(evaluator: Evaluator, parts: tuple[Item, ...], target: ast.expr) -> Round:
    targets = _targets(target, len(parts))
    each = [
        None if _counts(part) else rounds(evaluator, part, goal)
        for part, goal in zip(parts, targets, strict=True)
    ]
    runs = [one for one in each if one is not None]
    if not runs or any(len(one.indices) != 1 for one in runs):
        raise Final("what is zipped is not understood")
    first = runs[0].indices[0]
    counters = [goal for goal, part in zip(targets, parts, strict=True) if _counts(part)]
    space = evaluator.space
    shared = space.fresh(space.extents[first], _name(counters[0]) if counters else first.name)
    items: list[Item] = []
    for one, part in zip(each, parts, strict=True):
        if one is None:
            assert isinstance(part, Counted)
            items.append(_counted(part.start, part.sign, shared))
            continue
        (own,) = one.indices
        if space.extents[own] != space.extents[first]:
            space.unify(first, own)
            evaluator.space.assume("what is zipped has equal lengths")
        items.append(_replaced(one.item, own, shared))
    return Round((shared,), Sequence(tuple(items)))


def _counts(part: Item) -> bool:
    """Whether a part is the counter of ``enumerate``, which has no end."""
    return isinstance(part, Counted) and part.extent == Extent(0)


def _replaced(item: Item, old: Index, new: Index) -> Item:
    from ...contraction import Contraction, substitute, substitute_size

    values: dict[Index, Size] = {old: index_size(new)}
    match item:
        case Contraction(axes=axes, terms=terms):
            return Contraction(axes, substitute(terms, values), item.open)
        case Sequence(items=items):
            return Sequence(tuple(_replaced(inner, old, new) for inner in items))
    assert not isinstance(item, (Outer, Rows, Zipped, Nested, Counted))
    return substitute_size(item, values)  # type: ignore[arg-type]


def _targets(target: ast.expr, count: int) -> list[ast.expr]:
    if isinstance(target, (ast.Tuple, ast.List)) and len(target.elts) == count:
        return list(target.elts)
    if isinstance(target, ast.Name):
        return [ast.Name("", ast.Store())] * count
    raise Final("the targets of a loop do not fit")


def _name(target: ast.expr) -> str:
    return target.id if isinstance(target, ast.Name) else ""


def bindings(target: ast.expr, item: Item) -> Iterator[tuple[str, Item]]:
    """The names that a target binds when it is given an item."""
    match target:
        case ast.Name(id=name):
            yield name, item
        case ast.Tuple(elts=elts) | ast.List(elts=elts):
            if not isinstance(item, Sequence) or len(item.items) != len(elts):
                raise Final("an unpacking is not understood", target)
            for element, inner in zip(elts, item.items, strict=True):
                yield from bindings(element, inner)
        case _:
            raise Final("the target of a loop is no name", target)
