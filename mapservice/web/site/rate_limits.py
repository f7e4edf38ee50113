"""Rate limits, counted in the database for all processes together.

Attempts to guess something (passwords, codes) have a tight limit for the pair of account and network, and a wide one
for each alone, so that nobody can use up another person's attempts. A known device has a limit of its own, so that
attempts from elsewhere cannot lock a member out.
"""

import functools
import hashlib
import hmac
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, request, session
from sqlalchemy.exc import SQLAlchemyError

from mapservice import db
from mapservice.config import Config
from mapservice.current import current_config
from mapservice.errors import TooManyRequestsError
from mapservice.store.site import rate_limits
from mapservice.web.site import known_devices, proxies
from mapservice.web.site.headers import is_embedded
from mapservice.web.site.redirects import is_api, is_shared_file

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Limit:
    """A token bucket: a burst of ``capacity``, and the same amount again in ``seconds``."""

    purpose: str
    capacity: int
    seconds: int


_DAY_S = 24 * 60 * 60


def limit(purpose: str) -> Limit:
    """Return the limit ``limit_<purpose>`` of the settings."""
    config = current_config()
    rate = config.rate(purpose)
    return Limit(purpose, rate.count, rate.seconds)


def init_app(app: Flask, config: Config) -> None:
    """Limit everything except static files, by the client addresses that reverse proxies report."""
    proxies.init_app(app, config)
    app.config.setdefault("LIMITS", True)
    app.before_request(_limit_anything)


def unlimited(view: View) -> View:
    """Mark a view without a rate limit: a tile that is the same for everybody, or any way to withdraw.

    No limit can prevent hiding, leaving, deleting or signing out, nor opening the pages with those buttons.
    """
    view.is_unlimited = True  # type: ignore[attr-defined]
    return view


def consume(limit: Limit, *clients: str) -> None:
    """Use up one token for each of ``clients`` (an account, :func:`network`).

    :raise TooManyRequestsError: if one of them has none left; those after it are not charged.
    """
    for client in clients:
        wait = _take(limit, client)
        if wait:
            raise TooManyRequestsError(wait, limit.purpose)


def take(limit: Limit, client: str) -> bool:
    """Use up one token of a client, if there is one left; return whether there was."""
    return not _take(limit, client)


def is_used_up(limit: Limit, client: str) -> bool:
    """Return whether a client has no token left."""
    if not current_app.config["LIMITS"]:
        return False
    with db.transaction(current_app.extensions["engine"]) as transaction:
        key = bucket_key(limit, client)
        return rate_limits.is_used_up(transaction, key, capacity=limit.capacity, seconds=limit.seconds)


def _take(limit: Limit, client: str) -> int:
    """Use up one token of a client; return the seconds to wait if there is none left, or 0."""
    if not current_app.config["LIMITS"]:
        return 0
    with db.transaction(current_app.extensions["engine"]) as transaction:
        key = bucket_key(limit, client)
        return rate_limits.consume(transaction, key, capacity=limit.capacity, seconds=limit.seconds)


def consume_sign_in(email: str, device: str | None) -> None:
    """Use up one attempt to sign in to an account, from a known ``device`` or from anywhere.

    :raise TooManyRequestsError: if there is none left.
    """
    if device is not None:
        consume(limit("sign_in_device"), device)
    else:
        _consume_guess("sign_in", "account", email)


def consume_mail(kind: str, device: str | None = None) -> None:
    """Use up one request for an e-mail of a kind by this network; a known ``device`` needs none.

    Each kind is counted separately, so that requests for sign-ups cannot block password resets.

    :raise TooManyRequestsError: if there is none left.
    """
    if device is None:
        consume(limit("network_mails"), f"{network()}/{kind}")


def consume_step_up(account: str) -> None:
    """Use up one attempt of a signed-in member to confirm the password.

    :raise TooManyRequestsError: if there is none left.
    """
    _consume_guess("step_up", "account", f"step-up/{account}")


