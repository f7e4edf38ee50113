"""The keys that encrypt conversations change every month, and are destroyed when no backup needs them."""

import datetime as dt
from functools import partial

import pytest
from sqlalchemy import select, text, update

from mapservice import db
from mapservice.actions.change_message_keys import MAX_AGE, change_message_keys
from mapservice.errors import MissingMessageKeyError, SetupError
from mapservice.hosting import startup_checks
from mapservice.message_keys import MessageKeys
from mapservice.store.messages import conversations, erasure, reading, wrapping_keys, writing
from mapservice.store.tables.messages import ConversationRow, MessageRow
from mapservice.withdrawal_log import RETENTION

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
TEXT = "Would you like to talk about work?"


@pytest.fixture
def keys(config):
    return MessageKeys.of(config)


@pytest.fixture
def change(connection, session, keys):
    """Do what the worker does, some days from now."""

    def run(days, **more):
        session.commit()
        return change_message_keys(partial(db.transaction, connection), keys, NOW + days * DAY, **more)

    return run


@pytest.fixture
def row(session, keys, change, condition, bob, carol):
    """A conversation in which Carol wrote to Bob."""
    change(0)
    session.execute(text("update message_key set made_at = :now"), {"now": NOW})
    row = writing.begin(session, keys, condition, carol, bob.id, has_joined=True)
    writing.send_first(session, keys, row, carol, TEXT)
    session.commit()
    return row


def read(session, keys, row, member):
    """What a member reads of a conversation, as a process that was just started."""
    session.expire_all()
    [conversation] = conversations.list_for_member(session, member)
    return [message.text for message in reading.messages(session, keys, conversation, member, before=99, limit=9)]


def test_a_key_is_replaced_after_a_month_and_conversations_live_on(session, keys, change, row, bob):
    old = row.key_id
    assert not change(MAX_AGE.days - 1).is_new

    done = change(MAX_AGE.days)

    session.expire_all()
    assert (done.is_new, done.conversations, done.destroyed) == (True, 1, 0)
    assert row.key_id != old
    assert read(session, MessageKeys(keys.folder), row, bob) == [TEXT]


def test_an_old_key_is_destroyed_after_the_last_backup_that_needs_it(session, keys, change, row, bob):
    old = row.key_id
    change(MAX_AGE.days)

    assert change(MAX_AGE.days + RETENTION.days).destroyed == 0
    assert old in keys.days()
    done = change(MAX_AGE.days + RETENTION.days + 1)

    assert done.destroyed == 1
    assert old not in keys.days()
    assert read(session, MessageKeys(keys.folder), row, bob) == [TEXT]


def test_never_keeps_a_key_for_a_deleted_conversation_longer_than_a_month_and_35_days(session, keys, change, row):
    """The worst case: the conversation is deleted just after its key was made."""
    wrapped, old, condition_id, conversation_id = row.wrapped_key, row.key_id, row.condition_id, row.id
    kept = session.scalars(select(MessageRow.encrypted)).one()
    assert kept
    erasure.erase(session, condition_id, conversation_id)
    session.commit()

    for days in range(MAX_AGE.days + RETENTION.days + 2):
        change(days)

    # What an old dump holds of it, with the keys of today.
    dumped = ConversationRow(condition_id=condition_id, id=conversation_id, wrapped_key=wrapped, key_id=old)
    with pytest.raises(MissingMessageKeyError):
        wrapping_keys.unwrap(MessageKeys(keys.folder), dumped)


def test_never_destroys_a_key_that_a_conversation_still_needs(session, keys, change, row, bob):
    """As when another machine used the old key a moment after it was replaced."""
    old = row.key_id
    kept = row.wrapped_key
    change(MAX_AGE.days)
    session.execute(update(ConversationRow).values(key_id=old, wrapped_key=kept))

    change(MAX_AGE.days + RETENTION.days + 1)

    assert read(session, MessageKeys(keys.folder), row, bob) == [TEXT]
    assert old in keys.days()


def test_a_key_can_be_changed_at_once(session, keys, change, row):
    old = row.key_id

    assert change(1, is_asked=True).conversations == 1

    session.expire_all()
    assert row.key_id != old


def test_a_machine_without_a_key_is_refused_in_words(session, config, keys, row):
    startup_checks.check_message_keys(config, session)
    next(keys.folder.iterdir()).unlink()

    with pytest.raises(SetupError, match="all machines of a service use one folder"):
        startup_checks.check_message_keys(config, session)


def test_nothing_is_changed_while_a_key_is_missing(session, keys, change, row):
    next(keys.folder.iterdir()).unlink()

    done = change(1, is_asked=True)

    assert done.conversations == done.destroyed == 0


def test_never_reads_a_message_that_was_moved_to_another_conversation(session, keys, row, condition, carol, bob, dan):
    other = writing.begin(session, keys, condition, dan, bob.id, has_joined=False)
    writing.send_first(session, keys, other, dan, "Buy this cure, it helps everyone.")
    moved = session.get_one(MessageRow, (condition.id, other.id, 1))
    moved.encrypted = session.get_one(MessageRow, (condition.id, row.id, 1)).encrypted
    session.flush()

    texts = {
        conversation.id: [one.text for one in reading.messages(session, keys, conversation, bob, before=99, limit=9)]
        for conversation in conversations.list_for_member(session, bob)
    }

    assert texts == {row.id: [TEXT], other.id: [None]}
