"""Messages about rate limits: how long to wait, and what else can be done meanwhile."""

from dataclasses import dataclass

from flask import url_for

from mapservice.errors import TooManyRequestsError
from mapservice.i18n.translation import gettext as _
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.i18n.translation import ngettext

_MINUTE_S = 60
_HOUR_S = 60 * _MINUTE_S
_DAY_S = 24 * _HOUR_S

# Small numbers are spelled out.
_NUMBERS = (
    *(_l("one"), _l("two"), _l("three"), _l("four"), _l("five"), _l("six")),
    *(_l("seven"), _l("eight"), _l("nine"), _l("ten"), _l("eleven"), _l("twelve")),
)

_MANY_PEOPLE = _l(
    "You have viewed many profiles and lists of people. This limit protects everyone from having their profile copied."
)

_REASONS = {
    "sign_in": _l("There have been many attempts to sign in to this account from your network."),
    # The same message, so that a borrowed device does not reveal whose account was used on it.
    "sign_in_device": _l("There have been many attempts to sign in to this account from your network."),
    "account": _l("Someone is trying many passwords on this account."),
    "step_up": _l("There have been many attempts with a wrong password."),
    "code": _l("There have been many attempts with codes that did not work."),
    "account_codes": _l("There have been many attempts with codes that did not work."),
    "network": _l("There have been many attempts with passwords from your network, which other people may use too."),
    "network_mails": _l("Many e-mails have been requested from your network, which other people may use too."),
    "reports": _l("You have sent many reports today. The moderators will read them."),
    "texts": _l("You have published many texts today. Save this one as a draft, and publish it later."),
    "answers": _l("You have written many answers today. Save this one as a draft, and publish it later."),
    "people-hour": _MANY_PEOPLE,
    "people-day": _MANY_PEOPLE,
    "network_sign_ups": _l("Many accounts have been created from your network, which other people may use too."),
}

_OTHER_NETWORK = _l("If other people use the same network, try a different one, such as mobile data instead of Wi-Fi.")


@dataclass(frozen=True)
class Alternative:
    """Something else that can be done, with a link if there is a page for it."""

    words: str
    link: str = ""


def when(seconds: int) -> str:
    """Return when to try again, never too early."""
    if seconds <= _MINUTE_S:
        return _("You can try again in about a minute.")
    if seconds <= 90 * _MINUTE_S:
        minutes = -(-seconds // _MINUTE_S)
        return ngettext(
            "You can try again in about %(number)s minute.",
            "You can try again in about %(number)s minutes.",
            minutes,
            number=_number(minutes),
        )
    if seconds <= 36 * _HOUR_S:
        hours = -(-seconds // _HOUR_S)
        return ngettext(
            "You can try again in about %(number)s hour.",
            "You can try again in about %(number)s hours.",
            hours,
            number=_number(hours),
        )
    days = -(-seconds // _DAY_S)
    return ngettext(
        "You can try again in about %(number)s day.",
        "You can try again in about %(number)s days.",
        days,
        number=_number(days),
    )


def sentence(problem: TooManyRequestsError) -> str:
    """Return the reason for waiting, and when to try again."""
    reason = _REASONS.get(problem.purpose) or _("You have sent too many requests in a short time.")
    return f"{reason} {when(problem.retry_after)}"


def alternatives(purpose: str) -> list[Alternative]:
    """Return what else can be done."""
    if purpose in {"sign_in", "sign_in_device", "account"}:
        return [
            Alternative(_("Choose a new password by e-mail. Then you can sign in on this device at once."), _forgot()),
            Alternative(
                _(
                    "Where you are already signed in, you stay signed in. You can hide or delete there without a "
                    "password."
                )
            ),
        ]
    if purpose in {"step_up", "code", "account_codes"}:
        return [
            Alternative(_("You can hide, leave or delete without a password or code."), url_for("memberships.mine"))
        ]
    if purpose == "network":
        return [Alternative(str(_OTHER_NETWORK)), Alternative(_("Choose a new password by e-mail."), _forgot())]
    if purpose in {"network_mails", "network_sign_ups"}:
        return [Alternative(str(_OTHER_NETWORK))]
    return []


def _forgot() -> str:
    return url_for("sign_in.forgot")


def _number(count: int) -> str:
    return str(_NUMBERS[count - 1]) if count <= len(_NUMBERS) else str(count)
