"""Comprehensions and generators: lists with an item for each round."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from ...contraction import Contraction, Index, indices_of
from ..products.space import Refused
from .items import Stacked
from .refusal import Final
from .spaces import bindings, rounds

if TYPE_CHECKING:
    from .expressions import Evaluator


def comprehension(evaluator: Evaluator, node: ast.ListComp | ast.GeneratorExp) -> Stacked:
    """The items of a comprehension, with an axis for each of its loops."""
    inner = type(evaluator)(evaluator.context, evaluator.state.copy())
    indices: list[Index] = []
    for generator in node.generators:
        if generator.ifs:
            raise Final("what happens depends on a condition", generator.ifs[0], always=True)
        if generator.is_async:
            raise Final("the loop is asynchronous", node, always=True)
        item = inner.iterable(inner.item(generator.iter))
        each = rounds(inner, item, generator.target)
        if any(indices_of(evaluator.space.extents[index].span) for index in each.indices):
            raise Final("how far a loop runs depends on another loop", generator.iter, always=True)
        indices += each.indices
        inner.state.names.update(bindings(generator.target, each.item))
    item = inner.item(node.elt)
    listed = isinstance(item, Stacked) and item.levels == 1
    value = item.value if isinstance(item, Stacked) and listed else inner.array(item)
    if value.open and not evaluator.context.sums_rows:
        raise Refused("items of unknown rank are listed")
    return Stacked(Contraction((*indices, *value.axes), value.terms, value.open), len(indices))
