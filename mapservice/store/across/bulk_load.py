"""Inserting many people at once: without the indexes and keys of their tables, which are built again at the end.

Building an index once costs a fraction of adding millions of rows to it, and one query checks a foreign key for all
rows. Nobody can use a table in between: this is for a database that nobody else uses, or one without real people. All
of it happens in the transaction of the load, so that after an error the tables are as before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

#: The tables of people that a load fills.
TABLES = ("member", "home_zone", "membership", "consent")

#: The table of the counts, which are counted again.
COUNTS = "zone_count"

# A service that is running, or another command; the processes of PostgreSQL itself have no user.
_IS_IN_USE = text("""
    select exists (
        select from pg_stat_activity
        where datname = current_database() and usesysid is not null and pid <> pg_backend_pid()
    )
""")

# How to remove and create the indexes that belong to no constraint.
_INDEXES = """
    select format('drop index %%s', indexrelid::regclass), pg_get_indexdef(indexrelid) from pg_index
    where indrelid = any(%(tables)s::regclass[])
      and not exists (select from pg_constraint where conindid = indexrelid)
    order by indexrelid::regclass::text
"""

# The same for the keys of tables, and for the foreign keys from and to them; a foreign key needs the key that it names.
_KEYS = """
    select format('alter table %%s drop constraint %%I', conrelid::regclass, conname),
           format('alter table %%s add constraint %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    from pg_constraint
    where contype in ('p', 'u', 'f')
      and (conrelid = any(%(tables)s::regclass[]) or contype = 'f' and confrelid = any(%(tables)s::regclass[]))
    order by contype = 'f', conrelid::regclass::text, conname
"""


def is_in_use(session: Session) -> bool:
    """Return whether anybody else is connected to the database."""
    return bool(session.scalar(_IS_IN_USE))


@contextmanager
def built_at_the_end(cursor: Any, *, is_alone: bool, has_real_people: bool) -> Iterator[bool]:
    """Insert without live indexes inside the block; with real people only if nobody else uses the database.

    Yield whether they are gone. The keys are removed only if nobody else uses the database: that locks also the tables
    that they refer to.
    """
    if has_real_people and not is_alone:
        yield False
        return
    keys = cursor.execute(_KEYS, {"tables": [*TABLES, COUNTS]}).fetchall() if is_alone else []
    tables = [*TABLES, COUNTS] if is_alone else ["membership", COUNTS]
    indexes = cursor.execute(_INDEXES, {"tables": tables}).fetchall()
    for removal, _ in (*reversed(keys), *indexes):
        cursor.execute(removal)
    yield True
    cursor.execute("set local maintenance_work_mem = '256MB'")
    foreign = [key for key in keys if " FOREIGN KEY " in key[1]]
    for _, creation in (*(key for key in keys if key not in foreign), *indexes, *foreign):
        cursor.execute(creation)
