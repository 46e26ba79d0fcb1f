"""A word for a finding that stays the same while other lines of its file move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import blake2b

from ..findings import Finding
from . import Checked


def fingerprints(
    files: Sequence[Checked],
) -> Iterator[tuple[Checked, Finding, str]]:
    """Every finding with its word; equal findings of a file are told apart by their order."""
    for file in files:
        seen: Counter[tuple[str, str]] = Counter()
        for finding in file.findings:
            same = (finding.code, finding.message)
            told = "\0".join((file.path, *same, str(seen[same])))
            seen[same] += 1
            word = blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
            yield file, finding, word
