"""The reader: a loop nest, and what it does as updates, or the reason why not."""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ...contraction import (
    Access,
    Contraction,
    Index,
    Size,
    Term,
    accesses,
    indices_of,
    integer,
    of,
    plus,
    symbols_of,
)
from ...dims import Polynomial
from ...liveness import Use
from ...nests import Lift, Update
from ...screen import bound_names
from ..idioms import copies, whole_operands
from ..products.space import Refused
from .around import Around
from .context import Context
from .exploring import certain, explored
from .expressions import Evaluator
from .items import Accumulated, Appended, Entry, Item, Outer, Stacked
from .operands import RESULT, lift, shown
from .refusal import RANKS_UNKNOWN, Final
from .sharing import shared
from .state import Cell, State
from .statements import Machine
from .targets import bounds

_NEVER_SPARSE = 3
"""An array with so many axes is no sparse matrix, nor a list."""
MOST_TERMS = 6
MOST_FACTORS = 8
MOST_ACCESSES = 8
"""How many operands a rewriting without einsum has: more make one line that nobody reads."""


@dataclass(frozen=True)
class Reading:
    """A nest that was read: its meaning, and the lists that get their items in it."""

    lift: Lift
    lists: frozenset[str]
    products: bool
    given: Mapping[str, Size]
    rounds: float = math.inf
    """How many rounds the loops have, if that is a number of the source."""
    elementwise: bool = False


def read_loop(node: ast.For | ast.While, around: Around) -> Reading:
    """What a loop nest does.  Refused when it is no contraction."""
    _check_surroundings(node, around)
    reading = explored(lambda context: _attempt(node, around, context), around.known)
    return _at_work(reading, around)


def _at_work(reading: Reading, around: Around) -> Reading:
    """The reading, if an einsum has something to do in it."""
    updates = reading.lift.updates
    terms = [term for update in updates for term in update.value.terms]
    if not any(map(_is_work, terms)):
        if not any(_changes(update) for update in updates):
            raise Refused("nothing is contracted")
        _check_ranks(reading, around)
        if sum(1 for _ in accesses(tuple(terms))) > MOST_ACCESSES:
            raise Refused("the arithmetic would be one long line")
        reading = replace(reading, elementwise=True)
    if len(terms) > MOST_TERMS or any(len(term.factors) > MOST_FACTORS for term in terms):
        raise Refused("the einsums would be longer than the loop")
    return reading


def _check_ranks(reading: Reading, around: Around) -> None:
    """Refuse elementwise work on what may as well be rows as elements."""
    unknown = {name for name, operand in reading.lift.operands.items() if not operand.rank_known}
    if unknown & around.origins.uses.stacks:
        raise Refused(RANKS_UNKNOWN)
    _check_lists(reading, around)
    for update in reading.lift.updates:
        target = reading.lift.operands[update.target.array]
        listed = target.name in reading.lists
        counted = target.name in around.origins.uses.lengths
        products = any(map(_multiplies, update.value.terms))
        single = len(update.target.subscripts) == 1 and not target.rank_known
        if listed or (single and (products or counted)):  # rows are written as elements are
            read = [a for t in update.value.terms for a in accesses(t) if a.subscripts]
            if all(len(a.subscripts) == 1 for a in read):
                raise Refused(RANKS_UNKNOWN)


def _check_lists(reading: Reading, around: Around) -> None:
    """Refuse arithmetic on what may be lists: a list is not added to as an array is."""
    terms = tuple(term for update in reading.lift.updates for term in update.value.terms)
    found = [*accesses(terms), *(update.target for update in reading.lift.updates)]
    several = {access.array for access in found if len(access.subscripts) > 1}
    for name in sorted({access.array for access in found} - several):
        if not reading.lift.operands[name].is_array:
            if name in around.origins.uses.iterated:
                raise Final(f"{name} may be a list")
            if "." in name:
                around.origins.check_iterated(name)


def _changes(update: Update) -> bool:
    """Whether elements are computed from elements, or put in another order."""
    arrays = [a for t in update.value.terms for a in accesses(t) if a.array != update.target.array]
    read = [access for access in arrays if indices_of(access)]
    if not read or not update.target.subscripts:
        return False
    copied = len(update.value.terms) == 1 and update.value.terms[0].factors == (read[0],)
    return not copied or _order(read[0]) != _order(update.target)


def _order(access: Access) -> list[Index]:
    return [index for subscript in access.subscripts for index in sorted(indices_of(subscript))]


