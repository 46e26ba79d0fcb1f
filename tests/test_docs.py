"""The documentation: what is generated is current, and what it shows is what the program does."""

from __future__ import annotations

import doctest
import re
import subprocess
import sys
import tomllib
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from einsum_lint import Applicability, cli, config, flake8, rewrite_source
from einsum_lint.rule import rules

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PAPERS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


@pytest.fixture
def generate() -> ModuleType:
    spec = spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_generated_is_current(generate: ModuleType) -> None:
    stale = sorted(map(str, generate.stale(generate.generated(README))))
    assert stale == [], "run python docs/generate.py"


def test_every_rule_has_a_page_and_a_row(generate: ModuleType) -> None:
    for rule in rules().values():
        page = (ROOT / "docs" / "rules" / f"{rule.name}.md").read_text(encoding="utf-8")
        assert page.startswith(f"# {rule.name} ({rule.code})\n")
        assert rule.url.endswith(f"docs/rules/{rule.name}.md")
        assert README.count(f"| {rule.code} | [{rule.name}](docs/rules/{rule.name}.md) |") == 1


@pytest.mark.parametrize("name", PAPERS)
def test_links_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", text)
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_example_of_the_readme_shows_errors_and_fixes() -> None:
    output, diff = blocks(README, "text")[0], blocks(README, "diff")[0]
    assert re.findall(r"^EIN\d{3}", output, re.MULTILINE) == ["EIN101", "EIN301", "EIN006"]
    assert "Found 3 errors in 1 file" in output
    added = re.findall(r"^\+ .*", diff, re.MULTILINE)
    assert [line.rpartition("(")[2].count("optimize=True") for line in added] == [1, 0]
    assert '"kij->ijk"' in added[1]


def test_the_codemod_of_the_readme_writes_what_is_shown() -> None:
    lines = blocks(README, "diff")[1].splitlines()[3:]
    old = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
    new = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("-"))
    header = "import numpy as np\n\n\n"
    written = rewrite_source(header + old, "loops-to-einsum", level=Applicability.UNSAFE)
    assert written == header + new


def test_the_python_example_of_the_readme() -> None:
    runner = doctest.DocTestRunner()
    test = doctest.DocTestParser().get_doctest(
        blocks(README, "pycon")[0], {}, "README", "README.md", 0
    )
    assert test.examples
    assert runner.run(test).failed == 0


def test_the_configuration_of_the_readme_has_all_keys() -> None:
    table = tomllib.loads(blocks(README, "toml")[0])["tool"]["einsum-lint"]
    config.parse_table(table, "README.md")
    assert set(table) == set(config._KEYS)


def test_the_options_of_the_readme_exist() -> None:
    known = cli._every_option()
    shell = re.findall(r"^einsum-lint .*$|`-[^`]*`|`einsum-lint [^`]*`", README, re.MULTILINE)
    named = {option for text in shell for option in re.findall(r"(?<!\w)--[a-z-]+", text)}
    assert {"--fix", "--diff", "--select", "--output-format"} <= named
    assert named <= set(known)
    for form in cli.FORMATS:
        assert f"`{form}`" in README


def test_the_flake8_options_of_the_readme_exist() -> None:
    from test_flake8 import Manager

    manager = Manager()
    flake8.Plugin.add_options(manager)
    shown = re.findall(r"^(einsum-\S+) =", blocks(README, "ini")[0], re.MULTILINE)
    assert [f"--{name}" for name in shown] == manager.names


def test_the_hooks_of_the_readme_exist() -> None:
    ids = r"^ *- id: (\S+)"
    shipped = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    shown = re.findall(ids, blocks(README, "yaml")[0], re.MULTILINE)
    assert shown == re.findall(ids, shipped, re.MULTILINE)


SCRATCH = """\
import ast
import sys
from pathlib import Path

import einsum_lint.rules

einsum_lint.rules.__path__.append(sys.argv[1])
sys.path.insert(0, sys.argv[2])

from generate import generated
from flake8.options.parse_args import parse_args

from einsum_lint import Config, check_source, flake8
from einsum_lint.cli import main

text = "import numpy as np\\nc = np.einsum('i j -> ij', a)\\n"
assert check_source(text) == ()
(found,) = check_source(text, config=Config(extend_select=("EIN499",)))
assert (found.code, found.name) == ("EIN499", "spaced-subscripts"), found
assert (found.span.start.row, found.span.start.column) == (2, 17), found
main(["rule"])
readme = Path(sys.argv[2], "..", "README.md").read_text(encoding="utf-8")
page = generated(readme)[Path("docs/rules/spaced-subscripts.md")]
assert page.startswith("# spaced-subscripts (EIN499)\\n\\nOff by default.\\n\\n## What it does\\n")


class Manager:
    def add_option(self, *args, **kwargs):
        pass

    def extend_default_ignore(self, codes):
        print("flake8 ignores", *codes)


flake8.Plugin.add_options(Manager())
options = parse_args(["--isolated", "--extend-select=EIN499"])[1]
for *place, text, _ in flake8.Plugin(ast.parse(text), [text], "a.py", options).run():
    print("flake8 is told", *place, text)
"""


def test_a_new_rule_is_one_new_file(tmp_path: Path) -> None:
    """The example of CONTRIBUTING.md, put beside the rules, and nothing else done."""
    (tmp_path / "spaced_subscripts.py").write_text(blocks(CONTRIBUTING, "python")[0])
    ran = subprocess.run(
        [sys.executable, "-P", "-c", SCRATCH, str(tmp_path), str(ROOT / "docs")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "EIN499  spaced-subscripts" in ran.stdout
    *_, ignored, told = ran.stdout.splitlines()
    assert ignored.startswith("flake8 ignores")
    assert "EIN499" in ignored
    assert told == "flake8 is told 2 16 EIN499 the subscripts have a space"
