"""Sessions on the server: the browser holds a random token, the database its hash and the data.

A copied cookie becomes worthless when its owner signs out, and a browser cannot forge the data of a session.
"""

import hashlib
import json
import secrets
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import structlog
from flask import Flask, Request, Response, current_app, g, request
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from mapservice import db
from mapservice.config import Config
from mapservice.store.accounts import login_sessions
from mapservice.store.tables import LoginSession, Member

log = structlog.get_logger()

#: With this prefix browsers reject the cookie from another host, another path and over plain http (except localhost).
COOKIE = "__Host-mapservice"

TOKEN_BYTES = 32

#: Keys of a login: the stamp of the member's credentials, the time of the password, the time of the second factor. If
#: one of them changes, the session gets a new token.
STAMP, AUTHENTICATED_AT, SECOND_FACTOR = "security_stamp", "authenticated_at", "second_factor"
_PROOFS = (AUTHENTICATED_AT, SECOND_FACTOR)
_IDENTITY = (STAMP, *_PROOFS)


def init_app(app: Flask, config: Config) -> None:
    """Store sessions in the database, and let templates know whether this browser can have one."""
    app.session_interface = ServerSessions(config)
    app.context_processor(lambda: {"cookie_works": cookie_works})


def cookie_works() -> bool:
    """Return whether a browser accepts our cookie for this URL: over https, or on this machine."""
    host = request.host.partition(":")[0] if not request.host.startswith("[") else request.host.partition("]")[0][1:]
    return request.is_secure or host in {"localhost", "127.0.0.1", "::1"} or host.endswith(".localhost")


def token_hash(token: str) -> bytes:
    """Return the stored hash of a token."""
    return hashlib.sha256(token.encode()).digest()


class BrowserSession(SessionMixin):
    """The session of one browser, loaded from the database at the first access, which most pages do not need.

    ``member`` was loaded with it, and is in no database session. Without a database it is empty, and ``problem`` is
    the reason: code that needs to know the person must raise it.
    """

    def __init__(self, token: str | None, lifetime: login_sessions.Lifetime) -> None:
        self.token = token
        self.token_hash: bytes | None = None
        self.member_id: uuid.UUID | None = None
        self.member: Member | None = None
        self.problem: SQLAlchemyError | None = None
        self.modified = False
        self._lifetime = lifetime
        self._data: dict[str, Any] | None = None
        self._touched: set[str] = set()
        self._unseen: set[str] = set()
        self._identity: tuple[Any, ...] = (None,) * len(_IDENTITY)

    @property
    def is_loaded(self) -> bool:
        """Whether it was accessed."""
        return self._data is not None

    @property
    def has_new_identity(self) -> bool:
        """Whether somebody signed in or out, or confirmed their identity, since it was loaded."""
        return self._identity != self._identity_now()

    def data(self) -> dict[str, Any]:
        """All its data."""
        if self._data is None:
            self._data = {}
            if self.token is not None:
                self._load()
        return self._data

    def _load(self) -> None:
        try:
            with db.single_statements(current_app.extensions["engine"]) as session:
                found = login_sessions.find(session, token_hash(self.token or ""), member=self._lifetime)
        except SQLAlchemyError as problem:
            self.problem = problem
            return
        if found is None:
            self.token = None  # never the token from the cookie
            return
        self.token_hash, self.member = found.token_hash, found.member
        self._data = dict(found.data)
        if found.token_hash != token_hash(self.token or ""):
            # The previous token identifies the session, but does not carry the later confirmation by password or code.
            self._unseen = {key for key in _PROOFS if key in self._data}
            self._data = {key: value for key, value in found.data.items() if key not in _PROOFS}
        self.member_id = found.member_id
        self._identity = self._identity_now()

    def _identity_now(self) -> tuple[Any, ...]:
        return tuple(self.data().get(key) for key in _IDENTITY)

    def __getitem__(self, key: str) -> Any:
        return self.data()[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.data()[key] = value
        self._touch(key)

    def __delitem__(self, key: str) -> None:
        del self.data()[key]
        self._touch(key)

    def __iter__(self) -> Iterator[str]:
        return iter(self.data())

    def __len__(self) -> int:
        return len(self.data())

    def pop(self, key: str, *default: Any) -> Any:
        """Remove a key; nothing changes if it is missing."""
        if key in self.data() or key in self._unseen:
            self._touch(key)
        return self.data().pop(key, *default)

    def clear(self) -> None:
        """Remove everything, including what this token may not read."""
        for key in [*self.data(), *self._unseen]:
            self.pop(key, None)

    def changes(self) -> tuple[dict[str, Any], list[str]]:
        """Return what was set since it was loaded, and the keys that were removed."""
        data = self.data()
        return {key: data[key] for key in self._touched & data.keys()}, sorted(self._touched - data.keys())

    def _touch(self, key: str) -> None:
        self._touched.add(key)
        self.modified = True


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
            elif old is None or _signs_in(session):
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
        most = login_sessions.lifetime(
            session.member_id, session.data(), login_sessions.member_lifetime(self._config)
        ).absolute
        response.set_cookie(
            COOKIE,
            session.token or "",
            max_age=None if session.member_id is None else int(most.total_seconds()),
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


def _signs_in(session: BrowserSession) -> bool:
    """Return whether another person is signed in now than when the session was loaded."""
    return bool(session._identity[0] != session._identity_now()[0])


def _end_view() -> None:
    # Roll back what the view did not commit, so that one request never holds two connections.
    session = g.get("session")
    if session is not None:
        session.rollback()


def _replace(response: Response, replacement: Response) -> None:
    """Replace the response, keeping the headers that every response has."""
    response.status_code = replacement.status_code
    response.set_data(replacement.get_data())
    for name in ("Location", "Set-Cookie"):
        response.headers.remove(name)
    for name in ("Content-Type", "Retry-After"):
        if name in replacement.headers:
            response.headers[name] = replacement.headers[name]
