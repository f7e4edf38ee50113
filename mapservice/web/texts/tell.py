"""Writing a story, and changing a text of any kind."""

import uuid

from flask import Blueprint, redirect, url_for

from mapservice.db import get_session
from mapservice.errors import UnknownTextError
from mapservice.privacy.texts import TextState
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.texts import MemberText
from mapservice.store.texts import writing as stored
from mapservice.web.accounts.access import member_required
from mapservice.web.site import form_fields, rate_limits
from mapservice.web.site.forms import Answer
from mapservice.web.site.retries import idempotent
from mapservice.web.texts import writing
from mapservice.web.texts.forms import AnyTextForm
from mapservice.web.texts.places import TextPlace

bp = Blueprint("tell", __name__)


@bp.get("/conditions/<slug>/stories/tell")
@member_required
def write(member: Member, slug: str) -> Answer:
    """Show the form for a story, with what was typed before."""
    return writing.write(member, TextPlace(slug))


@bp.post("/conditions/<slug>/stories/tell")
@member_required
def publish(member: Member, slug: str) -> Answer:
    """Publish a story, or hold it until a moderator has read it."""
    return writing.publish(member, TextPlace(slug))


@bp.route("/conditions/<slug>/stories/tell/preview", methods=["GET", "POST"])
@member_required
def preview(member: Member, slug: str) -> Answer:
    """Show a story as others would read it. Nothing is published."""
    return writing.preview(member, TextPlace(slug))


@bp.post("/conditions/<slug>/stories/tell/draft")
@member_required
@idempotent
def keep(member: Member, slug: str) -> Answer:
    """Keep what was typed, without publishing it."""
    return writing.keep(member, TextPlace(slug))


@bp.post("/conditions/<slug>/stories/tell/forget")
@rate_limits.unlimited
@member_required
@idempotent
def forget(member: Member, slug: str) -> Answer:
    """Delete what was typed."""
    return writing.forget(member, TextPlace(slug))


@bp.get("/conditions/<slug>/texts/<uuid:text_id>/edit")
@member_required
def edit(member: Member, slug: str, text_id: uuid.UUID) -> Answer:
    """Show the form with a text of this member."""
    form_fields.allow_only_queries()
    return writing.edit(member, *_own(member, slug, text_id))


@bp.post("/conditions/<slug>/texts/<uuid:text_id>/edit")
@member_required
@idempotent
def save(member: Member, slug: str, text_id: uuid.UUID) -> Answer:
    """Change a text."""
    AnyTextForm()  # refuses fields that no text has, before anything is looked for
    return writing.save(member, *_own(member, slug, text_id))


@bp.route("/conditions/<slug>/texts/<uuid:text_id>/edit/preview", methods=["GET", "POST"])
@member_required
def preview_change(member: Member, slug: str, text_id: uuid.UUID) -> Answer:
    """Show a changed text as others would read it. Nothing is stored."""
    AnyTextForm()  # refuses fields that no text has, before anything is looked for
    found = _own(member, slug, text_id)
    if not form_fields.is_sent():
        return redirect(url_for("tell.edit", slug=slug, text_id=text_id))
    return writing.preview_change(member, *found)


def _own(member: Member, slug: str, text_id: uuid.UUID) -> tuple[Condition, Membership, MemberText]:
    """Return a text of a member that can be changed, with its condition and their membership there.

    :raise UnknownTextError: if there is none.
    """
    condition, membership = writing.find_membership(member, slug)
    row = stored.own(get_session(), member, condition, text_id)
    if membership is None or row.state not in (TextState.SHOWN, TextState.HELD):
        raise UnknownTextError
    return condition, membership, row
