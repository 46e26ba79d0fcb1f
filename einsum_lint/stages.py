"""Where the processor time of a process goes: the seconds that its stages take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from time import process_time
from typing import Final, TypeAlias

Clock: TypeAlias = Callable[[str], AbstractContextManager[None]]
"""What is told that a stage begins; the stage ends with the block."""

_NOTHING: Final = nullcontext()


def off(stage: str) -> AbstractContextManager[None]:
    """The clock of a run whose times nobody asks for."""
    return _NOTHING


class Stages:
    """The seconds by stage; a stage within another one is no part of it.

    What belongs to no stage is under the empty name.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._stage = ""
        self._since = process_time()

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        """Count what the block takes as a stage."""
        outer = self._change(stage)
        try:
            yield
        finally:
            self._change(outer)

    def _change(self, stage: str) -> str:
        now = process_time()
        self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + now - self._since
        outer, self._stage, self._since = self._stage, stage, now
        return outer
