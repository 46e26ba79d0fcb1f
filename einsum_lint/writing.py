"""Replaces a file by a new text, whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile


class NotWrittenError(Exception):
    """The file was left as it is; the message says why."""


def replace_file(path: str, old: bytes, new: bytes) -> None:
    """Write ``new`` to a file that held ``old`` when it was read.

    The mode, the owner where possible, and a symbolic link to the file are kept.  NotWrittenError
    is raised when the file can't be written or holds something else by now.
    """
    target = os.path.realpath(path)
    try:
        _replace(target, old, new)
    except OSError as error:
        raise NotWrittenError(error.strerror or str(error)) from None


def _replace(target: str, old: bytes, new: bytes) -> None:
    status = os.stat(target)
    if not stat.S_ISREG(status.st_mode):
        raise NotWrittenError("it is not a regular file")
    # Renaming needs no right to write to the file itself, and would pass over a write protection.
    if not os.access(target, os.W_OK):
        raise NotWrittenError("Permission denied")
    handle, temporary = tempfile.mkstemp(prefix=".einsum-lint-", dir=os.path.dirname(target))
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(new)
            file.flush()
            os.fsync(file.fileno())
        _keep_owner(temporary, status)
        os.chmod(temporary, stat.S_IMODE(status.st_mode))
        with open(target, "rb") as file:
            if file.read() != old:
                raise NotWrittenError("it was changed by another program since it was read")
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def _keep_owner(temporary: str, status: os.stat_result) -> None:
    if not hasattr(os, "chown") or (status.st_uid, status.st_gid) == (os.geteuid(), os.getegid()):
        return
    try:
        os.chown(temporary, status.st_uid, status.st_gid)
    except OSError:
        return  # Only root may give a file away; the new text matters more.
