"""Reporting a text: the moderators get it as the reporter reads it."""

import uuid

from flask import Blueprint

from mapservice.db import get_session
from mapservice.errors import UnknownTextError
from mapservice.i18n.dates import day
from mapservice.i18n.text_words import shown_text
from mapservice.i18n.translation import gettext as _
from mapservice.privacy.reports import Excerpt, ReportKind
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.tables import Member
from mapservice.store.texts import readable
from mapservice.store.texts.readable import ReadText
from mapservice.web.accounts.access import member_required
from mapservice.web.reports import sending
from mapservice.web.reports.sending import Reported
from mapservice.web.site import form_fields
from mapservice.web.site.forms import Answer

bp = Blueprint("text_reports", __name__)


@bp.get("/conditions/<slug>/texts/<uuid:text_id>/report")
@member_required
def ask(member: Member, slug: str, text_id: uuid.UUID) -> Answer:
    """Ask why a text is reported, and say what the moderators will see."""
    form_fields.allow_only_queries()
    return sending.ask(_reported(member, slug, text_id))


@bp.post("/conditions/<slug>/texts/<uuid:text_id>/report")
@member_required
def send(member: Member, slug: str, text_id: uuid.UUID) -> Answer:
    """Send a text, as this member reads it now, to the moderators."""
    return sending.send(member, lambda: _reported(member, slug, text_id))


def _reported(member: Member, slug: str, text_id: uuid.UUID) -> Reported:
    """Return a text of somebody else that this member can read.

    :raise UnknownTextError: if there is none, or its author has no account: then there is nobody to report.
    """
    condition = conditions.get(get_session(), slug)
    text = readable.get(get_session(), condition, text_id, memberships.viewer(get_session(), member, condition))
    if text.is_own or text.row.member_id is None:
        raise UnknownTextError
    return Reported(
        condition=condition,
        member_id=text.row.member_id,
        kind=ReportKind.TEXT,
        template="reports/text.html",
        words={"text": text, "shown": shown_text(text.row)},
        excerpts=lambda _form: _excerpts(text),
        text_id=text_id,
    )


def _excerpts(text: ReadText) -> list[Excerpt]:
    """Return a text as the reporter reads it."""
    shown = shown_text(text.row)
    pairs = [(_("Name"), text.name or ""), (_("Written on"), day(text.row.written_on)), (_("Title"), shown.title)]
    pairs += [(str(title) or _("The text"), said) for title, said in shown.parts]
    return [Excerpt(heading, said) for heading, said in pairs if said]
