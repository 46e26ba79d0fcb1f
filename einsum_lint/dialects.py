"""How each library reads einsum: what is an error in one may be right in another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from types import MappingProxyType
from typing import Final


class Alphabet(Enum):
    """What may name an axis."""

    ASCII = "one of the letters a-z and A-Z"
    ANY = "any single character"
    NAMES = "an identifier, separated from others by spaces"


class Sublists(Enum):
    """What the form ``einsum(a, [0, 1], b, [1, 2], [0, 2])`` takes as labels."""

    NONE = "the library does not have this form"
    NATURAL = "integers from 0 to 51, no booleans"
    COUNTED = "integers from 0 to 51, and booleans"
    INTEGERS = "what indexes a string of 52 letters: integers from -52 to 51, and booleans"
    ANY = "what can be sorted: numbers of any size, or strings"


class Gap(Enum):
    """Whether ``. ..`` is an ellipsis."""

    NEVER = "the dots must touch"
    BESIDE = "the dots may stand apart if ``...`` is somewhere in the text"
    ALWAYS = "spaces are dropped first"


class Paths(Enum):
    """What ``optimize`` takes; ``optimize_values.py`` has the rules."""

    UNKNOWN = "not known, or there is no such keyword"
    NUMPY = "as in NumPy"
    CUPY = "as in NumPy, but looked at in every call"
    OPT_EINSUM = "as in opt_einsum, which lets others add names"
    JAX = "as in opt_einsum, and every step of a path contracts at most two operands"
    TENSORFLOW = "as in opt_einsum, for three operands or more, and the path is no list"


class Kernels(Enum):
    """Which dtypes a library computes with; ``kernels.py`` has the rules."""

    ALL = "any, or it is not known"
    TORCH = "one dtype for products that are summed"
    TENSORFLOW = "one dtype for all operands, and no small one"


@dataclass(frozen=True, slots=True)
class Dialect:
    """The einsum of one library.

    Where the library was not tried, a field has the value that accepts more: a dialect may let an
    error pass, and never calls one what runs.
    """

    name: str
    """The library, as messages call it."""
    arrays: str | None = None
    """The library that its result is of; None for that of its operands."""
    alphabet: Alphabet = Alphabet.ASCII
    gap_in_arrow: bool = True
    """Whether ``- >`` is an arrow."""
    gap_in_ellipsis: Gap = Gap.ALWAYS
    newline_at_end: bool = False
    """Whether a newline at the end may pass."""
    most_beside_output_ellipsis: int | None = None
    """Beside how many terms the output may have an ellipsis that none of them has."""
    repeated_output_ellipsis: bool = False
    """Whether the output may have two ellipses, as long as they stand for no axis."""
    implicit_output: bool = True
    implicit_ellipsis_once: bool = False
    """Whether an implicit output has the ellipsis only where a single term has it."""
    sums_ellipsis: bool = True
    """Whether an ellipsis that the output lacks is summed; otherwise it is an error."""
    broadcasts_labels: bool = True
    """Whether a label of size 1 in one operand and n in another is n."""
    broadcasts_diagonal: bool = False
    """The same between two axes of one operand, as in ``ii`` on shape (3, 1)."""
    computes_in_chunks: bool = False
    """Whether operands may be cut for a large result, so that axes of any size have parts of 1."""
    views_diagonal: bool = False
    """Whether a lone operand without sums is viewed, where a size 0 fits any that follows."""
    compares_every_axis: bool = False
    """Whether the sizes of a label are compared before axes are merged into a diagonal."""
    fits_empty: bool = False
    """Whether a size 0 may be followed by any other."""
    merges_pairwise: bool = False
    """Whether operands are contracted in pairs, of which each must fit by itself."""
    sublists: Sublists = Sublists.ANY
    numbers_from_a: bool = False
    """Whether the integers from 0 are ``a`` to ``z``, which an implicit output has behind 26."""
    operands_as_list: bool = False
    equation_last: bool = False
    takes_lists: bool = True
    takes_scalars: bool = True
    first_decides: bool = False
    """Whether only the first operand must be an array; the others are passed on."""
    takes_foreign_arrays: bool = True
    """Whether arrays of other libraries will do."""
    kernels: Kernels = Kernels.ALL
    keywords: frozenset[str] | None = None
    """The keywords accepted; None when any may be."""
    passes_keywords: bool = False
    """Whether other keywords are passed on to the library that computes."""
    optimize_default: bool | str | None = None
    paths: Paths = Paths.UNKNOWN
    max_operands: int | None = None
    max_axes: int | None = None
    """The most labels and ellipsis axes together."""
    max_labels: int | None = None
    tolerant: bool = False
    """Whether a text that may be no subscripts at all is let pass (see ``SHARED``)."""


NUMPY: Final = Dialect(
    name="NumPy",
    arrays="numpy",
    gap_in_arrow=False,
    gap_in_ellipsis=Gap.NEVER,
    sums_ellipsis=False,
    views_diagonal=True,
    sublists=Sublists.NATURAL,
    keywords=frozenset({"out", "dtype", "order", "casting", "optimize"}),
    optimize_default=False,
    paths=Paths.NUMPY,
    max_operands=63,
    max_axes=64,
)
"""``numpy.einsum`` with ``optimize=False``, its default: the subscripts are read in C."""

NUMPY_OPTIMIZED: Final = replace(
    NUMPY,
    name="NumPy with optimize",
    gap_in_arrow=True,
    gap_in_ellipsis=Gap.ALWAYS,
    repeated_output_ellipsis=True,
    sums_ellipsis=True,
    compares_every_axis=True,
    sublists=Sublists.INTEGERS,
    max_axes=52,
)
"""``numpy.einsum`` with any other ``optimize``, None and 0 too: they are read in Python."""

TORCH: Final = Dialect(
    name="PyTorch",
    arrays="torch",
    gap_in_arrow=False,
    gap_in_ellipsis=Gap.NEVER,
    sublists=Sublists.COUNTED,
    operands_as_list=True,
    takes_lists=False,
    takes_scalars=False,
    takes_foreign_arrays=False,
    kernels=Kernels.TORCH,
    keywords=frozenset(),
    max_labels=52,
)

JAX: Final = Dialect(
    name="JAX",
    arrays="jax",
    alphabet=Alphabet.ANY,
    repeated_output_ellipsis=True,
    broadcasts_diagonal=True,
    merges_pairwise=True,
    takes_lists=False,
    keywords=frozenset(
        {"optimize", "precision", "preferred_element_type", "out", "_dot_general", "out_sharding"}
    ),
    optimize_default="auto",
    paths=Paths.JAX,
)

TENSORFLOW: Final = Dialect(
    # It does not see a second ellipsis in one of two terms, and may then end the process.
    name="TensorFlow",
    arrays="tensorflow",
    gap_in_ellipsis=Gap.BESIDE,
    newline_at_end=True,
    most_beside_output_ellipsis=2,
    implicit_ellipsis_once=True,
    sums_ellipsis=False,
    broadcasts_labels=False,
    fits_empty=True,
    sublists=Sublists.NONE,
    takes_lists=False,
    takes_scalars=False,
    kernels=Kernels.TENSORFLOW,
    keywords=frozenset({"optimize", "name"}),
    optimize_default="greedy",
    paths=Paths.TENSORFLOW,
    max_labels=52,
)

CUPY: Final = Dialect(
    name="CuPy",
    arrays="cupy",
    gap_in_arrow=False,
    gap_in_ellipsis=Gap.NEVER,
    sums_ellipsis=False,
    sublists=Sublists.INTEGERS,
    keywords=frozenset({"dtype", "optimize"}),
    optimize_default=False,
    paths=Paths.CUPY,
    max_labels=52,
)
"""Not run, as it needs a graphics card: read from its documentation and its source."""

DASK: Final = Dialect(
    name="Dask",
    arrays="dask",
    computes_in_chunks=True,
    repeated_output_ellipsis=True,
    views_diagonal=True,
    sublists=Sublists.INTEGERS,
    numbers_from_a=True,
    # Those of NumPy, which computes the chunks, and of dask.array.blockwise.
    keywords=frozenset(
        {"dtype", "optimize", "split_every", "order", "casting", "out", "name", "token"}
        | {"meta", "new_axes", "align_arrays", "concatenate"}
    ),
    optimize_default=False,
    paths=Paths.NUMPY,
    max_labels=52,
)

OPT_EINSUM: Final = Dialect(
    name="opt_einsum",
    alphabet=Alphabet.ANY,
    repeated_output_ellipsis=True,
    broadcasts_diagonal=True,  # where the operands are JAX's
    views_diagonal=True,
    compares_every_axis=True,
    keywords=frozenset(
        {"out", "use_blas", "optimize", "memory_limit", "backend", "dtype", "order", "casting"}
    ),
    passes_keywords=True,
    optimize_default=True,
    paths=Paths.OPT_EINSUM,
)

EINOPS: Final = Dialect(
    # What it leaves to the library of its operands is here as some library accepts it.
    name="einops",
    alphabet=Alphabet.NAMES,
    gap_in_arrow=False,
    gap_in_ellipsis=Gap.NEVER,
    implicit_output=False,
    broadcasts_diagonal=True,
    views_diagonal=True,
    sublists=Sublists.NONE,
    equation_last=True,
    takes_lists=False,
    takes_scalars=False,
    first_decides=True,
    keywords=frozenset(),
    max_labels=52,
)

SHARED: Final = Dialect(
    name="every einsum",
    alphabet=Alphabet.ANY,
    repeated_output_ellipsis=True,
    broadcasts_diagonal=True,
    operands_as_list=True,
    tolerant=True,
)
"""A callee merely named ``einsum``: only what every library rejects is an error."""

BY_LIBRARY: Final[Mapping[str, Dialect]] = MappingProxyType(
    {
        "numpy": NUMPY,
        "torch": TORCH,
        "jax": JAX,
        "tensorflow": TENSORFLOW,
        "cupy": CUPY,
        "dask": DASK,
        "opt_einsum": OPT_EINSUM,
        "einops": EINOPS,
        "shared": SHARED,
    }
)
"""The dialect of each library's default call."""

