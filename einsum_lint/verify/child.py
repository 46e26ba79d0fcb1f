"""The child process of the prover: reads trials, proves and executes them, writes verdicts."""

from __future__ import annotations

import json
import math
import os
import pickle
import signal
import sys
from dataclasses import asdict
from typing import BinaryIO, Final

from ..trial import Trial, Verdict
from .program import NoInput, Skipped, read

_GRACE: Final = 5
"""Seconds after the time is up in which the prover itself ends the process."""


def main(seconds: float, memory: int) -> None:
    """Answer each trial on standard input by a row of JSON on standard output, until its end.

    The first row says whether trials can be run at all.
    """
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        import numpy  # noqa: F401
    except ImportError:
        _answer(answers, Verdict(skipped="NumPy is not installed"))
        return
    _limit(memory)
    _answer(answers, Verdict())
    while (trial := _next(sys.stdin.buffer)) is not None:
        _alarm(math.ceil(seconds) + _GRACE)
        _answer(answers, judged(trial))
        _alarm(0)


def judged(trial: Trial) -> Verdict:
    """The verdict on one trial."""
    from .execute import Execution
    from .symbolic import prove

    try:
        program = read(trial)
        execution = Execution(program)
        choices = execution.choices()
        fault = execution.fault(choices)
    except Skipped as reason:
        return Verdict(skipped=str(reason), doubtful=isinstance(reason, NoInput))
    proof = prove(program, choices)
    return Verdict(
        proved=proof.proved,
        executed=fault is None,
        fault=fault or proof.fault,
    )


def _next(source: BinaryIO) -> Trial | None:
    size = int.from_bytes(source.read(8), "big")
    trial = pickle.loads(source.read(size)) if size else None
    return trial if isinstance(trial, Trial) else None


def _answer(target: BinaryIO, verdict: Verdict) -> None:
    target.write(json.dumps(asdict(verdict)).encode() + b"\n")
    target.flush()


def _alarm(seconds: int) -> None:
    """End this process by itself after some time, should the prover be gone by then."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


def _limit(memory: int) -> None:
    """Set the limits of the process: its memory, and no bytes that it may write to files."""
    try:
        import resource
    except ImportError:
        return
    limits = ((resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0))
    for limit, value in limits:
        try:
            resource.setrlimit(limit, (value, value))
        except (OSError, ValueError):
            # A lower limit is in force, or the system has none.
            continue
