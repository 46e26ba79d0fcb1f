"""What of a file the screen looks for: it depends on what the rules look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from .product_screen import rows_of_products, rows_of_waste
from .screen import Rows, matters
from .settings import Config

if TYPE_CHECKING:
    from .rule import Rule


class Screens(NamedTuple):
    """Whether loops are looked at, and the screen of the array arithmetic that is, if any is."""

    loops: bool
    products: Rows | None

    @classmethod
    def of(cls, wanted: Iterable[Rule]) -> Screens:
        """What some rules need."""
        from .nests import ArrayExpression, LoopNest, WastefulProduct

        kinds = {rule.on for rule in wanted}
        products: Rows | None = None
        if ArrayExpression in kinds:
            products = rows_of_products  # which has the rows of waste, too
        elif WastefulProduct in kinds:
            products = rows_of_waste
        return cls(LoopNest in kinds, products)


BY_DEFAULT: Final = Screens(loops=True, products=rows_of_waste)
"""What the rules need that are on by default.  Most files don't pass, so no rule is loaded."""


def could_matter(data: bytes, config: Config, only: Sequence[Rule] | None = None) -> bool:
    """Whether a rule could find something in a file with these bytes.

    The rules are those that are configured, unless ``only`` others are to run.
    """
    if only is not None:
        screens = Screens.of(only)
    elif config.select or config.ignore or config.extend_select:
        from .rule import chosen

        screens = Screens.of(chosen(config))
    else:
        screens = BY_DEFAULT
    return matters(data, config, loops=screens.loops, products=screens.products)
