"""The folders of a private database cluster, and the programs that belong to it."""

import hashlib
import os
import pwd
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from mapservice.hosting.embedded import account, binaries

# Maximum length in bytes of the path of a socket, without the final zero. Source: unix(7), sun_path.
SOCKET_PATH_BYTES = 107
SOCKET = ".s.PGSQL.5432"


@dataclass(frozen=True)
class Layout:
    """The folders and programs of one private server."""

    state: Path

    @property
    def home(self) -> Path:
        """The folder of the private database, with its locks and settings."""
        return self.state / "postgres"

    @property
    def settings(self) -> Path:
        """The folder of our settings, which the server reads."""
        return self.home / "settings"

    @property
    def server(self) -> Path:
        """The folder that belongs to the server."""
        return self.home / "server"

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.server / "data"

    @property
    def log(self) -> Path:
        """The folder of the server log, with one file per weekday."""
        return self.server / "log"

    @property
    def is_made(self) -> bool:
        """Whether initdb has finished here."""
        return (self.data / "PG_VERSION").exists()

    @cached_property
    def account(self) -> pwd.struct_passwd | None:
        """The account of the server; None: the account of this process."""
        return account.find(self.data)

    @cached_property
    def programs(self) -> Path:
        """The folder of the programs of the version that created the cluster."""
        if self.is_made:
            return binaries.folder((self.data / "PG_VERSION").read_text().strip())
        return binaries.folder()

    @cached_property
    def socket(self) -> Path:
        """The folder of the socket for the server's account and root."""
        return self._short(self.server / "socket", "")

    @cached_property
    def pages_socket(self) -> Path:
        """The folder of the socket for an account with the rights of the pages only, see ``guest``."""
        return self._short(self.home / "pages", "-pages")

    @property
    def is_controllable(self) -> bool:
        """Whether this process belongs to the server's account or root, or nothing is created yet."""
        return os.geteuid() == 0 or not self.server.exists() or self.server.stat().st_uid == os.geteuid()

    def _short(self, folder: Path, suffix: str) -> Path:
        """Return a folder for a socket, or one with a short path elsewhere if its path is too long."""
        if len(os.fsencode(folder / SOCKET)) <= SOCKET_PATH_BYTES:
            return folder
        return Path("/tmp") / f"mapservice-{hashlib.sha256(os.fsencode(self.state)).hexdigest()[:16]}{suffix}"  # noqa: S108
