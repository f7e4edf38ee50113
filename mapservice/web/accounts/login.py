"""Login: the only module that signs people in and out, and that creates and reads the links in e-mails.

A login is a row of our own sessions. It carries the security stamp of the member, and so ends when the password is
changed, even if both happen at the same moment. Links are signed and dated by itsdangerous, and carry the stamp too.
"""

import time
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask, current_app, g, request, session
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from mapservice.config import Config
from mapservice.current import current_config
from mapservice.db import act_for, attached, get_session
from mapservice.store.accounts import login_sessions, members
from mapservice.store.tables import Member, random_id
from mapservice.web.accounts import passwords
from mapservice.web.site.browser_session import AUTHENTICATED_AT, SECOND_FACTOR, STAMP

RESET_LIFETIME = timedelta(minutes=30)

#: How long somebody who gave the right password has to enter the code of their second factor.
CODE_LIFETIME = timedelta(minutes=10)

_RESET = "reset"

# Of a visitor who gave the right password and no code yet: the stamp of the account, and when that was.
_AWAITED = "awaited_code"


def init_app(app: Flask, config: Config) -> None:
    """Let templates query the signed-in member, and initialise password hashing."""
    passwords.init_app(app, config)
    app.context_processor(lambda: {"viewer": viewer})


def current_member() -> Member | None:
    """Return the member who is signed in, as an object of this request's database session, which then acts for them.

    :raise SQLAlchemyError: if the database does not answer, because the member is then unknown.
    """
    if "member" not in g:
        g.member = _signed_in()
        act_for(g.member.id if g.member is not None else None)
    member: Member | None = g.member
    return member


def current_account() -> Mapping[str, Any] | None:
    """Return the columns of the member who is signed in, as they were loaded with the session of their browser.

    It costs nothing beside that, for views that need no object.

    :raise SQLAlchemyError: if the database does not answer, because the member is then unknown.
    """
    account = _loaded_account(_member_id())
    is_valid = account is not None and _is_valid(account["active"], account["security_stamp"])
    return account if is_valid else None


def viewer() -> Member | None:
    """Return the signed-in member for templates; None if unknown, so that error pages can be rendered."""
    try:
        member = current_member()
        # An error page rolls back before it is rendered: what it says about the member must be read again.
        if member is not None and inspect(member).expired:
            get_session().refresh(member)
        return member
    except SQLAlchemyError:
        return None


def sign_in(member: Member, *, is_staff: bool) -> None:
    """Begin a new session for an authenticated member; nothing of the visitor's session is kept."""
    _clear()
    session[STAMP] = member.security_stamp
    session["staff"] = is_staff
    session.member_id = member.id  # type: ignore[attr-defined]
    mark_password_given()


def await_code(member: Member) -> None:
    """Note that the right password was given, which signs nobody in who has a second factor."""
    _clear()
    session[_AWAITED] = [member.security_stamp, time.time()]


def member_awaiting_code() -> Member | None:
    """Return the member whose password was given in this browser just now and whose code is awaited; else None."""
    stamp, given_at = session.get(_AWAITED) or ("", 0)
    if not 0 <= time.time() - given_at < CODE_LIFETIME.total_seconds():
        return None
    member = members.by_security_stamp(get_session(), stamp)
    return member if member is not None and member.active else None


def sign_out() -> None:
    """End the session of this browser."""
    _clear()


def mark_password_given() -> None:
    """Note that the member has just given their password."""
    session[AUTHENTICATED_AT] = time.time()


def is_fresh() -> bool:
    """Return whether the password was given within the last minutes (Config.fresh_minutes)."""
    config = current_config()
    return bool(0 <= time.time() - session.get(AUTHENTICATED_AT, 0) < config.fresh_minutes * 60)


def mark_second_factor_given() -> None:
    """Note that the second factor was given too, so that this session can use staff pages."""
    session[SECOND_FACTOR] = time.time()


def clear_second_factor() -> None:
    """Note that this session can no longer use staff pages."""
    session.pop(SECOND_FACTOR, None)


def has_second_factor() -> bool:
    """Return whether the second factor was given in this session."""
    return SECOND_FACTOR in session


def reset_token(member: Member | None) -> str:
    """Return the signed token of a link with which a new password is chosen, once; without a member it is invalid."""
    return link_token(_RESET, random_id() if member is None else member.security_stamp)


def reset_member(token: str) -> Member | None:
    """Return the member whose password a link can set; None if the link is expired, used or invalid."""
    stamp = read_link(_RESET, token, RESET_LIFETIME)
    member = members.by_security_stamp(get_session(), stamp) if stamp is not None else None
    return member if member is not None and member.active else None


def link_token(purpose: str, text: str) -> str:
    """Return a text as a signed and dated token, for links of one purpose."""
    return _serializer(purpose).dumps(text)


def read_link(purpose: str, token: str, within: timedelta) -> str | None:
    """Return the text in a token; None if it is expired, invalid or for another purpose."""
    try:
        text = _serializer(purpose).loads(token, max_age=int(within.total_seconds()))
    except BadData:
        return None
    return text if isinstance(text, str) else None


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    """Return the signer for links of one purpose, whose tokens are invalid for any other."""
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"link/v1/{purpose}")


def _signed_in() -> Member | None:
    member_id = _member_id()
    if member_id is None:
        return None
    account = _loaded_account(member_id)
    if account is not None:
        member: Member | None = attached(get_session(), login_sessions.as_member(account))
    else:
        member = get_session().get(Member, member_id)
    return member if member is not None and _is_valid(member.active, member.security_stamp) else None


def _member_id() -> uuid.UUID | None:
    """Return the id of the member of this session, whose account may be closed; None outside a request."""
    if not request:
        return None
    member_id: uuid.UUID | None = getattr(session, "member_id", None) if session else None
    if getattr(session, "problem", None) is not None:
        raise session.problem  # type: ignore[attr-defined]
    return member_id


def _loaded_account(member_id: uuid.UUID | None) -> Mapping[str, Any] | None:
    """Return the columns of a member, if they were loaded with the session."""
    account: Mapping[str, Any] | None = getattr(session, "account", None) if member_id is not None else None
    return account if account is not None and account["id"] == member_id else None


def _is_valid(is_active: bool, security_stamp: str) -> bool:
    """Return whether the login of this session is still valid for its member's account."""
    return is_active and security_stamp == session.get(STAMP)


def _clear() -> None:
    session.clear()
    session.member_id = None  # type: ignore[attr-defined]
    for name in ("member", "csrf_token"):
        g.pop(name, None)
