"""For admins: who is staff, and appointing and dismissing moderators. Admins are appointed on the machine only."""

import uuid

from flask import Blueprint, abort, flash, redirect, url_for
from wtforms import EmailField, HiddenField

from mapservice.actions import appoint as staff_actions
from mapservice.db import commit, get_session
from mapservice.errors import AccountClosedError
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.store.accounts import members, staff
from mapservice.store.figures import audit_log
from mapservice.store.figures.audit_log import Act
from mapservice.store.tables import Member
from mapservice.web.accounts.access import staff_required
from mapservice.web.accounts.staff_access import admin_page
from mapservice.web.site import rate_limits
from mapservice.web.site.forms import Answer, Form, is_email, page
from mapservice.web.site.rate_limits import Limit
from mapservice.web.site.retries import idempotent

bp = Blueprint("moderators", __name__, url_prefix="/admin/service/staff")

#: Addresses that one admin can try in an hour: the answer says whether there is an account.
TRIES = Limit("appoint", 20, 60 * 60)

#: The names of the roles.
ROLES = {staff.ADMIN: _l("Admin"), staff.MODERATOR: _l("Moderator")}


class AppointForm(Form):
    """The e-mail address of the account that becomes a moderator."""

    email = EmailField(
        _l("E-mail address of their account"),
        validators=[is_email],
        render_kw={"autocomplete": "off", "inputmode": "email", "spellcheck": "false", "autocapitalize": "none"},
    )


class DismissForm(Form):
    """The id of the account that is no longer a moderator."""

    member = HiddenField()


@bp.get("/")
@admin_page
def show(_member: Member) -> Answer:
    """Show all staff."""
    return _page(AppointForm(formdata=None))


@bp.post("/")
@staff_required(staff.ADMIN, fresh=True)
@idempotent
def appoint(member: Member) -> Answer:
    """Make a member a moderator, who is signed out and needs a second factor before the role works."""
    form, session = AppointForm(), get_session()
    rate_limits.consume(TRIES, str(member.id))
    if not form.validate():
        return _page(form)
    chosen = members.by_email(session, form.email.data)
    if chosen is None:
        form.reject("email", _("No account has this e-mail address. They must sign up first."))
        return _page(form)
    try:
        is_new = staff_actions.appoint(session, chosen, staff.MODERATOR)
    except AccountClosedError:
        form.reject("email", _("This account is closed, so it cannot have a role."))
        return _page(form)
    if is_new:
        _note(member, "appoint", chosen)
    commit(session)
    flash(
        _("They are a moderator now, and have been signed out. Ask them to sign in and set up their second factor."),
        "success",
    )
    return redirect(url_for("moderators.show"), code=303)


@bp.post("/dismiss")
@staff_required(staff.ADMIN, fresh=True)
@idempotent
def dismiss(member: Member) -> Answer:
    """Take the role from a moderator, who is signed out and stays a member."""
    form, session = DismissForm(), get_session()
    try:
        chosen = session.get(Member, uuid.UUID(form.member.data or ""))
    except ValueError:
        abort(422)
    if chosen is not None and staff_actions.dismiss(session, chosen, staff.MODERATOR):
        _note(member, "dismiss", chosen)
    commit(session)
    flash(_("They are no longer a moderator, and have been signed out."), "success")
    return redirect(url_for("moderators.show"), code=303)


def _note(member: Member, what: str, chosen: Member) -> None:
    """Add the change to the audit log, with the mark of the account instead of a name."""
    mark = audit_log.account_mark(chosen)
    audit_log.add_entry(get_session(), Act.CHANGE, member, f"staff: {what} {staff.MODERATOR} {mark}")


def _page(form: AppointForm) -> Answer:
    listed = staff.list_staff(get_session())
    marks = {one.member.id: audit_log.account_mark(one.member) for one in listed}
    return page("operator/staff.html", form, staff=listed, marks=marks, role_names=ROLES, moderator=staff.MODERATOR)
