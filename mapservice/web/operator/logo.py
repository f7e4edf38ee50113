"""For admins: the logo, uploaded as a picture and drawn again by us."""

import hashlib

from flask import Blueprint, flash, redirect, request, url_for
from flask_wtf.file import FileField

from mapservice.db import commit, get_session
from mapservice.files import pictures
from mapservice.files.pictures import MAX_BYTES, MAX_SIDE, MIN_SIDE, BadPictureError
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.store.accounts import staff
from mapservice.store.figures import audit_log
from mapservice.store.figures.audit_log import Act
from mapservice.store.operator import logo
from mapservice.store.operator.settings import Setting
from mapservice.store.tables import Member
from mapservice.web.accounts.access import staff_required
from mapservice.web.accounts.staff_access import admin_page
from mapservice.web.site import form_fields
from mapservice.web.site.forms import Answer, Form, page
from mapservice.web.site.request_filter import takes_file
from mapservice.web.site.retries import idempotent
from mapservice.web.site.service import read_again

bp = Blueprint("operator_logo", __name__, url_prefix="/admin/service/logo")

FIELD = "picture"

# Number of characters of the digest in the address of a picture.
_DIGEST_LENGTH = 16


class LogoForm(Form):
    """A picture."""

    picture = FileField(_l("Picture"), render_kw={"accept": "image/png,image/webp"})


@bp.get("/")
@admin_page
def show(_member: Member) -> Answer:
    """Show the logo, and a form for another one."""
    return _page(LogoForm(formdata=None))


@bp.post("/")
@takes_file(FIELD)
@staff_required(staff.ADMIN, fresh=True)
@idempotent
def save(member: Member) -> Answer:
    """Store a logo, drawn again in each size."""
    form, session = LogoForm(), get_session()
    form.validate()
    sent = request.files.get(FIELD)
    content = sent.read(MAX_BYTES + 1) if sent else b""
    if not content:
        form.reject(FIELD, _("Choose a picture."))
        return _page(form)
    try:
        drawn = pictures.logo(content)
    except BadPictureError:
        form.reject(FIELD, _problem())
        return _page(form)
    digest = hashlib.sha256(b"".join(drawn.values())).hexdigest()[:_DIGEST_LENGTH]
    logo.save(session, digest, drawn)
    audit_log.add_entry(session, Act.CHANGE, member, Setting.LOGO)
    commit(session)
    read_again()
    flash(_("The logo has been saved. Every page shows it now."), "success")
    return redirect(url_for("operator_logo.show"), code=303)


@bp.post("/remove")
@staff_required(staff.ADMIN, fresh=True)
@idempotent
def remove(member: Member) -> Answer:
    """Go back to our own picture."""
    form_fields.allow_only()
    session = get_session()
    logo.remove(session)
    audit_log.add_entry(session, Act.CHANGE, member, Setting.LOGO)
    commit(session)
    read_again()
    flash(_("The logo has been removed."), "success")
    return redirect(url_for("operator_logo.show"), code=303)


def _problem() -> str:
    return _(
        "We cannot use this file. Choose a PNG or WebP picture of at most %(size)s KB, with sides of %(least)s to "
        "%(most)s pixels.",
        size=MAX_BYTES // 1024,
        least=MIN_SIDE,
        most=MAX_SIDE,
    )


def _page(form: LogoForm) -> Answer:
    sides = {"size": MAX_BYTES // 1024, "least": MIN_SIDE, "most": MAX_SIDE}
    return page("operator/logo.html", form, **sides)
