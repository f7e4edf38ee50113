"""Records of the processes of a service, in its state folder.

With them the next start, and ``mapservice stop``, find processes whose supervisor was killed.
"""

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

#: The processes that may outlive their parent.
SURVIVORS = ("web", "worker")

SUPERVISOR = "serve"

# Between two checks whether a process has ended.
_POLL_INTERVAL_S = 0.05


@dataclass(frozen=True, slots=True)
class Process:
    """A process identified by its start time as well, because process ids are reused, also after a reboot."""

    pid: int
    started: str
    boot: str

    @classmethod
    def of(cls, pid: int) -> "Process | None":
        """Return the running process with a process id, or None."""
        try:
            # The name of the program, in brackets, may contain anything. Source: proc(5), state and starttime.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            return None
        return None if fields[0] in "ZX" else cls(pid, fields[19], boot)

    def is_alive(self) -> bool:
        """Return whether it still runs."""
        return Process.of(self.pid) == self

    def send(self, number: int, *, group: bool = False) -> None:
        """Send a signal to it or to its whole group, unless it has ended."""
        if self.is_alive():
            with suppress(ProcessLookupError):
                (os.killpg if group else os.kill)(self.pid, number)


def record(state: Path, name: str) -> None:
    """Record this process under a name."""
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
    """Return the recorded processes that run."""
    noted = [_read(_path(state, name)) for name in names]
    return [process for process in noted if process is not None and process.is_alive()]


def end(processes: Iterable[Process], *, within: float, group: bool = True) -> None:
    """Ask processes to stop, and kill those that do not within ``within`` seconds.

    With ``group`` their process groups are killed too.
    """
    processes = list(processes)
    for process in processes:
        process.send(signal.SIGTERM)
    if not _wait(processes, within):
        for process in processes:
            process.send(signal.SIGKILL, group=group)
        _wait(processes, within)


def _wait(processes: Iterable[Process], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while any(process.is_alive() for process in processes):
        if time.monotonic() > until:
            return False
        time.sleep(_POLL_INTERVAL_S)
    return True


def _path(state: Path, name: str) -> Path:
    return state / "run" / name


def _read(path: Path) -> Process | None:
    try:
        pid, started, boot = path.read_text().split()
        return Process(int(pid), started, boot)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
