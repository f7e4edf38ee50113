"""Changing the e-mail address: requested with the password, confirmed at the new address, frozen from the old one."""

import uuid
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, url_for

from mapservice.db import commit, get_session
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.store.accounts import email_changes, members, staff
from mapservice.store.accounts.email_changes import Confirmation
from mapservice.store.tables import EmailChange, Member
from mapservice.web.accounts import access, account_forms, emails, login
from mapservice.web.accounts.access import member_required, public
from mapservice.web.site import form_fields, known_devices, rate_limits
from mapservice.web.site.forms import Answer, page
from mapservice.web.site.languages import in_every_language

bp = Blueprint("email_change", __name__)

#: The purposes of signed links; their lifetime depends on the row that they refer to.
CONFIRM, FREEZE = "email-change/confirm", "email-change/freeze"
MAX_AGE = timedelta(days=30)


@bp.route("/account/email", methods=["GET", "POST"])
@member_required
def ask(member: Member) -> Answer:
    """Ask for the new address and the password; send links to both addresses, even if the new one has an account."""
    form, blocked = account_forms.ChangeEmailForm(), email_changes.blocked_until(get_session(), member)
    template = "accounts/email_change/ask.html"
    if blocked is not None:
        return render_template("accounts/email_change/blocked.html", until=blocked)
    if not form.validate_on_submit():
        return page(template, form, member=member)
    if not access.verify_password(member, form.current_password.data):
        form.current_password.errors = [access.NOT_THE_PASSWORD]
    elif form.email.data == member.email:
        form.email.errors = [_l("This is already your e-mail address.")]
    elif not rate_limits.may_mail("email-change-notice", member.email):
        form.form_errors.append(_("You have asked for this too many times today. Try again tomorrow."))
    else:
        _begin(member, form.email.data)
        return redirect(url_for("email_change.check_mail"), code=303)
    return page(template, form, member=member)


@bp.get("/account/email/check-your-mail")
@member_required
def check_mail(_member: Member) -> str:
    """Say that an e-mail is on its way to the new address."""
    return render_template("accounts/email_change/check_mail.html")


@bp.route("/account/email/confirm/<token>", methods=["GET", "POST"])
@rate_limits.unlimited
@member_required
def confirm(member: Member, token: str) -> Answer:
    """Change the address by the button behind the link at the new one; only for the member who requested it."""
    form_fields.allow_only()
    change_id = _change_of(token, CONFIRM)
    change = email_changes.to_confirm(get_session(), change_id, member) if change_id else None
    if change is None:
        return _old_link()
    if members.by_email(get_session(), change.new_email) is not None:
        return _taken()
    if not form_fields.is_sent():
        return render_template("accounts/email_change/confirm.html", change=change)
    outcome = email_changes.confirm(get_session(), member, change)
    if outcome is not Confirmation.DONE:
        get_session().rollback()
        return _taken() if outcome is Confirmation.TAKEN else _old_link()
    emails.email_changed(change.old_email, change_token(change, FREEZE))
    known_devices.remember_device(member)
    commit(get_session())
    login.sign_in(member, is_staff=bool(staff.staff_roles(get_session(), member)))
    flash(_("Your e-mail address has been changed. You have been signed out on all other devices."), "success")
    return redirect(url_for("settings.show"), code=303)


@bp.route("/account/email/freeze/<token>", methods=["GET", "POST"])
@rate_limits.unlimited
@public
@in_every_language
def freeze(token: str) -> Answer:
    """Freeze a change by the button behind the link at the old address; this signs nobody in."""
    form_fields.allow_only()
    change_id = _change_of(token, FREEZE)
    change = email_changes.to_freeze(get_session(), change_id) if change_id else None
    if change is None:
        return _old_link()
    if form_fields.is_sent():
        if not email_changes.freeze(get_session(), change):
            return _old_link()
        commit(get_session())
    if change.frozen_at is None:
        return render_template("accounts/email_change/freeze.html")
    return render_template("accounts/email_change/frozen.html", until=change.frozen_at + email_changes.FREEZE)


def _old_link() -> Answer:
    return render_template("accounts/email_change/old_link.html"), 404


def _taken() -> Answer:
    return render_template("accounts/email_change/taken.html"), 409


def _begin(member: Member, new_email: str) -> None:
    """Store the request, and write to both addresses; the same statements run if the new one has an account."""
    allowed = rate_limits.mails_allowed(new_email, "email-change", "already", "closed")
    owner, change = members.by_email(get_session(), new_email), email_changes.begin(get_session(), member, new_email)
    if "email-change" in allowed and owner is not None:
        emails.already(owner, allowed)
    elif "email-change" in allowed:
        emails.confirm_email(new_email, change_token(change, CONFIRM))
    emails.email_change_asked(member, change_token(change, FREEZE))
    commit(get_session())


def change_token(change: EmailChange, purpose: str) -> str:
    """Return the signed token in a link to a change."""
    return login.link_token(purpose, change.id.hex)


def _change_of(token: str, purpose: str) -> uuid.UUID | None:
    text = login.read_link(purpose, token, MAX_AGE)
    return None if text is None else uuid.UUID(text)
