"""How quickly PostgreSQL copies the rows of people into tables that have no indexes and no keys."""

import tempfile
import time
from typing import IO, Any

from sqlalchemy import Engine

from mapservice.store.across.bulk_load import TABLES

#: Rows of each table that are copied; if there are more, the time of all of them is extrapolated.
SAMPLE = 1_000_000

#: Bytes that are sent at a time.
BLOCK = 1 << 20


def seconds(engine: Engine) -> tuple[int, float]:
    """Return how many rows of people there are, and how many seconds a plain COPY of them takes, with its commit."""
    rows, total = 0, 0.0
    connection: Any = engine.raw_connection()
    try:
        database = connection.driver_connection
        for table in TABLES:
            count, took = _copied(database, table)
            rows += count
            total += took
            connection.rollback()
    finally:
        connection.close()
    return rows, total


def _copied(database: Any, table: str) -> tuple[int, float]:
    """Return the number of rows of a table, and how many seconds a COPY of them takes."""
    with database.cursor() as cursor, tempfile.TemporaryFile() as rows:
        count = cursor.execute(f"select count(*) from {table}").fetchone()[0]
        with cursor.copy(f"copy (select * from {table} limit {SAMPLE}) to stdout") as copy:
            for block in copy:
                rows.write(block)
        rows.seek(0)
        cursor.execute(f"create table raw_copy (like {table})")
        database.commit()
        try:
            began = time.monotonic()
            copied = _send(cursor, rows)
            database.commit()
            took = time.monotonic() - began
        finally:
            database.rollback()
            cursor.execute("drop table raw_copy")
            database.commit()
        return count, took * count / max(copied, 1)


def _send(cursor: Any, rows: IO[bytes]) -> int:
    """Copy a file into the table; return how many rows it has."""
    with cursor.copy("copy raw_copy from stdin") as copy:
        while block := rows.read(BLOCK):
            copy.write(block)
    number: int = cursor.rowcount
    return number
