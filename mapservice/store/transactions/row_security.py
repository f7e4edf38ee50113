"""For whom a transaction uses the tables of conversations. PostgreSQL holds it by the policies of ``store/messages``.

A setting of the transaction names a member, or a task of the service. Without one there are no rows for the pages and
the worker. The owner of the tables, who runs the commands, has all of them.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.orm import Session

#: The settings of a transaction that the policies read.
MEMBER, TASK = "mapservice.member", "mapservice.task"

_GET = text("select coalesce(current_setting(:name, true), '')")
_SET = text("select set_config(:name, :value, true)")


class RowTask(StrEnum):
    """What the service does with the conversations of everybody; none of it reads a message."""

    CHANGE_KEYS = "change_keys"
    DELETE_EXPIRED = "delete_expired"


@contextmanager
def acting_for(session: Session, member_id: uuid.UUID) -> Iterator[None]:
    """Use the rows of a member in the block, as the pages do when this member has signed in."""
    with _setting(session, MEMBER, str(member_id)):
        yield


@contextmanager
def doing(session: Session, task: RowTask) -> Iterator[None]:
    """Use the rows that a task of the service needs in the block."""
    with _setting(session, TASK, task.value):
        yield


@contextmanager
def _setting(session: Session, name: str, value: str) -> Iterator[None]:
    before = session.scalar(_GET, {"name": name})
    session.execute(_SET, {"name": name, "value": value})
    yield
    # After an error the transaction is rolled back, and the setting with it.
    session.flush()
    session.execute(_SET, {"name": name, "value": before})
