"""The session of one browser: a token, and data that is loaded at the first access."""

import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar

from flask import current_app
from flask.sessions import SessionMixin
from sqlalchemy.exc import SQLAlchemyError

from mapservice import db
from mapservice.store.accounts import login_sessions
from mapservice.store.accounts.login_sessions import Lifetime, Login
from mapservice.store.transactions.execution import Read

Found = TypeVar("Found")

#: Keys of a login: the stamp of the member's credentials, the time of the password, the time of the second factor. If
#: one of them changes, the session gets a new token.
STAMP, AUTHENTICATED_AT, SECOND_FACTOR = "security_stamp", "authenticated_at", "second_factor"
_PROOFS = (AUTHENTICATED_AT, SECOND_FACTOR)
_IDENTITY = (STAMP, *_PROOFS)


def token_hash(token: str) -> bytes:
    """Return the stored hash of a token."""
    return hashlib.sha256(token.encode()).digest()


class BrowserSession(SessionMixin):
    """The session of one browser, loaded from the database at the first access, which most pages do not need.

    ``account`` are the columns of its member, which were loaded with it. Without a database it is empty, and
    ``problem`` is the reason: code that needs to know the person must raise it.
    """

    def __init__(self, token: str | None, lifetime: Lifetime) -> None:
        self.token = token
        self.token_hash: bytes | None = None
        self.member_id: uuid.UUID | None = None
        self.account: Mapping[str, Any] | None = None
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
    def is_of_another_member(self) -> bool:
        """Whether another person is signed in now than when it was loaded."""
        return bool(self._identity[0] != self._identity_now()[0])

    @property
    def has_new_identity(self) -> bool:
        """Whether somebody signed in or out, or confirmed their identity, since it was loaded."""
        return self._identity != self._identity_now()

    def data(self) -> dict[str, Any]:
        """All its data."""
        if self._data is None:
            self._data = {}
            self._load()
        return self._data

    def load_with(self, find: Callable[[Read, bytes, Lifetime], tuple[Login | None, Found]]) -> Found | None:
        """Load it by a statement that finds something else as well, and return that; None without a database.

        ``find`` is called with what runs the statement, the hash of the token, and the lifetime of a member's login.
        """
        if self._data is None:
            self._data = {}
        if self.token is None:
            return None
        engine = current_app.extensions["engine"]
        try:
            login, found = find(partial(db.read_rows, engine), token_hash(self.token), self._lifetime)
            if login is not None and login.is_use_to_note:
                with db.single_statements(engine) as session:
                    login_sessions.note_use(session, login.token_hash)
        except SQLAlchemyError as problem:
            self.problem = problem
            return None
        self._take(login)
        return found

    def _load(self) -> None:
        self.load_with(lambda read, token, lifetime: (login_sessions.find(read, token, member=lifetime), None))

    def _take(self, login: Login | None) -> None:
        if login is None:
            # Never the token from the cookie.
            self.token = self.token_hash = self.member_id = self.account = None
            self._data, self._identity = {}, (None,) * len(_IDENTITY)
            return
        self.token_hash, self.account = login.token_hash, login.account
        self._data, self._unseen = dict(login.data), set()
        if login.token_hash != token_hash(self.token or ""):
            # The previous token identifies the session, but does not carry the later confirmation by password or code.
            self._unseen = {key for key in _PROOFS if key in self._data}
            self._data = {key: value for key, value in login.data.items() if key not in _PROOFS}
        self.member_id = login.member_id
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

    def take(self, key: str) -> Any:
        """Remove a key and return its value, or None; of two requests at the same moment, only one gets it."""
        if self.data().pop(key, None) is None or self.token_hash is None:
            return None
        with db.transaction(current_app.extensions["engine"]) as transaction:
            return login_sessions.take(transaction, self.token_hash, key)

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
