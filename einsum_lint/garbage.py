"""When garbage is collected: not while a file is checked."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Collect nothing in a block, because collecting while trees grow takes as long as parsing.

    The parser, where the block loads it, is never looked through: it stays for good, and is most of
    what there is.
    """
    collecting, loaded = gc.isenabled(), "libcst" in sys.modules
    gc.disable()
    try:
        yield
    finally:
        if not loaded and "libcst" in sys.modules:
            gc.freeze()
        if collecting:
            gc.enable()
