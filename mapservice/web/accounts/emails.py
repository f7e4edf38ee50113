"""The texts of e-mails: plain text, without any word about health or a condition.

Each is in the language that the recipient chose for their account, or else in the language of the request.

Each is queued in the transaction of the view, so that it is sent exactly if the write is committed. None contains text
that somebody typed, not even a name: otherwise anybody could send messages to the owner of an address.
"""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from flask import url_for

from mapservice.current import current_config
from mapservice.db import get_session
from mapservice.i18n.languages import LANGUAGES
from mapservice.i18n.translation import get_locale, ngettext, use_locale
from mapservice.i18n.translation import gettext as _
from mapservice.store.accounts import email_changes, sign_ups
from mapservice.store.site import mail_queue
from mapservice.store.tables import Member
from mapservice.web.accounts import login
from mapservice.web.site.service import current_site

#: The recipient of an e-mail that is not sent: it is queued like any other, so that a response takes as long.
NOBODY = ""

_To = TypeVar("_To", Member, Member | None)
_More = ParamSpec("_More")


def _in_own_language(write: Callable[Concatenate[_To, _More], None]) -> Callable[Concatenate[_To, _More], None]:
    """Write an e-mail in the language of the account that it is for."""

    @wraps(write)
    def written(member: _To, /, *args: _More.args, **kwargs: _More.kwargs) -> None:
        # As much work with an account as without one, whatever its language.
        of_account, of_request = member.language if member is not None else None, str(get_locale())
        with use_locale(of_account if of_account in LANGUAGES else of_request):
            write(member, *args, **kwargs)

    return written


def sign_up(recipient: str, token: str) -> None:
    """Send the link with which an account is created."""
    _write_sign_up(None, recipient, token)


@_in_own_language
def _write_sign_up(_member: Member | None, recipient: str, token: str) -> None:
    _enqueue(
        recipient,
        _("Please confirm your e-mail address"),
        _("Open this link to finish signing up:"),
        _link("sign_up.complete", token=token),
        ngettext("The link works for %(num)s day.", "The link works for %(num)s days.", sign_ups.RETENTION.days),
        _("If this wasn't you, ignore this e-mail. No account has been created, and none will be."),
        kind="sign_up",
    )


@_in_own_language
def already(member: Member, allowed: Collection[str]) -> None:
    """Tell the owner of an account that someone, probably they, tried to sign up with its address again."""
    if not member.active:
        closed(member, allowed)
        return
    _enqueue(
        member.email if "already" in allowed else NOBODY,
        _("You already have an account"),
        _("Someone, probably you, tried to use this e-mail address for an account. You already have an account."),
        _("Sign in here:"),
        _link("sign_in.sign_in"),
        _("If you forgot your password, choose a new one here:"),
        _link("sign_in.forgot"),
        kind="already",
    )


@_in_own_language
def closed(member: Member, allowed: Collection[str]) -> None:
    """Tell the owner of a closed account that it is closed, which no page reveals."""
    _enqueue(
        member.email if "closed" in allowed else NOBODY,
        _("Your account is closed"),
        _("Someone, probably you, tried to use your account. It has been closed, so you cannot sign in."),
        _("If you think this is a mistake, contact the people who run this service."),
        kind="closed",
    )


