"""The account of the web processes if root starts the service, so that a break-in does not give root access.

The worker stays root, because it erases data from disk as the owner of the private database. It is not reachable from
outside.
"""

import ctypes
import multiprocessing
import os
import pwd
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psycopg

from mapservice import message_keys
from mapservice.config import HOME, PREFIX, Config
from mapservice.hosting import embedded
from mapservice.hosting.processes import print_line
from mapservice.hosting.startup_checks import OF_PAGES
from mapservice.keys import load_key
from mapservice.mail import outbox
from mapservice.withdrawal_log import folder

# The parts of the checkout that web processes read.
_READ = ("mapservice", "templates", "static", "data")

# Seconds in which the server has reloaded who can connect.
_TIMEOUT_RELOAD_S = 5.0

# Source: linux/prctl.h, linux/capability.h
_PR_SET_KEEPCAPS = 8
_PR_SET_NO_NEW_PRIVS = 38
_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 47, 2
_CAPABILITY_VERSION_3 = 0x20080522
_CAP_NET_BIND_SERVICE = 10

_FORK = multiprocessing.get_context("fork")


def prepare_account(config: Config) -> pwd.struct_passwd | None:
    """Return the account for the web processes, after preparing everything for it; None: they keep the present account.

    If they stay root because no account is usable, a warning says so, and what to do.
    """
    if os.geteuid() != 0 or config.database_url:
        return None
    try:
        against = _obstacle(config) if config.run_as else ""
    except OSError as problem:
        against = f"the account {config.run_as} cannot be given what it needs ({problem.strerror})"
    if config.run_as and against is None:
        return pwd.getpwnam(config.run_as)
    embedded.allow_account(config.state, None)
    if against:
        print_line(f"Warning: the web processes run as root, because {against}", err=True)
    return None


def why_unusable(name: str, account: pwd.struct_passwd | None, server: pwd.struct_passwd | None) -> str | None:
    """Return why an account cannot be used for web processes, and what to do; None if it can."""
    if account is None:
        return (
            f"there is no account {name}: create it with adduser --system --group {name}, or set {PREFIX}RUN_AS to "
            "another account, or to nothing to accept this."
        )
    if account.pw_uid == 0:
        return f"{name} is root itself: set {PREFIX}RUN_AS to another account, or to nothing to accept this."
    if name == embedded.SUPERUSER or (server is not None and account.pw_uid == server.pw_uid):
        return f"{name} can do everything in the database: set {PREFIX}RUN_AS to another account."
    return None


def with_keys(config: Config) -> Config:
    """Return the settings with the keys of the pages, which are in files that only root can read; no other keys."""
    keys: dict[str, Any] = {name: load_key(config, name).hex() for name in OF_PAGES}
    return replace(config, count_key="", **keys)


