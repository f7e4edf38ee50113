"""The forum of a condition: its discussions, the answers in one, following it, and marking what helped."""

import uuid
from functools import partial
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import UnprocessableEntity
from werkzeug.wrappers import Response as Redirect

from mapservice.db import commit, get_session
from mapservice.errors import UnknownTextError
from mapservice.i18n.languages import LANGUAGES
from mapservice.i18n.text_words import reasons_in_words, shown_text, state_in_words
from mapservice.i18n.translation import get_locale
from mapservice.i18n.translation import gettext as _
from mapservice.privacy.texts import MemberTextKind, TextState
from mapservice.privacy.visibility import Viewer
from mapservice.store.across.page_versions import condition_page_version
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.forum import follows, threads
from mapservice.store.forum.threads import ThreadOrder
from mapservice.store.tables import Condition, Member
from mapservice.store.texts import readable, writing
from mapservice.store.texts.readable import ReadText
from mapservice.web.accounts import login
from mapservice.web.accounts.access import member_required, public
from mapservice.web.site import form_fields, pagination, rate_limits
from mapservice.web.site.languages import addresses, in_every_language
from mapservice.web.site.pagination import Page
from mapservice.web.site.retries import idempotent
from mapservice.web.site.shared_pages import shared_page
from mapservice.web.texts import reading, thread_data
from mapservice.web.texts.authors import current_viewer, to_joining

bp = Blueprint("forum", __name__)

#: Discussions on a page of their list, and answers on a page of a discussion.
PAGE, ANSWERS = 20, 25


@bp.get("/conditions/<slug>/forum")
@rate_limits.unlimited  # shared_page counts what it has to render
@public
@in_every_language
def index(slug: str) -> Response:
    """List the discussions that this viewer can read."""
    return shared_page(partial(condition_page_version, slug=slug), partial(_list, slug))


@bp.get("/conditions/<slug>/forum/<uuid:thread_id>")
@rate_limits.unlimited  # shared_page counts what it has to render
@public
@in_every_language
def show(slug: str, thread_id: uuid.UUID) -> Any:
    """Show a discussion. For one that is not public, visitors have to sign in."""
    return reading.shown_or_sign_in(slug, partial(_thread, slug, thread_id))


@bp.get("/conditions/<slug>/forum/answers/<uuid:text_id>")
@member_required
def find(member: Member, slug: str, text_id: uuid.UUID) -> Redirect:
    """Go to an answer, on the page of the discussion where it is for this member."""
    form_fields.allow_only_queries()
    session, condition = get_session(), conditions.get(get_session(), slug)
    viewer = memberships.viewer(session, member, condition)
    row = readable.get(session, condition, text_id, viewer).row
    if row.kind != MemberTextKind.ANSWER:
        raise UnknownTextError
    return redirect(_address_of(slug, row.thread_id, threads.page_of(session, condition, viewer, row, ANSWERS), row.id))


@bp.post("/conditions/<slug>/forum/<uuid:thread_id>/follow")
@member_required
@idempotent
def follow(member: Member, slug: str, thread_id: uuid.UUID) -> Redirect:
    """Follow a discussion, or no longer."""
    wanted = form_fields.is_yes("follow")
    session, condition = get_session(), conditions.get(get_session(), slug)
    if not wanted:
        follows.unfollow(session, member, condition, thread_id)
        commit(session)
        flash(_("You no longer follow this discussion."), "success")
        return redirect(url_for("forum.show", slug=slug, thread_id=thread_id), code=303)
    threads.check_open(session, condition, memberships.viewer(session, member, condition), thread_id)
    membership = memberships.find(session, member, condition)
    if membership is None:
        return to_joining(slug)
    follows.follow(session, membership, thread_id)
    commit(session)
    flash(_("You follow this discussion. When there is a new answer, we tell you."), "success")
    return redirect(url_for("forum.show", slug=slug, thread_id=thread_id), code=303)


@bp.post("/conditions/<slug>/forum/<uuid:thread_id>/seen")
@member_required
@idempotent
def seen(member: Member, slug: str, thread_id: uuid.UUID) -> Redirect:
    """Note up to which answer a follower has read a discussion; nobody else learns that."""
    form_fields.allow_only("newest")
    try:
        newest = uuid.UUID(request.form.get("newest", ""))
    except ValueError:
        raise UnprocessableEntity from None
    condition = conditions.get(get_session(), slug)
    follows.note_seen(get_session(), member, condition, thread_id, newest)
    commit(get_session())
    return redirect(url_for("forum.show", slug=slug, thread_id=thread_id), code=303)


