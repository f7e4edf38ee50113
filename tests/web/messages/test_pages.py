"""Two people write to each other: a first message, an answer, and a conversation that both wanted."""

import re
import uuid

import pytest
from sqlalchemy import delete, func, select, update

from mapservice.message_keys import MessageKeys
from mapservice.privacy.visibility import Audience
from mapservice.store.blocks import blocks
from mapservice.store.catalogue import offer
from mapservice.store.messages import conversations, message_settings
from mapservice.store.tables import Member, Membership
from mapservice.store.tables.messages import ConversationRow, DraftRow, MessageRow
from testing.accounts import new_member, post, sign_in

ALL = "/conditions/acute-lymphoblastic-leukaemia"
TEXT = "Would you like to talk about work one day?"


@pytest.fixture
def as_carol(app, carol):
    client = app.test_client()
    sign_in(client, carol)
    return client


def id_of(session, member):
    return session.scalars(select(Membership.public_id).where(Membership.member_id == member.id)).one()


def write(client, public_id, text=TEXT, **more):
    form = {"text": text, "operation": str(uuid.uuid4())} | more
    return post(client, f"{ALL}/people/{public_id}/write", form)


@pytest.fixture
def written(session, as_carol, bob):
    """The address of the conversation in which Carol wrote to Bob."""
    answer = write(as_carol, id_of(session, bob))
    assert answer.status_code == 303
    return answer.location


@pytest.fixture
def accepted(as_bob, written):
    assert post(as_bob, f"{written}/accept").status_code == 303
    return written


def reply(client, address, text):
    return post(client, f"{address}/reply", {"text": text, "operation": str(uuid.uuid4())})


def masked(page):
    """A page without what differs each time that it is rendered."""
    return re.sub(r'(csrf_token"?[^>]*value|nonce|name="operation" value)="[^"]*"', "", page)


def test_two_people_find_each_other_and_write(session, as_bob, as_carol, bob, carol, written):
    assert "Carol" in as_bob.get("/messages").text
    request = as_bob.get(written).text
    assert TEXT in request
    assert "<bdi>Carol</bdi> wants to write to you" in request

    post(as_bob, f"{written}/accept")
    reply(as_bob, written, "Yes, gladly.\n\nWhat do you do?")
    reply(as_carol, written, "I paint. Call me: +44 20 7946 0123")

    for client in (as_bob, as_carol):
        page = client.get(written).text
        assert "Yes, gladly." in page
        assert "+44 20 7946 0123" in page  # both wanted it: nothing is hidden any longer
    assert "Bob" in as_carol.get(written).text


def test_never_shows_who_a_first_message_went_to(session, as_carol, carol, written):
    [sent] = conversations.list_for_member(session, carol)
    assert (sent.name, sent.public_id) == ("", "")
    page = as_carol.get(written).text

    assert TEXT in page
    assert "Bob" not in page
    assert "Bob" not in as_carol.get("/messages").text


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


def test_only_the_two_can_open_a_conversation(session, app, as_neighbour, as_bob, accepted, dan):
    as_dan = app.test_client()
    sign_in(as_dan, dan)

    for client in (as_neighbour, as_dan):
        assert client.get(accepted).status_code == 404
        assert reply(client, accepted, "Let me in.").status_code == 404
        for act in ("accept", "decline", "undo", "delete"):
            assert post(client, f"{accepted}/{act}", {"sure": "yes"} if act == "delete" else {}).status_code == 404
    assert as_bob.get(accepted.replace("acute-lymphoblastic-leukaemia", "marfan-syndrome")).status_code == 404


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


def test_a_form_sent_twice_sends_one_message(session, as_carol, as_bob, bob, accepted):
    operation = str(uuid.uuid4())
    for _ in range(2):
        assert post(as_bob, f"{accepted}/reply", {"text": "Once.", "operation": operation}).status_code == 303

    assert as_carol.get(accepted).text.count("Once.") == 1


def test_a_first_message_sent_twice_is_one(session, as_carol, bob):
    operation = str(uuid.uuid4())
    places = {write(as_carol, id_of(session, bob), operation=operation).location for _ in range(2)}

    assert len(places) == 1
    assert session.scalar(select(func.count()).select_from(MessageRow)) == 1


def test_drafts_are_kept_until_they_are_sent(session, as_carol, as_bob, bob, accepted):
    post(as_carol, f"{accepted}/draft", {"text": "I wanted to say"})

    assert "I wanted to say" in as_carol.get(accepted).text
    assert "I wanted to say" in as_carol.get("/messages").text
    assert "I wanted to say" not in as_bob.get(accepted).text
    reply(as_carol, accepted, "I said it.")
    assert session.scalar(select(func.count()).select_from(DraftRow)) == 0


