"""A private database cluster: creating, configuring and starting it. Its folders are in ``layout``."""

import fcntl
import os
import pwd
import secrets
import shlex
import shutil
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from mapservice.errors import SetupError
from mapservice.hosting.embedded import account, disk, guest, orphans
from mapservice.hosting.embedded import server_settings as settings
from mapservice.hosting.embedded.layout import SOCKET, Layout
from mapservice.hosting.embedded.roles import SUPERUSER

# How long a dying server may keep its memory after kill -9, and how long a start or a stop may take, in seconds.
_TIMEOUT_S = 10
TIMEOUT_RECOVERY_S = 120

# The line of postmaster.pid with the server's status. Source: PostgreSQL, src/include/utils/pidfile.h.
_STATUS_LINE = 8


class PrivateServer(Layout):
    """One private server: created, configured, started."""

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock for creating, starting or stopping the server."""
        # The server's account must be able to traverse it, but not to read it.
        self.state.mkdir(mode=0o711, parents=True, exist_ok=True)
        self.home.mkdir(mode=0o711, exist_ok=True)
        with (self.home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def run(self, program: str, *words: object, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one of the server's programs as the server's account, without our environment."""
        done = subprocess.run(
            [str(self.programs / program), *map(str, words)],
            check=False,
            text=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            **account.subprocess_arguments(self.account),
        )
        if check and done.returncode:
            self.fail(done.stderr)
        return done

    def make(self) -> None:
        """Create an empty cluster; it gets its name last, so that an interrupted attempt is ignored."""
        self.server.mkdir(mode=0o700, exist_ok=True)
        if self.account:
            os.chown(self.server, self.account.pw_uid, self.account.pw_gid)
        if not account.is_reachable(self.server):
            raise SetupError(
                f"The account {account.account_name(self.account)} cannot enter {self.server}: "
                "set MAPSERVICE_STATE to a folder that it can enter, for example /var/lib/mapservice."
            )
        for broken_off in self.server.glob("data.new*"):
            shutil.rmtree(broken_off, ignore_errors=True)
        # The initdb of a start that was killed may still be writing: use a separate folder.
        fresh = self.server / f"data.new-{secrets.token_hex(4)}"
        self.run(
            *("initdb", "-D", fresh, "-U", SUPERUSER, "--auth=peer"),
            *("--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums"),
        )
        fresh.rename(self.data)

    def write_settings(self, further: dict[str, str]) -> None:
        """Write the settings into a folder where the server itself cannot write."""
        sockets = [self.socket, self.pages_socket] if self.account else [self.socket]
        places = {
            "data_directory": self.data,
            "hba_file": self.settings / "pg_hba.conf",
            "ident_file": self.settings / "pg_ident.conf",
            "unix_socket_directories": ", ".join(f'"{socket}"' for socket in sockets),
            # Access depends on the folders; one of them is for an account that does not own the socket.
            "unix_socket_permissions": "0777" if self.account else "0700",
            "log_directory": self.log,
        }
        self._write("postgresql.conf", settings.configuration({**places, **further}))
        self._write("pg_hba.conf", settings.HBA)
        self.write_ident()

    def write_ident(self) -> None:
        """Write which operating system accounts can connect, and as which role."""
        people = {"root", pwd.getpwuid(os.geteuid()).pw_name, account.account_name(self.account)}
        self._write("pg_ident.conf", settings.ident(people, guest.name(self.home)))

    def _write(self, name: str, text: str) -> None:
        self.settings.mkdir(mode=0o755, exist_ok=True)
        # A running server may be reading them at this moment.
        disk.write(self.settings / name, text, 0o644)

    def start(self) -> None:
        """Start the server, or wait for one that is already starting."""
        self.make_folders()
        began = time.monotonic()
        while True:
            self.remove_stale_pid_file()
            if self.is_stopping():
                self.stop()
            # Otherwise they keep their memory, and nothing ends them.
            orphans.end(self.data.resolve())
            options = f"-c config_file={shlex.quote(str(self.settings / 'postgresql.conf'))}"
            words = ("-D", self.data, "-l", self.log / "start.log", "-o", options, "-w", "-t", TIMEOUT_RECOVERY_S)
            done = self.run("pg_ctl", "start", *words, check=False)
            if self.answers():
                return
            if time.monotonic() - began > (TIMEOUT_RECOVERY_S if self.is_listening() else _TIMEOUT_S):
                self.fail(done.stderr + self.startup_log())
            time.sleep(0.2)

    def stop(self) -> None:
        """Stop the server and end its connections; does nothing if it does not run."""
        self.run("pg_ctl", "stop", "-D", self.data, "-m", "fast", "-w", "-t", TIMEOUT_RECOVERY_S, check=False)

    def make_folders(self) -> None:
        """Create the folders of log and socket as the server's account, and refuse a socket folder of another owner."""
        me = self.account.pw_uid if self.account else os.geteuid()
        for folder in (self.log, self.socket):
            if not folder.is_dir():
                subprocess.run(
                    ["mkdir", "-m", "700", str(folder)], check=False, **account.subprocess_arguments(self.account)
                )
            status = folder.lstat()
            if not stat.S_ISDIR(status.st_mode) or status.st_uid != me or stat.S_IMODE(status.st_mode) & 0o077:
                raise SetupError(
                    f"{folder} is not a folder of {account.account_name(self.account)} alone: "
                    "remove it and start again."
                )
        (self.log / "start.log").unlink(missing_ok=True)
        if self.account:
            guest.make_folder(self.pages_socket, self.account, guest.find(self.home))

    def answers(self) -> bool:
        """Return whether the server accepts queries; ``pg_ctl status`` would report one that was killed."""
        return self.run("pg_isready", "-q", "-h", self.socket, "-p", "5432", check=False).returncode == 0

    def is_listening(self) -> bool:
        """Return whether a process listens at the socket; much cheaper than ``answers``, and true during recovery."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.setblocking(False)
            try:
                probe.connect(str(self.socket / SOCKET))
            except BlockingIOError:  # the backlog of a running server is full
                return True
            except OSError:
                return False
            return True

    def is_stopping(self) -> bool:
        """Return whether the server was told to stop: until its last connection ends, it only refuses new ones."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= _STATUS_LINE and lines[_STATUS_LINE - 1].strip() == "stopping"

    def remove_stale_pid_file(self) -> None:
        """Remove the pid file of a killed server whose process id has been reused."""
        note = self.data / "postmaster.pid"
        try:
            working_folder = Path(f"/proc/{int(note.read_text().split()[0])}/cwd").readlink()
        except (OSError, ValueError, IndexError):
            return
        if working_folder != self.data.resolve():
            note.unlink(missing_ok=True)

    def startup_log(self) -> str:
        """Return what the server logged while it tried to start."""
        try:
            return (self.log / "start.log").read_text(errors="replace")
        except OSError:
            return ""

    def fail(self, words: str) -> NoReturn:
        """Raise an error for the output of a program.

        :raise SetupError: always.
        """
        if "No space left on device" in words or disk.is_full(self.state):
            raise SetupError(f"The disk of {self.state} is full: free some space there and start again.")
        if "Permission denied" in words or "could not access directory" in words:
            raise SetupError(
                f"The account {account.account_name(self.account)} may not use {self.server}: "
                "set MAPSERVICE_STATE to a folder that it can enter and write."
            )
        last = next(
            (line for line in reversed(words.splitlines()) if "FATAL" in line or "error:" in line), "no reason given"
        )
        raise SetupError(f"The private database does not start ({last.strip()}): check {self.log}.")
