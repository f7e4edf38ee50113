"""The private PostgreSQL: the packages of the machine, run for this service alone, reached by a socket only.

A state folder holds ``postgres/settings`` (ours, read by the server) and ``postgres/server`` (the server's own:
``data``, ``log``, ``socket``). Root hands the server to another account and never writes into the server's folders,
where that account could lay a link.
"""

import errno
import fcntl
import hashlib
import os
import pwd
import re
import shlex
import shutil
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote

import psycopg
from psycopg import sql

from mapservice.errors import SetupError

DATABASE = "mapservice"
SUPERUSER = "postgres"
OWNER = "mapservice_owner"  # migrations and loaders
RUNTIME = "mapservice"  # pages and the worker: no DDL
EXTENSIONS = ("postgis", "pg_trgm")
OLDEST = 14

# Bytes of a socket's path that the kernel takes, without the zero at its end. Source: unix(7), sun_path.
SOCKET_PATH_BYTES = 107
_SOCKET = ".s.PGSQL.5432"

# Bytes; four segments of the write-ahead log.
LEAST_FREE = 64 * 2**20

# How long a dying server may keep its memory after kill -9, and how long a recovery may take, in seconds.
_PATIENCE = 10
_RECOVERY = 120

_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    # An answered write is on the disk.
    "synchronous_commit": "on",
    # A statement, its values and the row it failed on tell of people: of an error nothing is written down but FATAL.
    "log_min_messages": "log",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_connections": "off",
    "log_disconnections": "off",
    # Seven files, each overwritten after a week.
    "logging_collector": "on",
    "log_filename": "%a.log",
    "log_file_mode": "0600",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
}

_GRANTS = f"""
    revoke create on schema public from public;
    grant usage on schema public to {RUNTIME};
    grant usage, create on schema public to {OWNER};
    alter default privileges for role {OWNER} in schema public
        grant select, insert, update, delete on tables to {RUNTIME};
    alter default privileges for role {OWNER} in schema public
        grant usage, select on sequences to {RUNTIME};
"""


def start(state: Path, **settings: str) -> str:
    """The address of a running database of our own under a state folder, made and started where that is needed.

    ``settings`` are further lines of postgresql.conf; a test turns ``fsync`` off.

    :raise SetupError: if it cannot be made or started; the message says what to do.
    """
    cluster = _Cluster(state.absolute())
    try:
        with cluster.locked():
            if not cluster.is_made:
                cluster.make()
            if not cluster.answers():
                cluster.write_settings(settings)
                cluster.start()
            _furnish(state)
    except OSError as problem:
        _explain(problem, state)
    except psycopg.Error as problem:
        cluster.give_up(f"error: {problem}")
    return url(state)


def stop(state: Path) -> None:
    """End the database of a state folder, and wait until all is on the disk; a stopped one stays stopped."""
    cluster = _Cluster(state.absolute())
    if not cluster.is_made:
        return
    with cluster.locked():
        # Without a server this fails, and that is what was wanted.
        cluster.run("pg_ctl", "stop", "-D", cluster.data, "-m", "fast", "-w", "-t", _RECOVERY, check=False)


def is_running(state: Path) -> bool:
    """Whether the database of a state folder answers."""
    cluster = _Cluster(state.absolute())
    return cluster.is_made and cluster.answers()


def is_full(state: Path) -> bool:
    """Whether the disk of a state folder leaves no room to work: a database that met its end there just goes away."""
    return shutil.disk_usage(state).free < LEAST_FREE


def url(state: Path, role: str = RUNTIME, database: str = DATABASE) -> str:
    """The address of a database under a state folder, for SQLAlchemy."""
    socket = quote(str(_Cluster(state.absolute()).socket), safe="/")
    return f"postgresql+psycopg://{role}@/{database}?host={socket}&port=5432"


