"""Detects outdated forms by the version of a membership, so that an old tab cannot restore what was withdrawn since."""

import hmac
import uuid

from flask import Flask, current_app, request
from markupsafe import Markup

from mapservice.db import get_session
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.store.community import memberships
from mapservice.store.tables import Member, Membership

FIELD = "version"

#: Error message for an outdated form.
CHANGED = _l(
    "Your settings changed after you opened this page, perhaps in another tab. Nothing was saved. Your current "
    "settings are below. Please choose again."
)


def init_app(app: Flask) -> None:
    """Add the template function ``version_field(member, membership)``, for every form that can show more."""
    app.jinja_env.globals["version_field"] = version_field


def version_field(member: Member, membership: Membership | None) -> Markup:
    """Return a hidden field with the present version."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, present(member, membership))


def present(member: Member, membership: Membership | None) -> str:
    """Return the present version as forms carry it."""
    number = memberships.version(get_session(), member, membership)
    return version_mark(current_app.config["SECRET_KEY"], member.id, number)


def version_mark(secret_key: str, member_id: uuid.UUID, number: int) -> str:
    """Return a version as forms carry it. It depends on the member, because two people may share one browser."""
    text = f"form-version/v1/{member_id}/{number}"
    return hmac.new(secret_key.encode(), text.encode(), "sha256").hexdigest()[:32]


def is_current(member: Member, membership: Membership | None) -> bool:
    """Return whether the form that was sent has the present version. Call it while the member's rows are locked."""
    sent = request.form.get(FIELD, "").encode()
    return hmac.compare_digest(sent, present(member, membership).encode())
