"""The page on which a member reads what staff looked at or changed about them."""

from flask import Blueprint, render_template

from mapservice.db import get_session
from mapservice.i18n.dates import today
from mapservice.i18n.look_words import LOOKS
from mapservice.store.accounts import staff_looks
from mapservice.store.tables import Member
from mapservice.web.accounts.access import member_required
from mapservice.web.site import form_fields

bp = Blueprint("staff_looks", __name__)


@bp.get("/account/staff")
@member_required
def show(member: Member) -> str:
    """List what staff looked at or changed, with the day and the reason, without their names."""
    form_fields.allow_only_queries()
    looks = staff_looks.listed(get_session(), member, today())
    return render_template("accounts/staff_looks/show.html", looks=looks, words=LOOKS)
