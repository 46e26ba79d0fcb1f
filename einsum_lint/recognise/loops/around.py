"""What stands around a nest."""

from __future__ import annotations

from dataclasses import dataclass

from ...liveness import Liveness
from .known import Known
from .origins import Origins


@dataclass(frozen=True)
class Around:
    """What is known where a nest begins, and of the names of its function."""

    liveness: Liveness
    origins: Origins
    known: Known
