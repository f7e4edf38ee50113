"""The operating system account of the private server; None: the account of this process."""

import os
import pwd
import subprocess
from pathlib import Path
from typing import Any

from mapservice.errors import SetupError


def find(folder: Path) -> pwd.struct_passwd | None:
    """Return the account of the server, if it differs from that of this process: PostgreSQL refuses to run as root."""
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


def subprocess_arguments(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """Return arguments for subprocess: the account, a clean environment, a folder that everybody can enter."""
    clean = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    common = {"env": clean, "cwd": "/", "umask": 0o077, "start_new_session": True}
    if account is None:
        return common
    groups = os.getgrouplist(account.pw_name, account.pw_gid)
    return {**common, "user": account.pw_uid, "group": account.pw_gid, "extra_groups": groups}


def account_name(account: pwd.struct_passwd | None) -> str:
    """Return the name of the account."""
    return account.pw_name if account else pwd.getpwuid(os.geteuid()).pw_name


def is_reachable(folder: Path) -> bool:
    """Return whether the account of the server can enter a folder; it cannot enter root's home."""
    account = find(folder)
    if account is None:
        return os.access(folder, os.X_OK)
    entered = subprocess.run(["test", "-x", str(folder)], check=False, **subprocess_arguments(account))
    return entered.returncode == 0
