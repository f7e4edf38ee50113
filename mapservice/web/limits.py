"""How often one account or one address may do something, counted in the database, for all processes together."""

import functools
import hashlib
import hmac
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, current_app, request, session
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix

from mapservice import db
from mapservice.config import Config
from mapservice.errors import TooManyRequestsError
from mapservice.store import allowances
from mapservice.web.headers import is_framed
from mapservice.web.ways import is_interface

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Limit:
    """At most so many of something at once, and as many again in so many seconds."""

    purpose: str
    most: int
    seconds: int


_DAY_S = 24 * 60 * 60

# Source: /security, values for limits; Mastodon for the /64.
SIGN_IN = Limit("sign-in", 10, 5 * 60)
STEP_UP = Limit("step-up", 10, 5 * 60)
CODE = Limit("code", 5, 5 * 60)
# By address of the network alone, behind which there may be a whole clinic; see may_mail for who is written to.
RESET = Limit("reset", 100, 60 * 60)
SIGN_UP = Limit("sign-up", 100, 60 * 60)
ANYTHING = Limit("anything", 200, 60)
# Files that take long to make.
FILES = Limit("files", 20, 10 * 60)


def init_app(app: Flask, config: Config) -> None:
    """Limit everything but static files, and believe as many reverse proxies as the settings name."""
    if config.trusted_hops:
        hops = config.trusted_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    app.config.setdefault("LIMITS", True)
    app.before_request(_limit_anything)


def unlimited(view: View) -> View:
    """A view that may be asked any number of times, such as a tile that is the same for everybody."""
    view.is_unlimited = True  # type: ignore[attr-defined]
    return view


def spend(limit: Limit, *who: str) -> None:
    """Use up one of what ``who`` may do (an account, :func:`address`), each of them counted apart.

    :raise TooManyRequestsError: if one of them has none left; those named after it are not charged.
    """
    if not current_app.config["LIMITS"]:
        return
    for each in who:
        with db.transaction(current_app.extensions["engine"]) as transaction:
            wait = allowances.spend(transaction, key_of(limit, each), most=limit.most, seconds=limit.seconds)
        if wait:
            raise TooManyRequestsError(wait)


def may_mail(kind: str, email: str) -> bool:
    """Return whether one more e-mail of a kind may go to an address today, and count it.

    The answer to the person must be the same either way. In no 24 hours there are more than Config.mails_per_day, since
    each mail uses one of as many places for a day.
    """
    if not current_app.config["LIMITS"]:
        return True
    most: int = current_app.extensions["config"].mails_per_day
    with db.transaction(current_app.extensions["engine"]) as transaction:
        for place in range(most):
            key = key_of(Limit(f"mail/{kind}/{place}", 1, _DAY_S), email)
            if not allowances.spend(transaction, key, most=1, seconds=_DAY_S):
                return True
    return False


def address() -> str:
    """Who asks, by address: all of an IPv4 address, the /64 of an IPv6 one."""
    return network_of(request.remote_addr or "")


def network_of(text: str) -> str:
    """What of an address stands for one household.

    >>> network_of("192.0.2.7"), network_of("::ffff:192.0.2.7"), network_of("2001:db8::1:2:3:4%eth0")
    ('192.0.2.7', '192.0.2.7', '2001:db8::/64')
    """
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def key_of(limit: Limit, who: str) -> bytes:
    """The name of a bucket, from which nobody without our key learns an address or an account."""
    text = "|".join(f"{len(part)}:{part}" for part in ("allowance/v1", limit.purpose, who))
    return hmac.digest(_secret(current_app.config["SECRET_KEY"]), text.encode(), "sha256")


@functools.lru_cache(maxsize=4)
def _secret(key: str) -> bytes:
    return hashlib.sha256(f"allowance/v1:{key}".encode()).digest()


def _limit_anything() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if request.endpoint == "static" or getattr(view, "is_unlimited", False):
        return
    # A page that other sites show inside theirs does not look who asks, nor does the interface for programs.
    looks = not is_framed() and not is_interface()
    member_id = getattr(session, "member_id", None) if looks and session else None
    try:
        spend(ANYTHING, str(member_id) if member_id else address())
    except SQLAlchemyError:
        # Without a database nothing can be counted; whatever the page needs of it fails by itself.
        return