def switch_to(account: pwd.struct_passwd, *, port: int) -> None:
    """Switch this process to an account for good; it can still listen on a ``port`` that is reserved for root.

    :raise OSError: if it is not permitted.
    """
    needs_root = port < _first_free_port()
    if needs_root:
        _prctl(_PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(account.pw_gid, account.pw_gid, account.pw_gid)
    os.setresuid(account.pw_uid, account.pw_uid, account.pw_uid)
    if needs_root:
        _keep_capability(_CAP_NET_BIND_SERVICE)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    os.umask(0o077)
    os.environ.update(HOME=account.pw_dir, USER=account.pw_name, LOGNAME=account.pw_name)


def _obstacle(config: Config) -> str | None:
    """Prepare everything for the account in the settings and test it; return why it cannot be used, or None."""
    try:
        account = pwd.getpwnam(config.run_as)
    except KeyError:
        account = None
    why = why_unusable(config.run_as, account, embedded.server_account(config.state))
    if why or account is None:
        return why
    if config.state.stat().st_uid != 0:
        return f"{config.state} does not belong to root: start the service as the account that it belongs to."
    embedded.allow_account(config.state, account)
    change_owner(folder(config), account)
    # Another process may add a key at any time, which the web processes have to read then.
    change_owner(message_keys.folder(config), account)
    # A deleted member's e-mails are removed there at once, and a demo shows them.
    change_owner(outbox.folder(config), account)
    return test_account(account, config, list(required_paths()))


def change_owner(path: Path, account: pwd.struct_passwd) -> None:
    """Change the owner of a folder and its files; never follows a link, which an account may have placed there."""
    path.mkdir(mode=0o700, exist_ok=True)
    _give(path, account)
    for entry in path.iterdir():
        # A link, or deleted meanwhile.
        with suppress(OSError):
            _give(entry, account)


def _give(path: Path, account: pwd.struct_passwd) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        status = os.fstat(descriptor)
        # A hard-linked file may belong to another folder.
        if stat.S_ISDIR(status.st_mode) or (stat.S_ISREG(status.st_mode) and status.st_nlink == 1):
            os.fchown(descriptor, account.pw_uid, account.pw_gid)
    finally:
        os.close(descriptor)


def required_paths() -> Iterator[Path]:
    """Yield what web processes read: the interpreter, every loaded module, and their part of the checkout."""
    yield Path(sys.executable)
    yield from (Path(folder) for folder in sys.path if Path(folder).is_dir())
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and Path(file).exists():
            yield Path(file)
    for name in _READ:
        yield from (path for path in (HOME / name).rglob("*") if path.parent.name != "__pycache__")


def test_account(account: pwd.struct_passwd, config: Config, paths: list[Path]) -> str | None:
    """Return what an account lacks for serving requests, and what to do, as tested by a process of that account."""
    receiver, sender = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=_try, args=(sender, account, config, paths))
    process.start()
    sender.close()
    try:
        obstacle: str | None = receiver.recv()
    except EOFError:
        obstacle = f"we cannot test anything as {account.pw_name}: set {PREFIX}RUN_AS to another account."
    finally:
        receiver.close()
        process.join()
    return obstacle


def _try(answer: "Connection[str | None, None]", account: pwd.struct_passwd, config: Config, paths: list[Path]) -> None:
    name = account.pw_name
    try:
        switch_to(account, port=config.port)
    except OSError as problem:
        answer.send(f"it cannot become {name} ({problem.strerror}): start the service as {name}.")
        return
    unreadable = next((path for path in paths if not _is_readable(path)), None)
    if unreadable is not None:
        answer.send(
            f"the account {name} cannot read {unreadable}: move the service, or the Python of its .venv, to a place "
            "that it can read, for example below /srv and /usr, never below /root."
        )
    elif not os.access(folder(config), os.W_OK | os.X_OK):
        answer.send(
            f"the account {name} cannot enter {config.state}: set {PREFIX}STATE to a folder that it can enter, "
            "for example /var/lib/mapservice."
        )
    elif not _is_let_in(embedded.runtime_url(config)):
        answer.send(f"the database does not let the account {name} in yet: run mapservice stop and start again.")
    else:
        answer.send(None)


def _is_readable(path: Path) -> bool:
    return os.access(path, os.R_OK | os.X_OK if os.path.isdir(path) else os.R_OK)  # noqa: PTH112 - Path may raise


def _is_let_in(url: str) -> bool:
    until = time.monotonic() + _TIMEOUT_RELOAD_S
    while True:
        try:
            psycopg.connect(url.replace("+psycopg", ""), connect_timeout=5).close()
        except psycopg.OperationalError:
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        else:
            return True


def _first_free_port() -> int:
    """Return the first port on which everybody may listen."""
    try:
        return int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
    except (OSError, ValueError):
        return 1024


def _keep_capability(number: int) -> None:
    """Keep one capability of root, for this process and its children; drop all others."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    # effective, permitted, inheritable; of capabilities 0 to 31 and of those from 32
    data = (ctypes.c_uint32 * 6)(*[1 << number] * 3, 0, 0, 0)
    _checked(_libc().capset(header, data))
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, number)


def _prctl(option: int, *values: int) -> None:
    words = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0)[:4]]
    _checked(_libc().prctl(option, *words))


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
