"""What the streams of the program are connected to, and a progress bar where it is a terminal."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Final, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_DELAY: Final = 1.0
_PERIOD: Final = 0.1


def is_terminal(stream: TextIO) -> bool:
    """Whether a stream leads to somebody's eyes."""
    return stream.isatty()


def wants_colour(stream: TextIO) -> bool:
    """Whether to colour what is written to a stream (https://no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


class Bar:
    """A progress bar on standard error that appears when a run takes more than a second.

    It is drawn when it is told of progress, not by a thread: a process with threads can't fork
    safely.
    """

    def __init__(self, *, enabled: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._enabled = enabled and is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb"
        self._clock = clock
        self._next = clock() + _DELAY
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def advance(self, done: int, count: int) -> None:
        """Show that ``done`` of ``count`` files have been checked."""
        if not self._enabled or self._clock() < self._next:
            return
        if self._progress is None:
            self._progress = _new_progress()
            self._task = self._progress.add_task("checking", total=count)
            self._progress.start()
        assert self._task is not None
        self._progress.update(self._task, completed=done)
        self._progress.refresh()
        self._next = self._clock() + _PERIOD


def _new_progress() -> Progress:
    from rich.console import Console
    from rich.progress import Progress

    return Progress(
        console=Console(stderr=True, force_terminal=True), transient=True, auto_refresh=False
    )
