"""Which wrapping keys there are, and the data keys of conversations that they encrypt."""

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.message_keys import MessageKeys
from mapservice.privacy import encryption
from mapservice.store.tables.messages import ConversationRow, MessageKeyRow
from mapservice.store.transactions.execution import DATABASE_ONLY
from mapservice.store.transactions.row_security import RowTask, doing


def current(session: Session, keys: MessageKeys) -> str:
    """Return the id of the key that encrypts, the newest one; the first is made now if there is none."""
    newest = select(MessageKeyRow.id).order_by(MessageKeyRow.made_at.desc(), MessageKeyRow.id).limit(1)
    key_id = session.scalar(newest)
    if key_id is not None:
        return key_id
    key_id = keys.first(session.scalars(select(func.current_date())).one())
    register(session, keys)
    return key_id


def register(session: Session, keys: MessageKeys) -> None:
    """Add the keys of this machine to the table that are not in it, as after a restore."""
    known = set(session.scalars(select(MessageKeyRow.id)))
    for key_id, day in keys.days().items():
        if key_id not in known:
            add(session, key_id, dt.datetime.combine(day, dt.time(), dt.UTC))


def add(session: Session, key_id: str, made_at: dt.datetime) -> None:
    """Add a key to the table; the newest encrypts from now on."""
    session.execute(insert(MessageKeyRow).values(id=key_id, made_at=made_at).on_conflict_do_nothing())


def missing(session: Session, keys: MessageKeys) -> list[str]:
    """Return the ids of keys that conversations need or that encrypt, and this machine does not have."""
    with doing(session, RowTask.CHANGE_KEYS):
        used = session.scalars(select(ConversationRow.key_id).distinct()).all()
    return sorted({*session.scalars(select(MessageKeyRow.id)), *used} - set(keys.days()))


def listed(session: Session) -> Sequence[MessageKeyRow]:
    """Return all keys, the newest first."""
    return session.scalars(select(MessageKeyRow).order_by(MessageKeyRow.made_at.desc(), MessageKeyRow.id)).all()


def conversations_by_key(session: Session) -> dict[str, int]:
    """Return how many conversations need each key."""
    counted = select(ConversationRow.key_id, func.count()).group_by(ConversationRow.key_id)
    with doing(session, RowTask.CHANGE_KEYS):
        return {row[0]: row[1] for row in session.execute(counted)}


def wrap(keys: MessageKeys, key_id: str, condition_id: int, conversation_id: uuid.UUID, data_key: bytes) -> bytes:
    """Return the data key of a conversation, encrypted by a wrapping key."""
    place = encryption.data_key_place(condition_id, conversation_id, key_id)
    return encryption.encrypt(keys.get(key_id), data_key, place)


def unwrap(keys: MessageKeys, row: ConversationRow) -> bytes:
    """Return the data key of a conversation.

    :raise MissingMessageKeyError: if this machine does not have the wrapping key.
    :raise UnreadableTextError: if the row was changed by others.
    """
    place = encryption.data_key_place(row.condition_id, row.id, row.key_id)
    return encryption.decrypt(keys.get(row.key_id), row.wrapped_key, place)


def rewrap(session: Session, keys: MessageKeys, key_id: str, *, limit: int) -> int:
    """Encrypt some data keys with the current key that an older one encrypts; return how many."""
    older = select(ConversationRow).where(ConversationRow.key_id != key_id).limit(limit)
    with doing(session, RowTask.CHANGE_KEYS):
        rows = session.scalars(older.with_for_update(skip_locked=True)).all()
        for row in rows:
            wrapped = wrap(keys, key_id, row.condition_id, row.id, unwrap(keys, row))
            mine = ConversationRow.condition_id == row.condition_id, ConversationRow.id == row.id
            values = {"wrapped_key": wrapped, "key_id": key_id}
            session.execute(update(ConversationRow).where(*mine).values(values), execution_options=DATABASE_ONLY)
    session.expunge_all()
    return len(rows)


def note_use(session: Session, key_id: str, today: dt.date) -> None:
    """Note since when no conversation needs each key but the current one, or that one does."""
    used = set(conversations_by_key(session)) | {key_id}
    for row in listed(session):
        if row.id in used:
            row.unused_since = None
        elif row.unused_since is None:
            row.unused_since = today


def forget(session: Session, before: dt.date) -> list[str]:
    """Delete the rows of keys that no conversation has needed since before a day; return their ids."""
    unused = delete(MessageKeyRow).where(MessageKeyRow.unused_since < before)
    return list(session.scalars(unused.returning(MessageKeyRow.id)))


def delete_unreadable(session: Session, keys: MessageKeys) -> int:
    """Delete the conversations whose wrapping key this machine does not have, and its row; return how many."""
    lost = missing(session, keys)
    rows = session.execute(
        select(ConversationRow.condition_id, ConversationRow.id).where(ConversationRow.key_id.in_(lost))
    ).all()
    for condition_id, conversation_id in rows:
        mine = ConversationRow.condition_id == condition_id, ConversationRow.id == conversation_id
        session.execute(delete(ConversationRow).where(*mine), execution_options=DATABASE_ONLY)
    session.execute(delete(MessageKeyRow).where(MessageKeyRow.id.in_(lost)), execution_options=DATABASE_ONLY)
    return len(rows)
