"""Who somebody is: the one file that knows Flask-Security, and in which its datastore may commit.

We take from it what is easy to get wrong (loading a person, hashing contexts, signed and dated links) and keep the
pages ours: its own confirm by GET, answer JSON and tell by their timing whether an e-mail is known.
"""

import time
from datetime import timedelta
from typing import Any, cast

from flask import Flask, current_app, g, request, session
from flask_login import current_user
from flask_login.utils import _user_context_processor
from flask_security import RoleMixin, Security, SQLAlchemySessionUserDatastore, UserMixin
from flask_security.utils import check_and_get_token_status, login_user
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import relationship
from werkzeug.local import LocalProxy

from mapservice.config import Config
from mapservice.db import get_session
from mapservice.store import members
from mapservice.store.tables import Base, Member, MemberStaffRole, StaffRole
from mapservice.web import passwords

RESET_WITHIN = timedelta(minutes=30)
CONFIRM_WITHIN = timedelta(days=5)


class Role(RoleMixin):
    """A staff role, as Flask-Security wants it."""


class Account(UserMixin):
    """A member, as Flask-Security wants them. Everybody else uses the store's ``Member``."""


Base.registry.map_imperatively(Role, StaffRole.__table__)
Base.registry.map_imperatively(
    Account, Member.__table__, properties={"roles": relationship(Role, secondary=MemberStaffRole.__table__)}
)

_SETTINGS: dict[str, Any] = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
    "SECURITY_PASSWORD_SINGLE_HASH": {"argon2"},
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__type": "ID",
        "argon2__memory_cost": 64 * 1024,  # KiB
        "argon2__time_cost": 3,
        "argon2__parallelism": 1,
    },
    "SECURITY_PASSWORD_LENGTH_MIN": passwords.SHORTEST,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_API_ENABLED_METHODS": ["session"],
    "SECURITY_JOIN_USER_ROLES": False,
    "SECURITY_CLI_USERS_NAME": None,
    "SECURITY_CLI_ROLES_NAME": None,
    "SECURITY_RESET_PASSWORD_WITHIN": RESET_WITHIN,
    "SECURITY_CONFIRM_EMAIL_WITHIN": CONFIRM_WITHIN,
}


def init_app(app: Flask, config: Config) -> None:
    """Join Flask-Security, without its pages, to the app."""
    for name, value in _SETTINGS.items():
        app.config.setdefault(name, value)
    datastore = SQLAlchemySessionUserDatastore(cast(Any, LocalProxy(get_session)), Account, Role)
    security = Security(app, datastore, register_blueprint=False)
    passwords.init_app(app, config)
    manager = security.login_manager
    # It would keep a hash of the person's address and browser.
    manager.session_protection = None
    # Somebody is signed in by our cookie, and by nothing else.
    manager.request_loader(lambda _request: None)
    # These three look the person up on every request, static files included.
    app.before_request_funcs[None].remove(security.principal._on_before_request)
    app.after_request_funcs[None].remove(manager._update_remember_cookie)
    app.template_context_processors[None].remove(_user_context_processor)
    app.context_processor(lambda: {"viewer": viewer})


def current_member() -> Member | None:
    """The member who is signed in, verified or not; with their row in this request's session.

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
    _forget()
    account = get_session().get_one(Account, member.id, populate_existing=True)
    login_user(account, remember=False, authn_via=["password"])
    for unused in ("_id", "_fresh", "fs_cc"):
        session.pop(unused, None)
    session["staff"] = is_staff
    session.member_id = member.id  # type: ignore[attr-defined]


def sign_out() -> None:
    """End the session of this browser."""
    _forget()


def prove() -> None:
    """Note that the member has just given their password."""
    session["fs_paa"] = time.time()


def is_fresh() -> bool:
    """Whether the password was given within the last minutes (Config.fresh_minutes)."""
    config: Config = current_app.extensions["config"]
    return 0 <= time.time() - session.get("fs_paa", 0) < config.fresh_minutes * 60


def give_second_factor() -> None:
    """Note that the second factor was given too: from now on this session may act as staff."""
    session["second_factor"] = time.time()


def drop_second_factor() -> None:
    """Let this session act as staff no more."""
    session.pop("second_factor", None)


def has_second_factor() -> bool:
    """Whether the second factor was given in this session."""
    return "second_factor" in session


def confirm_token(member: Member) -> str:
    """What the link of a letter carries that verifies an e-mail."""
    return _security().confirm_serializer.dumps(member.fs_uniquifier)


def reset_token(member: Member) -> str:
    """What the link of a letter carries with which a new password is chosen, once."""
    return _security().reset_serializer.dumps(member.fs_uniquifier)


def member_of_confirm(token: str) -> Member | None:
    """Whose e-mail a link verifies; nobody's if it is old or made up."""
    return _member_of(token, "confirm", CONFIRM_WITHIN)


def member_of_reset(token: str) -> Member | None:
    """Whose password a link may set; nobody's if it is old, used or made up."""
    return _member_of(token, "reset", RESET_WITHIN)


def _security() -> Any:
    return current_app.extensions["security"]


def _member_of(token: str, serializer: str, within: timedelta) -> Member | None:
    is_expired, is_invalid, uniquifier = check_and_get_token_status(token, serializer, within)
    if is_expired or is_invalid or not isinstance(uniquifier, str):
        return None
    member = members.by_uniquifier(get_session(), uniquifier)
    return member if member is not None and member.active else None


def _signed_in() -> Member | None:
    if not request:
        return None
    member_id = getattr(session, "member_id", None) if session else None
    if getattr(session, "problem", None) is not None:
        raise session.problem  # type: ignore[attr-defined]
    # Both must agree: the row of the session, and Flask-Security, who asks whether the account is active.
    if member_id is None or not current_user.is_authenticated or current_user.id != member_id:
        return None
    return get_session().get(Member, member_id)


def _forget() -> None:
    session.clear()
    session.member_id = None  # type: ignore[attr-defined]
    for each in ("member", "csrf_token", "_login_user"):
        g.pop(each, None)
