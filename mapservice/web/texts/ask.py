"""Starting a discussion in the forum of a condition."""

from flask import Blueprint, jsonify

from mapservice.db import get_session
from mapservice.privacy.texts import MAX_TITLE, MemberTextKind
from mapservice.store.catalogue import conditions
from mapservice.store.tables import Member
from mapservice.web.accounts.access import member_required
from mapservice.web.site import form_fields, rate_limits
from mapservice.web.site.forms import Answer
from mapservice.web.site.redirects import wants_json
from mapservice.web.site.retries import idempotent
from mapservice.web.texts import alike, writing
from mapservice.web.texts.forms import ThreadForm
from mapservice.web.texts.places import TextPlace

bp = Blueprint("ask", __name__)


@bp.get("/conditions/<slug>/forum/ask")
@member_required
def write(member: Member, slug: str) -> Answer:
    """Show the form for a discussion, with what was typed before."""
    return writing.write(member, _place(slug))


@bp.post("/conditions/<slug>/forum/ask")
@member_required
def publish(member: Member, slug: str) -> Answer:
    """Start a discussion, or hold it until a moderator has read it."""
    return writing.publish(member, _place(slug))


@bp.route("/conditions/<slug>/forum/ask/preview", methods=["GET", "POST"])
@member_required
def preview(member: Member, slug: str) -> Answer:
    """Show a discussion as others would read it, and those that are alike. Nothing is published.

    A script asks only for those that are alike, while somebody types a title.
    """
    if form_fields.is_sent() and wants_json():
        title = ThreadForm().title.data[:MAX_TITLE]
        return jsonify(alike=alike.listed(conditions.get(get_session(), slug), title))
    return writing.preview(member, _place(slug))


@bp.post("/conditions/<slug>/forum/ask/draft")
@member_required
@idempotent
def keep(member: Member, slug: str) -> Answer:
    """Keep what was typed, without publishing it."""
    return writing.keep(member, _place(slug))


@bp.post("/conditions/<slug>/forum/ask/forget")
@rate_limits.unlimited
@member_required
@idempotent
def forget(member: Member, slug: str) -> Answer:
    """Delete what was typed."""
    return writing.forget(member, _place(slug))


def _place(slug: str) -> TextPlace:
    return TextPlace(slug, MemberTextKind.THREAD)
