"""SciPy's linear algebra and sparse matrices, as arrays of NumPy's; without their dtypes."""

LIBRARY = "numpy"

_FORMATS = "csr_matrix csc_matrix coo_matrix bsr_matrix dia_matrix lil_matrix dok_matrix"

TABLES = {
    "scipy.sparse": f"{_FORMATS}(*args, **options) -> instance",
    **{f"scipy.sparse.{name}()": "toarray(order, out!) -> matrix" for name in _FORMATS.split()},
    "scipy.linalg": """
inv(a, overwrite_a, check_finite, *, assume_a, lower) -> inverse(unknown)
expm logm sqrtm(A) -> inverse(unknown)
cholesky(a, lower, overwrite_a, check_finite) -> inverse(unknown)
det(a, overwrite_a, check_finite) -> determinant(unknown)
eigvalsh(a, b, *, lower, overwrite_a, overwrite_b, type, check_finite, subset_by_index!, subset_by_value!, driver) -> eigenvalues
eigh(a, b, *, lower, eigvals_only!, overwrite_a, overwrite_b, type, check_finite, subset_by_index!, subset_by_value!, driver) -> eigenvectors
svd(a, full_matrices=True, compute_uv=True, overwrite_a, check_finite, lapack_driver) -> singular(unknown)
norm(a, ord, axis, keepdims, check_finite) -> reduced(unknown)
solve(a, b, lower, overwrite_a, overwrite_b, check_finite, assume_a, transposed) -> solved(unknown)
""",
}
