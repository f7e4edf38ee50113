"""One-time codes: the secret that a phone and the service share, and the codes on paper for who lost the phone.

The secret is made from our key and from a salt, and only the salt is stored: a stolen copy of the database makes no
code, and no recovery code can be guessed from its hash. With another key all of them are worth nothing.
"""

import base64
import hmac
import secrets
import unicodedata
import uuid

import pyotp
import segno
from flask import current_app

SALT_BYTES = 32

#: 160 bits. Source: RFC 4226, section 4, R6.
SECRET_BYTES = 20

#: Seconds for which the phone shows a code, and the steps before and after now that count. Source: RFC 6238, 5.2.
STEP_S = 30
DRIFT = 1

#: Steps before and after now whose code does not count, but tells that the clock of the phone is wrong.
WRONG_CLOCK_DRIFT = 5

RECOVERY_CODES = 10

# 80 bits, as sixteen letters and digits of base32.
_RECOVERY_BYTES = 10


def new_salt() -> bytes:
    """What a new secret is made from, beside our key."""
    return secrets.token_bytes(SALT_BYTES)


def secret_of(member_id: uuid.UUID, salt: bytes) -> str:
    """The secret that the phone is told, in base32."""
    return base64.b32encode(_keyed("secret", member_id, salt)[:SECRET_BYTES]).decode()


def usual_form(text: str) -> str:
    """A code as it is compared, however it was typed.

    >>> usual_form(" 123 456"), usual_form("abcd-ef23"), usual_form("١٢٣")
    ('123456', 'ABCDEF23', '123')
    """
    letters = (each for each in text[:200] if each.isalnum())
    return "".join(str(unicodedata.decimal(each, each)) for each in letters).upper()


def is_of_phone(code: str) -> bool:
    """Whether a code in its usual form is one that a phone shows."""
    return len(code) == 6 and code.isascii() and code.isdigit()


def step_of(secret: str, code: str, now: float) -> int | None:
    """The step of time whose code this is, at a moment in seconds since 1970, or None for a wrong code.

    All steps that count are looked at, so that it takes as long for each.
    """
    return _step_within(secret, code, now, DRIFT)


def step_of_wrong_clock(secret: str, code: str, now: float) -> int | None:
    """Return the step of a code that does not count, but did a little earlier or will a little later; else None."""
    step = _step_within(secret, code, now, WRONG_CLOCK_DRIFT)
    return step if step is not None and abs(step - int(now) // STEP_S) > DRIFT else None


def _step_within(secret: str, code: str, now: float, drift: int) -> int | None:
    maker, step = pyotp.TOTP(secret), int(now) // STEP_S
    steps = sorted(range(step - drift, step + drift + 1), key=lambda each: -abs(each - step))
    found = [each for each in steps if hmac.compare_digest(maker.generate_otp(each), code)]
    return found[-1] if found else None


def new_recovery_codes() -> list[str]:
    """Recovery codes as somebody writes them down, in groups of four."""
    return [groups(base64.b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode(), "-") for _ in range(RECOVERY_CODES)]


def hash_of(member_id: uuid.UUID, code: str) -> bytes:
    """What is stored of a recovery code."""
    return _keyed("recovery", member_id, usual_form(code).encode())


def groups(text: str, between: str = " ") -> str:
    """A text that is read and typed by people, in groups of four.

    >>> groups("ABCDEFGH")
    'ABCD EFGH'
    """
    return between.join(text[n : n + 4] for n in range(0, len(text), 4))


def picture(secret: str, *, name: str, site: str) -> str:
    """The QR code by which a phone reads the secret, as the address of an image; black on white in any scheme."""
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=site)
    code = segno.make(address, error="m", micro=False)
    return str(code.svg_data_uri(border=4, dark="#000", light="#fff", omitsize=True))


def _keyed(purpose: str, member_id: uuid.UUID, value: bytes) -> bytes:
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.digest(key, f"second-factor/v1/{purpose}/".encode() + member_id.bytes + value, "sha256")
