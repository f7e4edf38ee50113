"""Guards of the pages for admins and moderators: each view is entered in the audit log."""

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


def admin_page(view: View) -> View:
    """Restrict a view to admins, and log its use, with the condition and the release that it shows."""

    @staff_required(staff.ADMIN)
    @functools.wraps(view)
    def noted(member: Member, **values: Any) -> Any:
        store = get_session()
        parts = [request.endpoint or "", values.get("slug", ""), *request.args.getlist("before")[:1]]
        release = requested_release() or requested_release("after")
        audit_log.add_entry(store, Act.VIEW, member, " ".join(filter(None, parts))[:200], release=release)
        commit(store)
        return view(member, **values)

    return noted


def moderator_page(view: View) -> View:
    """Restrict a view to moderators, and log its use, with the id of what it shows."""

    @staff_required(staff.MODERATOR)
    @functools.wraps(view)
    def noted(member: Member, **values: Any) -> Any:
        ids = (str(value) for name, value in values.items() if name.endswith("_id"))
        audit_log.add_entry(get_session(), Act.VIEW, member, " ".join([request.endpoint or "", *ids]))
        commit(get_session())
        return view(member, **values)

    return noted


def is_admin() -> bool:
    """Return whether the signed-in member can open the pages of admins, after giving their second factor."""
    return _has_role(staff.ADMIN)


def is_moderator() -> bool:
    """Return whether the signed-in member can open the pages of moderators, after giving their second factor."""
    return _has_role(staff.MODERATOR)


def _has_role(role: str) -> bool:
    member = login.viewer()
    return bool(session.get("staff")) and member is not None and role in staff.staff_roles(get_session(), member)


def requested_release(name: str = "release") -> int | None:
    """Return the number of the release in the URL, or None."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def page_release(name: str = "release") -> Release | None:
    """Return the release in the URL, otherwise the newest; None before the first.

    :raise UnknownReleaseError: if there is no release with that number.
    """
    number = requested_release(name)
    return releases.current(get_session()) if number is None else published.get_release(get_session(), number)
