"""After a restore: the page that explains why a member is hidden, and lists the settings of each condition."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from mapservice.db import commit, get_session
from mapservice.errors import ReviewFirstError
from mapservice.i18n.labels import zone_name
from mapservice.i18n.translation import gettext as _
from mapservice.store.community import memberships
from mapservice.store.places import home_zones, restore_reviews
from mapservice.store.tables import Member
from mapservice.store.zones import tree
from mapservice.web.accounts import login
from mapservice.web.accounts.access import member_required
from mapservice.web.site import form_fields
from mapservice.web.site.headers import is_embedded
from mapservice.web.site.redirects import is_api, is_shared_file, wants_json
from mapservice.web.site.server_sessions import COOKIE

bp = Blueprint("restore_review", __name__)

# Set in the login once the page was shown: afterwards it is required only before showing something.
_SHOWN = "review_shown"


@bp.get("/me/review")
@member_required
def show(member: Member) -> str:
    """Show the stored settings of each condition and that the member is hidden; after the review, the settings only."""
    form_fields.allow_only_queries()
    stored = get_session()
    joined = memberships.list_for_member(stored, member)
    home = home_zones.home(stored, member)
    zone_ids = [membership.shown_zone for membership, _condition in joined if membership.shown_zone] + (
        [home.zone_id] if home else []
    )
    names = {zone_id: zone_name(zone_id, name) for zone_id, name in tree.names(stored, zone_ids).items()}
    return render_template("accounts/restore_review/show.html", member=member, joined=joined, home=home, names=names)


@bp.post("/me/review")
@member_required
def finish(member: Member) -> Response:
    """Note that the member has reviewed their settings; this does not show anything."""
    form_fields.allow_only()
    restore_reviews.finish(member)
    commit(get_session())
    flash(_("Thank you. You are still hidden. You can now choose where to show yourself again."))
    return redirect(url_for("memberships.mine"), code=303)


@bp.app_errorhandler(ReviewFirstError)
def look_first(_problem: ReviewFirstError) -> Response | tuple[dict[str, str], int]:
    """Redirect a member who wants to be shown or counted before the review; nothing was changed."""
    get_session().rollback()
    if wants_json():
        return {"error": "review", "address": url_for("restore_review.show")}, 409
    return redirect(url_for("restore_review.show"), code=303)


@bp.before_app_request
def after_sign_in() -> Response | None:
    """Redirect a member to the page once in each login, from the first page that they open."""
    if (
        request.method != "GET"
        or COOKIE not in request.cookies
        or request.endpoint in {"restore_review.show", None}
        or is_shared_file()
    ):
        return None
    if is_embedded() or is_api() or wants_json() or request.headers.get("Sec-Fetch-Dest", "document") != "document":
        return None
    member = login.viewer()
    if member is None or member.review_since is None or session.get(_SHOWN):
        return None
    session[_SHOWN] = True
    return redirect(url_for("restore_review.show"), code=303)
