"""``--timing``: where the processor time of a run went, on standard error."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence

from ..stages import Clock, Stages, off
from .examine import Result

STAGES = (
    "start-up", "files", "cache", "read", "screen", "ast", "forecast", "libcst", "inference",
    "loops", "rules", "fixes", "refusals", "garbage", "report",
)  # fmt: skip
"""In the order in which a run comes to them."""


class Timing:
    """The times of a run, if they are ``wanted``: of this process, and what the jobs say of theirs.

    What this process did before is its start-up.
    """

    def __init__(self, *, wanted: bool) -> None:
        self._begun = time.perf_counter()
        self._start_up = time.process_time()
        self._stages = Stages() if wanted else None

    @property
    def clock(self) -> Clock:
        """What measures the stages of this process."""
        return off if self._stages is None else self._stages

    def print(self, found: Sequence[Result]) -> None:
        """Print a table of the stages, all processes together, if it is wanted."""
        if self._stages is None:
            return
        spent = [result.done.spent for result in found if result.done.spent is not None]
        seconds = {"start-up": self._start_up}
        for stages in (self._stages.seconds, *(each.stages for each in spent)):
            for stage, time_taken in stages.items():
                seconds[stage] = seconds.get(stage, 0.0) + time_taken
        processes: dict[int, float] = {}
        for each in spent:
            processes[each.process] = max(processes.get(each.process, 0.0), each.so_far)
        processes[os.getpid()] = time.process_time()
        wall = self._start_up + time.perf_counter() - self._begun
        checked = f"{len(spent)} of {len(found)} files were checked"
        print(table(seconds, sum(processes.values())), file=sys.stderr)
        print(f"{wall:.3f} s, processes: {len(processes)}; {checked}", file=sys.stderr)


def table(seconds: Mapping[str, float], total: float) -> str:
    """The seconds of each stage, and their share of the total."""
    rows = [(stage, seconds[stage]) for stage in STAGES if stage in seconds]
    rows += [("other", total - sum(taken for _, taken in rows)), ("processor time", total)]
    return "\n".join(f"{stage:14} {taken:9.3f} s {taken / total:7.1%}" for stage, taken in rows)
