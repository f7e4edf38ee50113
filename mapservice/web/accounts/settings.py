"""The settings of the signed-in member: name, password, sessions, and deleting the account."""

import hashlib
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from mapservice.actions.delete_account import delete_account
from mapservice.current import current_config
from mapservice.db import commit, get_session
from mapservice.i18n.translation import gettext as _
from mapservice.store.accounts import email_changes, members, passkeys, second_factors, staff
from mapservice.store.accounts import login_sessions as stored_sessions
from mapservice.store.tables import LoginSession, Member
from mapservice.web.accounts import access, account_forms, age, ceremonies, display_names, login, sign_in
from mapservice.web.accounts.access import member_required
from mapservice.web.site import known_devices, rate_limits, server_sessions
from mapservice.web.site.forms import Answer, page
from mapservice.web.site.redirects import local_path, to_sign_in
from mapservice.web.site.retries import idempotent

bp = Blueprint("settings", __name__)


@bp.route("/account/again", methods=["GET", "POST"])
@member_required
@idempotent
def again(member: Member) -> Answer:
    """Ask for the password again, and return to the page that needed it."""
    form = account_forms.PasswordAgainForm()
    if not form.next.data:
        form.next.data = request.args.get("next", "")
    if form.is_submitted() and form.passkey.data:
        if access.verify_passkey(member, form.passkey.data):
            return _back(form)
        form.password.errors = [access.NOT_THE_PASSKEY]
    elif form.validate_on_submit():
        if access.verify_password(member, form.password.data):
            return _back(form)
        form.password.errors = [access.NOT_THE_PASSWORD]
    return page(
        "accounts/settings/again.html",
        form,
        password=form.password,
        passkey_field=form.passkey.name,
        passkey_options=ceremonies.options_for(member),
        action=url_for("settings.again"),
        fields=[("next", form.next.data)],
    )


def _back(form: account_forms.PasswordAgainForm) -> Answer:
    return redirect(local_path(form.next.data) or url_for("settings.show"), code=303)


@bp.get("/account")
@rate_limits.unlimited
@member_required
def show(member: Member) -> Answer:
    """Show the account, its sessions, and how to delete it."""
    return _own_page(member, account_forms.PseudonymForm(formdata=None, data={"pseudonym": member.pseudonym}))


@bp.post("/account/name")
@member_required
@idempotent
def rename(member: Member) -> Answer:
    """Change the display name."""
    form = account_forms.PseudonymForm()
    if not form.validate_on_submit():
        return _own_page(member, form), 422
    if display_names.is_minors_name(member, form.pseudonym.data):
        form.pseudonym.errors = [display_names.NAME_OF_CHILD]
        return _own_page(member, form), 422
    members.rename(get_session(), member, form.pseudonym.data)
    commit(get_session())
    flash(_("Your name has been changed."), "success")
    return redirect(url_for("settings.show"), code=303)


@bp.route("/account/password", methods=["GET", "POST"])
@member_required
def change_password(member: Member) -> Answer:
    """Change the password; all other sessions end."""
    form = account_forms.ChangePasswordForm()
    if not form.validate_on_submit():
        return page("accounts/settings/change_password.html", form)
    if not access.verify_password(member, form.current_password.data):
        form.current_password.errors = [access.NOT_THE_PASSWORD]
        return page("accounts/settings/change_password.html", form)
    if not sign_in.replace_password(member, form.password.data):
        signed_out: Answer = to_sign_in()
        return signed_out
    known_devices.remember_device(member)
    commit(get_session())
    had_factor = login.has_second_factor()
    login.sign_in(member, is_staff=bool(staff.staff_roles(get_session(), member)))
    if had_factor:
        login.mark_second_factor_given()
    flash(_("Your password has been changed. You have been signed out on all other devices."), "success")
    return redirect(url_for("settings.show"), code=303)


@bp.post("/account/sessions/end")
@rate_limits.unlimited
@member_required
@idempotent
def end_session(member: Member) -> Response:
    """Sign out one other device, or all including this one."""
    form = account_forms.EndSessionForm()
    if form.session.data == "all":
        stored_sessions.end_all(get_session(), member.id)
        known_devices.forget_cookie()
        commit(get_session())
        return sign_in.leave()
    for row in server_sessions.list_for_member(member.id):
        if _handle(row) == form.session.data:
            stored_sessions.end(get_session(), row.token_hash)
    commit(get_session())
    flash(_("Signed out on that device."), "success")
    return redirect(url_for("settings.show"), code=303)


@bp.route("/account/delete", methods=["GET", "POST"])
@rate_limits.unlimited
@member_required
def delete(member: Member) -> Answer:
    """Delete the account in two steps, without a password: leaving must never be hard."""
    form = account_forms.DeleteForm()
    if not form.sure.data:
        return render_template("accounts/settings/delete.html", form=form, is_second=request.method == "POST")
    delete_account(get_session(), current_config(), member, keep_texts=form.keep_texts.data)
    commit(get_session())
    known_devices.forget_cookie()
    login.sign_out()
    flash(_("Your account and everything in it have been deleted."), "success")
    return redirect(url_for("conditions.home"), code=303)


def _own_page(member: Member, form: Any) -> str:
    own_hash = session.token_hash  # type: ignore[attr-defined]
    rows = [(_handle(row), row, row.token_hash == own_hash) for row in server_sessions.list_for_member(member.id)]
    return render_template(
        "accounts/settings/show.html",
        member=member,
        form=form,
        is_minor=age.is_minor(member),
        email_changes=email_changes.waiting(get_session(), member)[:1],
        sessions=rows,
        is_staff=bool(staff.staff_roles(get_session(), member)),
        factor=second_factors.find(get_session(), member),
        codes_left=second_factors.codes_left(get_session(), member),
        passkeys=passkeys.listed(get_session(), member),
    )


def _handle(row: LoginSession) -> str:
    """Return a name for a session in a form, which reveals neither its token nor the stored hash."""
    return hashlib.sha256(b"session handle" + row.token_hash).hexdigest()[:32]
