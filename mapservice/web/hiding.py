"""The way back from hiding, and the question before a place is forgotten for good."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from mapservice.db import get_session
from mapservice.privacy.visibility import Audience
from mapservice.store import conditions, memberships, places, zones
from mapservice.store.tables import Member, Membership
from mapservice.web import forms
from mapservice.web.guards import fresh_member_required, member_required
from mapservice.web.words import zone_name

bp = Blueprint("hiding", __name__)


def before(member: Member, membership: Membership) -> Audience | None:
    """To whom the member was shown before they hid; None if anything has changed since.

    Hiding keeps the consents, saving the form as shown to nobody ends them: then there is no way back but the form.
    """
    if membership.audience_before is None:
        return None
    agrees = memberships.has_agreed(get_session(), member, membership.condition_id, "shown")
    return Audience(membership.audience_before) if agrees else None


@bp.post("/conditions/<slug>/show-again")
@fresh_member_required
def show_again(member: Member, slug: str) -> Response:
    """Show the member again as before they hid: the same zone, the same people, the consents they had given."""
    forms.allow_only()
    stored = get_session()
    membership = memberships.get(stored, member, conditions.get(stored, slug))
    audience = before(member, membership)
    if audience is None:
        flash(_("Please choose below how you want to be shown."))
        return redirect(url_for("place.edit", slug=slug), code=303)
    places.show_to(stored, membership, audience)
    stored.commit()
    flash(_("You are shown again as before."))
    return redirect(url_for("place.edit", slug=slug), code=303)


@bp.get("/me/place/forget")
@member_required
def forget(member: Member) -> str | Response:
    """Ask once more before the place is erased, for that cannot be undone."""
    forms.allow_only_queries()
    home = places.home(get_session(), member)
    if home is None:
        return redirect(url_for("memberships.mine"))
    names = zones.names(get_session(), [home.zone_id])
    joined = [condition.name for shown, condition in memberships.of(get_session(), member) if shown.shown_zone]
    return render_template("place/forget.html", zone=zone_name(home.zone_id, names[home.zone_id]), joined=joined)
