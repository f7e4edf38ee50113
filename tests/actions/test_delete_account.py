"""Deleting an account is one call: with the rows go the e-mails that were written to the outbox folder."""

import datetime as dt
import uuid

import pytest

from mapservice.actions import delete_account as action
from mapservice.actions.delete_account import delete_account
from mapservice.mail import outbox
from mapservice.store.tables import Mail, Member


@pytest.fixture
def folder(config):
    """The outbox folder, with an e-mail to Alice and one to Bob; the latest is there twice."""
    for recipient in ("alice@example.org", "bob@example.org"):
        due_at = dt.datetime.now(dt.UTC)
        email = Mail(id=uuid.uuid4(), recipient=recipient, subject="A link", body="in it", due_at=due_at)
        outbox.write(outbox.folder(config), email, config.mail_from)
    return outbox.folder(config)


def test_never_deletes_an_account_by_half(session, config, bob, folder):
    assert sum("bob@example.org" in path.read_text() for path in folder.iterdir()) == 2

    delete_account(session, config, bob)

    assert session.get(Member, bob.id) is None
    [left] = folder.iterdir()
    assert "alice@example.org" in left.read_text()


def test_never_keeps_an_account_because_the_outbox_cannot_be_cleared(session, config, bob, folder, monkeypatch):
    logged = []
    monkeypatch.setattr(outbox, "delete_for", lambda *_: (_ for _ in ()).throw(PermissionError))
    monkeypatch.setattr(action.log, "error", lambda event, **fields: logged.append((event, fields)))

    delete_account(session, config, bob)

    assert session.get(Member, bob.id) is None
    assert logged == [("outbox_not_cleared", {"error": "PermissionError"})]
