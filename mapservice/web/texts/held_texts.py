"""For moderators: the texts that are held, and what is decided about them. Each view and decision is logged."""

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from mapservice.actions.moderate_text import approve_text, remove_text
from mapservice.db import commit, get_session
from mapservice.i18n.text_words import TEXT_AUDIENCES, TEXT_KINDS, reasons_in_words, shown_text, state_in_words
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.staff_looks import LookKind
from mapservice.privacy.texts import TextState
from mapservice.store.accounts import staff, staff_looks
from mapservice.store.catalogue import conditions
from mapservice.store.tables import Condition, Member
from mapservice.store.tables.texts import MemberText
from mapservice.store.texts import held
from mapservice.text import contacts as contact_details
from mapservice.web.accounts import login
from mapservice.web.accounts.access import staff_required
from mapservice.web.accounts.staff_access import moderator_page
from mapservice.web.site import form_fields, pagination
from mapservice.web.site.forms import Answer, Form, page
from mapservice.web.site.retries import idempotent

bp = Blueprint("held_texts", __name__, url_prefix="/moderation/texts")

#: Rows per page, and the most characters of a decision.
PAGE, MAX_DECISION = 25, 500


class TextDecisionForm(Form):
    """What a moderator decides, and in words why a text is removed."""

    decision = HiddenField()
    why = TextAreaField(
        _l("Why do you remove it? The author reads this."),
        filters=[lambda text: "\n".join((text or "").splitlines()).strip()],
        validators=[Length(max=MAX_DECISION, message=_l("Use at most %(length)s characters.", length=MAX_DECISION))],
        render_kw={"rows": "3", "maxlength": str(MAX_DECISION)},
    )


@bp.get("/")
@moderator_page
def list_held(member: Member) -> str:
    """List the texts that nobody can read before a moderator has, the oldest first."""
    return _list(member, TextState.HELD)


@bp.get("/removed")
@moderator_page
def list_removed(member: Member) -> str:
    """List the texts that were removed."""
    return _list(member, TextState.REMOVED)


@bp.get("/contacts")
@moderator_page
def list_contacts(member: Member) -> str:
    """List the texts whose contact details are hidden from readers until a moderator decides, the oldest first."""
    return _page_of(member, held.with_contacts, "texts/contact_details.html")


@bp.get("/<slug>/<uuid:text_id>")
@moderator_page
def show(member: Member, slug: str, text_id: uuid.UUID) -> Answer:
    """Show a text as its author wrote it, and why it is held."""
    form_fields.allow_only_queries()
    condition = conditions.get(get_session(), slug, hidden=True)
    row = held.get(get_session(), condition, text_id, member)
    staff_looks.note(get_session(), row.member_id, LookKind.TEXT)
    page = _page(condition, row, TextDecisionForm(formdata=None))
    commit(get_session())
    return page


@bp.post("/<slug>/<uuid:text_id>")
@staff_required(staff.MODERATOR)
@idempotent
def decide(member: Member, slug: str, text_id: uuid.UUID) -> Answer:
    """Show a text to its audience, or remove it with a reason."""
    form, session = TextDecisionForm(), get_session()
    condition = conditions.get(session, slug, hidden=True)
    row = held.get(session, condition, text_id, member)
    is_valid, decision, was_shown = form.validate(), form.decision.data, row.state == TextState.SHOWN
    if decision == "remove" and not form.why.data:
        form.reject("why", _("Write a reason. The author needs it to understand, and to change the text."))
    if not is_valid or form.problems:
        return _page(condition, row, form)
    if decision == "remove":
        is_first = remove_text(session, member, row, form.why.data)
    else:
        is_first = approve_text(session, member, row, shows_contacts=decision == "approve-contacts")
    commit(session)
    if is_first:
        flash(_("The decision has been saved."), "success")
    else:
        flash(_("Someone has already decided this."), "warning")
    # Of a text that is shown already, contact details were decided about.
    return redirect(url_for("held_texts.list_contacts" if was_shown else "held_texts.list_held"), code=303)


def waiting() -> int:
    """Return how many texts wait for the signed-in moderator. For templates."""
    member = login.viewer()
    try:
        return held.waiting(get_session(), member) if member is not None else 0
    except SQLAlchemyError:
        return 0


def _list(member: Member, state: TextState) -> str:
    def load(session: Session, moderator: Member, *, limit: int, offset: int) -> Any:
        return held.listed(session, moderator, state, limit=limit, offset=offset)

    return _page_of(member, load, "texts/held.html", is_held=state is TextState.HELD)


def _page_of(member: Member, listed: Callable[..., Any], template: str, **values: Any) -> str:
    """Return a page of a list of texts, of which each view is logged."""
    form_fields.allow_only_queries("page")
    texts = pagination.load_page(partial(listed, get_session(), member), PAGE)
    rows = [(row, condition, shown_text(row), reasons_in_words(row)) for row, condition in texts.rows]
    for row, _condition in texts.rows:
        staff_looks.note(get_session(), row.member_id, LookKind.TEXT)
    found = contact_details.find
    answer = render_template(template, texts=texts, rows=rows, found=found, kinds=TEXT_KINDS, **values)
    commit(get_session())
    return answer


def _page(condition: Condition, row: MemberText, form: TextDecisionForm) -> Answer:
    return page(
        "texts/decide.html",
        form,
        condition=condition,
        row=row,
        shown=shown_text(row, is_unmasked=True),
        hides_contacts=shown_text(row).hides_contacts,
        state=state_in_words(row),
        reasons=reasons_in_words(row),
        kinds=TEXT_KINDS,
        audiences=TEXT_AUDIENCES,
    )
