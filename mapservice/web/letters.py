"""Letters: plain text, in the reader's language, and without a word about health or the name of a condition.

Each is put into the queue in the transaction of the view, so that a letter leaves exactly when the write stays.
"""

from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from mapservice.config import Config
from mapservice.db import get_session
from mapservice.store import mails
from mapservice.store.tables import Member
from mapservice.web import identity


def confirm(member: Member) -> None:
    """Ask a new member whether the e-mail is theirs."""
    _put(
        member.email,
        _("Please confirm your e-mail address"),
        _("Hello %(name)s,", name=member.pseudonym),
        _("please open this link and press the button there to confirm your e-mail address:"),
        _link("accounts.confirm", token=identity.confirm_token(member)),
        _days(),
        _("If you did not sign up, do nothing: the account is deleted by itself."),
    )


def already(member: Member) -> None:
    """Tell a member that somebody, most likely they, signed up a second time."""
    if member.confirmed_at is None:
        confirm(member)
        return
    _put(
        member.email,
        _("You have an account already"),
        _("Hello %(name)s,", name=member.pseudonym),
        _("somebody, most likely you, wanted to sign up with this e-mail address. You have an account already."),
        _("Sign in here:"),
        _link("accounts.sign_in"),
        _("If you forgot your password, choose a new one here:"),
        _link("accounts.forgot"),
    )


def reset(member: Member) -> None:
    """Send the link with which a new password is chosen."""
    minutes = int(identity.RESET_WITHIN.total_seconds() // 60)
    _put(
        member.email,
        _("Choose a new password"),
        _("Hello %(name)s,", name=member.pseudonym),
        _("with this link you choose a new password:"),
        _link("accounts.reset", token=identity.reset_token(member)),
        _("It works once, for %(minutes)s minutes.", minutes=minutes),
        _("If you did not ask for it, do nothing: your password stays as it is."),
    )


def password_changed(member: Member) -> None:
    """Tell a member that their password is a new one."""
    _put(
        member.email,
        _("Your password was changed"),
        _("Hello %(name)s,", name=member.pseudonym),
        _("your password was changed, and you were signed out on all other devices."),
        _("If this was not you, choose a new password at once:"),
        _link("accounts.forgot"),
    )


def factor_changed(member: Member) -> None:
    """Tell a member that their second factor, or its recovery codes, are not what they were."""
    _put(
        member.email,
        _("Your second factor was changed"),
        _("Hello %(name)s,", name=member.pseudonym),
        _("your second factor was set up or removed, or it has new recovery codes."),
        _("If this was not you, choose a new password at once, and tell those who run the service:"),
        _link("accounts.forgot"),
    )


def to_nobody() -> None:
    """Do the work of a letter without sending one, so that an answer takes as long for an unknown address."""
    mails.put(get_session(), "", "", "")


def _put(recipient: str, subject: str, *paragraphs: str) -> None:
    config: Config = current_app.extensions["config"]
    body = "\n\n".join([*paragraphs, config.site_name, config.address]) + "\n"
    mails.put(get_session(), recipient, subject, body)


def _link(endpoint: str, **values: Any) -> str:
    """A link under the address that people reach us by, whatever the request said."""
    config: Config = current_app.extensions["config"]
    return config.address + url_for(endpoint, _external=False, **values)


def _days() -> str:
    days = identity.CONFIRM_WITHIN.days
    return ngettext("It works for %(num)s day.", "It works for %(num)s days.", days)
