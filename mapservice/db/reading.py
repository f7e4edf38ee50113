"""One statement that only reads, on psycopg directly.

Every open map asks one statement every few seconds, and every page for members begins with one. SQLAlchemy's session,
connection and result take several times as long as the statement itself.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine


def first_row(engine: Engine, statement: str, values: Mapping[str, Any]) -> Sequence[Any] | None:
    """Return the first row of a statement, which is a transaction of its own, on a connection of the pool.

    :raise psycopg.Error: if it fails; the connection is then thrown away.
    """
    pooled = engine.raw_connection()
    try:
        connection: Any = pooled.driver_connection
        connection.autocommit = True
        row: Sequence[Any] | None = connection.execute(statement, values).fetchone()
        connection.autocommit = False
    except BaseException:
        pooled.invalidate()
        raise
    pooled.close()
    return row
