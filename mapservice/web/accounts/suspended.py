"""What remains for the owner of a suspended account: a copy of their data, and deleting the account.

They prove that the account is theirs as at every sign-in, with the code of their second factor if they have one, and
are not signed in by it.
"""

import time
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from mapservice.actions.delete_account import delete_account
from mapservice.current import current_config
from mapservice.db import act_for, commit, get_session
from mapservice.i18n.translation import gettext as _
from mapservice.store.accounts import members, second_factors
from mapservice.store.reports import suspensions
from mapservice.store.tables import Member
from mapservice.web.accounts import account_forms, ceremonies, code_check, login, my_data
from mapservice.web.accounts.access import public
from mapservice.web.site import form_fields, known_devices, rate_limits
from mapservice.web.site.forms import Answer, SureForm, page
from mapservice.web.site.languages import in_every_language
from mapservice.web.site.retries import idempotent
from mapservice.web.site.service import current_site

bp = Blueprint("suspended", __name__)

#: How long the proof lasts.
LIFETIME = timedelta(minutes=30)

# Of a visitor who gave the password of a suspended account: its stamp, when that was, and whether a code is missing.
_PROVED = "suspended"


def let_leave(member: Member, *, has_second_factor: bool) -> None:
    """Let the owner of a suspended account, who gave their password or a passkey, leave with their data."""
    is_code_missing = not has_second_factor and second_factors.find(get_session(), member) is not None
    login.sign_out()
    session[_PROVED] = [member.security_stamp, time.time(), is_code_missing]


@bp.route("/suspended", methods=["GET", "POST"])
@public
@in_every_language
def show() -> Answer:
    """Say what the owner of a suspended account can do; ask for the code of their second factor first."""
    member, is_code_missing = _owner()
    form = account_forms.CodeForm()
    if member is None:
        return _to_sign_in()
    if is_code_missing and form.validate_on_submit():
        if code_check.is_right(member, form):
            commit(get_session())
            session[_PROVED] = [*session[_PROVED][:2], False]
            return redirect(url_for("suspended.show"), code=303)
        get_session().rollback()
        form.code.errors = [code_check.problem(member, form)]
    options = ceremonies.options_for(member) if is_code_missing else None
    return page(
        "accounts/suspended/show.html",
        form,
        is_code_missing=is_code_missing,
        passkey_options=options,
        contact=current_site().contact,
    )


@bp.post("/suspended/data")
@public
@idempotent
def save() -> Answer:
    """Return everything that is stored about the owner."""
    form_fields.allow_only("form")
    member, is_code_missing = _owner()
    if member is None or is_code_missing:
        return _to_sign_in()
    return my_data.download(member)


@bp.post("/suspended/delete")
@rate_limits.unlimited
@public
def delete() -> Answer:
    """Delete the account, after a confirmation."""
    is_sure = SureForm().sure.data
    member, is_code_missing = _owner()
    if member is None or is_code_missing:
        return _to_sign_in()
    if not is_sure:
        return render_template("accounts/suspended/delete.html")
    delete_account(get_session(), current_config(), member)
    commit(get_session())
    known_devices.forget_cookie()
    login.sign_out()
    flash(_("Your account and everything in it have been deleted."), "success")
    return redirect(url_for("conditions.home"), code=303)


def _owner() -> tuple[Member | None, bool]:
    """Return the member who proved that a suspended account is theirs, and whether their code is missing."""
    stamp, given_at, is_code_missing = session.get(_PROVED) or ("", 0, True)
    if not 0 <= time.time() - given_at < LIFETIME.total_seconds():
        return None, True
    member = members.by_security_stamp(get_session(), stamp)
    if member is None or not suspensions.is_suspended(get_session(), member):
        return None, True
    act_for(member.id)
    return member, is_code_missing


def _to_sign_in() -> Response:
    return redirect(url_for("sign_in.sign_in"), code=303)