def consume_code(account: str) -> None:
    """Use up one attempt of a signed-in member with a code of the second factor.

    :raise TooManyRequestsError: if there is none left.
    """
    _consume_guess("code", "account_codes", account)


def consume_passkey() -> None:
    """Use up one attempt of this network to sign in with a passkey, which belongs to no account before it is right.

    :raise TooManyRequestsError: if there is none left.
    """
    consume(limit("network"), network())


def _consume_guess(pair: str, alone: str, account: str) -> None:
    consume(limit(pair), f"{address()}/{account}")
    consume(limit("network"), network())
    consume(limit(alone), account)


def may_mail(kind: str, email: str) -> bool:
    """Return whether one more e-mail of a kind may be sent to an address today, and count it.

    The response to the person must be the same either way. There are at most Config.mails_per_day in any 24 hours,
    since each e-mail uses one of as many buckets that refill in a day.
    """
    if not current_app.config["LIMITS"]:
        return True
    buckets = current_config().mails_per_day
    with db.transaction(current_app.extensions["engine"]) as transaction:
        for place in range(buckets):
            key = bucket_key(Limit(f"mail/{kind}/{place}", 1, _DAY_S), email)
            if not rate_limits.consume(transaction, key, capacity=1, seconds=_DAY_S):
                return True
    return False


def mails_allowed(email: str, *kinds: str) -> frozenset[str]:
    """Count an e-mail of each kind to an address; return the kinds of which it may get one more today.

    They are counted whether or not the address has an account, so that the work is the same.
    """
    return frozenset(kind for kind in kinds if may_mail(kind, email))


def address() -> str:
    """Return the narrow network of the client: the IPv4 address, or the /64 of an IPv6 address."""
    return network_address(request.remote_addr or "")


def network() -> str:
    """Return the wide network of the client: the IPv4 address, or the /48 of an IPv6 address."""
    return network_address(request.remote_addr or "", bits=48)


def network_address(text: str, *, bits: int = 64) -> str:
    """Return the part of an address that identifies a household, or with 48 bits an internet connection.

    >>> network_address("192.0.2.7"), network_address("::ffff:192.0.2.7"), network_address("2001:db8::1:2:3:4%eth0")
    ('192.0.2.7', '192.0.2.7', '2001:db8::/64')
    >>> network_address("2001:db8:0:7::1", bits=48)
    '2001:db8::/48'
    """
    try:
        ip = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((ip, bits), strict=False))
    return str(ip)


def bucket_key(limit: Limit, client: str) -> bytes:
    """Return the name of a bucket, which reveals no address or account without our key."""
    text = "|".join(f"{len(part)}:{part}" for part in ("allowance/v1", limit.purpose, client))
    return hmac.digest(_secret(current_app.config["SECRET_KEY"]), text.encode(), "sha256")


@functools.lru_cache(maxsize=4)
def _secret(key: str) -> bytes:
    return hashlib.sha256(f"allowance/v1:{key}".encode()).digest()


def _limit_anything() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if is_shared_file() or getattr(view, "is_unlimited", False):
        return
    consume_page()


def consume_page() -> None:
    """Use up one token for this request.

    :raise TooManyRequestsError: if its member, its device or its network has none left.
    """
    try:
        if is_api():
            consume(limit("interface"), address())
            return
        # An embeddable page must not depend on the visitor.
        consume(limit("pages"), address() if is_embedded() else _viewer())
    except SQLAlchemyError:
        # Without a database nothing can be counted; everything that needs it fails anyway.
        return


def _viewer() -> str:
    """Return the id of the signed-in member, otherwise of the owner of a known device, otherwise the network.

    Other people in the same network must not block the page on which a member signs in.
    """
    member_id = getattr(session, "member_id", None) if session else None
    if member_id:
        return str(member_id)
    owner = known_devices.owner()
    return f"device/{owner}" if owner else address()