NAMED_LIBRARIES: Final = tuple(library for library in BY_LIBRARY if library != "shared")
"""The libraries themselves."""

LIBRARIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "numpy.einsum": "numpy",
        "numpy.core.einsumfunc.einsum": "numpy",
        "numpy._core.einsumfunc.einsum": "numpy",
        "autograd.numpy.einsum": "numpy",
        "pennylane.numpy.einsum": "numpy",
        "torch.einsum": "torch",
        "torch.functional.einsum": "torch",
        "jax.numpy.einsum": "jax",
        "tensorflow.einsum": "tensorflow",
        "tensorflow.linalg.einsum": "tensorflow",
        "tensorflow.compat.v1.einsum": "tensorflow",
        "tensorflow.compat.v1.linalg.einsum": "tensorflow",
        "tensorflow.compat.v2.einsum": "tensorflow",
        "tensorflow.compat.v2.linalg.einsum": "tensorflow",
        "cupy.einsum": "cupy",
        "cupy.linalg._einsum.einsum": "cupy",
        "dask.array.einsum": "dask",
        "dask.array.einsumfuncs.einsum": "dask",
        "opt_einsum.contract": "opt_einsum",
        "opt_einsum.contract.contract": "opt_einsum",
        "einops.einsum": "einops",
        "einops.einops.einsum": "einops",
    }
)
"""The library whose einsum each function is, by its qualified name."""


