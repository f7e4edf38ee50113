"""What tests of pages need of accounts: a browser of somebody who is signed in, and forms with their token."""

import re
import secrets
import time
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from mapservice import db
from mapservice.store.accounts import login_sessions, staff
from mapservice.store.community import memberships
from mapservice.store.tables import Condition, LoginSession, Member
from mapservice.web.site import form_versions
from mapservice.web.site.browser_session import AUTHENTICATED_AT, SECOND_FACTOR, STAMP, token_hash
from mapservice.web.site.server_sessions import COOKIE

PASSWORD = "four quiet words tonight"

#: For create_app: argon2 with next to no work.
CHEAP: dict[str, Any] = {"PASSWORD_HASHING": {"memory_cost": 64, "time_cost": 1}}

_RAW_TOKEN = "5e" * 20


def new_member(session: Session, email: str, *, pseudonym: str = "Alice") -> Member:
    """A member as signing up makes them; the password cannot be used, see ``sign_in``."""
    member = Member(email=email, pseudonym=pseudonym)
    session.add(member)
    session.commit()
    return member


def sign_in(client: FlaskClient, member: Member, *, is_fresh: bool = True, has_code: bool = True) -> str:
    """Sign a member in without a page; the token of the new session. Without ``is_fresh`` an hour ago.

    Staff have given their second factor, but for ``has_code``.
    """
    token = secrets.token_urlsafe(32)
    with db.transaction(client.application.extensions["engine"]) as session:
        stamp = session.scalars(select(Member.security_stamp).where(Member.id == member.id)).one()
        data = {
            STAMP: stamp,
            AUTHENTICATED_AT: time.time() - (0 if is_fresh else 3600),
            "staff": bool(staff.staff_roles(session, member)),
            "csrf_token": _RAW_TOKEN,
        }
        if data["staff"] and has_code:
            data[SECOND_FACTOR] = time.time()
        login_sessions.begin(session, token_hash(token), member.id, data)
    client.set_cookie(COOKIE, token, secure=True, httponly=True)
    return token


def sign_out(client: FlaskClient) -> None:
    """Throw the cookie away."""
    client.delete_cookie(COOKIE)


def csrf_token(app: Flask) -> str:
    """The token that forms of a session made by ``sign_in`` carry."""
    return URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token").dumps(_RAW_TOKEN)


def post(client: FlaskClient, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
    """Send a form as somebody who is signed in by ``sign_in``, made from how things stand, unless it says otherwise."""
    fields = {"csrf_token": csrf_token(client.application), "version": version_at(client, path), **(data or {})}
    return client.post(path, data={name: value for name, value in fields.items() if value is not None}, **kwargs)


def version_at(client: FlaskClient, path: str) -> str | None:
    """The state that a form of a condition's page is made from, as the page would write it."""
    match = re.match(r"/conditions/([^/]+)/", path)
    cookie = client.get_cookie(COOKIE)
    if match is None or cookie is None:
        return None
    with db.transaction(client.application.extensions["engine"]) as session:
        login = session.get(LoginSession, token_hash(cookie.value))
        member = session.get(Member, login.member_id) if login and login.member_id else None
        condition = session.scalar(select(Condition).where(Condition.slug == match[1]))
        if member is None or condition is None:
            return None
        number = memberships.version(session, member, memberships.find(session, member, condition))
        return form_versions.version_mark(client.application.config["SECRET_KEY"], member.id, number)


def fill_in(client: FlaskClient, path: str, *, at: str | None = None, **fields: Any) -> TestResponse:
    """Open the form at a path, fill it in and send it, as a person would; ``at`` where it is sent to."""
    page = client.get(path)
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert token, f"no form at {path}"
    return client.post(at or path, data={"csrf_token": token, **fields})


def member_by_email(session: Session, email: str) -> Member:
    """The member with an address; there is one."""
    return session.scalars(select(Member).where(Member.email == email)).one()
