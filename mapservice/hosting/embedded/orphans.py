"""Server processes whose postmaster was killed."""

import os
import signal
from contextlib import suppress
from pathlib import Path

# The process titles of a server, except that of the postmaster. Source: PostgreSQL, ps_status.c.
_TITLE = b"postgres: "


def end(data: Path) -> int:
    """End the processes that a killed postmaster of this data folder left behind; return how many.

    Committed data are on disk already, and the next start rolls back unfinished transactions.
    """
    processes = {pid: title for pid, title in _processes(data).items() if title}
    servers = {pid for pid, title in processes.items() if not title.startswith(_TITLE)}
    parents = {pid: _parent(pid) for pid in processes.keys() - servers}
    # One without a parent has ended by itself since.
    orphans = [pid for pid, parent in parents.items() if parent is not None and parent not in servers]
    for pid in orphans:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    return len(orphans)


def _processes(data: Path) -> dict[int, bytes]:
    """Return the command lines of all PostgreSQL processes that work in a data folder, by process id."""
    command_lines = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (folder / "cwd").readlink() == data and (folder / "comm").read_text().startswith("postgres"):
                command_lines[int(folder.name)] = (folder / "cmdline").read_bytes()
    return command_lines


def _parent(pid: int) -> int | None:
    try:
        # The name of the program, in brackets, may contain anything. Source: proc(5).
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return None
