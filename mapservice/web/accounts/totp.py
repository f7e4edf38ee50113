"""One-time codes (TOTP): the secret shared by phone and service, and recovery codes for a lost phone.

The secret is stored encrypted with a key that is not in the database: a stolen copy of the database yields no code, and
recovery codes cannot be guessed from their hashes (:mod:`mapservice.privacy.second_factors`).
"""

import base64
import hmac
import secrets
import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import replace

import pyotp
from flask import current_app

from mapservice.privacy import second_factors
from mapservice.privacy.second_factors import FactorSecrets, new_secrets
from mapservice.store.tables import SecondFactor

#: Seconds for which the phone shows a code, and the accepted steps before and after now. Source: RFC 6238, 5.2.
STEP_S = 30
DRIFT = 1

#: Steps before and after now whose code is not accepted, but shows that the clock of the phone is wrong.
WRONG_CLOCK_DRIFT = 5

RECOVERY_CODES = 10

__all__ = ["FactorSecrets", "new_secrets"]

# 80 bits, as sixteen letters and digits of base32.
_RECOVERY_BYTES = 10


def secrets_of(factor: SecondFactor | None) -> FactorSecrets:
    """Return what the codes of a stored second factor are made from; secrets that no code fits if there is none."""
    if factor is None:
        return new_secrets()
    return second_factors.open_factor(factor.sealed, factor.salt, factor.member_id, current_app.config["SECRET_KEY"])


def with_new_pepper(factor: FactorSecrets) -> FactorSecrets:
    """Return the secrets with another key for the hashes of recovery codes, for new codes."""
    return replace(factor, pepper=second_factors.new_pepper())


def seal(factor: FactorSecrets, member_id: uuid.UUID) -> bytes:
    """Return what codes are made from as it is stored."""
    return second_factors.seal(factor, member_id, current_app.config["SECRET_KEY"])


def unseal(sealed: bytes, member_id: uuid.UUID) -> FactorSecrets:
    """Return what was sealed."""
    return second_factors.unseal(sealed, member_id, current_app.config["SECRET_KEY"])


def secret_for_phone(factor: FactorSecrets) -> str:
    """Return the secret for the phone, in base32."""
    return base64.b32encode(factor.secret).decode()


def normalize_code(text: str) -> str:
    """Return a normalised code, however it was typed.

    >>> normalize_code(" 123 456"), normalize_code("abcd-ef23"), normalize_code("١٢٣")
    ('123456', 'ABCDEF23', '123')
    """
    letters = (character for character in text[:200] if character.isalnum())
    return "".join(str(unicodedata.decimal(character, character)) for character in letters).upper()


def is_totp_code(code: str) -> bool:
    """Return whether a normalised code has the form of a code on the phone."""
    return len(code) == 6 and code.isascii() and code.isdigit()


def matching_step(secret: str, code: str, now: float) -> int | None:
    """Return the time step of a code, at a moment in seconds since 1970, or None for a wrong code.

    All accepted steps are checked, so that each takes as long.
    """
    return _step_within(secret, code, now, DRIFT)


def step_of_wrong_clock(secret: str, code: str, now: float) -> int | None:
    """Return the time step of a code that was accepted a little earlier or will be a little later, or None."""
    step = _step_within(secret, code, now, WRONG_CLOCK_DRIFT)
    return step if step is not None and abs(step - int(now) // STEP_S) > DRIFT else None


def _step_within(secret: str, code: str, now: float, drift: int) -> int | None:
    if not is_totp_code(code):
        return None
    maker, step = pyotp.TOTP(secret), int(now) // STEP_S
    steps = sorted(range(step - drift, step + drift + 1), key=lambda candidate: -abs(candidate - step))
    matching = [candidate for candidate in steps if hmac.compare_digest(maker.generate_otp(candidate), code)]
    return matching[-1] if matching else None


def new_recovery_codes() -> list[str]:
    """Return new recovery codes in groups of four characters."""
    return [
        in_groups(base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode(), "-") for _ in range(RECOVERY_CODES)
    ]


def recovery_code_hash(factor: FactorSecrets, member_id: uuid.UUID, code: str) -> bytes:
    """Return the stored hash of a recovery code, however it was typed."""
    return factor.hash_of(member_id, normalize_code(code))


def recovery_code_hashes(factor: FactorSecrets, member_id: uuid.UUID, codes: Iterable[str]) -> list[bytes]:
    """Return the stored hashes of recovery codes."""
    return [recovery_code_hash(factor, member_id, code) for code in codes]


def in_groups(text: str, between: str = " ") -> str:
    """Return a text in groups of four characters, for people to read and type.

    >>> in_groups("ABCDEFGH")
    'ABCD EFGH'
    """
    return between.join(text[n : n + 4] for n in range(0, len(text), 4))


def qr_code_url(secret: str, *, name: str, site: str) -> str:
    """Return the QR code of the secret as a data URL; black on white in any colour scheme."""
    import segno  # only needed where a second factor is set up

    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=site)
    code = segno.make(address, error="m", micro=False)
    return str(code.svg_data_uri(border=4, dark="#000", light="#fff", omitsize=True))
