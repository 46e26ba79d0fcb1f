"""What a rewriting assumes of its operands: that they are arrays, of which dtype, and apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..contraction import Index, accesses
from ..dialects import BY_LIBRARY
from ..nests import EXPRESSIONS, LoopNest, Operand, Update
from .sizes import Scene


def assume(nest: LoopNest, scene: Scene) -> None:
    """Note all that is not certain of the operands."""
    updates = scene.lift.updates
    names = {access.array for update in updates for access in accesses(update.value.terms)}
    names |= {update.target.array for update in updates if update.target.subscripts}
    used = [operand for operand in scene.lift.operands.values() if operand.name in names]
    used = [operand for operand in used if not _is_started(nest, operand)]
    _assume_ranks(scene, used)
    _assume_dtypes(scene, [operand for operand in used if operand.rank != 0])
    _assume_apart(scene, used)
    _assume_not_empty(nest, scene)


def _is_started(nest: LoopNest, operand: Operand) -> bool:
    """Whether an operand is the literal number that it starts with."""
    return operand.rank == 0 and operand.name in nest.starts


def _assume_ranks(scene: Scene, operands: Sequence[Operand]) -> None:
    unsure = [o for o in operands if not (o.rank_known and o.is_array) or _is_vague(o)]
    for rank in dict.fromkeys(operand.rank for operand in unsure):
        named = [operand for operand in unsure if operand.rank == rank]
        text, plural = listed(o.name for o in named), len(named) > 1
        certain = all(operand.rank_known for operand in named)
        scene.needs.add(
            f"{text} {_kind(scene, rank, plural=plural, certain=certain)}",
            _check_rank(scene, named),
        )


def _is_vague(operand: Operand) -> bool:
    """Whether it is a number of unknown type."""
    return operand.rank == 0 and operand.dtype is None


def _kind(scene: Scene, rank: int | None, *, plural: bool, certain: bool) -> str:
    if rank == 0:
        return "are real numbers" if plural else "is a real number"
    library = BY_LIBRARY[scene.lift.library or "numpy"].name
    what = f"are {library} arrays" if plural else f"is a {library} array"
    if rank is None or certain:
        return what
    return f"{what} with {rank} {'axis' if rank == 1 else 'axes'}"


def _check_rank(scene: Scene, operands: Sequence[Operand]) -> str:
    names = [operand.name for operand in operands]
    rank = operands[0].rank
    if rank == 0:
        return " and ".join(f"isinstance({name}, (int, float))" for name in names)
    tests = [f"type({name}) is {scene.lift.numpy}.ndarray" for name in names]
    if rank is not None:
        tests += [f"{name}.ndim == {rank}" for name in names]
    return " and ".join(tests)


def _assume_dtypes(scene: Scene, operands: Sequence[Operand]) -> None:
    unknown = [operand.name for operand in operands if operand.dtype is None]
    if not unknown:
        return
    known = {operand.dtype for operand in operands if operand.dtype is not None}
    verb = "have" if len(unknown) > 1 else "has"
    if len(known) == 1:
        (dtype,) = known
        text = f"the dtype {dtype}"
    else:
        text = "one floating dtype" if len(unknown) > 1 else "a floating dtype"
        dtype = "float64"
    check = " and ".join(f"{name}.dtype == {scene.lift.numpy}.{dtype}" for name in unknown)
    scene.needs.add(f"{listed(unknown)} {verb} {text}", check)


def _assume_apart(scene: Scene, operands: Sequence[Operand]) -> None:
    """A loop sees what it has written already, an array operation does not."""
    written = {
        update.target.array
        for update in scene.lift.updates
        if update.target.subscripts or (update.in_place and update.value.axes)
    }
    arrays = [operand for operand in operands if operand.rank != 0]
    for operand in arrays:
        others = [o.name for o in arrays if o is not operand and not (o.fresh or operand.fresh)]
        if operand.name in written and others:
            check = " and ".join(
                f"not {scene.lift.numpy}.may_share_memory({operand.name}, {other})"
                for other in others
            )
            text = f"{operand.name} shares no memory with {listed(others, 'or')}"
            scene.needs.add(text, check)


def _assume_not_empty(nest: LoopNest, scene: Scene) -> None:
    """A sum of nothing is the integer that it starts with, and an array of no rows has one axis."""
    for update in scene.lift.updates:
        value, start = update.value, nest.starts.get(update.target.array)
        if update.target.subscripts:
            continue
        around = [axis for axis in value.axes if axis is not None]
        summed = frozenset[Index]().union(*(term.summed for term in value.terms))
        filled = is_list(update)
        read = {access.array for access in accesses(value.terms)} - {update.target.array}
        whole = all(scene.operand(name).dtype == "int64" for name in read)
        becomes = start is not None and bool(around or value.open)
        indices: set[Index] = set()
        if filled and len(around) > 1:
            indices.update(around)
        if becomes or (not whole and (filled or isinstance(start, int))):
            indices.update(summed)
        if not whole and nest.kind in EXPRESSIONS:
            indices.update(summed, around)
        if not all(map(scene.is_never_empty, indices)):
            scene.needs.add("no loop is empty")


def is_list(update: Update) -> bool:
    """Whether an array is made of a list that the loop fills."""
    made = not any(update.target in term.factors for term in update.value.terms)
    return made and not update.target.subscripts and bool(update.value.axes)


def listed(names: Iterable[str], word: str = "and") -> str:
    """``A, B and C``."""
    *first, last = names
    return f"{', '.join(first)} {word} {last}" if first else last
