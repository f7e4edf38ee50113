"""Export of a file of released figures by an admin: selected, entered in the audit log, sent from disk."""

from flask import Blueprint, render_template, request

from mapservice.actions import export_figures
from mapservice.current import current_config
from mapservice.db import commit, get_session
from mapservice.files.formats import Format
from mapservice.files.table import Geography
from mapservice.store.accounts import staff
from mapservice.store.catalogue import conditions
from mapservice.store.figures import releases
from mapservice.store.tables import Member
from mapservice.web.accounts.access import staff_required
from mapservice.web.accounts.staff_access import admin_page
from mapservice.web.figures.forms import ExportForm
from mapservice.web.site import form_fields, rate_limits
from mapservice.web.site.forms import Answer, page
from mapservice.web.site.responses import download_response
from mapservice.web.site.retries import idempotent

bp = Blueprint("staff_export", __name__, url_prefix="/admin")


@bp.get("/export")
@admin_page
def choose(_member: Member) -> str:
    """Show the options for a file of several conditions."""
    form_fields.allow_only_queries("condition")
    session = get_session()
    slugs = list(dict.fromkeys(request.args.getlist("condition")))[: export_figures.MAX_CONDITIONS]
    chosen = [conditions.get(session, slug) for slug in slugs]
    release = releases.current(session)
    export = ExportForm.for_conditions(chosen, release)
    return render_template("figures/staff_export/choose.html", chosen=chosen, release=release, export=export)


@bp.post("/export")
@staff_required(staff.ADMIN, fresh=True)
@idempotent
def export(member: Member) -> Answer:
    """Send a file after the admin has stated its purpose."""
    form = ExportForm()
    rate_limits.consume(rate_limits.limit("exports"), str(member.id))
    if not form.validate():
        return _again(form)
    file, selection = Format(form.format.data), _selection(form)
    session, config = get_session(), current_config()
    path = export_figures.write_logged_file(session, config, selection, file, member, purpose=form.purpose.data)
    with export_figures.deleted_on_error(path):
        commit(session)
    answer = download_response(path, file)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _selection(form: ExportForm) -> export_figures.Selection:
    return export_figures.select_figures(
        get_session(),
        (form.conditions.data or "").split(),
        Geography(form.by.data),
        release=int(form.release.data),
        language=form.language.data,
        with_few=form.with_few.data,
    )


def _again(form: ExportForm) -> Answer:
    """Return the form as it was filled in, with an error message."""
    session, slugs = get_session(), (form.conditions.data or "").split()[: export_figures.MAX_CONDITIONS]
    chosen, release = [conditions.get(session, slug) for slug in slugs], releases.current(session)
    form.limit_report(len(chosen))
    return page("figures/staff_export/choose.html", form, chosen=chosen, release=release, export=form)
