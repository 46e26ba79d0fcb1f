"""What the dtypes in a nest mean for its rewriting: einsum sums in the dtype of its operands."""

from __future__ import annotations

from collections.abc import Iterable

from ..contraction import Access, Factor, Pointwise, Sum, Term, accesses, indices_of
from ..dims import Polynomial
from ..nests import Update
from .pointwise import is_mask
from .sizes import Scene, Unwritable

WIDE = frozenset({"int64", "float64", "complex128"})
_ALONE = WIDE | {"float32", "complex64"}
"""Dtypes in which a loop and einsum agree when everything has them."""
_RANKS = {"int64": 0, "float64": 1, "complex128": 2}
_CUT = "integers are stored, and what is stored may not be one"
_OF_INTEGERS = frozenset({"", "//", "%", "abs"})


def check_dtypes(scene: Scene, update: Update) -> None:
    """Assume what must be assumed of known dtypes; Unwritable where they make a difference."""
    target = scene.lift.operands.get(update.target.array)
    goal = target.dtype if target is not None else None
    terms = update.value.terms
    found = {dtype for dtype in (*_dtypes(scene, terms), goal) if dtype is not None}
    narrow = found & {"bool", "float16"}
    if narrow:
        raise Unwritable(f"einsum computes with {min(narrow)} in another way")
    if goal == "int64":
        _check_integers(scene, terms)
    if goal in ("float64", "float32") and _is_complex(scene, terms):
        raise Unwritable("the imaginary parts are lost")
    if _counts(terms) and not set(_dtypes(scene, terms)) <= WIDE:
        # np.arange makes a float64 of a float32, which a number of Python does not.
        scene.needs.add("no operand is narrower than float64")
    if len(found) == 1 and found <= _ALONE:
        return
    if found <= WIDE:
        if goal not in (None, "int64") and any(_sums_integers(scene, term) for term in terms):
            scene.needs.add("no integer overflows")
    elif len(found) == 1:
        scene.needs.add("no integer overflows")
    elif any(term.summed for term in terms):
        if not found <= {"float32", "float64"}:
            raise Unwritable("einsum sums in another dtype")
        scene.needs.add("sums in float32 are precise enough")


def _counts(terms: Sum) -> bool:
    """Whether an index is used as a number."""
    for factor in (factor for term in terms for factor in term.factors):
        if isinstance(factor, Pointwise) and any(map(_counts, factor.arguments)):
            return True
        if isinstance(factor, Polynomial) and indices_of(factor):
            return True
    return False


def _dtypes(scene: Scene, terms: Sum) -> Iterable[str | None]:
    return (scene.operand(access.array).dtype for access in accesses(terms) if _has_axes(access))


def _has_axes(access: Access) -> bool:
    return access.open or bool(access.subscripts)


def _check_integers(scene: Scene, terms: Sum) -> None:
    """What is stored among integers must be an integer: a loop cuts each step, NumPy raises."""
    for term in terms:
        if not isinstance(term.coefficient, int) or not all(map(_is_integer, term.factors)):
            raise Unwritable(_CUT)
    if any(scene.operand(a.array).dtype not in ("int64", None) for a in accesses(terms)):
        raise Unwritable(_CUT)


def _is_integer(factor: Factor) -> bool:
    if not isinstance(factor, Pointwise) or is_mask(factor):
        return True
    return factor.function in _OF_INTEGERS


def _is_complex(scene: Scene, terms: Sum) -> bool:
    """Whether a value is complex, as far as that is known; a function may make it real."""
    return any(isinstance(term.coefficient, complex) for term in terms) or any(
        scene.operand(factor.array).dtype in ("complex64", "complex128")
        for term in terms
        for factor in term.factors
        if isinstance(factor, Access)
    )


def _sums_integers(scene: Scene, term: Term) -> bool:
    """Whether a term is a sum of products of integers alone."""
    arrays = [access for access in accesses(term) if indices_of(access)]
    return bool(term.summed) and all(scene.operand(a.array).dtype == "int64" for a in arrays)


def results_in(scene: Scene, terms: Sum, dtype: str | None) -> bool:
    """Whether the expression of a sum certainly has this dtype."""
    if dtype not in WIDE or not terms:
        return False
    return all(_term_results_in(scene, term, dtype) for term in terms)


def _term_results_in(scene: Scene, term: Term, dtype: str) -> bool:
    allowed = {"int64": (int,), "float64": (int, float), "complex128": (int, float, complex)}
    if not isinstance(term.coefficient, allowed[dtype]):
        return False
    arrays = [f for f in term.factors if isinstance(f, Access) and _has_axes(f)]
    if not any(scene.operand(array.array).dtype == dtype for array in arrays):
        return False
    functions = [f for f in term.factors if isinstance(f, Pointwise) and not is_mask(f)]
    if dtype == "int64" and functions:
        return False
    found = [scene.operand(access.array).dtype for access in accesses(term)]
    return all(one in WIDE and _RANKS[one] <= _RANKS[dtype] for one in found)
