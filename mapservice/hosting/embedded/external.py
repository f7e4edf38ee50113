"""A database run by somebody else, given by its URL."""

import re
import shlex

import psycopg

from mapservice.errors import SetupError
from mapservice.hosting.embedded.binaries import OLDEST
from mapservice.hosting.embedded.roles import EXTENSIONS

# Extensions that exist, and those that this role can create by itself: a migration does.
_THERE = """
    select extname from pg_extension
    union
    select name from pg_available_extension_versions
    where name = 'unaccent' and trusted and has_database_privilege(current_database(), 'create')
"""

_LETTERS = (
    "The database {name} does not know letters with accents (its lc_ctype is C, or its encoding is not UTF8), so that "
    "the search would find nothing with them. This cannot be changed in a database that exists. Create another one as "
    "a superuser, in a locale whose name ends in UTF-8, such as: createdb --template=template0 --encoding=UTF8 "
    "--lc-ctype=C.UTF-8 --lc-collate=C.UTF-8 --owner=OWNER NAME. If this one has data, save it by pg_dump -Fc, and "
    "restore the file there by `mapservice restore`."
)


def check(given_url: str) -> None:
    """Check that an external database meets our requirements.

    :raise SetupError: if it does not answer, is too old, breaks words at accents or lacks an extension; the message
        names the command for it.
    """
    try:
        with psycopg.connect(re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", given_url), connect_timeout=5) as db:
            there = {name for (name,) in db.execute(_THERE)}
            version, name = db.info.server_version // 10_000, db.info.dbname
            letters_work = _letters_work(db)
    except psycopg.OperationalError as problem:
        reason = str(problem).strip().splitlines()[-1]
        raise SetupError(
            f"The database of DATABASE_URL does not answer ({reason}): start it or correct the URL."
        ) from None
    if version < OLDEST:
        raise SetupError(f"The database is PostgreSQL {version}: use {OLDEST} or newer.")
    if not letters_work:
        raise SetupError(_LETTERS.format(name=name))
    missing = [extension for extension in EXTENSIONS if extension not in there]
    if missing:
        commands = " ".join(f"CREATE EXTENSION {extension};" for extension in missing)
        raise SetupError(
            f"Ask the DBA to run this as a superuser: psql -d {shlex.quote(name)} -c {shlex.quote(commands)}"
        )


def _letters_work(db: psycopg.Connection) -> bool:
    """Return whether the database knows capital letters with accents, and keeps words with them in one piece."""
    if db.info.parameter_status("server_encoding") != "UTF8":
        return False
    asked = "select lower('É') = 'é' and to_tsvector('simple', 'niña рак') @@ $$'niña' & 'рак'$$::tsquery"
    row = db.execute(asked).fetchone()
    return row is not None and bool(row[0])
