"""A database run by somebody else, given by its URL."""

import re
import shlex

import psycopg

from mapservice.errors import SetupError
from mapservice.hosting.embedded.binaries import OLDEST
from mapservice.hosting.embedded.roles import EXTENSIONS


def check(given_url: str) -> None:
    """Check that an external database meets our requirements.

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
    missing = [extension for extension in EXTENSIONS if extension not in there]
    if missing:
        commands = " ".join(f"CREATE EXTENSION {extension};" for extension in missing)
        raise SetupError(
            f"Ask the DBA to run this as a superuser: psql -d {shlex.quote(name)} -c {shlex.quote(commands)}"
        )
