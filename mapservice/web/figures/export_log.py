"""The log of exports of published figures, with recipients and purposes, which every member can read."""

from functools import partial

from flask import Blueprint, render_template

from mapservice.db import get_session
from mapservice.files.table import Geography
from mapservice.i18n.bidi import isolate
from mapservice.i18n.translation import gettext as _
from mapservice.store.figures import audit_log
from mapservice.store.figures.audit_log import Act
from mapservice.store.tables import Member
from mapservice.web.accounts.access import member_required
from mapservice.web.site import form_fields, pagination

bp = Blueprint("export_log", __name__)

#: Entries per page.
PAGE = 50


@bp.get("/exports")
@member_required
def show(_member: Member) -> str:
    """Show the list of exports, the newest first."""
    form_fields.allow_only_queries("page")
    lines = pagination.load_page(partial(audit_log.entries, get_session(), Act.EXPORT), PAGE)
    return render_template("figures/export_log/show.html", lines=lines, statistics=_statistics)


def _statistics(subject: str) -> str:
    """Return in words which statistics were exported; the log has the slugs and the division, "a, b by country"."""
    slugs, _by, division = subject.rpartition(" by ")
    match division:
        case Geography.COUNTRY:
            return _("%(conditions)s by country", conditions=isolate(slugs))
        case Geography.REGION:
            return _("%(conditions)s by region", conditions=isolate(slugs))
    return subject
