"""einsum-to-loops."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..call_trials import call_trial, output_input
from ..codemod import codemod
from ..contraction import Contraction, Index, index_size, substitute
from ..emit.loops import MOST_BLOCKS, Layout, nest, product
from ..emit.zeros import zeros
from ..facts import NOT_CONSTANT, EinsumCall, Surroundings
from ..findings import Applicability, Fix, Problem
from ..lowering import Lowered, lower
from ..promotion import result_type
from ..settings import Config
from ..shapes import ArrayFact
from ..trial import Trial

_PATH = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_WORD = re.compile(r"\w+")
_LONGEST_NAME = 24
_WIDE = frozenset({"float32", "float64", "complex64", "complex128", "int64"})
_NARROW = frozenset({"bool", "int8", "int16", "int32", "uint8", "uint16", "uint32", "uint64"})
_SAME_PRECISION = (frozenset({"float64", "complex128"}), frozenset({"float32", "complex64"}))
_DROPPED = frozenset({"optimize", "order", "casting", "dtype", "out"})


class _Names:
    """Hands out names that are new in the scope."""

    def __init__(self, taken: frozenset[str]) -> None:
        self._taken = set(taken)

    def fresh(self, wish: str, skip: int = 0) -> str:
        """A name that is not taken, as wished or with a number; ``skip`` says how many to skip."""
        numbered = (f"{wish}{number}" for number in itertools.count(2))
        free = (name for name in itertools.chain((wish,), numbered) if name not in self._taken)
        name = next(itertools.islice(free, skip, None))
        self._taken.add(name)
        return name


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a call becomes loops.

    ``names`` are those of the operands, ``bindings`` the statements that make some of them.
    ``target`` is what the loops fill: ``value`` stands for the call afterwards, None when nothing
    needs to.  ``out`` says that the target is there already.
    """

    around: Surroundings
    lowered: Lowered
    names: tuple[str, ...]
    bindings: tuple[str, ...]
    target: str
    value: str | None
    out: bool
    dtype: str | None

    @property
    def scalar(self) -> bool:
        """Whether the result is a number."""
        return not self.lowered.contraction.axes


@codemod("einsum-to-loops", on=EinsumCall)
def einsum_to_loops(call: EinsumCall, config: Config) -> Iterator[Problem]:
    """Writes calls of `np.einsum` as loops over the elements, one loop for each label.

    ## Why
    Compilers such as Numba take loops, and no einsum.  Loops also show what a call does.

    ## Example
    ```python
    import numpy as np
    def product(A, B):
        return np.einsum("ij,jk->ik", A, B)
    ```

    Result:
    ```python
    import numpy as np
    def product(A, B):
        result = np.zeros((A.shape[0], B.shape[1]), dtype=(A[:0, :0] * B[:0, :0]).dtype)
        for i in range(A.shape[0]):
            for k in range(B.shape[1]):
                for j in range(A.shape[1]):
                    result[i, k] += A[i, j] * B[j, k]
        return result
    ```

    ## Fix safety
    It is safe when the operands are known to be plain arrays, and their dtypes and sizes are known
    as far as they matter.  Otherwise the message lists what is assumed: that an operand is an
    array, that the operands have one dtype, that no axis of size 1 is stretched.  A result that
    was a view of its operand becomes a copy.  Calls stay that are not evaluated just once by their
    statement, or after something that has an effect.
    """
    around = call.place.surroundings
    plan = None if around is None or call.error_expected else _plan(call, around)
    if plan is None or (_shows_view(plan) and plan.around.writes_into):
        return
    assumed = "; ".join(_assumptions(call, plan))
    loops = len(plan.lowered.axes)
    what = f"write it as {'loops' if loops > 1 else 'a loop' if loops else 'a product'}"
    rows = _rows(plan, config.line_length)
    fix = Fix(
        f"{what}, assuming: {assumed}" if assumed else what,
        plan.around.replace((*plan.bindings, *rows), plan.value),
        Applicability.UNSAFE if assumed else Applicability.SAFE,
        _trial(call, plan, rows),
    )
    yield Problem(f"einsum {call.subscripts!r} can be loops", call.place.call, fix)


