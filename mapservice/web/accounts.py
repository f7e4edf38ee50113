"""Accounts as pages for everybody: signing up, in and out, the letters for it, and a forgotten password."""

import datetime as dt
from collections.abc import Callable

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask_babel import format_date, format_datetime
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from mapservice.config import Config
from mapservice.db import get_session
from mapservice.store import factors, members, staff
from mapservice.store import sessions as stored_sessions
from mapservice.store.tables import Member
from mapservice.web import (
    account_forms,
    forgery,
    forms,
    identity,
    letters,
    limits,
    operations,
    outbox,
    passwords,
    sessions,
)
from mapservice.web.account_forms import Answer, page
from mapservice.web.guards import public
from mapservice.web.identity import current_member
from mapservice.web.retries import idempotent
from mapservice.web.ways import local_path

bp = Blueprint("accounts", __name__)


def init_app(app: Flask, config: Config) -> None:
    """Join all that knows people to the app: sessions, limits, the guard against forgery, and these pages."""
    sessions.init_app(app, config)
    limits.init_app(app, config)
    forgery.init_app(app)
    identity.init_app(app, config)
    operations.init_app(app)
    app.jinja_env.filters.update(day=format_date, moment=lambda at: format_datetime(at, "short"))
    app.register_blueprint(bp)
    outbox.init_app(app, config)


@bp.route("/sign-up", methods=["GET", "POST"])
@public
def sign_up() -> Answer:
    """Make an account, or for a known address only send a letter; the answer is the same."""
    form = account_forms.SignUpForm()
    wording = consent_wording()
    if not form.validate_on_submit():
        return page("accounts/sign_up.html", form, wording=wording)
    limits.spend(limits.SIGN_UP, limits.address(), form.email.data)
    hashed = passwords.hashed(form.password.data)
    member, is_new = members.sign_up(
        get_session(), email=form.email.data, password=hashed, pseudonym=form.pseudonym.data, wording=wording
    )
    (letters.confirm if is_new else letters.already)(member)
    get_session().commit()
    return redirect(url_for("accounts.check_mail"), code=303)


@bp.get("/sign-up/check-your-mail")
@public
def check_mail() -> str:
    """Say that a letter is on its way, and what to do if none comes."""
    return render_template("accounts/check_mail.html")


@bp.route("/sign-up/another-letter", methods=["GET", "POST"])
@public
def another_letter() -> Answer:
    """Send the letter of the sign-up again, if there is an account that waits for it."""
    return _by_letter("accounts/another_letter.html", letters.already)


@bp.route("/confirm/<token>", methods=["GET", "POST"])
@public
def confirm(token: str) -> Answer:
    """Verify an e-mail by the button behind its link: programs that open links in letters change nothing."""
    forms.allow_only()
    member = identity.member_of_confirm(token)
    if member is None:
        return render_template("accounts/old_link.html", again=url_for("accounts.another_letter")), 404
    if request.method == "GET" and member.confirmed_at is None:
        return render_template("accounts/confirm.html", email=member.email)
    if member.confirmed_at is None:
        member.confirmed_at = dt.datetime.now(dt.UTC)
        get_session().commit()
    flash(_("Your e-mail address is confirmed. Please sign in."), "success")
    return redirect(url_for("accounts.sign_in"), code=303)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
@idempotent
def sign_in() -> Answer:
    """Sign in, and go on to where the person wanted to go."""
    form = account_forms.SignInForm()
    if not form.next.data:
        form.next.data = request.args.get("next", "")
    target = local_path(form.next.data) or url_for("conditions.home")
    if request.method == "GET" and current_member() is not None:
        return redirect(target, code=303)
    if not form.validate_on_submit():
        return page("accounts/sign_in.html", form)
    limits.spend(limits.SIGN_IN, limits.address(), form.email.data)
    member = members.by_email(get_session(), form.email.data)
    if not passwords.matches(form.password.data, member.password if member else None) or member is None:
        form.form_errors.append(_("E-mail address and password do not belong together."))
        return page("accounts/sign_in.html", form)
    if not member.active:
        form.form_errors.append(_("This account is closed."))
        return page("accounts/sign_in.html", form)
    return _enter(member, form.password.data, target)


def _enter(member: Member, password: str, target: str) -> Answer:
    """Sign somebody in who gave the right password, unless their e-mail is still to be verified."""
    if member.confirmed_at is None:
        limits.spend(limits.RESET, member.email)
        letters.confirm(member)
        get_session().commit()
        flash(_("Your e-mail address is not confirmed yet. We have sent you the letter again."), "info")
        return redirect(url_for("accounts.check_mail"), code=303)
    if passwords.is_outdated(member.password or ""):
        member.password = passwords.hashed(password)
        get_session().commit()
    is_staff = bool(staff.roles_of(get_session(), member))
    identity.sign_in(member, is_staff=is_staff)
    if is_staff and factors.of(get_session(), member) is not None:
        target = url_for("factor.ask", next=target)
    return redirect(target, code=303)


@bp.post("/sign-out")
@public
@idempotent
def sign_out() -> Response:
    """End this session."""
    forms.allow_only()
    return leave()


def leave() -> Response:
    """Sign out, and go where everybody may be."""
    identity.sign_out()
    flash(_("You are signed out."), "success")
    return redirect(url_for("conditions.home"), code=303)


@bp.route("/forgot", methods=["GET", "POST"])
@public
def forgot() -> Answer:
    """Send a link to choose a new password, if there is an account; the answer is the same."""
    return _by_letter("accounts/forgot.html", letters.reset)


def _by_letter(template: str, letter: Callable[[Member], None]) -> Answer:
    """Send a letter to the address of a form; where it has no account, do the same work for nobody."""
    form = account_forms.EmailForm()
    if not form.validate_on_submit():
        return page(template, form)
    limits.spend(limits.RESET, limits.address(), form.email.data)
    member = members.by_email(get_session(), form.email.data)
    if member is not None and member.active:
        letter(member)
    else:
        letters.to_nobody()
    get_session().commit()
    return redirect(url_for("accounts.check_mail"), code=303)


@bp.route("/reset/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> Answer:
    """Choose a new password; the link proves the e-mail, and everybody who was signed in is signed out."""
    member = identity.member_of_reset(token)
    if member is None:
        return render_template("accounts/old_link.html", again=url_for("accounts.forgot")), 404
    form = account_forms.NewPasswordForm()
    if not form.validate_on_submit():
        return page("accounts/reset.html", form, email=member.email)
    replace_password(member, form.password.data)
    member.confirmed_at = member.confirmed_at or dt.datetime.now(dt.UTC)
    get_session().commit()
    flash(_("You have a new password. Please sign in with it."), "success")
    return redirect(url_for("accounts.sign_in"), code=303)


def replace_password(member: Member, password: str) -> None:
    """Take a new password, end all sessions and tell the member so."""
    members.set_password(member, passwords.hashed(password))
    stored_sessions.end_all(get_session(), member.id)
    letters.password_changed(member)


def consent_wording() -> str:
    """The words to which somebody agrees who signs up, as they are shown and kept."""
    config: Config = current_app.extensions["config"]
    return _(
        "I want to take part: %(site)s may keep my e-mail address, the name I choose and what I enter about my "
        "condition, until I delete it. I can do that at any time, all at once.",
        site=config.site_name,
    )
