"""Somebody whom the reporter has blocked can still be reported, from the list of blocks."""

import re

import pytest
from sqlalchemy import select

from mapservice.store.blocks import blocks
from mapservice.store.reports import reports
from mapservice.store.tables.blocks import Block
from mapservice.store.tables.reports import ReportRow
from mapservice.web.reports.sending import report_key
from testing.accounts import fill_in, new_member, sign_in


@pytest.fixture
def address(session, condition, alice, bob) -> str:
    """The address at which Alice, who has blocked Bob, reports him."""
    public_id = blocks.block_account(session, alice, condition.id, bob.id, name="Bob as seen")
    session.commit()
    return f"/conditions/{condition.slug}/blocked/{public_id}/report"


def send(client, address: str, **fields: str):
    operation = re.search(r'name="operation" value="([^"]+)"', client.get(address).text)
    assert operation
    return fill_in(client, address, operation=operation[1], **fields)


def test_a_blocked_person_is_reported_from_the_list(as_alice, session, app, bob, address):
    assert f'href="{address}"' in as_alice.get("/me/blocked").text

    assert send(as_alice, address, reason="selling", note="He sells tea.").location == "/me/reports"

    row = session.scalars(select(ReportRow)).one()
    assert row.reported_id == bob.id
    with app.app_context():
        content = reports.read(row, key=report_key())
    assert content.note == "He sells tea."
    assert [(one.heading, one.text) for one in content.excerpts] == [("Name", "Bob as seen")]
    assert session.scalars(select(Block)).all() != []


def test_the_words_are_needed_and_the_reason_is_kept(as_alice, session, address):
    answer = send(as_alice, address, reason="selling", note="")

    assert answer.status_code == 422
    assert "Tell the moderators what happened" in answer.text
    assert re.search(r'value="selling"[^>]* checked', answer.text)
    assert session.scalars(select(ReportRow)).all() == []


def test_never_reports_by_the_block_of_somebody_else(app, session, address):
    other = app.test_client()
    sign_in(other, new_member(session, "eve@example.org", pseudonym="Eve"))

    assert other.get(address).status_code == 404
