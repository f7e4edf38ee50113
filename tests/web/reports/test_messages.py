"""Reporting messages: the moderators read those that were ticked, and no others."""

import re
import uuid

import pytest
from sqlalchemy import select

from mapservice.privacy.reports import key_of
from mapservice.store.accounts import staff
from mapservice.store.blocks import blocks
from mapservice.store.places import homes
from mapservice.store.reports import reports
from mapservice.store.tables import Membership
from mapservice.store.tables.reports import ReportRow
from testing.accounts import new_member, post, sign_in
from testing.appointing import appoint
from tests.web.messages.carol_and_bob import accepted, as_carol, id_of, reply, written

__all__ = ["accepted", "as_carol", "written"]

KEY = key_of("5e" * 32)
FIRST = "Would you like to talk about work one day?"
OFFER, ANSWER = "Buy my tea, it cures everything.", "No, thank you."


@pytest.fixture
def talk(as_bob, as_carol, accepted):
    """The address of a conversation with three messages."""
    reply(as_carol, accepted, OFFER)
    reply(as_bob, accepted, ANSWER)
    return accepted


def send(client, talk, *numbers, **fields):
    ticks = {f"message_{number}": "yes" for number in numbers}
    return post(client, f"{talk}/report", {"reason": "selling", "operation": str(uuid.uuid4()), **ticks, **fields})


def test_never_sends_a_message_that_was_not_ticked(app, session, as_bob, talk, condition):
    page = as_bob.get(f"{talk}/report").text
    assert all(text in page for text in (FIRST, OFFER, ANSWER))
    assert f'href="{talk}/report"' in as_bob.get(talk).text

    assert send(as_bob, talk, 2, note="Again and again").location == "/me/reports"

    report = session.scalars(select(ReportRow)).one()
    content = reports.read(report, key=KEY)
    assert [excerpt.text for excerpt in content.excerpts] == [OFFER]
    assert content.excerpts[0].heading.startswith("Carol, ")
    moderator = new_member(session, "moderator@example.org", pseudonym="Mod")
    appoint(session, moderator, staff.MODERATOR)
    session.commit()
    client = app.test_client()
    sign_in(client, moderator)
    shown = client.get(f"/moderation/reports/{condition.slug}/{report.id}").text
    assert OFFER in shown
    assert "Again and again" in shown
    assert FIRST not in shown
    assert ANSWER not in shown
    assert client.get(talk).status_code == 404


def test_a_form_without_a_message_keeps_what_was_typed(session, as_bob, talk):
    none = send(as_bob, talk, note="Kept words")
    assert none.status_code == 422
    assert "Choose at least one message." in none.text
    assert "Kept words" in none.text

    no_reason = send(as_bob, talk, 2, reason="")
    assert no_reason.status_code == 422
    assert re.search(r'name="message_2"[^>]*checked', no_reason.text)
    assert session.scalars(select(ReportRow)).all() == []


def test_earlier_messages_can_be_chosen(session, as_bob, talk):
    assert OFFER not in as_bob.get(f"{talk}/report?before=2").text
    assert as_bob.get(f"{talk}/report?before=x").status_code == 422

    answer = post(
        as_bob, f"{talk}/report?before=2", {"reason": "other", "operation": str(uuid.uuid4()), "message_1": "yes"}
    )

    assert answer.status_code == 303
    assert send(as_bob, f"{talk}", 99).status_code == 422


def test_never_reports_from_a_conversation_of_others(session, app, as_bob, as_carol, talk, bob, carol, condition):
    stranger = app.test_client()
    sign_in(stranger, new_member(session, "stranger@example.org"))
    assert send(stranger, talk, 1).status_code == 404
    blocks.block(session, carol, session.get_one(Membership, (condition.id, bob.id)), name=None)
    session.commit()

    assert send(as_bob, talk, 1).status_code == 404


def test_the_writer_of_a_first_message_learns_nothing_by_a_report(as_carol, written):
    assert as_carol.get(f"{written}/report").status_code == 404


def test_somebody_who_hid_can_be_reported_for_what_they_wrote(session, as_bob, talk, carol, condition):
    public_id = id_of(session, carol)
    homes.hide(session, session.get_one(Membership, (condition.id, carol.id)))
    session.commit()

    address = f"/conditions/{condition.slug}/people/{public_id}/report"
    assert as_bob.get(address).location == f"{talk}/report"


def test_my_data_has_what_was_sent(session, config, as_bob, bob, talk):
    send(as_bob, talk, 2, note="Again and again")

    [row] = reports.rows_for_file(session, bob, config)

    assert OFFER in row["what_you_sent"]
    assert row["your_words"] == "Again and again"
    assert "content" not in row
