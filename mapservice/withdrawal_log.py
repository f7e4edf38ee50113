"""The withdrawal log: kept outside the database, so that restoring a backup does not undo withdrawals.

Each entry holds as little as possible: an HMAC of the random id of an account or a conversation under its own key, one
of three kinds, and the hour. There is one append-only file per day (UTC), deleted together with the oldest backup. An
entry is on disk before the commit that it belongs to, and a second line marks it as done afterwards.
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
from mapservice.keys import load_key

#: How long backups and entries are kept.
RETENTION = dt.timedelta(days=35)

#: Maximum difference between the clocks of two machines.
CLOCKS = dt.timedelta(hours=1)

_DONE = "done"
_HOUR = "%Y-%m-%dT%H"


class Kind(StrEnum):
    """What a member withdrew: something that others could see or use, the e-mail address, or the whole account.

    Each includes the effects of the one before. An account is suspended, and reinstated, by staff.
    """

    REINSTATED = "reinstated"
    WITHDREW = "withdrew"
    SUSPENDED = "suspended"
    READDRESSED = "readdressed"
    DELETED = "deleted"

    @property
    def weight(self) -> int:
        """Order of the kinds: the greater it is, the more is repeated after a restore."""
        return list(Kind).index(self)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One withdrawal; only ``mark`` identifies its account or conversation, see ``WithdrawalLog.account_mark``."""

    id: str
    kind: Kind
    hour: dt.datetime
    mark: str
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class WithdrawalLog:
    """The withdrawal log of one machine."""

    folder: Path
    key: bytes

    @classmethod
    def of(cls, config: Config) -> "WithdrawalLog":
        """Return the log of a service.

        :raise SetupError: in production, if its key is missing.
        """
        return cls(folder(config), load_key(config, "withdrawal_key"))

    def account_mark(self, member_id: uuid.UUID) -> str:
        """Return the mark of an account or a conversation, which identifies it only together with the key."""
        return hmac.digest(self.key, b"withdrawal/v1|" + member_id.bytes, "sha256").hex()

    def address_mark(self, email: str) -> str:
        """Return the mark stored in the database in place of an e-mail address that no longer belongs to an account."""
        return hmac.digest(self.key, b"address/v1|" + email.encode(), "sha256").hex()[:40]

    def write(self, member_id: uuid.UUID, kind: Kind, now: dt.datetime | None = None) -> Withdrawal:
        """Write an entry to disk, before the commit that it belongs to.

        :raise OSError: if it cannot be written.
        """
        hour = (now or dt.datetime.now(dt.UTC)).replace(minute=0, second=0, microsecond=0)
        entry = Withdrawal(secrets.token_hex(8), kind, hour, self.account_mark(member_id))
        self._append(hour.date(), f"{entry.id} {kind} {hour:{_HOUR}} {entry.mark}", is_kept=True)
        return entry

    def mark_done(self, entry: Withdrawal) -> None:
        """Note that the withdrawal of an entry was committed."""
        self._append(entry.hour.date(), f"{entry.id} {_DONE}", is_kept=False)

    def note_day(self, today: dt.date) -> None:
        """Create the file of a day if needed, so that a restore can see until when the log was kept."""
        self._append(today, "", is_kept=True)

    def expire(self, today: dt.date) -> int:
        """Delete the files that are older than every backup; return how many."""
        old = [path for day, path in self._files() if day < today - RETENTION]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def reaches_back_to(self, moment: dt.datetime) -> bool:
        """Return whether the log was kept at a moment: not if its file has expired, or a machine was set up later."""
        if moment.year == dt.MINYEAR:  # stands for an unknown moment: nobody has used the service yet
            return True
        return any(day <= (moment.astimezone(dt.UTC) + CLOCKS).date() for day, _path in self._files())

    def last_day(self) -> dt.date | None:
        """Return the last day with a file."""
        return max((day for day, _path in self._files()), default=None)

    def entries(self, since: dt.datetime) -> list[Withdrawal]:
        """Return the entries since the hour of a moment; those without a mark after them are not done."""
        by_id: dict[str, Withdrawal] = {}
        first = since.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
        for day, path in sorted(self._files()):
            if day >= first.date():
                for entry in _read(path.read_text(errors="replace").splitlines()):
                    by_id[entry.id] = entry
        return [entry for entry in by_id.values() if entry.hour >= first]

    def _files(self) -> Iterator[tuple[dt.date, Path]]:
        for path in self.folder.glob("*.log"):
            try:
                yield dt.date.fromisoformat(path.stem), path
            except ValueError:
                continue

    def _append(self, day: dt.date, line: str, *, is_kept: bool) -> None:
        """Append a line in one atomic write; ``is_kept`` waits until it is on disk."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / f"{day}.log"
        is_new = not path.exists()
        if is_new:
            self._make(path)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        try:
            # If a full disk cut off the line before, end it here, so that it does not spoil this one.
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
        """Create an empty file, owned by the account of the folder if root runs this: both write the same file."""
        owner = self.folder.stat()
        if os.geteuid() != 0 or owner.st_uid == 0:
            return
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.fchown(descriptor, owner.st_uid, owner.st_gid)
            # It gets its final name last, so that the other account never finds a file that it cannot write.
            with suppress(FileExistsError):
                os.link(fresh, path, follow_symlinks=False)
        finally:
            os.close(descriptor)
            fresh.unlink()


def folder(config: Config) -> Path:
    """Return the folder of the log."""
    return config.state / "withdrawals"


def _read(lines: Iterable[str]) -> Iterator[Withdrawal]:
    """Yield the entries of a file, without incomplete lines."""
    by_id: dict[str, Withdrawal] = {}
    for line in lines:
        match line.split():
            case [name, "done"] if name in by_id:
                old = by_id[name]
                by_id[name] = Withdrawal(old.id, old.kind, old.hour, old.mark, is_done=True)
            case [name, kind, hour, mark] if kind in set(Kind) and len(mark) == 64:
                try:
                    at = dt.datetime.strptime(hour, _HOUR).replace(tzinfo=dt.UTC)
                except ValueError:
                    continue
                by_id[name] = Withdrawal(name, Kind(kind), at, mark)
    return iter(by_id.values())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
