"""How long a check takes, next to other linters: ``python benchmarks/peers.py [--help]``.

Prints Markdown tables.  All programs run by turns, so that a machine whose speed drifts does not
matter; a time is a median, and a ratio the median of those of the rounds.  The programs, and the
trees that they check, come from PyPI; they are kept in a folder for the next time.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
TREES = ("scipy", "scikit-learn", "transformers", "pyscf")
PARTS = ("trees", "copies", "flake8", "start-up")
VENVS = {
    "plain": ("flake8", "ruff"),
    "ours": ("flake8", str(ROOT)),
    "libcst": ("torchfix", "fixit"),
}
"""Programs that must not see each other: flake8 loads every plugin that is installed with it."""
SLOW = ("flake8", "TorchFix", "Fixit")
EINSUM = 'import numpy as np\n\n\ndef f(a, b):\n    return np.einsum("ij,jk->ik", a, b)\n'
OTHER = EINSUM.replace('np.einsum("ij,jk->ik", a, b)', "np.dot(a, b)")

Command = Sequence[str | os.PathLike[str]]


class Run(NamedTuple):
    """The seconds of a run, those on all processors, and the megabytes of the largest process."""

    wall: float
    cpu: float
    memory: float


def run(command: Command) -> Run:
    """Run a program to its end; what it finds does not matter."""
    # Without compiled modules start-up would take three times as long.
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryFile() as errors:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors, env=env)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in range(8):  # Fixit adds up what it has to say
            errors.seek(0)
            raise SystemExit(f"{command}: exit {process.returncode}: {errors.read().decode()}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def by_turns(commands: Mapping[str, Command], rounds: Mapping[str, int]) -> dict[str, list[Run]]:
    """The runs of each program, all of them once before any is run again."""
    found: dict[str, list[Run]] = {name: [] for name in commands}
    for number in range(max(rounds.values())):
        for name, command in commands.items():
            if number < rounds[name]:
                found[name].append(run(command))
    return found


def median(runs: Iterable[Run]) -> Run:
    """The median of each figure, and the most memory."""
    wall, cpu, memory = zip(*runs, strict=True)
    return Run(statistics.median(wall), statistics.median(cpu), max(memory))


def ratio(runs: Sequence[Run], others: Sequence[Run]) -> float:
    """How many times as long the first take, round by round."""
    return statistics.median(a.wall / b.wall for a, b in zip(runs, others, strict=False))


def print_table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table whose columns are numbers but for the first."""
    print(f"| {' | '.join(heads)} |\n| --- | {' | '.join('---:' for _ in heads[1:])} |")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |", flush=True)
    print()


