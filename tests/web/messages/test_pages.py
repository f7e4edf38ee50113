"""Two people write to each other: a first message, an answer, and a conversation that both wanted."""

import re
import uuid

import pytest
from sqlalchemy import func, select

from mapservice.message_keys import MessageKeys
from mapservice.store.tables.messages import ConversationRow, DraftRow, MessageRow
from testing.accounts import post, sign_in
from tests.web.messages.carol_and_bob import ALL, TEXT, accepted, as_carol, count_in_navigation, masked, reply, written

__all__ = ["accepted", "as_carol", "written"]


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


def test_only_the_two_can_open_a_conversation(session, app, as_neighbour, as_bob, accepted, dan):
    as_dan = app.test_client()
    sign_in(as_dan, dan)

    for client in (as_neighbour, as_dan):
        assert client.get(accepted).status_code == 404
        assert reply(client, accepted, "Let me in.").status_code == 404
        for act in ("accept", "decline", "undo", "delete"):
            assert post(client, f"{accepted}/{act}", {"sure": "yes"} if act == "delete" else {}).status_code == 404
    assert as_bob.get(accepted.replace("acute-lymphoblastic-leukaemia", "marfan-syndrome")).status_code == 404


def test_a_form_sent_twice_sends_one_message(session, as_carol, as_bob, bob, accepted):
    operation = str(uuid.uuid4())
    for _ in range(2):
        assert post(as_bob, f"{accepted}/reply", {"text": "Once.", "operation": operation}).status_code == 303

    assert as_carol.get(accepted).text.count("Once.") == 1


def test_drafts_are_kept_until_they_are_sent(session, as_carol, as_bob, bob, accepted):
    post(as_carol, f"{accepted}/draft", {"text": "I wanted to say"})

    assert "I wanted to say" in as_carol.get(accepted).text
    assert "I wanted to say" in as_carol.get("/messages").text
    assert "I wanted to say" not in as_bob.get(accepted).text
    reply(as_carol, accepted, "I said it.")
    assert session.scalar(select(func.count()).select_from(DraftRow)) == 0


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