def _plan(call: EinsumCall, around: Surroundings) -> _Plan | None:
    names = _Names(around.names)
    if not call.keywords.keys() <= _DROPPED:
        return None
    operands = _operands(call, around, names)
    lowered = lower(call, [name for name, _ in operands])
    if lowered is None or len(lowered.axes) + around.blocks > MOST_BLOCKS:
        return None
    known = [fact.dtype for fact in call.operands]
    dtype = result_type(known)
    out = around.keyword("out") if call.keywords.get("out") is not None else None
    if not _computes_alike(known, dtype, lowered) or not _drops_keywords(call, known, dtype):
        return None
    bindings = tuple(f"{name} = {text}" for name, text in operands if text is not None)
    texts = tuple(name for name, _ in operands)
    lowered = _with_variables(lowered, names)
    if out is not None:
        if not lowered.contraction.axes or not _can_fill(out, texts):
            return None
        value = None if around.alone else out
        return _Plan(around, lowered, texts, bindings, out, value, True, dtype)
    target = around.target
    if target is not None and target not in {text.partition(".")[0] for text in texts}:
        return _Plan(around, lowered, texts, bindings, target, None, False, dtype)
    total = not lowered.contraction.axes and lowered.term.summed
    target = names.fresh("total" if total else "result", around.ordinal)
    return _Plan(around, lowered, texts, bindings, target, target, False, dtype)


def _operands(
    call: EinsumCall, around: Surroundings, names: _Names
) -> list[tuple[str, str | None]]:
    """A name for each operand, and the expression that it must be bound to if it must."""
    found: list[tuple[str, str | None]] = []
    given = zip(around.operands, around.readable, call.operands, strict=True)
    for text, readable, fact in given:
        if readable and fact.is_array is not False:
            found.append((text, None))
            continue
        value = text if fact.is_array is not False else f"{around.numpy}.asarray({text})"
        found.append((names.fresh(_wish(text, around.numpy)), value))
    return found


def _wish(text: str, numpy: str) -> str:
    """A name that recalls an expression: ``conj_A`` for ``np.conj(A)``."""
    name = "_".join(word for word in _WORD.findall(text) if word != numpy)
    return name if name.isidentifier() and len(name) <= _LONGEST_NAME else "operand"


def _can_fill(out: str, operands: Sequence[str]) -> bool:
    """Whether ``out`` may be filled while the operands are read, as far as names tell."""
    roots = {name.partition(".")[0] for name in operands}
    return _PATH.fullmatch(out) is not None and out.partition(".")[0] not in roots


def _computes_alike(known: Sequence[str | None], dtype: str | None, lowered: Lowered) -> bool:
    """Whether products of numbers are as exact as einsum's, which converts the operands first."""
    if None in known:
        return not {"object"} & set(known) and ("float16" not in known or not lowered.term.summed)
    if dtype is None or dtype not in _WIDE | _NARROW | {"float16"}:
        return False
    if dtype == "float16" and lowered.term.summed:
        return False  # einsum adds them up as float32
    kinds = set(known)
    return len(kinds) == 1 or len(known) < 3 or any(kinds <= alike for alike in _SAME_PRECISION)


def _drops_keywords(call: EinsumCall, known: Sequence[str | None], dtype: str | None) -> bool:
    """Whether the loops may do without the keywords of the call."""
    order, casting = call.keywords.get("order"), call.keywords.get("casting")
    wanted = call.keywords.get("dtype")
    if not isinstance(order, str | None) or (order or "K").upper() not in ("K", "C", "A"):
        return False
    if call.keywords.get("out") is not None and casting not in (None, "safe"):
        return False
    return wanted is None or (wanted == dtype and set(known) == {dtype})


def _with_variables(lowered: Lowered, names: _Names) -> Lowered:
    """The same with indices that are called as no other name is."""
    new = {index: replace(index, name=names.fresh(index.name)) for index in lowered.axes}
    sizes = {index: index_size(other) for index, other in new.items()}
    terms = substitute(lowered.contraction.terms, sizes)
    axes = tuple(axis and new[axis] for axis in lowered.contraction.axes)
    return Lowered(
        Contraction(axes, terms), {new[index]: found for index, found in lowered.axes.items()}
    )


