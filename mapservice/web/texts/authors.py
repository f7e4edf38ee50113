"""What the pages of texts ask about the member who reads or writes there."""

from flask import redirect, url_for
from werkzeug.wrappers import Response

from mapservice.db import get_session
from mapservice.i18n.dates import today
from mapservice.privacy.precision import is_minor
from mapservice.privacy.texts import TextAudience, audience_choices
from mapservice.privacy.visibility import Viewer
from mapservice.store.community import memberships
from mapservice.store.forum import threads
from mapservice.store.tables import Condition, Member, Membership
from mapservice.web.accounts import login
from mapservice.web.site import form_fields
from mapservice.web.texts.places import TextPlace


def current_viewer(condition: Condition) -> Viewer:
    """Return the viewer of a condition who has sent this request."""
    return memberships.viewer(get_session(), login.viewer(), condition)


def profile_name(member: Member, membership: Membership) -> str:
    """Return the name under which others know a member in a community."""
    return membership.pseudonym or member.pseudonym


def audiences(member: Member, membership: Membership, place: TextPlace) -> tuple[TextAudience, ...]:
    """Return the audiences that an author can choose from: for an answer, at most that of its discussion."""
    for_minor = membership.for_minor or is_minor(member.minor_until, today())
    if place.thread_id is None:
        return audience_choices(for_minor=for_minor)
    widest = threads.audience(get_session(), membership.condition_id, place.thread_id)
    return audience_choices(for_minor=for_minor, widest=widest)


def to_joining(slug: str) -> Response:
    """Return to the page on which a member joins: only members of a community write in it."""
    return redirect(url_for("memberships.edit", slug=slug), code=303 if form_fields.is_sent() else 302)
