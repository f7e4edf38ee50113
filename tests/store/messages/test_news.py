"""Of a message its reader is told by e-mail while it waits for them, and only then."""

import pytest
from sqlalchemy import select

from mapservice.message_keys import MessageKeys
from mapservice.store.across.subjects import NEWS
from mapservice.store.blocks import blocks
from mapservice.store.community import memberships
from mapservice.store.messages import conversations, erasure, writing
from mapservice.store.tables.notifications import PendingNotification


@pytest.fixture
def message(session, config, condition, alice, bob):
    """A first message of Alice to Bob."""
    keys = MessageKeys.of(config)
    for member in (alice, bob):
        memberships.join(session, member, condition, "person", pseudonym=None, for_minor=False)
    row = writing.begin(session, keys, condition, alice, bob.id, has_joined=True)
    writing.send_first(session, keys, row, alice, "Hello, I have just been diagnosed.")
    session.commit()
    return row


def waits(session, member) -> bool:
    """Whether a member would be told of it."""
    return NEWS[writing.NEWS](session, member)


def test_the_reader_is_told_and_the_writer_is_not(session, alice, bob, message):
    assert session.scalars(select(PendingNotification.member_id)).all() == [bob.id]
    assert waits(session, bob)
    assert not waits(session, alice)


def test_never_tells_of_a_message_that_was_read(session, condition, bob, message):
    writing.accept(session, conversations.get(session, bob, condition, message.id), bob)

    assert not waits(session, bob)


def test_never_tells_of_a_message_that_was_declined(session, condition, bob, message):
    writing.decline(session, conversations.get(session, bob, condition, message.id), bob)

    assert not waits(session, bob)


def test_never_tells_of_a_message_from_somebody_blocked(session, alice, bob, condition, message):
    blocks.block(session, bob, memberships.get(session, alice, condition), name="Alice")

    assert not waits(session, bob)


def test_never_tells_of_a_message_that_was_deleted(session, bob, message):
    erasure.erase(session, message.condition_id, message.id)

    assert not waits(session, bob)
