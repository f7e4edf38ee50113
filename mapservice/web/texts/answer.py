"""Answering in a discussion of the forum."""

import uuid

from flask import Blueprint

from mapservice.db import get_session
from mapservice.store.catalogue import conditions
from mapservice.store.forum import threads
from mapservice.store.tables import Member
from mapservice.web.accounts.access import member_required
from mapservice.web.site import rate_limits
from mapservice.web.site.forms import Answer
from mapservice.web.site.retries import idempotent
from mapservice.web.texts import writing
from mapservice.web.texts.authors import current_viewer
from mapservice.web.texts.places import TextPlace

bp = Blueprint("answer", __name__)


@bp.get("/conditions/<slug>/forum/<uuid:thread_id>/answer")
@member_required
def write(member: Member, slug: str, thread_id: uuid.UUID) -> Answer:
    """Show the form for an answer, with what was typed before."""
    return writing.write(member, _place(slug, thread_id))


@bp.post("/conditions/<slug>/forum/<uuid:thread_id>/answer")
@member_required
def publish(member: Member, slug: str, thread_id: uuid.UUID) -> Answer:
    """Publish an answer, or hold it until a moderator has read it."""
    return writing.publish(member, _place(slug, thread_id))


@bp.route("/conditions/<slug>/forum/<uuid:thread_id>/answer/preview", methods=["GET", "POST"])
@member_required
def preview(member: Member, slug: str, thread_id: uuid.UUID) -> Answer:
    """Show an answer as others would read it. Nothing is published."""
    return writing.preview(member, _place(slug, thread_id))


@bp.post("/conditions/<slug>/forum/<uuid:thread_id>/answer/draft")
@member_required
@idempotent
def keep(member: Member, slug: str, thread_id: uuid.UUID) -> Answer:
    """Keep what was typed, without publishing it."""
    return writing.keep(member, _place(slug, thread_id))


@bp.post("/conditions/<slug>/forum/<uuid:thread_id>/answer/forget")
@rate_limits.unlimited
@member_required
@idempotent
def forget(member: Member, slug: str, thread_id: uuid.UUID) -> Answer:
    """Delete what was typed, also if the discussion is gone."""
    return writing.forget(member, TextPlace.of_thread(slug, thread_id))


def _place(slug: str, thread_id: uuid.UUID) -> TextPlace:
    """Return the place of the answers in a discussion.

    :raise UnknownTextError: if there is none for this member.
    """
    place = TextPlace.of_thread(slug, thread_id)
    place.form()  # refuses fields that no answer has, before anything is looked for
    condition = conditions.get(get_session(), slug)
    threads.check_open(get_session(), condition, current_viewer(condition), thread_id)
    return place
