"""Sending a report: one form, one limit and one answer, whatever is reported.

Each kind of thing that can be reported has a file beside this one. It says in a ``Reported`` what its reader is shown
and what would be sent, and its two views call ``ask`` and ``send``.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, redirect, url_for

from mapservice.actions import report as actions
from mapservice.db import commit, get_session
from mapservice.i18n.translation import gettext as _
from mapservice.privacy.reports import Excerpt, ReportKind, ReportReason, key_of
from mapservice.store.site import operations
from mapservice.store.tables import Condition, Member
from mapservice.web.reports.forms import ReportForm
from mapservice.web.site import form_fields, rate_limits
from mapservice.web.site.forms import Answer, page
from mapservice.web.site.idempotency import operation_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """Something that a member can report, as they see it now.

    ``member_id`` is the account that the report is about. ``template`` extends ``reports/form.html`` and is given
    ``words``. ``excerpts`` returns what a valid form sends: exactly what the reporter saw or chose. ``text_id`` is the
    text, if it is one that moderators can remove.
    """

    condition: Condition
    member_id: uuid.UUID
    kind: ReportKind
    template: str
    words: Mapping[str, Any]
    excerpts: Callable[[ReportForm], Sequence[Excerpt]]
    form: type[ReportForm] = ReportForm
    text_id: uuid.UUID | None = None


def ask(reported: Reported) -> Answer:
    """Return the page that asks for the reason and says what the moderators will see."""
    return _page(reported, reported.form())


def send(member: Member, find: Callable[[], Reported], *boxes: str) -> Answer:
    """Send a report to the moderators; ``boxes`` are the fields beside the reason and the note.

    A report that has been sent is not looked up again: the person may be gone since.
    """
    form_fields.allow_only("reason", "note", *boxes)
    session = get_session()
    if not operations.is_done(session, operation_id(), member):
        reported = find()
        form = reported.form()
        if not form.validate():
            session.rollback()
            return _page(reported, form)
        rate_limits.consume(rate_limits.limit("reports"), str(member.id))
        _add(member, reported, form)
        commit(session)
    flash(_("Thank you. The moderators will look at your report."), "success")
    return redirect(url_for("reports.show"), code=303)


def report_key() -> bytes:
    """Return the key that encrypts reports."""
    return key_of(current_app.config["SECRET_KEY"])


def _add(member: Member, reported: Reported, form: ReportForm) -> None:
    actions.report(
        get_session(),
        member,
        reported.condition,
        reported.member_id,
        reported.kind,
        ReportReason(form.reason.data),
        reported.excerpts(form),
        note=form.note.data,
        key=report_key(),
        text_id=reported.text_id,
    )


def _page(reported: Reported, form: ReportForm) -> Answer:
    return page(reported.template, form, condition=reported.condition, **reported.words)
