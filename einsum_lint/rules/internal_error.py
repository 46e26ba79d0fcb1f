"""EIN901: a bug of einsum-lint."""

from __future__ import annotations

from collections.abc import Iterator

from ..facts import Fact
from ..findings import Problem
from ..rule import rule
from ..settings import Config


@rule("EIN901")
def internal_error(fact: Fact, config: Config) -> Iterator[Problem]:
    """## What it does
    Reports a file on which einsum-lint itself failed.

    ## Why is this bad?
    It is a bug of einsum-lint.  The file is left as it is, the others are checked, and the exit
    status is 2.  Please report it with the message and the file.
    """
    yield from ()