class Programs:
    """Where the programs are: in environments below a folder, which are made if need be."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for name, packages in VENVS.items():
            home = folder / name
            if not home.exists():
                venv.create(home, with_pip=True)
            pip = (home / "bin" / "pip", "install", "--quiet")
            subprocess.run([*pip, *packages], check=True)
            if str(ROOT) in packages:  # it has the same version whatever was changed
                subprocess.run([*pip, "--force-reinstall", "--no-deps", ROOT], check=True)

    def path(self, environment: str, program: str) -> Path:
        """A program of an environment."""
        return self._folder / environment / "bin" / program

    def versions(self) -> str:
        """What is compared, in words."""
        found = [f"Python {sys.version.split()[0]}"]
        for home, package in (
            ("plain", "ruff"), ("plain", "flake8"), ("libcst", "torchfix"), ("libcst", "fixit"),
            ("ours", "libcst"),
        ):  # fmt: skip
            script = f"from importlib.metadata import version; print(version({package!r}))"
            command = (self.path(home, "python"), "-c", script)
            printed = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout
            found.append(f"{package} {printed.strip()}")
        return f"{', '.join(found)}; {len(os.sched_getaffinity(0))} processors"

    def check(self, *argv: str | os.PathLike[str]) -> Command:
        """A check of ours."""
        return (self.path("ours", "einsum-lint"), "check", "--isolated", "--quiet", *argv)

    def linters(self, tree: Path, cache: str, cores: int) -> dict[str, Command]:
        """The checks of a tree, each by one process for each core."""
        jobs = str(cores)
        ruff = (
            self.path("plain", "ruff"),
            "check",
            "--isolated",
            "--quiet",
            "--select",
            "NPY,PERF",
        )
        return {
            "einsum-lint": self.check("--no-cache", "--jobs", jobs, tree),
            "einsum-lint, warm": self.check("--cache-dir", cache, "--jobs", jobs, tree),
            "ruff": (*ruff, "--no-cache", tree),
            "ruff, warm": (*ruff, "--cache-dir", f"{cache}/ruff", tree),
            "flake8": (
                self.path("plain", "flake8"), "--isolated", "--quiet", "--select", "F", "-j", jobs,
                tree,
            ),
            "TorchFix": (self.path("libcst", "torchfix"), "--select", "ALL", "-j", jobs, tree),
            "Fixit": (self.path("libcst", "fixit"), "--quiet", "lint", tree),
        }  # fmt: skip


def fetched(name: str, folder: Path) -> Path:
    """The tree of the newest wheel of a package, or a folder that has this name."""
    if Path(name).is_dir():
        return Path(name)
    tree = folder / name
    if not tree.exists():
        with tempfile.TemporaryDirectory() as wheels:
            pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps")
            subprocess.run([*pip, "--only-binary", ":all:", "-d", wheels, name], check=True)
            (wheel,) = Path(wheels).iterdir()
            shutil.unpack_archive(wheel, tree, "zip")
    return tree


@contextmanager
def on_cores(cores: int) -> Iterator[None]:
    """Let programs use so many processors."""
    every = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(every)[:cores])
    try:
        yield
    finally:
        os.sched_setaffinity(0, every)


def size(tree: Path) -> tuple[int, int]:
    """How many Python files and lines there are."""
    texts = [path.read_bytes() for path in tree.rglob("*.py") if path.is_file()]
    return len(texts), sum(text.count(b"\n") for text in texts)


def compare_trees(programs: Programs, trees: Sequence[Path], options: argparse.Namespace) -> None:
    """Print the times of all linters on each tree, on one core and on all."""
    for tree in trees:
        files, lines = size(tree)
        for cores in options.cores:
            print(f"\n### {tree.name}: {files:,} files, {lines:,} lines; cores: {cores}\n")
            with tempfile.TemporaryDirectory() as cache, on_cores(cores):
                commands = programs.linters(tree, cache, cores)
                commands = {n: c for n, c in commands.items() if n not in options.without}
                rounds = {n: options.slow_rounds if n in SLOW else options.rounds for n in commands}
                for name in commands:
                    if "warm" in name:
                        run(commands[name])
                found = by_turns(commands, rounds)
            ours = median(found["einsum-lint"])
            print_table(
                ("", "seconds", "times ours", "CPU seconds", "CPU, times ours", "MB"),
                (
                    (
                        name,
                        f"{mid.wall:.2f}",
                        f"{ratio(runs, found['einsum-lint']):.2f}",
                        f"{mid.cpu:.2f}",
                        f"{mid.cpu / ours.cpu:.2f}",
                        f"{mid.memory:.0f}",
                    )
                    for name, runs in found.items()
                    for mid in [median(runs)]
                ),
            )


def linked(source: str, target: str) -> None:
    """Copy a file as a link where that can be."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def compare_copies(programs: Programs, tree: Path, options: argparse.Namespace) -> None:
    """Print what copies of a tree take, and how large the processes grow."""
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        commands: dict[str, Command] = {}
        for count in options.copies:
            for number in range(count):
                target = Path(folder, str(count), str(number))
                shutil.copytree(tree, target, copy_function=linked)
            where = Path(folder, str(count))
            commands[str(count)] = programs.check("--no-cache", where)
            cache = ("--cache-dir", Path(folder, f"cache{count}"))
            commands[f"{count}, warm"] = programs.check(*cache, where)
            run(commands[f"{count}, warm"])
        found = by_turns(commands, dict.fromkeys(commands, options.rounds))
    print(f"\n### Copies of {tree.name}\n")
    rows = []
    for name, runs in found.items():
        one = found[", ".join([str(options.copies[0]), *name.split(", ")[1:]])]
        mid, base = median(runs), median(one)
        rows.append(
            (
                name,
                f"{mid.wall:.2f}",
                f"{ratio(runs, one):.2f}",
                f"{mid.cpu:.2f}",
                f"{mid.cpu / base.cpu:.2f}",
                f"{mid.memory:.0f}",
            )
        )
    print_table(
        ("copies", "seconds", "times the first", "CPU seconds", "CPU, times the first", "MB"), rows
    )


