"""How much of a check is inference: ``python benchmarks/inference_share.py DIR``.

Times, file by file in one process and alternating, the reading of the files that matter (the
screen and both parses) and the whole check, walk, inference and rules included; prints the totals
and the median of the ratios.  A ratio of 2 says that all else costs as much as reading.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from einsum_lint import check_source
from einsum_lint.reading import UnreadableError, decode, parse
from einsum_lint.screen import keep, matters
from einsum_lint.settings import DEFAULT
from einsum_lint.source import Source


def read(text: str) -> None:
    """Everything up to the libcst tree."""
    tree = parse(text)
    len(Source.of(text, keep(text, tree, DEFAULT), tree).module.body)


def seconds(run: Callable[[], object]) -> float:
    """The time that a call takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def main(folder: Path) -> None:
    """Print the totals for the Python files below a folder."""
    reading, whole = [], []
    for path in sorted(folder.rglob("*.py")):
        data = path.read_bytes()
        if not matters(data, DEFAULT):
            continue
        try:
            text, _ = decode(data)
            reading.append(seconds(lambda text=text: read(text)))  # type: ignore[misc]
        except UnreadableError:
            continue
        whole.append(seconds(lambda text=text: check_source(text)))  # type: ignore[misc]
    ratio = statistics.median(b / a for a, b in zip(reading, whole, strict=True))
    print(
        f"{len(whole)} files: reading {sum(reading):.1f} s, whole check {sum(whole):.1f} s, "
        f"{sum(whole) / sum(reading):.2f} x in all, {ratio:.2f} x the median"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
