"""EIN101 and EIN102: where optimize= is missing, and where it only costs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

import pytest

from einsum_lint.dialects import readings_of
from einsum_lint.equation import parse
from einsum_lint.facts import NOT_CONSTANT, EinsumCall, Reading
from einsum_lint.findings import Applicability, Edit, Position, Problem, Span
from einsum_lint.rule import Rule
from einsum_lint.rules.missing_optimize import missing_optimize
from einsum_lint.rules.useless_optimize import useless_optimize
from einsum_lint.settings import DEFAULT, Config
from einsum_lint.shapes import NOTHING_KNOWN, ArrayFact, Shape

HERE = Span(Position(1, 1), Position(1, 1))
OLD = Config(target_numpy=(2, 3))
ALWAYS = Config(optimize_policy="always")


@dataclasses.dataclass(frozen=True, slots=True)
class FakePlace:
    """A place at which keywords can be added and removed, unless it is ``locked``."""

    call: Span = HERE
    function: str = "np.einsum"
    rows: range = range(1, 2)
    locked: bool = False
    repeated: bool = False

    def subscripts(self, start: int, end: int) -> Span:
        return HERE

    def operand(self, index: int) -> Span:
        return HERE

    def operand_text(self, index: int) -> str:
        return "a"

    def statement_text(self, statement: object) -> tuple[int, str] | None:
        return None

    def keyword(self, name: str) -> Span:
        return HERE

    def add_keyword(self, text: str) -> Edit | None:
        return None if self.locked else Edit(HERE, text)

    def keyword_source(self, name: str) -> str:
        return f"{name}=True"

    def mentions(self, name: str) -> bool:
        return False

    def insert_above(self, *lines: str) -> None:
        return None

    def set_keyword(self, name: str, text: str) -> Edit | None:
        return None

    def remove_keyword(self, name: str) -> Edit | None:
        return None if self.locked else Edit(HERE, f"no {name}")

    def insert_in_subscripts(self, column: int, text: str) -> Edit | None:
        return None

    @property
    def surroundings(self) -> None:
        return None

    @property
    def module(self) -> None:
        return None

    def operand_source(self, index: int) -> str:
        return "a"

    def replace(self, *lines: str) -> None:
        return None


def call(
    subscripts: str,
    *operands: ArrayFact,
    library: str = "numpy",
    keywords: Mapping[str, object] = MappingProxyType({}),
) -> EinsumCall:
    readings = readings_of(library, keywords, False)
    return EinsumCall(
        readings=tuple(Reading(dialect, parse(subscripts, dialect)) for dialect in readings),
        subscripts=subscripts,
        interleaved=False,
        operands=operands,
        complete=True,
        keywords=keywords,
        open_keywords=False,
        place=FakePlace(),
    )


def of(dtype: str | None, *sizes: int | None) -> ArrayFact:
    return ArrayFact(Shape(sizes), dtype, is_array=True)


def floats(*sizes: int | None) -> ArrayFact:
    return of("float64", *sizes)


def unknown(count: int) -> list[ArrayFact]:
    return [NOTHING_KNOWN] * count


def run(rule: Rule, made: EinsumCall, config: Config = DEFAULT) -> list[Problem]:
    assert rule.check is not None
    found: Iterable[Problem] = rule.check(made, config)
    return list(found)


def missing(
    subscripts: str, *operands: ArrayFact, config: Config = DEFAULT, **keywords: object
) -> list[Problem]:
    return run(missing_optimize, call(subscripts, *operands, keywords=keywords), config)


def useless(
    subscripts: str,
    *operands: ArrayFact,
    config: Config = DEFAULT,
    optimize: object = True,
    **keywords: object,
) -> list[Problem]:
    return run(
        useless_optimize,
        call(subscripts, *operands, keywords={"optimize": optimize, **keywords}),
        config,
    )


def only(found: list[Problem]) -> Problem:
    assert len(found) == 1
    return found[0]


def test_chain_is_reported_by_its_sizes() -> None:
    assert not missing("ij,jk,kl->il", *[floats(4, 4)] * 3)
    found = only(missing("ij,jk,kl->il", *[floats(50, 50)] * 3))
    assert found.message == (
        "optimize=True contracts pairwise: 4 labels → 3 in the largest step, "
        "about 50 times fewer operations"
    )
    assert found.fix is not None
    assert found.fix.applicability is Applicability.SAFE
    assert found.fix.edits == (Edit(HERE, "optimize=True"),)


def test_matrix_product_is_reported_by_its_sizes() -> None:
    assert not missing("ij,jk->ik", *[floats(16, 16)] * 2)
    found = only(missing("ij,jk->ik", *[floats(256, 256)] * 2))
    assert found.message == "optimize=True makes this a product of matrices, about 5 times as fast"


@pytest.mark.parametrize(
    "subscripts",
    ["ij,jk,kl->il", "pi,qj,rk,sl,pqrs->ijkl", "...ij,...jk,...kl->...il", "a b,b c,c d"],
)
def test_unknown_sizes_with_fewer_labels_in_every_step(subscripts: str) -> None:
    subscripts = subscripts.replace(" ", "")
    found = only(missing(subscripts, *unknown(subscripts.count(",") + 1)))
    assert "labels →" in found.message
    assert "times" not in found.message
    assert found.fix is not None
    assert found.fix.applicability is Applicability.UNSAFE
    assert "one dtype" in found.fix.message
    assert "plain arrays" in found.fix.message


@pytest.mark.parametrize(
    "subscripts",
    ["ij,jk->ik", "ij,k->ik", "i,j,k->ijk", "ij,jk,ki->", "i,ij,j->", "i,i,i->", "ij->i"],
)
def test_unknown_sizes_without_a_certain_gain(subscripts: str) -> None:
    assert not missing(subscripts, *unknown(subscripts.count(",") + 1))


def test_known_sizes_can_make_a_call_small() -> None:
    small = of("float64", None, 3, 3)
    assert not missing("nij,njk,nkl->nil", small, small, small)
    assert missing("ij,jk,kl->il", *[floats(None, 300), floats(300, 200), floats(200, None)])


def test_dtype_decides() -> None:
    assert not missing("ij,jk->ik", *[of("int64", 256, 256)] * 2)
    assert not missing("ij,jk->ik", *[of(None, 256, 256)] * 2)
    assert missing("ij,jk,kl->il", *[of("int64", 100, 100)] * 3)
    assert missing("ij,jk,kl->il", *[of(None, 100, 100)] * 3)
    for dtype in ("float16", "bool", "object"):
        assert not missing("ij,jk,kl->il", *[of(dtype, 100, 100)] * 3)
    assert not missing("ij,jk,kl->il", of("bool", 100, 100), *[floats(100, 100)] * 2)


def test_old_numpy_has_no_batched_product() -> None:
    batch = [floats(64, 64, 64)] * 2
    assert missing("bij,bjk->bik", *batch)
    assert not missing("bij,bjk->bik", *batch, config=OLD)
    assert missing("ij,jk->ik", *[floats(256, 256)] * 2, config=OLD)


@pytest.mark.parametrize(
    "change",
    [
        lambda c: dataclasses.replace(c, open_keywords=True),
        lambda c: dataclasses.replace(c, complete=False),
        lambda c: dataclasses.replace(c, operands=c.operands[:2]),
        lambda c: dataclasses.replace(c, error_expected=True),
        lambda c: dataclasses.replace(c, readings=c.readings * 2),
    ],
)
def test_silent_when_not_certain(change: Callable[[EinsumCall], EinsumCall]) -> None:
    made = call("ij,jk,kl->il", *[floats(100, 100)] * 3)
    assert run(missing_optimize, made)
    assert not run(missing_optimize, change(made))


@pytest.mark.parametrize("library", ["torch", "jax", "opt_einsum", "shared"])
def test_other_libraries_optimize_by_themselves(library: str) -> None:
    made = call("ij,jk,kl->il", *[floats(100, 100)] * 3, library=library)
    assert not run(missing_optimize, made)


@pytest.mark.parametrize("keyword", ["optimize", "out", "dtype", "casting"])
def test_keywords_that_say_or_change_enough(keyword: str) -> None:
    operands = [floats(100, 100)] * 3
    assert missing("ij,jk,kl->il", *operands, order="C")
    given = call("ij,jk,kl->il", *operands, keywords={keyword: NOT_CONSTANT})
    assert not run(missing_optimize, given)


def test_sizes_that_clash_or_stretch_are_left_alone() -> None:
    assert not missing("ij,jk,kl->il", floats(100, 90), *[floats(100, 100)] * 2)
    assert not missing("ij,jk,kl->il", floats(100, 1), *[floats(100, 100)] * 2)
    assert not missing("ij,jk,kl->il", floats(100, 0), floats(0, 9), floats(9, 9))
    assert not missing("ij,jk,kl->il", floats(100, 100, 100), *[floats(100, 100)] * 2)


def test_scalar_result_makes_the_fix_unsafe() -> None:
    fix = only(missing("ij,jk,kl->", *[floats(100, 100)] * 3)).fix
    assert fix is not None
    assert fix.applicability is Applicability.UNSAFE
    assert "0-d" in fix.message


def test_narrow_floats_may_overflow_in_between() -> None:
    fix = only(missing("ij,jk,kl->il", *[of("float32", 100, 100)] * 3)).fix
    assert fix is not None
    assert fix.applicability is Applicability.UNSAFE
    assert "overflows" in fix.message


def test_lists_are_not_plain_arrays() -> None:
    listed = dataclasses.replace(floats(100, 100), is_array=None)
    fix = only(missing("ij,jk,kl->il", listed, *[floats(100, 100)] * 2)).fix
    assert fix is not None
    assert fix.applicability is Applicability.UNSAFE


def test_no_edit_no_fix() -> None:
    made = call("ij,jk,kl->il", *[floats(100, 100)] * 3)
    made = dataclasses.replace(made, place=FakePlace(locked=True))
    assert only(run(missing_optimize, made)).fix is None


def test_policies() -> None:
    never = Config(optimize_policy="never")
    assert not missing("ij,jk,kl->il", *[floats(100, 100)] * 3, config=never)
    for subscripts in ("ij,jk->ik", "ij,k->ik", "i,ij,j->"):
        shapes = [floats(*[3] * len(term)) for term in subscripts.split("->")[0].split(",")]
        assert not missing(subscripts, *shapes)
        assert missing(subscripts, *shapes, config=ALWAYS)
    for subscripts in ("i,i->", "ij,j->i", "i,j,k->ijk"):
        assert not missing(subscripts, *unknown(subscripts.count(",") + 1), config=ALWAYS)


def test_ellipsis_axes_count() -> None:
    assert missing("...ij,...jk->...ik", *[floats(20, 64, 64)] * 2)
    assert missing("...ij,jk->...ik", floats(20, 64, 64), floats(64, 64))
    assert not missing("...ij,...jk->...ik", *[floats(8, 8)] * 2)


@pytest.mark.parametrize("subscripts", ["ij->ji", "ii->i", "ij->i", "i->", "...i->...", "ij"])
def test_one_operand_has_no_order(subscripts: str) -> None:
    found = only(useless(subscripts, NOTHING_KNOWN))
    assert found.fix is not None
    assert found.fix.applicability is Applicability.SAFE
    assert found.fix.edits == (Edit(HERE, "no optimize"),)


def test_lone_sum_is_no_scalar_in_old_numpy() -> None:
    fix = only(useless("i->", NOTHING_KNOWN, config=OLD)).fix
    assert fix is not None
    assert fix.applicability is Applicability.UNSAFE
    fix = only(useless("ij->i", NOTHING_KNOWN, config=OLD)).fix
    assert fix is not None
    assert fix.applicability is Applicability.SAFE


@pytest.mark.parametrize("subscripts", ["i...->i", "ij - > ji", "i. ..->i..."])
def test_what_only_optimize_accepts_keeps_it(subscripts: str) -> None:
    assert not useless(subscripts, NOTHING_KNOWN)


@pytest.mark.parametrize("value", [False, None, 1, "auto", NOT_CONSTANT, ["ij"]])
def test_values_that_turn_nothing_on(value: object) -> None:
    assert not useless("ij->ji", NOTHING_KNOWN, optimize=value)


def test_products_without_a_sum() -> None:
    for value in (True, "greedy", "optimal", ("greedy", 100)):
        found = only(useless("i,j,k->ijk", *[floats(3)] * 3, optimize=value))
        assert "nothing is summed" in found.message
        assert found.fix is not None
        assert found.fix.applicability is Applicability.SAFE
    fix = only(useless("i,j,k->ijk", *unknown(3))).fix
    assert fix is not None
    assert fix.applicability is Applicability.UNSAFE
    assert not useless("i,j,k->ijk", *unknown(3), optimize=["einsum_path", (0, 1), (0, 1)])
    assert not useless("i,j,k->ij", *unknown(3))


def test_pairs_by_their_sizes() -> None:
    found = only(useless("ij,j->i", floats(3, 3), floats(3)))
    assert "times as slow" in found.message
    assert found.fix is not None
    assert found.fix.applicability is Applicability.SAFE
    assert not useless("ij,j->i", floats(1000, 1000), floats(1000))
    assert not useless("ij,jk->ik", *[floats(64, 64)] * 2)
    assert not useless("ij,j->i", *unknown(2))
    assert not useless("ij,j->i", floats(3, 3), floats(3), config=ALWAYS)
    assert not useless("ij,j->i", floats(3, 3), floats(3), dtype="float64")
    assert not useless("ij,j->i", of("float16", 3, 3), of("float16", 3))


def test_memory_limit() -> None:
    """https://github.com/numpy/numpy/issues/11825"""
    operands = [floats(16, 16, 16)] * 4
    found = only(useless("abc,cfd,dbe,efa->", *operands))
    assert "optimize=('greedy', 65536)" in found.message
    assert found.fix is None
    assert not useless("abc,cfd,dbe,efa->", *operands, optimize=("greedy", 65536))
    assert not useless("abc,cfd,dbe,efa->", *unknown(4))
    assert not useless("ij,jk,kl->il", *[floats(16, 16)] * 3)


def test_subscripts_of_the_documented_examples() -> None:
    """The calls in the documentation of the rules are found, and silent once fixed."""
    example = "pi,qj,rk,sl,pqrs->ijkl"
    assert example in missing_optimize.doc
    assert missing(example, *unknown(5))
    assert not missing(example, *unknown(5), optimize=True)
    assert not useless(example, *unknown(5))
    assert '"ijk->kji", a, optimize=True' in useless_optimize.doc
    assert not run(useless_optimize, call("ijk->kji", NOTHING_KNOWN))
