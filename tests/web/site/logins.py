"""Alice signs in by the front door, where pages tell who is signed in: what tests of sessions share."""

import datetime as dt

import pytest
from flask import Flask
from flask import session as browser_session
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from mapservice import create_app, db
from mapservice.config import Config
from mapservice.store.accounts import members
from mapservice.store.tables import LoginSession, Mail, Member
from mapservice.web.accounts import access, passwords
from testing.accounts import CHEAP, PASSWORD, fill_in, new_member

ALICE = "alice@example.org"


@pytest.fixture
def app(config: Config, connection) -> Flask:
    app = create_app(config, engine=connection, TESTING=True, **CHEAP)

    @app.get("/test/member")
    @access.member_required
    def only_member(member):
        return member.pseudonym

    @app.get("/test/fresh")
    @access.fresh_member_required
    def only_fresh(member):
        return member.pseudonym

    @app.get("/test/keep/<word>")
    def keep(word):
        browser_session["word"] = word
        db.get_session().add(Mail(recipient="lost@example.org", subject="", body=""))
        db.get_session().flush()
        return "kept"

    @app.get("/test/kept")
    def kept():
        return browser_session.get("word", "nothing")

    return app


@pytest.fixture
def alice(app, session) -> Member:
    member = new_member(session, ALICE)
    with app.app_context():
        members.set_password(member, passwords.hashed(PASSWORD))
    session.commit()
    return member


def enter(client):
    return fill_in(client, "/sign-in", email=ALICE, password=PASSWORD)


def is_signed_in(client) -> bool:
    return client.get("/test/member").status_code == 200


def rows(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(LoginSession)).one()


def age(session: Session, **columns: dt.timedelta) -> None:
    session.execute(update(LoginSession).values({name: func.now() - old for name, old in columns.items()}))
    session.commit()
