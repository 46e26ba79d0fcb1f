"""EIN900: a file that could not be checked."""

from __future__ import annotations

from collections.abc import Iterator

from ..facts import Fact
from ..findings import Problem
from ..rule import rule
from ..settings import Config


@rule("EIN900")
def unreadable_file(fact: Fact, config: Config) -> Iterator[Problem]:
    """## What it does
    Reports a file that could not be checked: a syntax error, an encoding that does not fit, a NUL
    byte, a file that can't be read.

    ## Why is this bad?
    Nothing is known of the einsum calls in it.  The other files are checked all the same.

    A file that holds nothing which a rule could look at is not parsed, so a syntax error in it is
    not seen, unless the file is small (4 KB) or was named on the command line.

    ## Example
    ```python
    import numpy as np
    c = np.einsum("ij,jk->ik", a, b
    ```

    Use instead:
    ```python
    import numpy as np
    c = np.einsum("ij,jk->ik", a, b)
    ```
    """
    yield from ()
