"""For moderators: the reports, each with what its reporter sent and nothing else, decisions, and suspended accounts.

Each view and each decision is entered in the audit log.
"""

import uuid
from functools import partial

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from mapservice.actions import report as actions
from mapservice.db import commit, get_session
from mapservice.errors import StaffAccountError, UnreadableTextError
from mapservice.i18n.dates import today
from mapservice.i18n.report_words import DECISIONS, KINDS, REASONS
from mapservice.i18n.translation import gettext as _
from mapservice.privacy.reports import ReportContent, ReportState
from mapservice.privacy.staff_looks import LookKind
from mapservice.store.accounts import staff, staff_looks
from mapservice.store.catalogue import conditions
from mapservice.store.reports import reports, suspensions
from mapservice.store.tables import Member
from mapservice.store.tables.reports import ReportRow
from mapservice.web.accounts.access import staff_required
from mapservice.web.accounts.staff_access import moderator_page
from mapservice.web.reports.sending import report_key
from mapservice.web.site import form_fields, pagination
from mapservice.web.site.retries import idempotent

bp = Blueprint("moderation", __name__, url_prefix="/moderation")

#: Rows per page.
PAGE = 25


@bp.get("/reports")
@moderator_page
def list_open(member: Member) -> str:
    """List the reports that wait for a decision, the oldest first."""
    return _list(member, is_open=True)


@bp.get("/reports/decided")
@moderator_page
def list_decided(member: Member) -> str:
    """List the reports that were decided, until they are deleted."""
    return _list(member, is_open=False)


@bp.get("/reports/<slug>/<uuid:report_id>")
@moderator_page
def show(member: Member, slug: str, report_id: uuid.UUID) -> str:
    """Show what a report carries, and what can be decided."""
    form_fields.allow_only_queries()
    condition = conditions.get(get_session(), slug, hidden=True)
    report = reports.get(get_session(), condition, report_id, member)
    content, others = _content(report), reports.about(get_session(), report.reported_id) - 1
    actions.note_reading(get_session(), report)
    commit(get_session())
    return render_template(
        "reports/report.html",
        condition=condition,
        report=report,
        content=content,
        earlier=others,
        kinds=KINDS,
        reasons=REASONS,
        decisions=DECISIONS,
    )


@bp.post("/reports/<slug>/<uuid:report_id>")
@staff_required(staff.MODERATOR)
@idempotent
def decide(member: Member, slug: str, report_id: uuid.UUID) -> Response:
    """Dismiss a report, note that something was done, or suspend the account."""
    form_fields.allow_only("state")
    state = form_fields.choice("state", ReportState)
    if state is ReportState.OPEN:
        abort(422)
    store = get_session()
    report = reports.get(store, conditions.get(store, slug, hidden=True), report_id, member)
    try:
        is_first = actions.decide(store, member, report, state, today())
    except StaffAccountError:
        store.rollback()
        flash(_("This is an account of staff. Its roles have to be removed first, on the command line."), "error")
        return redirect(url_for("moderation.show", slug=slug, report_id=report_id), code=303)
    commit(store)
    if is_first:
        flash(_("The decision has been saved. The reporter can read it on the site."), "success")
    else:
        flash(_("Someone has already decided this report."), "warning")
    return redirect(url_for("moderation.list_open"), code=303)


@bp.get("/suspended")
@moderator_page
def list_suspended(_member: Member) -> str:
    """List the accounts that are suspended."""
    form_fields.allow_only_queries("page")
    load = partial(suspensions.listed, get_session())
    accounts = pagination.load_page(load, PAGE)
    for suspension, _name in accounts.rows:
        staff_looks.note(get_session(), suspension.member_id, LookKind.SUSPENDED_LIST)
    commit(get_session())
    return render_template("reports/suspended.html", accounts=accounts)


@bp.post("/suspended/<public_id>/lift")
@staff_required(staff.MODERATOR)
@idempotent
def lift(member: Member, public_id: str) -> Response:
    """End a suspension."""
    form_fields.allow_only()
    suspended = suspensions.find(get_session(), public_id)
    if suspended is not None and actions.lift_suspension(get_session(), member, suspended):
        commit(get_session())
        flash(_("The account is no longer suspended."), "success")
    return redirect(url_for("moderation.list_suspended"), code=303)


def _list(member: Member, *, is_open: bool) -> str:
    form_fields.allow_only_queries("page")
    load = partial(reports.listed, get_session(), member, is_open=is_open)
    return render_template(
        "reports/list.html",
        is_open=is_open,
        reports=pagination.load_page(load, PAGE),
        kinds=KINDS,
        reasons=REASONS,
        decisions=DECISIONS,
    )


def _content(report: ReportRow) -> ReportContent | None:
    """Return what a report carries; None if it was encrypted with a key that was replaced."""
    try:
        return reports.read(report, key=report_key())
    except UnreadableTextError:
        return None
