"""Sessions on the server: the browser holds a random token, the database its hash and the data.

A copied cookie becomes worthless when its owner signs out, and a browser cannot forge the data of a session.
"""

import json
import secrets
import uuid
from collections.abc import Mapping
from typing import Any

import structlog
from flask import Flask, Request, Response, g, request
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from mapservice import db
from mapservice.config import Config
from mapservice.store.accounts import login_sessions
from mapservice.store.tables import LoginSession
from mapservice.web.site.browser_session import BrowserSession, token_hash

log = structlog.get_logger()

#: With this prefix browsers reject the cookie from another host, another path and over plain http (except localhost).
COOKIE = "__Host-mapservice"

TOKEN_BYTES = 32


def init_app(app: Flask, config: Config) -> None:
    """Store sessions in the database, and let templates know whether this browser can have one."""
    app.session_interface = ServerSessions(config)
    app.context_processor(lambda: {"cookie_works": cookie_works})


def cookie_works() -> bool:
    """Return whether a browser accepts our cookie for this URL: over https, or on this machine."""
    host = request.host.partition(":")[0] if not request.host.startswith("[") else request.host.partition("]")[0][1:]
    return request.is_secure or host in {"localhost", "127.0.0.1", "::1"} or host.endswith(".localhost")


class ServerSessions(SessionInterface):
    """Loads and saves sessions in their own transactions, independent of the view's."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def open_session(self, app: Flask, request: Request) -> BrowserSession:
        """Return the session of a browser, not loaded yet."""
        return BrowserSession(request.cookies.get(COOKIE), login_sessions.member_lifetime(self._config))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Save the session if it changed; without a database, replace the response by an error page."""
        if not isinstance(session, BrowserSession) or not session.is_loaded:
            return
        response.vary.add("Cookie")
        if not (session.modified or session.has_new_identity):
            return
        try:
            _end_view()
            if session.problem is not None:
                raise session.problem
            self._keep(app, session, response)
        except SQLAlchemyError as problem:
            _replace(response, app.make_response(app.handle_user_exception(problem)))

    def _keep(self, app: Flask, session: BrowserSession, response: Response) -> None:
        old = session.token_hash
        with db.transaction(app.extensions["engine"]) as transaction:
            if not session.data():
                if old is not None:
                    login_sessions.end(transaction, old)
                    self._forget_cookie(response)
            elif old is None or session.is_of_another_member:
                if old is not None:
                    login_sessions.end(transaction, old)
                session.token = secrets.token_urlsafe(TOKEN_BYTES)
                login_sessions.begin(transaction, token_hash(session.token), session.member_id, _plain(session.data()))
                self._set_cookie(response, session)
            elif session.has_new_identity:
                self._renew(transaction, old, session, response)
            else:
                put, removed = session.changes()
                login_sessions.change(transaction, old, _plain(put), removed)

    def _renew(self, transaction: Session, old: bytes, session: BrowserSession, response: Response) -> None:
        """Replace the token of a session, unless that was just done by another tab."""
        put, removed = session.changes()
        is_current, token = old == token_hash(session.token or ""), secrets.token_urlsafe(TOKEN_BYTES)
        if is_current and login_sessions.renew(transaction, old, token_hash(token), _plain(put), removed):
            session.token = token
            self._set_cookie(response, session)
        elif not login_sessions.change(transaction, old, _plain(put), removed):
            # The login was ended elsewhere meanwhile: do not create it again with a new token.
            self._forget_cookie(response)

    def _set_cookie(self, response: Response, session: BrowserSession) -> None:
        of_member = login_sessions.member_lifetime(self._config)
        max_age = login_sessions.lifetime(session.member_id, session.data(), of_member).absolute
        response.set_cookie(
            COOKIE,
            session.token or "",
            max_age=None if session.member_id is None else int(max_age.total_seconds()),
            secure=True,
            httponly=True,
            samesite="Lax",
            path="/",
        )

    def _forget_cookie(self, response: Response) -> None:
        response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Lax", path="/")


def list_for_member(member_id: uuid.UUID) -> list[LoginSession]:
    """Return the logins of a member."""
    return login_sessions.list_for_member(db.get_session(), member_id)


def _plain(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return data as JSON stores it."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(data), default=str))
    return plain


def _end_view() -> None:
    # Roll back what the view did not commit, so that one request never holds two connections.
    session = g.get("session")
    if session is not None:
        session.rollback()


def _replace(response: Response, replacement: Response) -> None:
    """Replace the response, keeping the headers that every response has."""
    response.status_code = replacement.status_code
    response.set_data(replacement.get_data())
    for name in ("Location", "Set-Cookie", "Content-Encoding"):
        response.headers.remove(name)
    for name in ("Content-Type", "Retry-After"):
        if name in replacement.headers:
            response.headers[name] = replacement.headers[name]
