"""For admins: the texts about the service, in Markdown, with a preview, earlier versions and a way back to them."""

from flask import Blueprint, abort, flash, redirect, url_for

from mapservice.db import commit, get_session
from mapservice.i18n.languages import LANGUAGES
from mapservice.i18n.operator_words import TEXT_HINTS, TEXT_TITLES
from mapservice.i18n.translation import gettext as _
from mapservice.store.accounts import staff
from mapservice.store.figures import audit_log
from mapservice.store.figures.audit_log import Act
from mapservice.store.operator import texts
from mapservice.store.tables import Member
from mapservice.store.tables.operator import TextKind
from mapservice.web.accounts.access import staff_required
from mapservice.web.accounts.staff_access import admin_page
from mapservice.web.operator.about import rendered
from mapservice.web.operator.forms import RestoreForm, TextForm
from mapservice.web.site.forms import Answer, page
from mapservice.web.site.retries import idempotent
from mapservice.web.site.service import read_again

bp = Blueprint("operator_texts", __name__, url_prefix="/admin/service/texts")


@bp.get("/<kind>/<written_in>")
@admin_page
def edit(_member: Member, kind: str, written_in: str) -> Answer:
    """Show a text in one language, and its earlier versions."""
    kind = _known(kind, written_in)
    latest = texts.current(get_session(), kind, written_in)
    source, number = (latest.source, latest.number) if latest else ("", 0)
    return _page(kind, written_in, TextForm(formdata=None, data={"source": source, "base": str(number)}))


@bp.post("/<kind>/<written_in>")
@staff_required(staff.ADMIN, fresh=True)
@idempotent
def save(member: Member, kind: str, written_in: str) -> Answer:
    """Store a new version of a text, or only show what it would look like."""
    kind, form = _known(kind, written_in), TextForm()
    if not form.validate():
        return _page(kind, written_in, form)
    if form.preview.data:
        return _page(kind, written_in, form, status=200)
    latest = texts.current(get_session(), kind, written_in)
    if form.base.data != str(latest.number if latest else 0) and form.text != (latest.source if latest else ""):
        form.base.data = str(latest.number if latest else 0)
        form.form_errors.append(
            _("Someone else has changed this text since you opened it. Compare the two, then save again.")
        )
        return _page(kind, written_in, form, status=409)
    _store(member, kind, written_in, form.text)
    flash(_("The text has been saved.") if form.text else _("The page has been taken away."), "success")
    return redirect(url_for("operator_texts.edit", kind=kind, written_in=written_in), code=303)


@bp.post("/<kind>/<written_in>/restore")
@staff_required(staff.ADMIN, fresh=True)
@idempotent
def restore(member: Member, kind: str, written_in: str) -> Answer:
    """Make an earlier version the current one again, as a new version."""
    kind, form = _known(kind, written_in), RestoreForm()
    earlier = texts.get(get_session(), kind, written_in, form.version)
    if earlier is None:
        abort(422)
    _store(member, kind, written_in, earlier.source)
    flash(_("The earlier version is the current one again."), "success")
    return redirect(url_for("operator_texts.edit", kind=kind, written_in=written_in), code=303)


def _store(member: Member, kind: TextKind, written_in: str, source: str) -> None:
    session = get_session()
    number = texts.save(session, kind, written_in, source)
    if number is not None:
        audit_log.add_entry(session, Act.CHANGE, member, f"{kind} {written_in} {number}")
    commit(session)
    read_again()


def _known(kind: str, written_in: str) -> TextKind:
    if kind not in set(TextKind) or written_in not in LANGUAGES:
        abort(404)
    return TextKind(kind)


def _page(kind: TextKind, written_in: str, form: TextForm, *, status: int = 422) -> Answer:
    versions = texts.versions(get_session(), kind, written_in)
    return page(
        "operator/text.html",
        form,
        status=status,
        is_conflict=status == 409,
        kind=kind,
        title=TEXT_TITLES[kind],
        hint=TEXT_HINTS[kind],
        written_in=written_in,
        language_name=LANGUAGES[written_in],
        preview=rendered(form.text) if form.preview.data else None,
        current=versions[0] if versions else None,
        earlier=[(version, rendered(version.source)) for version in versions[1:]],
    )
