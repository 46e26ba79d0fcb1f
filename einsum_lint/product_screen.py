"""Where a text has array arithmetic that may be an einsum: a scan of the lines."""

from __future__ import annotations

import re
from typing import Final

_PRODUCT: Final = re.compile(
    r"[\w)\]] *@ *[\w(]|\.(?:T|mT)\b|"
    r"\b(?:dot|matmul|tensordot|inner|outer|vdot|vecdot|matvec|vecmat|kron|multi_dot|trace|diagonal|"
    r"diag|sum|transpose|swapaxes|moveaxis)\("
)


def rows_of_products(text: str) -> tuple[int, ...]:
    """The rows with products of arrays, sums of them, and axes in another order."""
    return tuple(row for row, line in enumerate(text.splitlines(), 1) if _PRODUCT.search(line))
