"""A member's own texts in all communities: what became of each, withdrawing them, and undoing that; and thanks."""

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from mapservice.db import commit, get_session
from mapservice.errors import UnknownTextError
from mapservice.i18n.dates import today
from mapservice.i18n.text_words import TEXT_AUDIENCES, TEXT_KINDS, reasons_in_words, shown_text, state_in_words
from mapservice.i18n.translation import gettext as _
from mapservice.privacy.texts import WITHDRAWN_FOR
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.tables import Member
from mapservice.store.tables.texts import MemberText
from mapservice.store.texts import drafts, readable, thanks, writing
from mapservice.web.accounts.access import member_required
from mapservice.web.site import form_fields, rate_limits
from mapservice.web.site.forms import Answer, SureForm
from mapservice.web.site.retries import idempotent
from mapservice.web.texts.places import TextPlace

bp = Blueprint("own_texts", __name__)


@bp.get("/me/texts")
@rate_limits.unlimited
@member_required
def show(member: Member) -> str:
    """List the member's texts, in whatever state, and drafts."""
    form_fields.allow_only_queries()
    rows = [
        (row, condition, shown_text(row, is_unmasked=True), TextPlace.of_text(condition, row).address_of(row))
        for row, condition in writing.list_own(get_session(), member)
    ]
    typed = [
        (draft, condition, TextPlace.of_draft(condition, draft).address("write"))
        for draft, condition in drafts.list_for_member(get_session(), member)
    ]
    return render_template(
        "texts/own.html",
        rows=rows,
        drafts=typed,
        state_in_words=state_in_words,
        reasons_in_words=reasons_in_words,
        kinds=TEXT_KINDS,
        audiences=TEXT_AUDIENCES,
        withdrawn_days=WITHDRAWN_FOR.days,
    )


@bp.post("/conditions/<slug>/texts/<uuid:text_id>/withdraw")
@rate_limits.unlimited
@member_required
@idempotent
def withdraw(member: Member, slug: str, text_id: uuid.UUID) -> Response:
    """Withdraw a text at once."""
    form_fields.allow_only()
    writing.withdraw(get_session(), _own(member, slug, text_id), today())
    commit(get_session())
    flash(_("Your text has been withdrawn. Nobody else can read it now. You can undo this below."), "success")
    return redirect(url_for("own_texts.show"), code=303)


@bp.post("/conditions/<slug>/texts/<uuid:text_id>/undo")
@member_required
@idempotent
def undo(member: Member, slug: str, text_id: uuid.UUID) -> Response:
    """Show a withdrawn text again, to the people who could read it before."""
    form_fields.allow_only()
    if writing.undo_withdrawal(get_session(), _own(member, slug, text_id)):
        commit(get_session())
        flash(_("Your text is back as it was before."), "success")
    return redirect(url_for("own_texts.show"), code=303)


@bp.route("/conditions/<slug>/texts/<uuid:text_id>/delete", methods=["GET", "POST"])
@rate_limits.unlimited
@member_required
@idempotent
def erase(member: Member, slug: str, text_id: uuid.UUID) -> Answer:
    """Ask for confirmation, then delete a text for good."""
    form = SureForm()
    row = _own(member, slug, text_id)
    if not form.sure.data:
        condition = conditions.get(get_session(), slug, hidden=True)
        return render_template("texts/delete.html", condition=condition, row=row, kinds=TEXT_KINDS)
    writing.erase(get_session(), row)
    commit(get_session())
    flash(_("Your text has been deleted."), "success")
    return redirect(url_for("own_texts.show"), code=303)


@bp.post("/conditions/<slug>/texts/<uuid:text_id>/thanks")
@member_required
@idempotent
def thank(member: Member, slug: str, text_id: uuid.UUID) -> Response:
    """Thank somebody for a text, or take the thanks away. Nobody sees who thanked, or how many."""
    change = thanks.give if form_fields.is_yes("thanks") else thanks.take_back
    condition = conditions.get(get_session(), slug)
    text = readable.get(get_session(), condition, text_id, memberships.viewer(get_session(), member, condition))
    if text.is_own:
        raise UnknownTextError
    change(get_session(), member, text.row)
    commit(get_session())
    return redirect(TextPlace.of_text(condition, text.row).address_of(text.row), code=303)


def _own(member: Member, slug: str, text_id: uuid.UUID) -> MemberText:
    condition = conditions.get(get_session(), slug, hidden=True)
    return writing.own(get_session(), member, condition, text_id)
