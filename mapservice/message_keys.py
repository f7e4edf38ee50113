"""The wrapping keys, which encrypt the data keys of conversations: files in a folder, never in the database.

There are several, because each is replaced after a month, and destroyed when no backup needs it any longer. The newest
encrypts; which that is, and which are still needed, is in the table ``message_key``. Every machine of a service shares
the folder.
"""

import datetime as dt
import fcntl
import hmac
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from mapservice.config import Config
from mapservice.errors import MissingMessageKeyError
from mapservice.keys import KEY_BYTES

# The name of a file is the day on which its key was made, and the id of the key.
_FILE = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)\.(?P<id>[0-9a-f]{16})\.key")


@dataclass(frozen=True, slots=True)
class MessageKeys:
    """The wrapping keys of a folder, read when they are needed: another process may add one at any time."""

    folder: Path
    _read: dict[str, bytes] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, config: Config) -> "MessageKeys":
        """Return the keys of a service."""
        return cls(folder(config))

    def get(self, key_id: str) -> bytes:
        """Return a key by its id.

        :raise MissingMessageKeyError: if this machine does not have it.
        """
        if key_id not in self._read:
            self._read.update(self._load())
        try:
            return self._read[key_id]
        except KeyError:
            raise MissingMessageKeyError from None

    def days(self) -> Mapping[str, dt.date]:
        """Return the ids of all keys that can be read now, each with the day on which it was made."""
        readable = self._load()
        return {key_id: day for key_id, day, _path in self._files() if key_id in readable}

    def add(self, today: dt.date) -> str:
        """Make a new key and write it to disk; return its id."""
        with self._locked():
            return self._add(today)

    def first(self, today: dt.date) -> str:
        """Return the id of the newest key, and make one if there is none: all processes that ask get the same."""
        with self._locked():
            newest = max(((day, key_id) for key_id, day in self.days().items()), default=None)
            return newest[1] if newest else self._add(today)

    def destroy(self, key_id: str) -> None:
        """Overwrite and delete the file of a key."""
        self._read.pop(key_id, None)
        for found, _day, path in list(self._files()):
            if found == key_id:
                with suppress(FileNotFoundError):
                    _overwrite(path)
                    path.unlink()
        _sync(self.folder)

    def _add(self, today: dt.date) -> str:
        key = secrets.token_bytes(KEY_BYTES)
        key_id = id_of(key)
        path = self.folder / f"{today}.{key_id}.key"
        fresh = path.with_name(f".{path.name}")
        _write(fresh, key, self.folder)
        fresh.rename(path)
        _sync(self.folder)
        return key_id

    def _load(self) -> dict[str, bytes]:
        """Return the keys whose files hold what their names say."""
        keys = {}
        for key_id, _day, path in self._files():
            with suppress(OSError, ValueError):
                key = bytes.fromhex(path.read_text().strip())
                if len(key) == KEY_BYTES and id_of(key) == key_id:
                    keys[key_id] = key
        return keys

    def _files(self) -> Iterator[tuple[str, dt.date, Path]]:
        for path in sorted(self.folder.glob("*.key")):
            match = _FILE.fullmatch(path.name)
            if match:
                with suppress(ValueError):
                    yield match["id"], dt.date.fromisoformat(match["day"]), path

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let one process at a time add keys."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def folder(config: Config) -> Path:
    """Return the folder of the wrapping keys."""
    return Path(config.message_keys) if config.message_keys else config.state / "message-keys"


def id_of(key: bytes) -> str:
    """Return the id of a key, which says nothing about it."""
    return hmac.digest(key, b"message-key/v1", "sha256").hex()[:16]


def _write(path: Path, key: bytes, folder: Path) -> None:
    """Write a key to a new file, synced to disk, which only the account of the folder can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(key.hex() + "\n")
        file.flush()
        owner = folder.stat()
        if os.geteuid() == 0 and owner.st_uid != 0:
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
        os.fsync(file.fileno())


def _overwrite(path: Path) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
    try:
        os.write(descriptor, bytes(os.fstat(descriptor).st_size))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync(folder: Path) -> None:
    with suppress(FileNotFoundError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
