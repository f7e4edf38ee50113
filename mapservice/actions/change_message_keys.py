"""Change the wrapping keys of conversations every month, and destroy those that no backup needs any longer."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import structlog
from sqlalchemy.orm import Session

from mapservice import logs
from mapservice.message_keys import MessageKeys
from mapservice.store.messages import wrapping_keys
from mapservice.store.transactions import advisory_locks
from mapservice.store.transactions.advisory_locks import AdvisoryLock
from mapservice.withdrawal_log import RETENTION

log = structlog.get_logger()
logs.declare("message_key_missing")

#: How long a key encrypts the data keys of conversations.
MAX_AGE = dt.timedelta(days=30)

#: Opens a session whose transaction is committed at the end.
Transaction = Callable[[], AbstractContextManager[Session]]

# Conversations of one transaction.
_AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class KeyChange:
    """What was done: whether there is a new key, how many conversations it encrypts now, how many keys are gone."""

    is_new: bool
    conversations: int
    destroyed: int


def change_message_keys(
    transaction: Transaction, keys: MessageKeys, now: dt.datetime, *, is_asked: bool = False
) -> KeyChange:
    """Make a new key if the current one is a month old or ``is_asked``, and let all conversations use it.

    A key that no conversation needs is destroyed once the last backup with such a conversation has expired. Running it
    again, or twice at the same moment, goes on where it was.
    """
    is_new = _make(transaction, keys, now, is_asked=is_asked)
    # A key that is needed again until now stands in backups of until now.
    _note_use(transaction, keys, now)
    conversations = 0
    while rewrapped := _rewrap(transaction, keys):
        conversations += rewrapped
    return KeyChange(is_new, conversations, _destroy(transaction, keys, now))


def _make(transaction: Transaction, keys: MessageKeys, now: dt.datetime, *, is_asked: bool) -> bool:
    with transaction() as session:
        if not advisory_locks.try_lock_transaction(session, AdvisoryLock.MESSAGE_KEYS):
            return False
        wrapping_keys.current(session, keys)
        wrapping_keys.register(session, keys)
        newest = wrapping_keys.listed(session)[0]
        if not is_asked and now - newest.made_at < MAX_AGE:
            return False
        wrapping_keys.add(session, keys.add(now.date()), now)
        return True


def _rewrap(transaction: Transaction, keys: MessageKeys) -> int:
    with transaction() as session:
        if wrapping_keys.missing(session, keys):
            log.error("message_key_missing")
            return 0
        return wrapping_keys.rewrap(session, keys, wrapping_keys.current(session, keys), limit=_AT_A_TIME)


def _note_use(transaction: Transaction, keys: MessageKeys, now: dt.datetime) -> None:
    with transaction() as session:
        if advisory_locks.try_lock_transaction(session, AdvisoryLock.MESSAGE_KEYS):
            wrapping_keys.note_use(session, wrapping_keys.current(session, keys), now.date())


def _destroy(transaction: Transaction, keys: MessageKeys, now: dt.datetime) -> int:
    """Destroy the keys that no backup needs. Their rows go first: a key without a row is registered again."""
    with transaction() as session:
        if not advisory_locks.try_lock_transaction(session, AdvisoryLock.MESSAGE_KEYS):
            return 0
        wrapping_keys.note_use(session, wrapping_keys.current(session, keys), now.date())
        gone = wrapping_keys.forget(session, now.date() - RETENTION)
    for key_id in gone:
        keys.destroy(key_id)
    return len(gone)