def check(given_url: str) -> None:
    """Make sure that a database that somebody else runs has what we need.

    :raise SetupError: if it does not answer, is too old or lacks an extension; the message names the command for it.
    """
    try:
        with psycopg.connect(re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", given_url), connect_timeout=5) as db:
            there = {name for (name,) in db.execute("select extname from pg_extension")}
            version, name = db.info.server_version // 10_000, db.info.dbname
    except psycopg.OperationalError as problem:
        reason = str(problem).strip().splitlines()[-1]
        raise SetupError(
            f"The database of DATABASE_URL does not answer ({reason}): start it or correct the URL."
        ) from None
    if version < OLDEST:
        raise SetupError(f"The database is PostgreSQL {version}: use {OLDEST} or newer.")
    missing = [each for each in EXTENSIONS if each not in there]
    if missing:
        commands = " ".join(f"CREATE EXTENSION {each};" for each in missing)
        raise SetupError(f"Let the DBA run this as a superuser: psql -d {shlex.quote(name)} -c {shlex.quote(commands)}")


def is_reachable(folder: Path) -> bool:
    """Whether the account that the server runs as can enter a folder, which nothing under root's home is."""
    account = _account(folder)
    if account is None:
        return os.access(folder, os.X_OK)
    entered = subprocess.run(["test", "-x", str(folder)], check=False, **_as(account))
    return entered.returncode == 0


@dataclass(frozen=True)
class _Cluster:
    """The folders and the programs of one private server."""

    state: Path

    @property
    def home(self) -> Path:
        return self.state / "postgres"

    @property
    def settings(self) -> Path:
        return self.home / "settings"

    @property
    def server(self) -> Path:
        return self.home / "server"

    @property
    def data(self) -> Path:
        return self.server / "data"

    @property
    def log(self) -> Path:
        return self.server / "log"

    @property
    def is_made(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    @cached_property
    def account(self) -> pwd.struct_passwd | None:
        return _account(self.data)

    @cached_property
    def programs(self) -> Path:
        if self.is_made:
            return _programs((self.data / "PG_VERSION").read_text().strip())
        return _programs()

    @cached_property
    def socket(self) -> Path:
        """The folder of the socket; a short one elsewhere where the state folder's name is too long for a socket."""
        inside = self.server / "socket"
        if len(os.fsencode(inside / _SOCKET)) <= SOCKET_PATH_BYTES:
            return inside
        return Path("/tmp") / f"mapservice-{hashlib.sha256(os.fsencode(self.state)).hexdigest()[:16]}"  # noqa: S108

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let one process at a time make, start or stop the server."""
        # The server's account has to pass through, and read nothing.
        self.state.mkdir(mode=0o711, parents=True, exist_ok=True)
        self.home.mkdir(mode=0o711, exist_ok=True)
        with (self.home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def run(self, program: str, *words: object, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one of the server's programs as the server's account, with nothing of our environment."""
        done = subprocess.run(
            [str(self.programs / program), *map(str, words)],
            check=False,
            text=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            **_as(self.account),
        )
        if check and done.returncode:
            self.give_up(done.stderr)
        return done

    def make(self) -> None:
        """Make an empty cluster; it gets its name last, so that a broken-off attempt counts for nothing."""
        self.server.mkdir(mode=0o700, exist_ok=True)
        if self.account:
            os.chown(self.server, self.account.pw_uid, self.account.pw_gid)
        if not is_reachable(self.server):
            raise SetupError(
                f"The account {_name(self.account)} cannot enter {self.server}: "
                "set MAPSERVICE_STATE to a folder that it can enter, for example /var/lib/mapservice."
            )
        fresh = self.server / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        self.run(
            *("initdb", "-D", fresh, "-U", SUPERUSER, "--auth=peer"),
            *("--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums"),
        )
        fresh.rename(self.data)

    def write_settings(self, further: dict[str, str]) -> None:
        """Write what the server reads at its start, in a folder where the server itself cannot write."""
        self.settings.mkdir(mode=0o755, exist_ok=True)
        places = {
            "data_directory": self.data,
            "hba_file": self.settings / "pg_hba.conf",
            "ident_file": self.settings / "pg_ident.conf",
            "unix_socket_directories": f'"{self.socket}"',
            "log_directory": self.log,
        }
        people = {"root", pwd.getpwuid(os.geteuid()).pw_name, _name(self.account)}
        lines = {**_SETTINGS, **places, **further}
        texts = {
            "postgresql.conf": [f"{name} = '{_quoted(value)}'" for name, value in lines.items()],
            "pg_hba.conf": ["local all all peer map=mapservice"],
            "pg_ident.conf": [
                f'mapservice "{who}" {role}' for who in sorted(people) for role in (SUPERUSER, OWNER, RUNTIME)
            ],
        }
        for name, text in texts.items():
            (self.settings / name).write_text("\n".join(text) + "\n")
            (self.settings / name).chmod(0o644)

    def start(self) -> None:
        """Start the server; after kill -9 its last processes may hold on to their memory for a moment."""
        self.make_folders()
        until = time.monotonic() + _PATIENCE
        while True:
            self.forget_the_dead()
            options = f"-c config_file={shlex.quote(str(self.settings / 'postgresql.conf'))}"
            words = ("-D", self.data, "-l", self.log / "start.log", "-o", options, "-w", "-t", _RECOVERY)
            done = self.run("pg_ctl", "start", *words, check=False)
            if self.answers():
                return
            if time.monotonic() > until:
                self.give_up(done.stderr + self.last_words())
            time.sleep(0.2)

    def make_folders(self) -> None:
        """Make the folders of log and socket as the server's account, and refuse a socket folder of somebody else."""
        me = self.account.pw_uid if self.account else os.geteuid()
        for folder in (self.log, self.socket):
            if not folder.is_dir():
                subprocess.run(["mkdir", "-m", "700", str(folder)], check=False, **_as(self.account))
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != me or stat.S_IMODE(found.st_mode) & 0o077:
                raise SetupError(f"{folder} is not a folder of {_name(self.account)} alone: remove it and start again.")
        (self.log / "start.log").unlink(missing_ok=True)

    def answers(self) -> bool:
        """Whether the server takes connections; ``pg_ctl status`` would believe in one that was killed."""
        return self.run("pg_isready", "-q", "-h", self.socket, "-p", "5432", check=False).returncode == 0

    def forget_the_dead(self) -> None:
        """Remove the note of a killed server whose process number somebody else has by now."""
        note = self.data / "postmaster.pid"
        try:
            where = Path(f"/proc/{int(note.read_text().split()[0])}/cwd").readlink()
        except (OSError, ValueError, IndexError):
            return
        if where != self.data.resolve():
            note.unlink(missing_ok=True)

    def last_words(self) -> str:
        """What the server wrote while it tried to start."""
        try:
            return (self.log / "start.log").read_text(errors="replace")
        except OSError:
            return ""

    def give_up(self, words: str) -> NoReturn:
        if "No space left on device" in words or is_full(self.state):
            raise SetupError(f"The disk of {self.state} is full: free some space there and start again.")
        if "Permission denied" in words or "could not access directory" in words:
            raise SetupError(
                f"The account {_name(self.account)} may not use {self.server}: "
                "set MAPSERVICE_STATE to a folder that it can enter and write."
            )
        last = next(
            (line for line in reversed(words.splitlines()) if "FATAL" in line or "error:" in line), "no reason given"
        )
        raise SetupError(f"The private database does not start ({last.strip()}): look into {self.log}.")


def _furnish(state: Path) -> None:
    """Make the roles, the database and its extensions; the database gets its name last."""
    with psycopg.connect(_plain(url(state, SUPERUSER, "postgres")), autocommit=True) as db:
        if db.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
            return
        for role in (OWNER, RUNTIME):
            if not db.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
                db.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
        db.execute("drop database if exists fresh")
        db.execute(sql.SQL("create database fresh owner {}").format(sql.Identifier(OWNER)))
        with psycopg.connect(_plain(url(state, SUPERUSER, "fresh")), autocommit=True) as fresh:
            for extension in EXTENSIONS:
                fresh.execute(sql.SQL("create extension {}").format(sql.Identifier(extension)))
            fresh.execute(sql.SQL(_GRANTS))
        db.execute(sql.SQL("alter database fresh rename to {}").format(sql.Identifier(DATABASE)))


def _programs(version: str = "") -> Path:
    """The folder of the newest PostgreSQL with PostGIS on this machine, or of the version that made a cluster.

    :raise SetupError: if there is none; the message names the package.
    """
    found: dict[int, Path] = {}
    for folder in Path("/usr/lib/postgresql").glob("*/bin"):
        if Path(f"/usr/share/postgresql/{folder.parent.name}/extension/postgis.control").exists():
            found[int(folder.parent.name)] = folder
    config = shutil.which("pg_config")
    if config and not found:
        ask = subprocess.run(
            [config, "--version", "--bindir", "--sharedir"], check=False, text=True, capture_output=True
        )
        number = re.search(r"PostgreSQL (\d+)", ask.stdout)
        folders = [line for line in ask.stdout.splitlines() if line.startswith("/")]
        if number and len(folders) == 2 and (Path(folders[1]) / "extension" / "postgis.control").exists():
            found[int(number[1])] = Path(folders[0])
    usable = {number: folder for number, folder in found.items() if number >= OLDEST and (folder / "initdb").exists()}
    if version:
        if int(version) not in usable:
            raise SetupError(
                f"The private database was made by PostgreSQL {version}: install it with "
                f"apt-get install postgresql-{version}-postgis-3, or set DATABASE_URL."
            )
        return usable[int(version)]
    if not usable:
        raise SetupError(
            f"No PostgreSQL {OLDEST} or newer with PostGIS is on this machine: run ./serve, which installs it, "
            "or set DATABASE_URL."
        )
    return usable[max(usable)]


def _account(folder: Path) -> pwd.struct_passwd | None:
    """The account the server runs as, where that is not ourselves: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    if folder.exists() and folder.name == "data" and folder.stat().st_uid != 0:
        return pwd.getpwuid(folder.stat().st_uid)
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        raise SetupError(
            "There is no account postgres to run the database as: run ./serve, which installs it."
        ) from None


def _as(account: pwd.struct_passwd | None) -> dict:
    """Arguments of subprocess: another account, a clean environment, a folder that everybody can enter."""
    clean = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    common = {"env": clean, "cwd": "/", "umask": 0o077, "start_new_session": True}
    if account is None:
        return common
    groups = os.getgrouplist(account.pw_name, account.pw_gid)
    return {**common, "user": account.pw_uid, "group": account.pw_gid, "extra_groups": groups}


def _name(account: pwd.struct_passwd | None) -> str:
    return account.pw_name if account else pwd.getpwuid(os.geteuid()).pw_name


def _plain(address: str) -> str:
    return address.replace("+psycopg", "", 1)


def _quoted(value: object) -> str:
    return str(value).replace("\\", "\\\\").replace("'", "''")


def _explain(problem: OSError, state: Path) -> NoReturn:
    words = {
        "ENOSPC": f"The disk of {state} is full: free some space there and start again.",
        "ENAMETOOLONG": f"The path {state} is too long: set MAPSERVICE_STATE to a shorter one.",
        "EROFS": f"The disk of {state} can only be read: set MAPSERVICE_STATE to a folder that can be written.",
        "EACCES": f"This account may not write {state}: set MAPSERVICE_STATE to one of yours, or run as its owner.",
        "EPERM": f"This account may not write {state}: set MAPSERVICE_STATE to one of yours, or run as its owner.",
        "ENOTDIR": f"{state} cannot be a folder: set MAPSERVICE_STATE to one that can.",
        "EEXIST": f"{state} cannot be a folder: set MAPSERVICE_STATE to one that can.",
    }
    name = errno.errorcode.get(problem.errno or 0, "")
    raise SetupError(words.get(name, f"The folder {state} cannot be used ({problem.strerror}).")) from problem
