"""Orphaned files in the data folder, left by an unfinished rewrite when the server was killed.

PostgreSQL neither uses nor removes them. They contain personal data as of that moment.
"""

import subprocess
from pathlib import Path

import psycopg

from mapservice.hosting.embedded import account

# A rewrite in progress and its files are not older than its transaction. The minute allows for clock differences.
_OLDEST = "select min(xact_start) - interval '1 minute' from pg_stat_activity"

# An empty file belongs to a dropped table, until the next checkpoint.
_UNKNOWN = r"""
    with folder as (select 'base/' || oid as name from pg_database where datname = current_database())
    select folder.name || '/' || file from folder, pg_ls_dir(folder.name) file,
           pg_stat_file(folder.name || '/' || file, true) about
    where file ~ '^[0-9]+([._]|$)' and about.size > 0 and not about.isdir and about.modification < %s
      and substring(file from '^[0-9]+')::oid not in
          (select pg_relation_filenode(oid) from pg_class where pg_relation_filenode(oid) is not null)
"""


def find(db: psycopg.Connection) -> list[str]:
    """Return the files, relative to the data folder; needs a superuser, outside of a transaction."""
    oldest = db.execute(_OLDEST).fetchone()
    # In a second query: anything that finished in between is in the catalogue by now, or has removed its files.
    return [name for (name,) in db.execute(_UNKNOWN, oldest).fetchall()]


def remove(db: psycopg.Connection) -> int:
    """Remove the files, if the server is on this machine; return how many."""
    folder = db.execute("show data_directory").fetchone()
    data = Path(str(folder[0] if folder else ""))
    if not db.info.host.startswith("/") or not data.is_dir():
        return 0
    files = find(db)
    if files:
        # As the server's account, so that nothing outside of its own folder can be removed.
        server = account.subprocess_arguments(account.find(data))
        subprocess.run(["rm", "-f", "--", *(str(data / file) for file in files)], check=False, **server)
    return len(files)
