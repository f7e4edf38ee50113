"""For admins: an overview of all communities, and one condition in a release with its growth; released figures only."""

from functools import partial
from typing import Any

from flask import Blueprint, render_template, request

from mapservice.current import current_config
from mapservice.db import get_session
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.maps import growth
from mapservice.privacy.disclosure import DEFAULT, PROFILES
from mapservice.privacy.interpretation import warm_up_releases
from mapservice.store.catalogue import conditions
from mapservice.store.figures import audit_log, overview, releases
from mapservice.store.figures.audit_log import Act
from mapservice.store.figures.overview import Point
from mapservice.store.operator import settings
from mapservice.store.site import mail_queue
from mapservice.store.tables import Member
from mapservice.web.accounts.staff_access import admin_page, page_release
from mapservice.web.figures import public_figures
from mapservice.web.figures.forms import ExportForm
from mapservice.web.site import form_fields, pagination

bp = Blueprint("admin", __name__, url_prefix="/admin")

#: The name of each of these pages in the audit log.
_NAMES = {
    "admin.show": _l("List of statistics"),
    "admin.preview": _l("Statistics for a condition"),
    "admin.list_releases": _l("Releases"),
    "admin.read_audit_log": _l("Access log"),
    "comparison.show": _l("Comparison of releases"),
    "staff_export.choose": _l("Choice of what to export"),
    "moderation.list_open": _l("Open reports"),
    "moderation.list_decided": _l("Decided reports"),
    "moderation.show": _l("Report"),
    "moderation.list_suspended": _l("Suspended accounts"),
    "operator.show": _l("Settings of the service"),
    "operator_texts.edit": _l("Text of the service"),
    "operator_conditions.show": _l("Conditions of the service"),
    "operator_logo.show": _l("Logo"),
    "moderators.show": _l("Staff"),
    "editors.show": _l("Editors"),
    "operator.list_changes": _l("Changes to the service"),
}

# As versions up to 0.2 named two of them: entries never change.
_EARLIER_NAMES = {"admin.read_ledger": "admin.read_audit_log", "handing.choose": "staff_export.choose"}

#: The kinds of e-mails, see web/accounts/emails.py and mail/notifications.py.
KINDS = {
    "sign_up": _l("Link to sign up"),
    "already": _l("The address already has an account"),
    "closed": _l("The account is closed"),
    "reset": _l("Link to choose a new password"),
    "confirm_email": _l("Link to confirm a new e-mail address"),
    "email_change_asked": _l("Request to change the e-mail address"),
    "email_changed": _l("The e-mail address was changed"),
    "password_changed": _l("The password was changed"),
    "new_device": _l("A sign-in on a new device"),
    "factor_changed": _l("The second factor was changed"),
    "passkey_added": _l("A passkey was added"),
    "passkey_removed": _l("A passkey was removed"),
    "notification": _l("Notification"),
    "memorial": _l("Message after a death"),
}

_REASONS = {
    mail_queue.Failure.REFUSED: _l("refused by the recipient's mail server"),
    mail_queue.Failure.TRIED: _l("the mail server could not be reached in %(tries)s tries", tries=mail_queue.MAX_TRIES),
}

#: Conditions or log entries per page.
PAGE = 25


@bp.get("/")
@admin_page
def show(_member: Member) -> str:
    """Show the conditions that have figures in the newest release, the largest first."""
    form_fields.allow_only_queries("q", "page")
    session, query = get_session(), request.args.get("q", "").strip()[:100]
    release = releases.current(session)
    communities = (
        pagination.load_page(partial(overview.communities, session, release, query), PAGE) if release else None
    )
    facts: dict[str, Any] = {"release": release, "communities": communities, "q": query}
    facts["is_told_by_emails"] = settings.is_told_by_emails(session, current_config())
    unsent = {"failures": mail_queue.failures(session)[:PAGE], "retried": mail_queue.retried(session)}
    names = {"kinds": KINDS, "reasons": _REASONS}
    return render_template("figures/staff_overview/show.html", **facts, **unsent, **names)


@bp.get("/releases")
@admin_page
def list_releases(_member: Member) -> str:
    """Show all releases, and what each changed."""
    form_fields.allow_only_queries("page")
    session = get_session()
    release_page = pagination.paginate(releases.list_all(session), PAGE)
    rows = [
        (release, releases.compare(session, releases.find(session, release.number - 1), release))
        for release in release_page.rows
    ]
    return render_template("figures/staff_overview/releases.html", made=release_page, rows=rows)


@bp.get("/conditions/<slug>")
@admin_page
def preview(_member: Member, slug: str) -> str:
    """Show the figures of a condition in a release as they would be exported, and how they grew."""
    form_fields.allow_only_queries("release")
    session = get_session()
    condition = conditions.get(session, slug)
    release = page_release()
    points = overview.growth(session, condition)
    figures = public_figures.page(condition, release=release)
    return render_template(
        "figures/staff_overview/preview.html",
        condition=condition,
        release=release,
        figures=figures,
        script_bundle=figures.script_bundle if figures else None,
        points=points,
        plot=_plot(points),
        chosen=[condition],
        export=ExportForm.for_conditions([condition], release),
        releases=releases.list_all(session),
        size=growth,
        filling=warm_up_releases(DEFAULT),
    )


@bp.get("/ledger")
@admin_page
def read_audit_log(_member: Member) -> str:
    """Show which staff pages were viewed, and by whom; members can read the log of exports."""
    form_fields.allow_only_queries("page")
    lines = pagination.load_page(partial(audit_log.entries, get_session(), Act.VIEW), PAGE)
    return render_template(
        "figures/staff_overview/audit_log.html",
        lines=lines,
        pages_of_staff=_NAMES | {old: _NAMES[new] for old, new in _EARLIER_NAMES.items()},
    )


def _plot(points: list[Point]) -> growth.Plot | None:
    config = current_config()
    interval = PROFILES.get(config.release_profile, DEFAULT).interval
    return growth.plot([point.release for point in points], [point.people for point in points], interval)
