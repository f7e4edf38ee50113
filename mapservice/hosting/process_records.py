"""Which processes of a service run, noted in its state folder: so that the next start, and ``mapservice stop``, find
those whose supervisor was killed.
"""

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

#: The processes that may outlive the one that started them.
SURVIVORS = ("web", "worker")

SUPERVISOR = "serve"

# Seconds between two looks whether a process has ended.
_LOOK = 0.05


@dataclass(frozen=True, slots=True)
class Process:
    """A process for certain: its number may be somebody else's later, or after the next boot."""

    pid: int
    started: str
    boot: str

    @classmethod
    def of(cls, pid: int) -> "Process | None":
        """The living process of a number, or None."""
        try:
            # The name of the program, in brackets, may hold anything. Source: proc(5), state and starttime.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            return None
        return None if fields[0] in "ZX" else cls(pid, fields[19], boot)

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return Process.of(self.pid) == self

    def send(self, number: int, *, group: bool = False) -> None:
        """Send it a signal, or its whole group; nothing happens where it has ended."""
        if self.is_alive():
            with suppress(ProcessLookupError):
                (os.killpg if group else os.kill)(self.pid, number)


def note(state: Path, name: str) -> None:
    """Note that this process is now the one of a name."""
    process = Process.of(os.getpid())
    if process is not None:
        path = _path(state, name)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        fresh = path.with_name(f".{name}.{process.pid}")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(f"{process.pid} {process.started} {process.boot}\n")
        fresh.replace(path)


def running(state: Path, *names: str) -> list[Process]:
    """Those of the noted processes that run."""
    noted = [_read(_path(state, name)) for name in names]
    return [each for each in noted if each is not None and each.is_alive()]


def end(processes: Iterable[Process], *, within: float, group: bool = True) -> None:
    """Ask processes to finish what they do, and end those that do not ``within`` so many seconds.

    With ``group`` whatever they started ends with them in that case.
    """
    processes = list(processes)
    for each in processes:
        each.send(signal.SIGTERM)
    if not _wait(processes, within):
        for each in processes:
            each.send(signal.SIGKILL, group=group)
        _wait(processes, within)


def _wait(processes: Iterable[Process], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while any(each.is_alive() for each in processes):
        if time.monotonic() > until:
            return False
        time.sleep(_LOOK)
    return True


def _path(state: Path, name: str) -> Path:
    return state / "run" / name


def _read(path: Path) -> Process | None:
    try:
        pid, started, boot = path.read_text().split()
        return Process(int(pid), started, boot)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
