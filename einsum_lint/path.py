"""The order in which ``np.einsum(..., optimize=True)`` contracts its operands.  Pure.

This is NumPy's own greedy search (``_greedy_path`` of ``numpy/_core/einsumfunc.py``), with its
memory limit and its rule for breaking ties, so that the path found here is the path that runs.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

Term = tuple[str, ...]
Sizes = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Step:
    """One contraction of a path: the terms taken, where they stood, and the term they become.

    ``positions`` count the terms that are left at this point; ``terms`` are in the order in which
    NumPy takes them, from the last to the first; the result goes to the end of the list.
    """

    positions: tuple[int, ...]
    terms: tuple[Term, ...]
    result: Term

    @property
    def labels(self) -> frozenset[str]:
        """The labels that this step loops over."""
        return frozenset(itertools.chain.from_iterable(self.terms))


def equation_text(terms: Iterable[Term], output: Term) -> str:
    """The equation with these terms, for labels that are letters."""
    return f"{','.join(map(''.join, terms))}->{''.join(output)}"


def size_of(labels: Iterable[str], sizes: Sizes) -> int:
    """The number of elements of an array with these labels."""
    total = 1
    for label in labels:
        total *= sizes[label]
    return total


def default_memory_limit(terms: Iterable[Term], output: Term, sizes: Sizes) -> int:
    """The most elements an intermediate may have: those of the largest input or output."""
    return max(size_of(term, sizes) for term in (*terms, output))


def greedy_path(
    terms: Sequence[Term], output: Term, sizes: Sizes, memory_limit: int | None = None
) -> tuple[Step, ...]:
    """The contractions that NumPy makes with ``optimize=True``, in order.

    A path that the memory limit blocks ends in one step with more than two terms: NumPy gives what
    is left to a single einsum.
    """
    if memory_limit is None:
        memory_limit = default_memory_limit(terms, output, sizes)
    labels = frozenset(itertools.chain.from_iterable(terms))
    if len(terms) < 3 or labels == frozenset(output):
        positions: list[tuple[int, ...]] = [tuple(range(len(terms)))]
    else:
        search = _Search(frozenset(output), sizes, memory_limit, _naive_cost(terms, output, sizes))
        positions = search.run([frozenset(term) for term in terms])
    return tuple(_steps(terms, output, sizes, positions))


def _steps(
    terms: Sequence[Term], output: Term, sizes: Sizes, path: Sequence[tuple[int, ...]]
) -> Iterator[Step]:
    """The path with its terms written out, as ``einsum_path`` does it."""
    left = list(terms)
    for number, positions in enumerate(path):
        taken = tuple(left.pop(position) for position in sorted(positions, reverse=True))
        if number == len(path) - 1:
            result = output
        else:
            kept = set(output).union(*left)
            found = kept.intersection(itertools.chain.from_iterable(taken))
            result = tuple(sorted(found, key=lambda label: (sizes[label], label)))
        left.append(result)
        yield Step(tuple(sorted(positions)), taken, result)


def _flops(labels: Collection[str], summed: bool, operands: int, sizes: Sizes) -> int:
    """NumPy's ``_flop_count``."""
    return size_of(labels, sizes) * (max(1, operands - 1) + summed)


def _naive_cost(terms: Sequence[Term], output: Term, sizes: Sizes) -> int:
    """The operations of one loop nest over all labels."""
    labels = set(itertools.chain.from_iterable(terms))
    return _flops(labels, bool(labels - set(output)), len(terms), sizes)


@dataclass(slots=True)
class _Candidate:
    """A pair that could be contracted next: its rank, its positions, and what would be left."""

    rank: tuple[int, int]
    pair: tuple[int, int]
    left: list[frozenset[str]]


@dataclass(slots=True)
class _Search:
    """NumPy's greedy search: what frees the most memory, then what costs the fewest operations."""

    output: frozenset[str]
    sizes: Sizes
    memory_limit: int
    naive_cost: int
    spent: int = 0

    def run(self, terms: list[frozenset[str]]) -> list[tuple[int, ...]]:
        """The positions that are contracted, step by step."""
        path: list[tuple[int, ...]] = []
        pairs = list(itertools.combinations(range(len(terms)), 2))
        known: list[_Candidate] = []
        for _ in range(len(terms) - 1):
            sharing = [(i, j) for i, j in pairs if not terms[i].isdisjoint(terms[j])]
            known += self._candidates(sharing, terms)
            if not known:
                known = self._candidates(itertools.combinations(range(len(terms)), 2), terms)
            if not known:
                path.append(tuple(range(len(terms))))
                break
            best = min(known, key=lambda candidate: candidate.rank)
            known = _without(known, best)
            terms = best.left
            last = len(terms) - 1
            pairs = [(i, last) for i in range(last)]
            path.append(best.pair)
            self.spent += best.rank[1]
        return path

    def _candidates(
        self, pairs: Iterable[tuple[int, int]], terms: list[frozenset[str]]
    ) -> list[_Candidate]:
        made = (self._candidate(pair, terms) for pair in pairs)
        return [candidate for candidate in made if candidate is not None]

    def _candidate(self, pair: tuple[int, int], terms: list[frozenset[str]]) -> _Candidate | None:
        """NumPy's ``_parse_possible_contraction``: None where the pair is too large or costly."""
        left = [term for position, term in enumerate(terms) if position not in pair]
        labels = terms[pair[0]] | terms[pair[1]]
        result = labels & self.output.union(*left)
        size = size_of(result, self.sizes)
        if size > self.memory_limit:
            return None
        cost = _flops(labels, bool(labels - result), 2, self.sizes)
        if self.spent + cost > self.naive_cost:
            return None
        freed = sum(size_of(terms[position], self.sizes) for position in pair) - size
        return _Candidate((-freed, cost), pair, [*left, result])


def _without(known: Iterable[_Candidate], best: _Candidate) -> list[_Candidate]:
    """NumPy's ``_update_other_results``: the other candidates, renumbered for what is left."""
    low, high = best.pair
    kept = []
    for candidate in known:
        i, j = candidate.pair
        if i in best.pair or j in best.pair:
            continue
        left = candidate.left
        del left[high - (high > i) - (high > j)]
        del left[low - (low > i) - (low > j)]
        left.insert(-1, best.left[-1])
        pair = (i - (i > low) - (i > high), j - (j > low) - (j > high))
        kept.append(_Candidate(candidate.rank, pair, left))
    return kept
