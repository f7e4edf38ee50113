"""What the tests of a file leave in the database that all files of a process share."""

from pathlib import Path

import psycopg
from psycopg import sql

from mapservice.hosting import embedded
from mapservice.store.across.subjects import PLAN
from mapservice.store.tables import AuditLogEntry

# The tables of people, and what staff did. Counts of zones and wordings of consents stay: no test counts on them.
_TABLES = [*(entry.table for entry in PLAN if entry.person), AuditLogEntry.__tablename__]

_COUNTS = sql.SQL(" union all ").join(
    sql.SQL("select {}, count(*) from (select from {} limit 1000) as row").format(
        sql.Literal(table), sql.Identifier(table)
    )
    for table in _TABLES
)


class SharedDatabase:
    """The database of a process, and how many rows its tables had when it was made."""

    def __init__(self, state: Path, name: str) -> None:
        address = embedded.url(state, embedded.SUPERUSER, name).replace("+psycopg", "")
        self._connection = psycopg.connect(address, autocommit=True)
        self._before = self._rows()

    def changed(self) -> dict[str, int]:
        """By how many rows tables differ from the beginning; at most 1,000 rows of each are counted."""
        now = self._rows()
        return {table: rows - self._before[table] for table, rows in now.items() if rows != self._before[table]}

    def close(self) -> None:
        """End the connection, so that the database can be dropped."""
        self._connection.close()

    def _rows(self) -> dict[str, int]:
        return dict(self._connection.execute(_COUNTS).fetchall())
