"""Alice asks for another e-mail address: what the tests of changes share."""

import datetime as dt

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from mapservice.store.tables import EmailChange, Member
from testing.accounts import PASSWORD, fill_in
from testing.releasing import as_owner
from tests.frontdoor import app, enter, queued_emails, signed_up
from tests.rendered import match_in

__all__ = ["app"]

NEW = "alice.new@example.org"


@pytest.fixture
def alice(client, session) -> Member:
    """Somebody with a password, who is signed in."""
    member = signed_up(client, session)
    enter(client)
    return member


def ask(client: FlaskClient, email: str = NEW, password: str = PASSWORD):
    return fill_in(client, "/account/email", email=email, current_password=password)


def link(session: Session, recipient: str, kind: str) -> str:
    """The path of the link of a kind in the latest e-mail to an address."""
    session.expire_all()
    newest = [email for email in queued_emails(session) if email.recipient == recipient][-1]
    return match_in(newest.body, rf"http://localhost:8000(/account/email/{kind}/\S+)")


def later(session: Session, **ago: float) -> None:
    """Let time pass: all that is known of changes is older by now."""
    old = text(f"interval '{dt.timedelta(**ago).total_seconds()} seconds'")
    columns = (EmailChange.created_at, EmailChange.confirmed_at, EmailChange.frozen_at)
    with as_owner(session):
        session.execute(update(EmailChange).values({column: column - old for column in columns}))
    session.commit()
    session.expire_all()


def address_of(session: Session, member: Member) -> str:
    session.expire_all()
    return member.email
