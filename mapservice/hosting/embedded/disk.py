"""The disk of a state folder: free space, error messages, and atomic writes."""

import errno
import os
import secrets
import shutil
from pathlib import Path

from mapservice.errors import SetupError

# Bytes; four segments of the write-ahead log.
MIN_FREE_BYTES = 64 * 2**20


def is_full(state: Path) -> bool:
    """Return whether the disk of a state folder is too full to work; a database then stops without a message."""
    return shutil.disk_usage(state).free < MIN_FREE_BYTES


def write(path: Path, text: str, mode: int) -> None:
    """Replace a file atomically: a process that reads it meanwhile gets either the old or the new text."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123
        file.write(text)
        os.fchmod(file.fileno(), mode)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def fault(problem: OSError, state: Path) -> SetupError:
    """Return an error that explains an operating system error in a state folder, and what to do."""
    words = {
        "ENOSPC": f"The disk of {state} is full: free some space there and start again.",
        "ENAMETOOLONG": f"The path {state} is too long: set MAPSERVICE_STATE to a shorter one.",
        "EROFS": f"The disk of {state} is read-only: set MAPSERVICE_STATE to a folder that can be written to.",
        "EACCES": f"This account cannot write to {state}: set MAPSERVICE_STATE to your own, or run as its owner.",
        "EPERM": f"This account cannot write to {state}: set MAPSERVICE_STATE to your own, or run as its owner.",
        "ENOTDIR": f"{state} cannot be a folder: set MAPSERVICE_STATE to one that can.",
        "EEXIST": f"{state} cannot be a folder: set MAPSERVICE_STATE to one that can.",
    }
    name = errno.errorcode.get(problem.errno or 0, "")
    return SetupError(words.get(name, f"The folder {state} cannot be used ({problem.strerror})."))
