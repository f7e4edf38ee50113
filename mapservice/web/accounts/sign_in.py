"""Public pages of accounts: signing in and out, and a forgotten password."""

from collections.abc import Collection

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from mapservice.config import Config
from mapservice.current import current_config
from mapservice.db import commit, get_session
from mapservice.i18n.translation import gettext as _
from mapservice.store.accounts import login_sessions as stored_sessions
from mapservice.store.accounts import members, second_factors
from mapservice.store.reports import suspensions
from mapservice.store.tables import Member
from mapservice.web.accounts import account_forms, demo_outbox, emails, entering, login, passwords, suspended
from mapservice.web.accounts.access import public
from mapservice.web.accounts.limits import ACCOUNT_LIMITS
from mapservice.web.accounts.login import current_member
from mapservice.web.site import csrf, idempotency, known_devices, rate_limits, server_sessions
from mapservice.web.site.forms import Answer, page
from mapservice.web.site.languages import in_every_language
from mapservice.web.site.redirects import condition_slug, local_path, sign_in_return_path
from mapservice.web.site.retries import idempotent
from mapservice.web.site.service import current_site

bp = Blueprint("sign_in", __name__)


def init_app(app: Flask, config: Config) -> None:
    """Register everything about people with the app: sessions, rate limits, CSRF protection, and these pages."""
    server_sessions.init_app(app, config)
    rate_limits.init_app(app, config)
    known_devices.init_app(app)
    csrf.init_app(app, is_signed_in=lambda: login.current_member() is not None)
    login.init_app(app, config)
    idempotency.init_app(app)
    app.jinja_env.globals.update(
        condition_at=condition_slug, way_back=sign_in_return_path, account_limits=ACCOUNT_LIMITS
    )
    app.register_blueprint(bp)
    demo_outbox.init_app(app, config)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@in_every_language
@idempotent
def sign_in() -> Answer:
    """Sign in, and go on to the requested page."""
    form = account_forms.SignInForm()
    if not form.next.data:
        form.next.data = request.args.get("next", "")
    target = local_path(form.next.data) or url_for("conditions.home")
    if request.method == "GET" and current_member() is not None:
        return redirect(target, code=303)
    if not form.validate_on_submit():
        return page("accounts/sign_in/sign_in.html", form)
    device = known_devices.current(form.email.data)
    rate_limits.consume_sign_in(form.email.data, device)
    member = members.by_email(get_session(), form.email.data)
    is_right = passwords.matches(form.password.data, member.password if member else None, first=device is not None)
    # For a closed account this page says the same as for none; its owner is told by e-mail, see ``forgot``.
    if member is None or not is_right or not member.active:
        is_told = member is not None and is_right and suspensions.is_suspended(get_session(), member)
        form.form_errors.append(_suspended() if is_told else _("Wrong e-mail address or password."))
        if member is not None and is_told:
            suspended.let_leave(member, has_second_factor=False)
        return page("accounts/sign_in/sign_in.html", form, may_leave=is_told)
    return _go_on(member, form.password.data, target)


def _suspended() -> str:
    """Return what somebody who knows the password of a suspended account reads."""
    return _(
        "Your account is suspended. Nobody can see you, and you cannot sign in. If you think this is a mistake, write "
        "to %(contact)s. You can still download your data and delete your account.",
        contact=current_site().contact,
    )


def _go_on(member: Member, password: str, target: str) -> Answer:
    """Sign in a member who gave the right password, or ask for their second factor first."""
    if passwords.is_outdated(member.password or ""):
        member.password = passwords.hashed(password)
        commit(get_session())
    if second_factors.find(get_session(), member) is None:
        return entering.enter(member, target, has_second_factor=False)
    login.await_code(member)
    return redirect(url_for("two_factor.ask", next=target), code=303)


@bp.post("/sign-out")
@rate_limits.unlimited
@public
@idempotent
def sign_out() -> Response:
    """End this session, and forget this device if requested."""
    if account_forms.SignOutForm().forget.data:
        known_devices.forget_device()
        commit(get_session())
    return leave()


def leave() -> Response:
    """Sign out, and go to a public page."""
    login.sign_out()
    flash(_("You have been signed out."), "success")
    return redirect(url_for("conditions.home"), code=303)


@bp.route("/forgot", methods=["GET", "POST"])
@public
@in_every_language
def forgot() -> Answer:
    """Send a link to choose a new password, if there is an account; the response is always the same."""
    form = account_forms.EmailForm()
    if not form.validate_on_submit():
        return page("accounts/sign_in/forgot.html", form)
    # Strangers can use up the e-mails of an address; the owner's known device has a separate limit.
    device = known_devices.current(form.email.data)
    rate_limits.consume_mail("reset", device)
    reset = "reset" if device is None else "reset-device"
    allowed = rate_limits.mails_allowed(form.email.data, reset, "closed")
    if reset in allowed:
        _send_reset(members.by_email(get_session(), form.email.data), allowed)
        commit(get_session())
    return redirect(url_for("sign_in.check_mail"), code=303)


@bp.get("/forgot/check-your-mail")
@public
@in_every_language
def check_mail() -> str:
    """Say that an e-mail is on its way, and what to do if none arrives."""
    config = current_config()
    again = url_for("sign_in.forgot")
    return render_template("accounts/sign_in/check_mail.html", again=again, mails_per_day=config.mails_per_day)


def _send_reset(member: Member | None, allowed: Collection[str]) -> None:
    """Queue the e-mail with the link; without an account, the same e-mail has no recipient."""
    if member is not None and not member.active:
        emails.closed(member, allowed)
    else:
        emails.reset(member, login.reset_token(member))


@bp.route("/reset/<token>", methods=["GET", "POST"])
@public
@in_every_language
def reset(token: str) -> Answer:
    """Choose a new password; the link proves the e-mail address, and all sessions end."""
    member = login.reset_member(token)
    if member is None:
        return _old_link()
    form = account_forms.NewPasswordForm()
    if not form.validate_on_submit():
        return page("accounts/sign_in/reset.html", form, email=member.email)
    if not replace_password(member, form.password.data):
        return _old_link()
    # A member who is locked out by other people's attempts can sign in on this device.
    known_devices.remember_device(member)
    commit(get_session())
    flash(_("Your password has been changed. Sign in with the new one."), "success")
    return redirect(url_for("sign_in.sign_in"), code=303)


def _old_link() -> Answer:
    return render_template("accounts/sign_in/old_link.html", again=url_for("sign_in.forgot")), 404


def replace_password(member: Member, password: str) -> bool:
    """Set a new password, end all sessions and tell the member; return False if it has changed meanwhile.

    In that case the link or the old password that authorised this request is no longer valid.
    """
    new = passwords.hashed(password)
    if not members.lock_unchanged(get_session(), member):
        return False
    members.set_password(member, new)
    stored_sessions.end_all(get_session(), member.id)
    emails.password_changed(member)
    return True
