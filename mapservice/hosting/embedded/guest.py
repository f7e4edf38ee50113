"""The operating system account that may connect to root's private server as the pages do, and as nobody else.

Its name is stored beside the server, so that every start of the server includes it. It cannot enter the server's
folder: the server has a second socket in a folder that the account's group can enter.
"""

import os
import pwd
from pathlib import Path

from mapservice.errors import SetupError
from mapservice.hosting.embedded import disk


def name(home: Path) -> str:
    """Return the name of the account, or an empty string."""
    try:
        return _record(home).read_text().strip()
    except FileNotFoundError:
        return ""


def find(home: Path) -> pwd.struct_passwd | None:
    """Return the account, if it exists on this machine."""
    try:
        return pwd.getpwnam(name(home))
    except KeyError:
        return None


def store_account(home: Path, account: pwd.struct_passwd | None) -> None:
    """Store the name of the account; None: nobody."""
    if account is None:
        _record(home).unlink(missing_ok=True)
    else:
        disk.write(_record(home), account.pw_name + "\n", 0o644)


def make_folder(folder: Path, server: pwd.struct_passwd, account: pwd.struct_passwd | None) -> None:
    """Create the folder of the second socket, which the group of an account can enter; None: nobody can.

    :raise SetupError: if it exists and belongs to another owner.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        raise _stranger(folder) from None
    try:
        if os.fstat(descriptor).st_uid not in {os.geteuid(), server.pw_uid}:
            raise _stranger(folder)
        os.fchmod(descriptor, 0o700)
        os.fchown(descriptor, server.pw_uid, account.pw_gid if account else server.pw_gid)
        os.fchmod(descriptor, 0o710 if account else 0o700)
    finally:
        os.close(descriptor)


def _record(home: Path) -> Path:
    return home / "pages_account"


def _stranger(folder: Path) -> SetupError:
    return SetupError(f"{folder} is not a folder of the database: remove it and start again.")
