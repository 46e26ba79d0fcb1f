"""Attributes of arrays of every library, and what is sure of objects of which the class is not.

An object of which nothing is known may be a list, a number, a tensor, a sparse or a masked matrix:
a method is named here only if it does the same to the rank of nearly all those that have it (a
``np.matrix`` keeps its two axes in ``ravel``).  So ``x.sum(axis=0)`` is not: sparse matrices keep
their two axes too.  ``flatten(2)`` is PyTorch's, which joins only the axes from there on.
"""

LIBRARY = "numpy"

TABLES: dict[str, str] = {}

ATTRIBUTES = """
T(a) -> permuted
mT(a) -> matrix_transposed
real imag(a) -> elementwise(real)
"""

_TENSORS = """
unsqueeze(a, dim) -> expanded(dim)
permute(a, *axes) -> permuted
contiguous detach(a) -> same
softmax(a, dim, dtype) -> same
to(a, *to, **options) -> same
cpu cuda float double half long(a) -> same
"""
"""Methods that only tensors have, and the libraries that follow PyTorch."""

METHODS = f"""
{_TENSORS}
copy(a, order) -> duplicate
conj conjugate(a) -> same
astype(a, dtype, order, casting, subok, copy) -> cast
ravel(a, order) -> flat
flatten(a, order!) -> flat
reshape(a, *shape, order, copy) -> reshaped
transpose(a, *axes) -> permuted
swapaxes(a, axis1, axis2) -> exchanged
round(a, decimals) -> same
clip(a, min, max) -> same
"""
