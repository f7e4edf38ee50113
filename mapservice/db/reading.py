"""Statements that only read, on psycopg directly.

Every open map asks one every few seconds, and every page for members begins with one. SQLAlchemy's session, connection
and result take several times as long as the statement itself.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine


def rows(engine: Engine, statement: str, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
    """Return the rows of a statement, which is a transaction of its own, on a connection of the pool.

    :raise psycopg.Error: if it fails; the connection is then thrown away.
    """
    pooled = engine.raw_connection()
    try:
        connection: Any = pooled.driver_connection
        connection.autocommit = True
        result: Sequence[Sequence[Any]] = connection.execute(statement, values).fetchall()
        connection.autocommit = False
    except BaseException:
        pooled.invalidate()
        raise
    pooled.close()
    return result
