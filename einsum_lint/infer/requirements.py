"""What a call that runs says of the ranks of its arguments: ``x.transpose(0, 2, 1)`` has three."""

from __future__ import annotations

from collections.abc import Iterator

from ..shapes import ArrayFact
from .arguments import Arguments
from .behaviours.patterns import left_rank
from .values import Display, Method, Reference, Value

_KEEP_RANK = frozenset({"transpose", "permute", "permute_dims"})
_JOIN = frozenset({"concatenate", "concat", "cat", "stack"})
_LIBRARIES = ("numpy", "jax.numpy", "cupy", "dask.array", "torch", "tensorflow")
_FIXED = {"torch.mm": (2, 2), "torch.bmm": (3, 3), "torch.mv": (2, 1)}
_PATTERNS = frozenset({"einops.rearrange", "einops.reduce", "einops.repeat"})


def required(callee: Value, arguments: Arguments, result: Value) -> Iterator[tuple[Value, int]]:
    """The arrays that a call receives of which it demands a rank, and that rank.

    ``result`` is what the call returns.
    """
    match callee:
        case Method(of=array, name=name) if name in _KEEP_RANK:
            yield from _kept(array, result)
        case Reference(names=names) if len(names) == 1 and arguments.args:
            (full,) = names
            module, _, name = full.rpartition(".")
            if name in _KEEP_RANK and module in _LIBRARIES:
                yield from _kept(arguments.args[0], result)
            elif name in _JOIN and module in _LIBRARIES:
                yield from _alike(arguments.args[0], module)
            elif full in _FIXED:
                yield from zip(arguments.args, _FIXED[full], strict=False)
            elif full in _PATTERNS:
                rank = left_rank(arguments.get(1, "pattern"))
                if rank is not None:
                    yield arguments.args[0], rank


def _kept(array: Value, result: Value) -> Iterator[tuple[Value, int]]:
    if isinstance(result, ArrayFact) and result.shape.rank is not None:
        yield array, result.shape.rank


def _alike(arrays: Value, library: str) -> Iterator[tuple[Value, int]]:
    """Arrays that are joined have one rank: where that of one is known, it is that of all."""
    items = arrays.items if isinstance(arrays, Display) else ()
    ranks = {item.shape.rank for item in items if isinstance(item, ArrayFact)} - {None}
    if library == "torch" and 1 in ranks:  # it leaves out a vector that is empty
        return
    if len(ranks) == 1:
        (rank,) = ranks
        yield from ((item, rank) for item in items if rank is not None)
