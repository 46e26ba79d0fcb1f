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
    INTEGERS = "what indexes a string of 52 letters: integers from -52 to 51, and booleans"
    ANY = "anything hashable"


@dataclass(frozen=True, slots=True)
class Dialect:
    """The einsum of one library.

    Where the library was not tried, a field has the value that accepts more: a dialect may let an
    error pass, and never calls one what runs.
    """

    name: str
    """The library, as messages call it."""
    alphabet: Alphabet = Alphabet.ASCII
    gap_in_arrow: bool = True
    """Whether ``- >`` is an arrow."""
    gap_in_ellipsis: bool = True
    """Whether ``. ..`` is an ellipsis."""
    repeated_output_ellipsis: bool = False
    """Whether the output may have two ellipses, as long as they stand for no axis."""
    implicit_output: bool = True
    implicit_ellipsis_operands: int | None = None
    """How many operands a call with an ellipsis and no output may have."""
    sums_ellipsis: bool = True
    """Whether an ellipsis that the output lacks is summed; otherwise it is an error."""
    broadcasts_labels: bool = True
    """Whether a label of size 1 in one operand and n in another is n."""
    broadcasts_diagonal: bool = False
    """The same between two axes of one operand, as in ``ii`` on shape (3, 1)."""
    views_diagonal: bool = False
    """Whether a lone operand without sums is viewed, where a size 0 fits any that follows."""
    compares_every_axis: bool = False
    """Whether the sizes of a label are compared before axes are merged into a diagonal."""
    sublists: Sublists = Sublists.ANY
    operands_as_list: bool = False
    equation_last: bool = False
    takes_lists: bool = True
    takes_scalars: bool = True
    keywords: frozenset[str] | None = None
    """The keywords accepted; None when others may be."""
    optimize_default: bool | str | None = None
    path_names: frozenset[str] | None = None
    """The names that ``optimize`` accepts; None when they are not known."""
    max_operands: int | None = None
    max_axes: int | None = None
    """The most labels and ellipsis axes together."""
    max_labels: int | None = None
    tolerant: bool = False
    """Whether a text that may be no subscripts at all is let pass (see ``SHARED``)."""


NUMPY: Final = Dialect(
    name="NumPy",
    gap_in_arrow=False,
    gap_in_ellipsis=False,
    sums_ellipsis=False,
    views_diagonal=True,
    sublists=Sublists.NATURAL,
    keywords=frozenset({"out", "dtype", "order", "casting", "optimize"}),
    optimize_default=False,
    path_names=frozenset({"greedy", "optimal"}),
    max_operands=63,
    max_axes=64,
)
"""``numpy.einsum`` with ``optimize=False``, its default: the subscripts are read in C."""

NUMPY_OPTIMIZED: Final = replace(
    NUMPY,
    name="NumPy with optimize",
    gap_in_arrow=True,
    gap_in_ellipsis=True,
    repeated_output_ellipsis=True,
    sums_ellipsis=True,
    compares_every_axis=True,
    sublists=Sublists.INTEGERS,
    max_axes=52,
)
"""``numpy.einsum`` with any other ``optimize``, None and 0 too: they are read in Python."""

TORCH: Final = Dialect(
    name="PyTorch",
    gap_in_arrow=False,
    gap_in_ellipsis=False,
    sublists=Sublists.NATURAL,
    operands_as_list=True,
    takes_lists=False,
    takes_scalars=False,
    keywords=frozenset(),
    max_labels=52,
)

JAX: Final = Dialect(
    name="JAX",
    alphabet=Alphabet.ANY,
    repeated_output_ellipsis=True,
    broadcasts_diagonal=True,
    takes_lists=False,
    keywords=frozenset(
        {"optimize", "precision", "preferred_element_type", "out", "_dot_general", "out_sharding"}
    ),
    optimize_default="auto",
)

TENSORFLOW: Final = Dialect(
    name="TensorFlow",
    implicit_ellipsis_operands=1,
    sums_ellipsis=False,
    broadcasts_labels=False,
    sublists=Sublists.NONE,
    keywords=frozenset({"equation", "optimize", "name", "greedy"}),
    optimize_default="greedy",
    max_labels=52,
)

CUPY: Final = Dialect(
    name="CuPy",
    gap_in_arrow=False,
    sums_ellipsis=False,
    sublists=Sublists.INTEGERS,
    keywords=frozenset({"dtype", "optimize"}),
    optimize_default=False,
    max_labels=52,
)

DASK: Final = Dialect(
    name="Dask",
    repeated_output_ellipsis=True,
    sublists=Sublists.INTEGERS,
    optimize_default=False,
    max_labels=52,
)

OPT_EINSUM: Final = Dialect(
    name="opt_einsum",
    alphabet=Alphabet.ANY,
    repeated_output_ellipsis=True,
    optimize_default=True,
)

EINOPS: Final = Dialect(
    name="einops",
    alphabet=Alphabet.NAMES,
    gap_in_arrow=False,
    implicit_output=False,
    # The array library behind it decides; PyTorch and JAX sum the ellipsis.
    sums_ellipsis=True,
    broadcasts_diagonal=True,
    sublists=Sublists.NONE,
    equation_last=True,
    takes_lists=False,
    takes_scalars=False,
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
