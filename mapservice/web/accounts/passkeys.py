"""The pages of passkeys: signing in with one, and adding, listing and removing those of a member."""

import uuid

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from mapservice.db import commit, get_session
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.store.accounts import passkeys
from mapservice.store.reports import suspensions
from mapservice.store.tables import Member
from mapservice.web.accounts import account_forms, ceremonies, emails, entering, login, suspended
from mapservice.web.accounts.access import fresh_member_required, member_required, public
from mapservice.web.site import form_fields, rate_limits
from mapservice.web.site.forms import Answer, page
from mapservice.web.site.languages import in_every_language
from mapservice.web.site.redirects import local_path
from mapservice.web.site.retries import idempotent

bp = Blueprint("passkeys", __name__)

# The same message for a passkey that is unknown, was removed, or did not check that it was its owner.
WRONG = _l(
    "This passkey did not work. It may have been removed from the account, or too much time has passed. Try again, or "
    "sign in with your password."
)

NOT_MADE = _l("The passkey was not added. Your device may know it already, or too much time has passed. Try again.")


@bp.route("/sign-in/passkey", methods=["GET", "POST"])
@public
@in_every_language
def sign_in() -> Answer:
    """Sign in with a passkey, which counts as password and second factor, and go on to the requested page."""
    form = account_forms.PasskeyForm()
    if not form.next.data:
        form.next.data = request.args.get("next", "")
    target = local_path(form.next.data) or url_for("conditions.home")
    if request.method == "GET" and login.current_member() is not None:
        return redirect(target, code=303)
    if form.validate_on_submit():
        rate_limits.consume_passkey()
        passkey = ceremonies.used_passkey(form.passkey.data or "")
        member = get_session().get(Member, passkey.member_id) if passkey is not None else None
        if member is not None and member.active:
            return entering.enter(member, target, has_second_factor=True)
        if member is not None and suspensions.is_suspended(get_session(), member):
            commit(get_session())
            suspended.let_leave(member, has_second_factor=True)
            return redirect(url_for("suspended.show"), code=303)
        get_session().rollback()
        form.form_errors.append(WRONG)
    options = ceremonies.request_options() if ceremonies.is_available() else None
    return page("accounts/passkeys/sign_in.html", form, passkey_options=options)


@bp.get("/account/passkeys")
@member_required
def show(member: Member) -> Answer:
    """List the passkeys of a member."""
    form_fields.allow_only_queries()
    own = passkeys.listed(get_session(), member)
    return page("accounts/passkeys/show.html", account_forms.RemovePasskeyForm(formdata=None), passkeys=own)


@bp.route("/account/passkeys/new", methods=["GET", "POST"])
@fresh_member_required
def add(member: Member) -> Answer:
    """Add a passkey of this device to the account, under a name."""
    form = account_forms.NewPasskeyForm()
    known = passkeys.listed(get_session(), member)
    if len(known) >= passkeys.MAX_PASSKEYS:
        flash(_("You have as many passkeys as an account can have. Remove one first."), "warning")
        return redirect(url_for("passkeys.show"), code=303)
    if form.validate_on_submit():
        if _store(member, form):
            flash(_("Your passkey has been added. You can now sign in with it."), "success")
            return redirect(url_for("passkeys.show"), code=303)
        get_session().rollback()
        form.form_errors.append(NOT_MADE)
    options = ceremonies.creation_options(member, known) if ceremonies.is_available() else None
    return page("accounts/passkeys/add.html", form, passkey_options=options)


@bp.route("/account/passkeys/<uuid:passkey_id>/rename", methods=["GET", "POST"])
@member_required
@idempotent
def rename(member: Member, passkey_id: uuid.UUID) -> Answer:
    """Change the name by which a member knows a passkey."""
    form, passkey = account_forms.PasskeyNameForm(), passkeys.find(get_session(), member, passkey_id)
    if passkey is None:
        abort(404)
    if form.validate_on_submit():
        passkey.name = form.name.data
        commit(get_session())
        flash(_("The name has been changed."), "success")
        return redirect(url_for("passkeys.show"), code=303)
    if not form.is_submitted():
        form.name.data = passkey.name
    return page("accounts/passkeys/rename.html", form, passkey=passkey)


@bp.post("/account/passkeys/remove")
@rate_limits.unlimited
@fresh_member_required
@idempotent
def remove(member: Member) -> Response:
    """Remove a passkey, which then signs nobody in."""
    form = account_forms.RemovePasskeyForm()
    if passkeys.remove(get_session(), member, _id(form.passkey.data)):
        emails.passkey_removed(member)
        commit(get_session())
    flash(_("The passkey has been removed. You can also delete it on your device."), "success")
    return redirect(url_for("passkeys.show"), code=303)


def _store(member: Member, form: account_forms.NewPasskeyForm) -> bool:
    """Store the passkey in a form and tell its owner by e-mail; return False if it is not right, or known."""
    made = ceremonies.new_passkey(form.passkey.data or "")
    if made is None:
        return False
    is_new = passkeys.add(
        get_session(),
        member,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        name=form.name.data,
    )
    if is_new:
        emails.passkey_added(member)
        commit(get_session())
    return is_new


def _id(text: str | None) -> uuid.UUID:
    """Return the id in a form; one that no passkey has if it is none."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return uuid.UUID(int=0)