def readings_of(
    library: str, keywords: Mapping[str, object], open_keywords: bool
) -> tuple[Dialect, ...]:
    """The dialects that a call may be read in; several when its keywords do not settle it."""
    if library == "opt_einsum":
        # With optimize=False the operands go to NumPy's einsum as they are.
        settled = keywords.get("optimize") is not False
        return (OPT_EINSUM,) if settled else (OPT_EINSUM, NUMPY)
    if library != "numpy":
        return (BY_LIBRARY.get(library, SHARED),)
    if "optimize" not in keywords:
        return (NUMPY, NUMPY_OPTIMIZED) if open_keywords else (NUMPY,)
    value = keywords["optimize"]
    if value is False:
        return (NUMPY,)
    if value is None or isinstance(value, (bool, int, float, str, list, tuple)):
        return (NUMPY_OPTIMIZED,)
    return (NUMPY, NUMPY_OPTIMIZED)


def backed_by(dialect: Dialect, library: str | None) -> Dialect:
    """A dialect that leaves the work to the library of its operands, if that is known."""
    backend = BY_LIBRARY.get(library or "")
    if dialect.arrays is not None or dialect.tolerant or backend is None:
        return dialect
    if dialect.name == OPT_EINSUM.name:
        return replace(dialect, broadcasts_diagonal=backend.broadcasts_diagonal)
    return replace(
        dialect,
        sums_ellipsis=backend.sums_ellipsis,
        broadcasts_labels=backend.broadcasts_labels,
        broadcasts_diagonal=backend.broadcasts_diagonal,
        views_diagonal=backend.views_diagonal,
        fits_empty=backend.fits_empty,
        merges_pairwise=backend.merges_pairwise,
        kernels=backend.kernels,
    )
