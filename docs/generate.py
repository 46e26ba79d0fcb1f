"""Writes the pages of the rules, their index and the table in the README from their docstrings."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

from einsum_lint.rule import Rule, rules

ROOT = Path(__file__).resolve().parent.parent
PAGES = Path("docs/rules")
INDEX = PAGES / "README.md"
README = Path("README.md")
TABLE = re.compile(r"(?<=<!-- rules -->\n).*?(?=<!-- end of rules -->)", re.DOTALL)
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
    table = "".join(_table(known, f"{PAGES.as_posix()}/"))
    return {
        README: TABLE.sub(lambda _: table, readme),
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