def test_the_draft_of_a_first_message_is_nobodys_but_the_writers(session, as_carol, as_bob, bob):
    address = f"{ALL}/people/{id_of(session, bob)}/write"
    post(as_carol, f"{address}/draft", {"text": "Dear Bob"})

    assert "Dear Bob" in as_carol.get(address).text
    assert "Dear Bob" in as_carol.get("/messages").text
    assert "You have no messages yet" in as_bob.get("/messages").text
    assert write(as_carol, id_of(session, bob)).status_code == 303
    assert session.scalar(select(func.count()).select_from(ConversationRow)) == 1


def count_in_navigation(client):
    found = re.search(r'class="count">.*?</span> (\d+)<', client.get("/messages").text)
    return int(found[1]) if found else 0


def test_what_is_new_is_counted_until_it_was_read(as_bob, as_carol, written):
    assert (count_in_navigation(as_bob), count_in_navigation(as_carol)) == (1, 0)
    as_bob.get(written)
    assert count_in_navigation(as_bob) == 1  # looking at a page changes nothing

    post(as_bob, f"{written}/accept")
    assert count_in_navigation(as_bob) == 0
    reply(as_bob, written, "Yes.")
    assert count_in_navigation(as_carol) == 1
    post(as_carol, f"{written}/read", {"number": "2"})

    assert count_in_navigation(as_carol) == 0


def test_never_tells_the_other_what_was_read(as_bob, as_carol, accepted):
    reply(as_bob, accepted, "Have you read this?")
    as_bob.get(accepted)
    before = masked(as_bob.get(accepted).text)

    as_carol.get(accepted)
    post(as_carol, f"{accepted}/read", {"number": "2"})

    assert masked(as_bob.get(accepted).text) == before


def test_a_long_conversation_is_paged_back(as_bob, as_carol, accepted):
    for number in range(2, 40):
        reply(as_bob, accepted, f"Message {number} of many.")

    last = as_carol.get(accepted).text
    assert "Message 39 of many." in last
    assert "Message 9 of many." not in last
    earlier = as_carol.get(re.search(r'href="([^"]+before=\d+)"', last)[1]).text
    assert "Message 9 of many." in earlier
    assert "Message 39 of many." not in earlier


def test_deleting_a_conversation_deletes_it_for_both(session, as_bob, as_carol, accepted):
    assert "Delete" in as_bob.get(f"{accepted}/delete").text
    assert post(as_bob, f"{accepted}/delete").status_code == 200
    assert as_carol.get(accepted).status_code == 200

    assert post(as_bob, f"{accepted}/delete", {"sure": "yes"}).status_code == 303

    assert as_carol.get(accepted).status_code == 404
    assert session.scalar(select(func.count()).select_from(MessageRow)) == 0


def test_never_stores_what_was_written_as_it_was_written(connection, session, accepted, as_bob):
    reply(as_bob, accepted, "A secret between us.")

    rows = [str(row) for table in (ConversationRow, MessageRow, DraftRow) for row in session.execute(
        select(*table.__table__.columns))]  # fmt: skip
    assert rows
    for text in (TEXT, "A secret between us."):
        assert not any(text in row or text.encode().hex() in row for row in rows)


def test_a_missing_key_is_said_in_words(app, config, session, as_bob, accepted):
    for path in MessageKeys.of(config).folder.iterdir():
        path.unlink()
    app.extensions["message_keys"] = MessageKeys.of(config)

    answer = reply(as_bob, accepted, "Hello")

    assert answer.status_code == 503
    assert "We cannot open messages at the moment" in answer.text
    assert "This message cannot be read." in as_bob.get(accepted).text


def test_the_file_of_a_member_has_what_both_wrote(session, as_bob, accepted):
    reply(as_bob, accepted, "Yes, gladly.")

    parts = {part["table"]: part["rows"] for part in post(as_bob, "/me/data", {"form": "json"}).json["parts"]}

    assert [row["text"] for row in parts["message"]] == [TEXT, "Yes, gladly."]
    assert [row["is_yours"] for row in parts["message"]] == [False, True]
    assert [row["written_by"] for row in parts["message"]] == ["Carol", "Bob"]


def test_a_conversation_whose_other_member_was_deleted_in_the_database_is_gone(session, as_carol, bob, accepted):
    session.execute(delete(Member).where(Member.id == bob.id))
    session.commit()

    assert as_carol.get(accepted).status_code == 404
    assert count_in_navigation(as_carol) == 0


@pytest.mark.parametrize("hides", [False, True])
def test_somebody_who_wrote_can_be_blocked_on_the_page_of_the_message(session, as_bob, as_carol, written, hides):
    if hides:
        post(as_carol, f"{ALL}/hide")
    address = re.search(r'href="([^"]+)">Block<', as_bob.get(written).text)[1]

    assert "Block Carol?" in re.sub("</?bdi>", "", as_bob.get(address).text)
    assert post(as_bob, address).status_code == 303

    assert as_bob.get(written).status_code == 404


def test_a_message_that_was_sent_offers_nothing_about_a_person(as_carol, written):
    assert ">Block<" not in as_carol.get(written).text
