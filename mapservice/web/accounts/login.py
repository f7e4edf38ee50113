"""Who somebody is: the one file that signs people in and out, and that makes and reads the links in e-mails.

A login is a row of our own sessions. It carries the stamp of the member, and so ends with the password it was begun
with, even where it began in the very moment in which that password was changed. Links are signed and dated by
itsdangerous, and carry the stamp too.
"""

import time
from datetime import timedelta

from flask import Flask, current_app, g, request, session
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.exc import SQLAlchemyError

from mapservice.config import Config
from mapservice.current import current_config
from mapservice.db import get_session
from mapservice.store.accounts import members
from mapservice.store.tables import Member, random_id
from mapservice.web.accounts import passwords
from mapservice.web.site.server_sessions import AUTHENTICATED_AT, SECOND_FACTOR, STAMP

RESET_LIFETIME = timedelta(minutes=30)

_RESET = "reset"


def init_app(app: Flask, config: Config) -> None:
    """Let templates ask who is signed in, and make passwords ready."""
    passwords.init_app(app, config)
    app.context_processor(lambda: {"viewer": viewer})


def current_member() -> Member | None:
    """The member who is signed in, with their row in this request's session.

    :raise SQLAlchemyError: if the database does not answer, since then nobody knows.
    """
    if "member" not in g:
        g.member = _signed_in()
    return g.member


def viewer() -> Member | None:
    """For templates: who is signed in, or nobody where that cannot be told, so that a page about an error appears."""
    try:
        return current_member()
    except SQLAlchemyError:
        return None


def sign_in(member: Member, *, is_staff: bool) -> None:
    """Begin a new session for a member who has proved who they are; nothing of the visitor's session is left."""
    _clear()
    session[STAMP] = member.security_stamp
    session["staff"] = is_staff
    session.member_id = member.id  # type: ignore[attr-defined]
    prove()


def sign_out() -> None:
    """End the session of this browser."""
    _clear()


def prove() -> None:
    """Note that the member has just given their password."""
    session[AUTHENTICATED_AT] = time.time()


def is_fresh() -> bool:
    """Whether the password was given within the last minutes (Config.fresh_minutes)."""
    config = current_config()
    return 0 <= time.time() - session.get(AUTHENTICATED_AT, 0) < config.fresh_minutes * 60


def give_second_factor() -> None:
    """Note that the second factor was given too: from now on this session may act as staff."""
    session[SECOND_FACTOR] = time.time()


def drop_second_factor() -> None:
    """Let this session act as staff no more."""
    session.pop(SECOND_FACTOR, None)


def has_second_factor() -> bool:
    """Whether the second factor was given in this session."""
    return SECOND_FACTOR in session


def reset_token(member: Member | None) -> str:
    """What the link of an e-mail carries with which a new password is chosen, once; nobody's opens nothing."""
    return link_token(_RESET, random_id() if member is None else member.security_stamp)


def member_of_reset(token: str) -> Member | None:
    """Whose password a link may set; nobody's if it is old, used or made up."""
    stamp = read_link(_RESET, token, RESET_LIFETIME)
    member = members.by_security_stamp(get_session(), stamp) if stamp is not None else None
    return member if member is not None and member.active else None


def link_token(purpose: str, text: str) -> str:
    """A text as a link of one kind carries it: signed and dated."""
    return _serializer(purpose).dumps(text)


def read_link(purpose: str, token: str, within: timedelta) -> str | None:
    """The text that a link carries; None if it is old, made up or of another kind."""
    try:
        text = _serializer(purpose).loads(token, max_age=int(within.total_seconds()))
    except BadData:
        return None
    return text if isinstance(text, str) else None


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    """Signs links of one kind, so that none can be used as another."""
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"link/v1/{purpose}")


def _signed_in() -> Member | None:
    if not request:
        return None
    member_id = getattr(session, "member_id", None) if session else None
    if getattr(session, "problem", None) is not None:
        raise session.problem  # type: ignore[attr-defined]
    if member_id is None:
        return None
    member = get_session().get(Member, member_id)
    if member is None or not member.active or member.security_stamp != session.get(STAMP):
        return None
    return member


def _clear() -> None:
    session.clear()
    session.member_id = None  # type: ignore[attr-defined]
    for name in ("member", "csrf_token"):
        g.pop(name, None)
