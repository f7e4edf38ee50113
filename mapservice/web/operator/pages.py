"""For admins: the settings of the service. Each change is entered in the audit log, without what was written."""

from functools import partial

from flask import Blueprint, flash, redirect, render_template, url_for

from mapservice.current import current_config
from mapservice.db import commit, get_session
from mapservice.i18n.languages import LANGUAGES
from mapservice.i18n.operator_words import TEXT_HINTS, TEXT_TITLES
from mapservice.i18n.translation import gettext as _
from mapservice.store.accounts import staff
from mapservice.store.figures import audit_log
from mapservice.store.figures.audit_log import Act
from mapservice.store.operator import settings
from mapservice.store.operator.settings import Setting
from mapservice.store.tables import Member
from mapservice.web.accounts.access import staff_required
from mapservice.web.accounts.staff_access import admin_page
from mapservice.web.operator.forms import ServiceForm
from mapservice.web.site import form_fields, pagination
from mapservice.web.site.forms import Answer, page
from mapservice.web.site.retries import idempotent
from mapservice.web.site.service import read_again, service_settings

bp = Blueprint("operator", __name__, url_prefix="/admin/service")

#: Entries per page.
PAGE = 25


@bp.get("/")
@admin_page
def show(_member: Member) -> Answer:
    """Show what can be set, and which texts are missing."""
    return _page(ServiceForm.of(service_settings()))


@bp.post("/")
@staff_required(staff.ADMIN, fresh=True)
@idempotent
def save(member: Member) -> Answer:
    """Store what is different from the present settings."""
    form, session = ServiceForm(), get_session()
    if not form.validate():
        return _page(form)
    present = service_settings()
    for setting in (Setting.NAME, Setting.CONTACT, Setting.COLOUR, Setting.COLOUR_DARK):
        if form[setting].data != getattr(present, setting):
            audit_log.add_entry(session, Act.CHANGE, member, setting)
            if setting is Setting.NAME:
                settings.save_name(session, form.name.data, current_config().site_name)
            else:
                settings.save(session, setting, form[setting].data)
    commit(session)
    read_again()
    flash(_("The settings have been saved. Every page shows them now."), "success")
    return redirect(url_for("operator.show"), code=303)


@bp.get("/changes")
@admin_page
def list_changes(_member: Member) -> str:
    """Show what was changed, by whom and when."""
    form_fields.allow_only_queries("page")
    lines = pagination.load_page(partial(audit_log.entries, get_session(), Act.CHANGE), PAGE)
    return render_template("operator/changes.html", lines=lines)


def _page(form: ServiceForm) -> Answer:
    return page(
        "operator/settings.html",
        form,
        titles=TEXT_TITLES,
        hints=TEXT_HINTS,
        default=current_config(),
        text_languages=LANGUAGES,
    )
