"""What people do at the front door: sign up, open the e-mail, sign in; and pages that tell who was let in."""

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from mapservice import create_app
from mapservice.config import Config
from mapservice.store.accounts import staff
from mapservice.store.tables import Mail, Member
from mapservice.web.accounts import access, passwords
from mapservice.web.site.server_sessions import COOKIE
from testing.accounts import CHEAP, PASSWORD, fill_in, member_by_email
from tests.rendered import match_in

ALICE = "alice@example.org"
#: What somebody fills in behind the link of a sign-up.
FORM = {"pseudonym": "Alice", "age": "adult", "password": PASSWORD, "taking_part": "y"}


def service(config: Config, connection: Connection) -> Flask:
    """The service without limits, and with a page for each guard."""
    app = create_app(config, engine=connection, TESTING=True, LIMITS=False, **CHEAP)

    @app.get("/test/member")
    @access.member_required
    def only_member(member):
        return member.pseudonym

    @app.route("/test/fresh", methods=["GET", "POST"])
    @access.fresh_member_required
    def only_fresh(member):
        return f"{member.pseudonym}: {dict(request.form.items(multi=True))}"

    @app.get("/test/admin")
    @access.staff_required(staff.ADMIN)
    def only_admin(member):
        return member.pseudonym

    @app.route("/test/admin/fresh", methods=["GET", "POST"])
    @access.staff_required(staff.ADMIN, fresh=True)
    def only_fresh_admin(member):
        return f"{member.pseudonym}: {dict(request.form.items(multi=True))}"

    return app


@pytest.fixture
def app(config: Config, connection: Connection) -> Flask:
    return service(config, connection)


def queued_emails(session: Session) -> list[Mail]:
    return list(session.scalars(select(Mail).where(Mail.recipient != "").order_by(Mail.due_at)))


def link_in(email: Mail) -> str:
    return match_in(email.body, r"^http://localhost:8000(/\S+)$")


def sign_up(client: FlaskClient, email: str = ALICE):
    return fill_in(client, "/sign-up", email=email)


def complete(client: FlaskClient, link: str, **fields: str):
    return fill_in(client, link, **{**FORM, **fields})


def signed_up(client: FlaskClient, session: Session, email: str = ALICE, **fields: str) -> Member:
    """A member who came through the front door, in a browser that is signed out again; no e-mail is left."""
    sign_up(client, email)
    session.expire_all()
    complete(client, link_in(queued_emails(session)[-1]), **fields)
    client.delete_cookie(COOKIE)
    for queued in queued_emails(session):
        session.delete(queued)
    session.commit()
    session.expire_all()
    return member_by_email(session, email)


def passwords_of(text: str) -> str:
    """A password as it is stored; in the context of an app."""
    return passwords.hashed(text)


def enter(client: FlaskClient, email: str = ALICE, password: str = PASSWORD, **fields: str):
    return fill_in(client, "/sign-in", email=email, password=password, **fields)


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/test/member").status_code == 200
