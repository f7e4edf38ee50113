"""Blocking from a card, without JavaScript, and the list of people whom one has blocked."""

import re
import uuid

import pytest
from sqlalchemy import select

from mapservice.geo.zones import Level
from mapservice.privacy.messages import ConversationState
from mapservice.privacy.visibility import Audience
from mapservice.store.community import memberships
from mapservice.store.tables import LoginSession, Membership
from mapservice.store.tables.blocks import Block
from mapservice.store.tables.messages import ConversationRow, ParticipantRow
from mapservice.web.blocks import pages
from mapservice.web.site.browser_session import token_hash
from testing.accounts import PASSWORD, fill_in, new_member, post, sign_in
from testing.locations import put

ALL = "/conditions/acute-lymphoblastic-leukaemia"


@pytest.fixture
def anna(session, condition, freiburg):
    member = new_member(session, "anna@example.org", pseudonym="Anna")
    put(session, member, condition, freiburg, level=Level.AREA, audience=Audience.MEMBERS)
    return member


@pytest.fixture
def as_anna(app, anna):
    client = app.test_client()
    sign_in(client, anna, is_fresh=False)
    return client


@pytest.fixture
def card(session, bob) -> str:
    """The address of Bob's card."""
    public_id = session.scalars(select(Membership.public_id).where(Membership.member_id == bob.id)).one()
    return f"{ALL}/people/{public_id}"


def test_somebody_is_blocked_from_their_card_and_unblocked_from_the_list(as_anna, as_bob, card, session, anna):
    page = as_anna.get(card)
    assert f'href="{card}/block"' in page.text
    asked = as_anna.get(f"{card}/block")
    assert "Block <bdi>Bob</bdi>?" in asked.text
    assert "second account" in asked.text
    assert not re.search(r'name="everywhere"[^>]* checked', asked.text)

    answer = fill_in(as_anna, f"{card}/block")
    assert (answer.status_code, answer.location) == (303, "/me/blocked")
    listed = as_anna.get("/me/blocked").text
    assert "You have blocked \u2068Bob\u2069." in listed
    assert "<bdi>Bob</bdi>" in listed
    assert as_anna.get(card).status_code == 404
    assert as_anna.get(f"{card}/block").location == "/me/blocked"

    [block] = session.scalars(select(Block.public_id)).all()
    assert post(as_anna, f"{ALL}/unblock", {"block": block}).status_code == 303
    assert as_anna.get(card).status_code == 200
    assert "You have not blocked anyone." in as_anna.get("/me/blocked").text


def test_somebody_is_blocked_from_a_list(as_anna, card, freiburg):
    assert f'href="{card}/block"' in as_anna.get(f"{ALL}/map?in={freiburg}").text


def test_pressing_twice_blocks_once(as_anna, card, session):
    for _ in range(2):
        assert post(as_anna, f"{card}/block").status_code == 303

    assert len(session.scalars(select(Block)).all()) == 1


def test_somebody_who_is_blocked_can_be_blocked_on_all_maps_later(as_anna, card, session):
    post(as_anna, f"{card}/block")
    post(as_anna, f"{card}/block", {"everywhere": "yes"})

    assert session.scalars(select(Block.everywhere)).all() == [True]
    assert "any of your maps" in as_anna.get("/me/blocked").text


def test_never_asks_for_a_password_to_block_but_to_unblock_later(as_anna, card, session, monkeypatch):
    assert post(as_anna, f"{card}/block").status_code == 303
    [block] = session.scalars(select(Block.public_id)).all()
    monkeypatch.setattr(pages, "UNDO_MINUTES", 0)

    asked = post(as_anna, f"{ALL}/unblock", {"block": block})

    assert asked.status_code == 403
    assert 'type="password"' in asked.text
    assert session.scalars(select(Block)).all() != []
    assert "We may ask for your password first." in as_anna.get("/me/blocked").text


@pytest.mark.parametrize("hide", [True, False])
def test_never_tells_a_person_who_is_hidden_from_one_who_does_not_exist(
    as_anna, anna, card, bob, session, condition, hide
):
    if hide:
        memberships.get(session, bob, condition).audience = "nobody"
        session.commit()
    address = card if hide else f"{ALL}/people/nobody"

    assert as_anna.get(f"{address}/block").status_code == 404
    assert post(as_anna, f"{address}/block").status_code == 404


