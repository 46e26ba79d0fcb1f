"""What is known and assumed of the arrays of a nest, and what that rules out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ...contraction import (
    Access,
    Extent,
    Index,
    Pointwise,
    Size,
    Sum,
    accesses,
    affine,
    index_size,
    indices_of,
    substitute_size,
    symbols_of,
)
from ...dims import Polynomial, Symbol, add, multiply, subtract
from ...nests import Lift, Operand, Update
from ..products.space import Refused
from .around import Around
from .context import OPEN, Context
from .refusal import Final

RESULT = "_result"
"""The name under which the value of an expression is an update."""


def lift(updates: tuple[Update, ...], around: Around, context: Context) -> Lift:
    """The meaning of a nest, with what is known and assumed of the arrays in it."""
    _check_extents(updates, context)
    same = _equal_sizes(context)
    operands: dict[str, Operand] = {}
    targets = {update.target.array for update in updates}
    made = {RESULT, *context.lists}
    for name in sorted((context.arrays | targets) - made):
        around.origins.check_operand(name)
        operands[name] = _operand(name, updates, around, context, same)
        _check_least(operands[name], around)
        if name in context.iterated and not operands[name].is_array:
            around.origins.check_iterated(name)
        if name in context.converted and not operands[name].is_array:
            raise Final(f"{name} may be a list")
        if name in context.flattened and not operands[name].rank_known:
            around.origins.check_flattened(name, certain=context.certain)
        if name in context.chained and not operands[name].is_array:
            around.origins.check_chained(name)
    _check_lists(updates, context, operands)
    for update in updates:
        name = update.target.array
        around.origins.check_target(name)
        _check_rank(update, around, context)
        if name in made:
            rank = len(update.value.axes)
            operands[name] = Operand(name, rank, True, is_array=True, fresh=True, local=True)
    _check_ends(updates, around, context, same)
    _check_dtypes(updates, operands)
    _check_truths(updates)
    _check_aliases(updates, operands, around)
    extents = {
        index: Extent(substitute_size(extent.span, same), extent.step)
        for index, extent in context.space.extents.items()
    }
    for symbol, size in same.items():
        if symbol.name in context.integers and symbol.name.isidentifier():
            context.given.setdefault(symbol.name, size)
    integers = sorted(n for n in context.integers if n.replace(".", "").isidentifier())
    return Lift(
        updates,
        extents,
        operands,
        tuple(integers),
        around.known.numpy,
        _assumptions(context, same, around.origins.naturals),
        tuple(sorted(context.functions.items())),
        around.known.library.name,
    )


def _check_lists(
    updates: Sequence[Update], context: Context, operands: Mapping[str, Operand]
) -> None:
    """Refuse arithmetic on what may be a list: einsum takes one for an array, a sign does not."""
    terms = [term for update in updates for term in update.value.terms]
    for function in (f for term in terms for f in term.factors if isinstance(f, Pointwise)):
        for name in sorted(context.iterated & {access.array for access in accesses(function)}):
            if name in operands and not operands[name].is_array:
                raise Final(f"{name} may be a list")


def _check_least(operand: Operand, around: Around) -> None:
    """Refuse to assume fewer axes than another use shows, even of another array of that name."""
    least = around.origins.uses.least.get(operand.name, 0)
    if not operand.rank_known and operand.rank is not None and operand.rank < least:
        raise Refused(f"{operand.name} has fewer than {least} axes")


def _check_rank(update: Update, around: Around, context: Context) -> None:
    """Refuse a name that adds up to fewer axes than it is given elsewhere."""
    target = update.target
    if not target.subscripts and not update.value.open and target.array != RESULT:
        least = around.origins.uses.least.get(target.array, 0)
        if any(access.array in context.ranks for access in accesses(update.value.terms)):
            least = max(least, around.known.rank(target.array) or 0)
        if len(update.value.axes) < least:
            raise Refused(f"{target.array} has fewer than {least} axes")


def _check_extents(updates: tuple[Update, ...], context: Context) -> None:
    """Refuse an axis whose size changes from round to round."""
    for update in updates:
        for index in [*filter(None, update.value.axes), *_summed(update.value.terms)]:
            if indices_of(context.space.extents[index].span):
                raise Refused("how far an axis goes depends on a loop")


def _summed(terms: Sum) -> Iterator[Index]:
    """Every index that is summed over, inside functions too."""
    for term in terms:
        yield from term.summed
        for factor in term.factors:
            if isinstance(factor, Pointwise):
                for argument in factor.arguments:
                    yield from _summed(argument)


def _equal_sizes(context: Context) -> dict[Symbol, Size]:
    """Sizes of axes that are combined, each by the name of an integer, or of the first."""
    same: dict[Symbol, Size] = {}
    for one, other in context.space.equal:
        one, other = substitute_size(one, same), substitute_size(other, same)
        if one == other:
            continue
        if indices_of(one) or indices_of(other):
            raise Refused("axes are combined whose sizes change from round to round")
        first = (one, other) if _is_named(other) and not _is_named(one) else (other, one)
        for old, new in (first, first[::-1]):
            if isinstance(old, Polynomial) and len(symbols_of(old)) == 1:
                (symbol,) = symbols_of(old)
                if old == index_size(symbol) and symbol not in symbols_of(new):
                    same = {k: substitute_size(v, {symbol: new}) for k, v in same.items()}
                    same[symbol] = new
                    break
        context.space.assume("no axis of size 1 is stretched")
    return same


def _is_named(size: Size) -> bool:
    """Whether a size is the name of an integer: ``n``, not ``A.shape[0]``."""
    symbols = symbols_of(size)
    return len(symbols) == 1 and next(iter(symbols)).name.isidentifier()


def _operand(
    name: str,
    updates: Sequence[Update],
    around: Around,
    context: Context,
    same: dict[Symbol, Size],
) -> Operand:
    fact = around.known.array(name)
    if fact.is_array and fact.library != around.known.library.name:
        raise Final(f"{name} is an array of another library")
    known = around.known.rank(name)
    told = context.told_rank(name)
    rank: int | None = told if told is not None else context.ranks.get(name)
    used = [a for update in updates for a in _all_accesses(update) if a.array == name]
    if rank is None and used:
        rank = max(len(a.subscripts) for a in used)
        for update in updates:
            if update.target == Access(name):
                rank = OPEN if update.value.open else len(update.value.axes)
    if rank == OPEN:
        rank = None
    shown = rank if rank is not None else max((len(a.subscripts) for a in used), default=0)
    sizes = tuple(substitute_size(context.known.axis(name, k), same) for k in range(shown))
    least = tuple(
        tuple(dict.fromkeys(_beyond(a.subscripts[k], context, same) for a in used if a.subscripts))
        for k in range(rank or 0)
        if not any(a.open for a in used)
    )
    return Operand(
        name,
        rank,
        known is not None,
        fact.dtype or around.known.number_dtype(name),
        around.known.is_array(fact) or known == 0,
        sizes,
        least,
        around.origins.is_fresh(name),
        around.origins.is_local(name),
    )


def _all_accesses(update: Update) -> list[Access]:
    return [update.target, *accesses(update.value.terms)]


def _beyond(subscript: Size, context: Context, same: dict[Symbol, Size]) -> Size:
    """The least size of an axis with which a subscript is inside of it."""
    split = affine(subscript)
    if split is None:
        return 0
    last, coefficients = split
    for index, coefficient in coefficients.items():
        if isinstance(coefficient, int) and coefficient < 0:
            continue
        span = subtract(context.space.extents[index].span, 1)
        both = add(last, multiply(coefficient, span))
        assert both is not None
        last = both
    end = add(last, 1)
    assert end is not None
    return substitute_size(end, same)


def _check_ends(
    updates: Sequence[Update], around: Around, context: Context, same: dict[Symbol, Size]
) -> None:
    """Refuse ``x[i - n]`` where ``i`` is a number or counts up from one: ``n`` may be larger."""
    counting = around.origins.naturals
    for access in (a for update in updates for a in _all_accesses(update)):
        for subscript in access.subscripts:
            first = substitute_size(_first(subscript, context), same)
            terms = first.terms if isinstance(first, Polynomial) else ()
            taken = {s.name for monomial, c in terms if c < 0 for s in monomial}
            given = {s.name for monomial, c in terms if c > 0 for s in monomial}
            if taken and given <= counting and not (given and taken <= counting):
                raise Refused("a subscript may count from the end")


def _first(subscript: Size, context: Context) -> Size:
    """The least value of a subscript whose coefficients are numbers, else 0."""
    split = affine(subscript)
    if split is None:
        return 0
    first, coefficients = split
    for index, coefficient in coefficients.items():
        if not isinstance(coefficient, int):
            return 0
        if coefficient < 0:
            span = subtract(context.space.extents[index].span, 1)
            lower = add(first, multiply(coefficient, span))
            assert lower is not None
            first = lower
    return first


def _check_dtypes(updates: Sequence[Update], operands: dict[str, Operand]) -> None:
    for update in updates:
        target = operands[update.target.array]
        if target.dtype == "float16":
            raise Refused(f"{target.name} rounds each step to {target.dtype}")
        read = [
            operands[a.array].dtype for a in accesses(update.value.terms) if a.array != target.name
        ]
        for dtype in (target.dtype, *read):
            if dtype is not None and dtype not in _DTYPES:
                raise Refused(f"einsum computes with {dtype} in another way")
        whole = target.dtype is not None and target.dtype.startswith(("int", "uint"))
        if whole and any(d is None or not d.startswith(("int", "uint")) for d in read):
            raise Refused(f"{target.name} holds integers, and what is stored may not be one")


_DTYPES = frozenset({"float32", "float64", "complex64", "complex128", "int64", "uint64"})
"""The dtypes whose sums and products do not depend on the order and the width of the steps."""
_COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})


def _check_truths(updates: Sequence[Update]) -> None:
    """Refuse to sum truth values alone: an einsum of them says whether there is one."""
    for term in (term for update in updates for term in update.value.terms):
        arrays = [factor for factor in term.factors if indices_of(factor)]
        truths = [f for f in arrays if isinstance(f, Pointwise) and f.function in _COMPARISONS]
        if truths and len(truths) == len(arrays):
            raise Refused("truth values are counted")


def _check_aliases(updates: Sequence[Update], operands: dict[str, Operand], around: Around) -> None:
    """Refuse a target that is visibly a view of another array of the nest, or that of it."""
    arrays = sorted(name for name, operand in operands.items() if operand.rank != 0)
    for update in updates:
        target = operands[update.target.array]
        in_place = update.target.subscripts or update.in_place
        if target.rank_known and (target.rank == 0 or not in_place):
            continue
        for name in arrays:
            if name != target.name and around.origins.may_share(target.name, name):
                raise Refused(f"{target.name} and {name} may share memory")


def _assumptions(
    context: Context, same: dict[Symbol, Size], counting: frozenset[str]
) -> tuple[str, ...]:
    """What was assumed of sizes, in words."""
    notes = list(context.space.notes)
    for least, most in context.space.ordered:
        least, most = substitute_size(least, same), substitute_size(most, same)
        if isinstance(most, int) and most <= 1:
            raise Refused("a subscript may count from the end")
        if not context.space.certain(least, most):
            if isinstance(least, int) and {s.name for s in symbols_of(most)} <= counting:
                raise Refused("a subscript may count from the end")  # the count begins with 0
            notes.append(f"{shown(most)} >= {shown(least)}")
    return tuple(dict.fromkeys(notes))


def shown(size: Size) -> str:
    """A size for a message."""
    return str(size)