@_in_own_language
def reset(member: Member | None, token: str) -> None:
    """Send the link with which a new password is chosen; without a member, the same e-mail is written to nobody."""
    minutes = int(login.RESET_LIFETIME.total_seconds() // 60)
    _enqueue(
        member.email if member else NOBODY,
        _("Choose a new password"),
        _("Open this link to choose a new password:"),
        _link("sign_in.reset", token=token),
        _("The link works once, for %(minutes)s minutes.", minutes=minutes),
        _("If you did not ask for this, ignore this e-mail. Your password will not change."),
        kind="reset",
    )


def confirm_email(recipient: str, token: str) -> None:
    """Send the link with which a member confirms their new address."""
    hours = int(email_changes.CONFIRMATION_LIFETIME.total_seconds() // 3600)
    _enqueue(
        recipient,
        _("Please confirm your new e-mail address"),
        _("To use this address for your account, open this link and press the button:"),
        _link("email_change.confirm", token=token),
        _("The link works for %(hours)s hours, in a browser where you are signed in.", hours=hours),
        _("If this wasn't you, ignore this e-mail. Nothing will change."),
        kind="confirm_email",
    )


@_in_own_language
def email_change_asked(member: Member, token: str) -> None:
    """Tell a member at their present address that a change was requested, and how to stop it."""
    _enqueue(
        member.email,
        _("Someone wants to change your e-mail address"),
        _("Someone, probably you, asked to use another e-mail address for your account instead of this one."),
        _(
            "If this was you, open the link that we sent to the new address. You do not need to do anything with "
            "this e-mail."
        ),
        *_freeze(token),
        kind="email_change_asked",
    )


def email_changed(recipient: str, token: str) -> None:
    """Tell the old address that the account has another one now, and how to get it back."""
    _enqueue(
        recipient,
        _("Your e-mail address was changed"),
        _("Your account now uses a different e-mail address. You have been signed out on all other devices."),
        *_freeze(token),
        kind="email_changed",
    )


def _freeze(token: str) -> list[str]:
    days = email_changes.FREEZE.days
    return [
        ngettext(
            "If this wasn't you, open this link to stop it and keep this address for your account. The link works"
            " for %(num)s day:",
            "If this wasn't you, open this link to stop it and keep this address for your account. The link works"
            " for %(num)s days:",
            days,
        ),
        _link("email_change.freeze", token=token),
        _("Then choose a new password:"),
        _link("sign_in.forgot"),
    ]


@_in_own_language
def password_changed(member: Member) -> None:
    """Tell a member that their password was changed."""
    _enqueue(
        member.email,
        _("Your password was changed"),
        _("Your password was changed. You have been signed out on all other devices."),
        _("If this wasn't you, choose a new password now:"),
        _link("sign_in.forgot"),
        kind="password_changed",
    )


@_in_own_language
def new_device(member: Member) -> None:
    """Tell a member that someone signed in with their password on a device that we do not know."""
    _enqueue(
        member.email,
        _("Someone signed in to your account"),
        _("Someone, probably you, signed in to your account on a device or in a browser that we do not know."),
        _("If this was you, you do not need to do anything."),
        _("If this wasn't you, choose a new password now. That signs you out on all devices:"),
        _link("sign_in.forgot"),
        kind="new_device",
    )


@_in_own_language
def factor_changed(member: Member) -> None:
    """Tell a member that their second factor, or its recovery codes, were changed."""
    _enqueue(
        member.email,
        _("Your second factor was changed"),
        _("Your second factor was set up or removed, or you have new recovery codes."),
        _("If this wasn't you, tell the people who run this service, and choose a new password now:"),
        _link("sign_in.forgot"),
        kind="factor_changed",
    )


@_in_own_language
def passkey_added(member: Member) -> None:
    """Tell a member that a passkey was added to their account."""
    _enqueue(
        member.email,
        _("A passkey was added to your account"),
        _("Someone, probably you, added a passkey to your account. With it they can sign in without your password."),
        _("If this wasn't you, sign in, remove the passkey, and choose a new password now:"),
        _link("passkeys.show"),
        kind="passkey_added",
    )


@_in_own_language
def passkey_removed(member: Member) -> None:
    """Tell a member that a passkey was removed from their account."""
    _enqueue(
        member.email,
        _("A passkey was removed from your account"),
        _("Someone, probably you, removed a passkey from your account. It no longer signs anyone in."),
        _("If this wasn't you, tell the people who run this service, and choose a new password now:"),
        _link("sign_in.forgot"),
        kind="passkey_removed",
    )


def _enqueue(recipient: str, subject: str, *paragraphs: str, kind: str) -> None:
    config = current_config()
    signature = filter(None, [current_site().name_in_emails, config.address])
    body = "\n\n".join([_("Hello,"), *paragraphs, *signature]) + "\n"
    mail_queue.enqueue(get_session(), recipient, subject, body, kind)


def _link(endpoint: str, **values: Any) -> str:
    """Return a link with the public base URL of the service, whatever the host of the request."""
    config = current_config()
    return config.address + url_for(endpoint, _external=False, **values)
