"""Reporting a text: the moderators get it as the reporter reads it."""

import uuid

from flask import Blueprint, flash, redirect, url_for

from mapservice.actions import report as actions
from mapservice.db import commit, get_session
from mapservice.errors import UnknownTextError
from mapservice.i18n.dates import day
from mapservice.i18n.text_words import shown_text
from mapservice.i18n.translation import gettext as _
from mapservice.privacy.reports import Excerpt, ReportKind, ReportReason
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.site import operations
from mapservice.store.tables import Condition, Member
from mapservice.store.texts import readable
from mapservice.store.texts.readable import ReadText
from mapservice.web.accounts.access import member_required
from mapservice.web.reports.forms import ReportForm
from mapservice.web.reports.pages import report_key
from mapservice.web.site import form_fields, rate_limits
from mapservice.web.site.forms import Answer, page
from mapservice.web.site.idempotency import operation_id

bp = Blueprint("text_reports", __name__)


@bp.get("/conditions/<slug>/texts/<uuid:text_id>/report")
@member_required
def ask(member: Member, slug: str, text_id: uuid.UUID) -> Answer:
    """Ask why a text is reported, and say what the moderators will see."""
    form_fields.allow_only_queries()
    condition = conditions.get(get_session(), slug)
    return _page(condition, _text(member, condition, text_id), ReportForm())


@bp.post("/conditions/<slug>/texts/<uuid:text_id>/report")
@member_required
def send(member: Member, slug: str, text_id: uuid.UUID) -> Answer:
    """Send a text, as this member reads it now, to the moderators."""
    session, form = get_session(), ReportForm()
    condition = conditions.get(session, slug)
    if not operations.is_done(session, operation_id(), member):
        text = _text(member, condition, text_id)
        if not form.validate():
            session.rollback()
            return _page(condition, text, form)
        rate_limits.consume(rate_limits.limit("reports"), str(member.id))
        actions.report(
            session,
            member,
            condition,
            _author(text),
            ReportKind.TEXT,
            ReportReason(form.reason.data),
            _excerpts(text),
            note=form.note.data,
            key=report_key(),
            text_id=text_id,
        )
        commit(session)
    flash(_("Thank you. The moderators will look at your report."), "success")
    return redirect(url_for("reports.show"), code=303)


def _text(member: Member, condition: Condition, text_id: uuid.UUID) -> ReadText:
    """Return a text of somebody else that this member can read.

    :raise UnknownTextError: if there is none, or its author has no account: then there is nobody to report.
    """
    viewer = memberships.viewer(get_session(), member, condition)
    text = readable.get(get_session(), condition, text_id, viewer)
    if text.is_own or text.row.member_id is None:
        raise UnknownTextError
    return text


def _author(text: ReadText) -> uuid.UUID:
    if text.row.member_id is None:
        raise UnknownTextError
    return text.row.member_id


def _excerpts(text: ReadText) -> list[Excerpt]:
    """Return a text as the reporter reads it."""
    shown = shown_text(text.row)
    pairs = [(_("Name"), text.name or ""), (_("Written on"), day(text.row.written_on)), (_("Title"), shown.title)]
    pairs += [(str(title) or _("The text"), said) for title, said in shown.parts]
    return [Excerpt(heading, said) for heading, said in pairs if said]


def _page(condition: Condition, text: ReadText, form: ReportForm) -> Answer:
    return page("reports/text.html", form, condition=condition, text=text, shown=shown_text(text.row))
