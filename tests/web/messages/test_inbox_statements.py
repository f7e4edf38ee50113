"""The inbox asks the database as often for many conversations as for few."""

import pytest

from mapservice.message_keys import MessageKeys
from mapservice.store.messages import conversations, writing
from testing.accounts import new_member
from tests.statements import statements


@pytest.fixture
def talk(session, config, condition, bob):
    """Let somebody have a conversation with Bob, in which he has typed something."""

    def begin(name):
        keys, other = MessageKeys.of(config), new_member(session, f"{name}@example.org", pseudonym=name)
        row = writing.begin(session, keys, condition, other, bob.id, has_joined=False)
        writing.send_first(session, keys, row, other, f"Good morning from {name}.")
        writing.accept(session, conversations.get(session, bob, condition, row.id), bob)
        writing.save_draft(session, keys, row, bob, f"To {name}")
        session.commit()

    return begin


def test_more_conversations_in_the_inbox_are_no_more_statements(connection, as_bob, talk):
    def inbox():
        as_bob.get("/messages")
        with statements(connection) as seen:
            page = as_bob.get("/messages").text
        return len(seen), page

    talk("Ana")
    one, page = inbox()
    for name in ("Ben", "Cem", "Dua"):
        talk(name)
    several, page = inbox()

    assert several == one
    assert all(f"To {name}" in page for name in ("Ana", "Ben", "Cem", "Dua"))
