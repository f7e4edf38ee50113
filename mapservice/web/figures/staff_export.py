"""Handing out a file of released figures to an admin: chosen, noted in the ledger, sent from the disk."""

from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask_babel import lazy_gettext as _l

from mapservice.actions import export_figures
from mapservice.db import commit, get_session
from mapservice.files.formats import Format
from mapservice.files.sanitize import plain
from mapservice.files.table import Geography
from mapservice.store.accounts import staff
from mapservice.store.catalogue import conditions
from mapservice.store.figures import releases
from mapservice.store.figures.audit_log import PURPOSE_LENGTH
from mapservice.store.tables import Member
from mapservice.web.accounts.access import staff_required
from mapservice.web.accounts.staff_access import looked_at
from mapservice.web.site import form_fields, rate_limits
from mapservice.web.site.responses import as_download
from mapservice.web.site.retries import idempotent

bp = Blueprint("handing", __name__, url_prefix="/admin")

#: The formats in the order in which they are offered, with what opens them.
FORMATS = {
    Format.CSV: _l("Table (CSV, UTF-8), for R, Python and other programs"),
    Format.DICTIONARY: _l("Dictionary of the table (CSV on the Web, JSON)"),
    Format.XLSX: _l("Workbook (XLSX), for Excel and LibreOffice"),
    Format.GEOPACKAGE: _l("Map layer (GeoPackage), for QGIS and ArcGIS"),
    Format.GEOJSON: _l("Map layer (GeoJSON), for web maps"),
    Format.REPORT: _l("Report on one page, to print: map, table, how to read it"),
}

#: The languages in which names of countries can be had, each as it calls itself.
LANGUAGE_NAMES = {
    "en": "English", "ar": "العربية", "de": "Deutsch", "es": "Español", "fr": "Français", "it": "Italiano",
    "ja": "日本語", "nl": "Nederlands", "pl": "Polski", "pt": "Português", "ru": "Русский", "tr": "Türkçe",
    "uk": "Українська", "zh": "中文",
}  # fmt: skip


@bp.get("/export")
@looked_at
def choose(_member: Member) -> str:
    """Show what a file of several conditions may hold, to choose from."""
    form_fields.allow_only_queries("condition")
    session = get_session()
    slugs = list(dict.fromkeys(request.args.getlist("condition")))[: export_figures.MOST_CONDITIONS]
    chosen = [conditions.get(session, slug) for slug in slugs]
    release = releases.current(session)
    return render_template("figures/staff_export/choose.html", chosen=chosen, release=release, **offer())


def offer() -> dict[str, Any]:
    """What the form of an export offers to choose from, whatever the conditions."""
    return {"formats": FORMATS, "languages": LANGUAGE_NAMES, "releases": releases.every(get_session())}


@bp.post("/export")
@staff_required(staff.ADMIN, fresh=True)
@idempotent
def export(member: Member) -> Response | tuple[str, int]:
    """Hand out a file, once the admin has said what it is for."""
    form_fields.allow_only("conditions", "by", "release", "format", "language", "with_few", "purpose")
    rate_limits.spend(rate_limits.limit("exports"), str(member.id))
    form, wanted = form_fields.choice("format", Format), _wanted()
    purpose = plain(request.form.get("purpose", ""))
    if len(purpose) < 3 or len(purpose) > PURPOSE_LENGTH:
        return _ask_for_purpose(wanted, form), 422
    session, config = get_session(), current_app.extensions["config"]
    path = export_figures.noted_file(session, config, wanted, form, member, purpose=purpose)
    with export_figures.removed_if_it_fails(path):
        commit(session)
    answer = as_download(path, form)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _wanted() -> export_figures.Extract:
    number = request.form.get("release", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        abort(422)
    language = request.form.get("language", "en")
    if language not in export_figures.LANGUAGES:
        abort(422)
    return export_figures.extract(
        get_session(),
        request.form.get("conditions", "").split(),
        form_fields.choice("by", Geography),
        release=int(number),
        language=language,
        with_few=form_fields.is_ticked("with_few"),
    )


def _ask_for_purpose(wanted: export_figures.Extract, form: Format) -> str:
    """The form as it was filled in, with a word about what is missing."""
    return render_template(
        "figures/staff_export/choose.html", chosen=wanted.conditions, release=wanted.release, typed=request.form,
        needs_purpose=True, wanted_format=form, **offer(),
    )  # fmt: skip
