"""Signing up: an address, an e-mail with a link, and behind the link everything else that an account needs.

If the address has an account, the pages are the same, and only the e-mail to its owner says so.
"""

import secrets
from collections.abc import Collection

from flask import Blueprint, flash, redirect, render_template, request, url_for

from mapservice.config import Config
from mapservice.current import current_config
from mapservice.db import commit, get_session
from mapservice.i18n.translation import get_locale
from mapservice.i18n.translation import gettext as _
from mapservice.store.accounts import members, sign_ups
from mapservice.store.catalogue import listing
from mapservice.store.tables import Condition, Member, PendingSignUp
from mapservice.web.accounts import emails, login, passwords, sign_up_forms
from mapservice.web.accounts.access import public
from mapservice.web.site import known_devices, rate_limits
from mapservice.web.site.browser_session import token_hash
from mapservice.web.site.forms import Answer, page
from mapservice.web.site.languages import in_every_language
from mapservice.web.site.redirects import SLUG
from mapservice.web.site.service import current_site

bp = Blueprint("sign_up", __name__)

TOKEN_BYTES = 16


@bp.route("/sign-up", methods=["GET", "POST"])
@public
@in_every_language
def ask() -> Answer:
    """Ask for an e-mail address, and send a link there; an address that has an account gets another e-mail."""
    form = sign_up_forms.AddressForm()
    condition = _condition(form.condition.data or request.args.get("condition"))
    form.condition.data = condition.slug if condition else ""
    if not form.validate_on_submit():
        return page("accounts/sign_up/ask.html", form)
    rate_limits.consume_mail("sign-up")
    email = form.email.data
    allowed = rate_limits.mails_allowed(email, "sign-up", "already", "closed")
    if "sign-up" in allowed:
        _send_link(email, condition, allowed)
    return redirect(url_for("sign_up.check_mail", condition=condition.slug if condition else None), code=303)


@bp.get("/sign-up/check-your-mail")
@public
@in_every_language
def check_mail() -> str:
    """Say that an e-mail is on its way, and what to do if none arrives."""
    condition = _condition(request.args.get("condition"))
    again = url_for("sign_up.ask", condition=condition.slug if condition else None)
    return render_template("accounts/sign_in/check_mail.html", again=again, mails_per_day=_config().mails_per_day)


@bp.route("/confirm/<token>", methods=["GET", "POST"])
@public
@in_every_language
def complete(token: str) -> Answer:
    """Create the account behind the link, with name, age, password and consent; and sign in."""
    pending = sign_ups.find(get_session(), token_hash(token))
    if pending is None:
        return render_template("accounts/sign_up/old_link.html"), 404
    if members.by_email(get_session(), pending.email) is not None:
        return render_template("accounts/sign_up/already.html"), 409
    form, wording = sign_up_forms.SignUpForm(pending.email), consent_wording()
    if not form.validate_on_submit():
        return page("accounts/sign_up/complete.html", form, wording=wording, email=pending.email)
    rate_limits.consume(rate_limits.limit("network_sign_ups"), rate_limits.network())
    condition = get_session().get(Condition, pending.condition_id) if pending.condition_id else None
    member = _create(pending, form, wording)
    if member is None:
        return render_template("accounts/sign_up/already.html"), 409
    login.sign_in(member, is_staff=False)
    if condition is None or not condition.is_offered:
        flash(_("Your account is ready. Now find your condition and join its community."), "success")
        return redirect(url_for("conditions.home"), code=303)
    flash(_("Your account is ready."), "success")
    return redirect(url_for("memberships.edit", slug=condition.slug), code=303)


def consent_wording() -> str:
    """Return the consent to take part, as displayed and stored."""
    return _(
        "I want to take part. %(site)s may store my e-mail address, the name I choose and what I enter about my "
        "condition, until I delete it. I can delete all of it at any time.",
        site=current_site().site_name,
    )


def _send_link(email: str, condition: Condition | None, allowed: Collection[str]) -> None:
    """Store the request and send its link, or tell the owner of an account; the same statements run in both cases."""
    session = get_session()
    member, token = members.by_email(session, email), secrets.token_urlsafe(TOKEN_BYTES)
    sign_ups.begin(session, token_hash(token), email=email, condition=condition)
    if member is None:
        emails.sign_up(email, token)
    else:
        emails.already(member, allowed)
    commit(session)


def _create(pending: PendingSignUp, form: sign_up_forms.SignUpForm, wording: str) -> Member | None:
    member = sign_ups.complete(
        get_session(),
        pending,
        password=passwords.hashed(form.password.data),
        pseudonym=form.pseudonym.data,
        minor_until=form.minor_until,
        language=str(get_locale()),
        wording=wording,
    )
    if member is not None:
        known_devices.remember_device(member)
    commit(get_session())
    return member


def _condition(slug: str | None) -> Condition | None:
    """Return the condition in the URL; None for anything else, which no page repeats."""
    if slug is None or not SLUG.fullmatch(slug):
        return None
    return next(iter(listing.with_slugs(get_session(), [slug])), None)


def _config() -> Config:
    return current_config()
