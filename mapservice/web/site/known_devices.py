"""Known devices: a cookie with a random token that a browser gets when a member signs in.

It gives no access. It only gives sign-in attempts from this device a rate limit of their own, which nobody else can use
up. The token includes a keyed checksum, with which the gateway recognises our cookies without a database.
"""

import hashlib
import hmac
import secrets
import uuid

from flask import Flask, Response, current_app, g, request

from mapservice import db
from mapservice.db import get_session
from mapservice.store.accounts import known_devices
from mapservice.store.tables import Member

COOKIE = "__Host-device"

_TOKEN_BYTES = 24
_CHECK_LENGTH = 32

# Change of the cookie to send with this response.
_SET = "device_cookie"


def init_app(app: Flask) -> None:
    """Send the cookie with the response if a device was remembered or forgotten."""
    app.after_request(_send)


def current(email: str) -> str | None:
    """Return the token hash of this device, if the member with this address has signed in on it; else None.

    It is looked up in its own transaction, before any rate limit, so that a request holds one connection at a time.
    """
    token = _token()
    if token is None:
        return None
    with db.transaction(current_app.extensions["engine"]) as transaction:
        is_theirs = known_devices.belongs_to(transaction, token_hash(token), email)
    return f"{token}/{email}" if is_theirs else None


def owner() -> uuid.UUID | None:
    """Return the id of the member whose known device sends this request, or None; looked up in its own transaction."""
    token = _token()
    if token is None:
        return None
    with db.transaction(current_app.extensions["engine"]) as transaction:
        return known_devices.owner_id(transaction, token_hash(token))


def remember_device(member: Member) -> None:
    """Remember this device; the caller commits."""
    token = _token()
    if token is not None and known_devices.owner_id(get_session(), token_hash(token)) == member.id:
        known_devices.mark_used(get_session(), token_hash(token))
    else:
        if token is not None:
            known_devices.remove(get_session(), token_hash(token))
        token = _new_token()
        known_devices.remember(get_session(), token_hash(token), member.id)
    setattr(g, _SET, token)


def forget_device() -> None:
    """Forget this device; the caller commits."""
    token = _token()
    if token is not None:
        known_devices.remove(get_session(), token_hash(token))
    forget_cookie()


def forget_cookie() -> None:
    """Delete the cookie with this response, without using the database."""
    setattr(g, _SET, None)


def token_hash(token: str) -> bytes:
    """Return the stored hash of a token."""
    return hashlib.sha256(b"device/v1/" + token.encode()).digest()


def is_ours(token: str, key: str) -> bool:
    """Return whether a token was made by a service with this secret key."""
    value, _, check = token.partition(".")
    return hmac.compare_digest(check.encode(), _check(value, key).encode())


def token_in(cookies: str, key: str) -> str | None:
    """Return the token of a known device in a Cookie header; used by the gateway, without a database."""
    pairs = (pair.strip().partition("=") for pair in cookies.split(";"))
    tokens = [value for name, _, value in pairs if name == COOKIE]
    return tokens[0] if len(tokens) == 1 and is_ours(tokens[0], key) else None


def _token() -> str | None:
    token = request.cookies.get(COOKIE)
    return token if token and is_ours(token, current_app.config["SECRET_KEY"]) else None


def _new_token() -> str:
    value = secrets.token_urlsafe(_TOKEN_BYTES)
    return f"{value}.{_check(value, current_app.config['SECRET_KEY'])}"


def _check(value: str, key: str) -> str:
    return hmac.digest(key.encode(), b"device/v1/" + value.encode(), "sha256").hex()[:_CHECK_LENGTH]


def _send(response: Response) -> Response:
    if not hasattr(g, _SET):
        return response
    token: str | None = getattr(g, _SET)
    if token is None:
        response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Lax", path="/")
    elif response.status_code < 400:
        age = int(known_devices.MAX_AGE.total_seconds())
        response.set_cookie(COOKIE, token, max_age=age, secure=True, httponly=True, samesite="Lax", path="/")
    return response
