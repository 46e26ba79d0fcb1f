"""What the fixes of the performance rules gain: ``python benchmarks/savings.py [--quick]``.

Applies the fix of each rule to functions that it reports, for operands of each dtype, checks that
both forms agree, and times them by turns at three sizes with one BLAS thread: the median of the
ratios.  Prints a Markdown table; what a rule does not report for a dtype has a dash.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy is imported; every BLAS reads it

import argparse
import statistics
import timeit
from collections.abc import Callable
from typing import Any

import numpy as np

from einsum_lint import Applicability, Config, fix_source

DTYPES = ("float64", "float32", "int64")
SIZES = (4, 30, 300)
OPERANDS = {"A": "(n, n)", "B": "(n, n)", "v": "(n,)", "w": "(n,)", "S": "(8, n, n)"}
CASES = {
    "EIN101": ("np.einsum('ij,jk,kl->il', A, B, A)", "np.einsum('ij,jk,k->i', A, B, v)"),
    "EIN102": (
        "np.einsum('ij->ji', A, optimize=True)",
        "np.einsum('i,i,i->i', v, v, w, optimize=True)",
    ),
    "EIN103": (
        "[np.einsum('i,ij,j->', r, A, r, optimize=True) for r in B]",
        "[np.einsum('i,ij,jk,kl->l', r, A, B, A, optimize=True) for r in B]",
    ),
    "EIN104": (
        "np.trace(A @ B)", "np.diag(A @ B)", "np.diag(A @ B.T)", "(A @ B)[1]", "(A @ B)[1, 2]",
        "A @ B @ v", "(v * w).sum()", "np.sum(A * B)",
    ),
    "EIN105": (
        "np.einsum('ij,jk->ik', A, B)", "np.einsum('ij,kj->ik', A, B)",
        "np.einsum('ij,j->i', A, v)",
        "np.einsum('i,ij->j', v, A)", "np.einsum('i,i->', v, w)", "np.einsum('bij,bjk->bik', S, S)",
    ),
    "EIN106": ("np.einsum('ij,jk->k', A, B)", "np.einsum('ij,kj->j', A, B)"),
    "EIN107": ("C = np.einsum('ij,jk->ik', A, B); np.einsum('ik,k->i', C, v)",),
    "EIN108": (
        "x = np.einsum('ij,jk,ik,k->i', A, B, A, v, optimize=True); "
        "y = np.einsum('ij,jk,ik,i->k', A, B, A, v, optimize=True); (x, y)",
    ),
}  # fmt: skip
SECONDS = 0.003
"""How long a form runs at least between two readings of the clock."""


def fixed(code: str, expression: str, dtype: str, size: int) -> tuple[str, str] | None:
    """A function that has the expression, before and after the fix; None where there is none."""
    rows = [f"    {name} = np.ones({shape}, dtype=np.{dtype})" for name, shape in OPERANDS.items()]
    head = f"import numpy as np\ndef f():\n    n = {size}\n" + "\n".join(rows)
    before = f"{head}\n{_body(expression)}"
    config = Config(select=(code,))
    after = fix_source(before, config=config, level=Applicability.UNSAFE, verify=False)
    if after == before:
        return None
    rows = after[len(head) + 1 :].splitlines()
    return expression, "; ".join(row.strip().removeprefix("return ") for row in rows)


def _body(expression: str) -> str:
    """Statements with semicolons between them, the last of them a value, as those of a function."""
    *steps, value = expression.split("; ")
    return "".join(f"    {row}\n" for row in (*steps, f"return {value}"))


def ratio(before: str, after: str, dtype: str, size: int) -> float:
    """How many times as fast the second form is."""
    rng = np.random.default_rng(0)
    names: dict[str, Any] = {"np": np, "n": size}
    for name, shape in OPERANDS.items():
        names[name] = rng.integers(-4, 5, eval(shape, {"n": size})).astype(dtype)
    forms: list[Callable[[], Any]] = []
    for text in (before, after):
        exec(f"def form():\n{_body(text)}", names)
        forms.append(names["form"])
    one, other = forms
    np.testing.assert_allclose(other(), one(), rtol=1e-3, atol=1e-3)
    counts = [count(form) for form in (one, other)]
    found = []
    for _ in range(9):
        times = [timeit.timeit(f, number=k) / k for f, k in zip((one, other), counts, strict=True)]
        found.append(times[0] / times[1])
    return statistics.median(found)


def count(form: Callable[[], object]) -> int:
    """How often a form is called between two readings of the clock."""
    number = 1
    while timeit.timeit(form, number=number) < SECONDS:
        number *= 2
    return number


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="the small sizes only")
    parser.add_argument("--rule", help="those of one rule only")
    options = parser.parse_args()
    sizes = SIZES[:2] if options.quick else SIZES
    heads = [f"{dtype} {size}" for dtype in DTYPES for size in sizes]
    print(f"| rule | before | after | {' | '.join(heads)} |")
    print(f"| --- | --- | --- | {' | '.join('---:' for _ in heads)} |")
    worst = float("inf")
    for code, expressions in CASES.items():
        for expression in expressions if options.rule in (None, code) else ():
            cells, after = [], "-"
            for dtype in DTYPES:
                for size in sizes:
                    found = fixed(code, expression, dtype, size)
                    if found is None:
                        cells.append("-")
                        continue
                    after = found[1]
                    gain = ratio(*found, dtype, size)
                    worst = min(worst, gain)
                    cells.append(f"{gain:.2f}" if gain < 10 else f"{gain:,.0f}")
            print(f"| {code} | `{expression}` | `{after}` | {' | '.join(cells)} |", flush=True)
    print(f"\nThe least gain is {worst:.2f}.")


if __name__ == "__main__":
    main()
