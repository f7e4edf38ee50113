"""The pages of the second factor: sign-in, set-up, new recovery codes, removal."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for

from mapservice.db import commit, get_session
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import ngettext
from mapservice.privacy.second_factors import FactorSecrets
from mapservice.store.accounts import login_sessions as stored_sessions
from mapservice.store.accounts import second_factors, staff
from mapservice.store.site import operations
from mapservice.store.tables import Member
from mapservice.web.accounts import account_forms, ceremonies, code_check, emails, entering, login, totp
from mapservice.web.accounts.access import fresh_member_required, public
from mapservice.web.site import rate_limits
from mapservice.web.site.forms import Answer, page
from mapservice.web.site.idempotency import operation_id
from mapservice.web.site.languages import in_every_language
from mapservice.web.site.redirects import local_path
from mapservice.web.site.service import current_site

bp = Blueprint("two_factor", __name__)

# The session key for a sealed secret that no code has confirmed yet.
_SEALED = "sealed_factor"


@bp.route("/sign-in/code", methods=["GET", "POST"])
@public
@in_every_language
def ask() -> Answer:
    """Ask for the second factor after the password, and go on to the requested page.

    Without the code a member is not signed in. Staff may be, from before they had to give it.
    """
    member = login.current_member()
    is_signed_in = member is not None
    member = member or login.member_awaiting_code()
    form = account_forms.SecondFactorForm()
    is_sent = form.validate_on_submit()
    target = _target(form)
    if member is None:
        return redirect(url_for("sign_in.sign_in", next=target), code=303)
    if login.has_second_factor() or second_factors.find(get_session(), member) is None:
        # Who is not signed in, and whose second factor was removed meanwhile, begins again.
        return redirect(target if is_signed_in else url_for("sign_in.sign_in", next=target), code=303)
    if is_sent:
        if code_check.is_right(member, form):
            return _let_in(member, form, target, is_signed_in=is_signed_in)
        form.code.errors = [code_check.problem(member, form)]
    options = ceremonies.options_for(member)
    return page("accounts/two_factor/ask.html", form, is_signed_in=is_signed_in, passkey_options=options)


def _let_in(member: Member, form: account_forms.CodeForm, target: str, *, is_signed_in: bool) -> Answer:
    """Go on with a right code, which is used up, to a page."""
    if not is_signed_in:
        answer = entering.enter(member, target, has_second_factor=True)
    else:
        commit(get_session())
        login.mark_second_factor_given()
        answer = redirect(target, code=303)
    if not form.passkey.data:
        _flash_codes_left(member, form.code.data)
    return answer


@bp.route("/account/second-factor/new", methods=["GET", "POST"])
@fresh_member_required
def set_up(member: Member) -> Answer:
    """Show a member a secret for their phone and, after its first code, the recovery codes, only once."""
    form = account_forms.FirstCodeForm()
    is_sent = form.validate_on_submit()
    target = _target(form)
    if second_factors.find(get_session(), member) is not None:
        return _already_done()
    factor = _new_secrets(member)
    secret = totp.secret_for_phone(factor)
    if is_sent:
        rate_limits.consume_code(str(member.id))
        step = totp.matching_step(secret, totp.normalize_code(form.code.data), time.time())
        if step is not None:
            return _begin(member, factor, step, target)
        form.code.errors = [code_check.what_is_wrong(secret, form.code.data)]
    site = current_site()
    issuer = site.name_in_emails or urlsplit(site.config.address).netloc
    picture = totp.qr_code_url(secret, name=member.email, site=issuer)
    is_staff = bool(staff.staff_roles(get_session(), member))
    return page(
        "accounts/two_factor/set_up.html", form, secret=totp.in_groups(secret), picture=picture, is_staff=is_staff
    )


@bp.route("/account/second-factor/codes", methods=["GET", "POST"])
@fresh_member_required
def renew_codes(member: Member) -> Answer:
    """Create new recovery codes and show them once; the old ones become invalid."""

    def renew() -> Answer:
        codes = totp.new_recovery_codes()
        factor = totp.with_new_pepper(code_check.secrets_of(member))
        hashes = totp.recovery_code_hashes(factor, member.id, codes)
        second_factors.replace_codes(get_session(), member, sealed=totp.seal(factor, member.id), codes=hashes)
        emails.factor_changed(member)
        commit(get_session())
        return render_template("accounts/two_factor/codes.html", codes=codes, target=url_for("settings.show"))

    return _after_code(member, "accounts/two_factor/renew_codes.html", renew)


@bp.route("/account/second-factor/remove", methods=["GET", "POST"])
@fresh_member_required
def remove(member: Member) -> Answer:
    """Remove the second factor; all other sessions end."""

    def forget() -> Answer:
        second_factors.remove(get_session(), member)
        _finish_change(member)
        login.clear_second_factor()
        flash(_removed(member), "success")
        return redirect(url_for("settings.show"), code=303)

    is_staff = bool(staff.staff_roles(get_session(), member))
    return _after_code(member, "accounts/two_factor/remove.html", forget, is_staff=is_staff)


def _removed(member: Member) -> str:
    if staff.staff_roles(get_session(), member):
        return _("Your second factor has been removed. You cannot open staff pages until you set up a new one.")
    return _("Your second factor has been removed. Your password alone is now enough to sign in.")


def _begin(member: Member, factor: FactorSecrets, step: int, target: str) -> Answer:
    """Store a confirmed second factor, and show its recovery codes."""
    if operations.is_done(get_session(), operation_id(), member):
        return _already_done()
    codes = totp.new_recovery_codes()
    second_factors.set_up(
        get_session(),
        member,
        sealed=totp.seal(factor, member.id),
        step=step,
        codes=totp.recovery_code_hashes(factor, member.id, codes),
    )
    _finish_change(member)
    session.pop(_SEALED)
    login.mark_second_factor_given()
    return render_template("accounts/two_factor/codes.html", codes=codes, target=target)


def _after_code(member: Member, template: str, act: Callable[[], Answer], **values: Any) -> Answer:
    """Ask for a code, even if one was given before, and call ``act`` once it is right; ``values`` are for the page."""
    form = account_forms.CodeForm()
    is_sent = form.validate_on_submit()
    if second_factors.find(get_session(), member) is None:
        return redirect(url_for("settings.show"), code=303)
    if not is_sent:
        return page(template, form, passkey_options=ceremonies.options_for(member), **values)
    if operations.is_done(get_session(), operation_id(), member):
        return _already_done()
    if code_check.is_right(member, form):
        return act()
    get_session().rollback()
    form.code.errors = [code_check.problem(member, form)]
    return page(template, form, passkey_options=ceremonies.options_for(member), **values)


def _new_secrets(member: Member) -> FactorSecrets:
    """Return what this session shows for a new second factor, the same until a code has confirmed it."""
    if _SEALED not in session:
        session[_SEALED] = totp.seal(totp.new_secrets(), member.id).hex()
    return totp.unseal(bytes.fromhex(session[_SEALED]), member.id)


def _flash_codes_left(member: Member, text: str) -> None:
    """Say how many recovery codes are left after one was used."""
    if not totp.is_totp_code(totp.normalize_code(text)):
        left = second_factors.codes_left(get_session(), member)
        flash(ngettext("You have %(num)s recovery code left.", "You have %(num)s recovery codes left.", left), "info")


def _target(form: account_forms.SecondFactorForm | account_forms.FirstCodeForm) -> str:
    if not form.next.data:
        form.next.data = request.args.get("next", "")
    return local_path(form.next.data) or url_for("settings.show")


def _finish_change(member: Member) -> None:
    """Commit the change, end all other sessions, and notify the member by e-mail."""
    own_hash = session.token_hash  # type: ignore[attr-defined]
    stored_sessions.end_all(get_session(), member.id, but=own_hash)
    emails.factor_changed(member)
    commit(get_session())


def _already_done() -> Answer:
    """Return the response to a form that was sent twice: recovery codes cannot be shown again."""
    flash(_("This has already been done. If you did not see your recovery codes, get new ones."), "info")
    return redirect(url_for("settings.show"), code=303)
