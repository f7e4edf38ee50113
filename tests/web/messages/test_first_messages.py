"""A first message: to whom it may be written, how often, and what it may say."""

import uuid

import pytest
from sqlalchemy import func, select, update

from mapservice.privacy.visibility import Audience
from mapservice.store.messages import conversations, message_settings
from mapservice.store.tables import Member, Membership
from mapservice.store.tables.messages import ConversationRow, MessageRow
from testing.accounts import new_member, post, sign_in
from tests.web.messages.carol_and_bob import ALL, TEXT, accepted, as_carol, id_of, reply, write, written

__all__ = ["accepted", "as_carol", "written"]


def test_never_shows_who_a_first_message_went_to(session, as_carol, carol, written):
    [sent] = conversations.list_for_member(session, carol)
    assert (sent.name, sent.public_id) == ("", "")
    page = as_carol.get(written).text

    assert TEXT in page
    assert "Bob" not in page
    assert "Bob" not in as_carol.get("/messages").text


def test_nobody_writes_again_before_an_answer(as_carol, as_bob, written, session, bob):
    again = write(as_carol, id_of(session, bob), "Hello again, did you get my message?")

    assert again.location == written
    assert reply(as_carol, written, "Hello again?").status_code == 404
    assert session.scalar(select(func.count()).select_from(MessageRow)) == 1


def test_the_answer_to_a_first_message_is_not_another_first_message(session, as_bob, carol, written):
    assert as_bob.get(f"{ALL}/people/{id_of(session, carol)}/write").location == written


def test_contact_details_are_hidden_in_a_first_message_and_the_writer_is_told_why(session, as_bob, as_carol, bob):
    text = "I know a doctor who cures everything, write to cure@example.org or see www.cure.example now"
    written = write(as_carol, id_of(session, bob), text).location

    told = as_carol.get(written).text
    assert "because people who sell false cures could collect them" in told
    for page in (told, as_bob.get(written).text):
        assert "[hidden]" in page
        assert "cure@example.org" not in page
        assert "www.cure.example" not in page


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Hello", "Write at least 20 characters"),
        ("x" * 601, "1 character too long"),
        ("mail@example.org www.example.org", "We hide contact details in first messages"),
    ],
)  # fmt: skip
def test_what_was_typed_is_kept_when_something_is_wrong_with_it(session, as_carol, bob, text, why):
    answer = write(as_carol, id_of(session, bob), text)

    assert answer.status_code == 422
    assert why in answer.text
    assert text in answer.text
    assert session.scalar(select(func.count()).select_from(ConversationRow)) == 0


def test_what_was_typed_is_kept_when_the_person_hides_meanwhile(session, as_bob, as_carol, bob):
    public_id = id_of(session, bob)
    post(as_bob, f"{ALL}/hide")

    answer = write(as_carol, public_id)

    assert answer.status_code == 404
    assert TEXT in answer.text


def test_somebody_who_takes_no_messages_gets_none(session, as_carol, bob, condition):
    mine = session.scalars(select(Membership).where(Membership.member_id == bob.id)).one()
    message_settings.choose(session, mine, Audience.NOBODY, mine.joined)
    session.commit()

    assert "does not take messages from you" in as_carol.get(f"{ALL}/people/{id_of(session, bob)}/write").text
    answer = write(as_carol, id_of(session, bob))
    assert answer.status_code == 422
    assert TEXT in answer.text
    assert session.scalar(select(func.count()).select_from(ConversationRow)) == 0


def test_a_member_chooses_who_may_write(session, app, as_carol, as_neighbour, carol, dan):
    """Carol shows herself to all members; at first only members of her community write to her."""
    as_dan = app.test_client()
    sign_in(as_dan, dan)
    public_id = id_of(session, carol)
    assert "does not take messages" in as_dan.get(f"{ALL}/people/{public_id}/write").text

    assert post(as_carol, f"{ALL}/who-can-write", {"writers": "members"}).status_code == 303

    written = write(as_dan, public_id).location
    assert "<bdi>Dan</bdi> wants to write to you" in as_carol.get(written).text


def test_nobody_writes_to_a_member_under_18_who_can_write_to_others(session, as_bob, as_carol, bob, carol):
    session.execute(update(Member).where(Member.id == bob.id).values(minor_until="2099-01-01"))
    session.commit()

    assert "does not take messages" in as_carol.get(f"{ALL}/people/{id_of(session, bob)}/write").text
    assert "under 18" in as_bob.get(f"{ALL}/who-can-write").text
    assert write(as_bob, id_of(session, carol)).status_code == 303


def test_a_member_writes_to_so_many_new_people_a_day_and_answers_without_a_limit(
    session, app, as_carol, as_bob, condition, freiburg, accepted
):
    from mapservice.geo.zones import Level
    from testing.locations import put

    statuses = []
    for number in range(3):
        other = new_member(session, f"new{number}@example.org")
        put(session, other, condition, freiburg, level=Level.AREA, audience=Audience.CONDITION)
        session.commit()
        statuses.append(write(as_carol, id_of(session, other)))

    assert [answer.status_code for answer in statuses] == [303, 303, 429]
    assert TEXT in statuses[-1].text
    assert "as many new people as you can" in statuses[-1].text
    for _ in range(5):
        assert reply(as_carol, accepted, "Replies are never limited.").status_code == 303


def test_a_first_message_sent_twice_is_one(session, as_carol, bob):
    operation = str(uuid.uuid4())
    places = {write(as_carol, id_of(session, bob), operation=operation).location for _ in range(2)}

    assert len(places) == 1
    assert session.scalar(select(func.count()).select_from(MessageRow)) == 1


def test_the_draft_of_a_first_message_is_nobodys_but_the_writers(session, as_carol, as_bob, bob):
    address = f"{ALL}/people/{id_of(session, bob)}/write"
    post(as_carol, f"{address}/draft", {"text": "Dear Bob"})

    assert "Dear Bob" in as_carol.get(address).text
    assert "Dear Bob" in as_carol.get("/messages").text
    assert "You have no messages yet" in as_bob.get("/messages").text
    assert write(as_carol, id_of(session, bob)).status_code == 303
    assert session.scalar(select(func.count()).select_from(ConversationRow)) == 1
