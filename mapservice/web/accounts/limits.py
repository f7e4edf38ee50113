"""Limits in sentences about accounts, each from the constant that defines it."""

from types import MappingProxyType

from mapservice.store.accounts import email_changes, sign_ups
from mapservice.web.accounts import login, passwords, totp

#: For templates, which must not repeat the numbers.
ACCOUNT_LIMITS = MappingProxyType(
    {
        "code_seconds": totp.STEP_S,
        "confirm_hours": int(email_changes.CONFIRMATION_LIFETIME.total_seconds() // 3600),
        "freeze_days": email_changes.FREEZE.days,
        "link_days": sign_ups.RETENTION.days,
        "password_length": passwords.MIN_LENGTH,
        "recovery_codes": totp.RECOVERY_CODES,
        "reset_minutes": int(login.RESET_LIFETIME.total_seconds() // 60),
    }
)
