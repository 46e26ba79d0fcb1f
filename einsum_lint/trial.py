"""What is executed to prove a rewriting: two texts, and what is known of their inputs.  Values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .contraction import Size


@dataclass(frozen=True, slots=True)
class Input:
    """A free name of both texts: ``A``, ``n`` or ``self.w``.

    An ``array`` has the rank ``len(sizes)`` (0: a number); each axis has the size ``sizes[k]``,
    over named sizes, where that is no symbol of its own (``A.shape[0]``), and at least each of
    ``least[k]``.  An ``integer`` is itself a named size, and at least each of ``least[0]``, if
    there is one.  ``dtype`` is NumPy's name, if known.
    """

    name: str
    kind: str
    """``array`` or ``integer``"""
    sizes: tuple[Size, ...] = ()
    least: tuple[tuple[Size, ...], ...] = ()
    dtype: str | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """A rewriting: ``before`` and ``after`` are statements, run with the same inputs.

    Afterwards the names ``results`` must hold the same: values, shape, dtype and type; the arrays
    among the inputs too.  ``header`` are the import statements of the file that the texts need.
    """

    before: str
    after: str
    header: str
    inputs: tuple[Input, ...]
    results: tuple[str, ...]
    empty: bool = True
    """Whether they must also agree on axes without elements."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a trial.

    ``proved``: both forms gave equal polynomials on arrays of symbols.  ``executed``: both agreed
    on every set of real arrays.  ``fault`` says how they differ, which is a bug of ours;
    ``skipped`` why a trial could not be run ("calls self.f").  ``doubtful``: no input was found on
    which the original runs, so that what was assumed of the inputs is most likely wrong.
    """

    proved: bool = False
    executed: bool = False
    fault: str | None = None
    skipped: str | None = None
    doubtful: bool = False
