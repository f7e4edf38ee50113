"""The pages of admins: each is for them alone, and notes in the ledger that it was looked at."""

import functools
from collections.abc import Callable
from typing import Any

from flask import request, session

from mapservice.db import commit, get_session
from mapservice.store.accounts import staff
from mapservice.store.figures import audit_log, published, releases
from mapservice.store.figures.audit_log import Act
from mapservice.store.tables import Member, Release
from mapservice.web.accounts import login
from mapservice.web.accounts.access import staff_required

View = Callable[..., Any]


def looked_at(view: View) -> View:
    """A page for admins; that they opened it is kept, with the condition and the release that it is about."""

    @staff_required(staff.ADMIN)
    @functools.wraps(view)
    def noted(member: Member, **values: Any) -> Any:
        store = get_session()
        parts = [request.endpoint or "", values.get("slug", ""), *request.args.getlist("before")[:1]]
        release = asked_release() or asked_release("after")
        audit_log.note(store, Act.VIEW, member, " ".join(filter(None, parts))[:200], release=release)
        commit(store)
        return view(member, **values)

    return noted


def is_admin() -> bool:
    """For templates: whether who is signed in may open these pages, once they have given their second factor."""
    member = login.viewer()
    return bool(session.get("staff")) and member is not None and staff.ADMIN in staff.roles_of(get_session(), member)


def asked_release(name: str = "release") -> int | None:
    """The number of the release that an address asks for, or None where it asks for none."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def release_of_page(name: str = "release") -> Release | None:
    """The release that an address asks for, else the newest; None before the first.

    :raise UnknownReleaseError: if there is none of that number.
    """
    number = asked_release(name)
    return releases.current(get_session()) if number is None else published.get(get_session(), number)