def compare_flake8(programs: Programs, tree: Path, options: argparse.Namespace) -> None:
    """Print what flake8 takes with our plugin and without it."""
    commands = {
        f"{name} the plugin": (
            programs.path(home, "flake8"), "--isolated", "--quiet", "-j", "1", tree
        )
        for name, home in (("without", "plain"), ("with", "ours"))
    }  # fmt: skip
    found = by_turns(commands, dict.fromkeys(commands, options.flake8_rounds))
    base = found["without the plugin"]
    print(f"\n### flake8 on {tree.name}, one process\n")
    print_table(
        ("", "seconds", "times without", "CPU seconds", "CPU, times without", "MB"),
        (
            (
                name,
                f"{mid.wall:.2f}",
                f"{ratio(runs, base):.3f}",
                f"{mid.cpu:.2f}",
                f"{statistics.median(a.cpu / b.cpu for a, b in zip(runs, base, strict=True)):.3f}",
                f"{mid.memory:.0f}",
            )
            for name, runs in found.items()
            for mid in [median(runs)]
        ),
    )


def compare_start_up(programs: Programs, options: argparse.Namespace) -> None:
    """Print what a check of one small file takes."""
    python = programs.path("ours", "python")
    ruff = (programs.path("plain", "ruff"), "check", "--isolated", "--no-cache", "--quiet")
    with tempfile.TemporaryDirectory() as folder:
        einsum, other = Path(folder, "einsum.py"), Path(folder, "other.py")
        einsum.write_text(EINSUM, encoding="utf-8")
        other.write_text(OTHER, encoding="utf-8")
        cache = ("--cache-dir", Path(folder, "cache"))
        commands: dict[str, Command] = {
            "`python -c pass`": (python, "-c", "pass"),
            '`python -c "import libcst"`': (python, "-c", "import libcst"),
            "a file with an einsum": programs.check("--no-cache", einsum),
            "a file with an einsum, warm": programs.check(*cache, einsum),
            "a file without an einsum": programs.check("--no-cache", other),
            "a file without an einsum, warm": programs.check(*cache, other),
            "ruff, a file with an einsum": (*ruff, einsum),
        }
        by_turns(commands, dict.fromkeys(commands, 1))  # for caches and compiled modules
        found = by_turns(commands, dict.fromkeys(commands, options.start_up_rounds))
    bases = [found["`python -c pass`"], found['`python -c "import libcst"`']]
    print("\n### One small file\n")
    print_table(
        ("", "milliseconds", "times `pass`", "times `import libcst`"),
        (
            (
                name,
                f"{median(runs).wall * 1000:.1f}",
                *(f"{ratio(runs, base):.2f}" for base in bases),
            )
            for name, runs in found.items()
        ),
    )


def arguments() -> argparse.Namespace:
    """The options."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("trees", nargs="*", default=TREES, help=f"packages or folders (default: {' '.join(TREES)})")
    add("--parts", default=",".join(PARTS), help="which tables (default: %(default)s)")
    add("--rounds", type=int, default=5, help="of trees and copies (default: %(default)s)")
    add("--slow-rounds", type=int, default=1, help=f"of {', '.join(SLOW)} (default: %(default)s)")
    add("--without", default="", help="programs to leave out, such as Fixit, the slowest by far")
    add("--cores", help="how many processors to use (default: one, and all)")
    add("--flake8-rounds", type=int, default=3, help="of the plugin (default: %(default)s)")
    add("--start-up-rounds", type=int, default=21, help="of one small file (default: %(default)s)")
    add("--copies", default="1,10", help="how many of a tree (default: %(default)s)")
    add("--copied", default="scipy", help="the tree that is copied (default: %(default)s)")
    add("--linted", default="scikit-learn", help="the tree for flake8 (default: %(default)s)")
    folder = Path(tempfile.gettempdir(), "einsum-lint-peers")
    add("--folder", type=Path, default=folder, help="of the trees (default: %(default)s)")
    add("--peers-venv", type=Path, help="folder of the environments (default: below that one)")
    options = parser.parse_args()
    options.parts = options.parts.split(",")
    if unknown := {*options.parts} - {*PARTS}:
        parser.error(f"there is no part {', '.join(unknown)}")
    options.without = options.without.split(",")
    every = {1, len(os.sched_getaffinity(0))}
    options.cores = [int(n) for n in options.cores.split(",")] if options.cores else sorted(every)
    options.folder.mkdir(parents=True, exist_ok=True)
    options.copies = [int(count) for count in options.copies.split(",")]
    return options


def main() -> None:
    """Print the tables that are asked for."""
    options = arguments()
    programs = Programs(options.peers_venv or options.folder / "venvs")
    print(f"{programs.versions()}.")
    if "start-up" in options.parts:
        compare_start_up(programs, options)
    if "flake8" in options.parts:
        compare_flake8(programs, fetched(options.linted, options.folder), options)
    if "copies" in options.parts:
        compare_copies(programs, fetched(options.copied, options.folder), options)
    if "trees" in options.parts:
        trees = [fetched(name, options.folder) for name in options.trees]
        compare_trees(programs, trees, options)


if __name__ == "__main__":
    main()
