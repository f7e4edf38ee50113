"""The programs of PostgreSQL on this machine, of a supported version with PostGIS."""

import re
import shutil
import subprocess
from pathlib import Path

from mapservice.errors import SetupError

OLDEST = 14


def folder(version: str = "") -> Path:
    """Return the folder of the newest PostgreSQL with PostGIS, or of the version that created a cluster.

    :raise SetupError: if there is none; the message names the package.
    """
    usable = {number: path for number, path in _installed().items() if number >= OLDEST and (path / "initdb").exists()}
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


def program(name: str, version: int) -> Path | None:
    """Return the path of a program of a version of PostgreSQL; None if it is not installed."""
    homes = [home for number, home in _installed().items() if number == version]
    return next((home / name for home in homes if (home / name).exists()), None)


def _installed() -> dict[int, Path]:
    """Return the folders of programs by version: those of Debian, otherwise the one that pg_config names."""
    folders: dict[int, Path] = {}
    for path in Path("/usr/lib/postgresql").glob("*/bin"):
        if Path(f"/usr/share/postgresql/{path.parent.name}/extension/postgis.control").exists():
            folders[int(path.parent.name)] = path
    return folders or _of_pg_config()


def _of_pg_config() -> dict[int, Path]:
    config = shutil.which("pg_config")
    if not config:
        return {}
    ask = subprocess.run([config, "--version", "--bindir", "--sharedir"], check=False, text=True, capture_output=True)
    number = re.search(r"PostgreSQL (\d+)", ask.stdout)
    folders = [line for line in ask.stdout.splitlines() if line.startswith("/")]
    if number and len(folders) == 2 and (Path(folders[1]) / "extension" / "postgis.control").exists():
        return {int(number[1]): Path(folders[0])}
    return {}
