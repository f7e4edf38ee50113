"""The log of withdrawals: outside the database, so that a backup put back does not undo hiding, leaving and deleting.

It says as little as possible: of the random id of an account an HMAC under a key of its own, one of three kinds, the
hour. One file a day (UTC), to which lines are only added, and which is deleted with the oldest backup. An entry is on
the disk before the commit of what it is about, and a second line marks it done after that.
"""

import datetime as dt
import hmac
import os
import secrets
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from mapservice.config import Config
from mapservice.keys import key_of

#: How long backups and entries are kept.
RETENTION = dt.timedelta(days=35)

_DONE = "done"
_HOUR = "%Y-%m-%dT%H"


class Kind(StrEnum):
    """What somebody took back: something that others could see or use, the e-mail address, or the whole account.

    Each does what the one before does, and more.
    """

    WITHDREW = "withdrew"
    READDRESSED = "readdressed"
    DELETED = "deleted"

    @property
    def weight(self) -> int:
        """The greater it is, the more is done again."""
        return list(Kind).index(self)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One withdrawal: whose is known by the ``mark`` alone, see ``WithdrawalLog.mark_of``."""

    id: str
    kind: Kind
    hour: dt.datetime
    mark: str
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class WithdrawalLog:
    """The log of one machine."""

    folder: Path
    key: bytes

    @classmethod
    def of(cls, config: Config) -> "WithdrawalLog":
        """The log of a service.

        :raise SetupError: in production, if its key is missing.
        """
        return cls(folder(config), key_of(config, "withdrawal_key"))

    def mark_of(self, member_id: uuid.UUID) -> str:
        """What stands for an account here; without the key it leads to nobody."""
        return hmac.digest(self.key, b"withdrawal/v1|" + member_id.bytes, "sha256").hex()

    def mark_of_address(self, email: str) -> str:
        """What stands in the database for an e-mail address that an account is not reached by any more."""
        return hmac.digest(self.key, b"address/v1|" + email.encode(), "sha256").hex()[:40]

    def write(self, member_id: uuid.UUID, kind: Kind, now: dt.datetime | None = None) -> Withdrawal:
        """Put an entry on the disk, before what it is about is committed.

        :raise OSError: if it cannot be written.
        """
        hour = (now or dt.datetime.now(dt.UTC)).replace(minute=0, second=0, microsecond=0)
        entry = Withdrawal(secrets.token_hex(8), kind, hour, self.mark_of(member_id))
        self._append(hour.date(), f"{entry.id} {kind} {hour:{_HOUR}} {entry.mark}", is_kept=True)
        return entry

    def mark_done(self, entry: Withdrawal) -> None:
        """Note that what an entry is about was committed."""
        self._append(entry.hour.date(), f"{entry.id} {_DONE}", is_kept=False)

    def note_day(self, today: dt.date) -> None:
        """Make sure that the file of a day is there, so that a restore sees until when the log was kept."""
        self._append(today, "", is_kept=True)

    def expire(self, today: dt.date) -> int:
        """Delete the files that are older than every backup; how many."""
        old = [path for day, path in self._files() if day < today - RETENTION]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def last_day(self) -> dt.date | None:
        """The last day of which there is a file."""
        return max((day for day, _path in self._files()), default=None)

    def entries(self, since: dt.datetime) -> list[Withdrawal]:
        """The entries of the hours since a moment; whoever broke off between entry and commit left one undone."""
        found: dict[str, Withdrawal] = {}
        first = since.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
        for day, path in sorted(self._files()):
            if day >= first.date():
                for entry in _read(path.read_text(errors="replace").splitlines()):
                    found[entry.id] = entry
        return [entry for entry in found.values() if entry.hour >= first]

    def _files(self) -> Iterator[tuple[dt.date, Path]]:
        for path in self.folder.glob("*.log"):
            try:
                yield dt.date.fromisoformat(path.stem), path
            except ValueError:
                continue

    def _append(self, day: dt.date, line: str, *, is_kept: bool) -> None:
        """Add a line in one write, which no other process can come between; ``is_kept`` waits for the disk."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / f"{day}.log"
        is_new = not path.exists()
        if is_new:
            self._make(path)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        try:
            # A line that a full disk cut off ends here, and spoils none after it.
            text = f"\n{line}\n".encode() if line else b"\n"
            if os.write(descriptor, text) != len(text):
                raise OSError(f"{path} could not be written to its end")
            if is_kept:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if is_new and is_kept:
            _sync(self.folder)

    def _make(self, path: Path) -> None:
        """Make an empty file for the account that root gave the folder to: both write the same file."""
        owner = self.folder.stat()
        if os.geteuid() != 0 or owner.st_uid == 0:
            return
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
            # It gets its name last, so that the other never finds one that it cannot write.
            with suppress(FileExistsError):
                os.link(fresh, path, follow_symlinks=False)
        finally:
            os.close(descriptor)
            fresh.unlink()


def folder(config: Config) -> Path:
    """Where the log of a service is."""
    return config.state / "withdrawals"


def _read(lines: Iterable[str]) -> Iterator[Withdrawal]:
    """The entries of a file; lines that were cut off are left out."""
    found: dict[str, Withdrawal] = {}
    for line in lines:
        match line.split():
            case [name, "done"] if name in found:
                old = found[name]
                found[name] = Withdrawal(old.id, old.kind, old.hour, old.mark, is_done=True)
            case [name, kind, hour, mark] if kind in set(Kind) and len(mark) == 64:
                try:
                    at = dt.datetime.strptime(hour, _HOUR).replace(tzinfo=dt.UTC)
                except ValueError:
                    continue
                found[name] = Withdrawal(name, Kind(kind), at, mark)
    return iter(found.values())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
