"""Writes the pages of the rules and their index, and the parts of the README that are generated."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

from einsum_lint.rule import Rule, rules

ROOT = Path(__file__).resolve().parent.parent
PAGES = Path("docs/rules")
INDEX = PAGES / "README.md"
README = Path("README.md")
TABLE = re.compile(r"(?<=<!-- rules -->\n).*?(?=<!-- end of rules -->)", re.DOTALL)
EXAMPLE = re.compile(r"(?<=^```python\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)
OUTPUT = re.compile(r"(?<=^```text\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)
DIFF = re.compile(r"(?<=^```diff\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)
FAMILIES = {
    "0": "Errors: the call raises",
    "1": "Performance",
    "2": "Rewrites",
    "3": "Traps: it runs, and probably not as meant",
    "4": "Style and portability",
    "9": "The file could not be checked",
}


def generated(readme: str) -> Mapping[Path, str]:
    """The text of every generated file by its path in the project; ``readme`` is the README's."""
    known = rules().values()
    return {
        README: _readme(readme),
        INDEX: "".join(_index(known)),
        **{PAGES / f"{rule.name}.md": _page(rule) for rule in known},
    }


def main() -> int:
    """Write what has changed, and remove the pages of rules that are no more."""
    wanted = generated((ROOT / README).read_text(encoding="utf-8"))
    (ROOT / PAGES).mkdir(parents=True, exist_ok=True)
    for path in sorted(stale(wanted)):
        print(path.as_posix())
        if path in wanted:
            (ROOT / path).write_text(wanted[path], encoding="utf-8", newline="\n")
        else:
            (ROOT / path).unlink()
    return 0


def stale(wanted: Mapping[Path, str]) -> set[Path]:
    """The files that are not as they should be, and those that should not be."""
    present = {path.relative_to(ROOT) for path in (ROOT / PAGES).glob("*.md")}
    return {
        path
        for path in wanted.keys() | present
        if path not in wanted
        or not (ROOT / path).exists()
        or (ROOT / path).read_text(encoding="utf-8") != wanted[path]
    }


def _readme(text: str) -> str:
    """The README with its table of rules, and with what the program prints of its example."""
    example = EXAMPLE.search(text)
    if example is None:
        raise ValueError("the README has no example")
    table = "".join(_table(rules().values(), f"{PAGES.as_posix()}/"))
    output = _printed(example[0], "--output-format", "full")
    diff = _printed(example[0], "--diff", "--unsafe-fixes")
    for place, part in ((TABLE, table), (OUTPUT, output), (DIFF, diff)):
        text = place.sub(lambda _, part=part: part, text, count=1)  # type: ignore[misc]
    return text


def _printed(source: str, *options: str) -> str:
    """What ``check`` prints of a file with this text."""
    command = [sys.executable, "-P", "-m", "einsum_lint", "check", "--isolated", "--no-cache"]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "example.py").write_text(source, encoding="utf-8")
        return subprocess.run(
            [*command, *options, "example.py"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            check=False,
        ).stdout


def _page(rule: Rule) -> str:
    state = "On by default." if rule.default else "Off by default."
    fix = "  A fix is sometimes available: see [Fix safety](#fix-safety)." if _fixes(rule) else ""
    return f"# {rule.name} ({rule.code})\n\n{state}{fix}\n\n{rule.doc.strip()}\n"


def _index(known: Iterable[Rule]) -> Iterator[str]:
    yield "# Rules\n"
    for family, members in groupby(known, key=lambda rule: rule.code[3]):
        yield f"\n## {FAMILIES[family]} (EIN{family}xx)\n\n"
        yield from _table(members, "")


def _table(known: Iterable[Rule], folder: str) -> Iterator[str]:
    yield "| code | name | finds | default | fix |\n"
    yield "| --- | --- | --- | --- | --- |\n"
    for rule in known:
        # The verb of the summary is the heading of the column.
        summary = re.sub("^(Finds|Reports) ", "", rule.summary).replace("|", "\\|")
        default = "on" if rule.default else "off"
        fix = "yes" if _fixes(rule) else ""
        link = f"[{rule.name}]({folder}{rule.name}.md)"
        yield f"| {rule.code} | {link} | {summary} | {default} | {fix} |\n"


def _fixes(rule: Rule) -> bool:
    return "## Fix safety" in rule.doc


if __name__ == "__main__":
    sys.exit(main())
