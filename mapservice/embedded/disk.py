"""The disk of a state folder: whether it leaves room, and what its faults mean."""

import errno
import shutil
from pathlib import Path

from mapservice.errors import SetupError

# Bytes; four segments of the write-ahead log.
LEAST_FREE = 64 * 2**20


def is_full(state: Path) -> bool:
    """Whether the disk of a state folder leaves no room to work: a database that met its end there just goes away."""
    return shutil.disk_usage(state).free < LEAST_FREE


def fault(problem: OSError, state: Path) -> SetupError:
    """What an error of the system at a state folder means, and what to do."""
    words = {
        "ENOSPC": f"The disk of {state} is full: free some space there and start again.",
        "ENAMETOOLONG": f"The path {state} is too long: set MAPSERVICE_STATE to a shorter one.",
        "EROFS": f"The disk of {state} can only be read: set MAPSERVICE_STATE to a folder that can be written.",
        "EACCES": f"This account may not write {state}: set MAPSERVICE_STATE to one of yours, or run as its owner.",
        "EPERM": f"This account may not write {state}: set MAPSERVICE_STATE to one of yours, or run as its owner.",
        "ENOTDIR": f"{state} cannot be a folder: set MAPSERVICE_STATE to one that can.",
        "EEXIST": f"{state} cannot be a folder: set MAPSERVICE_STATE to one that can.",
    }
    name = errno.errorcode.get(problem.errno or 0, "")
    return SetupError(words.get(name, f"The folder {state} cannot be used ({problem.strerror})."))
