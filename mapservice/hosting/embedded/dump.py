"""Backups of a database: made by pg_dump, restored by pg_restore, without the data that ``load`` can recreate."""

import datetime as dt
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from mapservice.config import Config
from mapservice.errors import SetupError
from mapservice.hosting.embedded import account, binaries
from mapservice.hosting.embedded.exclusion import backup_lock
from mapservice.withdrawal_log import RETENTION

#: Tables loaded from files of the service; their rows are in no backup.
LOADED = ("base_feature", "base_tile")

# Extensions exist already and belong to a superuser; so does the schema. The trigger is left by an interrupted rewrite
# of a table, see online.
_NOT_OURS = re.compile(
    r"^\d+; \d+ \d+ (EXTENSION|SCHEMA|COMMENT - (EXTENSION|SCHEMA)|TABLE DATA \S+ spatial_ref_sys|"
    r"TRIGGER \S+ \S+ repack_trigger) "
)

# In the time zone that we set for the programs.
_MADE = re.compile(r"^; Archive created at (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", re.MULTILINE)


def save(url: str, file: Path) -> None:
    """Write a backup of a database to a new file that only this account can read; it gets its name last.

    :raise SetupError: if the file exists, or the backup cannot be made.
    """
    if file.exists():
        raise SetupError(f"{file} already exists: choose another name. Backups are never overwritten.")
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.part")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with (
            os.fdopen(descriptor, "wb") as target,
            psycopg.connect(_plain(url), autocommit=True) as db,
            backup_lock(db),
        ):
            left_out = [f"--exclude-table-data={table}" for table in LOADED]
            # A higher level takes five times as long, for a file that is a sixth smaller.
            options = ("--format=custom", "--compress=1", "--no-owner", "--no-privileges", "--exclude-schema=repack")
            _run("pg_dump", url, *options, *left_out, output=target)
            os.fsync(target.fileno())
        draft.rename(file)
    finally:
        draft.unlink(missing_ok=True)


def folder(config: Config) -> Path:
    """Return the folder for backups made by commands."""
    return config.state / "backups"


def delete_old(config: Config, now: dt.datetime) -> int:
    """Delete expired backups made by commands; return how many."""
    old = [
        path for path in folder(config).glob("before-*.dump") if path.stat().st_mtime < (now - RETENTION).timestamp()
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def contents(file: Path) -> list[str]:
    """Return the contents of a backup, line by line as pg_restore lists it, without what belongs to a superuser.

    :raise SetupError: if the file is not a backup of a database.
    """
    with file.open("rb") as source:
        listed = _run("pg_restore", "", "--list", source=source)
    return [line for line in listed.splitlines() if line[:1].isdigit() and not _NOT_OURS.match(line)]


def made_at(file: Path) -> dt.datetime | None:
    """Return when a backup was begun, by the clock of its machine; None if it is not recorded.

    :raise SetupError: if the file is not a backup of a database.
    """
    with file.open("rb") as source:
        match = _MADE.search(_run("pg_restore", "", "--list", source=source))
    return dt.datetime.fromisoformat(match[1]).replace(tzinfo=dt.UTC) if match else None


def restore(url: str, file: Path) -> None:
    """Restore a backup into a database without tables, completely or not at all, without its rights and owners.

    :raise SetupError: if it fails.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".list") as list_file, file.open("rb") as source:
        list_file.write("\n".join(contents(file)) + "\n")
        list_file.flush()
        _run("pg_restore", url, "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error",
             f"--use-list={list_file.name}", source=source)  # fmt: skip


def _run(program: str, url: str, *words: str, source: object = None, output: object = None) -> str:
    """Run a program of PostgreSQL as this account; the password is not in its arguments, which everybody can read."""
    environment = {**account.subprocess_arguments(None)["env"], "TZ": "UTC"}
    if url:
        address = conninfo_to_dict(_plain(url))
        environment["PGPASSWORD"] = str(address.pop("password", "") or "")
        words = (*words, f"--dbname={make_conninfo('', **address)}")
    done = subprocess.run(
        [_program(program), *words],
        check=False,
        env=environment,
        stdin=source or subprocess.DEVNULL,  # type: ignore[call-overload]
        stdout=output or subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    if done.returncode:
        raise SetupError(_reason(program, done.stderr.decode(errors="replace")))
    return (done.stdout or b"").decode(errors="replace")


def _plain(url: str) -> str:
    """Return a database URL as PostgreSQL's own programs accept it."""
    return re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", url)


def _program(name: str) -> str:
    """Return the newest program of this name on the machine: an older one refuses a newer server.

    :raise SetupError: if there is none.
    """
    try:
        return str(binaries.folder() / name)
    except SetupError:
        path = shutil.which(name)
        if path is None:
            raise SetupError(f"There is no {name} on this machine: run apt-get install postgresql-client.") from None
        return path


def _reason(program: str, words: str) -> str:
    """Return one sentence of a program's output, without lines that could contain a row."""
    if "No space left on device" in words:
        return "The disk is full: free some space and start again."
    if "not appear to be a valid archive" in words or "input file" in words:
        return "This file is no backup of a database: give one that mapservice backup or pg_dump -Fc wrote."
    if "permission denied" in words:
        return f"{program} may not read or write all tables: use the DATABASE_URL of the tables' owner."
    if "server version mismatch" in words:
        return f"{program} is older than the server: install the postgresql-client of the server's version."
    first = next((line for line in words.splitlines() if "error:" in line), "no reason given")
    return f"{program} could not do it ({re.sub('DETAIL.*', '', first.strip())[:200]})."
