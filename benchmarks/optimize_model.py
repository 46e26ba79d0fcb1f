"""Measure what optimize=True does to np.einsum, and hold the cost model against it.

    OPENBLAS_NUM_THREADS=1 python benchmarks/optimize_model.py measure CELLS.json
    python benchmarks/optimize_model.py evaluate CELLS.json [--verbose] [--target 2.4]
    python benchmarks/optimize_model.py calibrate CELLS.json [CELLS.json ...]

A cell is [equation, operand shapes, ratio, microseconds without, microseconds with optimize=True].
The ratio is time(optimize=False) / time(optimize=True), the median over rounds in which both run in
turn, so that what else the machine does hits both.

``measure`` draws equations (from a list of its own, or from --equations FILE, one a line) and
sizes: equal and unequal, some labels small, most products of all sizes between 3e3 and 1e6, where
it is decided whether optimize=True pays.  ``evaluate`` prints how well the model tells the cells
that are helped (ratio >= 1.2) from the others, and how many it would harm (flagged, ratio < 0.8).
It needs only the first three columns.  ``calibrate`` fits the prices of ``einsum_lint/cost.py`` to
the times and prints them; fit on other cells than you evaluate on.

``optimize_cells.json`` next to this file was measured with NumPy 2.4.6 in float64 on one BLAS
thread, and no price was fitted to it.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from einsum_lint.cost import PRICES, Gain, classify, estimate, work_optimized, work_without

Cell = list[Any]
HELPED, HARMED = 1.2, 0.8
LARGEST = 1.5e7  # elements of one array
EQUATIONS = """
ij,jk->ik ij,jk->ki ij,kj->ik ji,jk->ik ji,kj->ik bij,bjk->bik bij,bkj->bik ijb,jkb->ikb
bij,jk->bik ij,bjk->bik bij,bj->bi bij,j->bi ij,nj->ni ni,ij,nj->n ni,nij,nj->n bhqd,bhkd->bhqk
bhqk,bhkd->bhqd bqhd,bkhd->bhqk bhqk,bkhd->bqhd bqd,bkd->bqk nld,hdk->nhlk btd,df->btf
nchw,kc->nkhw ncij,kcij->nk nhwijc,ijcf->nhwf bchwij,fcij->bfhw nqi,nqj,q->nij q,qai,qbj,qij->ab
eqi,eqj,eq->eij eqid,eqjd,eq->eij q,qi,qj->ij i,i-> i,i->i ij,ij->ij ij,ij-> ij,ij->i ij,ij->j
ij,ji-> ij,j->ij ij,i->ij i,j->ij i,j-> ij,k->ik ij,jk-> ij,j->i ij,i->j i,ij,j-> i,ij,j->ij
i,i,i-> i,j,k->ijk i,j,k->ki i,ij,ik->jk ijk,j->ik ijk,k->ij ijk,i->jk ijk,il->ljk ijk,jl->ilk
ijk,kl->ijl ijk,jkl->il ijk,ikl->jl ijk,ijl->kl ijkl,kl->ij ijkl,jk->il ijkl,ij->kl ijkl,jl->ik
ijkl,jmkn->imln ijk,jr,kr->ir ijk,ir,jr,kr-> r,ir,jr,kr->ijk ir,jr,kr->ijk ij,jk,kl->il
ij,jk,kl,lm->im ij,jk,kl,lm,mn->in ij,jk,ki-> ij,ij,ij->i ij,kj,lj->ikl pi,pq,qj->ij
mi,mn,nj->ij pi,qj,rk,sl,pqrs->ijkl ai,bj,ck,abc->ijk abcd,ea,fb->efcd bi,oij,bj->bo
ijk,ilm,njm,nlk,abc-> nij,njk,nkl->nil nij,njk,nk->ni ni,nj->nij ni,nj,nk->ijk ii,ij->j
iij,jk->ik ij,jk,k->i ij,jk,k-> ijk,i,j,k-> ijkl,i,j,k,l-> abc,cfd,dbe,efa-> ab,bc,ca->
ij,kl->ijkl ij,kl-> ij,ik->ijk ij,jk->ijk xij,xij-> xij,ij->x xij,ji->x xij,yji->xy
tij,tjk,tkl,tlm->tim bnm,bmd,de->bne ij->ji ij->i ij->j ij-> ijk->ik ijk->j ii-> ii->i iij->j
""".split()  # noqa: SIM905 - a table reads better so


def parse(cell: Cell) -> tuple[list[tuple[str, ...]], tuple[str, ...], dict[str, int]]:
    """The terms, the output and the sizes of a cell."""
    inputs, output = cell[0].split("->")
    terms = [tuple(term) for term in inputs.split(",")]
    sizes: dict[str, int] = {}
    for term, shape in zip(terms, cell[1], strict=True):
        sizes.update(zip(term, shape, strict=True))
    return terms, tuple(output), sizes


def draw(equation: str, rng: random.Random) -> list[list[int]] | None:
    """Shapes for the operands; None when they come out too large."""
    inputs, output = equation.split("->")
    labels = sorted(set(inputs) - {","})
    total = 10 ** rng.choice([rng.uniform(2, 7.3), rng.uniform(3.5, 6)])
    kind = rng.choice(["equal", "alike", "unlike", "some small"])
    small = set(rng.sample(labels, rng.randrange(1, len(labels)))) if len(labels) > 1 else set()
    sizes = {
        x: rng.choice([2, 3, 4, 5, 6, 8]) for x in labels if kind == "some small" and x in small
    }
    rest = [x for x in labels if x not in sizes]
    mean = math.log(total / math.prod(sizes.values())) / len(rest)
    spread = {"equal": 0.0, "alike": 0.5, "unlike": 1.2, "some small": 0.6}[kind]
    for label in rest:
        sizes[label] = max(2, round(math.exp(mean + rng.gauss(0, spread))))
    shapes = [[sizes[x] for x in term] for term in inputs.split(",")]
    arrays = [*shapes, [sizes[x] for x in output]]
    if math.prod(sizes.values()) > 4e7 or max(map(math.prod, arrays)) > LARGEST:
        return None
    return shapes


def timed(call: Callable[[], object], times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - start) / times


def measure_cell(equation: str, shapes: Sequence[Sequence[int]], seconds: float) -> Cell | None:
    """Time both ways in turn; None when a single call takes more than a second."""
    import numpy as np

    rng = np.random.default_rng(0)
    operands = [rng.standard_normal(shape) for shape in shapes]
    ways: list[Callable[[], object]] = [
        lambda: np.einsum(equation, *operands),
        lambda: np.einsum(equation, *operands, optimize=True),
    ]
    for way in ways:
        way()
    once = [timed(way, 1) for way in ways]
    if max(once) > 1:
        return None
    times = [max(1, int(4e-4 / max(t, 1e-7))) for t in once]
    cost = sum(t * n for t, n in zip(once, times, strict=True))
    rounds = max(3, min(15, int(seconds / cost))) | 1
    samples: list[list[float]] = [[], []]
    for number in range(rounds):
        for k in (0, 1) if number % 2 else (1, 0):
            samples[k].append(timed(ways[k], times[k]))
    ratios = sorted(f / t for f, t in zip(*samples, strict=True))
    without, optimized = (sorted(s)[rounds // 2] * 1e6 for s in samples)
    return [equation, shapes, round(ratios[rounds // 2], 3), round(without, 2), round(optimized, 2)]


def measure(options: argparse.Namespace) -> int:
    rng = random.Random(options.seed)
    equations = options.equations.read_text().split() if options.equations else EQUATIONS
    cells: list[Cell] = []
    while len(cells) < options.count:
        equation = rng.choice(equations)
        shapes = draw(equation, rng)
        cell = measure_cell(equation, shapes, options.seconds) if shapes else None
        if cell:
            cells.append(cell)
    lines = ",\n".join(json.dumps(cell, separators=(",", ":")) for cell in cells)
    options.cells.write_text(f"[\n{lines}\n]\n")
    return 0


def evaluate(options: argparse.Namespace) -> int:
    major, minor = map(int, options.target.split("."))
    cells = json.loads(options.cells.read_text())
    found = [estimate(*parse(cell), "float64", (major, minor)) for cell in cells]
    judged = [(cell, one) for cell, one in zip(cells, found, strict=True) if one is not None]
    if options.verbose:
        for cell, one in judged:
            if one.helps != (cell[2] >= HELPED):
                print(
                    "flagged" if one.helps else "missed ", *cell[:3], f"predicted {one.ratio:.2f}"
                )
    near = [(cell, one) for cell, one in judged if 0.5 <= cell[2] <= 3]
    for name, part in (("all cells", judged), ("near break-even (0.5 to 3)", near)):
        print(f"{name}: {summary([cell[2] for cell, _ in part], [one.helps for _, one in part])}")
    slower = [cell[2] for cell, one in judged if one.hurts]
    print(f"predicted to hurt: {len(slower)}, of them {sum(r >= 1 for r in slower)} do not")
    large = [cell for cell in cells if unknown_sizes_flag(cell)]
    helped = sum(cell[2] >= HELPED for cell in large)
    print(f"flagged without sizes, at 1e5 steps or more: {len(large)}, helped {helped}")
    return 0


def unknown_sizes_flag(cell: Cell) -> bool:
    """Whether a cell is large and would be flagged if its sizes were not known."""
    terms, output, sizes = parse(cell)
    if len(terms) < 3 or math.prod(sizes.values()) < 1e5:
        return False
    return classify(terms, output).gain is Gain.ASYM


def summary(ratios: Sequence[float], flagged: Sequence[bool]) -> str:
    pairs = list(zip(ratios, flagged, strict=True))
    hits = sum(flag and ratio >= HELPED for ratio, flag in pairs)
    helped = sum(ratio >= HELPED for ratio in ratios)
    harmed = sum(flag and ratio < HARMED for ratio, flag in pairs)
    return (
        f"{len(pairs)} cells, {helped} helped; flagged {sum(flagged)}: precision "
        f"{hits / max(1, sum(flagged)):.3f}, recall {hits / max(1, helped):.3f}, harmed {harmed}"
    )


def units(cells: Sequence[Cell]) -> Iterator[tuple[dict[str, float], float]]:
    """The work of each call and its nanoseconds."""
    for cell in cells:
        terms, output, sizes = parse(cell)
        yield dict(work_without(terms, output, sizes)), cell[3] * 1e3
        yield dict(work_optimized(terms, output, sizes, True, (2, 4))), cell[4] * 1e3


def calibrate(options: argparse.Namespace) -> int:
    """Fit non-negative prices to relative errors, with less weight for cells that fit badly."""
    import numpy as np

    rows = list(units([c for path in options.cells for c in json.loads(path.read_text())]))
    kinds = sorted({kind for work, _ in rows for kind in work})
    matrix = np.array([[work.get(k, 0) / spent for k in kinds] for work, spent in rows])
    weight = np.ones(len(rows))
    prices = np.array([PRICES.get(kind, 0.0) for kind in kinds])
    for _ in range(6):
        scaled = matrix * weight[:, None]
        square, target = scaled.T @ scaled, scaled.T @ weight
        for _ in range(2000):
            for j in range(len(kinds)):
                step = (target[j] - square[j] @ prices) / square[j, j]
                prices[j] = max(0.0, prices[j] + step)
        error = np.abs(np.log(np.maximum(matrix @ prices, 1e-9)))
        weight = 1 / np.maximum(1, error / 0.15)
    for kind, price in zip(kinds, prices, strict=True):
        print(f'        "{kind}": {price:.3g},')
    print(f"half of the times are met within {np.median(error):.0%}", file=sys.stderr)
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("measure")
    one.add_argument("cells", type=Path)
    one.add_argument("--count", type=int, default=1000)
    one.add_argument("--seed", type=int, default=0)
    one.add_argument("--seconds", type=float, default=0.06, help="time to spend on a cell")
    one.add_argument("--equations", type=Path)
    one.set_defaults(run=measure)
    one = commands.add_parser("evaluate")
    one.add_argument("cells", type=Path)
    one.add_argument("--target", default="2.4")
    one.add_argument("--verbose", action="store_true")
    one.set_defaults(run=evaluate)
    one = commands.add_parser("calibrate")
    one.add_argument("cells", type=Path, nargs="+")
    one.set_defaults(run=calibrate)
    options = parser.parse_args()
    result: int = options.run(options)
    return result


if __name__ == "__main__":
    sys.exit(main())
