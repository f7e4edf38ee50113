"""How often something may be done, counted in the database, for all processes together.

What somebody could guess (passwords, codes) is counted tightly by the pair of account and network, and widely by each
alone: nobody uses up what another one needs. A device on which a member has signed in before has an allowance of its
own, so that tries from elsewhere never keep a member out.
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
from mapservice.web.site.headers import is_framed
from mapservice.web.site.redirects import is_interface

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Limit:
    """At most so many of something at once, and as many again in so many seconds."""

    purpose: str
    most: int
    seconds: int


_DAY_S = 24 * 60 * 60


def limit(purpose: str) -> Limit:
    """Return a limit of the settings: that of ``limit_<purpose>``."""
    config = current_config()
    rate = config.rate(purpose)
    return Limit(purpose, rate.count, rate.seconds)


def init_app(app: Flask, config: Config) -> None:
    """Limit everything but static files, by the addresses that reverse proxies name."""
    proxies.init_app(app, config)
    app.config.setdefault("LIMITS", True)
    app.before_request(_limit_anything)


def unlimited(view: View) -> View:
    """Mark a view that may be asked any number of times: a tile that is the same for all, and every way to withdraw.

    No limit keeps anybody from hiding, leaving, deleting or signing out, nor from the pages with those buttons.
    """
    view.is_unlimited = True  # type: ignore[attr-defined]
    return view


def spend(limit: Limit, *who: str) -> None:
    """Use up one of what ``who`` may do (an account, :func:`network`), each of them counted apart.

    :raise TooManyRequestsError: if one of them has none left; those named after it are not charged.
    """
    if not current_app.config["LIMITS"]:
        return
    for each in who:
        with db.transaction(current_app.extensions["engine"]) as transaction:
            wait = rate_limits.spend(transaction, key_of(limit, each), most=limit.most, seconds=limit.seconds)
        if wait:
            raise TooManyRequestsError(wait, limit.purpose)


def spend_sign_in(email: str, device: str | None) -> None:
    """Use up one try to sign in to an account, from a known ``device`` or from anywhere.

    :raise TooManyRequestsError: if there is none left.
    """
    if device is not None:
        spend(limit("sign_in_device"), device)
    else:
        _spend_guess("sign_in", "account", email)


def spend_mail(kind: str, device: str | None = None) -> None:
    """Use up one request of this network for an e-mail of a kind; a known ``device`` needs none.

    Each kind is counted apart, so that asking for sign-ups never keeps anybody from a new password.

    :raise TooManyRequestsError: if there is none left.
    """
    if device is None:
        spend(limit("network_mails"), f"{network()}/{kind}")


def spend_step_up(account: str) -> None:
    """Use up one try of a member who is signed in to give the password again.

    :raise TooManyRequestsError: if there is none left.
    """
    _spend_guess("step_up", "account", f"step-up/{account}")


def spend_code(account: str) -> None:
    """Use up one try of a member who is signed in with a code of the second factor.

    :raise TooManyRequestsError: if there is none left.
    """
    _spend_guess("code", "account_codes", account)


def _spend_guess(pair: str, alone: str, account: str) -> None:
    spend(limit(pair), f"{address()}/{account}")
    spend(limit("network"), network())
    spend(limit(alone), account)


def may_mail(kind: str, email: str) -> bool:
    """Return whether one more e-mail of a kind may go to an address today, and count it.

    The answer to the person must be the same either way. In no 24 hours there are more than Config.mails_per_day, since
    each mail uses one of as many places for a day.
    """
    if not current_app.config["LIMITS"]:
        return True
    most = current_config().mails_per_day
    with db.transaction(current_app.extensions["engine"]) as transaction:
        for place in range(most):
            key = key_of(Limit(f"mail/{kind}/{place}", 1, _DAY_S), email)
            if not rate_limits.spend(transaction, key, most=1, seconds=_DAY_S):
                return True
    return False


def address() -> str:
    """Return from where somebody asks, narrowly: all of an IPv4 address, the /64 of an IPv6 one."""
    return network_of(request.remote_addr or "")


def network() -> str:
    """Return from where somebody asks, widely: all of an IPv4 address, the /48 of an IPv6 one."""
    return network_of(request.remote_addr or "", bits=48)


def network_of(text: str, *, bits: int = 64) -> str:
    """Return what of an address stands for one household, or with 48 bits for one connection.

    >>> network_of("192.0.2.7"), network_of("::ffff:192.0.2.7"), network_of("2001:db8::1:2:3:4%eth0")
    ('192.0.2.7', '192.0.2.7', '2001:db8::/64')
    >>> network_of("2001:db8:0:7::1", bits=48)
    '2001:db8::/48'
    """
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, bits), strict=False))
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
    try:
        if is_interface():
            spend(limit("interface"), address())
            return
        # A page that other sites show inside theirs does not look who asks.
        spend(limit("pages"), address() if is_framed() else _whoever_looks())
    except SQLAlchemyError:
        # Without a database nothing can be counted; whatever the page needs of it fails by itself.
        return


def _whoever_looks() -> str:
    """Return the member who is signed in, else the owner of a known device, else the network.

    Others in the same network must not keep a member from the page on which they sign in.
    """
    member_id = getattr(session, "member_id", None) if session else None
    if member_id:
        return str(member_id)
    owner = known_devices.owner()
    return f"device/{owner}" if owner else address()
