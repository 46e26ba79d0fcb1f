"""Proves rewritings by running both forms, in a child process with limits on time and memory."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final

from ..trial import Trial, Verdict

_START: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from einsum_lint.verify.child import main; "
    "sys.path[:1] = []; sys.path += sys.argv[4:]; main(float(sys.argv[2]), int(sys.argv[3]))"
)
"""This package comes from where it is here; all else first from where Python itself is."""
_STARTING: Final = 60.0
"""Seconds that the child may take until it is ready."""
_THREADS: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""Each thread of a BLAS reserves memory, and the arrays are small."""


class Prover:
    """A context in which trials are run; the child starts with the first, and again when it died.

    A trial that takes longer than ``seconds``, or ends the child, is skipped.
    """

    def __init__(self, *, seconds: float = 20.0, memory: int = 4 << 30) -> None:
        self._seconds = seconds
        self._memory = memory
        self._child: _Child | None = None
        self._unusable: Verdict | None = None

    def __enter__(self) -> Prover:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def prove(self, trials: Sequence[Trial]) -> list[Verdict]:
        """A verdict for each trial, in order."""
        return [self._prove(trial) for trial in trials]

    def _prove(self, trial: Trial) -> Verdict:
        if self._child is None and self._unusable is None:
            self._start()
        if self._child is None:
            assert self._unusable is not None
            return self._unusable
        verdict = self._child.ask(pickle.dumps(trial), self._seconds)
        if isinstance(verdict, Verdict):
            return verdict
        self._stop()
        return Verdict(skipped=verdict)

    def _start(self) -> None:
        """Start the child; where that fails, each trial is skipped for that reason."""
        child = _Child(self._seconds, self._memory)
        verdict = child.answer(_STARTING)
        if isinstance(verdict, Verdict) and verdict.skipped is None:
            self._child = child
            return
        child.stop()
        self._unusable = verdict if isinstance(verdict, Verdict) else Verdict(skipped=verdict)

    def _stop(self) -> None:
        if self._child is not None:
            self._child.stop()
            self._child = None


class _Child:
    """One child process, and the thread that reads what it answers."""

    def __init__(self, seconds: float, memory: int) -> None:
        package = str(Path(__file__).resolve().parents[2])
        limits = [str(seconds), str(memory)]
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _START, package, *limits, *_search_path(), package],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **dict.fromkeys(_THREADS, "1")},
        )
        self._rows: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        """Pass on each row; an empty one at the end."""
        assert self._process.stdout is not None
        for row in self._process.stdout:
            self._rows.put(row)
        self._rows.put(b"")

    def ask(self, request: bytes, seconds: float) -> Verdict | str:
        """The verdict on a trial, or why there is none: then the child is of no more use."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(len(request).to_bytes(8, "big") + request)
            self._process.stdin.flush()
        except OSError:
            return self._ended()
        return self.answer(seconds)

    def answer(self, seconds: float) -> Verdict | str:
        """The next verdict, or why there is none."""
        try:
            row = self._rows.get(timeout=seconds)
        except queue.Empty:
            return f"takes longer than {seconds:g} seconds"
        return Verdict(**json.loads(row)) if row.endswith(b"\n") else self._ended()

    def _ended(self) -> str:
        self._process.kill()
        return f"ended the child process, with exit status {self._process.wait()}"

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        # What was still to be written has no reader any more.
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._process.stdout.close()


def _search_path() -> list[str]:
    """Where modules are found; not in the current directory, which may be the checked project."""
    here = os.path.realpath(os.curdir)
    return [path for path in sys.path if path and os.path.realpath(path) != here]
