"""After a restore: the page that says why somebody is hidden, and lists what each of their conditions has."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from mapservice.db import get_session
from mapservice.errors import ReviewFirstError
from mapservice.store import memberships, places, reviews, zones
from mapservice.store.tables import Member
from mapservice.web import forms, identity
from mapservice.web.guards import member_required
from mapservice.web.headers import is_framed
from mapservice.web.sessions import COOKIE
from mapservice.web.ways import is_interface, wants_json
from mapservice.web.words import zone_name

bp = Blueprint("review", __name__)

# Set in the login once the page was shown: after that it is asked for only where something shall be shown.
_SHOWN = "review_shown"


@bp.get("/me/review")
@member_required
def show(member: Member) -> str:
    """Show what is kept in each condition, and that nobody sees it; after the member has looked, only that."""
    forms.allow_only_queries()
    stored = get_session()
    joined = memberships.of(stored, member)
    home = places.home(stored, member)
    wanted = [each.shown_zone for each, _condition in joined if each.shown_zone] + ([home.zone_id] if home else [])
    names = {zone_id: zone_name(zone_id, name) for zone_id, name in zones.names(stored, wanted).items()}
    return render_template("review/show.html", member=member, joined=joined, home=home, names=names)


@bp.post("/me/review")
@member_required
def finish(member: Member) -> Response:
    """Note that the member has looked; nothing is shown by this."""
    forms.allow_only()
    reviews.finish(member)
    get_session().commit()
    flash(_("Thank you. You are still hidden. You can now show yourself again, where you want to."))
    return redirect(url_for("memberships.mine"), code=303)


@bp.app_errorhandler(ReviewFirstError)
def look_first(_problem: ReviewFirstError) -> Response | tuple[dict[str, str], int]:
    """Lead somebody to the page who wants to be shown or counted and has not looked yet; nothing was changed."""
    get_session().rollback()
    if wants_json():
        return {"error": "review", "address": url_for("review.show")}, 409
    return redirect(url_for("review.show"), code=303)


@bp.before_app_request
def after_sign_in() -> Response | None:
    """Lead somebody to the page once in each login, on the first page that they open."""
    if request.method != "GET" or COOKIE not in request.cookies or request.endpoint in {"static", "review.show", None}:
        return None
    if is_framed() or is_interface() or wants_json() or request.headers.get("Sec-Fetch-Dest", "document") != "document":
        return None
    member = identity.viewer()
    if member is None or member.review_since is None or session.get(_SHOWN):
        return None
    session[_SHOWN] = True
    return redirect(url_for("review.show"), code=303)
