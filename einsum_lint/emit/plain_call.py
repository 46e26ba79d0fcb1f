"""A call of einsum as a plain operation: the text, what it assumes, and the fix."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..call_trials import call_trial
from ..contraction import indices_of
from ..dialects import CUPY, JAX, NUMPY, NUMPY_OPTIMIZED, TENSORFLOW, TORCH, Dialect
from ..equation import Equation, Malformed
from ..facts import EinsumCall
from ..findings import Applicability, Fix
from ..lowering import Lowered, lower
from ..promotion import SUMS_ALIKE, result_type
from ..shapes import ArrayFact, Shape
from ..trial import Trial
from .code import Code, Level, operand
from .plain import ELLIPSIS, Labels, Plain, plain_form
from .spelling import Spelling, TensorflowSpelling, TorchSpelling

_NUMPY = (NUMPY, NUMPY_OPTIMIZED)
_SPELLINGS: Mapping[Dialect, tuple[type[Spelling], bool]] = {
    NUMPY: (Spelling, True), NUMPY_OPTIMIZED: (Spelling, True), JAX: (Spelling, True),
    CUPY: (Spelling, True), TORCH: (TorchSpelling, True), TENSORFLOW: (TensorflowSpelling, False),
}  # fmt: skip
"""How a library spells its operations, and whether its ``@`` takes vectors."""
_MULTIPLIES_ALIKE = SUMS_ALIKE | {"bool", "int8", "int16", "int32", "uint8", "uint16", "uint32"}
_DROPPED = frozenset({"optimize", "order", "casting", "dtype", "out"})
_SIMPLE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


@dataclass(frozen=True, slots=True)
class PlainCall:
    """A call, and the plain operation that it is; ``lowered`` only where NumPy can execute it."""

    call: EinsumCall
    plain: Plain
    names: tuple[str, ...]
    lowered: Lowered | None
    equation: Equation

    @property
    def text(self) -> str:
        """The operation on the operands of the call."""
        return self.plain.code.text


def plain_call(call: EinsumCall) -> PlainCall | None:
    """The plain operation that a call is; None when it is none, or that is not certain."""
    equation = _equation(call)
    if equation is None or not _drops_keywords(call):
        return None
    if any(operand.is_array is False for operand in call.operands):
        return None
    terms, result = (
        [_labels(term.labels, term.ellipsis) for term in equation.terms],
        equation.result,
    )
    labels = _labels(result.labels, result.ellipsis)
    codes = [operand(call.place.operand_source(k)) for k in range(len(terms))]
    given = [code for code in codes if code is not None]
    kind, vectors = _SPELLINGS[equation.dialect]
    module = call.place.module
    if len(given) < len(codes) or (module is None and kind is TensorflowSpelling):
        return None
    plain = plain_form(terms, labels, given, kind(module, vectors))
    if plain is None or (plain.reordered and not all(_SIMPLE.fullmatch(c.text) for c in given)):
        return None
    dtypes = {operand.dtype for operand in call.operands} - {None}
    alike = SUMS_ALIKE if plain.kind in ("sum", "trace") else _MULTIPLIES_ALIKE
    if plain.kind not in ("transpose", "diagonal") and not dtypes <= alike:
        return None
    names = tuple(_named([code.text for code in given]))
    lowered = _lowered(call, equation, names) if equation.dialect in _NUMPY else None
    if equation.dialect in _NUMPY and (lowered is None or _has_constants(lowered)):
        return None
    return PlainCall(call, plain, names, lowered, equation)


def plain_fix(found: PlainCall) -> Fix | None:
    """The fix that writes the operation in place of the call; None where it can't stand there."""
    edit = found.call.place.replace(found.text)
    if edit is None:
        return None
    assumed = "; ".join(dict.fromkeys(_assumptions(found)))
    message = f"write `{_shortened(found.text)}`"
    if assumed:
        message += f", assuming: {assumed}"
    level = Applicability.UNSAFE if assumed else Applicability.SAFE
    return Fix(message, (edit,), level, _trial(found))


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def _equation(call: EinsumCall) -> Equation | None:
    """The equation of a well-formed call of one library that has plain operations."""
    reading = call.readings[0]
    equation = reading.equation
    if (
        len(call.readings) > 1
        or isinstance(equation, Malformed)
        or reading.dialect not in _SPELLINGS
    ):
        return None
    if call.error_expected or call.open_keywords or call.listed or not call.complete:
        return None
    if equation.vague or len(equation.terms) != len(call.operands) or len(equation.terms) > 2:
        return None
    result = equation.result.labels
    if len(set(result)) < len(result) or not set(result) <= set(equation.labels):
        return None
    with_ellipsis = [term.ellipsis is not None for term in equation.terms]
    if (equation.result.ellipsis is not None) != any(with_ellipsis):
        return None
    library = None if reading.dialect in _NUMPY else reading.dialect.arrays
    if any(operand.library not in (None, library) for operand in call.operands):
        return None
    return equation


def _labels(labels: Labels, ellipsis: int | None) -> Labels:
    return labels if ellipsis is None else (*labels[:ellipsis], ELLIPSIS, *labels[ellipsis:])