def _rows(plan: _Plan, line_length: int) -> tuple[str, ...]:
    """The statements that compute the result into the target."""
    lowered, around = plan.lowered, plan.around
    layout = Layout(around.indent, line_length - around.margin)
    extents = _extents(plan)
    summed = bool(lowered.term.summed)
    if plan.scalar and not summed:
        factors = plan.names if len(plan.names) > 1 else (f"{plan.names[0]}[()]",)
        return product(f"{plan.target} = ", factors, layout)
    start: tuple[str, ...] = ()
    if not plan.out:
        ranks = {access.array: len(access.subscripts) for access in lowered.accesses}
        shape = [extents[axis] for axis in lowered.contraction.axes if axis is not None]
        start = zeros(plan.target, shape, plan.dtype, ranks, around.numpy, layout, empty=not summed)
    elif summed:
        start = (f"{plan.target}[...] = 0",)
    return (*start, *nest(lowered.contraction, plan.target, extents, layout))


def _extents(plan: _Plan) -> Mapping[Index, str]:
    """The text of the number of values of each index."""
    return {
        index: f"{plan.names[axes[0].operand]}.shape[{axes[0].axis}]"
        for index, axes in plan.lowered.axes.items()
    }


def _assumptions(call: EinsumCall, plan: _Plan) -> Iterator[str]:
    """What must be true for the loops to do what the call does."""
    lowered, dtypes = plan.lowered, [fact.dtype for fact in call.operands]
    made = {binding.partition(" = ")[0] for binding in plan.bindings}
    unsure = [
        f"`{name}`"
        for name, text, fact in zip(plan.names, plan.around.operands, call.operands, strict=True)
        if not fact.is_numpy and not (fact.is_array is False and name in made and text)
    ]
    if unsure:
        yield f"{_listed(unsure)} {'are plain arrays' if len(unsure) > 1 else 'is a plain array'}"
    if None in dtypes:
        # The product of two numbers has the dtype of the result, whatever dtypes they have.
        few = len(plan.names) < 3
        yield f"the operands have {'no dtype' if few else 'one dtype, not'} narrower than float32"
    elif not set(dtypes) <= _WIDE and plan.dtype != "bool":
        yield "no number overflows"
    if lowered.stretches():
        yield "no axis of size 1 is stretched"
    if _shows_view(plan):
        yield f"nothing needs the result to be a view of `{plan.names[0]}`"
    if _gives_0d(call, plan):
        yield "a number will do for the 0-d array that `optimize=` gives"
    if plan.out:
        yield f"`{plan.target}` shares no memory with the operands"
        given = call.keywords.get("out")
        if not isinstance(given, ArrayFact) or given.dtype is None or given.dtype != plan.dtype:
            yield f"`{plan.target}` has their dtype"
    if plan.around.guarded:
        yield "no error of the call is caught"


def _listed(names: Sequence[str]) -> str:
    *most, last = dict.fromkeys(names)
    return f"{', '.join(most)} and {last}" if most else last


def _gives_view(plan: _Plan) -> bool:
    """Whether the result of the call is a view of its one operand."""
    return len(plan.names) == 1 and not (plan.scalar or plan.lowered.term.summed or plan.out)


def _shows_view(plan: _Plan) -> bool:
    """Whether a result that is a view, and becomes a copy, may be seen to be one."""
    return _gives_view(plan) and not plan.around.computes


def _gives_0d(call: EinsumCall, plan: _Plan) -> bool:
    """Whether ``optimize=`` may give an array without axes, where there is a number without it."""
    optimizes = call.keywords.get("optimize", False) is not False
    return plan.scalar and optimizes and len(plan.names) > 1 and bool(plan.lowered.term.summed)


def _trial(call: EinsumCall, plan: _Plan, rows: Sequence[str]) -> Trial:
    """Both forms, with a name for each operand, and the first as the assumptions allow it."""
    constant = call.keywords.get("optimize", False) is not NOT_CONSTANT
    text = plan.around.call_with(plan.names)
    if not constant:
        text = f"{plan.around.numpy}.einsum({', '.join((repr(call.subscripts), *plan.names))})"
    before = text if plan.out else f"{plan.target} = {text}"
    if _gives_0d(call, plan):
        before += "[()]"
    if _gives_view(plan):
        before += ".copy()"
    trial = call_trial(call, plan.lowered, before, rows, plan.around.numpy, plan.target)
    if not plan.out:
        return trial
    given = call.keywords.get("out")
    dtype = given.dtype if isinstance(given, ArrayFact) else plan.dtype
    filled = output_input(plan.target, plan.lowered, dtype)
    return replace(trial, inputs=(*trial.inputs, filled))
