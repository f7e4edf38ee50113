"""Processes of a private server whose postmaster was killed."""

import os
import signal
from contextlib import suppress
from pathlib import Path

# What the processes of a server call themselves, but for the first of them. Source: PostgreSQL, ps_status.c.
_TITLE = b"postgres: "


def end(data: Path) -> int:
    """End the processes that a killed postmaster of this data folder left behind; how many there were.

    What they answered is on the disk already, and what they have not finished is undone by the next start.
    """
    processes = {pid: title for pid, title in _processes(data).items() if title}
    servers = {pid for pid, title in processes.items() if not title.startswith(_TITLE)}
    orphans = [pid for pid in processes.keys() - servers if _parent(pid) not in servers]
    for pid in orphans:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    return len(orphans)


def _processes(data: Path) -> dict[int, bytes]:
    """The command lines of all processes of PostgreSQL that work in a data folder."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (folder / "cwd").readlink() == data and (folder / "comm").read_text().startswith("postgres"):
                found[int(folder.name)] = (folder / "cmdline").read_bytes()
    return found


def _parent(pid: int) -> int:
    try:
        # The name of the program, in brackets, may hold anything. Source: proc(5).
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return 0