def read_expression(node: ast.expr, around: Around) -> Reading:
    """What a comprehension, and the calls around it, give.  Refused when it is no contraction."""
    reading = explored(lambda context: _attempt_expression(node, around, context), around.known)
    products = any(_multiplies(term) for u in reading.lift.updates for term in u.value.terms)
    reading = _at_work(reading, around)
    if not products or reading.elementwise:
        raise Refused("nothing is contracted")
    return reading


def read_idiom(node: ast.expr, around: Around, written: ast.expr) -> Reading:
    """What array arithmetic gives.  Refused when it is no single product, or ranks are unknown.

    ``written`` is the same with the operations of the library that is read as if it were NumPy.
    """
    reading = certain(lambda context: _attempt_expression(node, around, context), around.known)
    ((update,),) = (reading.lift.updates,)
    if len(update.value.terms) != 1:
        raise Refused("it is a sum of several products", node)
    if _falls_apart(update.value.terms[0]):
        raise Refused("it is a product of several sums", node)
    if not _is_product(update) or (len(update.value.terms[0].factors) == 1 and copies(node)):
        raise Refused("nothing is contracted", node)
    dtypes = {operand.dtype for operand in reading.lift.operands.values()} - {None}
    if "int64" in dtypes and len(dtypes) > 1:
        raise Refused("einsum converts the integers first", node)
    for operand in whole_operands(written):
        known = reading.lift.operands.get(ast.unparse(operand))
        if known is not None and not known.is_array and (known.rank or 0) < _NEVER_SPARSE:
            raise Refused(f"{known.name} may be no array", operand)
    return reading


def _falls_apart(term: Term) -> bool:
    """Whether a term is a product of sums that have no index in common."""
    parts: list[frozenset[Index]] = []
    for own in map(indices_of, term.factors):
        apart = [part for part in parts if not part & own]
        parts = [*apart, own.union(*(part for part in parts if part & own))]
    return sum(bool(part & term.summed) for part in parts) > 1


def _is_product(update: Update) -> bool:
    """Whether several arrays are multiplied and summed, or one has axes that are not in order."""
    (term,) = update.value.terms
    read = [access for access in accesses(term) if indices_of(access)]
    if len(read) > 1:
        return _is_work(term)
    if len(read) != 1 or term.factors != (read[0],):
        return False
    order = _order(read[0])
    return _is_diagonal(read[0]) or (len(order) > 2 and [*update.value.axes] != order)


def read_list(node: ast.ListComp, name: str, around: Around) -> Reading:
    """What a list holds that a comprehension makes, under its name.  Refused as above."""
    reading = explored(lambda context: _attempt_list(node, name, around, context), around.known)
    return _at_work(reading, around)


def _attempt_list(node: ast.ListComp, name: str, around: Around, context: Context) -> Reading:
    item = Evaluator(context, State()).item(node)
    if not isinstance(item, Stacked) or item.levels > 1:
        raise Refused("a list runs over two loops", node)
    context.lists.add(name)
    context.space.assume("no loop is empty")
    meaning = lift((Update(Access(name), item.value),), around, context)
    rounds = math.prod(context.rounds)
    return Reading(meaning, frozenset({name}), context.contracting, context.given, rounds)


def _multiplies(term: Term) -> bool:
    """Whether a term is a product of arrays."""
    return sum(bool(indices_of(factor)) for factor in term.factors) > 1


def _attempt_expression(node: ast.expr, around: Around, context: Context) -> Reading:
    item = Evaluator(context, State()).item(node)
    if not isinstance(item, Contraction):
        raise Refused("a list is made, not an array", node)
    updates = (Update(Access(RESULT), item),)
    return Reading(lift(updates, around, context), frozenset(), context.contracting, context.given)


def _check_surroundings(node: ast.stmt, around: Around) -> None:
    child: ast.AST = node
    while isinstance(child, ast.stmt):
        spot = around.liveness.block_of(child)
        if isinstance(spot.owner, (ast.Try, ast.TryStar)) and spot.part == "body":
            raise Refused("an error in the loop would be caught", node, always=True)
        if isinstance(spot.owner, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Module)):
            return
        child = spot.owner


