"""Files in the folder of a database that no table has: a server that is killed leaves those of an unfinished rewrite.

PostgreSQL never looks at them again, and never removes them. What they hold of people is of that moment.
"""

import subprocess
from pathlib import Path

import psycopg

from mapservice.hosting.embedded import account

# What is at work now began at that moment or later, and so did the files that it makes. The minute is for clocks.
_OLDEST = "select min(xact_start) - interval '1 minute' from pg_stat_activity"

# A file of no length is what a table was dropped from, until the next checkpoint.
_UNKNOWN = r"""
    with folder as (select 'base/' || oid as name from pg_database where datname = current_database())
    select folder.name || '/' || file from folder, pg_ls_dir(folder.name) file,
           pg_stat_file(folder.name || '/' || file, true) about
    where file ~ '^[0-9]+([._]|$)' and about.size > 0 and not about.isdir and about.modification < %s
      and substring(file from '^[0-9]+')::oid not in
          (select pg_relation_filenode(oid) from pg_class where pg_relation_filenode(oid) is not null)
"""


def find(db: psycopg.Connection) -> list[str]:
    """Return the files, below the folder of the data; asked by a superuser outside of a transaction."""
    oldest = db.execute(_OLDEST).fetchone()
    # In a second look: whatever ended between the two has its files in the catalogue by now, or has removed them.
    return [name for (name,) in db.execute(_UNKNOWN, oldest).fetchall()]


def remove(db: psycopg.Connection) -> int:
    """Remove the files, where the server is one of this machine; how many they were."""
    folder = db.execute("show data_directory").fetchone()
    data = Path(str(folder[0] if folder else ""))
    if not db.info.host.startswith("/") or not data.is_dir():
        return 0
    files = find(db)
    if files:
        # As the server's account, so that nothing outside of its own folder can be meant.
        server = account.arguments(account.of(data))
        subprocess.run(["rm", "-f", "--", *(str(data / file) for file in files)], check=False, **server)
    return len(files)
