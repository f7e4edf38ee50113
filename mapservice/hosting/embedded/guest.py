"""The account of the machine that comes into a private server of root's as the pages do, and as nobody else.

Its name is kept beside the server, so that whoever starts the server lets it in. It cannot enter the server's folder:
the server listens in a second one, of which the account's group may pass through.
"""

import os
import pwd
from pathlib import Path

from mapservice.errors import SetupError
from mapservice.hosting.embedded import disk


def name(home: Path) -> str:
    """The name of the account, or nothing."""
    try:
        return _record(home).read_text().strip()
    except FileNotFoundError:
        return ""


def find(home: Path) -> pwd.struct_passwd | None:
    """The account, as long as it is on the machine."""
    try:
        return pwd.getpwnam(name(home))
    except KeyError:
        return None


def keep(home: Path, account: pwd.struct_passwd | None) -> None:
    """Keep in mind who it is; None: nobody."""
    if account is None:
        _record(home).unlink(missing_ok=True)
    else:
        disk.write(_record(home), account.pw_name + "\n", 0o644)


def make_folder(folder: Path, server: pwd.struct_passwd, account: pwd.struct_passwd | None) -> None:
    """Make the folder of the second socket, which the group of an account passes through; None: nobody does.

    :raise SetupError: if something of somebody else stands there.
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