def _attempt(node: ast.For | ast.While, around: Around, context: Context) -> Reading:
    state = State()
    Machine(context, state).run([node])
    updates = [_element_update(cell, context) for cell in state.cells.values()]
    integers: list[Update] = []
    for name in dict.fromkeys(_names(node)):
        item = state.names.get(name)
        kind = integers if isinstance(item, int | Polynomial) else updates
        kind += _name_update(name, item, node, around, context)
    _check_integers(integers)
    for name in context.lists:
        item = state.names[name]
        assert isinstance(item, Stacked)
        updates.append(Update(Access(name), item.value))
    if context.lists and context.zero_dropped:
        context.space.assume("no loop is empty")
        context.space.assume("what is summed is floating-point")
    meaning = lift((*shared(updates), *integers), around, context)
    rounds = math.prod(context.rounds)
    return Reading(meaning, frozenset(context.lists), context.contracting, context.given, rounds)


def _check_integers(updates: Sequence[Update]) -> None:
    """Refuse counters whose last value depends on another counter's."""
    names = {update.target.array for update in updates}
    for update in updates:
        for factor in (f for term in update.value.terms for f in term.factors):
            used = symbols_of(factor) if isinstance(factor, Polynomial) else frozenset()
            if any(symbol.name in names - {update.target.array} for symbol in used):
                raise Final(f"{update.target.array} depends on another counter")


def _names(node: ast.stmt) -> list[str]:
    return [name for name in bound_names(node) if name]


def _is_work(term: Term) -> bool:
    """Whether a term is a sum or an outer product of arrays, not mere elementwise work."""
    arrays = [factor for factor in term.factors if isinstance(factor, Access)]
    if term.summed:
        if len(arrays) == 1 and arrays[0].open:
            return False
        return any(indices_of(array) & term.summed for array in arrays)
    sets = [indices_of(array) for array in arrays]
    outer = any(not (a <= b or b <= a) for a, b in itertools.combinations(sets, 2))
    return outer or any(map(_is_diagonal, arrays))


def _is_diagonal(access: Access) -> bool:
    """Whether an index runs along two axes at once."""
    found = [index for subscript in access.subscripts for index in indices_of(subscript)]
    return len(found) > len(set(found))


def _element_update(cell: Cell, context: Context) -> Update:
    for large, small in bounds(cell.target, context.space.extents):
        context.space.assume(f"{shown(large)} >= {shown(small)}")
    if _is_diagonal(cell.target):
        raise Final(f"a diagonal of {cell.target.array} is written", always=True)
    there = frozenset().union(*map(indices_of, cell.target.subscripts))
    if there != set(cell.own):
        raise Final(f"two rounds may write the same element of {cell.target.array}", always=True)
    order = tuple(dict.fromkeys(i for s in cell.target.subscripts for i in sorted(indices_of(s))))
    return Update(cell.target, Contraction(order, cell.terms))


def _name_update(
    name: str, item: Item | None, node: ast.stmt, around: Around, context: Context
) -> list[Update]:
    if isinstance(item, Accumulated):
        return [_accumulated(item, around, context)]
    if isinstance(item, Outer | None | Stacked):
        return []
    if isinstance(item, Entry | Appended):
        raise Final(f"{name} is carried from one round to the next", always=True)
    use = around.liveness.after(node, name)
    if use is Use.READ:
        if isinstance(item, int | Polynomial):
            return [Update(Access(name), Contraction((), integer(item)))]
        raise Final(f"{name} is used after the loop", always=True)
    if use is Use.EXPORTED:
        context.space.assume(f"no other module uses {name}")
    return []


def _accumulated(item: Accumulated, around: Around, context: Context) -> Update:
    value, name = item.added, item.name
    array = bool(value.axes) or value.open
    if item.in_place and (array or context.told_rank(name) != 0):
        around.origins.check_accumulator(name)
    rank = context.told_rank(name)
    if rank is None and not array:
        context.oddities += 2
        context.sensitive = True
    if rank is not None and rank < len(value.axes):
        if item.in_place and rank:
            raise Refused(f"{name} has fewer axes than what is added to it")
        context.space.assume("no loop is empty")
        context.oddities += 1 if around.known.integer(name) is not None else 2
    if rank == 0 and value.open:
        context.oddities += 1
    if rank is not None and not value.open:
        context.oddities += max(rank - len(value.axes), 0)
    if rank == len(value.axes):
        for k, axis in enumerate(value.axes):
            if axis is not None:
                context.space.same(context.space.extents[axis].span, context.axis(name, k))
    own = Access(name)
    return Update(own, replace(value, terms=plus(of(own), value.terms)), in_place=item.in_place)
