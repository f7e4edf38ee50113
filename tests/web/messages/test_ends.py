"""How a conversation ends: for both, with all that was written, and without saying why."""

import pytest
from sqlalchemy import delete, func, select

from mapservice.store.blocks import blocks
from mapservice.store.catalogue import offer
from mapservice.store.tables import Member, Membership
from mapservice.store.tables.messages import MessageRow
from testing.accounts import post
from tests.web.messages.carol_and_bob import (
    ALL,
    TEXT,
    accepted,
    as_carol,
    count_in_navigation,
    id_of,
    masked,
    reply,
    write,
    written,
)

__all__ = ["accepted", "as_carol", "written"]


def declined(session, as_bob, bob, carol, written):
    post(as_bob, f"{written}/decline")


def deleted_by_receiver(session, as_bob, bob, carol, written):
    post(as_bob, f"{written}/delete", {"sure": "yes"})


def blocked(session, as_bob, bob, carol, written):
    theirs = session.scalars(select(Membership).where(Membership.member_id == carol.id)).one()
    blocks.block(session, bob, theirs, name="Carol")
    session.commit()


def gone(session, as_bob, bob, carol, written):
    assert post(as_bob, "/account/delete", {"sure": "yes"}).status_code == 303


def left(session, as_bob, bob, carol, written):
    assert post(as_bob, f"{ALL}/leave", {"sure": "yes"}).status_code == 303


def hidden(session, as_bob, bob, carol, written):
    post(as_bob, f"{ALL}/hide")


ENDS = [declined, deleted_by_receiver, blocked, gone, left, hidden]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_never_tells_the_writer_what_became_of_a_first_message(session, as_bob, as_carol, bob, carol, written, end):
    """Declined, blocked and gone are the same bytes as not answered, on each page of messages."""
    pages = [written, "/messages", f"{written}/delete"]
    before = [masked(as_carol.get(page).text) for page in pages]

    end(session, as_bob, bob, carol, written)
    session.expire_all()

    assert [masked(as_carol.get(page).text) for page in pages] == before


@pytest.mark.parametrize("end", [blocked, gone, left], ids=lambda end: end.__name__)
def test_a_conversation_ends_for_both_with_everything_written(session, as_bob, as_carol, bob, carol, accepted, end):
    end(session, as_bob, bob, carol, accepted)
    session.expire_all()

    assert as_carol.get(accepted).status_code == 404
    assert "You have no messages yet" in as_carol.get("/messages").text
    assert reply(as_carol, accepted, "Hello?").status_code == 404
    if end is not blocked:
        assert session.scalar(select(func.count()).select_from(MessageRow)) == 0


def test_never_differs_between_a_block_and_a_deleted_account(app, session, as_bob, as_carol, bob, carol, accepted):
    """The bytes of every page of messages."""
    pages = [accepted, "/messages", f"{accepted}/delete", f"{ALL}/people/{id_of(session, bob)}/write"]
    blocked(session, as_bob, bob, carol, accepted)
    with_block = [(answer.status_code, masked(answer.text)) for answer in map(as_carol.get, pages)]

    gone(session, as_bob, bob, carol, accepted)
    session.expire_all()

    assert [(answer.status_code, masked(answer.text)) for answer in map(as_carol.get, pages)] == with_block


def test_hiding_everywhere_does_not_end_a_conversation(session, as_bob, as_carol, accepted):
    post(as_bob, "/me/hide-everywhere")
    session.expire_all()

    assert reply(as_carol, accepted, "Are you still there?").status_code == 303
    assert "Are you still there?" in as_bob.get(accepted).text


def test_a_conversation_of_a_hidden_condition_can_be_read_and_ended(session, as_bob, as_carol, bob, accepted):
    offer.hide(session, ALL.rpartition("/")[2])
    session.commit()

    assert as_bob.get(accepted).status_code == as_carol.get(accepted).status_code == 200
    assert write(as_carol, id_of(session, bob)).status_code == 404
    assert post(as_bob, f"{accepted}/delete").status_code in {200, 303}


def test_declining_can_be_undone(as_bob, as_carol, written):
    post(as_bob, f"{written}/decline")
    assert TEXT not in as_bob.get(written).text
    assert "You have no messages yet" in as_bob.get("/messages").text

    post(as_bob, f"{written}/undo")

    assert TEXT in as_bob.get(written).text


def test_deleting_a_conversation_deletes_it_for_both(session, as_bob, as_carol, accepted):
    assert "Delete" in as_bob.get(f"{accepted}/delete").text
    assert post(as_bob, f"{accepted}/delete").status_code == 200
    assert as_carol.get(accepted).status_code == 200

    assert post(as_bob, f"{accepted}/delete", {"sure": "yes"}).status_code == 303

    assert as_carol.get(accepted).status_code == 404
    assert session.scalar(select(func.count()).select_from(MessageRow)) == 0


def test_a_conversation_whose_other_member_was_deleted_in_the_database_is_gone(session, as_carol, bob, accepted):
    session.execute(delete(Member).where(Member.id == bob.id))
    session.commit()

    assert as_carol.get(accepted).status_code == 404
    assert count_in_navigation(as_carol) == 0
