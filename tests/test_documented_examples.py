"""The docstring of every rule: its sections, and its examples run."""

from __future__ import annotations

import inspect
import re

import pytest

from einsum_lint import Applicability, Config, check_source, fix_source
from einsum_lint.rule import Rule, rules

EXAMPLE = re.compile(r"```python\n(.*?)```", re.DOTALL)
REQUIRED = ["What it does", "Why is this bad?"]
OPTIONAL = ["Fix safety", "Options", "References"]
DOCUMENTED = [rule for rule in rules().values() if EXAMPLE.search(rule.doc)]
OPTIONS = {"optimize-policy", "target-numpy", "einsum-functions", "portable-to"}
PORTABLE = ("torch", "jax")


def name(rule: Rule) -> str:
    return rule.code


def only(rule: Rule) -> Config:
    return Config(select=(rule.code,), portable_to=PORTABLE)


def codes(source: str, config: Config) -> list[str]:
    return [finding.code for finding in check_source(source, config=config)]


def first_two(rule: Rule) -> list[str]:
    return EXAMPLE.findall(rule.doc)[:2]


def test_only_the_rule_about_our_own_bugs_has_no_example() -> None:
    assert [rule.code for rule in rules().values() if rule not in DOCUMENTED] == ["EIN901"]


@pytest.mark.parametrize("rule", rules().values(), ids=name)
def test_sections(rule: Rule) -> None:
    sections = re.findall(r"^## (.*)$", rule.doc, re.MULTILINE)
    example = ["Example"] if rule in DOCUMENTED else []
    after = [section for section in OPTIONAL if section in sections]
    assert sections == REQUIRED + example + after
    assert rule.summary
    if example:
        assert "\n\nUse instead:\n```python\n" in rule.doc


@pytest.mark.parametrize("rule", rules().values(), ids=name)
def test_documented_options_exist(rule: Rule) -> None:
    section = re.search(r"^## Options\n(.*?)(?=^## |\Z)", rule.doc, re.DOTALL | re.MULTILINE)
    named = re.findall(r"^- `([\w-]+)`", section[1], re.MULTILINE) if section else []
    assert bool(named) == bool(section)
    assert OPTIONS.issuperset(named)


@pytest.mark.parametrize("rule", DOCUMENTED, ids=name)
def test_example_triggers_the_rule_and_no_other(rule: Rule) -> None:
    bad = first_two(rule)[0]
    assert codes(bad, only(rule)) == [rule.code]
    assert codes(bad, Config(extend_select=(rule.code,), portable_to=PORTABLE)) == [rule.code]


@pytest.mark.parametrize("rule", DOCUMENTED, ids=name)
def test_what_to_use_instead_is_silent(rule: Rule) -> None:
    assert codes(first_two(rule)[1], only(rule)) == []


@pytest.mark.parametrize("rule", DOCUMENTED, ids=name)
def test_fix_gives_what_to_use_instead(rule: Rule) -> None:
    bad, good = first_two(rule)
    fixed = fix_source(bad, config=only(rule), level=Applicability.UNSAFE)
    assert fixed == (good if "## Fix safety" in rule.doc else bad)


def test_codes_are_well_formed_and_in_order() -> None:
    assert all(re.fullmatch(r"EIN\d{3}", code) for code in rules())
    assert list(rules()) == sorted(rules())


@pytest.mark.parametrize("rule", rules().values(), ids=name)
def test_the_file_is_named_for_the_rule(rule: Rule) -> None:
    from importlib import import_module

    module = import_module(f"einsum_lint.rules.{rule.name.replace('-', '_')}")
    assert getattr(module, rule.name.replace("-", "_")) is rule
    assert inspect.getsource(module).count("@rule(") == 1


def test_two_rules_can_not_share_a_code() -> None:
    from einsum_lint.rule import rule

    code = next(iter(rules()))
    with pytest.raises(ValueError, match=f"two rules have the code {code}"):
        rule(code)(lambda fact, config: ())
