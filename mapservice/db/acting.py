"""Names the signed-in member in each transaction of a request, for row-level security.

The policies of the tables of conversations read the setting (``store/transactions/row_security.py``). It is sent in the
message that begins the transaction, so that it costs no round trip, and ends with it, as pgbouncer needs it.
"""

import uuid
from typing import Any

from flask import g
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session, SessionTransaction

from mapservice.db import stall
from mapservice.store.transactions.row_security import MEMBER

# The key of ``Session.info`` that is there while the session has a transaction in the database.
_HAS_BEGUN = "has_begun"


def init_engine(engine: Engine) -> None:
    """Let no connection keep the name of a member when it goes back into the pool."""
    event.listen(engine, "checkin", _forget)


def init_session(session: Session) -> None:
    """Name the member of this request in each transaction of a session."""
    event.listen(session, "after_begin", _begin)
    event.listen(session, "after_transaction_end", _end)


def act_for(member_id: uuid.UUID | None) -> None:
    """Name the member of this request, once it is known who has signed in; None: nobody."""
    if g.get("acting_for") == member_id:
        return
    g.acting_for = member_id
    session: Session | None = g.get("session")
    if session is not None and _HAS_BEGUN in session.info:
        _send(session.connection())


def _begin(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    if _HAS_BEGUN in session.info:
        return  # a savepoint
    session.info[_HAS_BEGUN] = True
    raw: Any = connection.connection.driver_connection
    if raw.autocommit:
        return  # single statements of pages that read no conversations
    if isinstance(raw, stall.Connection) and raw.begins_transaction:
        raw.settings = _settings()
    else:
        _send(connection)


def _end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_HAS_BEGUN, None)


def _settings() -> dict[str, uuid.UUID]:
    member_id = g.get("acting_for")
    return {} if member_id is None else {MEMBER: member_id}


def _send(connection: Connection) -> None:
    """Name the member in a transaction that has begun."""
    raw: Any = connection.connection.driver_connection
    member_id = g.get("acting_for")
    raw.execute("select set_config(%s, %s, true)", [MEMBER, "" if member_id is None else str(member_id)])


def _forget(connection: Any, _record: object) -> None:
    if connection is not None:
        connection.settings = {}
