"""Checking a code of the second factor, a recovery code or a passkey, and saying what is wrong with it."""

import time

from mapservice.db import get_session
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.second_factors import FactorSecrets
from mapservice.store.accounts import second_factors
from mapservice.store.tables import Member
from mapservice.web.accounts import account_forms, ceremonies, totp
from mapservice.web.accounts.access import NOT_THE_PASSKEY
from mapservice.web.site import rate_limits

# The same message for a code that is wrong, expired or used.
WRONG = _l("This code does not work. Use the code the app shows now. Each code works once.")

WRONG_CLOCK = _l(
    "This code is for a different time. The clock on your phone is wrong by a minute or more. Set it to automatic"
    " time, wait for the next code and enter that one."
)


def is_right(member: Member, form: account_forms.CodeForm) -> bool:
    """Return whether a code of the phone, a recovery code or a passkey is right.

    It is used up in the transaction of the view.

    :raise TooManyRequestsError: after too many attempts.
    """
    rate_limits.consume_code(str(member.id))
    factor = second_factors.find(get_session(), member)
    if factor is None:
        return False
    if form.passkey.data:
        return ceremonies.used_passkey(form.passkey.data, of=member) is not None
    code = totp.normalize_code(form.code.data)
    if totp.is_totp_code(code):
        step = totp.matching_step(totp.secret_for_phone(totp.secrets_of(factor)), code, time.time())
        return second_factors.use_step(get_session(), member, step)
    code_hash = totp.recovery_code_hash(totp.secrets_of(factor), member.id, code)
    return second_factors.use_code(get_session(), member, code_hash)


def problem(member: Member, form: account_forms.CodeForm) -> str:
    """Return the error message for a code, or a passkey, that does not work."""
    if form.passkey.data:
        return str(NOT_THE_PASSKEY)
    factor = second_factors.find(get_session(), member)
    if factor is None:
        return str(WRONG)
    secret = totp.secret_for_phone(totp.secrets_of(factor))
    return what_is_wrong(secret, form.code.data, last_step=factor.last_step)


def secrets_of(member: Member) -> FactorSecrets:
    """Return what the codes of a member are made from."""
    return totp.secrets_of(second_factors.find(get_session(), member))


def what_is_wrong(secret: str, text: str, *, last_step: int = 0) -> str:
    """Return the error message for a code of the phone that does not work."""
    step = totp.step_of_wrong_clock(secret, totp.normalize_code(text), time.time())
    # This code is, or may be, older than the last one used; the clock is not wrong.
    return str(WRONG_CLOCK if step is not None and step > last_step else WRONG)
