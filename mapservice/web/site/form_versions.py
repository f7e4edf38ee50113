"""The state of a membership that a form was made from: an old tab must not bring back what was withdrawn since."""

import hmac
import uuid

from flask import Flask, current_app, request
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from mapservice.db import get_session
from mapservice.store.community import memberships
from mapservice.store.tables import Member, Membership

FIELD = "version"

#: What somebody reads who sent a form that is not of today.
CHANGED = _l(
    "Your settings changed after you opened this page, perhaps in another tab. Nothing was saved. Your current "
    "settings are below. Please choose again."
)


def init_app(app: Flask) -> None:
    """Give templates ``version_field(member, membership)``, which every form carries that may show more."""
    app.jinja_env.globals["version_field"] = version_field


def version_field(member: Member, membership: Membership | None) -> Markup:
    """A hidden field with the state that a form is made from."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, present(member, membership))


def present(member: Member, membership: Membership | None) -> str:
    """The present state as forms carry it."""
    number = memberships.version(get_session(), member, membership)
    return mark(current_app.config["SECRET_KEY"], member.id, number)


def mark(secret_key: str, member_id: uuid.UUID, number: int) -> str:
    """A version as forms carry it: two people may use one browser, and a form of one is of no version of the other."""
    text = f"form-version/v1/{member_id}/{number}"
    return hmac.new(secret_key.encode(), text.encode(), "sha256").hexdigest()[:32]


def is_current(member: Member, membership: Membership | None) -> bool:
    """Whether the form that was sent was made from the present state. Ask while the member's rows are held."""
    sent = request.form.get(FIELD, "").encode()
    return hmac.compare_digest(sent, present(member, membership).encode())
