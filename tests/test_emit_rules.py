"""EIN201 to EIN205 on hand-made nests: what is reported, and which fix goes with it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from lifts import Nest, Place, a, f, term

from einsum_lint.contraction import index_size
from einsum_lint.findings import Applicability, Edit, Problem
from einsum_lint.nests import Kind, LoopNest
from einsum_lint.rule import rules
from einsum_lint.settings import DEFAULT

CODES: dict[Kind, str] = {
    "loop": "EIN201",
    "products": "EIN202",
    "comprehension": "EIN203",
    "elementwise": "EIN205",
}


def found(nest: LoopNest) -> dict[str, Problem]:
    result = {}
    for code in CODES.values():
        check = rules()[code].check
        assert check is not None
        for problem in check(nest, DEFAULT):
            result[code] = problem
    return result


def dot(kind: Kind = "loop") -> Nest:
    nest = Nest(kind=kind)
    i = nest.index("i", "n")
    nest.array("x", "n")
    nest.array("y", "n")
    nest.number("s")
    own = () if kind == "comprehension" else (term(a("s")),)
    nest.update(a("s"), (*own, term(a("x", i), a("y", i), over=[i])), in_place=True)
    return nest


@pytest.mark.parametrize(("kind", "code"), CODES.items())
def test_each_kind_has_its_rule(kind: Kind, code: str) -> None:
    problems = found(dot(kind).made())
    assert list(problems) == [code]
    assert 'np.einsum("i,i->", x, y)' in problems[code].message
    assert problems[code].span == Place().header


def test_the_fix() -> None:
    fix = found(dot().made())["EIN201"].fix
    assert fix is not None
    assert fix.message == "rewrite with einsum"
    assert fix.applicability is Applicability.SAFE
    assert [edit.content for edit in fix.edits] == ['s += np.einsum("i,i->", x, y)']
    assert fix.trial is not None
    assert fix.trial.after == 's += np.einsum("i,i->", x, y)'


def test_a_fix_says_what_it_assumes() -> None:
    nest = dot()
    nest.array("x", "n", is_array=False, rank_known=False)
    fix = found(nest.made())["EIN201"].fix
    assert fix is not None
    assert fix.applicability is Applicability.UNSAFE
    assert fix.message == "rewrite with einsum, assuming: x is a NumPy array with 1 axis"


def test_elementwise_work_is_not_reported() -> None:
    nest = Nest()
    i = nest.index("i", "n")
    nest.array("x", "n")
    nest.array("y", "n", fresh=True)
    nest.update(a("y", i), (term(f("np.exp", a("x", i))),))
    assert found(nest.made()) == {}


@dataclass(frozen=True)
class Stubborn(Place):
    """A place where nothing can be dropped, and perhaps nothing replaced."""

    drops: bool = False
    replaces: bool = True

    def replace(self, lines: tuple[str, ...], drop: tuple[str, ...]) -> tuple[Edit, ...] | None:
        return super().replace(lines, drop) if self.replaces and (self.drops or not drop) else None


def test_what_can_not_be_dropped_is_kept() -> None:
    nest = dot()
    nest.starts = {"s": 0.0}
    for drops, text in [
        (True, 's = np.einsum("i,i->", x, y)'),
        (False, 's += np.einsum("i,i->", x, y)'),
    ]:
        fix = found(nest.made(Stubborn(drops=drops)))["EIN201"].fix
        assert fix is not None
        assert [edit.content for edit in fix.edits] == [text]
        assert fix.trial is not None
        assert fix.trial.after.splitlines()[-1] == text


def test_a_place_that_can_not_be_edited_has_no_fix() -> None:
    assert found(dot().made(Stubborn(replaces=False)))["EIN201"].fix is None


def test_messages_are_short() -> None:
    nest = dot()
    name = "a_long_name" * 20
    nest.array(name, "n")
    (i,) = nest.extents
    nest.updates.clear()
    nest.update(a("s"), (term(a(name, index_size(i)), over=[index_size(i)]),))
    message = found(nest.made())["EIN201"].message
    assert len(message) < 140
    assert message.endswith("…")