@bp.post("/conditions/<slug>/forum/answers/<uuid:text_id>/helped")
@member_required
@idempotent
def mark(member: Member, slug: str, text_id: uuid.UUID) -> Redirect:
    """Say that an answer helped, or take that back: for the member who began the discussion."""
    is_helpful = form_fields.is_yes("helped")
    session, condition = get_session(), conditions.get(get_session(), slug)
    viewer = memberships.viewer(session, member, condition)
    row = readable.get(session, condition, text_id, viewer).row
    first = threads.get(session, condition, viewer, row.thread_id) if row.thread_id else None
    if row.kind != MemberTextKind.ANSWER or first is None or not first.is_own:
        raise UnknownTextError
    writing.mark_helpful(session, condition, row.id, is_helpful=is_helpful)
    commit(session)
    return redirect(_address_of(slug, row.thread_id, threads.page_of(session, condition, viewer, row, ANSWERS), row.id))


def _address_of(slug: str, thread_id: uuid.UUID | None, number: int, text_id: uuid.UUID) -> str:
    page = number if number > 1 else None
    return url_for("forum.show", slug=slug, thread_id=thread_id, page=page, _anchor=f"text-{text_id}")


def _order() -> ThreadOrder:
    asked = request.args.get("order", "")
    is_known = asked in set(ThreadOrder) and login.viewer() is not None
    return ThreadOrder(asked) if is_known else ThreadOrder.NEWEST


def _list(slug: str) -> str:
    condition, order = conditions.get(get_session(), slug), _order()
    load = partial(threads.listed, get_session(), condition, current_viewer(condition), order)
    listed = pagination.load_page(load, PAGE)
    return render_template(
        "texts/forum.html",
        condition=condition,
        threads=listed,
        rows=[(thread, shown_text(thread.first.row) if thread.first else None) for thread in listed.rows],
        order=order,
        canonical=addresses().get(str(get_locale()), ""),
    )


def _thread(slug: str, thread_id: uuid.UUID) -> str:
    session, condition = get_session(), conditions.get(get_session(), slug)
    viewer = current_viewer(condition)
    first = threads.get(session, condition, viewer, thread_id)
    answers = pagination.load_page(partial(threads.answers, session, condition, viewer, thread_id), ANSWERS)
    if first is None and not answers.total:
        raise UnknownTextError
    quoted = threads.quoted(session, condition, viewer, answers.rows)
    return render_template(
        "texts/thread.html",
        condition=condition,
        thread_id=thread_id,
        first=first,
        shown=shown_text(first.row) if first else None,
        fate="" if first else _fate(condition, viewer, thread_id),
        answers=answers,
        rows=[(text, shown_text(text.row), _quoted(text, quoted)) for text in answers.rows],
        states=(state_in_words, reasons_in_words),
        **_following(condition, viewer, thread_id, answers),
        canonical=_canonical(first, answers.number),
        structured_data=thread_data.posting(
            condition, first, answers.rows, answers.total, _canonical(first, answers.number)
        ),
    )


def _quoted(text: ReadText, quoted: dict[uuid.UUID, ReadText]) -> tuple[ReadText, Any] | None:
    """Return what an answer quotes from the same discussion, if this viewer can read it."""
    found = quoted.get(text.row.quotes_id) if text.row.quotes_id else None
    if found is None or found.row.thread_id != text.row.thread_id:
        return None
    return found, shown_text(found.row)


def _fate(condition: Condition, viewer: Viewer, thread_id: uuid.UUID) -> str:
    """Return why a discussion has no first text, in words."""
    state = threads.fate(get_session(), condition, viewer, thread_id)
    if state is TextState.WITHDRAWN:
        return _("Withdrawn by its author")
    return _("Removed by a moderator") if state is TextState.REMOVED else _("This text is not shown at the moment")


def _following(condition: Condition, viewer: Viewer, thread_id: uuid.UUID, answers: Page[ReadText]) -> dict[str, Any]:
    """Return whether this viewer follows a discussion, and the newest answer on this page if it is new to them."""
    member = login.viewer()
    if member is None or not viewer.has_joined:
        return {"is_followed": False, "newest": None}
    seen = follows.seen_number(get_session(), member, condition, thread_id)
    newest = answers.rows[-1].row if answers.rows else None
    is_new = seen is not None and newest is not None and newest.number > seen
    return {"is_followed": seen is not None, "newest": newest.id if newest and is_new else None}


def _canonical(first: ReadText | None, number: int) -> str:
    """Return the one address of a page of a discussion: that in its own language, if the site has it."""
    if first is None:
        return ""
    language = first.row.language
    address = addresses().get(language if language in LANGUAGES else "x-default", "")
    return f"{address}?page={number}" if address and number > 1 else address