def _drops_keywords(call: EinsumCall) -> bool:
    if not call.keywords.keys() <= _DROPPED:
        return False
    order, path = call.keywords.get("order"), call.keywords.get("optimize", False)
    given = [call.keywords.get(name) for name in ("out", "dtype")]
    valid = isinstance(path, bool) or path in ("greedy", "optimal", "auto")
    return valid and order in (None, "K") and given == [None, None]


def _named(texts: Sequence[str]) -> Iterator[str]:
    """A name for each operand: its own if it is one."""
    for number, text in enumerate(texts):
        yield text if _SIMPLE.fullmatch(text) else f"operand{number or ''}"


def _lowered(call: EinsumCall, equation: Equation, names: Sequence[str]) -> Lowered | None:
    """The meaning of a call; an ellipsis of unknown rank stands for one axis."""
    found = lower(call, names)
    if found is not None or not equation.has_ellipsis:
        return found
    ranks = [len(t.labels) + (t.ellipsis is not None) for t in equation.terms]
    operands = [
        replace(operand, shape=Shape((None,) * rank)) if operand.shape.open else operand
        for operand, rank in zip(call.operands, ranks, strict=True)
    ]
    return lower(replace(call, operands=tuple(operands)), names)


def _has_constants(lowered: Lowered) -> bool:
    """Whether an axis of size 1 is stretched."""
    return any(not indices_of(part) for access in lowered.accesses for part in access.subscripts)


def _assumptions(found: PlainCall) -> Iterator[str]:
    """What must be true for the operation to do what the call does."""
    call, plain = found.call, found.plain
    unsure = [
        f"`{name}`"
        for name, fact in zip(found.names, call.operands, strict=True)
        if not _is_array(fact, found.equation.dialect)
    ]
    if unsure:
        many = len(dict.fromkeys(unsure)) > 1
        yield f"{' and '.join(dict.fromkeys(unsure))} {'are arrays' if many else 'is an array'}"
    dtypes = {operand.dtype for operand in call.operands}
    if plain.kind in ("sum", "trace") and None in dtypes:
        yield "what is summed is not narrower than float32 or int64"
    if plain.kind == "matmul" and None in dtypes:
        yield "the operands are no float16"
    if plain.contracted and _stretches(found):
        yield "no axis of size 1 is stretched"
    if plain.kind == "diagonal":
        yield "nothing writes into the diagonal"
    if _gives_0d(found):
        yield "a number will do for the 0-d array that `optimize=` gives"


def _is_array(fact: ArrayFact, dialect: Dialect) -> bool:
    if dialect in _NUMPY:
        return fact.is_numpy
    return not dialect.takes_lists or fact.is_array is True


def _stretches(found: PlainCall) -> bool:
    """Whether an axis of size 1 may be stretched to a size that is not known to be 1."""
    if found.lowered is None or found.equation.has_ellipsis:
        return True
    sizes: dict[str, set[object]] = {label: set() for label in found.plain.contracted}
    terms, operands = found.equation.terms, found.call.operands
    for number, (term, fact) in enumerate(zip(terms, operands, strict=True)):
        dims = fact.shape.dims if not fact.shape.open else (None,) * len(term.labels)
        for axis, (label, dim) in enumerate(zip(term.labels, dims, strict=True)):
            if label in sizes:
                sizes[label].add((number, axis) if dim is None else dim)
    return any(len(alike) > 1 for alike in sizes.values())


def _gives_0d(found: PlainCall) -> bool:
    """Whether ``optimize=`` may give an array without axes, where there is a number without it."""
    call = found.call
    optimizes = call.keywords.get("optimize", False) is not False
    numpy = found.equation.dialect in _NUMPY
    return numpy and optimizes and not found.equation.result.labels and len(call.operands) > 1


def _trial(found: PlainCall) -> Trial | None:
    """Both forms on names; None for other libraries than NumPy, which are not executed."""
    if found.lowered is None:
        return None
    call, module = found.call, found.call.place.module or ""
    numpy = module if module.isidentifier() else "np"
    equation = found.equation
    terms = [_labels(term.labels, term.ellipsis) for term in equation.terms]
    labels = _labels(equation.result.labels, equation.result.ellipsis)
    plain = plain_form(terms, labels, [Code(name) for name in found.names], Spelling(numpy))
    assert plain is not None
    text = ",".join("".join(term) for term in terms) + "->" + "".join(labels)
    before = f"result = {numpy}.einsum({text!r}, {', '.join(found.names)})"
    after = plain.code.text
    if found.plain.kind in ("transpose", "diagonal"):
        before, after = f"{before}.copy()", f"{plain.code.at(Level.ATOM)}.copy()"
    return call_trial(call, found.lowered, before, [f"result = {after}"], numpy, "result")


def float_operands(call: EinsumCall) -> bool:
    """Whether all operands certainly have one and the same floating-point dtype."""
    known = [operand.dtype for operand in call.operands]
    return len(set(known)) == 1 and result_type(known) in {
        "float32", "float64", "complex64", "complex128",
    }  # fmt: skip
