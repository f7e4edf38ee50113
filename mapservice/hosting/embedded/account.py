"""The account of the machine that the server runs as; None is ourselves."""

import os
import pwd
import subprocess
from pathlib import Path

from mapservice.errors import SetupError


def of(folder: Path) -> pwd.struct_passwd | None:
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


def arguments(account: pwd.struct_passwd | None) -> dict:
    """Arguments of subprocess: another account, a clean environment, a folder that everybody can enter."""
    clean = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    common = {"env": clean, "cwd": "/", "umask": 0o077, "start_new_session": True}
    if account is None:
        return common
    groups = os.getgrouplist(account.pw_name, account.pw_gid)
    return {**common, "user": account.pw_uid, "group": account.pw_gid, "extra_groups": groups}


def name_of(account: pwd.struct_passwd | None) -> str:
    """The account's name, or that of ourselves."""
    return account.pw_name if account else pwd.getpwuid(os.geteuid()).pw_name


def is_reachable(folder: Path) -> bool:
    """Whether the account that the server runs as can enter a folder, which nothing under root's home is."""
    account = of(folder)
    if account is None:
        return os.access(folder, os.X_OK)
    entered = subprocess.run(["test", "-x", str(folder)], check=False, **arguments(account))
    return entered.returncode == 0