def test_nobody_blocks_themselves(as_bob, card):
    assert as_bob.get(f"{card}/block").status_code == 404
    assert post(as_bob, f"{card}/block").status_code == 404
    assert "/block" not in as_bob.get(card).text


def test_nobody_ends_the_block_of_somebody_else(as_anna, as_bob, card, session):
    post(as_anna, f"{card}/block")
    [block] = session.scalars(select(Block.public_id)).all()

    assert post(as_bob, f"{ALL}/unblock", {"block": block}).status_code == 303

    assert len(session.scalars(select(Block)).all()) == 1


def test_never_tells_a_later_name_of_somebody_who_is_blocked(as_anna, card, bob, session):
    post(as_anna, f"{card}/block")
    bob.pseudonym = "Robert"
    session.commit()

    listed = as_anna.get("/me/blocked").text
    assert "Robert" not in listed
    assert "Bob" in listed


def test_a_login_forgets_the_blocks_that_it_can_no_longer_undo(app, as_anna, card, session, monkeypatch):
    post(as_anna, f"{card}/block")
    [block] = session.scalars(select(Block.public_id)).all()
    post(as_anna, f"{ALL}/unblock", {"block": block})

    cookie = as_anna.get_cookie("__Host-mapservice")
    data = session.get_one(LoginSession, token_hash(cookie.value)).data
    assert not any(key.startswith("blocked/") for key in data)
    assert PASSWORD not in str(data)


def write(session, condition, starter, other, state=ConversationState.ACCEPTED):
    """A conversation, without a message; its id."""
    row = ConversationRow(
        condition_id=condition.id, id=uuid.uuid4(), member_id=starter.id, state=state, wrapped_key=b"", key_id="0" * 16
    )
    session.add(row)
    session.flush()
    for member in (starter, other):
        joined = memberships.find(session, member, condition) is not None
        key = {"condition_id": condition.id, "conversation_id": row.id, "member_id": member.id}
        session.add(ParticipantRow(**key, has_joined=joined))
    session.commit()
    return row.id


def test_somebody_who_wrote_and_hid_can_be_blocked(as_anna, anna, bob, card, condition, session):
    write(session, condition, bob, anna)
    memberships.get(session, bob, condition).audience = "nobody"
    session.commit()
    assert as_anna.get(card).status_code == 404

    assert "Block <bdi>Bob</bdi>?" in as_anna.get(f"{card}/block").text
    assert post(as_anna, f"{card}/block").status_code == 303

    assert session.scalars(select(Block.blocked_id)).all() == [bob.id]


def test_never_tells_by_a_message_that_was_sent_whether_the_other_is_still_there(
    as_anna, anna, bob, card, condition, session
):
    key = write(session, condition, anna, bob, ConversationState.SENT)
    memberships.get(session, bob, condition).audience = "nobody"
    session.commit()

    assert as_anna.get(f"{card}/block").status_code == 404
    assert as_anna.get(f"{ALL}/messages/{key}/block").location == "/me/blocked"
    post(as_anna, f"{ALL}/messages/{key}/block")
    assert session.scalars(select(Block)).all() == []


def test_somebody_who_wrote_without_having_joined_can_be_blocked(as_anna, anna, condition, session):
    writer = new_member(session, "writer@example.org", pseudonym="Writer")
    address = f"{ALL}/messages/{write(session, condition, writer, anna, ConversationState.SENT)}/block"
    assert "Block <bdi>Writer</bdi>?" in as_anna.get(address).text

    for _ in range(2):
        assert post(as_anna, address).status_code == 303

    assert session.scalars(select(Block.blocked_id)).all() == [writer.id]
    assert as_anna.get(address).location == "/me/blocked"
    assert memberships.viewer(session, writer, condition).apart == {anna.id}


def test_a_conversation_leads_to_blocking_the_other(as_anna, anna, bob, condition, session):
    address = f"{ALL}/messages/{write(session, condition, bob, anna, ConversationState.SENT)}"

    assert f'href="{address}/block"' in as_anna.get(address).text
