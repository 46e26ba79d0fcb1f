"""What to write instead of a wasteful product, as a problem with its fix."""

from __future__ import annotations

from ..findings import Applicability, Fix, Problem
from ..nests import Lift, WastefulProduct
from ..settings import Config
from .problem import problem


def saving(product: WastefulProduct, config: Config) -> Problem | None:
    """The problem of a wasteful product; None where nothing better can be written."""
    text = product.instead
    if text is None:
        return problem(product, config, product.waste)
    from .assumptions import assume  # late, as in ``problem``
    from .sizes import Scene
    from .trials import trial

    assert isinstance(product.meaning, Lift)
    scene = Scene(product.meaning, config)
    assume(product, scene)
    said = [need.text for need in scene.needs]
    assumed = "; ".join(dict.fromkeys([*product.meaning.assumptions, *said]))
    edits = product.place.replace((text,), ())
    if edits is None:
        return None
    message = f"write `{text}`, assuming: {assumed}" if assumed else f"write `{text}`"
    level = Applicability.UNSAFE if assumed else Applicability.SAFE
    fix = Fix(message, edits, level, trial(product, scene, (text,), ()))
    return Problem(f"{product.waste}: {text}", product.place.header, fix)
